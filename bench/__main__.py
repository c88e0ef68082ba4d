"""``make bench``: the loop at 0.1, 1 and 10.6 million persons, one more day, and every measure against SQL.

python -m bench [--persons 100000,1000000,10600000] [--seed 1] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.by_hand import Comparison, compare, twelve_months
from bench.day import write_day
from bench.machine import Step, describe, run_step


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "--persons", default="100000,1000000,10600000", help="numbers of persons, with commas between"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder to work in and keep; otherwise a temporary one")
    given = parser.parse_args()
    print(f"machine: {describe()}")  # noqa: T201 - the benchmark's output
    folder = given.keep or Path(tempfile.mkdtemp(prefix="fyrbak-bench-"))
    try:
        sizes = [int(part) for part in given.persons.split(",")]
        _print_growth([_loop(persons, given.seed, folder / str(persons)) for persons in sizes])
    finally:
        if not given.keep:
            shutil.rmtree(folder, ignore_errors=True)


def _loop(persons: int, seed: int, folder: Path) -> dict[str, Step]:
    """Run and print every step of the loop for one number of persons."""
    folder.mkdir(parents=True, exist_ok=True)
    home, snapshot = folder / "home", folder / "snapshot"
    server = _start_server(home)
    done: dict[str, Step] = {}
    print(f"\n{persons:,} persons, seed {seed}")  # noqa: T201
    print(f"{'step':<14}{'rows':>14}{'seconds':>10}{'rows/s':>12}{'peak MiB':>10}  answers")  # noqa: T201

    def step(name: str, rows: int = 0, made: Path | None = None) -> None:
        command = [sys.executable, "-m", "bench.steps", name, str(folder), str(persons), str(seed)]
        one = run_step(name, command, {"FYRBAK_HOME": str(home)}, server)
        rows = _rows(made) if made else rows
        count, rate = (f"{rows:,}", f"{rows / one.seconds:,.0f}") if rows else ("", "")
        taken = f"{one.seconds:>10.1f}{rate:>12}{one.peak_mib:>10,.0f}"
        print(f"{name:<14}{count:>14}{taken}  {one.output}", flush=True)  # noqa: T201
        done[name] = one

    step("synth", made=folder / "extract")
    step("intake", made=folder / "extract")
    step("snapshot", made=snapshot)
    step("pathways")
    step("measures")
    step("worklist")
    _print_comparisons(compare(snapshot))
    months = twelve_months(snapshot)
    print(  # noqa: T201
        f"median and p90 by region: one year {months.year:.2f} s, all months {months.months:.2f} s, "
        f"ratio {months.ratio:.2f}"
    )
    rows = write_day(folder / "extract", folder / "day", seed=seed)
    for name in ("day-intake", "day-snapshot", "day-pathways", "day-measures", "day-again", "day-in-full"):
        step(name, rows=rows)
    day, full = _together(done, "day-pathways", "day-measures"), done["day-in-full"]
    landed = _together(done, "day-snapshot", "day-pathways", "day-measures")
    same = "same answers" if done["day-measures"].output == full.output else "OTHER ANSWERS"
    print(  # noqa: T201
        f"one day, from a batch that has landed to its answers: "
        f"{_together(done, 'snapshot', 'day-in-full') / landed:.1f} times as fast as in full; "
        f"pathways and measures alone {full.seconds / day:.1f} times, "
        f"the next day {full.seconds / done['day-again'].seconds:.1f}, {same}"
    )
    return done


def _print_growth(sizes: Sequence[dict[str, Step]]) -> None:
    """How much longer each step takes from the smallest to the largest, beside how many more persons."""
    if len(sizes) < 2:
        return
    print("\nlargest against smallest: seconds of each step")  # noqa: T201
    for name, largest in sizes[-1].items():
        print(f"{name:<14}{largest.seconds / sizes[0][name].seconds:>8.1f} times")  # noqa: T201


def _together(done: dict[str, Step], *names: str) -> float:
    """Seconds of some steps."""
    return sum(done[name].seconds for name in names)


def _start_server(home: Path) -> int:
    """Start the embedded server for the steps to share; return its process id."""
    import os

    os.environ["FYRBAK_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fyrbak.settings")
    import django

    django.setup()
    from fyrbak import settings
    from fyrbak.records.prepare import prepare_database

    settings.HOME = home
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
