"""The frozen extract of the year: the numbers that decided money as they were, beside what they are today.

One file a year under ``settings.HOME/extracts/``, sealed with its own hash and never written again. It names
the snapshot it came from; while that is still there, what has moved since is told by reason.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path

from fyrbak import settings
from fyrbak.definitions import CONTENT, Definition, load
from fyrbak.errors import BadInputError, FyrbakError
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.first_months import FirstMonths, first_months, last_day, results_of_first_months
from fyrbak.measures.kept_moves import at_hand, moves_between
from fyrbak.measures.restatement import Move
from fyrbak.measures.results import Result
from fyrbak.measures.store import fingerprint
from fyrbak.records.organisations import COUNTRY
from fyrbak.records.snapshot import Snapshot

FILE = CONTENT / "reporting" / "extracts.yaml"
_BY: tuple[tuple[str, ...], ...] = ((), ("region",))


class Day(Definition):
    """The day on which a year's extract is taken, and who says so."""

    year: int
    day: date
    source: str
    to_verify: bool = False


class Calendar(Definition):
    """Which months and measures the extract is about, and its day each year."""

    months: int
    measures: tuple[str, ...]
    days: tuple[Day, ...]


@dataclass(frozen=True)
class Frozen:
    """One number as it was frozen: as in a result, hidden where that was."""

    measure: str
    version: str
    definition: str
    unit: str
    numerator: int | None
    denominator: float | None
    value: float | None
    lower: float | None
    upper: float | None
    suppressed: bool


@dataclass(frozen=True)
class Extract:
    """A year's extract. ``day`` is the day it should be of, ``known_at`` when the data were known."""

    year: int
    months: int
    day: str
    day_to_verify: bool
    snapshot: str
    path: str
    as_of: str
    known_at: str
    synthetic: bool
    numbers: tuple[Frozen, ...]
    by_whom: str
    at: str
    hash: str = ""

    @property
    def measured(self) -> date:
        """The day whose knowledge the numbers tell; of a snapshot that does not know it, its last day."""
        return date.fromisoformat((self.known_at or self.as_of)[:10])

    @property
    def frozen(self) -> date:
        """The day on which it was frozen."""
        return date.fromisoformat(self.at[:10])

    def number(self, measure: str, unit: str) -> Frozen | None:
        """The frozen number of a measure for the country or a region."""
        return next((one for one in self.numbers if (one.measure, one.unit) == (measure, unit)), None)

    @property
    def period_end(self) -> date:
        """The last day that it is about."""
        return last_day(self.year, self.months)

    @property
    def sealed(self) -> str:
        """The hash of all else that it says."""
        told = {name: value for name, value in asdict(self).items() if name != "hash"}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Beside:
    """A frozen number beside today's, and what moved between; None where that cannot be told."""

    frozen: Frozen
    today: Frozen | None
    moves: tuple[Move, ...] | None


@cache
def calendar() -> Calendar:
    """The days and measures of extracts."""
    return load(FILE, Calendar)


def freeze(*, snapshot: Snapshot, year: int, by_whom: str, at: datetime) -> tuple[Extract, bool]:
    """Freeze a year's extract from a snapshot; the extract, and whether it is new.

    Freezing the same snapshot again gives the same extract back. Raises BadInputError for a year that has no
    day, before the day has come, for a snapshot of what was known before it, where the months are not over in
    the data, and where another snapshot has been frozen: what decided money stays.
    """
    day = _day(year)
    known = extract(year)
    if known:
        if known.snapshot == snapshot.id:
            return known, False
        raise BadInputError(
            f"{year} is frozen already, from snapshot {known.snapshot}. It stays as it is.",
            word="reporting.fault.frozen",
            year=year,
        )
    if at.date() < day.day:
        raise BadInputError(
            f"the extract of {year} is taken on {day.day}. Wait until then.",
            word="reporting.fault.too_early",
            year=year,
            day=day.day,
        )
    known_at = snapshot.manifest.known_at
    if known_at and known_at.date() < day.day:
        raise BadInputError(
            f"snapshot {snapshot.id} tells what was known at {known_at:%Y-%m-%d}, before the extract's day "
            f"{day.day}. Make a snapshot of that day, and freeze it.",
            word="reporting.fault.known_early", year=year, day=day.day, known=f"{known_at:%Y-%m-%d}",
        )  # fmt: skip
    made = Extract(
        year=year, months=calendar().months, day=day.day.isoformat(), day_to_verify=day.to_verify,
        snapshot=snapshot.id, path=str(snapshot.path), as_of=snapshot.as_of.isoformat(),
        known_at=known_at.isoformat() if known_at else "", synthetic=snapshot.synthetic,
        numbers=tuple(_numbers(snapshot, year)), by_whom=by_whom, at=at.isoformat(timespec="seconds"),
    )  # fmt: skip
    _keep(replace(made, hash=made.sealed))
    return _read(_path(year)), True


