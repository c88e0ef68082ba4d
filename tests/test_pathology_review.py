"""Review of pathology reports: what is kept, what is decided and by whom, and the pages of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from accounts import account, unmarked
from browser import Then, Visit, When
from deliveries import layout_folder, person, take
from fyrbak.access.actor import Actor, OutOfSightError
from fyrbak.access.backends import BACKEND
from fyrbak.access.models import Entry as Logged
from fyrbak.access.roles import DEEDS, Deed, Role
from fyrbak.records.models import Person
from fyrbak.registers.notifications import services as notifications
from fyrbak.registers.notifications.entries import Entry, NotificationError
from fyrbak.registers.notifications.models import Notification
from fyrbak.registers.notifications.services import Act
from fyrbak.registers.pathology.fields import WrongValueError
from fyrbak.registers.pathology_review import services
from fyrbak.registers.pathology_review.models import Decision, Proposal, ReadText
from fyrbak.registers.pathology_review.selectors import report_with, unread, values_that_hold, waiting
from fyrbak.registers.pathology_review.services import DecidedMeanwhileError, decide, fill_in, read_text
from fyrbak.reports.pathology import pieces
from fyrbak.reports.words import Words
from pages import as_owner, as_pages, house, new_database

AT = datetime(2025, 7, 2, 9, tzinfo=UTC)
HERE = Actor(None, "Maja Lind", Role.REGISTRAR, "24", frozenset({"24", "24-nus", "24-nus-kir"}))
TEXT = (
    "Anamnes: Tidigare malignt melanom.\n"
    "Mikroskopi: NHG 2. ER 95 %. Misstänkt DCIS.\n"
    "Utlåtande: Invasiv duktal cancer i vänster bröst. pT1c. Fria resektionsränder."
)
LABORATORY = Entry(
    "pathology", "24", date(2024, 3, 4), morphology="8520", referrer="24-nus-kir", text=TEXT,
)  # fmt: skip


def notified(entry: Entry, patient: int, actor: Actor = HERE) -> UUID:
    return notifications.receive(person=patient, entry=entry, act=Act(actor, AT))


@pytest.fixture
def report(records: str, tmp_path: Path) -> Iterator[Notification]:
    """A laboratory's report about the one person who is known here."""
    take(layout_folder(tmp_path / "persons", {"person": [person(7)]}))
    yield report_with(notified(LABORATORY, Person.objects.get(version=1).pk))


def decided(report: Notification, field: str, typed: str | None, shown: int = 0) -> Decision:
    return decide(notification=report, field=field, typed=typed, shown=shown, actor=HERE, at=AT)


def test_a_text_is_read_once_and_waits_until_all_is_decided(report: Notification) -> None:
    assert [one.key for one in unread()] == [report.key]
    assert len([*services.read_all(at=AT)]) == 1
    assert not unread().exists() and waiting().exists()
    kept = read_text(notification=report, at=AT)
    assert ReadText.objects.count() == 1
    for proposal in kept.proposals.all():
        assert TEXT[proposal.start : proposal.end]
        decided(report, proposal.field, proposal.value)
    assert not waiting().exists()


def test_decisions_follow_each_other_and_say_who_and_what(report: Notification) -> None:
    assert decided(report, "t", "1c").outcome == Decision.Outcome.APPROVED
    assert decided(report, "t", "2", shown=1).outcome == Decision.Outcome.CHANGED
    last = decided(report, "t", None, shown=2)
    assert (last.outcome, last.value, last.by_name, last.at) == ("refused", "", "Maja Lind", AT)
    assert "t" not in values_that_hold(report)
    assert Decision.objects.count() == 3


def test_nobody_decides_over_another_unseen(report: Notification) -> None:
    decided(report, "t", "1c")
    with pytest.raises(DecidedMeanwhileError):
        decided(report, "t", None)
    with pytest.raises((DecidedMeanwhileError, DatabaseError)), transaction.atomic():
        decided(report, "t", None, shown=7)
    assert values_that_hold(report) == {"t": "1c"}


def test_a_value_that_cannot_be_is_refused_and_words_are_understood(report: Notification) -> None:
    with pytest.raises(WrongValueError):
        decided(report, "topography", "bröstet")
    assert decided(report, "topography", "c50.2").value == "C502"
    assert decided(report, "margins", "ej fria").value == "involved"


def test_another_regions_registrar_decides_nothing(report: Notification) -> None:
    there = Actor(None, "Ann", Role.REGISTRAR, "25", frozenset({"25"}))
    with pytest.raises(OutOfSightError):
        decide(notification=report, field="t", typed="1c", shown=0, actor=there, at=AT)


def test_what_was_read_and_decided_is_never_changed(report: Notification) -> None:
    decided(report, "t", "1c")
    for model in (ReadText, Proposal, Decision):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            model.objects.all().delete() if model is Decision else model.objects.update(id=0)


def test_filling_in_writes_what_is_blank_and_overwrites_nothing(report: Notification) -> None:
    with pytest.raises(NotificationError):
        fill_in(notification=report, actor=HERE, at=AT, why="granskat")
    for field, value in (("topography", "C50.9"), ("morphology", "8500"), ("t", "1c"), ("er", "95 %")):
        decided(report, field, value)
    assert set(fill_in(notification=report, actor=HERE, at=AT, why="granskat")) == {"topography", "t"}
    after = report_with(report.key)
    assert (after.version, after.topography, after.t, after.morphology) == (2, "C50.9", "1c", "8520")
    assert read_text(notification=after, at=AT).proposals.count() and ReadText.objects.count() == 1


