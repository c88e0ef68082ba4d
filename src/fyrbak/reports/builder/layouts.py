"""The tables that the field knows: the follow-up of a regional plan, and the action plan.

Written to Word and read back, they give the same levels, comments and activities.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fyrbak.goals.outline import Activity, Area, Goal, Level, PlanOutline, Voice, level_text
from fyrbak.reports.formats import Language
from fyrbak.reports.marks import level_mark
from fyrbak.reports.papers.paper import Block, Cell, Head, Heading, Line, Paragraph, Table, Token, cell
from fyrbak.reports.wording import ACTIVITY_FIELDS
from fyrbak.reports.words import Words

_QUIET: Token = "slate"
_MOST_COLUMNS = 8  # organisations that have a column each; more are told level by level in one
_ACTIVITY_WIDTHS = dict(zip(ACTIVITY_FIELDS, (2.3, 2.4, 1.7, 1.4, 1.8, 1.6, 1.1), strict=True))
Condensed = Mapping[tuple[str, str], str]  # the coordinator's wording, by goal number and organisation


def legend(outline: PlanOutline, lang: Language) -> Paragraph:
    """What the letters of the scale mean."""
    w = Words(lang)
    levels = [f"{level.symbol} {w.of(level, 'label')} ({level.code})" for level in outline.scale]
    return Paragraph(text=w("paper.legend", levels=w.listed(levels)), style="fine")


def follow_up(
    outline: PlanOutline, areas: Sequence[Area], condensed: Condensed, lang: Language
) -> Iterator[Block]:
    """Each area with a table of its goals: the wording, a level for each organisation, and the comments.

    A comment stands in the coordinator's wording where there is one. Voices without a level, such as the
    regional cancer centre, come last under their own name.
    """
    writer = _FollowUp(outline, condensed, lang)
    for area in areas:
        yield Heading(text=_numbered(area, lang))
        yield writer.table(area)


class _FollowUp:
    """Writes the tables of one round."""

    def __init__(self, outline: PlanOutline, condensed: Condensed, lang: Language) -> None:
        self.outline, self.condensed, self.lang, self.w = outline, condensed, lang, Words(lang)
        self.crowded = len(outline.organisations) > _MOST_COLUMNS

    def table(self, area: Area) -> Table:
        w, voices = self.w, self.outline.organisations
        goal, levels, comments = w("paper.goal"), w("paper.followed_up"), w("paper.comments")
        caption = w("paper.follow_up.table", area=_numbered(area, self.lang))
        shorts = tuple(voice.short for voice in voices)
        if self.crowded:
            names: tuple[str, ...] = (goal, levels, comments)
            head: tuple[tuple[Head, ...], ...] = (tuple(Head(text=text) for text in names),)
            widths: tuple[float, ...] = (2.4, 2.0, 3.6)
        else:
            names, widths = (goal, *shorts, comments), (2.4, *[0.55] * len(shorts), 3.6)
            head = (
                (Head(text=goal, down=2), Head(text=levels, across=len(shorts)), Head(text=comments, down=2)),
                tuple(Head(text=short) for short in shorts),
            )
        rows = tuple(self.row(one) for one in area.goals)
        plain = tuple(False for _ in names)
        return Table(caption=caption, head=head, names=names, rows=rows, widths=widths, numeric=plain)

    def row(self, goal: Goal) -> tuple[Cell, ...]:
        wording = cell(self.w.of(goal, "text"))
        said = Cell(lines=tuple(self.comments(goal)))
        if self.crowded:
            return wording, Cell(lines=tuple(self.by_level(goal))), said
        answers = [goal.of(voice.code) for voice in self.outline.organisations]
        return wording, *(self.level(answer.level if answer else None) for answer in answers), said

    def level(self, level: Level | None) -> Cell:
        """The letters alone, as in the plan's own table; a dash for a blank."""
        if level is None or level.blank:
            return cell("–", token=_QUIET)
        token: Token = level_mark(level, self.outline, self.lang).token  # type: ignore[assignment]
        return cell(level_text(level), token=token)

    def by_level(self, goal: Goal) -> Iterator[Line]:
        """How many and who answered with each level, in the scale's order, the others after."""
        found: dict[str, list[Voice]] = {level.code: [] for level in self.outline.scale}
        for voice in self.outline.organisations:
            answer = goal.of(voice.code)
            text = (level_text(answer.level) if answer else "") or self.w("level.blank")
            found.setdefault(text, []).append(voice)
        for text, voices in found.items():
            if voices:
                yield Line(label=f"{text} ({len(voices)})", text=", ".join(voice.short for voice in voices))

    def comments(self, goal: Goal) -> Iterator[Line]:
        """What each organisation says, then the voices that set no level."""
        for voice in self.outline.organisations:
            said = goal.of(voice.code)
            text = self.condensed.get((goal.number, voice.code)) or (said.comment if said else "")
            yield from _labelled(voice.short, text)
        for note in goal.notes:
            yield from _labelled(note.voice.short if note.voice.code else note.voice.name_sv, note.text)


def _labelled(label: str, text: str) -> Iterator[Line]:
    """A text's paragraphs, the first one under the label of whose words they are."""
    for number, paragraph in enumerate(text.split("\n") if text else ()):
        yield Line(text=paragraph, label="" if number else label)


def action_plan(areas: Sequence[Area], lang: Language) -> Iterator[Block]:
    """Each area with its overall goal and a table of its activities, with the columns that its rows have."""
    w = Words(lang)
    for area in areas:
        rows = [row for goal in area.goals for row in goal.activities]
        if not rows:
            continue
        yield Heading(text=_numbered(area, lang))
        overall = w.of(area, "overall_goal")
        if overall:
            yield from (Paragraph(text=text) for text in overall.split("\n"))
        yield _activities(rows, w("paper.activities.table", area=_numbered(area, lang)), w)


def _activities(rows: Sequence[Activity], caption: str, w: Words) -> Table:
    fields = [name for name in ACTIVITY_FIELDS if any(getattr(row, name) is not None for row in rows)]
    names = tuple(w(f"paper.activity.{name}") for name in fields)
    return Table(
        caption=caption,
        head=(tuple(Head(text=name) for name in names),),
        names=names,
        rows=tuple(tuple(cell(getattr(row, name) or "") for name in fields) for row in rows),
        widths=tuple(_ACTIVITY_WIDTHS[name] for name in fields),
        numeric=tuple(False for _ in fields),
    )


def _numbered(area: Area, lang: Language) -> str:
    return f"{area.number}. {Words(lang).of(area, 'name')}"
