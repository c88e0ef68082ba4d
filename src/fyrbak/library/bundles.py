"""Answers in a shape that systems with FHIR know: a Bundle (R4, searchset) of PlanDefinitions."""

from __future__ import annotations

from typing import Any

from fyrbak.library.advice import advice
from fyrbak.library.symptoms import Answer, Match

_SYSTEM = "urn:fyrbak:pathway"
_FINDING = "urn:fyrbak:finding"


def bundle_of(answer: Answer | None) -> dict[str, Any]:
    """A searchset Bundle, the nearest pathway first. Under 18 an OperationOutcome stands instead."""
    if answer is None:
        return {"resourceType": "Bundle", "type": "searchset", "total": 0, "entry": []}
    if answer.child:
        return {"resourceType": "Bundle", "type": "searchset", "total": 0, "entry": [_child()]}
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(answer.matches),
        "entry": [_entry(match) for match in answer.matches],
    }


def _entry(match: Match) -> dict[str, Any]:
    pathway = match.pathway
    return {
        "fullUrl": f"{_SYSTEM}:{pathway.id}",
        "resource": {
            "resourceType": "PlanDefinition",
            "id": pathway.id.replace("_", "-"),
            "identifier": [{"system": _SYSTEM, "value": pathway.id}],
            "version": pathway.version.isoformat(),
            "date": pathway.version.isoformat(),
            "language": "sv",
            "title": pathway.title.sv,
            "status": "unknown" if pathway.entry_to_verify else "active",
            "action": [
                {
                    "title": "välgrundad misstanke",
                    "condition": [
                        {"kind": "start", "expression": {"language": "text/plain", "expression": line}}
                        for line in pathway.entry
                    ],
                    "reason": [
                        {"coding": [{"system": _FINDING, "code": f.id, "display": f.title.sv}]}
                        for f in match.findings
                    ],
                }
            ],
        },
        "search": {"mode": "match", "score": round(match.likeness, 3)},
    }


def _child() -> dict[str, Any]:
    return {
        "resource": {
            "resourceType": "OperationOutcome",
            "issue": [
                {"severity": "warning", "code": "business-rule", "diagnostics": advice().child.sv},
            ],
        },
        "search": {"mode": "outcome"},
    }
