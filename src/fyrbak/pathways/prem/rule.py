"""Who is asked, what about, and in which words.

Content (``content/reporting/prem.yaml``), and for the words a file of the region's own.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from fyrbak import settings
from fyrbak.definitions import CONTENT, Definition, fault, load
from fyrbak.pathways.shapes import Point, Title

FILE = CONTENT / "reporting" / "prem.yaml"


class Rule(Definition):
    """Who gets a questionnaire: adults whose pathway was closed in the month, by none of ``not_points``.

    Nobody is asked twice within ``apart_days``. An answer comes within ``answer_within_days`` of the sending.
    """

    adults_from: int
    not_points: tuple[Point, ...]
    apart_days: int
    answer_within_days: int
    to_verify: tuple[str, ...] = ()

    def asked_lately_from(self, first: date) -> date:
        """The first of the months whose rounds count as lately in the month that begins on ``first``.

        A pathway was closed on any of a month's days, so the month in which the time apart began counts too.
        """
        return (first - timedelta(days=self.apart_days)).replace(day=1)


class Scale(Definition):
    """The whole numbers that a question is answered with, and from which on an answer is a good one."""

    lowest: int
    highest: int
    positive_from: int
    to_verify: bool = False

    @property
    def steps(self) -> range:
        """Every answer there is."""
        return range(self.lowest, self.highest + 1)


class Dimension(Definition):
    """A side of the experience, and the ids of the questions about it."""

    id: str
    title: Title
    questions: tuple[str, ...]
    to_verify: bool = False


class AnswerFile(Definition):
    """How the file with answers on paper looks: a column with the code, then one for each question."""

    version: str
    delimiter: Literal[";", ",", "\t"]
    code: str


class Prem(Definition):
    """All that decides sending and answering."""

    version: str
    source: str
    rule: Rule
    scale: Scale
    dimensions: tuple[Dimension, ...]
    answers: AnswerFile

    @property
    def questions(self) -> tuple[str, ...]:
        """The ids of all questions, in their order."""
        return tuple(question for dimension in self.dimensions for question in dimension.questions)

    @property
    def dimension_of(self) -> dict[str, str]:
        """The dimension that each question is about."""
        return {question: one.id for one in self.dimensions for question in one.questions}


class Wording(Definition):
    """The questions as their owner words them. ``owner`` and ``licence`` are shown below them."""

    owner: str
    licence: str
    questions: dict[str, Title]
    lowest: Title
    highest: Title

    @model_validator(mode="after")
    def _is_whole(self) -> Wording:
        missing = [name for name in prem().questions if name not in self.questions]
        if missing:
            raise ValueError(f"questions: {', '.join(missing)} has no words")
        return self


@cache
def prem() -> Prem:
    """The rule and the questionnaire's outline. Raises BadDefinitionError."""
    found = load(FILE, Prem)
    if len(set(found.questions)) < len(found.questions):
        raise fault(FILE, ("dimensions",), "a question is in two dimensions. Remove it from one.")
    return found


def wording() -> Wording | None:
    """The wording from the file that the settings name, if they name one. Raises BadDefinitionError."""
    return _wording(Path(settings.PREM_WORDING)) if settings.PREM_WORDING else None


@cache
def _wording(path: Path) -> Wording:
    return load(path, Wording)
