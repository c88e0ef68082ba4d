"""Files of events: read whole, taken in once, and answered row by row; nothing that was sent is lost."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from deliveries import layout_folder, person, take
from fyrbak.cli.main import app
from fyrbak.pathways.events import files
from fyrbak.pathways.events.errors import EntryError
from fyrbak.pathways.events.file_rows import FileRow
from fyrbak.pathways.events.files import Report, as_sent, send_file, take_in_file, waiting
from fyrbak.pathways.events.known import known
from fyrbak.pathways.events.models import EventFile, FileOutcome, RefusedRow, Task
from fyrbak.pathways.events.refused import let_be, open_refused
from fyrbak.pathways.events.sheets import SentRow, read_sheet
from fyrbak.pathways.ongoing.models import Case
from fyrbak.records.models import Batch, PathwayEvent, Person, Refusal

AT = datetime(2025, 7, 2, 9, tzinfo=UTC)
HEADING = "Radnr;Personnummer;KVÅ-kod;Datum;Region"


def csv_of(*rows: str, heading: str = HEADING) -> bytes:
    return ("\n".join([heading, *rows]) + "\n").encode()


@pytest.fixture(autouse=True)
def _without_lists(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a test that asks for ``lists`` pays for making them anew."""
    if "lists" not in request.fixturenames:
        monkeypatch.setattr(files, "refresh_persons", lambda **_: None)


@pytest.fixture
def lists() -> None:
    """The work lists are made anew with each file, as in use."""


@pytest.fixture
def patients(records: str, tmp_path: Path) -> Iterator[dict[str, int]]:
    """Two persons that region 24's own system has sent, by their keys there."""
    persons = [person(7), person(8, birth_date=date(2009, 5, 1))]
    take(layout_folder(tmp_path / "persons", {"person": persons}, source="region-24"))
    yield {p.source_key.partition("|")[2]: p.pk for p in Person.objects.all()}


def send(content: bytes, name: str = "juni.csv", rows: int | None = None, minutes: int = 0) -> EventFile:
    sent = as_sent(
        content=content, name=name, region="24", rows=rows, by_name="Maja Lind",
        at=AT + timedelta(minutes=minutes),
    )  # fmt: skip
    return send_file(sent=sent)


def taken(sent: EventFile, *, minutes: int = 1, keep: bool = True) -> Report:
    at = AT + timedelta(minutes=minutes)
    return take_in_file(sent=sent, pseudonyms=np.random.default_rng(1), at=at, keep=keep)


def told(report: Report) -> list[tuple[int, str]]:
    return [(row.line, row.rule) for row in report.rows]


def points(patient: int) -> list[tuple[str, str]]:
    return sorted((row.event.point, str(row.event.day)) for row in known(patient).rows)


COURSE = ("1;7;VC010;2025-06-02;24", "2;7;VC025;2025-06-05;24", "3;7;VC050;2025-06-20;24")


def test_codes_land_as_pathway_and_point_and_lists_follow(patients: dict[str, int], lists: None) -> None:
    report = taken(send(csv_of(*COURSE)))
    assert (report.read, report.landed, report.refused, report.rows) == (3, 3, 0, ())
    assert points(patients["7"]) == [("10", "2025-06-02"), ("25", "2025-06-05"), ("50", "2025-06-20")]
    assert PathwayEvent.objects.get(point="10").code == "VC010"
    case = Case.objects.get()
    assert (case.days, case.end_point) == (18, "50")
    assert not waiting().exists()


