"""The lint's facts out of FHIR resources: doses, body measures, radiation and days, as they were sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from fyrbak.records.fhir.paths import held, items_of, plain
from fyrbak.records.fhir.reading import Sent, files_of, key_of, resources
from fyrbak.records.flat.facts import BODY

Fact = tuple[str, dict[str, Any]]  # the table of facts, and the row
Resource = dict[str, Any]
_NAMES = (".json", ".ndjson", ".json.gz", ".ndjson.gz")
_LARGEST = 10**12  # no dose or measure is greater
_STATES = {
    "completed": "ended", "stopped": "ended", "in-progress": "ongoing", "final": "point", "amended": "point",
    "corrected": "point",
}  # fmt: skip
_DOSE_TO_VOLUME, _SESSIONS = "mcode-radiotherapy-dose-delivered-to-volume", "mcode-radiotherapy-sessions"
_DAYS = ("effectiveDateTime", "performedDateTime", "onsetDateTime", "authoredOn")
_PERIODS = ("effectivePeriod", "performedPeriod", "onsetPeriod")


def is_fhir(path: Path) -> bool:
    """Whether a file is one of FHIR by its name, or a folder holds such files and no other manifest."""
    if path.is_dir():
        return not (path / "manifest.json").is_file() and any(map(_named_so, path.iterdir()))
    return _named_so(path)


def _named_so(path: Path) -> bool:
    return path.name.lower().endswith(_NAMES)


def facts_in(path: Path) -> Iterator[Fact]:
    """The facts of every resource at a path. Raises BadInputError when a file cannot be read."""
    for file in files_of(path):
        for sent in resources(file):
            yield from facts_of(sent)


def facts_of(sent: Sent) -> Iterator[Fact]:
    """The facts of one resource; what is not of the kind that FHIR has there is passed by."""
    resource = sent.resource
    type_ = plain(resource.get("resourceType"))
    if type_ == "Patient":
        yield "lifespan", {
            "person": key_of(sent), "birth": _day(resource.get("birthDate")),
            "death": _day(resource.get("deceasedDateTime")),
        }  # fmt: skip
        return
    day, last_day, exact = _days(resource)
    place = {
        "file": sent.file, "line": sent.place, "name": key_of(sent), "day": day, "last_day": last_day,
        "person": plain(held(resource.get("subject"), "reference")),
    }  # fmt: skip
    if day is not None:
        state = _STATES.get(plain(resource.get("status")), "unknown")
        yield "record", place | {"state": state, "exact": exact}
    for table, facts in _READERS.get(type_, _nothing)(resource):
        yield table, place | facts


def _nothing(_resource: Resource) -> Iterator[Fact]:
    return iter(())


def _given(resource: Resource) -> Iterator[Fact]:
    """A drug administered, or ordered: the first dose that is told."""
    dosages = [resource.get("dosage"), *items_of(resource, "dosageInstruction")]
    rates = [rate for dosage in dosages for rate in items_of(dosage, "doseAndRate")]
    quantities = [held(resource.get("dosage"), "dose")]
    quantities += [held(rate, name) for name in ("doseQuantity", "rateQuantity") for rate in rates]
    quantity = next((one for one in quantities if one), None)
    words = [plain(held(note, "text")) for note in items_of(resource, "note")]
    words += [plain(held(dosage, "text")) for dosage in dosages]
    coding = next(iter(items_of(resource.get("medicationCodeableConcept"), "coding")), None)
    yield "given", {
        "drug": plain(held(coding, "code")), "words": " ".join(filter(None, words)), "done": True,
    } | _quantity(quantity)  # fmt: skip


def _measured(resource: Resource) -> Iterator[Fact]:
    quantity = _quantity(resource.get("valueQuantity"))
    if quantity["value"] is not None:
        codes = [plain(held(coding, "code")) for coding in items_of(resource.get("code"), "coding")]
        yield "measured", {"what": next((BODY[code] for code in codes if code in BODY), None)} | quantity


def _irradiated(resource: Resource) -> Iterator[Fact]:
    """The dose to each volume, as mCODE tells it in extensions."""
    extensions = items_of(resource, "extension")
    sessions = next((_whole(one) for one in extensions if _ends(one, _SESSIONS)), None)
    for extension in extensions:
        if _ends(extension, _DOSE_TO_VOLUME):
            parts = {plain(held(part, "url")): part for part in items_of(extension, "extension")}
            yield (
                "irradiated",
                {
                    "volume": plain(held(held(parts.get("volume"), "valueReference"), "reference")),
                    "fractions": _whole(parts.get("fractionsDelivered")),
                    "sessions": sessions,
                }
                | _quantity(held(parts.get("totalDoseDelivered"), "valueQuantity")),
            )


_READERS: Mapping[str, Callable[[Resource], Iterator[Fact]]] = {
    "MedicationAdministration": _given,
    "MedicationRequest": _given,
    "Observation": _measured,
    "Procedure": _irradiated,
}


def _quantity(value: Any) -> dict[str, Any]:
    number = held(value, "value")
    told = isinstance(number, int | Decimal) and not isinstance(number, bool)
    if not (told and -_LARGEST <= number <= _LARGEST):
        return {"value": None, "unit": None}
    return {"value": float(number), "unit": plain(held(value, "code")) or plain(held(value, "unit"))}


def _whole(extension: Any) -> int | None:
    number = held(extension, "valueUnsignedInt")
    return number if isinstance(number, int) and 0 <= number < 1 << 31 else None


def _ends(extension: Any, name: str) -> bool:
    return plain(held(extension, "url")).endswith(name)


def _days(resource: Resource) -> tuple[date | None, date | None, bool]:
    """First and last day, and whether the first is told to the day."""
    moment = next((resource[name] for name in _DAYS if resource.get(name)), None)
    period = next((resource[name] for name in _PERIODS if resource.get(name)), None)
    first = _day(moment or held(period, "start"))
    return first, _day(held(period, "end")), first is not None


def _day(value: Any) -> date | None:
    """The day of a date or a time; None where only the month or the year is known, or nothing at all."""
    try:
        return date.fromisoformat(plain(value)[:10])
    except ValueError:
        return None
