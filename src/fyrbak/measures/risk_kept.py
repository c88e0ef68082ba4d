"""The risk of breach of those who are under way now: what it is counted from, kept by the nightly run.

Two files in ``<home>/ongoing/``: the tallies of finished pathways, and how risks of earlier months, counted
without those months, held against what came.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from fyrbak import settings
from fyrbak.measures.breach import Band, Risks, breach_tallies, calibration
from fyrbak.pathways.run import Episodes
from fyrbak.records.snapshot import Snapshot
from fyrbak.whole_files import whole

HISTORY = timedelta(days=3 * 365)  # how far back the endings come from that the risk is read off
OPEN_YET = timedelta(days=365)  # hardly any pathway that began longer ago is still open
MONTHS = 12  # held out for the calibration
_SETTLED = 6  # months after which hardly any of those who were under way still are


@dataclass(frozen=True)
class Kept:
    """What the risk is counted from: pathways that began on these days; and how well it has held.

    ``months`` are the days of the calibration, first and last; None where the data are too short.
    """

    as_of: date
    began: tuple[date, date]
    months: tuple[date, date] | None
    bands: tuple[Band, ...]


def keep(snapshot: Snapshot, found: Episodes) -> Kept:
    """Count the tallies and the calibration of a snapshot, and keep them in place of the earlier ones."""
    last = snapshot.as_of - OPEN_YET
    began = (last - HISTORY, last)
    tallies = breach_tallies(snapshot.engine, found, began)
    months = _months(snapshot.as_of)
    before = months[0] - OPEN_YET
    earlier = breach_tallies(snapshot.engine, found, (before - HISTORY, before))
    bands = tuple(calibration(snapshot.engine, found, earlier, months)) if earlier.num_rows else ()
    told = Kept(snapshot.as_of, began, (months[0], months[-1]) if bands else None, bands)
    folder = _folder()
    with whole(folder / "risk.parquet") as unfinished:
        pq.write_table(tallies, unfinished)
    with whole(folder / "calibration.json") as unfinished:
        unfinished.write_text(_written(told), encoding="utf-8")
    return told


def _months(as_of: date) -> list[date]:
    """The first days of the months that are held out, in order."""
    number = as_of.year * 12 + as_of.month - 1 - _SETTLED
    return [date(n // 12, n % 12 + 1, 1) for n in range(number - MONTHS + 1, number + 1)]


def _folder() -> Path:
    return settings.HOME / "ongoing"


def _written(told: Kept) -> str:
    return json.dumps(asdict(told), default=date.isoformat, indent=1) + "\n"


def kept() -> Kept | None:
    """What the risk is counted from now; None before the nightly run has been."""
    path = _folder() / "calibration.json"
    if not path.is_file():
        return None
    told = json.loads(path.read_text(encoding="utf-8"))
    first, last = map(date.fromisoformat, told["began"])
    months = told["months"] and tuple(map(date.fromisoformat, told["months"]))
    bands = tuple(_band(band) for band in told["bands"])
    return Kept(date.fromisoformat(told["as_of"]), (first, last), months, bands)


def _band(told: Mapping[str, Any]) -> Band:
    return Band(**{**told, "interval": tuple(told["interval"])})


def risks(on: date) -> Risks | None:
    """The risks on a day; None before the nightly run has been. Read once for each day and run."""
    path = _folder() / "risk.parquet"
    return _read(path, path.stat().st_mtime_ns, on) if path.is_file() else None


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int, on: date) -> Risks:
    return Risks(pq.read_table(path), on)
