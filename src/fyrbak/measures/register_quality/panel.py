"""What is shown of registers side by side: their quality and their indicators, with small numbers hidden.

It is kept as it may be shown and as nothing else, in a file for each register below the home.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError

from fyrbak import settings
from fyrbak.measures.disclosure import SMALL
from fyrbak.measures.register_quality.completeness import Completeness, completeness
from fyrbak.measures.register_quality.coverage import Coverage, beyond, coverage
from fyrbak.measures.register_quality.indicator_sets import Indicator
from fyrbak.measures.register_quality.indicators import Answer, Change, File, Negative, answers, changes
from fyrbak.measures.register_quality.linked import Linked
from fyrbak.measures.register_quality.shares import HIDDEN
from fyrbak.measures.register_quality.silence import Standstill, standstills
from fyrbak.measures.register_quality.timeliness import Delays, delays
from fyrbak.whole_files import whole


@dataclass(frozen=True)
class RegisterQuality:
    """The quality of one register, as shown. A part is empty where the file lacks its columns.

    ``beyond`` are the cases that the quality register has and the cancer register has not; None where few.
    """

    register: str
    extract: date
    beyond: int | None
    coverage: tuple[Coverage, ...]
    delays: tuple[Delays, ...]
    standstills: tuple[Standstill, ...]
    completeness: tuple[Completeness, ...]


@dataclass(frozen=True)
class RegisterIndicators:
    """The indicators of one register under one set, of all and of each group of each cut.

    ``negative`` says what was done with an end that lies before its start.
    """

    register: str
    set: str
    negative: Negative
    answers: tuple[Answer, ...]
    changes: tuple[Change, ...]


def register_quality(linked: Linked) -> RegisterQuality:
    """Everything that the file of a register can tell of its quality."""
    timed, by_unit = (linked.reported >= 0).any() and (linked.diagnosis > 0).any(), "unit" in linked.cuts
    outside = beyond(linked)
    return RegisterQuality(
        linked.register,
        linked.extract,
        None if outside in SMALL else outside,
        tuple(coverage(linked, "region" if "region" in linked.cuts else "")),
        tuple(delays(linked, "unit" if by_unit else "")) if timed else (),
        tuple(standstills(linked)) if timed and by_unit else (),
        tuple(completeness(linked)),
    )


def register_indicators(
    file: File, cuts: Sequence[str] = (), *, negative: Negative = "missing", small: bool = False
) -> RegisterIndicators:
    """Every indicator of the file's set that it has the columns of, of all and of each group of each cut."""
    asked = [indicator for indicator in file.set.indicators if file.has(indicator)]
    told: list[list[Answer]] = [[] for _ in asked]
    for at, by in enumerate(cuts or ("",)):
        of_cut = [answers(file, indicator, by, negative=negative, small=small) for indicator in asked]
        for own, found in zip(told, of_cut if small else _together(asked, of_cut), strict=True):
            own += [one for one in found if not at or one.by]
    return RegisterIndicators(
        file.register,
        file.set.id,
        negative,
        tuple(one for every in told for one in every),
        tuple(change for every in told if every for change in changes(every)),
    )


def _together(asked: Sequence[Indicator], told: Sequence[list[Answer]]) -> list[list[Answer]]:
    """The answers with all parts of a whole hidden where one of them is, or the others would tell it."""
    gone: defaultdict[str, set[tuple[int, str]]] = defaultdict(set)
    for indicator, found in zip(asked, told, strict=True):
        gone[indicator.part_of] |= {(one.year, one.group) for one in found if one.of.suppressed}
    return [
        [
            replace(one, of=HIDDEN) if indicator.part_of and (one.year, one.group) in gone[indicator.part_of]
            else one
            for one in found
        ]
        for indicator, found in zip(asked, told, strict=True)
    ]  # fmt: skip


_ADAPTERS: dict[type, TypeAdapter[Any]] = {
    kind: TypeAdapter(kind) for kind in (RegisterQuality, RegisterIndicators)
}
Kept = TypeVar("Kept", RegisterQuality, RegisterIndicators)


def keep(one: RegisterQuality | RegisterIndicators) -> Path:
    """Keep what is shown of a register, in place of what was kept before."""
    name = one.register if isinstance(one, RegisterQuality) else f"{one.set} {one.register}"
    path = _folder(type(one)) / f"{quote(name, safe=' ')}.json"
    with whole(path) as unfinished:
        unfinished.write_bytes(_ADAPTERS[type(one)].dump_json(one))
    return path


def kept(kind: type[Kept]) -> list[Kept]:
    """What is kept of all registers, by the order of their names.

    What an earlier version of the program kept in another shape is as good as not kept: it is made again by
    the same command.
    """
    found = []
    for path in sorted(_folder(kind).glob("*.json")):
        with suppress(ValidationError):
            found.append(_read(_ADAPTERS[kind], path, path.stat().st_mtime_ns))
    return found


@lru_cache(maxsize=128)
def _read(adapter: TypeAdapter[Any], path: Path, _changed: int) -> Any:
    """A kept file, read once for as long as it is not made anew."""
    return adapter.validate_json(path.read_bytes())


def _folder(kind: type) -> Path:
    name = "register-quality" if kind is RegisterQuality else "register-indicators"
    return settings.HOME / "derived" / name
