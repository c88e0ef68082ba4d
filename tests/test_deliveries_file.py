"""The monthly file: what is in it, that nobody can be found from it, versions, and receipts read back."""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest
from django.db import DatabaseError, connection, transaction

from fyrbak import settings
from fyrbak.errors import BadInputError, FyrbakError
from fyrbak.pathways.deliveries import selectors, services
from fyrbak.pathways.deliveries.cases import Month, closed_in, month
from fyrbak.pathways.deliveries.file import differences, lines_of, row_number, written
from fyrbak.pathways.deliveries.layout import layout_on, receipt_layout
from fyrbak.pathways.deliveries.manifest import manifest_of
from fyrbak.pathways.deliveries.models import Delivery, KeptFile, RefusedRow
from fyrbak.pathways.deliveries.receipts import Refused
from fyrbak.pathways.ongoing.models import Case
from fyrbak.pathways.run import run
from fyrbak.records.snapshot import Snapshot
from measure_snapshots import synthetic

AT = datetime(2025, 6, 12, 9, tzinfo=UTC)
MAY = Month(date(2025, 5, 1))
LAYOUT = layout_on(MAY.first)
WHO: dict[str, Any] = {"by_name": "Provet", "at": AT}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with synthetic(tmp_path_factory.mktemp("deliveries"), persons=14_000, regions=("23", "24")) as path:
        yield path


@pytest.fixture(scope="module")
def snapshot(folder: Path) -> Snapshot:
    return Snapshot.open(folder)


@pytest.fixture
def delivered(records: str, snapshot: Snapshot) -> Delivery:
    made, new = services.deliver(snapshot=snapshot, region="24", month=MAY, **WHO)
    assert new
    return made


def receipt(
    delivery: Delivery, refused: dict[str, str], *, region: str = "24", accepted: int | None = None
) -> str:
    """A receipt as the receiver writes it."""
    names = receipt_layout().columns
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(names.model_dump().values())
    for row, reason in refused.items():
        writer.writerow([delivery.sha256, region, row, "AVVISAD", reason, ""])
    sums = {
        "SUMMA_MOTTAGNA": delivery.rows - len(refused) if accepted is None else accepted,
        "SUMMA_AVVISADE": len(refused),
    }
    for outcome, number in sums.items():
        writer.writerow([delivery.sha256, region, "", outcome, "", number])
    return out.getvalue()


def rows_of(delivery: Delivery) -> dict[str, dict[str, str]]:
    return lines_of(bytes(delivery.content), LAYOUT)


def take(content: str | bytes, region: str = "24") -> tuple[object, bool]:
    raw = content.encode() if isinstance(content, str) else content
    return services.take_receipt_file(
        region=region, name="kvittens.csv", content=raw, received=date(2025, 6, 12), **WHO
    )


def test_the_file_has_every_case_that_the_region_closed_in_the_month(
    delivered: Delivery, snapshot: Snapshot
) -> None:
    found = run(snapshot).episodes
    found = found.filter(
        (found.region == "24") & found.end_date.between(MAY.first, MAY.last) & (found.outcome != "open")
    )
    episodes = snapshot.engine.answer(found).to_pylist()
    rows = rows_of(delivered)
    assert len(rows) == delivered.rows == len(episodes) > 4
    key = bytes(delivered.key)
    for episode in episodes:
        row = rows[row_number(key, episode["episode_key"])]
        assert row["startdatum"] == episode["start_date"].isoformat()
        assert row["slutdatum"] == episode["end_date"].isoformat()
        assert row["slutkod"] == episode["end_point"]
        assert row["startlan"] == (episode["start_region"] or "00")
        assert row["mottagen"] == ("J" if episode["received"] else "N")
        assert row["hemlan"] == (episode["home_region"] or "00")
    assert {row["avslutande_lan"] for row in rows.values()} == {"24"}
    country = closed_in(snapshot, "SE", MAY)
    assert set(country["region"].to_pylist()) == {"23", "24"}


