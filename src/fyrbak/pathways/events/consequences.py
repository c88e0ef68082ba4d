"""What an event would lead to, told before it is registered: what starts or ends, and after how many days."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Literal

from fyrbak.pathways.definitions import limits_table, pathway, points_table
from fyrbak.pathways.events.errors import RefusedEventError
from fyrbak.pathways.events.rules import Reason, Refused, Situation, judge
from fyrbak.pathways.events.walk import Episode, Event, Walked, walk
from fyrbak.pathways.shapes import BASE_VARIANT, EXTENDED_VARIANT, Pathway


@dataclass(frozen=True)
class Consequence:
    """What becomes of the episode that an event belongs to.

    ``days`` are those from the start to the event, or to the end of an episode that has one. ``limit`` is the
    limit that will judge it, None where it is not known; none applies to what is not ``treated``.
    """

    kind: Literal["starts", "ends", "goes-on", "apart"]
    start: date | None = None
    end: date | None = None
    days: int | None = None
    limit: int | None = None
    treated: bool = False


def foresee(situation: Situation, event: Event) -> tuple[Consequence, tuple[Reason, ...]]:
    """What registering an event leads to, and what should be read before it is.

    Raises RefusedEventError for one that cannot be right.
    """
    verdict = judge(situation, event)
    if isinstance(verdict, Refused):
        raise RefusedEventError(verdict)
    return consequence(situation, event), verdict.asked


def consequence(situation: Situation, event: Event) -> Consequence:
    """What registering an event leads to, given that the rules allow it."""
    known = [other for other in situation.of(event.pathway) if other.key != event.key]
    new = replace(event, key=event.key or "\uffff")
    episode = _of(walk([*known, new]), new)
    if episode is None or event.day is None:
        return Consequence("apart")
    if episode.end is None:
        begins = event.meaning.step in ("start", "received") and episode.events[0].key == new.key
        days = (event.day - episode.start).days
        return Consequence("starts" if begins else "goes-on", episode.start, days=days)
    end = episode.end.day or event.day
    defined = pathway(event.pathway)
    treatment = _treatments(defined.id).get(episode.end.point, "")
    limit = _limit(defined, treatment, _variant(defined, episode), end) if treatment else None
    days = (end - episode.start).days
    kind: Literal["ends", "goes-on"] = "ends" if episode.end.key == new.key else "goes-on"
    return Consequence(kind, episode.start, end, days, limit, bool(treatment))


def _of(walked: Walked, event: Event) -> Episode | None:
    return next((one for one in walked.episodes if event in (*one.events, one.end)), None)


def _variant(defined: Pathway, episode: Episode) -> str:
    """The work-up that decides the limit: the last that is stated, else what the points tell."""
    events = [*episode.events, *([episode.end] if episode.end else [])]
    stated = [event.variant for event in events if event.variant]
    known = [variant for variant in stated if variant in defined.variant_ids]
    if known:
        return known[-1]
    if stated and defined.variants:
        return ""
    extended = any(event.meaning.extended for event in events)
    if extended and EXTENDED_VARIANT in defined.variant_ids:
        return EXTENDED_VARIANT
    return BASE_VARIANT if BASE_VARIANT in defined.variant_ids else ""


def _limit(defined: Pathway, treatment: str, variant: str, end: date) -> int | None:
    """The limit in force on the last day, in days; None where it is not known."""
    for row in _limits(defined.id):
        in_force = row["valid_from"] <= end <= row["valid_to"]
        if in_force and (row["treatment"], row["variant"]) == (treatment, variant):
            return row["days"]
    return None


@cache
def _limits(name: str) -> list[dict[str, Any]]:
    return list(limits_table((pathway(name),)).to_pylist())


@cache
def _treatments(name: str) -> dict[str, str]:
    """What each point ends with in a pathway."""
    return {row["point"]: row["treatment"] for row in points_table((pathway(name),)).to_pylist()}