def test_excel_and_parquet_say_the_same(patients: dict[str, int]) -> None:
    rows = [line.split(";") for line in (HEADING, *COURSE)]
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for number, row in enumerate(rows):
        sheet.append(row if number == 0 else [*row[:3], date.fromisoformat(row[3]), row[4]])
    excel, parquet = io.BytesIO(), io.BytesIO()
    book.save(excel)
    columns = dict(zip(rows[0], map(list, zip(*rows[1:], strict=True)), strict=True))
    pq.write_table(pa.table(columns), parquet)
    plain = read_sheet(csv_of(*COURSE), "a.csv")
    assert read_sheet(excel.getvalue(), "a.xlsx") == plain
    assert read_sheet(parquet.getvalue(), "a.parquet") == plain
    for content, name in ((excel.getvalue(), "a.xlsx"), (parquet.getvalue(), "a.parquet")):
        with pytest.raises(EntryError, match="cut off"):
            read_sheet(content[: len(content) // 2], name)


@pytest.mark.parametrize(
    "content", [bytes(range(256)), "person;kod;datum".encode("utf-16"), b"PK\x03\x04 zip\n"]
)
def test_what_is_no_text_is_not_called_cut_off(content: bytes) -> None:
    with pytest.raises(EntryError, match="not a text file"):
        read_sheet(content, "a.csv")


def test_a_trial_run_says_the_same_and_keeps_nothing(patients: dict[str, int]) -> None:
    sent = send(csv_of(*COURSE, "4;7;VC054;2025-06-25;24", "5;7;ZZ999;2025-06-25;24"))
    tried = taken(sent, keep=False)
    assert not PathwayEvent.objects.exists()
    assert (Batch.objects.count(), Refusal.objects.count(), FileOutcome.objects.count()) == (1, 0, 0)
    assert taken(sent).rows == tried.rows
    assert PathwayEvent.objects.count() == 4


def test_the_impossible_is_told_row_by_row_and_stays_in_the_records(patients: dict[str, int]) -> None:
    report = taken(
        send(
            csv_of(
                *COURSE,
                "4;7;VC054;2025-06-25;24",  # a second end
                "5;7;VG950;2025-06-25;24",  # treatment in a pathway that was not started
                "6;8;VC010;2025-06-02;24",  # a child
                "7;7;VC056;2025-06-10;24",  # a code of another year
            )
        )
    )
    assert told(report) == [
        (5, "second_end"), (6, "end_without_start"), (7, "under_age"), (8, "point_retired"),
    ]  # fmt: skip
    assert PathwayEvent.objects.count() == 7
    assert [(task.kind, task.person_id) for task in Task.objects.all()] == [("child", patients["8"])]
    second = report.rows[0]
    assert second.sv.startswith("Lungcancer är redan avslutat, 2025-06-20.")
    assert (second.pathway, second.point, second.day) == ("lunga", "54", "2025-06-25")


def test_what_cannot_be_used_is_refused_kept_and_told(patients: dict[str, int]) -> None:
    report = taken(
        send(
            csv_of(
                "1;7;VC010;2025-06-02;24",
                "2;7;ZZ999;2025-06-02;24",  # an unknown code
                "3;99;VC010;2025-06-02;24",  # nobody that is known
                "4;7;VC025;2025-06-31;24",  # not a day
                "5;7;VC025;2025-07-09;24",  # has not come yet
                "6;7;VC025;1950-07-09;24",  # before birth
                "7;7;VC025;2025-06-09;25",  # of another region
                "8;7;VC025",  # half a row
            )
        )
    )
    assert (report.read, report.landed, report.refused) == (8, 1, 7)
    assert told(report) == [
        (3, "unknown_pathway"), (4, "unknown_person"), (5, "unreadable"), (6, "future"),
        (7, "before_birth"), (8, "other_region"), (9, "columns"),
    ]  # fmt: skip
    assert Refusal.objects.filter(resolved_by=None).exists()
    mended = taken(send(csv_of("4;7;VC025;2025-06-30;24", "5;7;VC025;2025-07-01;24"), minutes=2), minutes=3)
    assert mended.landed == 2
    assert not Refusal.objects.filter(resolved_by=None, record_key__in=["4", "5"]).exists()


@pytest.mark.parametrize(
    ("rows", "refused"),
    [
        (['1;7;"VC010;2025-06-02;24', "2;7;VC025;2025-06-09;24"], [2]),  # never closed
        (
            ['1;"7;VC010;2025-06-02;24', "2;7;VC025;2025-06-09;24", '3;"7";VC035;2025-06-20;24'],
            [2],
        ),  # by another
    ],
)
def test_an_open_quotation_mark_takes_no_other_row_with_it(
    patients: dict[str, int], rows: list[str], refused: list[int]
) -> None:
    report = taken(send(csv_of(*rows)))
    assert (report.read, report.refused) == (len(rows), len(refused))
    assert told(report)[0] == (refused[0], "columns")
    assert [line for line, rule in told(report) if rule == "columns"] == refused


BAD = "4;7;VC025;2025-06-31;24"  # not a day


def to_correct() -> list[tuple[str, str]]:
    return sorted((row.key, row.rule) for row in open_refused())


def test_a_refused_row_waits_until_it_comes_back_right(patients: dict[str, int]) -> None:
    taken(send(csv_of("1;7;VC010;2025-06-02;24", BAD, "9;7;VC025;2025-06-09;25", "8;7;VC025")))
    assert to_correct() == [("", "columns"), ("4", "unreadable"), ("9", "other_region")]
    # The same row again is the same row to correct; another fault in it is a new one.
    taken(send(csv_of(BAD, COURSE[0]), "juli.csv", minutes=2), minutes=3)
    assert len(to_correct()) == 3
    taken(send(csv_of("4;7;ZZ999;2025-06-30;24", COURSE[0]), "juli.csv", minutes=4), minutes=5)
    assert ("4", "unknown_pathway") in to_correct()
    # Corrected by its number; the row without one, when a file of that name comes without the fault.
    taken(send(csv_of("4;7;VC025;2025-06-30;24"), "augusti.csv", minutes=6), minutes=7)
    assert to_correct() == [("", "columns"), ("9", "other_region")]
    taken(send(csv_of("5;7;VC035;2025-06-30;24"), "juni.csv", minutes=8), minutes=9)
    assert to_correct() == [("9", "other_region")]
    # Wrong again in the same way: it is back.
    taken(send(csv_of(BAD, COURSE[1]), minutes=10), minutes=11)
    assert ("4", "unreadable") in to_correct()


def test_a_refused_row_that_is_let_be_stays_away_unless_it_is_wrong_anew(patients: dict[str, int]) -> None:
    taken(send(csv_of("1;7;VC010;2025-06-02;24", BAD)))
    with pytest.raises(EntryError, match="write why"):
        let_be(row=open_refused().get(), why=" ", by_name="Maja Lind", at=AT)
    let_be(row=open_refused().get(), why="Dubblett", by_name="Maja Lind", at=AT)
    taken(send(csv_of(BAD, COURSE[1]), minutes=2), minutes=3)
    assert to_correct() == []
    taken(send(csv_of("4;7;VC025;2025-06-32;24", COURSE[1]), minutes=4), minutes=5)
    assert to_correct() == [("4", "unreadable")]


def test_a_trial_run_keeps_no_refused_row(patients: dict[str, int]) -> None:
    taken(send(csv_of("1;7;VC010;2025-06-02;24", BAD)), keep=False)
    assert not open_refused().exists()


def test_a_file_sent_twice_changes_nothing(patients: dict[str, int]) -> None:
    taken(send(csv_of(*COURSE)))
    again = taken(send(csv_of(*COURSE), minutes=2), minutes=3)
    assert (again.landed, again.known) == (0, True)
    later = taken(send(csv_of(*COURSE, "4;7;VC035;2025-06-10;24"), minutes=4), minutes=5)
    assert (later.landed, later.unchanged) == (1, 3)
    assert PathwayEvent.objects.count() == 4


def test_a_file_that_cannot_be_used_is_answered_at_once_and_kept(records: str) -> None:
    useless = [
        (csv_of(*COURSE)[:-1], None, "file_cut"),
        (csv_of(*COURSE[:2]), 3, "file_rows"),
        (csv_of(), None, "file_empty"),
        (b"", None, "file_empty"),
        (csv_of("1;7;2025-06-02", heading="Radnr;Personnummer;Datum"), None, "file_columns"),
        (csv_of("1;7;VC010;2025-06-02;25"), None, "file_region"),
        (csv_of(f"1;7;VC010;2025-06-02;{'2' * 200_000}"), None, "file_half"),
    ]
    for content, rows, word in useless:
        sent = send(content, rows=rows)
        assert Report.of(FileOutcome.objects.get(file=sent)).fault == f"events.error.{word}"
        assert bytes(EventFile.objects.get(pk=sent.pk).content) == content
    assert not waiting().exists()


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2025-06-30T23:30:00+02:00", "2025-06-30"),
        ("2025-06-30T21:59:00Z", "2025-06-30"),
        ("2025-06-30T22:01:00Z", "2025-07-01"),
        ("2025-06-30T22:01:00", "2025-06-30"),
        ("2025-01-01T23:30:00Z", "2025-01-02"),
    ],
)
def test_moments_count_on_the_swedish_day(written: str, day: str) -> None:
    assert FileRow(SentRow(2, {"person_id": "7", "start_date": written}), "24", AT).day == day


