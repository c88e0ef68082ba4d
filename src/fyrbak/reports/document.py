"""The report as a document of ready texts in one language: the shapes that HTML, PDF and Excel render.

``wording.document`` fills them in. Those who render them choose no words and count nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from fyrbak.reports.drawing import Figure, Table
from fyrbak.reports.formats import Language
from fyrbak.reports.marks import Mark

_MOST_COLUMNS = 8


@dataclass(frozen=True)
class Number:
    """One line of evidence: an organisation's number and all that belongs to it; ``whole`` is the country."""

    who: str
    value: str
    interval: str
    count: str
    period: str
    compared: str
    trend: str
    target: str
    verdict: Mark
    whole: bool


@dataclass(frozen=True)
class NumberTable:
    """The numbers of one part of a measure. ``judged``: whether any of them has a target to be held against.

    ``caption`` names measure, part and period. ``at_once`` says what chance does to so many comparisons with
    the whole; it is empty where nothing is compared.
    """

    caption: str
    judged: bool
    numbers: tuple[Number, ...]
    at_once: str


@dataclass(frozen=True)
class Evidence:
    """What one measure says of a goal. ``role``: whether the goal promises it; ``why`` it belongs here.

    Figures are made by ``draw`` when somebody asks for them: most pages show none.
    """

    measure: str
    version: str
    title: str
    role: str
    why: str
    tables: tuple[NumberTable, ...]
    draw: Callable[[], tuple[Figure, ...]] = field(repr=False, compare=False)
    empty: str

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The measure's figures."""
        return self.draw()


@dataclass(frozen=True)
class Counted:
    """How many organisations have each mark. ``what`` is empty for levels, else the measure judged."""

    what: str
    marks: tuple[tuple[Mark, int], ...]


@dataclass(frozen=True)
class Answer:
    """What one organisation said of a goal, and how that stands to the verdicts beside it.

    ``by_measure`` has the title and the verdict of each measure that the goal promises. ``outcome`` is a few
    words where the organisation stands beside, ``standing`` the same as a sentence of its own.
    """

    who: str
    short: str
    level: Mark
    comment: str
    place: str
    doubtful: str
    by_measure: tuple[tuple[str, Mark], ...]
    outcome: str
    standing: str
    differs: bool


@dataclass(frozen=True)
class Remark:
    """What a voice without a level said."""

    who: str
    text: str
    place: str
    doubtful: str


@dataclass(frozen=True)
class Activity:
    """One activity's fields as (heading, text), and why its reading needs review, if it does."""

    number: str
    fields: tuple[tuple[str, str], ...]
    doubtful: str


@dataclass(frozen=True)
class Goal:
    """One goal. ``state`` says whether it can be measured, ``anchor`` is its place in the document.

    ``text_lang`` is the language of ``text``: Swedish where nobody has translated it. ``in_plan`` has what
    the plan itself says under each heading, several texts where sources say different things. ``counted``
    sums up the answers, for where so many have answered that a column for each has no room.
    """

    number: str
    anchor: str
    text: str
    text_lang: Language
    state: str
    in_plan: tuple[tuple[str, tuple[str, ...]], ...]
    promised: tuple[str, ...]
    answers: tuple[Answer, ...]
    counted: tuple[Counted, ...]
    remarks: tuple[Remark, ...]
    activities: tuple[Activity, ...]
    evidence: tuple[Evidence, ...]
    place: str
    doubtful: str


@dataclass(frozen=True)
class Area:
    """A chapter of the plan."""

    number: str
    name: str
    overall_goal: str
    goals: tuple[Goal, ...]


@dataclass(frozen=True)
class Definition:
    """How a measure is counted, for those who want to know."""

    measure: str
    title: str
    meaning: str
    facts: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """The whole report. ``banner`` is empty unless something in it is invented."""

    lang: Language
    title: str
    subtitle: str
    banner: str
    state: tuple[str, ...]
    differences: tuple[tuple[str, str, str], ...]
    organisations: tuple[tuple[str, str], ...]
    levels: Table | None
    areas: tuple[Area, ...]
    definitions: tuple[Definition, ...]
    rules: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    citation: str

    @property
    def crowded(self) -> bool:
        """Whether so many organisations answer that a column for each has no room."""
        return len(self.organisations) > _MOST_COLUMNS

    def goals(self) -> Iterator[Goal]:
        """Every goal in order."""
        for area in self.areas:
            yield from area.goals

    def figures(self) -> Iterator[Figure]:
        """Every figure in order."""
        for goal in self.goals():
            for evidence in goal.evidence:
                yield from evidence.figures
