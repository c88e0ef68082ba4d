"""Silent units: whose reports have stopped, or fallen, by more than chance and the season can do.

A unit's reports of the latest weeks are held against its own earlier weeks. In which weeks a report was to
be expected is told by the other units of the same register, so that July alarms nobody. Given how many
reports a unit has sent in all, how many of them fall in the latest weeks is binomial; so a unit with few
reports can never be called silent, and its state says so. A control chart of single values does not fit
here: with few reports a week its limits lie below 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
from scipy.special import betainc

from fyrbak.measures.disclosure import SMALL
from fyrbak.measures.register_quality.linked import NEVER, Linked
from fyrbak.measures.register_quality.shares import UNKNOWN, WHOLE
from fyrbak.measures.statistics.checks import Floats
from fyrbak.records.columns import Whole

BASELINE = 52  # weeks before the latest ones that these are held against
WINDOWS = (4, 12)  # latest weeks looked at: the shorter finds silence soon, the longer a fall
FALSE_ALARM = 0.001  # the greatest chance that a unit is called out in one look, when nothing has changed
LEAST_OTHERS = 200  # reports of other units in the baseline before they tell the season

State = Literal["silent", "fallen", "as_before", "too_few"]


@dataclass(frozen=True)
class Standstill:
    """How a unit reports of late, in the window that says most.

    ``silent``: no report where so many were expected that chance does not explain it. ``fallen``: some, but
    fewer than chance explains. ``too_few``: even no report at all could be chance. ``observed`` is None where
    it is small. ``weeks`` is the window, ``probability`` that of so few or fewer.
    """

    register: str
    unit: str
    state: State
    weeks: int
    expected: float
    observed: int | None
    last_report: date | None
    probability: float
    extract: date


def standstills(linked: Linked, *, small: bool = False) -> list[Standstill]:
    """Each unit that has reported in the last year, and the register as a whole first."""
    units = linked.groups("unit")
    here = (linked.reported != NEVER) & linked.in_quality
    last = linked.extract.toordinal() - date(1970, 1, 1).toordinal()
    week = (last - linked.reported) // 7  # 0 is the latest
    span = BASELINE + max(WINDOWS)
    names = sorted({*units[here & (week < span)].tolist()} - {UNKNOWN})
    weekly = {name: _weekly(week[here & (units == name)], span) for name in names}
    total = _weekly(week[here], span)
    found = []
    for name in (WHOLE, *names):
        own = total if name == WHOLE else weekly[name]
        others = np.zeros(span) if name == WHOLE else total - own
        days = linked.reported[here & ((units == name) | (name == WHOLE))]
        found.append(_judged(linked, name, own, others, days, small=small))
    return found


def _weekly(weeks: Whole, span: int) -> Floats:
    return np.bincount(weeks[weeks < span], minlength=span).astype(float)


def _judged(
    linked: Linked, unit: str, own: Floats, others: Floats, days: Whole, *, small: bool
) -> Standstill:
    looks = [look(own, others, weeks) for weeks in WINDOWS]
    best = min(looks, key=lambda one: one.probability)
    state: State = "as_before"
    if best.probability <= FALSE_ALARM / len(WINDOWS):
        state = "silent" if best.observed == 0 else "fallen"
    elif min(one.at_nothing for one in looks) > FALSE_ALARM / len(WINDOWS):
        state = "too_few"
    few = best.observed in SMALL and not small
    latest = date(1970, 1, 1) + timedelta(days=int(days.max())) if days.size else None
    return Standstill(
        linked.register, unit, state, best.weeks, best.expected, None if few else best.observed,
        latest, best.probability, linked.extract,
    )  # fmt: skip


@dataclass(frozen=True)
class Look:
    """One window of a unit. ``at_nothing`` is how probable it would be that not one report had come."""

    weeks: int
    expected: float
    observed: int
    probability: float
    at_nothing: float


def look(own: Floats, others: Floats, weeks: int) -> Look:
    """How probable so few reports or fewer are in the latest ``weeks``, when the unit goes on as before.

    ``own`` and ``others`` (weeks,) are reports by week, the latest first. Given all the unit's reports, those
    of the window are binomial with the window's part of the other units' reports; of the weeks, where the
    others are too few to tell. Where its weeks vary more than chance (Pearson's statistic), counts weigh as
    many fewer. Source: Przyborowski and Wilenski, Biometrika 1940;31:313-323 (two Poisson counts).
    """
    rhythm = others + 0.0 if others[weeks : weeks + BASELINE].sum() >= LEAST_OTHERS else np.ones(own.size)
    window, before = slice(0, weeks), slice(weeks, weeks + BASELINE)
    part = float(rhythm[window].sum() / (rhythm[window].sum() + rhythm[before].sum()))
    seen, earlier = float(own[window].sum()), float(own[before].sum())
    scatter = _scatter(own[before], rhythm[before])
    expected = earlier * part / (1 - part)
    return Look(
        weeks, expected, int(seen),
        _at_most(seen / scatter, (seen + earlier) / scatter, part),
        _at_most(0.0, earlier / scatter, part),
    )  # fmt: skip


def _scatter(own: Floats, rhythm: Floats) -> float:
    """How much more than chance the weeks vary around the rhythm; at least 1."""
    mean = own.sum() * rhythm / rhythm.sum()
    known = mean > 0
    if known.sum() < 2:
        return 1.0
    return max(float((((own - mean) ** 2)[known] / mean[known]).sum() / (known.sum() - 1)), 1.0)


def _at_most(seen: float, total: float, part: float) -> float:
    """The binomial probability of so many or fewer, also of counts that are not whole."""
    if total <= seen:
        return 1.0
    return float(betainc(total - seen, seen + 1, 1 - part))
