"""What is missing of a pathway, and after how many days it is asked for: the definitions, in one place.

The days are content (``content/worklists/missing.yaml``); the moment from which they count is said here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from django.db.models import F, Q, QuerySet
from pydantic import model_validator

from fyrbak.definitions import CONTENT, Definition, load
from fyrbak.pathways.ongoing.models import Case
from fyrbak.pathways.shapes import Title

Kind = Literal["not_seen", "treated_not_closed", "closed_without_date", "not_received"]


class Missing(Definition):
    """One kind of missing information; ``days`` after its moment it is asked for."""

    id: Kind
    days: int
    title: Title
    mend: Title
    source: str
    to_verify: bool = False


class _Kinds(Definition):
    kinds: tuple[Missing, ...]

    @model_validator(mode="after")
    def _each_once(self) -> _Kinds:
        if sorted(kind.id for kind in self.kinds) != sorted(_RULES):
            raise ValueError(f"kinds: give each of {', '.join(_RULES)} once")
        return self


@dataclass(frozen=True)
class _Rule:
    """Which cases lack it, and the field with the moment from which its days count."""

    lack: Q
    since: str


_RULES: dict[str, _Rule] = {
    "not_seen": _Rule(
        Q(end_date=None, visit_date=None, conference_date=None, decision_date=None, sent_on=None),
        "start_date",
    ),
    "treated_not_closed": _Rule(Q(end_date=None, treated_on__isnull=False, undated_end=False), "treated_on"),
    "closed_without_date": _Rule(Q(undated_end=True), "last_event"),
    "not_received": _Rule(Q(end_date=None, sent_on__isnull=False), "sent_on"),
}


@cache
def kinds() -> tuple[Missing, ...]:
    """All kinds, in the order of the content. Raises BadDefinitionError that names file and field."""
    return load(CONTENT / "worklists" / "missing.yaml", _Kinds).kinds


def lacking(kind: Missing, cases: QuerySet[Case], on: date) -> QuerySet[Case]:
    """The cases of which it is missing on a day, those who have waited longest first."""
    rule = _RULES[kind.id]
    found = cases.filter(rule.lack)
    if kind.days:
        found = found.filter(**{f"{rule.since}__lte": on - timedelta(days=kind.days)})
    return found.order_by(F(rule.since).asc(nulls_first=True), "pk")


def since(kind: Missing, case: Case) -> date | None:
    """The day from which the days of a kind count for a case; None where no day is known."""
    found: date | None = getattr(case, _RULES[kind.id].since)
    return found
