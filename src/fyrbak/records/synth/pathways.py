"""What the pathway content says, as arrays: ends, variants, prefixes, tumour codes and limits.

The content is read as plain YAML. The room that interprets it for the engine stands above this one, and the
truth must not share its code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import numpy as np

from fyrbak.definitions import CONTENT, read_yaml
from fyrbak.records.synth.calendar import NEVER, Flags, Ints, number

AOS = "aos"
BASE, EXTENDED = "bas", "utokad"
UNKNOWN_LIMIT = -1
_FOLDER = CONTENT / "pathways"
_ANY = "alla"


@dataclass(frozen=True)
class _Limit:
    pathway: int
    treatment: str
    variant: str
    days: int
    first: int
    last: int


@dataclass(frozen=True)
class Pathways:
    """All pathways in order of id.

    ``variants`` lists the variants of each, ``ends_as`` the treatment that each end point stands for (missing
    where the end is no treatment) and ``read_as`` today's point for retired ones. ``limits`` are those that
    may judge: certain, with a value, counted from the start. ``codes`` are the ICD-10 groups of all.
    """

    ids: tuple[str, ...]
    prefixes: tuple[str, ...]
    variants: tuple[tuple[str, ...], ...]
    ends_as: tuple[dict[int, str], ...]
    read_as: dict[int, int]
    limits: tuple[_Limit, ...]
    codes: tuple[str, ...]
    children_until: Ints

    def index(self, name: str) -> int:
        return self.ids.index(name)

    def variant_names(self) -> tuple[str, ...]:
        """Every variant of any pathway; the first is the empty one."""
        return ("", *sorted({name for names in self.variants for name in names}))

    def today(self, point: Ints) -> Ints:
        """Points with retired ones read as today's."""
        now = point.copy()
        for old, new in self.read_as.items():
            now[point == old] = new
        return now

    def treated(self, pathway: Ints, point: Ints) -> Flags:
        """Whether an end point is a start of treatment (or the closing talk of AOS) in its pathway."""
        return self.treatment(pathway, point) != ""

    def treatment(self, pathway: Ints, point: Ints) -> np.ndarray:
        """Treatment that an end point stands for in its pathway; empty where it is none."""
        found = np.full(point.size, "", dtype="U20")
        for points in (self.today(point), point):  # a retired point's own meaning in a pathway goes first
            for index, ends in enumerate(self.ends_as):
                for end, treatment in ends.items():
                    found[(pathway == index) & (points == end)] = treatment
        return found

    def limit(self, pathway: Ints, point: Ints, variant: np.ndarray, end: Ints) -> Ints:
        """Days of the published limit that judges an end on a day, or UNKNOWN_LIMIT.

        ``variant`` holds names; the empty name means base work-up where the pathway has one.
        """
        days = np.full(point.size, UNKNOWN_LIMIT)
        treatment = self.treatment(pathway, point)
        for limit in self.limits:
            wanted = ("", BASE) if limit.variant == BASE else (limit.variant,)
            fits = (pathway == limit.pathway) & (limit.first <= end) & (end <= limit.last) & (treatment != "")
            fits &= (treatment == limit.treatment) | (limit.treatment == _ANY)
            if limit.variant:
                fits &= np.isin(variant, wanted)
            days[fits] = limit.days
        return days


def covers(groups: tuple[str, ...], code: str) -> bool:
    """Whether an ICD-10 code lies in any of the groups: codes, with what is below them, or ranges."""
    for group in groups:
        first, _, last = group.partition("-")
        last = last or first
        if first <= code[: len(first)] and code[: len(last)] <= last:
            return True
    return False


def _points() -> tuple[dict[int, str], dict[int, int]]:
    """Treatment of each end point that starts one, and the point that each retired point is read as."""
    points = read_yaml(_FOLDER / "measuring_points.yaml")["points"]
    ends = {int(p["point"]): p["treatment"] for p in points if p.get("treatment")}
    return ends, {int(p["point"]): int(p["read_as"]) for p in points if "read_as" in p}


def _day(value: date | str | None, otherwise: int) -> int:
    return number(date.fromisoformat(str(value))) if value else otherwise


@cache
def pathways() -> Pathways:
    """Read all pathway files."""
    contents = [read_yaml(path) for path in sorted((_FOLDER / "svf").glob("*.yaml"))]
    contents.sort(key=lambda content: content["id"])
    ends, read_as = _points()
    limits = [
        _Limit(
            index,
            limit["treatment"],
            limit.get("variant", ""),
            limit["days"],
            _day(limit.get("valid_from"), -NEVER),
            _day(limit.get("valid_to"), NEVER),
        )
        for index, content in enumerate(contents)
        for limit in content["limits"]
        if limit["days"] is not None
        and not limit.get("to_verify", False)
        and limit.get("counted_from", "start") == "start"
    ]
    return Pathways(
        ids=tuple(content["id"] for content in contents),
        prefixes=tuple(content.get("kva_prefix") or "" for content in contents),
        variants=tuple(tuple(v["id"] for v in content.get("variants", ())) for content in contents),
        ends_as=tuple(_ends(content, ends) for content in contents),
        read_as=read_as,
        limits=tuple(limits),
        codes=tuple(group for content in contents for group in content["icd10"]),
        children_until=np.array([_day(content.get("children_until"), -NEVER) for content in contents]),
    )


def _ends(content: dict[str, Any], ends: dict[int, str]) -> dict[int, str]:
    """Treatment of each end point in one pathway."""
    own = {int(point): treatment for point, treatment in content.get("ends_as", {}).items()}
    unused = {int(point) for point in content.get("unused_points", ())}
    return {point: treatment for point, treatment in {**ends, **own}.items() if point not in unused}