def extract(year: int) -> Extract | None:
    """A year's extract as it was frozen; None before. Raises BadInputError for a file that was changed."""
    path = _path(year)
    return _read(path) if path.is_file() else None


def extracts() -> list[Extract]:
    """Every extract, the latest first. Raises as :func:`extract` does."""
    return [_read(path) for path in sorted(_folder().glob("[0-9]*.json"), reverse=True)]


def beside(frozen: Extract, now: Snapshot, *, why: bool = True) -> list[Beside]:
    """Each frozen number beside today's, measure by measure, the country first.

    ``why`` asks for the reasons, which compares every row of the two snapshots the first time. None stand
    where the frozen snapshot is no longer where it was, or is another.
    """
    same = frozen.snapshot == now.id  # nothing can have moved
    before = _earlier(frozen, now) if why and not same else None
    today = {(one.measure, one.unit): one for one in _numbers_of(now, frozen.year)}
    moves: dict[tuple[str, str], list[Move]] | None = {} if same else None
    if before:
        moves = {}
        for of in _measured(frozen):
            for move in chain.from_iterable(moves_between(before, now, of, _BY)):
                if move.period == str(frozen.year):
                    moves.setdefault((of.id, move.unit), []).append(move)
    return [
        Beside(
            one,
            today.get((one.measure, one.unit)),
            None if moves is None else tuple(moves.get((one.measure, one.unit), ())),
        )
        for one in frozen.numbers
    ]


def reasons_at_hand(frozen: Extract, now: Snapshot) -> bool:
    """Whether :func:`beside` need compare no rows to tell its reasons: they are kept, or cannot be told."""
    before = None if frozen.snapshot == now.id else _earlier(frozen, now)
    return before is None or all(at_hand(before, now, of, _BY) for of in _measured(frozen))


def _measured(frozen: Extract) -> list[FirstMonths]:
    """The measures that the frozen numbers are of."""
    return [_first(name, frozen.months) for name in dict.fromkeys(one.measure for one in frozen.numbers)]


def _earlier(frozen: Extract, now: Snapshot) -> Snapshot | None:
    """The snapshot that was frozen, if it still is where it was, to be asked together with today's."""
    try:
        found = Snapshot.open(frozen.path, verify=False, engine=now.engine)
    except FyrbakError:
        return None
    return found if found.id == frozen.snapshot and found.as_of <= now.as_of else None


def _first(name: str, months: int) -> FirstMonths:
    return first_months(measure_named(name), months)


@lru_cache(maxsize=8)
def _numbers_of(snapshot: Snapshot, year: int) -> tuple[Frozen, ...]:
    """The same numbers, decided once what is hidden among them."""
    return tuple(_numbers(snapshot, year))


def _numbers(snapshot: Snapshot, year: int) -> Iterator[Frozen]:
    for name in calendar().measures:
        wanted = _first(name, calendar().months)
        for by in _BY:
            for one in results_of_first_months(snapshot, wanted, year, by):
                yield _frozen(one, fingerprint(wanted))


def _frozen(result: Result, definition: str) -> Frozen:
    return Frozen(
        result.measure, result.version, definition, result.unit or COUNTRY, result.numerator,
        None if result.denominator is None else float(result.denominator), result.value, result.lower,
        result.upper, result.suppressed,
    )  # fmt: skip


def _day(year: int) -> Day:
    found = next((one for one in calendar().days if one.year == year), None)
    if found is None:
        raise BadInputError(
            f"{FILE.name} has no day for {year}. Add it with its source.",
            word="reporting.fault.no_day",
            year=year,
        )
    return found


def _folder() -> Path:
    return settings.HOME / "extracts"


def _path(year: int) -> Path:
    return _folder() / f"{year}.json"


def _keep(frozen: Extract) -> None:
    """Write it whole or not at all, and never over another."""
    _folder().mkdir(parents=True, exist_ok=True)
    unfinished = _folder() / f".{frozen.year}.{os.getpid()}"
    unfinished.write_text(json.dumps(asdict(frozen), indent=1) + "\n", encoding="utf-8")
    try:
        os.link(unfinished, _path(frozen.year))  # unlike renaming, this never takes another's place
    except FileExistsError:
        raise BadInputError(
            f"{frozen.year} is frozen already. It stays as it is.",
            word="reporting.fault.frozen",
            year=frozen.year,
        ) from None
    finally:
        unfinished.unlink()


def _read(path: Path) -> Extract:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        frozen = Extract(**told | {"numbers": tuple(Frozen(**one) for one in told["numbers"])})
        whole = frozen.hash == frozen.sealed
    except (ValueError, TypeError, KeyError):
        whole = False
    if not whole:
        raise BadInputError(
            f"{path}: not the extract that was frozen. Restore it from a copy.",
            word="reporting.fault.extract_changed",
            name=path.name,
        )
    return frozen
