"""From a section's query to what it shows: blocks of ready words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from fyrbak.goals.improvement.models import TaskStatus
from fyrbak.goals.improvement.task_list import task_list
from fyrbak.goals.outline import Evidence
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.reports import formats
from fyrbak.reports.builder import layouts, queries
from fyrbak.reports.builder.ground import Ground, cut_of
from fyrbak.reports.claims.levels import goals_with
from fyrbak.reports.document import NumberTable
from fyrbak.reports.drawing import Figure
from fyrbak.reports.drawing import Table as Drawn
from fyrbak.reports.follow_up import EvidenceView
from fyrbak.reports.formats import Language
from fyrbak.reports.marks import Mark
from fyrbak.reports.papers.paper import (
    Block,
    Bullets,
    Cell,
    Heading,
    Paragraph,
    Picture,
    Table,
    cell,
    plain_table,
)
from fyrbak.reports.pdf import NUMBER_HEADINGS
from fyrbak.reports.wording import evidence_figures, level_counts, number_table
from fyrbak.reports.words import Words

_NUMBER_WIDTHS = (1.8, 0.95, 1.0, 1.1, 0.6, 1.05, 1.3, 0.75, 1.15)
_NUMERIC = (1, 2, 3)  # columns of a table of numbers that stand to the right


def filled(query: queries.Query, ground: Ground, lang: Language) -> tuple[Block, ...]:
    """What a section shows. Where there is nothing to show, it says so in words."""
    blocks = tuple(_FILLING[type(query)](query, ground, lang))
    return blocks or (Paragraph(text=Words(lang)(f"paper.empty.{query.kind}")),)


def _goals(query: queries.Goals, ground: Ground, lang: Language) -> Iterator[Block]:
    if ground.outline.organisations:
        yield layouts.legend(ground.outline, lang)
        yield from layouts.follow_up(ground.outline, ground.areas(query.areas), ground.condensed, lang)


def _activities(query: queries.Activities, ground: Ground, lang: Language) -> Iterator[Block]:
    yield from layouts.action_plan(ground.areas(query.areas), lang)


def _level_counts(_: queries.LevelCounts, ground: Ground, lang: Language) -> Iterator[Block]:
    if ground.outline.organisations:
        yield drawn(level_counts(ground.outline, lang))


def _goals_at_level(query: queries.GoalsAtLevel, ground: Ground, lang: Language) -> Iterator[Block]:
    w = Words(lang)
    found = goals_with(ground.outline, query.level, query.by, ground.outline.organisations)
    if found and ground.outline.organisations:
        yield Paragraph(text=w.counted(len(found), "paper.at_level", level=query.level))
        yield Bullets(
            items=tuple(f"{goal.number} {w.of(goal, 'title') or w.of(goal, 'text')}" for goal in found)
        )


def _measure(query: queries.MeasureNumbers, ground: Ground, lang: Language) -> Iterator[Block]:
    """Told once: pictures take long to draw, and numbers do not change while plan and snapshot do not."""
    key = cut_of(query.measure, query.cut), lang
    if key not in ground.told:
        ground.told[key] = tuple(_measure_told(query, ground, lang))
    yield from ground.told[key]


def _measure_told(query: queries.MeasureNumbers, ground: Ground, lang: Language) -> Iterator[Block]:
    measure, w = measure_named(query.measure), Words(lang)
    parts, names = ground.parts(measure, query.cut), ground.names(lang)
    yield Heading(text=w.text(measure.title), level=3)
    yield Paragraph(text=w.text(measure.meaning))
    for part in parts:
        table = number_table(measure, part, names, lang)
        yield numbers(table, w)
        if table.at_once:
            yield Paragraph(text=table.at_once)
    view = EvidenceView(Evidence(measure.id, "measures", "", "", dict(query.cut)), measure, parts)
    yield from (pictured(figure) for figure in evidence_figures(view, names, lang))
    if not parts:
        yield Paragraph(text=w("paper.empty.measure"))


def _unmeasured(_: queries.Unmeasured, ground: Ground, lang: Language) -> Iterator[Block]:
    w = Words(lang)
    silent = [goal for goal in ground.outline.goals() if not goal.evidence]
    if silent:
        yield Paragraph(text=w.counted(len(silent), "state.not_measured"))
        yield Bullets(items=tuple(f"{goal.number} {w.of(goal, 'text')}" for goal in silent))


def _not_measured(query: queries.NotMeasured, _: Ground, lang: Language) -> Iterator[Block]:
    w = Words(lang)
    yield Paragraph(text=w("paper.not_measured"))
    yield Bullets(items=tuple(w.text(item) for item in query.items))


def _projects(_: queries.Projects, ground: Ground, lang: Language) -> Iterator[Block]:
    w, calls = Words(lang), ground.calls()
    rows = [
        ((call.title, w.of(call.organisation, "name")), (one.allotted, one.granted, one.granted_projects))
        for call, one in calls
    ]
    if rows:
        all_ = tuple(map(sum, zip(*(amounts for _, amounts in rows), strict=True)))
        yield plain_table(
            w("paper.projects", year=ground.year),
            tuple(w(f"paper.projects.{name}") for name in ("call", "who", "allotted", "granted", "number")),
            tuple(
                (*named, *(formats.integer(amount, lang) for amount in amounts))
                for named, amounts in (*rows, ((w("paper.projects.all"), "–"), all_))
            ),
            numeric=(False, False, True, True, True),
            widths=(3, 2, 1.4, 1.4, 1),
        )


def _tasks(_: queries.Tasks, ground: Ground, lang: Language) -> Iterator[Block]:
    w, said = Words(lang), ground.task_statuses()
    if said:
        states, rows = list(TaskStatus.State), []
        for chapter in task_list().chapters:
            numbers_ = {task.number for task in chapter.tasks}
            here = [status for status in said if status.task in numbers_]
            counted = Counter(status.state for status in here)
            silent = len(numbers_ - {status.task for status in here})
            cells = (len(chapter.tasks), *(counted[state] for state in states), silent)
            rows.append((w.text(chapter.name), *map(str, cells)))
        heads = ("chapter", "all", *(state.value for state in states), "silent")
        yield plain_table(
            w("paper.tasks"),
            tuple(w(f"paper.tasks.{name}") for name in heads),
            tuple(rows),
            numeric=(False, *[True] * (len(heads) - 1)),
            widths=(3, *[1.0] * (len(heads) - 1)),
        )


_FILLING: dict[type[Any], Callable[[Any, Ground, Language], Iterator[Block]]] = {
    queries.Goals: _goals,
    queries.Activities: _activities,
    queries.LevelCounts: _level_counts,
    queries.GoalsAtLevel: _goals_at_level,
    queries.MeasureNumbers: _measure,
    queries.Unmeasured: _unmeasured,
    queries.NotMeasured: _not_measured,
    queries.Projects: _projects,
    queries.Tasks: _tasks,
}


def drawn(table: Drawn) -> Table:
    """A table of ready texts, as a paper has it."""
    widths = tuple(2.4 if at == 0 else 1.0 for at in range(len(table.headings)))
    return plain_table(table.caption, table.headings, table.rows, table.numeric, widths)


def pictured(figure: Figure) -> Picture:
    """A figure with its picture, as a paper has it."""
    return Picture(
        name=figure.name,
        title=figure.title,
        svg=figure.svg,
        alt=figure.alt,
        note=figure.note,
        table=drawn(figure.table),
    )


def numbers(table: NumberTable, w: Words) -> Table:
    """The numbers of a part of a measure. Target and verdict stand only where there is a target."""
    few = 9 if table.judged else 7
    headings = tuple(w(key) for key in NUMBER_HEADINGS[:few])
    rows = tuple(
        (
            cell(one.who, strong=one.whole), cell(one.value, strong=True), cell(one.interval),
            cell(one.count), cell(one.period), cell(one.compared), cell(one.trend), cell(one.target),
            _marked(one.verdict),
        )[:few]
        for one in table.numbers
    )  # fmt: skip
    plain = plain_table(
        table.caption, headings, (), tuple(at in _NUMERIC for at in range(few)), _NUMBER_WIDTHS[:few]
    )
    return plain.model_copy(update={"rows": rows})


def _marked(mark: Mark) -> Cell:
    text = " ".join(part for part in (mark.shape, mark.letters, mark.word) if part)
    return cell(text, token=mark.token if mark.shape else None)  # type: ignore[arg-type]
