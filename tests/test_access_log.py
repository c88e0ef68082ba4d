"""Nobody's record is read without an entry in the log, and nobody changes, skips or removes an entry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from accounts import account, held_by
from deliveries import event, layout_folder, person, take
from fyrbak.access import log
from fyrbak.access.models import Entry
from fyrbak.access.roles import Role
from fyrbak.access.seat import seated
from fyrbak.records.models import Background, Death, PathwayEvent, Person, Residence
from pages import as_owner, as_pages

ON = date(2025, 7, 1)
WHY = "ringer patienten om kallelsen"


@pytest.fixture
def persons(records: str, tmp_path: Path) -> Iterator[None]:
    """Three persons: one in Västerbotten, one in Norrbotten, and one from there who was cared for in Umeå."""
    lives = [
        {"record_key": f"r{number}", "person_id": number, "region": region, "start_date": date(2000, 1, 1)}
        for number, region in ((1, "24"), (2, "25"), (3, "25"))
    ]
    rows = {
        "person": [person(number) for number in (1, 2, 3)],
        "residence": lives,
        "pathway_event": [event("e3", 3, region="24"), event("e2", 2, region="25")],
    }
    take(layout_folder(tmp_path / "delivery", rows))
    with as_pages():
        yield


@contextmanager
def sitting(role: Role, organisation: str, name: str = "") -> Iterator[None]:
    with seated(account(role, organisation, name=name).pk):
        yield


def opened(number: int, *, glass: bool = False) -> str | None:
    return log.open_person(number=str(number), why=WHY, glass=glass, on=ON)


def test_no_row_of_a_person_is_seen_before_it_is_opened(persons: None) -> None:
    with sitting(Role.UNIT_STAFF, "24"):
        assert not Person.objects.exists()
        assert opened(1)
        assert Person.objects.get().source_key == "a|1"
        assert Residence.objects.get().region_id == "24"
        assert not Death.objects.exists()
        assert not Background.objects.exists()
    assert not Person.objects.exists()
    with sitting(Role.UNIT_STAFF, "24", name="En Annan"):
        assert not Person.objects.exists()


def test_whoever_was_cared_for_here_is_ones_own_too(persons: None) -> None:
    with sitting(Role.UNIT_STAFF, "24"):
        assert opened(3)
        assert PathwayEvent.objects.get().region_id == "24"


def test_who_is_not_ones_own_and_who_does_not_exist_are_not_told_apart(persons: None) -> None:
    with sitting(Role.UNIT_STAFF, "24"):
        assert opened(2) is None
        assert opened(4) is None
        assert not Person.objects.exists()
        rows = [(entry.kind, entry.pseudonym, entry.home) for entry in Entry.objects.all()]
        assert rows == [("not-found", None, "")] * 2


def test_breaking_the_glass_opens_and_is_seen_by_both_regions(persons: None) -> None:
    with sitting(Role.UNIT_STAFF, "24"):
        assert opened(2, glass=True)
        assert Person.objects.get().source_key == "a|2"
    for region in ("24", "25"):
        with sitting(Role.REGIONAL_COORDINATOR, region):
            assert [entry.kind for entry in log.openings()] == ["broke-glass"]
    with sitting(Role.REGIONAL_COORDINATOR, "23"):
        assert not log.openings().exists()


def test_a_number_finds_its_person_in_three_forms(persons: None) -> None:
    with as_owner():
        pseudonym = Person.objects.get(source_key="a|1").pseudonym
        stored = Person.objects.get(source_key="a|1")
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO records_identity (status, version, known_from, batch_id, source_key, method,"
                " visibility, person_id, kind, number)"
                " VALUES ('active', 1, now(), %s, 'a|i1', 'manual', 'normal', %s, 'pnr', '191212121212')",
                [stored.batch_id, stored.pk],
            )
    with sitting(Role.SCREENING_OFFICE, "24"):
        for number in ("1", str(pseudonym), "121212+1212", "19121212-1212"):
            assert log.open_person(number=number, why=WHY, on=ON), number


def test_a_blocked_record_takes_broken_glass_at_home_too(persons: None, tmp_path: Path) -> None:
    with as_owner():
        blocked = [person(1, visibility="blocked")]
        take(layout_folder(tmp_path / "blocked", {"person": blocked}, as_of=date(2025, 7, 31)))
    with sitting(Role.UNIT_STAFF, "24"):
        assert opened(1) is None
        assert opened(1, glass=True)


@pytest.mark.parametrize("role", [Role.REGIONAL_COORDINATOR, Role.ADMINISTRATOR, Role.STATISTICIAN])
def test_other_roles_open_nobody(persons: None, role: Role) -> None:
    with sitting(role, "24"), pytest.raises(DatabaseError, match="may not open"):
        opened(1)


def test_a_reason_is_needed(persons: None) -> None:
    with sitting(Role.UNIT_STAFF, "24"):
        with pytest.raises(log.ReasonMissingError):
            log.open_person(number="1", why="  jobb  ", on=ON)
        with pytest.raises(log.ReasonMissingError, match="personal number"):
            log.open_person(number="1", why="ringer 19121212-1212 i dag", on=ON)
        assert not Entry.objects.exists()


def test_each_reading_is_an_entry_for_half_an_hour_and_in_the_same_role(persons: None) -> None:
    who = account(Role.UNIT_STAFF, "24")
    other = held_by(who, Role.UNIT_STAFF, "24-nus")
    with seated(who.pk):
        opening = opened(1)
        assert opening
        assert log.read_person(opening=opening, page="person")
        assert [entry.kind for entry in Entry.objects.order_by("id")] == ["opened", "read"]
    with seated(who.pk, other.pk):
        assert log.read_person(opening=opening, page="person") is None
        assert not Person.objects.exists()
    with sitting(Role.UNIT_STAFF, "24", name="En Annan"):
        assert log.read_person(opening=opening, page="person") is None


def test_an_opening_passes(persons: None, records: str) -> None:
    with sitting(Role.UNIT_STAFF, "24"):
        opening = opened(1)
        assert opening
        with psycopg.connect(records, autocommit=True) as owner:
            owner.execute("ALTER TABLE access_entry DISABLE TRIGGER entry_stays")
            owner.execute("UPDATE access_entry SET at = at - interval '31 minutes'")
        assert log.read_person(opening=opening, page="person") is None
        assert not Person.objects.exists()


def test_a_review_is_an_entry_by_somebody_else(persons: None) -> None:
    who = account(Role.UNIT_STAFF, "24")
    reviewer = held_by(who, Role.REGIONAL_COORDINATOR, "24")
    with seated(who.pk):
        opening = opened(1)
        assert opening
    with seated(who.pk, reviewer.pk):
        assert not log.review(opening=opening, note="jag själv")
    with sitting(Role.REGIONAL_COORDINATOR, "25"):
        assert not log.review(opening=opening, note="en annan region")
    with sitting(Role.REGIONAL_COORDINATOR, "24"):
        with pytest.raises(log.ReasonMissingError):
            log.review(opening=opening, note=" ")
        assert log.review(opening=opening, note="vårdrelation finns")
        (entry,) = log.openings()
        assert entry.reviewed
        assert [later.why for later in entry.later.all()] == ["vårdrelation finns"]
    with sitting(Role.ADMINISTRATOR, "24"), pytest.raises(DatabaseError, match="may not review"):
        log.review(opening=opening, note="administratör")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE access_entry SET why = 'annat'",
        "DELETE FROM access_entry",
        "TRUNCATE access_entry CASCADE",
        "INSERT INTO access_entry (kind, account_id, organisation_id, home) VALUES ('read', 1, '24', '')",
    ],
)
def test_pages_cannot_write_the_log_and_owners_cannot_change_it(persons: None, statement: str) -> None:
    with sitting(Role.UNIT_STAFF, "24"):
        opened(1)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with as_owner(), connection.cursor() as cursor:
        if not statement.startswith("INSERT"):
            with pytest.raises(DatabaseError, match="never changed"):
                cursor.execute(statement)


def _log_with_strange_words() -> None:
    with sitting(Role.UNIT_STAFF, "24", name='Åsa "Ö" \\ Öst'):
        for why in ("rad ett\nrad två\t– “citat” \\ slut", "kontroll \x01\x1f och \x7f tecken", WHY):
            assert log.open_person(number="1", why=why, on=ON)


def test_the_chain_is_verified_and_a_change_is_found(persons: None, records: str) -> None:
    _log_with_strange_words()
    with as_owner():
        whole = log.verify()
        assert (whole.entries, whole.broken) == (3, None)
        assert whole.head == Entry.objects.latest("id").hash
        assert log.is_whole()
    with psycopg.connect(records, autocommit=True) as owner:
        owner.execute("ALTER TABLE access_entry DISABLE TRIGGER entry_stays")
        owner.execute("UPDATE access_entry SET why = 'något annat skäl' WHERE id = 2")
    with as_owner():
        assert log.verify().broken == 2
    with sitting(Role.REGIONAL_COORDINATOR, "25"):
        assert not log.is_whole()


def test_a_removed_entry_is_found(persons: None, records: str) -> None:
    _log_with_strange_words()
    with psycopg.connect(records, autocommit=True) as owner:
        owner.execute("ALTER TABLE access_entry DISABLE TRIGGER entry_stays")
        owner.execute("DELETE FROM access_entry WHERE id = 2")
    with as_owner():
        assert log.verify().broken == 3
        assert not log.is_whole()


def test_no_entry_holds_a_personal_number(persons: None) -> None:
    with sitting(Role.UNIT_STAFF, "24"):
        log.open_person(number="19121212-1212", why=WHY, on=ON)
    with as_owner():
        assert "1212" not in json.dumps(list(Entry.objects.values()), default=str).replace(WHY, "")
