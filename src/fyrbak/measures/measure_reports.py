"""Shared tallies as FHIR R4: one MeasureReport per period in a Bundle, one stratum per line of the table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from fyrbak.measures.definitions import Kind
from fyrbak.measures.federation import HIDDEN, Shared
from fyrbak.measures.inputs import following
from fyrbak.records.organisations import organisation

POPULATION = "http://terminology.hl7.org/CodeSystem/measure-population"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
IMPROVEMENT = "http://terminology.hl7.org/CodeSystem/measure-improvement-notation"
EXTENSION = "urn:fyrbak:tallies"
TEST_DATA = ("http://terminology.hl7.org/CodeSystem/v3-ActReason", "HTEST")  # how FHIR marks invented persons
_LARGEST = 2**31 - 1  # what an integer of FHIR R4 holds
_Json = dict[str, Any]

# Which sum is which population. A ratio's denominator is told before it is divided, a rate's in days.
POPULATIONS: dict[Kind, dict[str, str]] = {
    "count": {"initial-population": "n"},
    "proportion": {"initial-population": "n", "denominator": "n", "numerator": "hits"},
    "ratio": {"denominator": "base", "numerator": "hits"},
    "days": {"initial-population": "n"},
    "survival": {"initial-population": "n", "numerator": "hits"},
    "rate": {"denominator": "time", "numerator": "hits"},
}
_BETTER = {"higher": "increase", "lower": "decrease"}


def bundle(shared: Shared) -> _Json:
    """A collection of summary reports. Hidden counts are absent with the reason *masked*, never 0."""
    by_period: defaultdict[date, list[_Json]] = defaultdict(list)
    for line in shared.table.to_pylist():
        by_period[line["period"]].append(line)
    entries = [{"resource": _report(shared, start, lines)} for start, lines in sorted(by_period.items())]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _report(shared: Shared, start: date, lines: Sequence[_Json]) -> _Json:
    measure = shared.measure
    last = min(following(start, shared.interval) - timedelta(days=1), shared.as_of)
    report: _Json = {
        "resourceType": "MeasureReport",
        "extension": [_heading(shared)],
        "status": "complete",
        "type": "summary",
        "measure": f"urn:fyrbak:measure:{measure.id}|{measure.version}",
        "date": shared.as_of.isoformat(),
        "reporter": {"display": ", ".join(organisation(code).name_sv for code in shared.sources)},
        "period": {"start": start.isoformat(), "end": last.isoformat()},
    }
    if shared.synthetic:
        report["meta"] = {"security": [_coding(*TEST_DATA)]}
    if measure.better in _BETTER:
        report["improvementNotation"] = {"coding": [_coding(IMPROVEMENT, _BETTER[measure.better])]}
    return report | {"group": [_group(shared, lines)]}


def _heading(shared: Shared) -> _Json:
    """What a receiver must know to add reports up: the definition, the records, and what is hidden."""
    known = {
        "definition": shared.measure.hash,
        "made-by": shared.made_by,
        "interval": shared.interval,
        "as-of": shared.as_of.isoformat(),
        "sources": " ".join(shared.sources),
        "snapshots": " ".join(shared.snapshots),
        "shared": "suppressed" if shared.at_least else "by agreement",
        "agreement": shared.agreement,
    }
    return {
        "url": EXTENSION,
        "extension": [{"url": name, "valueString": v} for name, v in known.items() if v],
    }


def _group(shared: Shared, lines: Sequence[_Json]) -> _Json:
    """The whole, and one stratum for each combination of the dimensions (and the day, of a histogram)."""
    keys = [name for name in lines[0] if name in (*shared.dimensions, "days")]
    group: _Json = {"population": _populations(shared, _total(shared, lines))}
    if keys:
        strata = [_stratum(shared, keys, line) for line in lines]
        group["stratifier"] = [{"code": [{"text": name} for name in keys], "stratum": strata}]
    return group


def _total(shared: Shared, lines: Sequence[_Json]) -> _Json:
    """The lines' sums; hidden where a line is, and where the values of a split have no sum."""
    sums = set(POPULATIONS[shared.measure.kind].values())
    if shared.measure.split or any(line[HIDDEN] for line in lines):
        return dict.fromkeys(sums) | {HIDDEN: 1}
    return {name: sum(line[name] for line in lines) for name in sums} | {HIDDEN: 0}


def _stratum(shared: Shared, keys: Sequence[str], line: _Json) -> _Json:
    parts = [{"code": {"text": name}, "value": {"text": str(line[name])}} for name in keys]
    return {"component": parts, "population": _populations(shared, line)}


def _populations(shared: Shared, line: _Json) -> list[_Json]:
    return [
        {"code": {"coding": [_coding(POPULATION, code)]}, **_count(line, name)}
        for code, name in POPULATIONS[shared.measure.kind].items()
    ]


def _count(line: _Json, name: str) -> _Json:
    """The count, or why there is none. One that is too large for an integer stands beside it as a decimal."""
    if line[HIDDEN] or line[name] is None:
        return {"_count": {"extension": [{"url": ABSENT, "valueCode": "masked"}]}}
    if line[name] > _LARGEST:
        return {"_count": {"extension": [{"url": f"{EXTENSION}:count", "valueDecimal": line[name]}]}}
    return {"count": line[name]}


def _coding(system: str, code: str) -> _Json:
    return {"system": system, "code": code}
