"""Notifications by hand: versions that follow, tumours at once, decisions, findings, one or all alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from deliveries import layout_folder, person, take
from fyrbak.access.actor import Actor, OutOfSightError
from fyrbak.access.roles import Role
from fyrbak.records.models import Person
from fyrbak.registers.notifications import services
from fyrbak.registers.notifications.entries import Entry, NotificationError, RefusedNotificationError
from fyrbak.registers.notifications.models import Doubt, Finding, Notification, Ruling, Tumour
from fyrbak.registers.notifications.refresh import refresh_all
from fyrbak.registers.notifications.selectors import (
    counts_by_unit,
    current,
    missing,
    open_findings,
    sources_of,
)
from fyrbak.registers.notifications.services import Act
from fyrbak.registers.notifications.yearly import deliver

AT = datetime(2025, 7, 2, 9, tzinfo=UTC)
HERE = Actor(None, "Maja Lind", Role.REGISTRAR, "24", frozenset({"24", "24-nus", "24-nus-kir"}))
CLINIC = Entry("clinic", "24", date(2024, 3, 1), topography="C50.9", laterality="L", basis="3", unit="24-nus")
LABORATORY = Entry(
    "pathology", "24", date(2024, 3, 4), topography="C50.4", morphology="8500", behaviour="3", grade="2",
    referrer="24-nus-kir", text="Invasiv duktal cancer.",
)  # fmt: skip


def act(minutes: int = 0, why: str = "") -> Act:
    return Act(HERE, AT + timedelta(minutes=minutes), why)


@pytest.fixture
def patient(records: str, tmp_path: Path) -> Iterator[int]:
    """The first version of a woman who is known here."""
    take(layout_folder(tmp_path / "persons", {"person": [person(7)]}))
    yield Person.objects.get(version=1).pk


def receive(patient: int, entry: Entry, minutes: int = 0) -> UUID:
    return services.receive(person=patient, entry=entry, act=act(minutes))


def seen() -> list[tuple[Any, ...]]:
    """The read model without what a refresh alone decides."""
    return [
        tuple(sorted((name, str(value)) for name, value in row.items() if name not in ("id", "first_seen")))
        for model in (Tumour, Doubt, Finding)
        for row in model.objects.order_by("pk").values()
    ]


def test_two_sources_become_one_tumour_and_both_are_kept(patient: int) -> None:
    first = receive(patient, LABORATORY)
    [tumour] = missing()
    assert (tumour.awaited, tumour.awaited_from_id, tumour.due) == ("clinic", "24-nus-kir", date(2025, 6, 15))
    receive(patient, CLINIC, 1)
    [tumour] = Tumour.objects.all()
    assert (tumour.key, tumour.awaited) == (first, "")
    assert (tumour.topography, tumour.morphology, tumour.first) == ("C50.4", "8500", date(2024, 3, 1))
    assert tumour.stands["topography"][1] == "known"
    assert [one.topography for one in sources_of(tumour)] == ["C50.4", "C50.9"]


def test_a_correction_is_a_new_version_and_a_retraction_leaves_the_history(patient: int) -> None:
    receive(patient, LABORATORY)
    shown = current().get()
    services.correct(notification=shown, entry=replace(LABORATORY, grade="3"), act=act(1, "fel avläst"))
    assert Tumour.objects.get().grade == "3"
    with pytest.raises(NotificationError, match="somebody else"):
        services.correct(notification=shown, entry=replace(LABORATORY, grade="1"), act=act(2, "nej"))
    with pytest.raises(NotificationError, match="why"):
        services.retract(notification=current().get(), act=act(3))
    services.retract(notification=current().get(), act=act(4, "fel patient"))
    assert not Tumour.objects.exists()
    assert [(row.version, row.status, row.grade) for row in Notification.objects.order_by("pk")] == [
        (1, "active", "2"), (2, "corrected", "3"), (3, "retracted", "3"),
    ]  # fmt: skip


def test_what_cannot_be_is_refused_and_what_is_seldom_waits_in_the_queue(patient: int) -> None:
    with pytest.raises(RefusedNotificationError) as refused:
        receive(patient, replace(LABORATORY, topography="C50.7"))
    assert [one["rule"] for one in refused.value.findings] == ["TOPO_VALID"]
    assert not Notification.objects.exists()
    receive(patient, replace(CLINIC, laterality=""), 1)
    finding = open_findings().get(rule="SIDE_MISSING")
    assert "parigt" in finding.sv
    assert "paired" in finding.en


def test_a_finding_goes_with_its_cause_and_a_closed_one_stays_closed_unless_new(patient: int) -> None:
    receive(patient, replace(CLINIC, laterality=""))
    services.close(finding=open_findings().get(rule="SIDE_MISSING"), act=act(1, "sidan går inte att få"))
    refresh_all(at=AT + timedelta(days=1), on=AT.date())
    assert not open_findings().filter(rule="SIDE_MISSING").exists()
    shown = current().get()
    services.correct(
        notification=shown, entry=replace(CLINIC, laterality="", topography="C50.4"), act=act(2, "läget")
    )
    assert open_findings().filter(rule="SIDE_MISSING").count() == 1
    services.correct(notification=current().get(), entry=CLINIC, act=act(3, "sidan"))
    assert not open_findings().filter(rule="SIDE_MISSING").exists()
    assert Finding.objects.filter(rule="SIDE_MISSING", gone_at=None).count() == 0


def test_a_doubt_is_decided_and_the_decision_undone(patient: int) -> None:
    receive(patient, LABORATORY)
    receive(patient, replace(CLINIC, topography="C50.2"), 1)
    doubt = Doubt.objects.get()
    assert (doubt.rule, sorted(doubt.told)) == ("site", ["C502", "C504"])
    assert all(one.waits for one in Tumour.objects.all())
    services.rule(doubt=doubt, same=True, act=act(2, "samma tumör enligt operationsberättelsen"))
    tumour = Tumour.objects.get()
    assert (tumour.waits, Doubt.objects.count()) == (False, 0)
    services.undo(ruling=Ruling.objects.get(), act=act(3, "fel journal"))
    assert (Tumour.objects.count(), Doubt.objects.count(), Ruling.objects.count()) == (2, 1, 2)


def test_it_makes_no_difference_whether_one_or_all_are_made_anew(patient: int) -> None:
    receive(patient, LABORATORY)
    receive(patient, replace(CLINIC, topography="C50.2", laterality=""), 1)
    receive(patient, replace(CLINIC, topography="C34.1", basis="2"), 2)
    at_once = seen()
    made = refresh_all(at=AT + timedelta(days=1), on=AT.date())
    assert (made.persons, made.tumours, made.doubts) == (1, 3, 1)
    assert seen() == at_once
    Tumour.objects.all().delete()
    refresh_all(at=AT + timedelta(days=1), on=AT.date())
    assert {one[1:] for one in map(tuple, seen())} == {one[1:] for one in map(tuple, at_once)}


def test_history_is_only_added_to_and_places_are_ones_own(patient: int) -> None:
    receive(patient, LABORATORY)
    for deed in (lambda: Notification.objects.update(grade="1"), lambda: Notification.objects.all().delete()):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            deed()
    with pytest.raises(OutOfSightError):
        receive(patient, replace(LABORATORY, region="25"))


def test_counts_by_unit(patient: int) -> None:
    receive(patient, LABORATORY)
    told = {one.unit: one for one in counts_by_unit(date(2025, 7, 3), date(2025, 1, 1))}
    assert (told["24"].received, told["24-nus-kir"].missing, told["24-nus-kir"].late) == (1, 1, 1)


def test_a_year_is_delivered_once_and_what_is_not_ready_is_held_back(patient: int) -> None:
    receive(patient, LABORATORY)
    receive(patient, replace(CLINIC, topography="C34.1", basis="2"), 1)
    first, new = deliver(region="24", year=2024, by_name="prov", at=AT)
    assert (new, first.rows, first.held_back) == (True, 1, {"morfologi": 1})
    heading, row = bytes(first.content).decode().splitlines()
    told = dict(zip(heading.split(";"), row.split(";"), strict=True))
    assert (told["lage"], told["morfologi"], told["icd10"], told["kon"]) == ("C50.4", "8500", "C504", "2")
    again, new = deliver(region="24", year=2024, by_name="prov", at=AT + timedelta(days=1))
    assert (new, again.pk) == (False, first.pk)
    services.correct(
        notification=current().get(kind="pathology"), entry=replace(LABORATORY, grade="3"), act=act(2, "grad")
    )
    changed, new = deliver(region="24", year=2024, by_name="prov", at=AT + timedelta(days=2))
    assert (new, changed.version, changed.supersedes_id) == (True, 2, first.pk)
    assert deliver(region="24", year=2024, basal_cell=True, by_name="prov", at=AT)[0].rows == 0
