"""The pathways as content: read from YAML, checked, and laid out as tables that the engine joins with.

A pathway is one file in ``content/pathways/svf``. ``measuring_points.yaml`` and ``treatments.yaml`` hold what
all pathways share. A version that this installation has published (docs/pathway-catalogue.md) is a file in
``<home>/content/pathways/svf``, and holds instead from its first day.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa

from fyrbak import settings
from fyrbak.definitions import CONTENT, Definition, fault, load, pick
from fyrbak.pathways.faults import faults
from fyrbak.pathways.shapes import (
    ANY_TREATMENT,
    BASE_VARIANT,
    EXTENDED_VARIANT,
    Limit,
    MeasuringPoint,
    Pathway,
    Treatment,
)

FOLDER = CONTENT / "pathways"
ORDERS = 100  # the order of each point within a day is smaller than this, and no other point's


class _Points(Definition):
    points: tuple[MeasuringPoint, ...]


class _Treatments(Definition):
    treatments: tuple[Treatment, ...]


@cache
def measuring_points() -> dict[str, MeasuringPoint]:
    """All points by their two digits; a retired point has the meaning of the point it is read as."""
    path = FOLDER / "measuring_points.yaml"
    listed = {point.point: point for point in load(path, _Points).points}
    orders: set[int] = set()
    for index, point in enumerate(listed.values()):
        if point.read_as is not None and (point.read_as not in listed or listed[point.read_as].read_as):
            raise fault(path, ("points", index, "read_as"), f"'{point.read_as}' is not a point in use.")
        if point.order in orders or not 0 <= point.order < ORDERS:
            words = f"{point.order} is not the order of this point alone, from 0 to {ORDERS - 1}."
            raise fault(path, ("points", index, "order"), words)
        orders.add(point.order)
    own = ("point", "order", "title", "retired_from", "read_as", "to_verify")
    return {
        point.point: listed[point.read_as].model_copy(update={name: getattr(point, name) for name in own})
        if point.read_as
        else point
        for point in listed.values()
    }


@cache
def treatments() -> dict[str, Treatment]:
    """All treatments by id, in the order of the content."""
    return {t.id: t for t in load(FOLDER / "treatments.yaml", _Treatments).treatments}


def read_pathway(path: Path) -> Pathway:
    """Read and check one pathway file. Raises BadDefinitionError that names file, line and field."""
    found = load(path, Pathway)
    name = path.stem.partition("@")[0]
    for location, message in faults(
        found, name=name, points=measuring_points(), treatments=list(treatments())
    ):
        raise fault(path, location, message)
    return found


def published_folder() -> Path:
    """Where the versions lie that this installation has published, as ``<id>@<first day>.yaml``."""
    return settings.HOME / "content" / "pathways" / "svf"


def published_files(on: date | None = None) -> tuple[Path, ...]:
    """The published versions whose first day has come by a day (today), in order: a later one goes last.

    A file never changes, so the files tell one state of the content from another.
    """
    last = (on or datetime.now(ZoneInfo(settings.TIME_ZONE)).date()).isoformat()
    found = published_folder().glob("*@*.yaml")
    return tuple(sorted(path for path in found if path.stem.partition("@")[2] <= last))


def pathway_files() -> list[Path]:
    """Every file that decides what an episode is held against."""
    return [*sorted(FOLDER.rglob("*.yaml")), *published_files()]


def pathways() -> tuple[Pathway, ...]:
    """All pathways in force, in the order of their ids."""
    return _in_force(published_files())


def file_of(name: str) -> Path:
    """The file that holds the version in force of a pathway."""
    found = pathway(name)
    own = published_folder() / f"{found.id}@{found.version}.yaml"
    return own if own in published_files() else FOLDER / "svf" / f"{found.id}.yaml"


@lru_cache(maxsize=4)
def _in_force(published: tuple[Path, ...]) -> tuple[Pathway, ...]:
    """Of each pathway the latest version; a published one goes before the program's own of the same day."""
    latest = {p.id: p for p in packaged()}
    for found in map(read_pathway, published):
        if found.id not in latest or latest[found.id].version <= found.version:
            latest[found.id] = found
    return tuple(latest[name] for name in sorted(latest))


@cache
def packaged() -> tuple[Pathway, ...]:
    """The pathways as they come with the program, whatever has been published since."""
    return tuple(read_pathway(path) for path in sorted((FOLDER / "svf").glob("*.yaml")))


def pathway(name: str) -> Pathway:
    """The pathway with this id. Raises UnknownNameError that offers the nearest id."""
    known = {p.id: p for p in pathways()}
    return known[pick("pathway", name, list(known))]


