"""The work list of a day: how long each pathway has taken, what is left, what comes next, and the risk.

Days are calendar days between dates, so no clock, month or time of year can change them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from fyrbak.measures.breach import STEPS, Risk, Risks, Standing, limits_on
from fyrbak.pathways.ongoing.models import Booking, Case, Step

Order = Literal["risk", "left", "days", "pathway", "next"]
ORDERS: tuple[Order, ...] = ("risk", "left", "days", "pathway", "next")


@dataclass(frozen=True)
class Limit:
    """A limit that a pathway may come to be held against. ``days`` is None where none is known.

    ``variant`` is empty where there is but one, or where the case's own is known.
    """

    pathway: str
    treatment: str
    variant: str
    days: int | None

    def left(self, day: int) -> int | None:
        """Days left on a day of the pathway; negative when they have passed."""
        return None if self.days is None else self.days - day


@dataclass(frozen=True)
class Waiting:
    """One line of the list. ``likeliest`` is the limit of the treatment that most went on to from here.

    ``late`` says that every known limit has passed, and that the likeliest treatment is among those with one:
    where it has none, nobody can say that it is late. ``risk`` is None before there are tallies; ``booked``
    is the first booking that stands.
    """

    case: Case
    day: int
    step: str
    since_step: int
    next_step: Step
    booked: Booking | None
    risk: Risk | None
    likeliest: Limit | None
    limits: tuple[Limit, ...]

    @property
    def left(self) -> int | None:
        """Days left to the limit of the likeliest treatment; None where that is not known."""
        return self.likeliest.left(self.day) if self.likeliest else None

    @property
    def late(self) -> bool:
        known = [limit.days for limit in self.limits if limit.days is not None]
        judged = self.likeliest is None or self.likeliest.days is not None
        return bool(known) and judged and self.day > max(known)


class Worklist:
    """Answers for the cases of one day. ``risks`` are those of the day, if there are any."""

    def __init__(self, on: date, risks: Risks | None) -> None:
        self._on, self._risks = on, risks
        self._limits: dict[str, list[Limit]] = {}
        self._told: dict[tuple[str, str], tuple[Limit, ...]] = {}
        for (pathway, treatment, variant), days in sorted(limits_on(on).items()):
            self._limits.setdefault(pathway, []).append(Limit(pathway, treatment, variant, days))

    def of(self, case: Case, bookings: Sequence[Booking] = ()) -> Waiting:
        """The line of one ongoing case. What happened after the day is not counted."""
        step, reached = case.reached
        standing = Standing(case.pathway, step, case.day(reached), max((self._on - reached).days, 0))
        limits = self._published(case.pathway, case.variant)
        return Waiting(
            case=case, day=case.day(self._on), step=step, since_step=standing.since_step,
            next_step=case.next_step or Step.TREATMENT, booked=bookings[0] if bookings else None,
            risk=self._risks.of(standing) if self._risks else None,
            likeliest=self._likeliest(case, standing, limits), limits=limits,
        )  # fmt: skip

    def lines(self, cases: Iterable[Case], bookings: Mapping[int, list[Booking]]) -> list[Waiting]:
        """The lines of many cases, in their order."""
        return [self.of(case, bookings.get(case.pk, ())) for case in cases]

    def _published(self, pathway: str, variant: str) -> tuple[Limit, ...]:
        """The known limits of a pathway, of the variant where that is stated; each once."""
        if (pathway, variant) not in self._told:
            own = self._limits.get(pathway, [])
            varied = {(limit.treatment, limit.days) for limit in own if limit.variant}
            self._told[pathway, variant] = (
                tuple(replace(limit, variant="") for limit in own if limit.variant == variant)
                if variant
                else tuple(one for one in own if one.variant or (one.treatment, one.days) not in varied)
            )
        return self._told[pathway, variant]

    def _likeliest(self, case: Case, standing: Standing, limits: tuple[Limit, ...]) -> Limit | None:
        """The limit of the treatment that most went on to; of the shortest limit where that is not known."""
        found = self._most(standing)
        if found is None:
            return min(limits, key=lambda limit: limit.days or 0, default=None)
        treatment, variant = found
        same = {limit.variant: limit for limit in limits if limit.treatment == treatment}
        own = "" if case.variant else variant
        return same.get(own) or same.get("") or Limit(case.pathway, treatment, own, None)

    def _most(self, standing: Standing) -> tuple[str, str] | None:
        """The treatment most went on to from there; of all who began, where nobody has stood there."""
        if self._risks is None:
            return None
        there = self._risks.likeliest(standing.pathway, standing.step, standing.since_step)
        return there or self._risks.likeliest(standing.pathway, STEPS[0], 0)


def in_order(lines: Iterable[Waiting], order: Order) -> list[Waiting]:
    """The lines as somebody wants to work through them. What is not known comes last."""
    return sorted(lines, key=_ORDERS[order])


_Key = tuple[object, ...]


def _by_risk(line: Waiting) -> _Key:
    """Where nobody has stood before, or none of them was judged, only passed limits tell; else not known."""
    late = line.risk.late if line.risk and line.risk.late_if_treated is not None else None
    late = 1.0 if late is None and line.late else late
    return (late is None, -(late or 0), *_by_left(line))


def _by_left(line: Waiting) -> _Key:
    return (line.left is None, line.left or 0, -line.day, line.case.pk)


def _by_days(line: Waiting) -> _Key:
    return (-line.day, line.case.pk)


def _by_pathway(line: Waiting) -> _Key:
    return (line.case.pathway, *_by_risk(line))


def _by_next(line: Waiting) -> _Key:
    """What nobody has booked comes first, then the bookings in order of their days."""
    return (line.booked is not None, line.booked.day if line.booked else date.min, *_by_risk(line))


_ORDERS: dict[Order, Callable[[Waiting], _Key]] = {
    "risk": _by_risk, "left": _by_left, "days": _by_days, "pathway": _by_pathway, "next": _by_next,
}  # fmt: skip
