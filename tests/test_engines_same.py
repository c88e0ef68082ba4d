"""The engines give the same answer: same pathways, same tallies, same hashes, from the same files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pyarrow as pa
import pytest
from ibis.expr.types import Table

from fyrbak import engines, settings
from fyrbak.engines import spark
from fyrbak.engines.engine import Engine
from fyrbak.measures.definitions import Interval, Measure, measures
from fyrbak.measures.examples import Example, examples, work
from fyrbak.measures.tallies import tally
from fyrbak.pathways.definitions import pathways
from fyrbak.pathways.episodes import episodes
from fyrbak.pathways.kept import Episodes
from fyrbak.pathways.run import run
from fyrbak.records.snapshot import Snapshot
from machines import SPARK_CONF, runnable
from measure_snapshots import synthetic
from pathway_tables import AS_OF, LAYOUT, find, keyed
from test_pathways_examples import EVENTS, PERSONS

OTHERS = ("postgres", "spark")
# Each cube once: of events, longer intervals are sums of it, and some measures share that of another.
CUBES = [
    (one, interval)
    for one in measures()
    if not one.rows_of
    for interval in ("year", "month")
    if interval in one.intervals and (one.counted == "status" or interval == one.intervals[-1])
]
WORKED = [(measure, example) for measure in measures() for example in examples(measure)]
FINDINGS = ("person_id", "pathway", "date", "rule", "episode_key")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with synthetic(tmp_path_factory.mktemp("same"), persons=5_000) as written:
        yield written


@pytest.fixture(scope="module")
def opened(folder: Path) -> Callable[[str], Snapshot]:
    return cache(lambda name: Snapshot.open(folder, engine=runnable(name)))


@pytest.fixture(scope="module")
def machine() -> Callable[[str], Engine]:
    return cache(lambda name: engines.engine(runnable(name)))


def _sorted(snapshot: Snapshot, found: Episodes) -> pa.Table:
    order = [(name, "ascending") for name in FINDINGS]
    return snapshot.engine.answer(found.findings).sort_by(order)


@pytest.mark.parametrize("name", OTHERS)
def test_same_pathways(opened: Callable[[str], Snapshot], name: str) -> None:
    expected, found = run(opened("duckdb")), run(opened(name))
    assert opened("duckdb").engine.answer(expected.episodes).num_rows > 300
    assert found.folder != expected.folder
    assert found.hash == expected.hash
    assert _sorted(opened(name), found) == _sorted(opened("duckdb"), expected)


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize(("measure", "interval"), CUBES, ids=lambda part: getattr(part, "id", part))
def test_same_tallies(
    opened: Callable[[str], Snapshot], measure: Measure, interval: Interval, name: str
) -> None:
    expected, found = (tally(opened(one), measure, interval) for one in ("duckdb", name))
    assert expected.table.num_rows > 0
    assert found.table == expected.table
    for longer in measure.intervals if measure.counted == "events" else (interval,):
        assert found.to(longer).hash == expected.to(longer).hash


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize(
    ("measure", "example"), WORKED, ids=lambda part: getattr(part, "id", None) or part.shows[:40]
)
def test_same_worked_examples(
    machine: Callable[[str], Engine], measure: Measure, example: Example, name: str
) -> None:
    """What an example gives is held against what it should give by DuckDB's own test."""
    assert work(example, measure, machine(name)) == work(example, measure, machine("duckdb"))


@pytest.mark.parametrize("name", OTHERS)
def test_same_pathway_examples(machine: Callable[[str], Engine], name: str) -> None:
    rows = {"events": keyed(EVENTS), "persons": PERSONS, "residences": [], "deaths": []}
    engine = machine(name)
    tables = {
        one: engine.rows(one, pa.Table.from_pylist(rows[one], schema)) for one, schema in LAYOUT.items()
    }
    kept = []

    def keep(stage: Table) -> Table:
        kept.append(engine.keep(stage))
        return kept[-1]

    found, odd = (
        engine.answer(answer).to_pylist()
        for answer in episodes(**tables, pathways=pathways(), as_of=AS_OF, keep=keep)
    )
    for stage in kept:
        engine.forget(stage)
    found.sort(key=lambda row: row["episode_key"])
    odd.sort(key=lambda row: str(sorted(row.items(), key=str)))
    assert (found, odd) == find(EVENTS, persons=PERSONS)


def test_files_are_read_where_their_folder_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    file = Path("/data/snapshots/2025/person/part-00000.parquet")
    assert spark._seen_by_spark(file) == f"file://{file}"
    monkeypatch.setattr(settings, "SPARK_FILES", "/data=s3a://care/copies/")
    assert spark._seen_by_spark(file) == "s3a://care/copies/snapshots/2025/person/part-00000.parquet"
    assert spark._seen_by_spark(Path("/home/episodes.parquet")) == "file:///home/episodes.parquet"


CLUSTER = """
import django; django.setup()
import json, sys
from fyrbak.measures.definitions import measure
from fyrbak.measures.tallies import tally
from fyrbak.pathways.run import run
from fyrbak.records.snapshot import Snapshot
from pyspark import SparkContext

snapshot = Snapshot.open(sys.argv[1], engine="spark")
answer = {"episodes": run(snapshot).hash, "svf_lead_time": tally(snapshot, measure("svf_lead_time")).hash}
machines = SparkContext.getOrCreate()._jsc.sc().statusTracker().getExecutorInfos()
print(json.dumps(answer | {"workers": len(machines) - 1}))
"""


def test_same_hashes_from_a_cluster_of_two_workers(
    opened: Callable[[str], Snapshot], folder: Path, tmp_path: Path
) -> None:
    snapshot = opened("duckdb")
    runnable("spark")
    environment = {
        "DJANGO_SETTINGS_MODULE": "fyrbak.settings",
        "FYRBAK_HOME": str(tmp_path),
        "FYRBAK_SPARK_MASTER": "local-cluster[2,1,512]",
        "FYRBAK_SPARK_CONF": str(SPARK_CONF),
        "FYRBAK_SPARK_FILES": f"{folder}=file://{folder}",
        "SPARK_WORKER_DIR": str(tmp_path / "work"),
    }
    done = subprocess.run(
        [sys.executable, "-c", CLUSTER, str(folder)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    [lead_time] = [one for one in measures() if one.id == "svf_lead_time"]
    assert json.loads(done.stdout) == {
        "episodes": run(snapshot).hash,
        "svf_lead_time": tally(snapshot, lead_time).hash,
        "workers": 2,
    }
