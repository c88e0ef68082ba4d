"""Every check of a million invented records of tumours: seconds and memory, from the file to the findings.

    python -m bench.record_checks [RECORDS]

It is run as the command, from a CSV file with the columns sex, age, topography, morphology, behaviour, grade
and basis: starting the program, reading the file and writing the findings are in its seconds. Sites and
morphologies are drawn by themselves in one record of a hundred, so that there is something to find.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from bench.machine import describe, timed
from fyrbak.registers.codes import lines

_USUAL = (
    ("C504", "8500"),
    ("C619", "8140"),
    ("C187", "8140"),
    ("C349", "8070"),
    ("C445", "8720"),
    ("C679", "8120"),
)
_RUN = "from fyrbak.cli.main import run; run()"
_FORMS = ("csv", "json")


def main() -> None:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(f"machine: {describe()}\n{records:,} records")  # noqa: T201 - the benchmark's output
    with tempfile.TemporaryDirectory(prefix="fyrbak-bench-") as name:
        path = Path(name) / "tumours.csv"
        _write(path, records)
        for form in _FORMS:
            command = [sys.executable, "-c", _RUN, "register", "check", str(path), "--format", form]
            done = timed(command)
            print(f"{form:<6}{done.told()}; {done.said.splitlines()[0]}")  # noqa: T201


def _write(path: Path, records: int) -> None:
    """Usual tumours, and one of a hundred with a site and a morphology that know nothing of each other."""
    chance = np.random.default_rng(1)
    sites, morphologies = np.array(_USUAL).T
    which = chance.integers(0, len(_USUAL), records)
    site, morphology = sites[which], morphologies[which]
    odd = chance.random(records) < 0.01
    known = np.array([row["topography"] for row in lines("topographies.csv")])
    families = np.array([row["morphology"] for row in lines("morphology_families.csv")])
    site[odd], morphology[odd] = chance.choice(known, odd.sum()), chance.choice(families, odd.sum())
    sex = np.where(site == "C504", 2, np.where(site == "C619", 1, chance.integers(1, 3, records)))
    columns = {
        "sex": sex,
        "age": np.clip(chance.normal(66, 13, records), 20, 99).astype(np.int64),
        "topography": site,
        "morphology": morphology,
        "behaviour": np.full(records, 3),
        "grade": chance.choice([1, 2, 3, 9], records),
        "basis": chance.choice([5, 7], records),
    }
    pyarrow.csv.write_csv(pa.table(columns), str(path))


if __name__ == "__main__":
    main()
