"""Tallies shared by regions: together they are the country's, and what does not add up is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from fyrbak.cli.main import app
from fyrbak.errors import BadInputError, FyrbakError, UnknownNameError
from fyrbak.measures.definitions import measure, measures
from fyrbak.measures.federation import Shared, merge, read, share, write
from fyrbak.measures.measure_reports import POPULATIONS, bundle
from fyrbak.measures.results import results
from fyrbak.measures.tallies import HISTOGRAMS, tally
from fyrbak.records.manifest import table_entry, write_manifest
from fyrbak.records.snapshot import Snapshot
from measure_snapshots import AS_OF, synthetic

AGREEMENT = "Agreement 2025:1 between the regions"
REGIONS = ("22", "23", "24")
Keep = Callable[[str, pa.Table], pa.Array]


def part(whole: Path, out: Path, keep: Keep) -> Snapshot:
    """A snapshot of some of the rows of another."""
    entries = {}
    for table in sorted(path for path in whole.iterdir() if path.is_dir()):
        rows = pq.read_table(table)
        (out / table.name).mkdir(parents=True)
        file = out / table.name / "part-00000.parquet"
        pq.write_table(rows.filter(keep(table.name, rows)), file)
        entries[table.name] = table_entry(out, [file], versions=True)
    write_manifest(
        out, as_of=AS_OF, title="part", source="synth", synthetic=True, pseudonymous=False, tables=entries
    )
    return Snapshot.open(out)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with synthetic(tmp_path_factory.mktemp("federation"), persons=4_000, regions=REGIONS) as folder:
        yield Snapshot.open(folder)


@pytest.fixture(scope="module")
def parts(whole: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Snapshot]:
    """Each person belongs to one part only, as if to one region."""
    folder = tmp_path_factory.mktemp("parts")

    def own(number: int) -> Keep:
        return lambda _, rows: pa.array([person % 3 == number for person in rows["person_id"].to_pylist()])

    return {code: part(whole.path, folder / code, own(n)) for n, code in enumerate(REGIONS)}


def shared(parts: dict[str, Snapshot], name: str, agreement: str | None = AGREEMENT) -> list[Shared]:
    of = measure(name)
    interval = of.intervals[-1]
    return [share(s, of, interval, source=code, agreement=agreement) for code, s in parts.items()]


@pytest.mark.parametrize("name", [known.id for known in measures() if not known.rows_of])
def test_regions_merged_are_the_country(
    whole: Snapshot, parts: dict[str, Snapshot], name: str, tmp_path: Path
) -> None:
    files = [write(one, tmp_path) for one in shared(parts, name)]
    merged = merge([read(path) for path in files])
    of = measure(name)
    central = tally(whole, of, of.intervals[-1])
    assert merged.tallies().table == central.table
    assert merged.tallies().hash == central.hash
    by = ["region"]
    mine, theirs = results(merged.tallies(), by), results(central, by)
    assert [replace(one, snapshot="") for one in mine] == [replace(one, snapshot="") for one in theirs]
    assert merged.agreement == AGREEMENT and merged.sources == REGIONS


def test_parts_by_where_care_was_given_do_not_add_up(whole: Snapshot, tmp_path: Path) -> None:
    """A patient who moves on has events in two regions: neither sees the whole pathway."""
    of = measure("svf_count")

    def own(code: str) -> Keep:
        def keep(table: str, rows: pa.Table) -> pa.Array:
            if table != "pathway_event":
                return pa.array([True] * rows.num_rows)
            return pc.equal(rows["region"], code).combine_chunks()

        return keep

    apart = [
        share(part(whole.path, tmp_path / code, own(code)), of, "year", source=code, agreement=AGREEMENT)
        for code in REGIONS
    ]
    assert merge(apart).tallies().table != tally(whole, of, "year").table


def test_what_is_suppressed_merges_into_at_least(whole: Snapshot, parts: dict[str, Snapshot]) -> None:
    of = measure("svf_lead_time")
    apart = [share(s, of, "year", source=code, by=["region"]) for code, s in parts.items()]
    merged = merge(apart)
    assert merged.at_least and merged.agreement is None
    assert sum(merged.table["hidden"].to_pylist()) > 0
    lines = {
        (line["period"], line["region"]): line
        for line in tally(whole, of, "year").table.group_by(["period", "region"])
        .aggregate([("n", "sum"), ("hits", "sum")]).to_pylist()
    }  # fmt: skip
    for line in merged.table.to_pylist():
        central = lines.get((line["period"], line["region"]), {"n_sum": 0, "hits_sum": 0})
        assert (line["n"] or 0) <= central["n_sum"] and (line["hits"] or 0) <= central["hits_sum"]
        assert line["hidden"] or (line["n"], line["hits"]) == (central["n_sum"], central["hits_sum"])
    with pytest.raises(BadInputError, match="only sums of at least so many are known"):
        merged.tallies()
    mixed = merge([apart[0], replace(apart[1], agreement=AGREEMENT)])
    assert mixed.at_least, "one suppressed part is enough"


def test_what_does_not_add_up_is_refused_in_one_line(parts: dict[str, Snapshot]) -> None:
    one, other, _ = shared(parts, "svf_lead_time")
    for changed, message in (
        (replace(other, made_by="f" * 12), "differ in definition or program"),
        (replace(other, interval="year"), "differ in interval: month and year"),
        (replace(other, as_of=AS_OF.replace(year=2024)), "differ in last day: 2025-06-30 and 2024-06-30"),
        (replace(other, begins={"tumour": 2019}), "differ in the first year"),
        (replace(other, dimensions=("region",)), "differ in dimensions"),
        (replace(other, synthetic=False), "differ in whether the persons are invented"),
        (replace(other, sources=one.sources), "22 and 22 count the same persons"),
        (replace(other, sources=("rcc:norr",)), "22 and rcc:norr count the same persons"),
        (replace(other, sources=("SE",)), "22 and SE count the same persons"),
        (replace(other, sources=("23", "22-sundsvall")), "22 and 23, 22-sundsvall count the same persons"),
        (replace(other, snapshots=one.snapshots), "was sent twice"),
    ):
        with pytest.raises(BadInputError, match=message) as failure:
            merge([one, changed])
        assert "\n" not in str(failure.value)


def test_what_cannot_be_shared_is_refused(whole: Snapshot) -> None:
    with pytest.raises(BadInputError, match="suppression leaves nothing"):
        share(whole, measure("svf_days_median"), "month", source="24")
    with pytest.raises(BadInputError, match="say which agreement"):
        share(whole, measure("svf_count"), "month", source="24", agreement=" ")
    with pytest.raises(UnknownNameError, match="unknown organisation"):
        share(whole, measure("svf_count"), "month", source="99")


def test_files_that_are_something_else_are_refused(
    whole: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(share(whole, measure("svf_count"), "year", source="24", agreement=AGREEMENT), tmp_path)
    heading = json.loads(pq.read_schema(path).metadata[b"fyrbak"])

    def written(**changes: object) -> Path:
        table = pq.read_table(path).replace_schema_metadata(
            {b"fyrbak": json.dumps(heading | changes).encode()}
        )
        pq.write_table(table, tmp_path / "changed.parquet")
        return tmp_path / "changed.parquet"

    with pytest.raises(UnknownNameError, match="unknown measure 'svf_cont'"):
        read(written(measure="svf_cont"))
    with pytest.raises(BadInputError, match="made from version 1"):
        read(written(version="1"))
    with pytest.raises(BadInputError, match="the format is not"):
        read(written(format="other"))
    with pytest.raises(BadInputError, match="the columns are not those"):
        read(written(dimensions=["region"]))
    with pytest.raises(BadInputError, match="cannot be read \\(as_of: "):
        read(written(as_of="2024-13-01"))
    with pytest.raises(BadInputError, match="cannot be read \\(begins: "):
        read(written(begins=None))
    with pytest.raises(UnknownNameError, match="unknown organisation '99'"):
        read(written(sources=["99"]))
    (tmp_path / "broken.parquet").write_bytes(path.read_bytes()[:100])
    with pytest.raises(BadInputError, match="no tallies"):
        read(tmp_path / "broken.parquet")


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("n", -7, "n is below 0"),
        ("n", None, "n is missing"),
        ("hits", 10**9, "hits is above n"),
        ("hidden", 1, "hidden, though all is shared by agreement"),
    ],
)
def test_sums_that_cannot_be_are_refused(
    parts: dict[str, Snapshot], tmp_path: Path, column: str, value: int | None, message: str
) -> None:
    path = write(shared(parts, "svf_lead_time")[0], tmp_path)
    table = pq.read_table(path)
    changed = pa.array([value, *table[column].to_pylist()[1:]], pa.int64())
    pq.write_table(table.set_column(table.schema.get_field_index(column), column, changed), path)
    with pytest.raises(BadInputError, match=message):
        read(path)


def test_a_count_too_large_for_fhir_stands_beside_it(parts: dict[str, Snapshot]) -> None:
    one = shared(parts, "cervical_incidence")[0]
    many = pa.array([3_869_000_000] * one.table.num_rows, pa.int64())
    table = one.table.set_column(one.table.schema.get_field_index("time"), "time", many)
    report = bundle(replace(one, table=table))["entry"][0]["resource"]
    populations = report["group"][0]["stratifier"][0]["stratum"][0]["population"]
    told = {one["code"]["coding"][0]["code"]: one for one in populations}
    assert "count" in told["numerator"] and "count" not in told["denominator"]
    (beside,) = told["denominator"]["_count"]["extension"]
    assert beside["valueDecimal"] == 3_869_000_000


@pytest.mark.parametrize(
    "name", ["svf_lead_time", "svf_days_median", "svf_overshoot", "svf_inclusion", "cervical_incidence"]
)
def test_measure_reports_have_the_shape_of_fhir_r4(parts: dict[str, Snapshot], name: str) -> None:
    one = shared(parts, name)[0]
    whole_bundle = bundle(one)
    assert (whole_bundle["resourceType"], whole_bundle["type"]) == ("Bundle", "collection")
    sums = dict.fromkeys(POPULATIONS[one.measure.kind].values(), 0)
    for entry in whole_bundle["entry"]:
        report = entry["resource"]
        assert {"resourceType", "status", "type", "measure", "period", "group"} <= report.keys()
        assert (report["status"], report["type"]) == ("complete", "summary")
        assert report["meta"]["security"][0]["code"] == "HTEST", "the persons are invented"
        assert report["measure"] == f"urn:fyrbak:measure:{name}|{one.measure.version}"
        assert report["period"]["start"] <= report["period"]["end"] <= AS_OF.isoformat()
        (group,) = report["group"]
        (stratifier,) = group["stratifier"]
        named = [code["text"] for code in stratifier["code"]]
        assert named == [*one.dimensions, *(["days"] if one.measure.kind in HISTOGRAMS else [])]
        for stratum in stratifier["stratum"]:
            assert [part["code"]["text"] for part in stratum["component"]] == named
            assert all(part["value"]["text"] for part in stratum["component"])
            for population in stratum["population"]:
                code = population["code"]["coding"][0]["code"]
                assert isinstance(population["count"], int)
                if code != "initial-population" or "denominator" not in POPULATIONS[one.measure.kind]:
                    sums[POPULATIONS[one.measure.kind][code]] += population["count"]
    assert sums == {name: sum(one.table[name].to_pylist()) for name in sums}


def test_a_hidden_count_is_absent_and_never_zero(parts: dict[str, Snapshot]) -> None:
    one = share(parts["24"], measure("svf_count"), "month", source="24", by=["pathway"])
    text = json.dumps(bundle(one))
    assert '"masked"' in text and '"suppressed"' in text
    hidden = [line for line in one.table.to_pylist() if line["hidden"]]
    assert hidden and all(line["n"] is None for line in hidden)


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_the_command_line_exports_merges_and_shows(parts: dict[str, Snapshot], tmp_path: Path) -> None:
    for code, snapshot in parts.items():
        words = ("tally", "export", snapshot.path, "--measure", "svf_count", "--interval", "year")
        done = run(*words, "--source", code, "--protected", AGREEMENT, "--out", tmp_path / code)
        assert done.exit_code == 0, done.output
    folders = [tmp_path / code for code in REGIONS]
    assert run("tally", "merge", *folders, "--out", tmp_path / "all").exit_code == 0
    assert len(list((tmp_path / "all").glob("*.json"))) == 1
    rows = json.loads(run("tally", "show", tmp_path / "all", "--by", "region", "--format", "json").stdout)
    assert {row["unit"] for row in rows} - {"unknown"} == set(REGIONS), (
        "who has shared nothing is not told as zero"
    )

    alone = run("tally", "show", folders[0])
    assert "Riket är här de som har delat: Region " in alone.stderr and "Påhittade" in alone.stderr
    apart = run("tally", "show", *folders)
    assert isinstance(apart.exception, FyrbakError) and "fyrbak tally merge" in str(apart.exception)

    twice = run("tally", "merge", *folders, folders[0], "--out", tmp_path / "twice")
    assert isinstance(twice.exception, FyrbakError) and "was sent twice" in str(twice.exception)
    assert not (tmp_path / "twice").exists(), "nothing is written"
    again = run("tally", "merge", *folders, "--out", tmp_path / "all")
    assert isinstance(again.exception, FyrbakError) and "exists already" in str(again.exception)