def test_a_clock_some_minutes_ahead_is_not_tomorrow(patients: dict[str, int]) -> None:
    sent = send(csv_of("1;7;VC010;2025-07-03T00:04:00+02:00;24"))
    at = datetime(2025, 7, 2, 21, 58, tzinfo=UTC)
    report = take_in_file(sent=sent, pseudonyms=np.random.default_rng(1), at=at)
    assert report.landed == 1
    assert points(patients["7"]) == [("10", "2025-07-02")]


def test_recorded_before_it_happened_is_told_and_kept(patients: dict[str, int]) -> None:
    rows = csv_of("1;7;VC010;2025-06-02;24;2025-06-01", heading=f"{HEADING};Registrerad")
    report = taken(send(rows))
    assert (report.landed, told(report)) == (1, [(2, "recorded_early")])


def test_another_cancer_in_a_file_opens_the_task(patients: dict[str, int]) -> None:
    taken(send(csv_of("1;7;VP810;2025-06-02;24", "2;7;VP872;2025-06-20;24")))
    assert [(task.kind, task.organisation_id) for task in Task.objects.all()] == [("other-cancer", "24")]


def test_a_patient_received_without_a_start_opens_the_task_to_ask_for_it(patients: dict[str, int]) -> None:
    taken(send(csv_of("1;7;VC091;2025-06-20;24")))
    assert [(task.kind, task.settled) for task in Task.objects.all()] == [("original-start", False)]
    start = csv_of("2;7;VC091;2025-06-20;24;2025-06-02", heading=f"{HEADING};Ursprunglig start")
    taken(send(start, minutes=2), minutes=3)
    assert [task.settled for task in Task.objects.all()] == [True]


