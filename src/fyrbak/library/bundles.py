"""Answers in a shape that systems with FHIR know: a Bundle (R4, searchset) of PlanDefinitions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fyrbak.library.advice import advice
from fyrbak.library.symptoms import Answer, Finding, Match
from fyrbak.pathways.shapes import Title

_SYSTEM = "urn:fyrbak:pathway"
_FINDING = "urn:fyrbak:finding"
# What the parts of a pathway are called, in the order in which primary care needs them.
_PARTS = {
    "first": Title(sv="Före allt annat", en="Before anything else"),
    "criteria": Title(sv="Välgrundad misstanke", en="Well-founded suspicion"),
    "at_suspicion": Title(sv="Vid misstanke", en="At suspicion"),
    "filter": Title(sv="Hit går remissen först", en="Where the referral goes first"),
    "referral": Title(sv="Remissen innehåller", en="The referral holds"),
    "patient": Title(sv="Patienten får veta", en="The patient is told"),
}


def bundle_of(answer: Answer | None, lang: str) -> dict[str, Any]:
    """A searchset Bundle, the nearest pathway first. Under 18 an OperationOutcome stands instead."""
    if answer is None:
        return {"resourceType": "Bundle", "type": "searchset", "total": 0, "entry": []}
    if answer.child:
        return {"resourceType": "Bundle", "type": "searchset", "total": 0, "entry": [_child(lang)]}
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(answer.matches),
        "entry": [_entry(match, lang) for match in answer.matches],
    }


def _entry(match: Match, lang: str) -> dict[str, Any]:
    pathway = match.pathway
    return {
        "fullUrl": f"{_SYSTEM}:{pathway.id}",
        "resource": {
            "resourceType": "PlanDefinition",
            "id": pathway.id.replace("_", "-"),
            "identifier": [{"system": _SYSTEM, "value": pathway.id}],
            "version": pathway.version.isoformat(),
            "date": pathway.version.isoformat(),
            "language": lang,
            "title": _said(pathway.title, lang),
            "status": "unknown" if pathway.entry_to_verify else "active",
            "action": _actions(match, lang),
        },
        "search": {"mode": "match", "score": round(match.likeness, 3)},
    }


def _actions(match: Match, lang: str) -> list[dict[str, Any]]:
    """What makes the suspicion well founded and why it was found, and what is done then; as on the page."""
    pathway, told = match.pathway, advice()
    _, criteria = pathway.criteria(lang)
    start: dict[str, Any] = {
        "title": _said(_PARTS["criteria"], lang),
        "condition": [
            {"kind": "start", "expression": {"language": "text/plain", "expression": line}}
            for line in criteria
        ],
    }
    if match.findings:
        start["reason"] = [_reason(finding, lang) for finding in match.findings]
    steps = {
        "first": tuple(finding.first for finding in match.findings[:1] if finding.first),
        "at_suspicion": told.at_suspicion.get(pathway.id, ()),
        "filter": (pathway.filter_function,) if pathway.filter_function else (),
        "referral": told.referral,
        "patient": told.patient,
    }
    return [start, *(_part(name, lines, lang) for name, lines in steps.items() if lines)]


def _part(name: str, lines: Iterable[Title], lang: str) -> dict[str, Any]:
    return {
        "title": _said(_PARTS[name], lang),
        "action": [{"title": _said(line, lang)} for line in lines],
    }


def _reason(finding: Finding, lang: str) -> dict[str, Any]:
    coding = {"system": _FINDING, "code": finding.id, "display": _said(finding.title, lang)}
    return {"coding": [coding]}


def _child(lang: str) -> dict[str, Any]:
    said = _said(advice().child, lang)
    return {
        "resource": {
            "resourceType": "OperationOutcome",
            "issue": [{"severity": "warning", "code": "business-rule", "diagnostics": said}],
        },
        "search": {"mode": "outcome"},
    }


def _said(title: Title, lang: str) -> str:
    return str(getattr(title, lang))
