"""The conditions of the yearly agreement, held against the frozen extract: met, not met, or cannot tell.

Money is decided by the value itself, not by its interval: 70.0 % is at least 70 %. What is content: which
conditions, their levels, and what has been published about them (``content/reporting/conditions.yaml``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from pydantic import model_validator

from fyrbak.definitions import CONTENT, Definition, load
from fyrbak.errors import UnknownNameError
from fyrbak.measures.definitions import Text
from fyrbak.measures.extracts import Extract, Frozen, calendar
from fyrbak.measures.first_months import last_day
from fyrbak.measures.targets import HOLDS
from fyrbak.pathways.deliveries.selectors import statements
from fyrbak.pathways.prem.models import Round

FILE = CONTENT / "reporting" / "conditions.yaml"
Verdict = Literal["met", "not_met", "cannot_tell"]
Why = Literal["", "not_frozen", "no_number", "not_stated", "no_round"]


class Condition(Definition):
    """One condition. ``required`` says whether it decides the payment; else it is reported alone."""

    id: str
    kind: Literal["measure", "prem", "statement"]
    required: bool
    text: Text
    measure: str | None = None
    operator: Literal[">=", ">", "<=", "<"] | None = None
    value: float | None = None
    to_verify: bool = False

    @model_validator(mode="after")
    def _measured_ones_have_a_level(self) -> Condition:
        level = (self.measure, self.operator, self.value)
        if (self.kind == "measure") != all(part is not None for part in level):
            raise ValueError("a condition of a measure has measure, operator and value, and no other has")
        return self


class Published(Definition):
    """What somebody has stated about a year. Statements about different periods stand beside each other."""

    period: Text
    text: Text
    source: Text
    reached: int
    regions: tuple[str, ...] = ()


class Agreement(Definition):
    """The conditions of one year."""

    year: int
    source: str
    conditions: tuple[Condition, ...]
    published: tuple[Published, ...] = ()


class _Years(Definition):
    years: tuple[Agreement, ...]


@dataclass(frozen=True)
class Told:
    """What is known beside the extract: rounds of SVF-PREM about the months, and what the region states."""

    rounds: int
    statements: dict[str, bool]


@dataclass(frozen=True)
class Judged:
    """A condition for one region: the verdict, the number it rests on, and why it cannot be told if so."""

    condition: Condition
    verdict: Verdict
    number: Frozen | None = None
    rounds: int | None = None
    why: Why = ""


@cache
def agreements() -> dict[int, Agreement]:
    """The agreements by year."""
    return {one.year: one for one in load(FILE, _Years).years}


def agreement(year: int) -> Agreement:
    """The conditions of a year. Raises UnknownNameError."""
    if year not in agreements():
        known = ", ".join(map(str, agreements()))
        raise UnknownNameError(
            f"no agreement of {year} is known: {known}.",
            word="reporting.fault.no_agreement",
            year=year,
            known=known,
        )
    return agreements()[year]


def judged(about: Agreement, region: str, frozen: Extract | None, told: Told) -> list[Judged]:
    """Each condition of a year for one region, from the frozen extract and what else is known."""
    return [_judged(condition, region, frozen, told) for condition in about.conditions]


def told_of(region: str, year: int) -> Told:
    """What the database knows beside the extract of a region, as far as whoever asks sees it. Two queries."""
    ends = last_day(year, calendar().months)
    rounds = Round.objects.filter(region=region, month__range=(date(year, 1, 1), ends))
    rounds = rounds.filter(invitations__isnull=False).distinct()  # one that went to nobody asked nobody
    stated = {condition: one.met for (_, condition), one in statements(year, region).items()}
    return Told(rounds.count(), stated)


def payment(found: list[Judged]) -> Verdict:
    """What the required conditions come to together: one that is not met decides."""
    verdicts = {one.verdict for one in found if one.condition.required}
    if "not_met" in verdicts:
        return "not_met"
    return "cannot_tell" if "cannot_tell" in verdicts else "met"


def _judged(condition: Condition, region: str, frozen: Extract | None, told: Told) -> Judged:
    match condition.kind:
        case "prem":
            met = told.rounds > 0
            return Judged(
                condition, "met" if met else "cannot_tell", None, told.rounds, "" if met else "no_round"
            )
        case "statement":
            if condition.id not in told.statements:
                return Judged(condition, "cannot_tell", why="not_stated")
            return Judged(condition, "met" if told.statements[condition.id] else "not_met")
        case _:
            return _measured(condition, region, frozen)


def _measured(condition: Condition, region: str, frozen: Extract | None) -> Judged:
    if frozen is None:
        return Judged(condition, "cannot_tell", why="not_frozen")
    number = frozen.number(condition.measure or "", region)
    if number is None or number.value is None or condition.operator is None or condition.value is None:
        return Judged(condition, "cannot_tell", number, why="no_number")
    reached = HOLDS[condition.operator](number.value, condition.value)
    return Judged(condition, "met" if reached else "not_met", number)