def test_any_order_of_files_and_rows_gives_the_same_state(patients: dict[str, int], lists: None) -> None:
    for number, row in enumerate((COURSE[2], COURSE[0], COURSE[1])):
        taken(send(csv_of(row), minutes=2 * number), minutes=2 * number + 1)
    case = Case.objects.get()
    assert (case.start_date, case.visit_date, case.end_date, case.days) == (
        date(2025, 6, 2), date(2025, 6, 5), date(2025, 6, 20), 18,
    )  # fmt: skip


def test_persons_may_be_named_by_pseudonym(patients: dict[str, int]) -> None:
    pseudonym = Person.objects.get(pk=patients["7"]).pseudonym
    assert taken(send(csv_of(f"1;{pseudonym};VC010;2025-06-02;24"))).landed == 1


def test_rows_without_numbers_of_their_own_are_known_again(patients: dict[str, int]) -> None:
    heading = "person,vårdförlopp,mätpunkt,dag"
    content = csv_of("7,lunga,10,2025-06-02", heading=heading)
    assert taken(send(content)).landed == 1
    more = csv_of("7,lunga,10,2025-06-02", "7,lunga,25,2025-06-03", "7,lunga,25,2025-06-03", heading=heading)
    again = taken(send(more, minutes=2), minutes=3)
    assert (again.landed, again.unchanged, again.refused) == (1, 1, 0)
    assert told(again) == [(4, "twice")]


