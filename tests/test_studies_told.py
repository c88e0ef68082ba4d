"""Studies: registered once, told of by day and place, never changed, counted with the few hidden."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from fyrbak.cli.demo_studies import demo_studies
from fyrbak.errors import FyrbakError, UnknownNameError
from fyrbak.measures.disclosure import Suppressed
from fyrbak.records.models import Organisation
from fyrbak.studies.counts import by_region, years_told
from fyrbak.studies.definitions import rules
from fyrbak.studies.described import Described
from fyrbak.studies.files import COLUMNS, take_in
from fyrbak.studies.models import Known, RefusedRow, Registration, Status, StatusTold, Study
from fyrbak.studies.refusals import RefusedStudyError
from fyrbak.studies.registrations import registration_of, registrations_of
from fyrbak.studies.search import Question, search
from fyrbak.studies.selectors import (
    StudyTold,
    included,
    refused_rows,
    studies,
    study_called,
    target_history,
    targets,
)
from fyrbak.studies.services import (
    LikelyDuplicateError,
    Teller,
    describe_study,
    register_study,
    tell_included,
    tell_status,
    tell_target,
)

ON, DAY = date(2025, 7, 1), date(2025, 2, 3)
TELLER = Teller(by_name="A", at=datetime(2025, 7, 1, 8, tzinfo=UTC), on=ON)
NUMBER = "2023-508123-12-00"
WHAT: dict[str, Any] = {
    "title_sv": "Påhittad studie av lungcancer i tidigt stadium",
    "title_en": "Invented study of early lung cancer",
    "sponsor": "Region Påhitt",
    "kind": "interventional",
    "diagnoses": ("lunga",),
    "adults": True,
    "children": False,
    "contact": "Prövningsenheten",
}


def place(code: str) -> Organisation:
    return Organisation.objects.get(pk=code)


def register(*, registrations: str = NUMBER, owner: str = "24", distinct: bool = False, **what: Any) -> Study:
    return register_study(
        owner=place(owner), told=Described(**(WHAT | what)), registrations=registrations, status="open",
        day=DAY, source="Protokollet", distinct=distinct, teller=TELLER,
    )  # fmt: skip


def stands(study: Study, where: str | None, status: str, day: date = DAY) -> StatusTold:
    there = place(where) if where else None
    return tell_status(study=study, place=there, status=status, day=day, source="Enheten", teller=TELLER)


def takes_part(study: Study, where: str, number: int | None, year: int = 2025) -> None:
    tell_included(study=study, place=place(where), year=year, number=number, source="Enheten", teller=TELLER)


def told(study: Study) -> StudyTold:
    found = study_called(study.pk)
    assert found is not None
    return found


def target(**more: Any) -> None:
    given: dict[str, Any] = {
        "region": place("24"), "shown": 0, "known": "decided", "text": "Fler ska delta i studier",
        "number": Decimal("120"), "unit": "personer", "period": "per år", "decided": DAY,
        "source": "Regionplanen", "teller": TELLER,
    }  # fmt: skip
    tell_target(**(given | more))


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("2023-508123-12-00", NUMBER),
        (" eu ct: 2023–508123–12 ", NUMBER),
        ("EUCT2023-508123-12-01", "2023-508123-12-01"),
        ("nct 01234567", "NCT01234567"),
    ],
)
def test_a_registration_is_written_in_one_way(typed: str, number: str) -> None:
    assert registration_of(typed) == number


@pytest.mark.parametrize("typed", ["2023-408123-12-00", "NCT1234567", "finns inte", "121212-1212"])
def test_what_is_no_registration_is_refused(typed: str) -> None:
    with pytest.raises(RefusedStudyError, match="neither"):
        registrations_of(f"NCT01234567; {typed}")


def test_no_two_studies_have_the_same_number(records: str) -> None:
    first = register()
    with pytest.raises(RefusedStudyError, match="there already"):
        register(registrations="EU CT 2023-508123-12", title_sv="Något helt annat")
    other = Study.objects.create(key="0" * 32, owner=place("25"), by_name="B", at=TELLER.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.create(study=other, number=NUMBER, by_name="B", at=TELLER.at)
    assert told(first).registrations == (NUMBER,)


def test_nearly_the_same_title_of_the_same_sponsor_is_asked_about(records: str) -> None:
    first = register()
    near: dict[str, Any] = {
        "title_sv": "Påhittad studie av lungcancer, i tidiga stadier",
        "registrations": "",
    }
    with pytest.raises(LikelyDuplicateError) as asked:
        register(**near)
    assert [one.key for one in asked.value.alike] == [first.pk]
    assert asked.value.alike[0].share >= rules().alike
    register(**near, sponsor="Region Annan")
    register(**near, distinct=True)
    assert len(studies()) == 3


def test_what_cannot_be_is_refused_at_its_field(records: str) -> None:
    faults: tuple[tuple[dict[str, Any], str], ...] = (
        ({"title_sv": " "}, "title_sv"),
        ({"title_sv": "=1+1"}, "title_sv"),
        ({"contact": "eva.ek@region.example"}, "contact"),
        ({"contact": "Sköterskan 19121212-1212"}, "contact"),
        ({"adults": False}, "adults"),
        ({"registrations": "x"}, "registrations"),
    )
    for more, field in faults:
        with pytest.raises(RefusedStudyError) as refused:
            register(**more)
        assert refused.value.field == field
    for strange in ({"kind": "other"}, {"diagnoses": ("lungan",)}):
        with pytest.raises(UnknownNameError):
            register(**strange)
    assert not Study.objects.exists()


def test_a_study_is_described_anew_and_numbers_are_added(records: str) -> None:
    study = register(registrations="")
    new = Described(**(WHAT | {"sponsor": "Region Annan"}))
    describe_study(study=study, shown=1, told=new, registrations="NCT01234567", teller=TELLER)
    describe_study(study=study, shown=2, told=new, registrations="", teller=TELLER)
    assert (told(study).version, told(study).what.sponsor) == (2, "Region Annan")
    assert told(study).registrations == ("NCT01234567",)
    with pytest.raises(RefusedStudyError, match="meanwhile"):
        describe_study(study=study, shown=1, told=Described(**WHAT), registrations="", teller=TELLER)


def test_a_status_holds_from_its_day_and_is_confirmed_by_being_told_again(records: str) -> None:
    study = register()
    stands(study, "24-nus", Status.PLANNED, date(2024, 3, 1))
    stands(study, "24-nus", Status.OPEN, date(2024, 9, 1))
    again = stands(study, "24-nus", Status.OPEN, date(2025, 1, 10))
    assert stands(study, "24-nus", Status.OPEN, date(2025, 1, 10)) == again
    standing = told(study).places["24-nus"]
    assert (standing.status, standing.since, standing.confirmed) == (
        "open", date(2024, 9, 1), date(2025, 1, 10)
    )  # fmt: skip
    assert [one.status for one in standing.history] == ["planned", "open", "open"]
    days = rules().stale_after_days.place
    assert not standing.is_stale(date.fromordinal(date(2025, 1, 10).toordinal() + days))
    assert standing.is_stale(date.fromordinal(date(2025, 1, 10).toordinal() + days + 1))
    stands(study, "24-nus", Status.CLOSED, date(2025, 1, 10))  # a mistake of that day is mended
    closed = told(study).places["24-nus"]
    assert (closed.status, closed.is_stale(date(2040, 1, 1))) == ("closed", False)
    assert (standing.was_open(2023, ON), standing.was_open(2024, ON), standing.was_open(2025, ON)) == (
        False, True, True
    )  # fmt: skip
    assert not standing.was_open(2024, date(2024, 8, 31))


def test_a_status_off_the_scale_a_day_to_come_and_a_place_without_studies_are_refused(records: str) -> None:
    study = register()
    with pytest.raises(UnknownNameError):
        stands(study, None, "halted")
    with pytest.raises(RefusedStudyError) as refused:
        stands(study, None, "open", date(2025, 7, 2))
    assert refused.value.field == "day"
    with pytest.raises(RefusedStudyError, match="region, a hospital"):
        stands(study, "SE", "open")
    with pytest.raises(RefusedStudyError):
        takes_part(study, "24", -1)
    with pytest.raises(RefusedStudyError):
        takes_part(study, "24", 5, 2026)


def test_nothing_that_was_told_is_changed_or_removed(records: str) -> None:
    study = register()
    target()
    for rows in (Study.objects, Registration.objects, StatusTold.objects):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.all().delete()
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(by_name="B")
    assert told(study).registrations == (NUMBER,)


def test_open_and_included_by_region_and_year_tell_missing_from_zero(records: str) -> None:
    study, other = register(), register(registrations="", title_sv="Hudmelanom, påhittad", distinct=True)
    stands(study, "24-nus", "open", date(2024, 5, 1))
    stands(study, "24-nus", "closed", date(2025, 1, 1))
    stands(other, "24-lycksele", "open", date(2024, 6, 1))
    stands(other, "25", "open", DAY)
    takes_part(study, "24-nus", 12, 2024)
    takes_part(other, "25", 0, 2025)
    rows = {
        (one.region, one.year): one
        for year in (2024, 2025)
        for one in by_region(studies(), included(), year, ON)
    }
    assert (rows["24", 2024].open_studies, rows["24", 2024].places, rows["24", 2024].told) == (2, 2, 1)
    assert rows["24", 2024].included == 12
    assert (rows["24", 2025].open_studies, rows["24", 2025].included) == (1, None)
    assert (rows["25", 2024].open_studies, rows["25", 2025].included) == (None, 0)
    assert rows["01", 2025].open_studies is None
    assert (rows["SE", 2024].open_studies, rows["SE", 2024].included) == (2, 12)
    assert years_told(studies(), included(), ON) == [2025, 2024]
    takes_part(study, "24-nus", None, 2024)
    assert included() == [one for one in included() if one.year == 2025]


def test_small_counts_are_hidden_with_what_would_give_them_back(records: str) -> None:
    study = register()
    for region, number in (("24", 3), ("25", 20), ("23", 30)):
        takes_part(study, region, number)
    rows = {one.region: one.included for one in by_region(studies(), included(), 2025, ON)}
    assert rows["24"] == Suppressed()
    assert rows["SE"] == Suppressed() or Suppressed() in (rows["25"], rows["23"])


def test_search_reads_parts_of_words_mistakes_and_choices(records: str) -> None:
    study = register()
    stands(study, "24-nus", "paused")
    child = register(
        registrations="NCT01234567", title_sv="Påhittad studie av leukemi", title_en="", adults=False,
        children=True, diagnoses=("akut_leukemi_all",), distinct=True,
    )  # fmt: skip
    whole = register(registrations="", title_sv="Rehabilitering", title_en="", diagnoses=(), distinct=True)

    def found(**asked: str) -> set[Any]:
        return {one.key for one in search(Question(**asked), studies())}

    assert found() == {study.pk, child.pk, whole.pk}
    assert found(words="lung") == found(words="lungcanser tidigt") == {study.pk}
    assert found(words="NCT01234567") == {child.pk}
    assert found(words="norrlands universitetssjukhus") == {study.pk}
    assert found(words="njursten") == set()
    assert found(diagnosis="lunga") == {study.pk, whole.pk}
    assert found(whom="children") == {child.pk}
    assert found(region="24") == {study.pk}
    assert found(region="24", status="open") == set()
    assert found(status="open") == {study.pk, child.pk, whole.pk}


def test_a_target_is_decided_not_decided_or_not_known(records: str) -> None:
    assert set(targets().values()) == {None}
    assert len(targets()) == 21
    target()
    target(shown=1, number=None, unit="", period="", text="Alla ska frågas")
    latest = targets()["24"]
    assert latest is not None
    assert (latest.known, latest.number, latest.text) == ("decided", None, "Alla ska frågas")
    target(shown=2, known=Known.NONE, source="Samordnaren")
    assert [(one.known, one.text) for one in target_history("24")][:2] == [
        ("none", ""), ("decided", "Alla ska frågas")
    ]  # fmt: skip
    with pytest.raises(RefusedStudyError, match="meanwhile"):
        target(shown=1)


def test_a_target_that_cannot_be_is_refused(records: str) -> None:
    faults: tuple[tuple[dict[str, Any], str], ...] = (
        ({"decided": None}, "decided"),
        ({"decided": date(2025, 7, 2)}, "decided"),
        ({"number": Decimal(-1)}, "number"),
        ({"unit": ""}, "unit"),
        ({"text": ""}, "text"),
        ({"source": ""}, "source"),
        ({"region": place("24-nus")}, "region"),
    )
    for more, field in faults:
        with pytest.raises(RefusedStudyError) as refused:
            target(**more)
        assert refused.value.field == field
    assert set(targets().values()) == {None}


ROW = {
    "registrations": NUMBER, "title_sv": WHAT["title_sv"], "sponsor": WHAT["sponsor"],
    "kind": "interventional",
    "diagnoses": "lunga", "adults": "ja", "contact": "Prövningsenheten", "status": "open",
    "day": "2025-02-03", "place": "24-nus", "place_status": "open", "place_day": "2025-02-03",
    "year": "2025", "included": "7", "source": "Filen",
}  # fmt: skip
SCOPE = frozenset({"24", "24-nus"})


def send(*rows: dict[str, str], form: str = "csv", scope: frozenset[str] = SCOPE) -> tuple[int, int]:
    if form == "json":
        content = json.dumps(rows)
    else:
        lines = [";".join(COLUMNS), *(";".join(row.get(name, "") for name in COLUMNS) for row in rows)]
        content = "\n".join(lines)
    sent = take_in(content=content.encode(), sender=place("24"), scope=scope, teller=TELLER)
    return sent.rows, sent.refused


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_file_is_taken_in_once_and_refused_rows_are_kept(records: str, form: str) -> None:
    rows = (
        ROW,
        ROW | {"place": "99"},
        ROW | {"place": "25"},
        ROW | {"day": "2999-01-01"},
        ROW | {"place_status": "halted"},
        ROW | {"included": "-3"},
        ROW | {"included": "många"},
    )
    assert send(*rows, form=form) == (7, 6)
    before = StatusTold.objects.count()
    assert send(*rows, form=form) == (7, 6)
    assert (StatusTold.objects.count(), RefusedRow.objects.count()) == (before, 6)
    (study,) = studies()
    assert list(study.places) == ["24-nus"]
    assert [one.number for one in included()] == [7]
    refused = refused_rows("24")
    assert [one.place for one in refused] == [2, 3, 4, 5, 6, 7]
    assert refused[2].fault == "studies.fault.day"


def test_who_does_not_own_a_study_tells_of_its_own_places_alone(records: str) -> None:
    register(owner="25")
    assert send(ROW) == (1, 1)
    assert refused_rows("24")[0].fault == "studies.fault.not_owner"
    own = {name: ROW[name] for name in ("registrations", "place", "place_status", "place_day", "source")}
    assert send(own) == (1, 0)
    assert list(studies()[0].places) == ["24-nus"]


def test_half_a_file_or_none_is_refused_whole(records: str) -> None:
    for content in (
        b"",
        b"\xff\xfe",
        b'[{"title_sv": "half',
        b'{"title_sv": "no list"}',
        b"title_sv;sponsor\nA;B\nC",
        b'title_sv;sponsor\n"A;B',
        b"title_sv;sponser\nA;B",
    ):
        with pytest.raises(FyrbakError):
            take_in(content=content, sender=place("24"), scope=SCOPE, teller=TELLER)
    assert not Study.objects.exists()
    assert not RefusedRow.objects.exists()


def test_the_demos_studies_say_that_they_are_invented_and_come_once(records: str) -> None:
    for _ in range(2):
        demo_studies(seed=1, at=TELLER.at, on=ON)
    found = studies()
    assert len(found) == 6
    assert all("Påhittad" in one.what.title_sv and one.places for one in found)
