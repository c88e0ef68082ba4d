"""Resources for the tests of FHIR: small invented ones, and HL7's own examples where they are at hand."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fyrbak.records.fhir.landing import FhirResult, sender, take_in_fhir

LANDED = datetime(2025, 7, 1, 8, tzinfo=UTC)
MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition/"
LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
ROOT = Path(__file__).parents[1]
_EXAMPLES = "FYRBAK_FHIR_EXAMPLES"
Resource = dict[str, Any]


def examples() -> Path:
    """The folder with the examples of mCODE 4.0.0; skips where they are not at hand."""
    folder = Path(
        os.environ.get(_EXAMPLES) or Path(__file__).parents[2] / "shared" / "data" / "mcode-4.0.0-examples"
    )
    if not folder.is_dir():
        pytest.skip(f"the examples of mCODE are not at hand; set {_EXAMPLES} to their folder")
    return folder


def concept(code: str, system: str = LOINC, words: str = "") -> Resource:
    return {"coding": [{"system": system, "code": code, "display": words}]}


def patient(id_: str = "p1", **other: Any) -> Resource:
    return {"resourceType": "Patient", "id": id_, "gender": "female", "birthDate": "1960-05-17"} | other


def cancer(id_: str = "t1", of: str = "p1", **other: Any) -> Resource:
    return {
        "resourceType": "Condition", "id": id_,
        "meta": {"profile": [f"{MCODE}mcode-primary-cancer-condition"]},
        "code": concept("C50.4", "http://hl7.org/fhir/sid/icd-10-se", "Malign tumör i bröstkörtel"),
        "subject": {"reference": f"Patient/{of}"}, "onsetDateTime": "2024-03-01",
    } | other  # fmt: skip


def observation(id_: str = "o1", of: str = "p1", **other: Any) -> Resource:
    return {
        "resourceType": "Observation", "id": id_, "status": "final", "code": concept("718-7"),
        "subject": {"reference": f"Patient/{of}"}, "effectiveDateTime": "2024-03-05",
        "valueQuantity": {"value": 134, "unit": "g/L", "system": UCUM, "code": "g/L"},
    } | other  # fmt: skip


def bundle(resources: Iterable[Resource], kind: str = "transaction") -> Resource:
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": one} for one in resources]}


def written(path: Path, *resources: Resource) -> Path:
    """Write NDJSON, or the one resource or bundle that a .json file holds."""
    lines = "\n".join(json.dumps(one) for one in resources)
    path.write_text(lines, encoding="utf-8")
    return path


def take(path: Path, *, landed_at: datetime = LANDED, source: str = "klinik", **other: Any) -> FhirResult:
    return take_in_fhir(
        path=path, source=sender(source, synthetic=True), landed_at=landed_at,
        pseudonyms=np.random.default_rng(1), **other,
    )  # fmt: skip
