"""What is sent as FHIR lands as records or is listed with the reason; sent again it changes nothing."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from deliveries import ask
from fhir import (
    MCODE,
    SNOMED,
    bundle,
    cancer,
    concept,
    examples,
    observation,
    patient,
    take,
    written,
)
from fyrbak.records.fhir.export import write
from fyrbak.records.fhir.mapping import Listed, rows_of
from fyrbak.records.fhir.reading import files_of, resources
from fyrbak.records.fhir.rows_out import held_rows

LATER = datetime(2025, 7, 2, 8, tzinfo=UTC)
LAST = datetime(2025, 7, 3, 8, tzinfo=UTC)
# What the rules find wrong in the examples: findings in tumours that are other patients', and a child
# who played two years before being born.
FAULTS = {"tumour_of_another", "before_birth"}


def test_every_example_of_mcode_becomes_rows_or_is_listed() -> None:
    told: Counter[str] = Counter()
    mendable: dict[str, str] = {}
    files = files_of(examples())
    for file in files:
        outcomes = [rows_of(one, {}) for one in resources(file)]
        assert outcomes
        assert all(isinstance(one, Listed) or len(one) > 0 for one in outcomes)
        mendable |= {one.key: one.rule for one in outcomes if isinstance(one, Listed) and one.mendable}
        first = "listed" if isinstance(outcomes[0], Listed) else "rows"
        told["bundle" if file.name.startswith("Bundle") else first] += 1
    assert told == {"rows": 149, "listed": len(files) - 151, "bundle": 2}
    assert len(files) >= 178
    assert mendable == {
        "Observation/body-surface-area-example": "unit_unknown",
        "Observation/tnm-pathologic-distant-metastases-category-jenny-m": "no_value",
    }


def test_the_examples_land_and_go_out_and_come_back_the_same(records: str, tmp_path: Path) -> None:
    take(examples())
    open_rules = ask(
        records, "SELECT DISTINCT rule FROM records_refusal WHERE resolved_by_id IS NULL ORDER BY rule"
    )
    assert {rule for (rule,) in open_rules} == FAULTS | {"no_value", "unit_unknown"}
    again = take(examples(), landed_at=LATER)
    assert again.intake.total("landed") == 0
    before = _told("klinik")
    write(held_rows(), tmp_path / "out")
    back = take(tmp_path / "out", source="annan", landed_at=LAST)
    assert (back.intake.total("refused"), back.listed) == (0, ())
    assert back.intake.total("landed") == sum(len(rows) for rows in before.values()) + 7  # patients
    assert _told("annan") == before


def _told(source: str) -> dict[str, list[tuple[tuple[str, str], ...]]]:
    """What a source's rows say but for whom, table by table, with keys as their first source wrote them."""
    found: dict[str, list[tuple[tuple[str, str], ...]]] = {}
    for table, row in held_rows():
        sender, _, key = row["record_key"].partition("|")
        if sender == source:
            links = [name for name in ("tumour_key", "course_key", "report_key") if row.get(name)]
            own = {name: row[name].partition("|")[2].removeprefix("klinik|") for name in links}
            own |= {"record_key": key.removeprefix("klinik|"), "person_id": ""}
            found.setdefault(table, []).append(tuple(sorted((row | own).items())))
    return {table: sorted(rows) for table, rows in found.items()}


def test_a_patient_with_swedish_numbers_and_a_protected_identity(records: str, tmp_path: Path) -> None:
    one = patient(
        identifier=[
            {"system": "http://electronichealth.se/identifier/personnummer", "value": "198112189876"},
            {"system": "https://region.example/local", "value": "4711"},
        ],
        meta={"security": [{"code": "sekretessmarkering"}], "lastUpdated": "2025-05-02T10:00:00+02:00"},
        deceasedDateTime="2025-04",
    )
    result = take(written(tmp_path / "one.json", one))
    assert result.intake.total("refused") == 0
    assert ask(records, "SELECT visibility, sex, recorded_at::text FROM records_person") == [
        ("protected", "F", "2025-05-02")
    ]
    assert ask(records, "SELECT kind, number, visibility FROM records_identity") == [
        ("pnr", "198112189876", "protected")
    ]
    died = ask(records, "SELECT death_date::text, death_precision, source_key LIKE '%p1%' FROM records_death")
    assert died == [("2025-04-01", "M", False)]


