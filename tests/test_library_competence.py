"""Completed courses are a lower bound and never counted twice; what is not known of staffing is not zero."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from accounts import SignIn
from browser import Given, Then, When
from fyrbak.access.actor import Actor
from fyrbak.access.roles import Role
from fyrbak.errors import UnknownNameError
from fyrbak.library.competence import services as competence_services
from fyrbak.library.competence.definitions import cited, courses, specialities
from fyrbak.library.competence.files import TakenIn, take_in_completions
from fyrbak.library.competence.models import Completion, RefusedRow, Staffing
from fyrbak.library.competence.selectors import (
    Count,
    counts,
    refused_rows,
    rests_on_few,
    staffing,
    total,
)
from fyrbak.library.competence.services import RefusedCompetenceError, tell_completions, tell_staffing
from fyrbak.records.models import Organisation
from fyrbak.records.sheets import SheetError
from fyrbak.reports import competence as competence_report
from fyrbak.reports.competence import overview, totals
from pages import as_owner
from plans import real_document

AT, ON = datetime(2026, 3, 1, 8, tzinfo=UTC), date(2026, 3, 1)
YEAR = {"begins": date(2025, 1, 1), "ends": date(2025, 12, 31)}
ACTOR = Actor(1, "A", Role.REGIONAL_COORDINATOR, "24", frozenset({"24"}))
HEAD = "course;organisation;begins;ends;number;source\n"
GOOD = "teenagers;24;2025-01-01;2025-06-30;12;Lärportalen\n"


def complete(number: int | None = 7, **more: Any) -> Completion:
    given: dict[str, Any] = {"organisation": place("24"), "course": "teenagers", "source": "Lärportalen"}
    given |= YEAR | {"on": ON, "by_name": "A", "at": AT}
    return tell_completions(**(given | more), number=number)


def employ(headcount: int | None, **more: Any) -> Staffing:
    given: dict[str, Any] = {
        "organisation": place("24"), "speciality": "oncology", "day": ON, "full_time": None, "retiring": None,
        "vacant": None, "source": "HR-systemet", "on": ON, "by_name": "A", "at": AT,
    }  # fmt: skip
    return tell_staffing(**(given | more), headcount=headcount)


def place(code: str) -> Organisation:
    return Organisation.objects.get(pk=code)


def send(text: str, name: str = "kurser.csv") -> TakenIn:
    return take_in_completions(
        content=text.encode(), name=name, sender=place("24"), actor=ACTOR, on=ON, at=AT
    )


def count(organisation: str, number: int, month: int = 1) -> Count:
    return Count("teenagers", organisation, date(2025, month, 1), date(2025, month, 28), number, "x")


def test_what_the_document_says_of_the_palliative_course_is_entered_as_it_stands() -> None:
    (said,) = (one for one in courses().statements if one.course == "palliative_basic")
    text = real_document("000").read_text(encoding="utf-8").replace("\u00a0", " ")
    number = f"{said.number:,}".replace(",", " ")
    line = next(line for line in text.splitlines() if "grundutbildningen i palliativ vård" in line)
    assert number in line
    assert "figur 7" in cited(said.source)
    assert said.to_verify  # the document names no period


def test_a_total_adds_regions_or_takes_the_country_whichever_is_larger() -> None:
    parts = [count("24", 5), count("25", 6), count("24", 1, month=2), count("rcc:norr", 11)]
    added = total(parts, "teenagers", 2025)
    assert added is not None
    assert (added.number, added.told_by) == (12, ("24", "25"))
    whole = total([*parts, count("SE", 40)], "teenagers", 2025)
    assert whole is not None
    assert (whole.number, whole.told_by) == (40, ("SE",))
    assert total([*parts, count("SE", 3)], "teenagers", 2025) == added  # the first weeks of the year, say
    assert total(parts, "teenagers", 2024) is None
    zero = total([count("24", 0)], "teenagers", 2025)
    assert zero is not None
    assert zero.number == 0


def test_a_correction_is_a_new_row_and_what_is_taken_back_makes_room(records: str) -> None:
    complete(7)
    assert complete(7).version == 1  # the same once more
    assert complete(8).version == 2
    with pytest.raises(RefusedCompetenceError, match="overlaps 2025-01-01"):
        complete(3, ends=date(2025, 6, 30))
    with pytest.raises(DatabaseError, match="overlap"), transaction.atomic():
        Completion.objects.create(
            organisation_id="24", course="teenagers", begins=date(2025, 2, 1), ends=date(2025, 2, 2),
            number=1, source="x", version=1, by_name="A", at=AT,
        )  # fmt: skip
    complete(None)
    complete(3, ends=date(2025, 6, 30))
    assert [one.number for one in counts() if one.organisation == "24"] == [3]
    for model in (Completion, Staffing, RefusedRow):
        employ(1)
        send(HEAD + "x;24;2025-01-01;2025-06-30;1;y\n")
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"begins": date(2024, 12, 1)}, "begins"),
        ({"begins": date(2026, 1, 1), "ends": date(2026, 12, 31)}, "begins"),
        ({"number": -1}, "number"),
        ({"number": 1_000_001}, "number"),
        ({"source": "=1+1"}, "source"),
        ({"source": "Anna 19121212-1212"}, "source"),
    ],
)
def test_what_cannot_be_counted_is_refused_at_its_field(
    records: str, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(RefusedCompetenceError) as refused:
        complete(**more)
    assert refused.value.field == field


def test_a_document_is_not_counted_once_more_and_names_are_known(records: str) -> None:
    with pytest.raises(RefusedCompetenceError, match="overlaps"):
        complete(1, organisation=place("SE"), course="palliative_basic")
    with pytest.raises(UnknownNameError):
        complete(course="knitting")
    with pytest.raises(UnknownNameError):
        employ(1, speciality="astrology")
    with pytest.raises(RefusedCompetenceError, match="region"):
        employ(1, organisation=place("SE"))


def test_a_course_is_completed_while_it_is_given_and_shown_as_far_as_known(
    records: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = courses()
    more = {"version": "2", "valid_from": date(2025, 7, 1), "address": "https://kurs.example"}
    changed = tuple(one.model_copy(update=more) if one.id == "teenagers" else one for one in known.courses)
    content = known.model_copy(update={"courses": changed})
    for module in (competence_services, competence_report):
        monkeypatch.setattr(module, "courses", lambda: content)
    with pytest.raises(RefusedCompetenceError, match="not given"):
        complete(1, ends=date(2025, 6, 30))
    complete(1)
    rows = {row[0]: row for row in totals(counts(), 2025, "en").rows}
    described = "Meeting teenagers and young adults in cancer care, version 2, given 2025-07-01 – , https://kurs.example"
    assert rows[described][3:] == ("at least 1", "1 of 21 regions")
    assert "figur 7" in rows["Basic course in palliative care"][4]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"day": date(2026, 3, 2)}, "day"),
        ({"headcount": -1}, "headcount"),
        ({"vacant": Decimal(20_001)}, "vacant"),
        ({"headcount": 2, "retiring": 3}, "retiring"),
        ({"headcount": 2, "full_time": Decimal("2.1")}, "full_time"),
        ({"full_time": Decimal("1.25")}, "full_time"),
        ({"retiring": 1}, "retiring"),
    ],
)
def test_staffing_that_cannot_be_is_refused(records: str, more: dict[str, Any], field: str) -> None:
    with pytest.raises(RefusedCompetenceError) as refused:
        employ(**({"headcount": None} | more))
    assert refused.value.field == field


def test_few_is_told_from_what_is_not_known(records: str) -> None:
    few = specialities().fewest
    assert rests_on_few(Staffing(headcount=few - 1)) is True
    assert rests_on_few(Staffing(headcount=0)) is True
    assert rests_on_few(Staffing(headcount=few)) is False
    assert rests_on_few(Staffing(headcount=few, retiring=1)) is True
    assert rests_on_few(Staffing(headcount=None, vacant=Decimal(2))) is None
    assert rests_on_few(None) is None
    employ(9, day=date(2025, 1, 1))
    employ(2)
    rows = {row[0]: row[1] for row in overview(staffing(ON), "sv").rows}
    assert rows["Region Västerbotten"] == "2 ▲ vilar på få"
    assert rows["Region Norrbotten"] == "Uppgift saknas – vilar på få enligt dokument"
    assert staffing(date(2025, 6, 1))["24", "oncology"].headcount == 9
    employ(None)  # taken back: the day before it holds
    assert staffing(ON)["24", "oncology"].headcount == 9


def test_a_file_is_taken_in_row_by_row_and_once(records: str) -> None:
    bad = "".join(
        [
            "knitting;24;2025-01-01;2025-06-30;1;y\n", "teenagers;25;2025-01-01;2025-06-30;1;y\n",
            "teenagers;24;igår;2025-06-30;1;y\n", "teenagers;24;2025-07-01;2025-07-31;-1;y\n",
            "teenagers;24;2025-06-01;2025-07-31;1;y\n", "teenagers;24\n",
        ]
    )  # fmt: skip
    first = send(HEAD + GOOD + bad)
    assert (first.new, first.known) == (1, 0)
    assert [line for line, _ in first.refused] == [3, 4, 5, 6, 7, 8]
    again = send(HEAD + GOOD + bad)
    assert (again.new, again.known) == (0, 1)
    kept = refused_rows("24")
    assert [one.line for one in kept] == [3, 4, 5, 6, 7, 8]
    assert [one.fault.rpartition(".")[2] for one in kept] == [
        "name", "not_yours", "written_day", "written_number", "overlap", "fields",
    ]  # fmt: skip
    for half in ("", (HEAD + GOOD)[:-4]):
        with pytest.raises(SheetError):
            send(half)
    with pytest.raises(RefusedCompetenceError, match="lacks the columns source"):
        send("course;organisation;begins;ends;number\n")


def test_coordinators_tell_and_those_who_steer_read(filled: None, signed_in: SignIn) -> None:
    writes = signed_in(Role.REGIONAL_COORDINATOR, "24")
    form = {
        "organisation": "24",
        "speciality": "urology",
        "day": "2025-05-01",
        "headcount": "2",
        "source": "HR",
    }
    wrong = writes.post("/competence/new/", form | {"headcount": "-2"})
    assert wrong.status_code == 422
    assert 'href="#id_headcount"' in wrong.content.decode()
    assert "Sparat" in writes.post("/competence/new/", form, follow=True).content.decode()
    assert writes.post("/competence/new/", form | {"organisation": "25"}).status_code == 422
    told = {"organisation": "24", "course": "tumour_wounds", "number": "31", "source": "Portalen"}
    days = {"begins": "2025-01-01", "ends": "2025-01-31"}
    page = writes.post("/courses/new/", told | days, follow=True).content.decode()
    assert "minst 31" in page
    assert "minst 9 751" in page.replace("\u00a0", " ").replace("\u202f", " ")
    assert "laddar hem" in page
    sent = SimpleUploadedFile("k.csv", (HEAD + "x;24;2025-01-01;2025-06-30;1;y\n").encode())
    refused = writes.post("/courses/file/", {"file": sent}).content.decode()
    assert "x;24;2025-01-01" in refused
    assert "finns inte i listan" in refused
    assert "<code>24</code> Region Västerbotten" in refused
    reads = signed_in(Role.PROCESS_LEADER, "25")
    assert "2 ▲ vilar på få" in reads.get("/competence/").content.decode()
    assert reads.get("/competence/new/").status_code == 403
    assert reads.get("/competence/?on=2025-02-31").status_code == 404
    rows = csv.DictReader(io.StringIO(reads.get("/competence/specialists.csv").content.decode("utf-8-sig")))
    found = {(row["region"], row["speciality"]): row for row in rows}
    assert (found["24", "urology"]["headcount"], found["24", "urology"]["rests_on_few"]) == ("2", "yes")
    assert (found["25", "urology"]["headcount"], found["25", "urology"]["rests_on_few"]) == ("", "unknown")
    assert signed_in(Role.REGISTRAR, "24").get("/competence/").status_code == 403
    other = signed_in(Role.REGIONAL_COORDINATOR, "25").get("/courses/file/").content.decode()
    assert "x;24;2025-01-01" not in other
    with as_owner():
        assert Staffing.objects.filter(speciality="urology").count() == 1


@pytest.mark.browser
def test_the_pages_fit_a_phone_and_are_accessible(filled: None, given: Given, when: When, then: Then) -> None:
    given.a_synthetic_follow_up()
    given.signed_in_as(Role.REGIONAL_COORDINATOR, "24")
    given.a_screen_of(360)
    for path in ("/competence/", "/courses/", "/courses/file/"):
        when.the_reader_opens(path)
        then.the_page_answers()
        then.the_page_is_accessible()
        then.it_fits_the_screen()
        then.nothing_is_refused_by_the_browser()