def points_table(chosen: tuple[Pathway, ...]) -> pa.Table:
    """What each point means in each pathway: one row per pathway and point, for the engine to join with.

    Columns: pathway, point, order, step, outcome, treatment ('' when none), extended, after_death, used,
    retired_from (the day from which the point should no longer be sent; null while in use).
    """
    rows = []
    for p in chosen:
        for point in measuring_points().values():
            treatment = p.ends_as.get(point.point) or p.ends_as.get(point.read_as or "") or point.treatment
            rows.append(
                {
                    "pathway": p.id,
                    "point": point.point,
                    "order": point.order,
                    "step": point.step,
                    "outcome": "treated" if treatment else point.outcome or "",
                    "treatment": treatment or "",
                    "extended": point.extended,
                    "after_death": point.after_death,
                    "used": point.point not in p.unused_points,
                    "retired_from": point.retired_from,
                }
            )
    return pa.Table.from_pylist(rows, schema=_POINTS)


def rules_table(chosen: tuple[Pathway, ...]) -> pa.Table:
    """What holds for a whole pathway: one row each, for the engine to join with.

    Columns: pathway, version, children_until, has_variants, has_base, has_extended.
    """
    rows = [
        {
            "pathway": p.id,
            "version": p.version.isoformat(),
            "children_until": p.children_until,
            "has_variants": bool(p.variants),
            "has_base": BASE_VARIANT in p.variant_ids,
            "has_extended": EXTENDED_VARIANT in p.variant_ids,
        }
        for p in chosen
    ]
    return pa.Table.from_pylist(rows, schema=_RULES)


def limits_table(chosen: tuple[Pathway, ...] | None = None) -> pa.Table:
    """All limits, one row per pathway, treatment, variant and period, so that equality finds the right one.

    ``alla`` is spelt out for every treatment and an empty variant for every variant. Columns: pathway,
    treatment, variant, valid_from, valid_to (never null), days (null unless it judges), words (why).
    """
    rows = []
    for p in chosen if chosen is not None else pathways():
        for limit in p.limits:
            names = list(treatments()) if limit.treatment == ANY_TREATMENT else [limit.treatment]
            variants = [limit.variant] if limit.variant else ["", *p.variant_ids]
            rows += [
                {
                    "pathway": p.id,
                    "treatment": treatment,
                    "variant": variant,
                    "valid_from": limit.first_day,
                    "valid_to": limit.last_day,
                    "days": limit.days if limit.judges else None,
                    "words": _words(limit, treatment),
                }
                for treatment in names
                for variant in variants
            ]
    return pa.Table.from_pylist(rows, schema=_LIMITS)


def _words(limit: Limit, treatment: str) -> str:
    """Why a limit judges an episode, or why it does not, in a few words."""
    if limit.days is None:
        return f"limit missing: a limit for {treatment} is published but its value is not known here"
    if limit.to_verify:
        return f"limit missing: the limit for {treatment} awaits confirmation"
    if limit.counted_from != "start":
        origin = limit.counted_from.replace("_", " ")
        return f"limit missing: the limit for {treatment} counts from {origin}, a day that is not registered"
    variant = f" ({limit.variant})" if limit.variant else ""
    return f"{treatment}{variant} within {limit.days} days, {limit.source}"


def icd10_table(chosen: tuple[Pathway, ...] | None = None) -> pa.Table:
    """Ranges of ICD-10 codes for joins: pathway, first, last; codes without dots.

    A tumour belongs to a pathway when its code without dots lies between ``first`` and ``last``, both
    included: C50 covers C50, C509 and C5091; a subcode such as C56.9 covers only itself and longer codes.
    """
    rows = []
    for p in chosen if chosen is not None else pathways():
        for code in p.icd10:
            first, _, last = code.replace(".", "").partition("-")
            rows.append({"pathway": p.id, "first": first, "last": (last or first) + "Z"})
    return pa.Table.from_pylist(rows, schema=_ICD10)


_POINTS = pa.schema(
    {
        "pathway": pa.string(),
        "point": pa.string(),
        "order": pa.int16(),
        "step": pa.string(),
        "outcome": pa.string(),
        "treatment": pa.string(),
        "extended": pa.bool_(),
        "after_death": pa.bool_(),
        "used": pa.bool_(),
        "retired_from": pa.date32(),
    }
)
_RULES = pa.schema(
    {
        "pathway": pa.string(),
        "version": pa.string(),
        "children_until": pa.date32(),
        "has_variants": pa.bool_(),
        "has_base": pa.bool_(),
        "has_extended": pa.bool_(),
    }
)
_LIMITS = pa.schema(
    {
        "pathway": pa.string(),
        "treatment": pa.string(),
        "variant": pa.string(),
        "valid_from": pa.date32(),
        "valid_to": pa.date32(),
        "days": pa.int32(),
        "words": pa.string(),
    }
)
_ICD10 = pa.schema({"pathway": pa.string(), "first": pa.string(), "last": pa.string()})