def test_the_command_tries_and_takes_in_and_answers_by_line(patients: dict[str, int], tmp_path: Path) -> None:
    file, answer = tmp_path / "juni.csv", tmp_path / "svar.csv"
    file.write_bytes(csv_of(*COURSE, "4;7;VC054;2025-06-25;24"))
    words = ["svf", "events", str(file), "--region", "24"]
    tried = CliRunner().invoke(app, [*words, "--dry-run"])
    assert "juni.csv:5: second_end" in tried.output
    assert not EventFile.objects.exists()
    taken_in = CliRunner().invoke(app, [*words, "--rows", "4", "--out", str(answer)])
    assert "4 rows read, 4 landed" in taken_in.output
    assert (
        answer.read_text(encoding="utf-8-sig").splitlines()[1].startswith("5;lunga;54;2025-06-25;second_end;")
    )
    assert "No file waits." in CliRunner().invoke(app, ["svf", "events"]).output
    half = CliRunner().invoke(app, [*words, "--rows", "9"])
    assert "may be cut off" in str(half.exception)


def test_one_file_keeps_no_other_waiting(patients: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = send(csv_of(COURSE[0]), "trasig.csv"), send(csv_of(*COURSE), minutes=1)

    def take(*, sent: EventFile, **how: Any) -> Report:
        if sent.pk == broken.pk:
            raise ValueError("a fault that nobody has foreseen")
        return take_in_file(sent=sent, **how)

    monkeypatch.setattr(files, "take_in_file", take)
    answer = CliRunner().invoke(app, ["svf", "events"])
    assert "trasig.csv (ValueError)" in str(answer.exception)
    assert [one.pk for one in waiting()] == [broken.pk]
    assert FileOutcome.objects.filter(file=sound).exists()


def test_a_key_too_long_to_keep_is_refused_and_the_rest_taken_in(patients: dict[str, int]) -> None:
    sent = send(csv_of(f"{'9' * 500};7;VC010;2025-06-02;24", "1\0;7;VC010;2025-06-02;24"))
    report = taken(sent)
    assert (report.read, report.landed, report.refused) == (2, 1, 1)
    assert RefusedRow.objects.get(file=sent).key == "9" * 200


# Bad input by its name: the rows, what is told of which line, and the same file put right.
BAD_INPUT = {
    "a code of a wrong year": (
        [*COURSE[:2], "3;7;VC056;2025-06-10;24"], (4, "point_retired"), [*COURSE]
    ),
    "an unknown code": (
        [*COURSE[:2], "3;7;ZZ999;2025-06-20;24"], (4, "unknown_pathway"), [*COURSE]
    ),
    "a visit before the start": (
        [COURSE[0], "2;7;VC025;2025-05-05;24", COURSE[2]], (3, "outside_pathway"), [*COURSE]
    ),
    "a treatment before the start": (
        [*COURSE[:2], "3;7;VC050;2025-05-20;24"], (4, "end_before_start"), [*COURSE]
    ),
    "a day before birth": (
        [COURSE[0], "2;7;VC025;1925-06-05;24", COURSE[2]], (3, "before_birth"), [*COURSE]
    ),
    "a row of another region": (
        [COURSE[0], "2;7;VC025;2025-06-05;25", COURSE[2]], (3, "other_region"), [*COURSE]
    ),
    "half a row": (
        [COURSE[0], "2;7;VC025", COURSE[2]], (3, "columns"), [*COURSE]
    ),
    "somebody who is not known": (
        [COURSE[0], "2;99;VC025;2025-06-05;24", COURSE[2]], (3, "unknown_person"), [*COURSE]
    ),
    "a clock that is days ahead": (
        [COURSE[0], "2;7;VC025;2025-07-09T08:00:00Z;24", COURSE[2]], (3, "future"), [*COURSE]
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_INPUT)
def test_bad_input_is_named_kept_and_counts_once_it_is_put_right(name: str, patients: dict[str, int]) -> None:
    wrong, expected, right = BAD_INPUT[name]
    sent = send(csv_of(*wrong))
    report = taken(sent)
    assert told(report) == [expected]
    assert bytes(EventFile.objects.get(pk=sent.pk).content) == csv_of(*wrong)
    kept_as_record = report.landed == len(wrong)  # what is impossible lands, and counts nowhere
    assert kept_as_record != open_refused().exists()
    assert told(taken(send(csv_of(*right), minutes=2), minutes=3)) == []
    assert points(patients["7"]) == [("10", "2025-06-02"), ("25", "2025-06-05"), ("50", "2025-06-20")]
    # What had no number of its own waits for a file of the same name, which this was.
    assert not open_refused().exists()
