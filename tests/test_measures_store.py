"""Kept results are the computed ones, never those of another snapshot or definition; explanations agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fyrbak import settings
from fyrbak.errors import BadInputError, UnknownNameError
from fyrbak.measures import store
from fyrbak.measures.compare import change, compare, trend
from fyrbak.measures.definitions import measure, measures
from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.explain import explain
from fyrbak.measures.results import Result, results
from fyrbak.measures.tallies import merge, tally
from fyrbak.records import layout
from fyrbak.records.manifest import read_manifest, write_manifest
from fyrbak.records.snapshot import Snapshot
from measure_snapshots import synthetic

LEAD = measure("svf_lead_time")


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with synthetic(
        tmp_path_factory.mktemp("store"), persons=30_000, regions=("22", "23", "24", "25")
    ) as folder:
        yield Snapshot.open(folder)


@pytest.mark.parametrize("of", measures(), ids=lambda of: of.id)
def test_what_is_read_again_is_what_was_computed(
    snapshot: Snapshot, of: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = measure(of.id)  # type: ignore[attr-defined]
    first = store.results_of(snapshot, definition, ["region"])
    assert first == results(tally(snapshot, definition), ["region"])
    monkeypatch.setattr(store, "tallies_of", None)  # a second run has no need of it
    assert store.results_of(snapshot, definition, ["region"]) == first
    assert any(result.value is not None for result in first)


@pytest.mark.parametrize("by", [("region",), ("pathway",), ("pathway", "region"), ("hospital", "region")])
def test_a_part_that_is_asked_for_is_that_part_of_all(snapshot: Snapshot, by: tuple[str, ...]) -> None:
    unit = "hospital" if "hospital" in by else "region"
    every = store.results_of(snapshot, LEAD, by)

    def values(result: Result) -> dict[str, str]:
        return {name: result.unit if name == unit else result.cut[name] for name in by}

    for asked in ({name: values(every[-1])[name] for name in by[:number]} for number in (1, len(by))):
        part = [result for result in every if asked.items() <= values(result).items()]
        assert 0 < len(part) < len(every)
        assert store.results_of(snapshot, LEAD, by, within=asked) == part
    assert store.results_of(snapshot, LEAD, by, within={by[0]: 'no "such'}) == []


def test_a_kept_file_says_what_its_numbers_are(snapshot: Snapshot) -> None:
    store.results_of(snapshot, LEAD, ["sex"])
    (path,) = (settings.HOME / "derived" / snapshot.id).glob("svf_lead_time-*/results-year-sex.parquet")
    row = pq.read_table(path).to_pylist()[0]
    assert (row["measure"], row["version"], row["snapshot"]) == ("svf_lead_time", "1", snapshot.id)
    assert row["definition"] == store.fingerprint(LEAD)
    assert (row["period"], row["unit"], row["cut"]) == ("2020", "SE", '{"sex": "F"}')


def test_another_definition_or_snapshot_keeps_its_results_apart(
    snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = store.results_of(snapshot, LEAD)
    monkeypatch.setattr(store, "content_version", lambda: "other limits")
    monkeypatch.setattr(store, "cube", lambda *_: pytest.fail("computed again, as it should"))
    with pytest.raises(BaseException, match="computed again"):
        store.results_of(snapshot, LEAD)
    monkeypatch.undo()
    assert store.results_of(snapshot, LEAD) == before
    with synthetic(tmp_path, persons=2_000, seed=6) as folder:
        assert store.results_of(Snapshot.open(folder), LEAD) != before


def test_a_file_put_in_anothers_place_is_refused(snapshot: Snapshot) -> None:
    store.results_of(snapshot, LEAD, ["age_group"])
    (path,) = (settings.HOME / "derived" / snapshot.id).glob("svf_lead_time-*/results-year-age_group.parquet")
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata({b"snapshot": b"another"}), path)
    with pytest.raises(BadInputError, match="made from another snapshot or definition"):
        store.results_of(snapshot, LEAD, ["age_group"])
    path.write_bytes(b"half a file")
    with pytest.raises(BadInputError, match="not a whole Parquet file"):
        store.results_of(snapshot, LEAD, ["age_group"])


def test_regions_tallied_apart_add_up_to_the_country(snapshot: Snapshot) -> None:
    for of in measures():
        whole = tally(snapshot, of, "year")
        codes = set(whole.table["region"].to_pylist())
        parts = [
            store.Tallies(of, whole.interval, snapshot.id, whole.as_of, one_region(whole.table, c))
            for c in codes
        ]
        assert merge(parts).table == merge([whole.add(empty(whole))]).table


def one_region(table: pa.Table, code: str) -> pa.Table:
    return table.filter(pa.compute.equal(table["region"], code))


def empty(tallies: store.Tallies) -> store.Tallies:
    return store.Tallies(
        tallies.measure, tallies.interval, tallies.snapshot, tallies.as_of, tallies.table.slice(0, 0)
    )


@pytest.mark.parametrize("unit", ["SE", "24"])
@pytest.mark.parametrize("name", [known.id for known in measures()])
def test_an_explanation_agrees_with_the_measure(snapshot: Snapshot, name: str, unit: str) -> None:
    found = explain(snapshot, name, unit, "2024")
    by = [] if unit == "SE" else ["region"]
    own = [r for r in store.results_of(snapshot, measure(name), by) if (r.unit, r.period) == (unit, "2024")]
    assert [part.result for part in found.parts] == own
    assert "SELECT" in found.sql and found.snapshot == snapshot.id
    for part in found.parts:
        counts = [part.counted, *part.left_out.values()]
        hidden = [count for count in (part.rows_in, *counts) if isinstance(count, Suppressed)]
        assert hidden or part.rows_in == sum(counts)  # type: ignore[arg-type]
        assert len(hidden) != 1
        if not part.result.suppressed and measure(name).kind not in ("ratio", "rate"):
            assert part.counted == part.result.n


def test_an_explanation_names_every_rule_in_both_languages(snapshot: Snapshot) -> None:
    row = explain(snapshot, "svf_lead_time", "SE", "2024").row()
    rules = {excluded["rule"]: excluded for excluded in row["parts"][0]["excluded"]}
    assert list(rules) == ["no_date", "after_as_of", "open", "not_treated", "under_age", "limit_missing"]
    assert rules["limit_missing"]["sv"] == "Gräns saknas" and rules["not_treated"]["rows"] > 0
    assert row["definition"]["title"]["sv"] and row["source"]["title"]


def test_a_hidden_number_stays_hidden_in_its_explanation(snapshot: Snapshot) -> None:
    found = store.results_of(snapshot, LEAD, ["hospital"])
    hidden = next(r for r in found if r.suppressed and r.unit != "unknown")
    (part,) = explain(snapshot, "svf_lead_time", hidden.unit, hidden.period).parts
    assert part.result.suppressed and isinstance(part.counted, Suppressed)
    assert any(isinstance(count, Suppressed) for count in (part.rows_in, *part.left_out.values()))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("svf_leadtime",), "unknown measure 'svf_leadtime': did you mean 'svf_lead_time'"),
        (("svf_lead_time", "26"), "unknown unit '26'"),
        (("hpv_coverage", "24-nus"), "cannot be cut by 'hospital'"),
        (("svf_lead_time", "SE", "2019"), "unknown period '2019'"),
        (("svf_inclusion", "SE", "2024-05"), "not measured by month"),
    ],
)
def test_what_does_not_exist_is_named(snapshot: Snapshot, given: tuple[str, ...], words: str) -> None:
    with pytest.raises(UnknownNameError, match=words):
        explain(snapshot, *given)


def test_a_trend_is_one_unit_over_time_and_is_judged_by_intervals(snapshot: Snapshot) -> None:
    series = trend(store.results_of(snapshot, LEAD, ["region"]), "24")
    assert [result.period for result in series] == ["2020", "2021", "2022", "2023", "2024", "2025"]
    assert not series[-1].complete
    change(series)
    low, high = (fake(series[0], ends) for ends in ((0.1, 0.2, 0.3), (0.4, 0.5, 0.6)))
    assert change([low, high]) == compare(high, low)
    later = replace(low, period_start=series[-1].period_start)
    assert change([low, high, later], until=high) == compare(high, low), "nothing after what is shown"
    assert change([low, high, replace(later, value=None)]) is None, "nor what an earlier year says"
    assert [c.difference for c in (compare(high, low), compare(low, high), compare(low, low)) if c] == [
        "higher",
        "lower",
        "cannot_tell",
    ]


def fake(result: Result, ends: tuple[float, float, float]) -> Result:
    lower, value, upper = ends
    return replace(result, lower=lower, value=value, upper=upper, complete=True, suppression=None)


def test_nothing_is_compared_with_nothing(snapshot: Snapshot) -> None:
    series = trend(store.results_of(snapshot, LEAD), "SE")
    assert compare(series[0], replace(series[0], value=None)) is None
    assert change(series[:1]) is None


def test_what_nobody_sent_is_not_zero(snapshot: Snapshot, tmp_path: Path) -> None:
    coverage = measure("hpv_coverage")
    with synthetic(tmp_path, persons=2_000) as folder:
        whole = read_manifest(folder)
        sent = {name: entry for name, entry in whole.tables.items() if name != "vaccination"}
        about = {
            "as_of": whole.as_of,
            "title": "",
            "source": "synth",
            "synthetic": True,
            "pseudonymous": True,
        }
        write_manifest(folder, **about, tables=sent)  # type: ignore[arg-type]
        opened = Snapshot.open(folder)
        assert store.lacking(opened, coverage) == ["vaccination"]
        assert store.results_of(opened, coverage) == []
        with pytest.raises(BadInputError, match="hpv_coverage cannot be measured without vaccination"):
            explain(opened, "hpv_coverage")
    assert store.lacking(snapshot, coverage) == []


def test_every_table_that_a_measure_needs_is_in_the_layout() -> None:
    assert {name for of in measures() for name in of.needs} <= layout.tables().keys()


@pytest.mark.parametrize("name", ["svf_days_per_block", "svf_overshoot"])
@pytest.mark.parametrize("unit", ["SE", "22", "23", "24", "25"])
def test_parts_of_an_explanation_hide_the_same(snapshot: Snapshot, name: str, unit: str) -> None:
    for period in ("2022", "2023", "2024", "2025"):
        first, *others = (
            {rule for rule, count in part.left_out.items() if isinstance(count, Suppressed)}
            | ({"rows_in"} if isinstance(part.rows_in, Suppressed) else set())
            for part in explain(snapshot, name, unit, period).parts
        )
        assert all(other == first for other in others)
