"""``python -m bench.fhir``: how fast resources become records, with an invented delivery of bulk NDJSON.

Of a hundred resources two are patients, two tumours, four stages, six drugs given, the rest laboratory tests.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

_MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition/"
_LOINC, _SNOMED = "http://loinc.org", "http://snomed.info/sct"
_TESTS = (("718-7", "g/L", 130), ("26464-8", "10*9/L", 6), ("2160-0", "umol/L", 70), ("777-3", "10*9/L", 250))
_PER_PATIENT = 50


def resources(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Invented resources, patient by patient."""
    rng = np.random.default_rng(seed)
    for person in range(count // _PER_PATIENT):
        day = date(2020, 1, 1) + timedelta(days=int(rng.integers(1800)))
        whose = {"subject": {"reference": f"Patient/p{person}"}}
        yield {
            "resourceType": "Patient", "id": f"p{person}", "gender": ("female", "male")[person % 2],
            "birthDate": f"{1930 + person % 60}-05-17", "meta": {"lastUpdated": "2025-01-01T08:00:00Z"},
        }  # fmt: skip
        yield {
            "resourceType": "Condition", "id": f"t{person}", "onsetDateTime": str(day),
            "meta": {"profile": [f"{_MCODE}mcode-primary-cancer-condition"]},
            "code": _concept("C50.4", "http://hl7.org/fhir/sid/icd-10-se"), **whose,
        }  # fmt: skip
        for number in range(_PER_PATIENT - 2):
            yield _of_tumour(person, number, day, rng) | whose


def _of_tumour(person: int, number: int, day: date, rng: np.random.Generator) -> dict[str, Any]:
    on, tumour = str(day + timedelta(days=number)), {"reference": f"Condition/t{person}"}
    if number < 2:
        return {
            "resourceType": "Observation", "id": f"s{person}-{number}", "status": "final", "focus": [tumour],
            "effectiveDateTime": on, "code": _concept("399537006", _SNOMED),
            "valueCodeableConcept": _concept("1222769001", _SNOMED, "stage IIB"),
            "method": _concept("897275008", _SNOMED),
        }  # fmt: skip
    if number < 5:
        return {
            "resourceType": "MedicationAdministration", "id": f"m{person}-{number}", "status": "completed",
            "effectiveDateTime": on, "reasonReference": [tumour],
            "medicationCodeableConcept": _concept("L01AA01", "http://www.whocc.no/atc"),
            "dosage": {"dose": {"value": 932.59, "code": "mg"}},
        }  # fmt: skip
    code, unit, usual = _TESTS[number % len(_TESTS)]
    return {
        "resourceType": "Observation", "id": f"o{person}-{number}", "status": "final", "code": _concept(code),
        "category": [_concept("laboratory", "http://terminology.hl7.org/CodeSystem/observation-category")],
        "effectiveDateTime": f"{on}T08:15:00+01:00",
        "valueQuantity": {"value": round(usual * rng.uniform(0.7, 1.3), 1), "code": unit},
    }  # fmt: skip


def _concept(code: str, system: str = _LOINC, words: str = "") -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": words or code}]}


def main(count: int) -> None:
    """Print resources a second end to end, in seconds of the clock and of this process, and its memory."""
    import django

    django.setup()
    from fyrbak.records.fhir.landing import sender, take_in_fhir
    from fyrbak.records.prepare import prepare_database

    prepare_database()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bulk.ndjson"
        path.write_text("\n".join(map(json.dumps, resources(count, seed=1))), encoding="utf-8")
        clock, own = time.perf_counter(), time.process_time()
        result = take_in_fhir(
            path=path, source=sender(f"bench-{int(time.time())}"), landed_at=datetime.now(UTC),
            pseudonyms=np.random.default_rng(1),
        )  # fmt: skip
        clock, own = time.perf_counter() - clock, time.process_time() - own
    landed, refused = result.intake.total("landed"), result.intake.total("refused")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    told = f"{count:,} resources: {landed:,} rows landed, {refused:,} refused; {clock:.1f} s"
    told += f" ({count / clock:,.0f} a second), {own:.1f} s of this process ({count / own:,.0f} a second)"
    print(f"{told}, {memory:,} MiB at most")  # noqa: T201


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fyrbak.settings")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60_000)