def test_corrections_become_versions_and_errors_are_taken_back(records: str, tmp_path: Path) -> None:
    size = observation(
        "s", code=concept("21889-1"), valueQuantity=None,
        component=[_part("33728-7", 2.5), _part("33729-5", 1.5)],
    )  # fmt: skip
    take(written(tmp_path / "1.ndjson", patient(), cancer(), observation(), size))
    corrected = observation(valueQuantity={"value": 143, "code": "g/L"}, status="corrected")
    smaller = size | {"component": [_part("33728-7", 2.5)]}
    second = take(written(tmp_path / "2.ndjson", corrected, smaller), landed_at=LATER)
    assert (second.intake.total("corrected"), second.intake.total("refused")) == (2, 0)
    third = take(written(tmp_path / "3.ndjson", observation(status="entered-in-error")), landed_at=LAST)
    assert third.intake.total("landed") == 1
    rows = ask(
        records,
        "SELECT source_key, version, status, value FROM records_finding WHERE source_key NOT LIKE '%/s'"
        " AND known_to IS NULL ORDER BY source_key",
    )
    assert rows == [
        ("klinik|Observation/o1", 3, "retracted", Decimal(134)),
        ("klinik|Observation/s#part1", 1, "active", Decimal("2.5")),
        ("klinik|Observation/s#part2", 2, "retracted", None),
    ]


def _part(code: str, size: float) -> dict[str, object]:
    return {"code": concept(code), "valueQuantity": {"value": size, "code": "cm"}}


def test_versions_of_a_resource_in_one_delivery_land_in_their_order(records: str, tmp_path: Path) -> None:
    told = [
        observation(meta={"versionId": str(v), "lastUpdated": f"2025-05-0{v}T08:00:00Z"}, valueInteger=v)
        | {"valueQuantity": None}
        for v in (2, 3, 1)
    ]
    take(written(tmp_path / "1.ndjson", patient(), *told))
    assert ask(records, "SELECT version, value, known_to IS NULL FROM records_finding ORDER BY version") == [
        (1, 1, False), (2, 2, False), (3, 3, True),
    ]  # fmt: skip


def test_what_waits_for_its_person_and_tumour_lands_when_they_come(records: str, tmp_path: Path) -> None:
    early = observation(focus=[{"reference": "Condition/t1"}])
    first = take(written(tmp_path / "1.json", bundle([early])))
    assert first.refused == {"Observation": 1}
    again = take(written(tmp_path / "1.json", bundle([early])), landed_at=LANDED_AGAIN)
    assert again.intake.known
    second = take(written(tmp_path / "2.ndjson", patient(), cancer()), landed_at=LATER)
    assert (second.again, second.intake.total("landed"), second.intake.resolved) == (1, 3, 2)
    assert ask(records, "SELECT count(*) FROM records_finding WHERE tumour_id IS NOT NULL") == [(1,)]


LANDED_AGAIN = datetime(2025, 7, 1, 9, tzinfo=UTC)


def test_findings_stand_in_their_report_and_stay_there(records: str, tmp_path: Path) -> None:
    report = {
        "resourceType": "DiagnosticReport", "id": "r1", "status": "final", "code": concept("22637-3"),
        "category": [concept("PAT", "http://terminology.hl7.org/CodeSystem/v2-0074")],
        "subject": {"reference": "urn:uuid:5"}, "conclusion": "Duktal cancer",
        "issued": "2024-03-09T10:00:00Z",
        "result": [{"reference": "Observation/o1"}],
    }  # fmt: skip
    sent = bundle([report, observation()])
    sent["entry"].append({"fullUrl": "urn:uuid:5", "resource": patient()})
    take(written(tmp_path / "1.json", sent))
    second = take(written(tmp_path / "2.json", observation()), landed_at=LATER)
    assert second.intake.total("unchanged") == 1
    told = "SELECT r.kind, r.text FROM records_finding f JOIN records_report r ON r.id = f.report_id"
    assert ask(records, told) == [("pathology", "Duktal cancer")]


def test_radiotherapy_becomes_a_course_and_a_row_for_each_volume(records: str, tmp_path: Path) -> None:
    dose = f"{MCODE}mcode-radiotherapy-dose-delivered-to-volume"
    course = {
        "resourceType": "Procedure", "id": "rt", "status": "completed",
        "subject": {"reference": "Patient/p1"},
        "meta": {"profile": [f"{MCODE}mcode-radiotherapy-course-summary"]},
        "code": concept("1217123003", SNOMED, "Strålbehandling"),
        "performedPeriod": {"start": "2024-05-01", "end": "2024-06"},
        "extension": [
            {"url": dose, "extension": [
                {"url": "volume", "valueReference": {"display": "bröstkorg"}},
                {"url": "totalDoseDelivered", "valueQuantity": {"value": gray, "code": unit}},
                {"url": "fractionsDelivered", "valueUnsignedInt": 15},
            ]}
            for gray, unit in ((4005, "cGy"), (40.05, "Gy"))
        ],
    }  # fmt: skip
    take(written(tmp_path / "1.ndjson", patient(), course))
    assert (
        ask(
            records,
            "SELECT v.dose_gy, v.fractions, v.volume, c.modality, c.end_date FROM records_radiotherapy v"
            " JOIN records_treatmentcourse c ON c.id = v.course_id",
        )
        == [(Decimal("40.05"), 15, "bröstkorg", "radiotherapy", None)] * 2
    )
