"""When the limits that pathways are held against change: read from the definitions, never from the data.

A measure of who was in time counts only those with a limit that judges. When a limit loses its confirmation,
gets one or gets other days, the measure counts other pathways, or holds them against something else, from
that day on. A series must not be read across such a day as if care had changed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from fyrbak.pathways.definitions import limits_table, pathways, published_files
from fyrbak.pathways.shapes import Pathway

_Days = dict[tuple[str, str], int]  # the days that judge, by treatment and variant


@dataclass(frozen=True)
class LimitsChanged:
    """What changes on a day: ids of pathways of which some treatment is no longer judged, now is, or gets
    other days. A pathway may stand in several of them.
    """

    starts: date
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    other: tuple[str, ...]


def limits_changed(pathway: str = "") -> tuple[LimitsChanged, ...]:
    """Each day on which limits change, oldest first; of one pathway, or of all in force."""
    return _changed(pathway, published_files())


@lru_cache(maxsize=128)
def _changed(pathway: str, _published: tuple[Path, ...]) -> tuple[LimitsChanged, ...]:
    """The same, found once for each state of what has been published."""
    found: dict[date, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in (known for known in pathways() if pathway in ("", known.id)):
        for day, before, after in _steps(one):
            kept = before.keys() & after.keys()
            told = {
                "lost": before.keys() - kept,
                "gained": after.keys() - kept,
                "other": {key for key in kept if before[key] != after[key]},
            }
            for what, keys in told.items():
                if keys:
                    found[day][what].append(one.id)
    return tuple(
        LimitsChanged(day, *(tuple(found[day][what]) for what in ("lost", "gained", "other")))
        for day in sorted(found)
    )


def _steps(pathway: Pathway) -> list[tuple[date, _Days, _Days]]:
    """Each day on which a limit of the pathway begins or has ended: what judges the day before, and then."""
    rows = [row for row in limits_table((pathway,)).to_pylist() if row["days"] is not None]
    days = {row["valid_from"] for row in rows} | {
        row["valid_to"] + timedelta(days=1) for row in rows if row["valid_to"] < date.max
    }

    def judging(on: date) -> _Days:
        return {
            (row["treatment"], row["variant"]): row["days"]
            for row in rows
            if row["valid_from"] <= on <= row["valid_to"]
        }

    return [(day, judging(day - timedelta(days=1)), judging(day)) for day in sorted(days - {date.min})]
