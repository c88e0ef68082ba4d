"""Which value of a tumour stands where its sources differ, and why; what the others say is kept beside it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fyrbak.registers.notifications.rules import Order, notification_rules

# How values end that say that nothing more is known: a site without its part, an unknown side or grade.
_UNKNOWN = {"topography": ".9", "laterality": "U", "grade": "9"}
ONLY, AGREE, ORDER, KNOWN = "only", "agree", "order", "known"


@dataclass(frozen=True)
class Standing:
    """The value of a field, the key of the notification that it is from, and why that one.

    ``why``: ``only`` source that says anything, all ``agree``, first in the ``order`` of sources, or
    ``known`` where the first in order knows nothing.
    """

    value: str
    key: str
    why: str


def standing(notifications: Sequence[Mapping[str, Any]]) -> dict[str, Standing]:
    """The value that stands of each field that anybody says anything of. The sources' order is content."""
    found: dict[str, Standing] = {}
    for rule in notification_rules().stands:
        ranked = sorted(notifications, key=lambda one: _rank(one, rule))
        if rule.together:
            ranked = [one for one in ranked if any(_known(one, name) for name in rule.fields)][:1]
        for name in rule.fields:
            if told := _stands(name, ranked):
                found[name] = told
    return found


def _rank(one: Mapping[str, Any], rule: Order) -> tuple[object, ...]:
    """The source first, whole reports before others, the most exact day; of alike ones the earliest."""
    exact = "DMY".index(one["precision"])
    return rule.order.index(one["kind"]), not one["complete"], exact, one["diagnosed"], one["key"]


def _stands(name: str, ranked: Sequence[Mapping[str, Any]]) -> Standing | None:
    """The first known value; else what the first says, even if that is that it is unknown."""
    saying = [one for one in ranked if one[name]]
    knowing = [one for one in saying if _known(one, name)] or saying
    if not knowing:
        return None
    first = knowing[0]
    if len(saying) == 1:
        why = ONLY
    elif len({one[name] for one in saying}) == 1:
        why = AGREE
    else:
        why = ORDER if first is saying[0] else KNOWN
    return Standing(str(first[name]), str(first["key"]), why)


def _known(one: Mapping[str, Any], name: str) -> bool:
    return bool(one[name]) and not (name in _UNKNOWN and one[name].endswith(_UNKNOWN[name]))


def day_of(standing_day: Standing, notifications: Sequence[Mapping[str, Any]]) -> tuple[date, date]:
    """The first and the last day that the diagnosis can have been, as the notification that stands says."""
    told = next(one for one in notifications if str(one["key"]) == standing_day.key)
    return span(date.fromisoformat(str(told["diagnosed"])), told["precision"])


def span(day: date, precision: str) -> tuple[date, date]:
    """The days that a day of diagnosis can be: itself, or those of its month or year."""
    if precision == "Y":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    if precision == "M":
        return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    return day, day
