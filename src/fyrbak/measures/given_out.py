"""What has been given out, read back as results: the only numbers that the public site may show.

The ledger is read again only when it has grown, and a released table never changes.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from fyrbak.definitions import pick
from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.inputs import following
from fyrbak.measures.releases import Release, ledger, released_table, releases
from fyrbak.measures.results import Result, judged

_LARGE = 64  # tables kept in memory


def entries() -> tuple[Release, ...]:
    """Every release, the oldest first."""
    path = ledger()
    return _entries(path, path.stat().st_mtime_ns) if path.is_file() else ()


@lru_cache(maxsize=4)
def _entries(_path: Path, _changed: int) -> tuple[Release, ...]:
    return tuple(releases())


def state() -> str:
    """What has been given out, as the hash of the last entry; empty before there is any."""
    known = entries()
    return known[-1].hash if known else ""


def entry(number: int) -> Release:
    """The release with this number. Raises UnknownNameError."""
    known = {str(one.number): one for one in entries()}
    return known[pick("release", str(number), list(known))]


def of_measure(measure: str) -> tuple[Release, ...]:
    """The releases of a measure, the oldest first."""
    return tuple(one for one in entries() if one.measure == measure)


def latest(measure: str, by: tuple[str, ...] = (), snapshot: str = "") -> Release | None:
    """The latest yearly release of a measure by these dimensions, of one snapshot if it is named."""
    same = [
        one
        for one in of_measure(measure)
        if (set(one.by), one.interval) == (set(by), "year") and snapshot in ("", one.snapshot)
    ]
    return same[-1] if same else None


@lru_cache(maxsize=_LARGE)
def results_in(release: Release) -> tuple[Result, ...]:
    """The released table as results, judged by the targets in force."""
    return results_from(release, released_table(release))


def results_from(release: Release, table: pa.Table) -> tuple[Result, ...]:
    """As :func:`results_in`, from a table that has perhaps not been given out yet."""
    return tuple(_result(release, row) for row in table.to_pylist())


def _result(release: Release, row: dict[str, Any]) -> Result:
    after = following(row["period_start"], release.interval)
    return judged(
        Result(
            measure=release.measure,
            version=release.version,
            period_end=min(after - timedelta(days=1), date.fromisoformat(release.as_of)),
            cut=json.loads(row["cut"]),
            suppression=Suppressed() if row["suppressed"] else None,
            snapshot=release.snapshot,
            **{name: row[name] for name in _AS_IT_STANDS},
        )
    )


_AS_IT_STANDS = (
    "period", "period_start", "unit", "n", "numerator", "denominator", "value", "lower", "upper", "complete",
)  # fmt: skip
