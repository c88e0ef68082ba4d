"""A draft of the yearly analysis of the strategy: its tasks beside its sub-goals, and what is not known.

It is put together from what organisations have said of the tasks and of the sub-goals, and from the
measures. It judges nothing itself. What nobody has said, and what nothing measures, stands in a chapter of
its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.utils.timezone import localtime

from fyrbak.goals.definitions import plan_definition
from fyrbak.goals.improvement.models import TaskStatus
from fyrbak.goals.improvement.selectors import Statuses, calls, statuses, sums_of
from fyrbak.goals.improvement.task_list import Chapter, Task, task_list, tasks
from fyrbak.records.organisations import COUNTRY
from fyrbak.reports import formats
from fyrbak.reports.document import Document, Goal, Number
from fyrbak.reports.formats import Language
from fyrbak.reports.improvement import STATES, given_to, state_mark, summed
from fyrbak.reports.papers.paper import Block, Bullets, Heading, Paragraph, Table, plain_table
from fyrbak.reports.words import Words

_OLD = timedelta(days=365)


def yearly_analysis(on: date, lang: Language, told: Document | None = None) -> list[Block]:
    """The draft as blocks of a report, as known on a day.

    ``told`` is the strategy with its levels and numbers in the same language; without it the chapters
    hold the tasks alone, and the draft says so.
    """
    words, said = Words(lang), statuses()
    blocks: list[Block] = [Paragraph(text=_state(said, words), style="lead")]
    if told is None:
        blocks.append(Paragraph(text=words("analysis.no_strategy")))
    for chapter in task_list().chapters:
        blocks += _chapter(chapter, said, told, words)
    blocks += _money(on, words)
    return [*blocks, *_unknown(on, said, told, words)]


def _state(said: Statuses, words: Words) -> str:
    counted = Counter(_nationally(task, said) for task in tasks())
    parts = [
        f"{counted[state]} {words(f'tasks.state.{state}').lower()}" for state in STATES if counted[state]
    ]
    return words("analysis.state", number=len(tasks()), told=words.listed(parts))


def _nationally(task: Task, said: Statuses) -> str:
    row = said.get(task.number, {}).get(COUNTRY)
    return row.state if row else TaskStatus.State.NOT_STATED


def _chapter(chapter: Chapter, said: Statuses, told: Document | None, words: Words) -> Iterator[Block]:
    yield Heading(text=words.text(chapter.name))
    yield _tasks(chapter, said, words)
    own = _sub_goals(chapter, told)
    if own:
        yield plain_table(
            words("analysis.sub_goals", chapter=words.text(chapter.name)),
            tuple(words(f"analysis.{name}") for name in ("sub_goal", "levels", "measured")),
            tuple(
                (f"{goal.number} {goal.text}", _levels(goal, words), _measured(goal, words)) for goal in own
            ),
            widths=(3, 2, 3),
        )


def _tasks(chapter: Chapter, said: Statuses, words: Words) -> Table:
    lang = formats.language(words.lang)
    rows = []
    for task in chapter.tasks:
        rows_of = said.get(task.number, {})
        nation = rows_of.get(COUNTRY)
        state = state_mark(_nationally(task, said), lang).word
        ground = [text for text in (nation.comment, nation.source) if text] if nation else []
        others = summed(task, rows_of, lang)
        rows.append(
            (
                words.text(task.text),
                given_to(task, lang),
                "\n".join([state, *ground]),
                others or words("tasks.not_regional"),
            )
        )
    return plain_table(
        words("analysis.tasks", chapter=words.text(chapter.name)),
        tuple(words(f"tasks.{name}") for name in ("task", "given_to", "national", "others")),
        tuple(rows),
        widths=(3, 1.6, 2, 1.6),
    )


def _sub_goals(chapter: Chapter, told: Document | None) -> list[Goal]:
    """The sub-goals that the chapter is about, as the strategy's own section says."""
    sections = {
        goal.number: goal.section.split("; ")
        for area in plan_definition(task_list().plan).areas
        for goal in area.goals
    }
    return [goal for goal in told.goals() if chapter.name.sv in sections.get(goal.number, [])] if told else []


def _levels(goal: Goal, words: Words) -> str:
    marks = next((counted.marks for counted in goal.counted if not counted.what), ())
    return ", ".join(f"{number} {mark.word.lower()}" for mark, number in marks) or words("analysis.no_levels")


def _measured(goal: Goal, words: Words) -> str:
    """The country's number of each measure that speaks of the goal, with its interval, count and period."""
    lines = [
        f"{evidence.title}: {_line(number)}"
        for evidence in goal.evidence
        for table in evidence.tables
        for number in table.numbers
        if number.whole
    ]
    return "\n".join(lines) or words("not_measurable")


def _line(number: Number) -> str:
    """A number with what belongs to it; hidden or missing ones are a word and their period."""
    if number.interval == "–":
        return f"{number.value} · {number.period}"
    return f"{number.value} ({number.interval}) · {number.count} · {number.period}"


def _money(on: date, words: Words) -> Iterator[Block]:
    lang = formats.language(words.lang)
    own = [call for call in calls() if call.year == on.year]
    yield Heading(text=words("projects.title"))
    if not own:
        yield Paragraph(text=words("analysis.no_calls", year=on.year))
        return
    sums = sums_of(own)
    yield plain_table(
        words("analysis.money", year=on.year),
        tuple(
            words(f"projects.{name}")
            for name in ("giver", "sum.allotted", "sum.granted", "sum.left", "projects")
        ),
        tuple(
            (
                f"{words.of(call.organisation, 'name')}, {call.title}",
                *(formats.kronor(amount, lang) for amount in (one.allotted, one.granted, one.left)),
                formats.integer(one.granted_projects, lang),
            )
            for call in own
            for one in [sums[call.pk]]
        ),
        numeric=(False, True, True, True, True),
        widths=(3, 1.4, 1.4, 1.4, 1),
    )


def _unknown(on: date, said: Statuses, told: Document | None, words: Words) -> Iterator[Block]:
    """What the analysis cannot say, and what would be needed."""
    yield Heading(text=words("analysis.unknown"))
    yield Paragraph(text=words("analysis.unknown.lead"))
    untold = [task for task in tasks() if _nationally(task, said) == TaskStatus.State.NOT_STATED]
    old = [
        task
        for task in tasks()
        for row in [said.get(task.number, {}).get(COUNTRY)]
        if row and localtime(row.at).date() < on - _OLD
    ]
    unnamed = [task for task in tasks() if not task.actors]
    for key, found in (("untold", untold), ("old", old), ("unnamed", unnamed)):
        yield from _listed(key, [words.text(task.text) for task in found], words)
    goals = list(told.goals()) if told else []
    unmeasured = [goal for goal in goals if not goal.evidence]
    unsaid = [goal for goal in goals if not goal.answers]
    for key, silent in (("unmeasured", unmeasured), ("unsaid", unsaid)):
        yield from _listed(key, [f"{goal.number} {goal.text}" for goal in silent], words)


def _listed(key: str, items: Sequence[str], words: Words) -> Iterator[Block]:
    if items:
        yield Heading(text=words.counted(len(items), f"analysis.{key}"), level=3)
        yield Bullets(items=tuple(items))
