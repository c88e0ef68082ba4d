"""What every synthetic folder holds to, whoever reads it."""

# ruff: noqa: S608 - the SQL is put together from names in this file and in the layout

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from math import log, sqrt
from pathlib import Path

import django
import duckdb
import pytest
import typer
from typer.testing import CliRunner

django.setup()

from fyrbak.cli.synth import synth  # noqa: E402
from fyrbak.errors import BadInputError, FyrbakError  # noqa: E402
from fyrbak.records import organisations  # noqa: E402
from fyrbak.records.identity import parse_identity  # noqa: E402
from fyrbak.records.layout import tables  # noqa: E402
from fyrbak.records.snapshot import Snapshot  # noqa: E402
from fyrbak.records.synth import generate as generating  # noqa: E402
from fyrbak.records.synth.calibration import calibration  # noqa: E402
from fyrbak.records.synth.generate import checked, generate  # noqa: E402
from fyrbak.records.synth.pathways import pathways  # noqa: E402

AS_OF = date(2025, 6, 30)
PERSONS = 60_000
# What hospitals' systems send resource by resource is not invented.
INVENTED = {
    name: table
    for name, table in tables().items()
    if name not in ("report", "finding", "drug_administration", "radiotherapy")
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all tests of this file."""
    path = tmp_path_factory.mktemp("synth") / "sweden"
    generate(path, checked(persons=PERSONS, seed=11, regions=(), as_of=AS_OF))
    return path


@pytest.fixture(scope="module")
def sql(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Every row of every table as DuckDB views; those with ``_now`` hold the latest version of each."""
    connection = duckdb.connect()
    for name in INVENTED:
        connection.execute(f"CREATE VIEW {name} AS FROM '{folder}/{name}/*.parquet'")
        latest = f"FROM {name} QUALIFY version = max(version) OVER (PARTITION BY record_key)"
        connection.execute(f"CREATE VIEW {name}_now AS FROM ({latest}) WHERE status <> 'retracted'")
    yield connection
    connection.close()


def _one(sql: duckdb.DuckDBPyConnection, query: str) -> int:
    row = sql.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def test_it_is_a_snapshot_that_says_it_is_synthetic(folder: Path) -> None:
    snapshot = Snapshot.open(folder)
    assert snapshot.synthetic
    assert snapshot.as_of == AS_OF
    assert snapshot.manifest.source == "synth"
    assert set(snapshot.manifest.tables) == set(INVENTED)
    assert snapshot.table("person").count().execute() == PERSONS


def test_the_same_seed_gives_the_same_folder_and_another_seed_another(tmp_path: Path) -> None:
    def made(name: str, seed: int) -> tuple[str, str]:
        request = checked(persons=3000, seed=seed, regions=("24",), as_of=AS_OF)
        return generate(tmp_path / name, request).id, (tmp_path / name / "truth.json").read_text()

    assert made("a", 5) == made("b", 5)
    assert made("c", 6)[0] != made("a2", 5)[0]


def test_every_value_is_allowed_by_the_layout(sql: duckdb.DuckDBPyConnection) -> None:
    for name, table in INVENTED.items():
        for column in table.columns:
            if column.choices:
                rows = sql.execute(f'SELECT DISTINCT "{column.name}" FROM {name}').fetchall()
                found = {str(value) for (value,) in rows if value is not None}
                assert found <= set(column.choices), (name, column.name)


@pytest.mark.parametrize("name", list(INVENTED))
def test_keys_are_unique_and_versions_follow_each_other(name: str, sql: duckdb.DuckDBPyConnection) -> None:
    assert _one(sql, f"SELECT count(*) FROM {name}") > 0
    wrong = f"""SELECT count(*) FROM (SELECT record_key FROM {name} GROUP BY 1
                HAVING count(*) <> max(version) OR count(DISTINCT version) <> count(*))"""
    assert _one(sql, wrong) == 0
    assert _one(sql, f"SELECT count(*) FROM {name} WHERE (version = 1) <> (status = 'active')") == 0
    assert _one(sql, f"SELECT count(*) FROM {name} WHERE recorded_at > DATE '{AS_OF}'") == 0
    assert _one(sql, f"SELECT count(*) FROM {name} WHERE regexp_matches(record_key, '^[0-9]')") == 0


def test_rows_point_at_persons_tumours_and_organisations_that_exist(sql: duckdb.DuckDBPyConnection) -> None:
    codes = [o.code for o in organisations.organisations()]
    for name, table in INVENTED.items():
        assert _one(sql, f"SELECT count(*) FROM {name} ANTI JOIN person USING (person_id)") == 0
        for column in table.columns:
            if column.name == "tumour_key":
                lost = f"SELECT count(*) FROM {name} x ANTI JOIN tumour t ON x.tumour_key = t.record_key"
                assert _one(sql, lost) == 0
            if column.name in ("region", "unit", "issuer"):
                found = {r[0] for r in sql.execute(f"SELECT DISTINCT {column.name} FROM {name}").fetchall()}
                assert found - {None} <= set(codes)


def test_everybody_lives_somewhere_every_day_of_life(sql: duckdb.DuckDBPyConnection) -> None:
    gaps = """
        SELECT count(*) FROM (
            SELECT end_date, lead(start_date) OVER (PARTITION BY person_id ORDER BY start_date) AS following
            FROM residence_now)
        WHERE following IS NOT NULL AND following <> end_date + 1"""
    assert _one(sql, gaps) == 0
    lives = "SELECT person_id, min(start_date) AS first, max(end_date) AS last FROM residence_now GROUP BY 1"
    born = f"SELECT count(*) FROM ({lives}) JOIN person_now USING (person_id) WHERE first = birth_date"
    assert _one(sql, born) == PERSONS
    died = f"SELECT count(*) FROM ({lives}) JOIN death_now USING (person_id) WHERE last <> death_date"
    assert _one(sql, died) == 0
    moved = "SELECT count(*) FROM (SELECT person_id FROM residence_now GROUP BY 1 HAVING count(*) > 1)"
    assert _one(sql, moved) > 100
    split = "SELECT count(*) FROM residence_now WHERE (region = '13') <> (municipality <> '')"
    assert _one(sql, split) == 0


def test_nothing_happens_before_birth_or_after_death_but_what_is_wrong_on_purpose(
    sql: duckdb.DuckDBPyConnection,
) -> None:
    for name in ("tumour", "stage", "procedure", "treatment_course", "vaccination", "pathway_event"):
        joined = f"SELECT count(*) FROM {name}_now x JOIN {{}}_now y USING (person_id) WHERE "
        assert _one(sql, joined.format("person") + "x.start_date < y.birth_date") == 0, name
        dead = _one(sql, joined.format("death") + "x.start_date > y.death_date")
        future = _one(sql, f"SELECT count(*) FROM {name} WHERE start_date > DATE '{AS_OF}'")
        assert (dead > 0) == (future > 0) == (name == "pathway_event"), name
    treated = """SELECT count(*) FROM pathway_event_now e JOIN death_now d USING (person_id)
                 WHERE e.point IN ('50', '52', '54') AND e.start_date > d.death_date"""
    assert _one(sql, treated) == 0


def test_numbers_are_nobodys_and_fit_their_persons(sql: duckdb.DuckDBPyConnection) -> None:
    rows = sql.execute(
        "SELECT kind, number, birth_date, sex FROM identity JOIN person_now USING (person_id)"
    ).fetchall()
    assert len({number for _, number, _, _ in rows}) == len(rows)
    assert {kind for kind, *_ in rows} >= {"pnr", "coord"}
    for kind, number, born, sex in rows[::7]:
        if kind == "reserve":
            assert number.startswith("SYN-")
            continue
        assert 980 <= int(number[8:11]) <= 989
        identity = parse_identity(number, AS_OF)
        assert (identity.kind, identity.birth_date, identity.sex) == (kind, born, sex)


def test_a_changed_number_leaves_a_history_without_overlap(sql: duckdb.DuckDBPyConnection) -> None:
    changed = "SELECT person_id FROM identity GROUP BY 1 HAVING count(*) = 2"
    assert _one(sql, f"SELECT count(*) FROM ({changed})") > 50
    overlap = f"""SELECT count(*) FROM identity a JOIN identity b USING (person_id)
                  SEMI JOIN ({changed}) USING (person_id)
                  WHERE a.valid_to IS NOT NULL AND b.valid_to IS NULL AND b.valid_from <= a.valid_to"""
    assert _one(sql, overlap) == 0


def test_events_hold_every_kind_of_trouble(sql: duckdb.DuckDBPyConnection) -> None:
    points = {row[0] for row in sql.execute("SELECT DISTINCT point FROM pathway_event").fetchall()}
    ends = {"50", "52", "54", "58", "59", "60", "70", "72", "73", "74", "76", "78"}
    assert points >= ends | {"10", "25", "35", "40", "44", "90", "91", "42", "99"}
    assert points & {"56", "65"}
    statuses = {row[0] for row in sql.execute("SELECT DISTINCT status FROM pathway_event").fetchall()}
    assert statuses == {"active", "corrected", "retracted"}
    assert _one(sql, "SELECT count(*) FROM pathway_event WHERE start_date IS NULL") > 0
    ids = ", ".join(f"'{name}'" for name in pathways().ids)
    assert _one(sql, f"SELECT count(*) FROM pathway_event WHERE pathway NOT IN ({ids})") > 0
    assert _one(sql, "SELECT count(*) FROM pathway_event WHERE recorded_at > start_date + 60") > 0
    assert _one(sql, "SELECT count(*) FROM pathway_event WHERE point = '91' AND original_start IS NULL") == 0
    wrong = "SELECT count(*) FROM pathway_event WHERE code <> '' AND right(code, 2) <> point"
    assert _one(sql, wrong) == 0


def test_care_looks_like_care(folder: Path, sql: duckdb.DuckDBPyConnection) -> None:
    measures = json.loads((folder / "truth.json").read_text())["measures"]

    def share(measure: str, *years: str) -> float:
        rows = [r for r in measures[measure] if r["unit"] == "SE" and not r["cut"] and r["period"] in years]
        return float(sum(r["numerator"] for r in rows) / sum(r["denominator"] for r in rows))

    assert 0.36 < share("svf_lead_time", "2021", "2022", "2023", "2024") < 0.46
    assert 0.26 < share("svf_conversion", "2021", "2022", "2023", "2024") < 0.34
    assert 0.68 < share("svf_inclusion", "2021", "2022", "2023", "2024") < 0.86
    assert 0.60 < share("hpv_coverage", "2025") < 0.70
    old = _one(sql, "SELECT count(*) FROM tumour JOIN person USING (person_id) WHERE year(birth_date) < 1955")
    assert 0.5 < old / _one(sql, "SELECT count(*) FROM tumour") < 0.85
    women = _one(sql, "SELECT count(*) FROM person WHERE sex = 'F'") / PERSONS
    assert 0.48 < women < 0.52
    several = (
        "SELECT count(*) FROM (SELECT person_id FROM tumour WHERE version = 1 GROUP BY 1 HAVING count(*) > 1)"
    )
    assert _one(sql, several) > 20


def test_everybody_who_lives_here_has_one_background_a_year(sql: duckdb.DuckDBPyConnection) -> None:
    """Statistics of a year come at the end of the next: of those out by June 2025, 2023 is the last."""
    assert sql.execute("SELECT DISTINCT year FROM background_now").fetchall() == [(2023,)]
    there = """SELECT person_id FROM residence_now WHERE region IS NOT NULL
               AND DATE '2023-12-31' BETWEEN start_date AND coalesce(end_date, DATE '9999-12-31')"""
    assert (
        sql.execute("SELECT person_id FROM background_now ORDER BY 1").fetchall()
        == sql.execute(f"{there} ORDER BY 1").fetchall()
    )


def test_background_has_gradients(sql: duckdb.DuckDBPyConnection) -> None:
    adults = "FROM background_now JOIN person_now USING (person_id) WHERE 2023 - year(birth_date) >= 20"

    def share(what: str, of: str) -> float:
        row = sql.execute(f"SELECT avg(({what})::INT) {adults} AND {of}").fetchone()
        assert row is not None
        return float(row[0])

    old, young = "birth_date < '1945-01-01'", "birth_date BETWEEN '1970-01-01' AND '1990-12-31'"
    post = "education = 'post_secondary'"
    assert share(post, old) + 0.15 < share(post, young)
    assert share(post, f"{young} AND sex = 'M'") + 0.03 < share(post, f"{young} AND sex = 'F'")
    assert share(post, "income = 1") + 0.1 < share(post, "income = 5")
    assert share("income = 1", "birth_country = 'other'") > 0.25
    assert 0.005 < share("education = ''", "true") < 0.05
    assert share("municipality_group = 'large_city'", "true") > 0.3
    fifths = sql.execute(f"SELECT income, count(*) {adults} GROUP BY 1 ORDER BY 1").fetchall()
    assert [fifth for fifth, _ in fifths] == [1, 2, 3, 4, 5]
    assert max(n for _, n in fifths) - min(n for _, n in fifths) <= 1
    young_and_silent = "SELECT count(*) FROM background_now JOIN person_now USING (person_id) WHERE "
    assert _one(sql, young_and_silent + "2023 - year(birth_date) < 16 AND education <> ''") == 0
    assert _one(sql, young_and_silent + "2023 - year(birth_date) < 20 AND income IS NOT NULL") == 0


def test_care_depends_on_education_by_the_odds_that_are_stated(folder: Path) -> None:
    divided = json.loads((folder / "truth.json").read_text())["divided"]

    def log_odds(measure: str, education: str, *years: str) -> tuple[float, float]:
        """Log odds and its variance."""
        rows = [row for row in divided[measure] if row["period"] in years]
        own = [row for row in rows if row["cut"] == {"education": education}]
        hit = sum(row["numerator"] for row in own)
        miss = sum(row["denominator"] for row in own) - hit
        return log(hit / miss), 1 / hit + 1 / miss

    for measure in ("hpv_coverage", "svf_lead_time"):
        years = ("2025",) if measure == "hpv_coverage" else ("2024", "2025")
        base, doubt = log_odds(measure, "pre_secondary", *years)
        for education in ("upper_secondary", "post_secondary"):
            found, more = log_odds(measure, education, *years)
            stated = log(calibration().background.odds[measure][education])
            assert abs(found - base - stated) < 3 * sqrt(doubt + more), (measure, education)
    gap = (
        log_odds("hpv_coverage", "post_secondary", "2025")[0]
        - log_odds("hpv_coverage", "pre_secondary", "2025")[0]
    )
    assert gap > 0.4  # there is something to find, even among few


def test_background_moves_nothing_else(tmp_path: Path) -> None:
    def files(name: str, since: int | None) -> dict[str, list[str]]:
        request = checked(persons=1500, seed=9, regions=("24",), as_of=AS_OF, background_from=since)
        entries = generate(tmp_path / name, request).tables
        return {table: [file.sha256 for file in entry.files] for table, entry in entries.items()}

    one, seven = files("one", None), files("seven", 2017)
    assert one.pop("background") != seven.pop("background")
    assert one == seven
    years = f"SELECT DISTINCT year FROM '{tmp_path}/seven/background/*.parquet' ORDER BY 1"
    assert [year for (year,) in duckdb.connect().execute(years).fetchall()] == [*range(2017, 2024)]


def test_only_the_regions_asked_for_appear(tmp_path: Path) -> None:
    north = ("22", "23", "24", "25")
    request = checked(persons=4000, seed=1, regions=north, as_of=date(2024, 12, 31))
    generate(tmp_path / "north", request)
    snapshot = Snapshot.open(tmp_path / "north")
    for name in ("residence", "pathway_event", "tumour"):
        found = set(snapshot.table(name).select("region").distinct().to_pyarrow()["region"].to_pylist())
        assert found - {None} == set(north)
    truth = json.loads((tmp_path / "north" / "truth.json").read_text())
    assert {row["unit"] for rows in truth["measures"].values() for row in rows} == {"SE", *north}
    assert {row["period"] for row in truth["measures"]["svf_count"]} == {
        "2020",
        "2021",
        "2022",
        "2023",
        "2024",
    }


def test_one_region_alone_is_possible(tmp_path: Path) -> None:
    generate(tmp_path / "gotland", checked(persons=500, seed=1, regions=("09",), as_of=AS_OF))
    assert Snapshot.open(tmp_path / "gotland").table("person").count().execute() == 500


def test_a_single_person_is_possible(tmp_path: Path) -> None:
    generate(tmp_path / "one", checked(persons=1, seed=3, regions=(), as_of=AS_OF))
    assert Snapshot.open(tmp_path / "one").table("person").count().execute() == 1


def test_pieces_fit_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generating, "PIECE", 900)
    done: list[int] = []
    request = checked(persons=2000, seed=4, regions=("22", "25"), as_of=AS_OF)
    manifest = generate(tmp_path / "pieces", request, done.append)
    assert done == [900, 1800, 2000]
    connection = duckdb.connect()
    for name, entry in manifest.tables.items():
        assert len(entry.files) == 3
        files = f"'{tmp_path}/pieces/{name}/*.parquet'"
        assert _one(connection, f"SELECT count(DISTINCT (record_key, version)) FROM {files}") == entry.rows
    assert (
        _one(
            connection,
            f"SELECT count(DISTINCT number) - count(*) FROM '{tmp_path}/pieces/identity/*.parquet'",
        )
        == 0
    )


