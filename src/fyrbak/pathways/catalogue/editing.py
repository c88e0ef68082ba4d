"""Changes to a definition as its forms make them: a row of a list at a time, or a limit that takes over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from fyrbak.pathways.catalogue.texts import checked, written
from fyrbak.pathways.definitions import measuring_points, treatments
from fyrbak.pathways.shapes import ANY_TREATMENT, Example, Limit, Pathway

_DAY = timedelta(days=1)


class Part(StrEnum):
    """A list of a definition that has forms for its rows."""

    LIMITS = "limits"
    BLOCKS = "blocks"


def stated(pathway: Pathway) -> dict[str, Any]:
    """What a definition states, as plain values that can be changed."""
    return pathway.model_dump(mode="json", by_alias=True, exclude_unset=True)


def with_fields(pathway: Pathway, **fields: Any) -> str:
    """The text with other values in some fields. Raises FaultyError."""
    return written(checked(stated(pathway) | fields, pathway.id))


def with_row(pathway: Pathway, part: Part, place: int | None, row: Mapping[str, Any] | None) -> str:
    """The text with a row of a list added (no ``place``), replaced, or taken away (no ``row``).

    Empty values are left out. Raises FaultyError.
    """
    rows = stated(pathway).get(part, [])
    # A block of 0 days is published for some pathways: 0 is a value, though it equals False.
    said = {name: value for name, value in (row or {}).items() if value != "" and value is not False}
    new = [] if row is None else [said]
    at = len(rows) if place is None else place
    return with_fields(pathway, **{part: [*rows[:at], *new, *rows[at + 1 :]]})


def with_limit_from_first_day(pathway: Pathway, place: int, *, days: int, source: str) -> str:
    """The text where a limit has other days for those who end on the version's first day or later.

    The limit as it was ends the day before, so that what has ended is judged as before. Worked examples
    show the new limit on its last day, the day after, and before its first. Raises FaultyError.
    """
    old, first = pathway.limits[place], pathway.version
    rows = stated(pathway)["limits"]
    until = None if old.valid_to is None else old.valid_to.isoformat()
    new = rows[place] | {"days": days, "source": source, "valid_from": first.isoformat(), "valid_to": until}
    for gone in ("to_verify", "note", "as_of"):
        new.pop(gone, None)
    ended = rows[place] | {"valid_to": (first - _DAY).isoformat()}
    limit = old.model_copy(update={"days": days, "valid_from": first, "to_verify": False})
    shown = [one.model_dump(mode="json", exclude_unset=True) for one in _examples(pathway, limit, old)]
    # Blocks that made up the old limit do not make up the new one.
    chains = [one for one in stated(pathway).get("chains", []) if one["treatment"] != old.treatment]
    return with_fields(
        pathway, limits=[*rows[:place], ended, *rows[place + 1 :], new],
        examples=[*stated(pathway)["examples"], *shown], chains=chains,
    )  # fmt: skip


def _examples(pathway: Pathway, new: Limit, old: Limit) -> list[Example]:
    """Two persons for each limit that judges: in time and late, and the last day of what was."""
    end = _end_point(pathway, new.treatment)
    if end is None or new.days is None or new.counted_from != "start":
        return []
    first, variant = new.first_day, new.variant
    point = f"{end} variant={variant}" if variant else end

    def events(start: date, to: date) -> list[str]:
        return [f"{start} 10", f"{to} {point}"]

    def came_to(days: int, **more: Any) -> dict[str, Any]:
        return {"days": days, **more}

    late_start = first + _DAY
    late = events(late_start, late_start + timedelta(days=new.days + 1))
    title = treatments()[new.treatment].title.sv if new.treatment != ANY_TREATMENT else "All behandling"
    judged = {"limit_days": new.days, "judged": True}
    before: dict[str, Any] = {"limit_state": "missing", "judged": False}
    if old.judges and old.first_day < first:
        before = {"limit_days": old.days, "judged": True}
    plain = [
        {
            "title": f"{title} dag {new.days} är i tid och dag {new.days + 1} försenad, från och med {first}",
            "events": [*events(first - timedelta(days=new.days), first), *late],
            "expect": [
                came_to(new.days, **judged, within=True),
                came_to(new.days + 1, **judged, within=False),
            ],
        },
        {
            "title": f"{title}, dagen före att gränsen {new.days} dagar börjar gälla {first}",
            "events": events(first - timedelta(days=new.days + 1), first - _DAY),
            "expect": [came_to(new.days, **before)],
        },
    ]
    return [Example.model_validate(one) for one in plain]


def _end_point(pathway: Pathway, treatment: str) -> str | None:
    """A point that ends the pathway with a treatment; None where no point does."""
    ends = {point.point: point.treatment for point in measuring_points().values() if not point.read_as}
    led = {point: to for point, to in (ends | pathway.ends_as).items() if point not in pathway.unused_points}
    return next((point for point, to in led.items() if to and treatment in (to, ANY_TREATMENT)), None)
