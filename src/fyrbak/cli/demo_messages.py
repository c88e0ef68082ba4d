"""The demo's messages: a bundle that a clinic's system has sent, and a file that waits for a registrar."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from fyrbak.cli.progress import console

if TYPE_CHECKING:
    from fyrbak.records.models import Tumour

_REGION = "24"
_PERSONS = 5
_NUMBER = "http://electronichealth.se/identifier/personnummer"
_MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition/"
_HEADING = ("Radnr", "Person", "Källa", "Diagnosdatum", "Läge", "Morfologi", "Sida")


def demo_messages(*, at: datetime, on: date) -> None:
    """Take in a bundle as a clinic would send it, and keep a file to look at. Again, it does nothing."""
    from fyrbak.records.models import Tumour
    from fyrbak.records.organisations import hospitals
    from fyrbak.registers.inbox.models import Message
    from fyrbak.registers.inbox.services import receive, take_in_waiting
    from fyrbak.registers.notifications.recorded import notify

    if Message.objects.exists():
        return
    clinic = f"{hospitals(_REGION)[0].code}-kir"
    found = Tumour.objects.filter(
        known_to=None, region=_REGION, start_precision="D", code_system="icd10", code__regex="^C[0-7].*[.]"
    )
    tumours = list(found.select_related("person").order_by("-start_date", "pk")[:_PERSONS])
    entries = [{"resource": one} for tumour in tumours for one in _resources(tumour)]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    sent = partial(receive, organisation=clinic, by_name="demo", at=at)
    sent(content=json.dumps(bundle).encode())
    (outcome,) = take_in_waiting(pseudonyms=np.random.default_rng(1), clock=lambda: at, on=on)
    told = [one.file for one in notify(at=at, on=on) if one.file is not None]
    console().print(
        f"FHIR: a bundle from {clinic}: {outcome.landed} rows landed, {outcome.listed} resources listed,"
        f" {sum(one.landed for one in told)} notifications."
    )
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows([_HEADING, *_rows(tumours)])
    sent(content=out.getvalue().encode(), name="lab-svar.csv", source="lab")


def _resources(tumour: Tumour) -> Iterator[dict[str, Any]]:
    """What a clinic sends of a tumour: the patient by number, the diagnosis, and a report of the laboratory.

    The last one says that it does not hold yet, so that a resource is listed.
    """
    from fyrbak.records.models import Identity

    number = Identity.objects.filter(person=tumour.person_id, known_to=None, kind="pnr").first()
    name = f"demo{tumour.pk}"
    day, whose = tumour.start_date or date.min, {"subject": {"reference": f"Patient/{name}"}}
    identifier = [{"system": _NUMBER, "value": number.number}] if number else []
    sex = {"F": "female", "M": "male"}.get(tumour.person.sex, "unknown")
    born = tumour.person.birth_date
    yield {
        "resourceType": "Patient", "id": name, "identifier": identifier, "gender": sex,
        **({"birthDate": born.isoformat()} if born else {}),
    }  # fmt: skip
    yield {
        "resourceType": "Condition", "id": name, "onsetDateTime": day.isoformat(), **whose,
        "meta": {"profile": [f"{_MCODE}mcode-primary-cancer-condition"]},
        "code": _concept("http://hl7.org/fhir/sid/icd-10-se", tumour.code),
    }  # fmt: skip
    report = {
        "resourceType": "DiagnosticReport", "status": "final", **whose,
        "effectiveDateTime": (day + timedelta(days=6)).isoformat(),
        "category": [_concept("http://terminology.hl7.org/CodeSystem/v2-0074", "PAT")],
        "code": _concept("http://loinc.org", "60568-3"),
        "extension": [
            {"url": "mcode-related-condition", "valueReference": {"reference": f"Condition/{name}"}}
        ],
        "conclusion": f"Provet visar {tumour.morphology}/{tumour.behaviour}. Påhittat utlåtande.",
    }  # fmt: skip
    yield report | {"id": name}
    yield report | {"id": f"{name}-prel", "status": "preliminary"}


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _rows(tumours: list[Tumour]) -> Iterator[tuple[str, ...]]:
    """A laboratory's rows: one of each tumour, and two that cannot be taken in."""
    for number, one in enumerate(tumours, start=1):
        seen = ((one.start_date or date.min) + timedelta(days=3)).isoformat()
        morphology = f"{one.morphology}/{one.behaviour}"
        yield str(number), str(one.person.pseudonym), "laboratorium", seen, one.code, morphology, ""
    yield "x1", "1", "laboratorium", "2025-02-31", "C50.4", "8500/3", ""
    yield "x2", "1", "granne", "2025-02-01", "C50.4", "8500/3", ""