def test_a_run_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(tmp_path / "half", checked(persons=100, seed=1, regions=(), as_of=AS_OF), stop)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_content_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(BadInputError, match="not empty"):
        generate(tmp_path, checked(persons=100, seed=1, regions=(), as_of=AS_OF))
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(BadInputError, match="cannot be written"):
        generate(tmp_path / "file" / "out", checked(persons=10, seed=1, regions=(), as_of=AS_OF))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"persons": 0}, "--persons 0"),
        ({"persons": 10**9}, "--persons"),
        ({"seed": -1}, "--seed -1"),
        ({"regions": ("99",)}, "unknown region '99'"),
        ({"as_of": date(2019, 1, 1)}, "--as-of 2019-01-01"),
        ({"as_of": date(2030, 1, 1)}, "--as-of 2030-01-01"),
        ({"background_from": 2016}, "--background-from 2016: give a year from 2017 to 2023"),
        ({"background_from": 2024}, "--background-from 2024"),
    ],
)
def test_a_request_that_cannot_be_met_is_named(wrong: dict[str, object], words: str) -> None:
    request: dict[str, object] = {"persons": 100, "seed": 1, "regions": (), "as_of": AS_OF, **wrong}
    with pytest.raises(FyrbakError, match=words):
        checked(**request)  # type: ignore[arg-type]


def test_the_command_says_what_it_wrote_and_hands_on_what_is_wrong(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(synth)
    wanted = [str(tmp_path / "out"), "--persons", "200", "--seed", "2", "--regions", "22, 25"]
    result = CliRunner().invoke(app, [*wanted, "--as-of", "2024-06-30"])
    assert result.exit_code == 0
    snapshot = Snapshot.open(tmp_path / "out")
    assert snapshot.as_of == date(2024, 6, 30)
    assert f"200 synthetic persons, {sum(snapshot.rows(name) for name in tables()):,} rows" in result.stdout
    assert snapshot.id in result.stdout
    again = CliRunner().invoke(app, wanted)
    assert isinstance(again.exception, BadInputError)