def test_the_same_month_is_the_same_file_and_a_corrected_one_a_new_version(
    delivered: Delivery, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    again, new = services.deliver(snapshot=snapshot, region="24", month=MAY, **WHO)
    assert (again.pk, new, bytes(again.content)) == (delivered.pk, False, bytes(delivered.content))
    cases = closed_in(snapshot, "24", MAY)
    ends = pc.if_else(pc.equal(cases["end_point"], "50"), "52", cases["end_point"])
    moved = cases.set_column(cases.schema.get_field_index("end_point"), "end_point", ends).slice(1)
    changed = sum(point == "50" for point in cases["end_point"].to_pylist()[1:])
    monkeypatch.setattr(services, "closed_in", lambda *_: moved)
    later, new = services.deliver(snapshot=snapshot, region="24", month=MAY, **WHO)
    assert new
    assert (later.version, later.supersedes) == (2, delivered)
    assert later.changes == {"added": 0, "removed": 1, "changed": changed}
    assert not rows_of(later).keys() & rows_of(delivered).keys()
    told = manifest_of(later)
    assert told["replaces"] == delivered.sha256
    assert told["changes"] == later.changes
    json.dumps(told)


def test_no_column_leads_back_to_a_person(delivered: Delivery, snapshot: Snapshot) -> None:
    """Row numbers differ between deliveries, and no value is one that records know a person or a row by."""
    rows = rows_of(delivered)
    cases = closed_in(snapshot, "24", MAY)
    keys = set(cases["episode_key"].to_pylist())
    persons = {str(person) for person in cases["person_id"].to_pylist()}
    known = keys | persons
    for name in ("person", "pathway_event", "tumour", "procedure"):
        table = snapshot.engine.answer(snapshot.table(name).select("record_key"))
        known |= set(table["record_key"].to_pylist())
    values = {value for row in rows.values() for value in row.values() if len(value) > 3}
    assert not values & known
    other = written(cases, LAYOUT, b"another key")
    assert not rows.keys() & lines_of(other.content, LAYOUT).keys()
    assert list(rows) == sorted(rows)  # the order tells nothing either
    forbidden = {"identity", "person_id"}
    assert not forbidden & {column.of for column in LAYOUT.used(identified=False)}


def test_rows_that_lack_something_mandatory_are_held_back(snapshot: Snapshot) -> None:
    cases = closed_in(snapshot, "24", MAY)
    ends = ["" if place < 2 else point for place, point in enumerate(cases["end_point"].to_pylist())]
    cut = cases.set_column(cases.schema.get_field_index("end_point"), "end_point", [ends])
    file = written(cut, LAYOUT, b"k")
    assert file.held_back == {"slutkod": 2}
    assert file.rows == cases.num_rows - 2
    whole = written(cases, LAYOUT, b"k")
    assert differences(whole.content, file.content) == {"added": 0, "removed": 2, "changed": 0}


def test_what_is_looked_at_before_sending(records: str, snapshot: Snapshot) -> None:
    proposed = services.propose(snapshot=snapshot, region="24", month=MAY)
    told = {(check.rule, check.about): check for check in proposed.checks}
    before = services.propose(snapshot=snapshot, region="24", month=MAY.before)
    assert told["month_before", ""].rows == before.file.rows + sum(before.file.held_back.values())
    assert not proposed.same
    impossible = {about for rule, about in told if rule == "impossible"}
    findings = snapshot.engine.answer(run(snapshot).findings)
    assert impossible <= set(findings["rule"].to_pylist())


@pytest.mark.parametrize(("text", "says"), [("2025-13", "not a month"), ("2025-5-1", "not a month")])
def test_a_month_has_to_be_one(text: str, says: str) -> None:
    with pytest.raises(BadInputError, match=says):
        month(text)


def test_a_month_has_to_be_over_and_have_a_layout(records: str, snapshot: Snapshot) -> None:
    for wanted, says in ((date(2025, 7, 1), "the data end"), (date(2019, 1, 1), "no file was delivered")):
        with pytest.raises(BadInputError, match=says):
            services.deliver(snapshot=snapshot, region="24", month=Month(wanted), **WHO)


def test_an_identified_file_needs_a_reason_in_the_settings(
    records: str, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadInputError, match="FYRBAK_IDENTIFIED_DELIVERY"):
        services.deliver(snapshot=snapshot, region="24", month=MAY, identified=True, **WHO)
    monkeypatch.setattr(settings, "IDENTIFIED_DELIVERY", "Beslut 2025:1")
    made, _ = services.deliver(snapshot=snapshot, region="24", month=MAY, identified=True, **WHO)
    assert made.why_identified == "Beslut 2025:1"
    assert made.rows == 0  # nobody's number is known in this database
    held = [check for check in made.checks if check["rule"] == "held_back"]
    assert [check["about"] for check in held] == ["personnummer"]
    cases = closed_in(snapshot, "24", MAY)
    numbers = dict.fromkeys(cases["person_id"].to_pylist(), "191212121212")
    file = written(cases, LAYOUT, b"k", numbers)
    assert {row["personnummer"] for row in lines_of(file.content, LAYOUT).values()} == {"191212121212"}


def test_a_receipt_is_read_back_and_known_again(delivered: Delivery) -> None:
    rows = list(rows_of(delivered))
    content = receipt(delivered, {rows[0]: "DATUM", rows[1]: "X99"})
    taken, new = take(content)
    assert new
    assert (taken.accepted, taken.refused) == (delivered.rows - 2, 2)  # type: ignore[attr-defined]
    assert set(RefusedRow.objects.values_list("row", "reason")) == {(rows[0], "DATUM"), (rows[1], "X99")}
    assert take(content) == (taken, False)
    by_hand = services.take_receipt(
        delivery=delivered, refused=(Refused(rows[0], "KOD"),), received=date(2025, 6, 13), **WHO
    )
    assert by_hand[0].accepted == delivered.rows - 1
    assert delivered.receipts.first() == by_hand[0]


def test_what_is_no_receipt_is_named_and_kept(delivered: Delivery, snapshot: Snapshot) -> None:
    rows = list(rows_of(delivered))
    whole = receipt(delivered, dict.fromkeys(rows[:3], "DATUM"))
    unknown = whole.replace(delivered.sha256, "0" * 64)
    broken: dict[str, str | bytes] = {
        "other_region": receipt(delivered, {rows[0]: "DATUM"}, region="25"),
        "unknown_file": unknown,
        "no_sums": "".join(whole.splitlines(keepends=True)[:3]),
        "cut_off": whole[: len(whole) // 2],
        "half": receipt(delivered, {rows[0]: "DATUM"}, accepted=delivered.rows - 9),
        "strange_rows": receipt(delivered, {"f" * 20: "DATUM"}),
        "outcome": whole.replace("AVVISAD", "KANSKE", 1),
        "columns": "a;b\n1;2\n",
        "empty": whole.splitlines()[0] + "\n",
        "not_text": b"\xff\xfe\x00",
        "sum": whole.replace(f";;{3}\n", ";;tre\n"),
    }
    for fault, content in broken.items():
        with pytest.raises(FyrbakError) as told:
            take(content)
        assert told.value.word == f"reporting.fault.{fault}"
        raw = content.encode() if isinstance(content, str) else content
        kept = KeptFile.objects.get(fault=told.value.word)
        assert bytes(kept.content) == raw
    assert delivered.receipts.count() == 0
    with pytest.raises(FyrbakError):
        take(broken["half"])
    assert KeptFile.objects.count() == len(broken)  # the same file again is the same


@pytest.mark.parametrize("deed", ["update", "delete"])
def test_what_was_sent_stays(delivered: Delivery, deed: str) -> None:
    change = {"rows": 1} if deed == "update" else {}
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        getattr(Delivery.objects.filter(pk=delivered.pk), deed)(**change)


def test_a_country_is_written_in_one_sweep(snapshot: Snapshot) -> None:
    """Every month of ten years together has the cases that were closed in them, each once."""
    found = run(snapshot).episodes
    closed = snapshot.engine.answer(found.filter(found.outcome != "open").select("episode_key"))
    assert len({row_number(b"k", key) for key in closed["episode_key"].to_pylist()}) == closed.num_rows


def test_a_refused_row_leads_to_its_case_where_only_one_is_alike(delivered: Delivery) -> None:
    rows = list(rows_of(delivered))
    content = receipt(delivered, {rows[0]: "DATUM"})
    taken, _ = take(content)
    (row,) = selectors.refused(taken)  # type: ignore[arg-type]
    assert selectors.case_keys("24", [row]) == {}

    def followed(ordinal: int) -> Case:
        """A case of somebody else's at each call, but for the columns that the row tells."""
        with connection.cursor() as cursor, transaction.atomic():
            cursor.execute("SET LOCAL session_replication_role = replica")
            case = Case(
                key=uuid.uuid4(), person_id=ordinal, pathway=row.facts["pathway"], ordinal=ordinal,
                start_date=row.facts["start_date"], region_id="24", received=False, undated_end=False,
                end_date=row.facts["end_date"], end_point=row.facts["end_point"], outcome="treated",
            )  # fmt: skip
            for field in Case._meta.concrete_fields:
                if getattr(case, field.attname) is None and not field.null and not field.primary_key:
                    empty = {"ArrayField": [], "BooleanField": False, "FloatField": 0.0}
                    setattr(case, field.attname, empty.get(field.get_internal_type(), 0))
            case.save_base(raw=True, force_insert=True)
        return case

    first = followed(1)
    assert selectors.case_keys("24", [row]) == {row.row: first.key}
    followed(2)
    assert selectors.case_keys("24", [row]) == {}
