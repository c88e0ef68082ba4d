"""What the worked examples of a pathway do not show: every rule of a pathway is seen to hold and not to hold.

The examples are followed by the reference engine. A limit that judges must be seen on its last day and on
the day after, on the first and last days of the time it is in force and on the days around it. A limit that
judges nobody, a variant, a point with a meaning of its own, a point that means nothing and the end of
children's inclusion must be seen at work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from fyrbak.engines.reference import Reference
from fyrbak.pathways.definitions import pathways
from fyrbak.pathways.episodes import ADULT
from fyrbak.pathways.examples import AS_OF, follow
from fyrbak.pathways.shapes import ANY_TREATMENT, Limit, Pathway

DAY = timedelta(days=1)
Row = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """What the examples of a pathway came to: episodes, findings, and the points of their events."""

    episodes: Sequence[Row]
    findings: Sequence[Row]


def uncovered(pathway: Pathway) -> list[str]:
    """What no example of the pathway shows, each in a few words; empty when all is shown."""
    shown = _shown(pathway)
    return [
        *_limits(pathway, shown),
        *_variants(pathway, shown),
        *_points(pathway, shown),
        *_children(pathway, shown),
    ]


def _shown(pathway: Pathway) -> Shown:
    rows = _content_followed() if pathway in pathways() else _followed((pathway,))
    return Shown(*([row for row in answer if row["pathway"] == pathway.id] for answer in rows))


@cache
def _content_followed() -> tuple[list[Row], list[Row]]:
    """All pathways of the content in one question, since it takes long to prepare."""
    return _followed(pathways())


def _followed(chosen: Sequence[Pathway]) -> tuple[list[Row], list[Row]]:
    reference = Reference()
    worked = [(pathway, example) for pathway in chosen for example in pathway.examples]
    episodes, findings = follow(worked, reference, AS_OF)
    return reference.answer(episodes).to_pylist(), reference.answer(findings).to_pylist()


def _limits(pathway: Pathway, shown: Shown) -> Iterator[str]:
    for limit in pathway.limits:
        ended = [row for row in shown.episodes if row["outcome"] == "treated" and _meant_for(limit, row)]
        held = [row for row in ended if limit.first_day <= row["end_date"] <= limit.last_day]
        missing = _of_judge(limit, ended, held) if limit.judges else _of_other(held)
        yield from (f"{_name(limit)}: {words}" for words in missing)


def _of_judge(limit: Limit, ended: Sequence[Row], held: Sequence[Row]) -> Iterator[str]:
    """What is not shown of a limit that judges: both sides of its days and of the time it is in force."""
    last = limit.days or 0
    days = {row["days"] for row in held if row["judged"]}
    ends = {row["end_date"] for row in ended}
    if last not in days:
        yield f"nobody is treated on its last day, day {last}"
    if last + 1 not in days:
        yield f"nobody is treated on the day after, day {last + 1}"
    edges: dict[str, date] = {}
    if limit.valid_from:
        edges |= {"the first day it is in force": limit.valid_from, "the day before": limit.valid_from - DAY}
    if limit.valid_to:
        edges |= {"the last day it is in force": limit.valid_to, "the day after": limit.valid_to + DAY}
    yield from (f"nobody ends on {words}, {day}" for words, day in edges.items() if day not in ends)


def _of_other(held: Sequence[Row]) -> Iterator[str]:
    """Of a limit that judges nobody no more can be seen than that it does not."""
    if not any(row["limit_state"] == "missing" for row in held):
        yield "nobody meets this limit, which must judge nobody"


def _name(limit: Limit) -> str:
    period = f" from {limit.valid_from}" if limit.valid_from else ""
    return " ".join(part for part in ("limit", limit.treatment, limit.variant) if part) + period


def _meant_for(limit: Limit, row: Row) -> bool:
    """Whether a treatment and variant are those of a limit, whenever it was in force."""
    return limit.treatment in (ANY_TREATMENT, row["treatment"]) and limit.variant in ("", row["variant"])


def _variants(pathway: Pathway, shown: Shown) -> Iterator[str]:
    for variant in pathway.variants:
        if all(row["variant"] != variant.id for row in shown.episodes):
            yield f"variant {variant.id}: nobody has it"
    if all(row["outcome"] != "closed" for row in shown.episodes):
        yield "nobody's pathway ends without treatment"


def _points(pathway: Pathway, shown: Shown) -> Iterator[str]:
    for point, treatment in pathway.ends_as.items():
        if all((row["end_point"], row["treatment"]) != (point, treatment) for row in shown.episodes):
            yield f"ends_as {point}: nobody ends by it"
    used = {event.point for example in pathway.examples for event in example.events}
    for point in pathway.unused_points:
        if point not in used or all(row["rule"] != "point_not_valid" for row in shown.findings):
            yield f"unused point {point}: nobody is given it"


def _children(pathway: Pathway, shown: Shown) -> Iterator[str]:
    last = pathway.children_until
    if not last:
        return
    begun = {row["start_date"] for row in shown.episodes if row["age"] < ADULT}
    refused = {row["date"] for row in shown.findings if row["rule"] == "under_age"}
    if last not in begun - refused:
        yield f"no child begins on {last}, the last day of children's inclusion"
    if last + DAY not in begun & refused:
        yield f"no child begins on {last + DAY}, the day after children's inclusion"
