"""Agendas in words: why something stands on one, how a follow-up is read, how a decision stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from fyrbak.goals.year.cadence import Cadence, Kind
from fyrbak.measures.definitions import measure
from fyrbak.records.organisations import organisation
from fyrbak.reports import formats
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words

_DAYS = ("since", "due", "day")


def reason(why: str, facts: Mapping[str, str], lang: Language) -> str:
    """Why something is proposed for an agenda, or stands on it, in one sentence."""
    words = Words(lang)
    told = dict(facts)
    for name in _DAYS:
        if name in told:
            told[name] = formats.day_in_text(date.fromisoformat(told[name]), lang)
    if "organisation" in told:
        told["organisation"] = words.of(organisation(told["organisation"]), "name")
    if why == "level":
        blank = words("level.blank").lower()
        told |= {name: told[name] or blank for name in ("before", "now")}
    if why == "signal":
        told |= {
            "measure": words.text(measure(told["measure"]).title),
            "unit": words.of(organisation(told["unit"]), "name"),
            "rule": words(told["rule"], whole=""),
        }
    if "words" in told and not told["words"]:
        return words("year.why.unstated")
    return words(f"year.why.{why}", **told)


def rhythm(cadence: Cadence, lang: Language) -> str:
    """A rhythm in words: två gånger per år, vid varje möte, ..."""
    words = Words(lang)
    if cadence.kind is Kind.TIMES:
        return words.counted(cadence.times, "year.rhythm.times")
    return words(f"year.rhythm.{cadence.kind}")
