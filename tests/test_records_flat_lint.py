"""The lint of doses, units and days: every rule by its worked examples, and FHIR by invented persons."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir import examples
from fyrbak.records.fhir.reading import Sent
from fyrbak.records.flat import facts
from fyrbak.records.flat.lint import Finding, Rule, findings, lint, rules
from fyrbak.records.flat.resources import facts_of
from fyrbak.records.intake.batch import room

TODAY = date(2025, 6, 30)
RULES = rules().rules
Example = dict[str, list[dict[str, Any]]]


def _found(example: Example, rule: Rule) -> list[Finding]:
    with room() as database:
        facts.begin(database)
        for table, rows in example.items():
            usual = {name: value for name, value in _USUAL.items() if name in facts.COLUMNS[table]}
            facts.add(database, table, [{"line": line} | usual | row for line, row in enumerate(rows, 2)])
        return findings(database, today=TODAY, lang="sv", asked=[rule])


_USUAL = {
    "file": "f.csv",
    "name": "4711",
    "person": "a",
    "day": date(2024, 1, 10),
    "exact": True,
    "done": True,
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_examples_hold(rule: Rule) -> None:
    assert rule.passes
    assert rule.fails
    for example in rule.passes:
        assert not _found(example, rule), example
    for example in rule.fails:
        told = _found(example, rule)
        assert told, example
        assert all(one.reason.endswith(".") and "{" not in one.reason + one.mend for one in told)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_both_languages_name_the_same(rule: Rule) -> None:
    for text in (rule.text, rule.mend):
        assert sorted(re.findall(r"{\w+}", text.sv)) == sorted(re.findall(r"{\w+}", text.en))
        assert text.sv.endswith((".", "?", "fel.")) == text.en.endswith((".", "?", "wrong."))


def _reference(kind: str, id_: str) -> dict[str, str]:
    return {"reference": f"{kind}/{id_}"}


def _quantity(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "system": "http://unitsofmeasure.org", "code": unit}


def _given(drug: str, dose: float, words: str, kind: str = "MedicationAdministration") -> dict[str, Any]:
    return {
        "resourceType": kind, "id": f"{kind}-{drug}", "status": "completed",
        "subject": _reference("Patient", "a"),
        "effectiveDateTime": "2024-04-22", "note": [{"text": words}],
        "medicationCodeableConcept": {"coding": [{"system": "http://www.whocc.no/atc", "code": drug}]},
        "dosage": {"dose": _quantity(dose, "mg")},
    }  # fmt: skip


def _measured(name: str, code: str, value: float, unit: str, day: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation", "id": name, "status": "final", "subject": _reference("Patient", "a"),
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]}, "effectiveDateTime": day,
        "valueQuantity": _quantity(value, unit),
    }  # fmt: skip


_MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-radiotherapy"
RADIATED = {
    "resourceType": "Procedure", "id": "beam", "status": "completed", "subject": _reference("Patient", "a"),
    "performedPeriod": {"start": "2024-08-15", "end": "2024-10-25"},
    "extension": [
        {"url": f"{_MCODE}-sessions", "valueUnsignedInt": 31},
        {"url": f"{_MCODE}-dose-delivered-to-volume", "extension": [
            {"url": "totalDoseDelivered", "valueQuantity": _quantity(6000, "cGy")},
            {"url": "fractionsDelivered", "valueUnsignedInt": 30}]},
    ],
}  # fmt: skip
# The six faults that stand in the published example of a patient, in an invented one.
SIX = {
    "DOSES_IMPLY_TWO_BODIES": [
        _given("L01DB01", 105.96, "60 mg/m²"),
        _given("L01CD01", 272.01, "175 mg/m²"),
    ],
    "DOSE_SAME_NUMBER": [_given("H02AB07", 36.01, "prednisone (36.01 mg/m² IV), 36.01 mg")],
    "UNIT_NOT_UCUM": [_measured("area", "8277-6", 1.77, "m^2", "2024-03-06")],
    "BEAM_PERIOD_AND_FRACTIONS": [RADIATED],
    "NAMED_BY_ANOTHER_DAY": [_measured("weight-2024-03-16", "29463-7", 155, "[lb_av]", "2024-03-06")],
    "DRUG_DURING_RADIOTHERAPY": [
        RADIATED,
        _given("L02BG03", 1, "", "MedicationRequest")
        | {"effectiveDateTime": None, "authoredOn": "2024-09-30", "dosage": None},
    ],
}


def _bundle(resources: list[dict[str, Any]]) -> str:
    entries = [{"resource": resource} for resource in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


@pytest.mark.parametrize("rule", SIX)
def test_the_six_faults_in_a_bundle(rule: str, tmp_path: Path) -> None:
    (tmp_path / "patient.json").write_text(_bundle(SIX[rule]))
    assert rule in {one.rule for one in lint(tmp_path / "patient.json", today=TODAY, lang="sv")}


def test_a_bundle_and_lines_of_resources_say_the_same(tmp_path: Path) -> None:
    everything = [resource for resources in SIX.values() for resource in resources]
    (tmp_path / "patient.json").write_text(_bundle(everything))
    (tmp_path / "lines.ndjson").write_text("\n".join(json.dumps(resource) for resource in everything))
    one, other = (
        [(found.line, found.name, found.rule) for found in lint(tmp_path / name, today=TODAY, lang="en")]
        for name in ("patient.json", "lines.ndjson")
    )
    assert one == other
    assert {rule for *_, rule in one} >= SIX.keys()


def test_the_six_faults_of_the_published_example() -> None:
    folder = examples()
    found = {(one.rule, one.name) for one in lint(folder, today=TODAY, lang="sv")}
    assert {
        ("DOSES_IMPLY_TWO_BODIES", f"{_GIVEN}-doxorubicin-jenny-m"),
        ("DOSE_SAME_NUMBER", f"{_GIVEN}-prednisone-brian-l"),
        ("UNIT_NOT_UCUM", "Observation/body-surface-area-example"),
        ("BEAM_PERIOD_AND_FRACTIONS", "Procedure/radiotherapy-treatment-summary-chest-wall-jenny-m"),
        ("NAMED_BY_ANOTHER_DAY", "Observation/bodyweight-jenny-m-2018-03-16"),
        (
            "DRUG_DURING_RADIOTHERAPY",
            "MedicationRequest/cancer-related-medication-request-anastrozole-jenny-m",
        ),
    } <= found


_GIVEN = "MedicationAdministration/cancer-related-medication-admin"
_WORDS = [
    "subject",
    "reference",
    "dosage",
    "dose",
    "value",
    "code",
    "coding",
    "note",
    "text",
    "url",
    "status",
]
_WORDS += [
    "extension",
    "performedPeriod",
    "start",
    "end",
    "valueQuantity",
    "effectiveDateTime",
    "doseAndRate",
]
_WORDS += ["valueUnsignedInt", "birthDate", "dosageInstruction", "medicationCodeableConcept"]
_PLAIN = st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False) | st.just(10**400)
_VALUES = st.recursive(
    _PLAIN | st.sampled_from(["2024-01-10", "2024-13-40", "mg", "", f"{_MCODE}-dose-delivered-to-volume"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_WORDS), inner, max_size=5),
    max_leaves=20,
)


@given(st.sampled_from(["Patient", "MedicationAdministration", "Observation", "Procedure", ""]), _VALUES)
def test_any_resource_gives_facts_or_none(kind: str, value: Any) -> None:
    resource = (value if isinstance(value, dict) else {"subject": value}) | {"resourceType": kind, "id": "x"}
    for table, fact in facts_of(Sent(resource, "", "f.json", 1)):
        assert fact.keys() <= facts.COLUMNS[table].keys()
        assert isinstance(fact.get("value"), float | None)
