"""``make bench``: the loop at 0.1 and 1 million persons, step by step, and every measure against SQL.

python -m bench [--persons 100000,1000000] [--seed 1] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bench.by_hand import Comparison, compare, twelve_months
from bench.machine import Step, describe, run_step


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--persons", default="100000,1000000", help="numbers of persons, with commas between")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder to work in and keep; otherwise a temporary one")
    given = parser.parse_args()
    print(f"machine: {describe()}")  # noqa: T201 - the benchmark's output
    folder = given.keep or Path(tempfile.mkdtemp(prefix="fyrbak-bench-"))
    try:
        for persons in (int(part) for part in given.persons.split(",")):
            _loop(persons, given.seed, folder / str(persons))
    finally:
        if not given.keep:
            shutil.rmtree(folder, ignore_errors=True)


def _loop(persons: int, seed: int, folder: Path) -> None:
    """Run and print every step of the loop for one number of persons."""
    folder.mkdir(parents=True, exist_ok=True)
    home, extract, snapshot = folder / "home", folder / "extract", folder / "snapshot"
    environment = {"FYRBAK_HOME": str(home)}
    server = _start_server(home)
    print(f"\n{persons:,} persons, seed {seed}")  # noqa: T201
    print(f"{'step':<12}{'rows':>14}{'seconds':>10}{'rows/s':>14}{'peak MiB':>10}")  # noqa: T201

    def step(name: str, rows: Path | None = None) -> Step:
        command = [
            sys.executable,
            "-m",
            "bench.steps",
            name,
            str(extract),
            str(snapshot),
            str(persons),
            str(seed),
        ]
        done = run_step(name, command, environment, server)
        count = _rows(rows) if rows else 0
        numbers = (f"{count:,}", f"{count / done.seconds:,.0f}") if count else ("", "")
        print(  # noqa: T201
            f"{name:<12}{numbers[0]:>14}{done.seconds:>10.1f}{numbers[1]:>14}{done.peak_mib:>10,.0f}"
        )
        return done

    step("synth", extract)
    step("intake", extract)
    step("snapshot", snapshot)
    step("pathways")
    answers = step("measures").output
    print(f"answers     {answers}")  # noqa: T201
    _print_comparisons(compare(snapshot))
    months = twelve_months(snapshot)
    print(  # noqa: T201
        f"median and p90 by region: one year {months.year:.2f} s, all months {months.months:.2f} s, "
        f"ratio {months.ratio:.2f}"
    )


def _start_server(home: Path) -> int:
    """Start the embedded server for the steps to share; return its process id."""
    import os

    os.environ["FYRBAK_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fyrbak.settings")
    import django

    django.setup()
    from fyrbak.records.prepare import prepare_database

    prepare_database(home)
    return int((home / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def _rows(folder: Path) -> int:
    manifest = json.loads((folder / "manifest.json").read_text())
    return sum(table["rows"] for table in manifest["tables"].values())


def _print_comparisons(comparisons: Iterable[Comparison]) -> None:
    """One line per measure: milliseconds of its question, with planning, by hand; whether answers agree."""
    print(f"{'measure':<22}{'question':>10}{'planned':>10}{'by hand':>10}{'ratio':>8}  same answers")  # noqa: T201
    for one in comparisons:
        numbers = f"{1000 * one.question:>10.0f}{1000 * one.planned:>10.0f}{1000 * one.by_hand:>10.0f}"
        print(f"{one.measure:<22}{numbers}{one.ratio:>8.2f}  {'yes' if one.same else 'NO'}")  # noqa: T201


if __name__ == "__main__":
    main()
