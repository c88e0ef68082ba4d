"""Files of notifications: what lands, what is refused and kept, corrections, and the same file again."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliveries import layout_folder, person, take
from fyrbak.errors import BadInputError
from fyrbak.records.models import Person
from fyrbak.registers.notifications.files import TakenIn, take_in_notifications
from fyrbak.registers.notifications.models import Notification, NotificationFile, RefusedRow, Tumour
from fyrbak.registers.notifications.selectors import current, open_refusals

AT = datetime(2025, 7, 2, 9, tzinfo=UTC)
HEADING = "Radnr;Person;Källa;Diagnosdatum;Läge;Morfologi;Sida;Diagnosgrund;Remittent;Status"


@pytest.fixture
def who(records: str, tmp_path: Path) -> Iterator[str]:
    """What a file may call the one person who is known."""
    take(layout_folder(tmp_path / "persons", {"person": [person(7)]}))
    yield str(Person.objects.get(version=1).pseudonym)


def file(*lines: str, heading: str = HEADING) -> bytes:
    return "\n".join([heading, *lines, ""]).encode()


def sent(content: bytes, name: str = "maj.csv", minutes: int = 0) -> TakenIn:
    at = AT + timedelta(minutes=minutes)
    return take_in_notifications(
        content=content, name=name, source="lab", region="24", by_name="prov", at=at, on=at.date()
    )


def counts(taken: TakenIn) -> tuple[int, int, int]:
    return taken.file.landed, taken.file.unchanged, taken.file.refused


def test_rows_become_notifications_and_tumours(who: str) -> None:
    taken = sent(file(
        f"1;{who};laboratorium;2024-03-01;C504;8500/3;vänster;;24-nus-kir;",
        f"2;{who};klinik;2024-03;C50.9;;;3;;",
    ))  # fmt: skip
    assert counts(taken) == (2, 0, 0)
    tumour = Tumour.objects.get()
    assert (tumour.topography, tumour.morphology, tumour.behaviour) == ("C50.4", "8500", "3")
    assert [(one.line, one.precision) for one in current().order_by("line")] == [(2, "D"), (3, "M")]


def test_the_same_file_changes_nothing_and_a_corrected_row_is_a_new_version(who: str) -> None:
    row = f"1;{who};laboratorium;2024-03-01;C504;8500/3;vänster;;;"
    sent(file(row))
    assert sent(file(row), minutes=1).known
    other = f"2;{who};klinik;2024-03-01;C504;;vänster;3;;"
    assert counts(sent(file(row, other), minutes=2)) == (1, 1, 0)
    assert counts(sent(file(row.replace("C504", "C502")), minutes=3)) == (1, 0, 0)
    assert Notification.objects.filter(line=2).count() == 2
    assert counts(sent(file(row.removesuffix(";") + ";makulerad"), minutes=4)) == (1, 0, 0)
    assert [one.kind for one in current()] == ["clinic"]
    assert NotificationFile.objects.count() == 4


def test_a_row_that_was_taken_back_can_come_again_and_a_refused_one_is_told_once(who: str) -> None:
    row = f"1;{who};laboratorium;2024-03-01;C504;8500/3;vänster;;"
    sent(file(f"{row};"))
    sent(file(f"{row};makulerad"), minutes=1)
    again = file(f"{row};", f"2;{who};granne;2024-03-01;C504;;;;;")
    assert counts(sent(again, minutes=2)) == (1, 0, 1)
    assert [one.version for one in current()] == [3]
    assert counts(sent(again + b"\n", minutes=3)) == (0, 1, 1)
    assert open_refusals().count() == 1


def test_the_country_is_no_region_of_a_patient(who: str) -> None:
    heading = "Radnr;Person;Källa;Diagnosdatum;Region"
    assert counts(sent(file(f"1;{who};klinik;2024-03-01;SE", heading=heading))) == (0, 0, 1)


def test_a_refused_row_is_kept_with_its_reason_until_it_comes_again(who: str) -> None:
    taken = sent(file(
        "1;999999999;laboratorium;2024-03-01;C504;8500/3;;;;",
        f"2;{who};granne;2024-03-01;C504;8500/3;;;;",
        f"3;{who};laboratorium;2024-02-31;C504;8500/3;;;;",
        f"4;{who};laboratorium;2024-03-01;C61.9;8140/3;;;;",
        f"5;{who};laboratorium;2024-03-01;C504;8500/3;;;okänd;",
        f"6;{who};laboratorium;2024-03-01;C504;8500/3;;;;makulerad",
        f"7;{who}",
        f"8;{who};laboratorium;2024-03-01;C504;8500/3;;;;", f"8;{who};klinik;2024-03-01;C504;;;;;",
    ))  # fmt: skip
    assert counts(taken) == (0, 0, 9)
    told = list(RefusedRow.objects.order_by("line").values_list("rule", flat=True))
    assert told == [
        "person", "kind", "diagnosed", "SEX_TOPO", "referrer", "nothing", "fields", "twice", "twice",
    ]  # fmt: skip
    assert RefusedRow.objects.get(line=2).row["Person"] == "999999999"
    sent(file(f"4;{who};laboratorium;2024-03-01;C504;8500/3;;;;"), minutes=1)
    assert "lab|4" not in set(open_refusals().values_list("source_key", flat=True))


def test_excel_is_read_alike(who: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADING.split(";"))
    sheet.append([1, who, "klinik", AT.replace(tzinfo=None, hour=0), "C50.4", None, 2, 3, None, None])
    out = io.BytesIO()
    book.save(out)
    assert counts(sent(out.getvalue(), "maj.xlsx")) == (1, 0, 0)
    assert current().get().laterality == "L"


@pytest.mark.parametrize("content", [b"", b"Radnr;Person", b"Radnr;Person\n1;2\n", b"\x00\xff\n"])
def test_a_file_that_cannot_be_used_lands_nothing(who: str, content: bytes) -> None:
    with pytest.raises(BadInputError):
        sent(content)
    assert not NotificationFile.objects.exists()


_cell = st.one_of(
    st.sampled_from(["C504", "8500/3", "klinik", "2024", "2024-13", "0", "99", "", "L", "makulerad"]),
    st.text(st.characters(exclude_characters=";\r\n\x00", exclude_categories=["Cs"]), max_size=12),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(_cell, min_size=9, max_size=9), min_size=1, max_size=4))
def test_whatever_stands_in_the_rows_they_land_or_are_refused(who: str, rows: list[list[str]]) -> None:
    lines = [";".join([cells[0], who, *cells[1:]]).replace('"', "") for cells in rows]
    taken = sent(file(*lines))
    assert taken.known or sum(counts(taken)) == taken.file.rows
