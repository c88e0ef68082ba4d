"""Resources inside others, and references by identifier alone: read as any other, however they are sent."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deliveries import ask
from fhir import LOINC, bundle, cancer, concept, observation, patient, take, written
from fyrbak.records.fhir.unfolding import unfolded

PERSONAL = "http://electronichealth.se/identifier/personnummer"
OID = "urn:oid:1.2.752.129.2.1.3.1"
LATER = datetime(2025, 7, 2, 8, tzinfo=UTC)
LAST = datetime(2025, 7, 3, 8, tzinfo=UTC)


def by_number(text: str, system: str = PERSONAL) -> dict[str, Any]:
    return {"identifier": {"system": system, "value": text}}


def whose(records: str) -> list[tuple[str, str]]:
    """Each finding with the person that it is of."""
    return [
        (finding.partition("|")[2], person.partition("|")[2])
        for finding, person in ask(
            records,
            "SELECT f.source_key, p.source_key FROM records_finding f"
            " JOIN records_person p ON p.id = f.person_id WHERE f.known_to IS NULL ORDER BY f.source_key",
        )
    ]


def test_contained_resources_land_under_keys_that_follow_from_where_they_stand(
    records: str, tmp_path: Path
) -> None:
    inside = patient("p", identifier=[{"system": PERSONAL, "value": "19811218-9876"}])
    sent = [observation(name, contained=[inside], subject={"reference": "#p"}) for name in ("o1", "o2")]
    drug = {
        "resourceType": "MedicationRequest", "id": "m1", "status": "completed", "authoredOn": "2024-04-01",
        "subject": {"reference": "#p"}, "medicationReference": {"reference": "#m"},
        "contained": [inside, {
            "resourceType": "Medication", "id": "m", "code": concept("L01AA01", "http://www.whocc.no/atc"),
        }],
    }  # fmt: skip
    done = take(written(tmp_path / "a.json", bundle([*sent, drug])))
    assert done.intake.total("refused") == 0
    assert done.types["Medication"].listed == 1
    (one, two) = whose(records)
    assert one[1] == two[1]
    assert one[1].startswith("Patient/n")
    assert ask(records, "SELECT code FROM records_treatmentcourse") == [("L01AA01",)]
    assert ask(records, "SELECT count(*) FROM records_person") == [(1,)]
    assert (
        take(written(tmp_path / "b.json", bundle([*sent, drug])), landed_at=LATER).intake.total("landed") == 0
    )


def test_a_contained_diagnosis_without_a_number_belongs_to_its_resource(records: str, tmp_path: Path) -> None:
    sent = observation(contained=[cancer("t")], focus=[{"reference": "#t"}])
    assert take(written(tmp_path / "a.ndjson", patient(), sent)).intake.total("refused") == 0
    ((key, tumour),) = ask(
        records,
        "SELECT t.source_key, f.tumour_link FROM records_finding f"
        " JOIN records_tumour t ON t.id = f.tumour_id",
    )
    assert (key.endswith(".t"), tumour) == (True, "stated")


@pytest.mark.parametrize("written_so", ["198112189876", "19811218-9876"])
def test_a_patient_is_found_by_number_in_the_delivery_and_before_it(
    records: str, tmp_path: Path, written_so: str
) -> None:
    known = patient(identifier=[{"system": PERSONAL, "value": "19811218-9876"}])
    first = observation("o1", subject=by_number(written_so, OID))
    take(written(tmp_path / "a.ndjson", first, known))
    take(written(tmp_path / "b.ndjson", observation("o2", subject=by_number(written_so))), landed_at=LATER)
    assert whose(records) == [("Observation/o1", "Patient/p1"), ("Observation/o2", "Patient/p1")]


def test_who_has_not_come_is_waited_for_and_no_number_is_told(records: str, tmp_path: Path) -> None:
    sent = observation(subject=by_number("19811218-9876"))
    done = take(written(tmp_path / "a.ndjson", sent))
    assert done.intake.total("refused") == 1
    assert ask(records, "SELECT rule, value FROM records_refusal") == [("unknown_person", "Patient/?")]
    known = patient(identifier=[{"system": PERSONAL, "value": "19811218-9876"}])
    assert take(written(tmp_path / "b.ndjson", known), landed_at=LAST).again == 1
    assert whose(records) == [("Observation/o1", "Patient/p1")]


def test_a_tumour_is_found_by_the_clinics_own_identifier(records: str, tmp_path: Path) -> None:
    name = {"system": "https://klinik.example/diagnos", "value": "D-7"}
    tumour, sent = cancer(identifier=[name]), observation(focus=[{"type": "Condition", "identifier": name}])
    take(written(tmp_path / "a.ndjson", patient(), sent, tumour))
    assert ask(records, "SELECT tumour_link FROM records_finding") == [("stated",)]


def test_odd_insides_are_read_without_a_fault() -> None:
    odd: list[Any] = [None, 1, "x", [], {}, {"id": 3}, {"id": "a", "resourceType": ["x"]}]
    resource = {"resourceType": "Basic", "contained": odd, "a": [{"reference": "#a"}, {"reference": 5}]}
    found = list(unfolded(resource, "Basic/1"))
    assert len(found) == 4
    assert "contained" not in found[-1]
    assert list(unfolded({"contained": {"id": "x"}, "code": LOINC}, "")) == [{"code": LOINC}]
