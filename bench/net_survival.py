"""Net survival of a million invented patients, day by day for ten years: seconds and memory of each method.

    python -m bench.net_survival [PERSONS]

Each method is run as the command, from files: reading them and starting the program are in its seconds.
"""

from __future__ import annotations

import math
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from bench.machine import describe, timed

METHODS = ("pohar-perme", "ederer2", "ederer1", "hakulinen", "km")
_FIRST, _LAST = 2000, 2025


def main() -> None:
    persons = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(f"machine: {describe()}\n{persons:,} patients")  # noqa: T201 - the benchmark's output
    with tempfile.TemporaryDirectory(prefix="fyrbak-bench-") as name:
        patients, table = Path(name) / "patients.csv", Path(name) / "table.csv"
        _write_table(table)
        _write_patients(patients, persons)
        for method in METHODS:
            asked = ["survival", patients, "--life-table", table, "--method", method, "--format", "json"]
            done = timed([sys.executable, "-m", "bench.net_survival", "run", *map(str, asked)])
            print(f"{method:<12}{done.told()}")  # noqa: T201


def _write_table(path: Path) -> None:
    """Mortality that doubles every eight years of age."""
    rows = [
        f"{age},{year},{sex},{1e-7 * times * math.exp(0.0866 * age):.6e}"
        for sex, times in (("male", 1.3), ("female", 1.0))
        for year in range(_FIRST, _LAST + 1)
        for age in range(111)
    ]
    path.write_text("age,year,sex,haz_per_day\n" + "\n".join(rows) + "\n", encoding="utf-8")


def _write_patients(path: Path, persons: int) -> None:
    chance = np.random.default_rng(1)
    age = np.clip(chance.normal(66, 13, persons), 0, 100).round(1)
    death = np.ceil(np.minimum(
        chance.exponential(6000, persons), chance.exponential(1 / (1.2e-7 * np.exp(0.0866 * age)))
    ))  # fmt: skip
    last = chance.integers(1, 8000, persons)
    columns = {
        "time": np.minimum(death, last).astype(np.int64),
        "cens": (death <= last).astype(np.int64),
        "age": age,
        "sex": chance.integers(1, 3, persons),
        "diag": np.datetime64("2001-01-01") + chance.integers(0, 5000, persons).astype("m8[D]"),
    }
    pyarrow.csv.write_csv(pa.table(columns), str(path))


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        from fyrbak.cli.main import run

        sys.argv = ["fyrbak", *sys.argv[2:]]
        run()
    else:
        main()