def test_the_text_in_pieces_is_the_whole_text_and_names_every_field(report: Notification) -> None:
    proposals = list(read_text(notification=report, at=AT).proposals.all())
    found = pieces(TEXT, proposals, Words("sv"))
    assert "".join(piece.text for piece in found) == TEXT
    assert sum(len(piece.fields) for piece in found) == len(proposals)
    marked = "".join(piece.text for piece in found if piece.marked)
    assert "duktal cancer" in marked and "melanom" not in marked


# The pages.


@pytest.fixture(scope="module")
def _office(prepared: str, home: Path, django_db_blocker: DjangoDbBlocker) -> tuple[str, Path]:
    """Database and folder of two regions with a report each."""
    name, folder = new_database("pathology_pages"), home / "pathology_pages"
    lives = [
        {"record_key": f"r{n}", "person_id": n, "region": region, "start_date": date(2000, 1, 1)}
        for n, region in ((1, "24"), (2, "25"))
    ]
    with house(name, folder, django_db_blocker):
        take(layout_folder(folder / "persons", {"person": [person(1), person(2)], "residence": lives}))
        known = dict(Person.objects.filter(version=1).values_list("source_key", "pk"))
        there = Actor(None, "Ann", Role.REGISTRAR, "25", frozenset({"25"}))
        notified(LABORATORY, known["a|1"])
        notified(Entry("pathology", "25", date(2024, 5, 4), text="Seminom i testikel."), known["a|2"], there)
    return name, folder


@pytest.fixture
def office(_office: tuple[str, Path], django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with house(*_office, django_db_blocker), as_pages():
        yield


def client_of(role: Role = Role.REGISTRAR, organisation: str = "24") -> Client:
    client = Client()
    client.force_login(account(role, organisation), BACKEND)
    return client


def key_of(region: str = "24") -> UUID:
    with as_owner():
        return Notification.objects.filter(region=region).latest("pk").key


def address(region: str = "24") -> str:
    return f"/register/reports/{key_of(region)}/"


def told(client: Client, at: str) -> str:
    answer = client.get(at)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return str(answer.content.decode())


def test_a_report_shows_its_text_marked_and_what_stands_beside(office: None) -> None:
    page = told(client_of(), address())
    assert "<mark>duktal cancer</mark>" in page.replace("Invasiv duktal", "duktal")
    assert "[Morfologi, Beteende]" in page
    assert "8520, ett annat värde" in page
    assert (
        "läst ur organets namn" in page and "topography.site" not in page and "95\N{NO-BREAK SPACE}%" in page
    )
    assert "läst" in told(client_of(), "/register/reports/")


def test_what_is_typed_is_kept_when_it_is_refused_and_saved_when_it_is_right(office: None) -> None:
    client, at = client_of(), address()
    sent = {"field": "grade", "shown": "0", "do": "approve", "value": "nio"}
    answer = client.post(at, sent)
    assert answer.status_code == 422
    assert 'value="nio"' in answer.content.decode() and 'href="#value-grade"' in answer.content.decode()
    assert client.post(at, sent | {"value": "3"}).status_code == 302
    assert "Ändrat till 3" in told(client, at)
    assert client.post(at, sent | {"value": "2"}).status_code == 422
    assert "Avvisat" not in told(client, at)
    assert client.post(at, sent | {"do": "refuse", "shown": "1"}).status_code == 302
    assert "Avvisat" in told(client, at)


def test_opening_a_report_is_an_entry_in_the_log(office: None) -> None:
    with as_owner():
        before = Logged.objects.filter(what="register-report").count()
    told(client_of(), address())
    with as_owner():
        assert Logged.objects.filter(what="register-report").count() == before + 1


def test_another_regions_report_looks_as_if_it_were_not_there(office: None) -> None:
    nowhere, theirs = uuid4(), key_of("25")
    pages = [unmarked(client_of().get(f"/register/reports/{one}/").content) for one in (theirs, nowhere)]
    assert pages[0].replace(str(theirs), str(nowhere)) == pages[1]
    assert str(theirs) not in told(client_of(), "/register/reports/?show=all")
    assert client_of().post(f"/register/reports/{theirs}/", {"field": "t", "do": "refuse"}).status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PUBLIC])
def test_only_registrars_read_reports(office: None, role: Role) -> None:
    client = client_of(role, "SE" if role is Role.NATIONAL_COORDINATOR else "24")
    expected = 200 if Deed.WRITE_REGISTER in DEEDS[role] else 403
    assert client.get("/register/reports/").status_code == expected
    assert client.get(address()).status_code == expected


@pytest.mark.browser
def test_the_pages_are_accessible_and_fit_a_phone(office: None, visit: Visit, when: When, then: Then) -> None:
    mine = client_of().cookies[settings.SESSION_COOKIE_NAME]
    visit.cookies.append({"name": mine.key, "value": mine.value, "url": visit.address})
    for at in ("/register/reports/", address()):
        when.the_reader_opens(at)
        then.the_page_is_accessible()
        visit.page.set_viewport_size({"width": 360, "height": 800})
        then.it_fits_the_screen()
        visit.page.set_viewport_size({"width": 1280, "height": 900})
