"""What lands as records becomes notifications: a clinic and a laboratory, one tumour, and what follows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connections

from commands import Command
from fhir import SNOMED, bundle, cancer, concept, observation, patient, take, written
from fyrbak.records.intake.batch import NotNowError
from fyrbak.registers.inbox.services import receive, take_in_waiting
from fyrbak.registers.night import night
from fyrbak.registers.notifications.models import Notification, NotificationFile, Tumour
from fyrbak.registers.notifications.recorded import Notified, notify, notifying, notifying_sources
from fyrbak.registers.notifications.selectors import current, open_refusals
from fyrbak.registers.pathology_review.models import Proposal

AT = datetime(2025, 7, 2, 9, tzinfo=UTC)
ON = date(2025, 7, 2)
NUMBER = {"system": "http://electronichealth.se/identifier/personnummer", "value": "19811218-9876"}
ICDO3 = "http://terminology.hl7.org/CodeSystem/icd-o-3"
TEXT = "Diagnos: Invasiv duktal cancer, grad 2, i vänster bröst."


@pytest.fixture(autouse=True)
def sources(records: str) -> Iterator[None]:
    """A clinic's system and a laboratory's, both of Västerbotten."""
    for source, kind in (("klinik", "clinic"), ("lab", "pathology")):
        notifying(source=source, kind=kind, region="24", by_name="prov", at=AT)
    yield


def landed(tmp_path: Path, *resources: dict[str, Any], source: str = "klinik", days: int = 0) -> None:
    at = AT - timedelta(days=20 - days)
    take(written(tmp_path / f"{source}{days}.ndjson", *resources), source=source, landed_at=at)


def told(days: int = 0) -> dict[str, tuple[int, int, int] | None]:
    found: list[Notified] = list(notify(at=AT + timedelta(days=days), on=ON))
    return {
        one.source: (one.file.landed, one.file.unchanged, one.file.refused) if one.file else None
        for one in found
    }


def report(of: str = "p1", **other: Any) -> dict[str, Any]:
    return {
        "resourceType": "DiagnosticReport", "id": "d1", "status": "final",
        "subject": {"reference": f"Patient/{of}"}, "effectiveDateTime": "2024-03-05",
        "category": [concept("PAT", "http://terminology.hl7.org/CodeSystem/v2-0074")],
        "code": concept("60568-3"), "conclusion": TEXT,
    } | other  # fmt: skip


def stage(id_: str, code: str, said: str) -> dict[str, Any]:
    return observation(
        id_, code=concept(code, SNOMED), valueCodeableConcept=concept("1", SNOMED, said),
        focus=[{"reference": "Condition/t1"}], method=concept("897275008", SNOMED), valueQuantity=None,
    )  # fmt: skip


def test_a_clinic_and_a_laboratory_become_one_tumour_with_both_sources_kept(tmp_path: Path) -> None:
    landed(tmp_path, patient(identifier=[NUMBER]), cancer(), stage("a", "399504009", "cT2"))
    coded = cancer("x", "q", code=concept("8500/3", ICDO3), bodySite=[concept("C50.4", ICDO3)])
    of_tumour = [{"url": "mcode-related-condition", "valueReference": {"reference": "Condition/x"}}]
    answer = report("q", extension=of_tumour)
    landed(tmp_path, patient("q", identifier=[NUMBER]), coded, answer, source="lab")
    assert told() == {"klinik": (1, 0, 0), "lab": (1, 0, 0)}
    tumour = Tumour.objects.get()
    assert (tumour.topography, tumour.morphology, tumour.behaviour, tumour.t) == ("C50.4", "8500", "3", "2")
    assert (tumour.edition, tumour.awaited, len(tumour.notifications)) == ("8", "", 2)
    clinic, laboratory = current().order_by("kind")
    assert (clinic.kind, laboratory.kind, laboratory.text) == ("clinic", "pathology", TEXT)
    assert (clinic.region_id, clinic.behaviour) == ("24", "3")  # C50.4 is malignant
    assert told(1) == {"klinik": None, "lab": None}


def test_corrections_and_retractions_follow_and_a_registrars_own_stays(tmp_path: Path) -> None:
    landed(tmp_path, patient(), cancer())
    told()
    landed(tmp_path, cancer(code=concept("C50.2", "http://hl7.org/fhir/sid/icd-10-se")), days=1)
    assert told(1)["klinik"] == (1, 0, 0)
    assert Tumour.objects.get().topography == "C50.2"
    held = current().get()
    by_hand = {field.attname: getattr(held, field.attname) for field in held._meta.concrete_fields}
    by_hand |= {"id": None, "version": 3, "replaces_id": held.pk, "file_id": None, "line": None}
    Notification.objects.create(**by_hand | {"topography": "C50.5", "why": "sett i journalen"})
    landed(tmp_path, observation(), days=2)
    assert told(2)["klinik"] == (0, 1, 0)
    assert current().get().topography == "C50.5"
    gone = cancer(verificationStatus=concept("entered-in-error", "x"))
    landed(tmp_path, gone, days=3)
    assert told(3)["klinik"] == (1, 0, 0)
    assert not Tumour.objects.exists()
    landed(tmp_path, cancer(recordedDate="2024-04-01"), days=4)
    assert told(4)["klinik"] == (1, 0, 0)
    assert [one.version for one in Notification.objects.order_by("version")] == [1, 2, 3, 4, 5]


def test_a_report_of_a_clinics_system_is_the_laboratorys_where_it_says_which_tumour(tmp_path: Path) -> None:
    of_tumour = [{"url": "mcode-related-condition", "valueReference": {"reference": "Condition/t1"}}]
    benign = report(id="d2", conclusion="Benign hud.")
    landed(tmp_path, patient(), cancer(), report(extension=of_tumour), benign)
    assert told()["klinik"] == (2, 0, 0)
    assert {(one.kind, one.topography) for one in current()} == {("clinic", "C50.4"), ("pathology", "C50.4")}
    assert Tumour.objects.count() == 1
    landed(tmp_path, report(status="entered-in-error"), days=1)
    assert told(1)["klinik"] == (1, 1, 0)
    assert [one.kind for one in current()] == ["clinic"]


def test_what_cannot_be_is_refused_until_it_is_sent_right(tmp_path: Path) -> None:
    landed(
        tmp_path, patient(gender="male"), cancer(code=concept("C56.9", "http://hl7.org/fhir/sid/icd-10-se"))
    )
    assert told()["klinik"] == (0, 0, 1)
    assert [one.rule for one in open_refusals()] == ["SEX_TOPO"]
    landed(tmp_path, observation(), days=1)
    assert told(1)["klinik"] == (0, 0, 1)
    assert open_refusals().count() == 1  # refused again, told once
    landed(tmp_path, cancer(), days=2)
    assert told(2)["klinik"] == (1, 0, 0)
    assert not open_refusals().exists()


def test_a_source_that_no_longer_notifies_is_left_alone(tmp_path: Path) -> None:
    landed(tmp_path, patient(), cancer())
    notifying(source="klinik", kind="none", region="24", by_name="prov", at=AT)
    assert [one.source for one in notifying_sources()] == ["lab"]
    assert told() == {"lab": None}


def test_the_night_goes_from_messages_to_read_reports_and_a_second_changes_nothing(
    records: str, fyrbak: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fyrbak.records.prepare.prepare_database", lambda: records)
    of_tumour = [{"url": "mcode-related-condition", "valueReference": {"reference": "Condition/t1"}}]
    sent = bundle([patient(), cancer(), report(extension=of_tumour)])
    receive(content=json.dumps(sent).encode(), organisation="24", by_name="prov", at=AT)
    steps = {
        one.name: one.counts for one in night(pseudonyms=np.random.default_rng(1), clock=lambda: AT, on=ON)
    }
    assert {**steps["inbox"], **steps["notifications"]} == {
        "messages": 1, "landed": 2, "unchanged": 0, "refused": 0, "faulty": 0, "sources": 3,
    }  # fmt: skip
    assert (steps["tumours and checks"]["tumours"], steps["reports"]) == (1, {"read": 1})
    assert Proposal.objects.filter(field="morphology", value="8500").exists()
    files = NotificationFile.objects.count()
    code, said = fyrbak("register", "night")
    assert (code, "0 messages" in said, "0 read" in said) == (0, True, True)
    assert NotificationFile.objects.count() == files


def test_two_that_take_in_at_once_take_turns() -> None:
    """The night and the command of every minute may meet."""
    receive(content=json.dumps(bundle([patient()])).encode(), organisation="24", by_name="prov", at=AT)

    def one_of_two(seed: int) -> int:
        try:
            return len(take_in_waiting(pseudonyms=np.random.default_rng(seed), clock=lambda: AT, on=ON))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(one_of_two, (1, 2))) == [0, 1]


def test_a_message_that_meets_another_delivery_waits_on(monkeypatch: pytest.MonkeyPatch) -> None:
    receive(content=json.dumps(bundle([patient()])).encode(), organisation="24", by_name="prov", at=AT)

    def busy(**_: object) -> None:
        raise NotNowError("another intake is under way.")

    with monkeypatch.context() as patch:
        patch.setattr("fyrbak.registers.inbox.services.take_in_message", busy)
        assert take_in_waiting(pseudonyms=np.random.default_rng(1), clock=lambda: AT, on=ON) == []
    (outcome,) = take_in_waiting(pseudonyms=np.random.default_rng(1), clock=lambda: AT, on=ON)
    assert (outcome.landed, outcome.fault) == (1, "")


def test_the_commands_tell_what_became_of_the_records(
    records: str, tmp_path: Path, fyrbak: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fyrbak.records.prepare.prepare_database", lambda: records)
    landed(tmp_path, patient(), cancer(), source="annan")
    assert fyrbak("register", "source", "annan", "--kind", "clinic", "--region", "24")[0] == 0
    code, said = fyrbak("register", "notify")
    assert (code, "1 landed" in said) == (0, True)
    code, said = fyrbak("register", "source", "annan", "--kind", "granne", "--region", "24")
    assert (code, "no kind of source" in said) == (2, True)
