"""From a report to proposals: each value with its place in the text, the rule that read it, how sure it is.

Nothing is learnt and nothing is fetched: the same text gives the same proposals everywhere. What is denied,
uncertain or past is never proposed. Where two readings are as good, or a site and a morphology hardly go
together, the reader abstains and says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from fyrbak.registers.pathology.patterns import PATTERNS, Found
from fyrbak.registers.pathology.text import Meaning, Report, parted
from fyrbak.registers.pathology.words import Morphology, Site, pathology_words, terms_of
from fyrbak.registers.record_checks import check_one

# How sure a value is by the section it stands in.
_SURE = {"diagnosis": 0.95, "comment": 0.85, "": 0.85, "microscopy": 0.85, "material": 0.8, "gross": 0.75}
LEAST = 0.6  # what is less sure is not proposed
_DEMOTED = 0.5  # of a pair that hardly occurs
_UNSPECIFIC = frozenset({8000, 8010})
_LYMPH_NODE = "C779"  # named in most reports, and seldom where the tumour began
_METASTASIS = re.compile(r"metasta\w*\s+(?:i|in|till|to|av|of)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_ANY_DAY = date(9999, 1, 1)  # the rule of site and morphology knows no days


@dataclass(frozen=True)
class Proposal:
    """A value read from ``text[start:end]`` by ``rule``, with ``confidence`` from 0 to 1."""

    field: str
    value: str
    start: int
    end: int
    rule: str
    confidence: float


@dataclass(frozen=True)
class Abstained:
    """A field that was left to a human, and why.

    ``several`` readings are as good, the report itself is ``uncertain``, or the ``pair`` of site and
    morphology hardly occurs.
    """

    field: str
    why: str


@dataclass(frozen=True)
class Reading:
    """What was read, a field at most once, in the order of the fields; and what was left to a human."""

    proposals: tuple[Proposal, ...]
    abstained: tuple[Abstained, ...]

    def value(self, field: str) -> str | None:
        """The value proposed for a field."""
        return next((proposal.value for proposal in self.proposals if proposal.field == field), None)


def read_report(text: str) -> Reading:
    """Read one report."""
    report = parted(text)
    proposals: list[Proposal] = []
    abstained: list[Abstained] = []
    for field, found in (("topography", [*_sites(report)]), ("morphology", [*_morphologies(report)])):
        _choose(report, field, found, proposals, abstained)
    _weigh_pair(proposals, abstained)
    for field, pattern in PATTERNS.items():
        _choose(report, field, [*pattern(text)], proposals, abstained)
    return Reading(tuple(one for one in proposals if one.confidence >= LEAST), tuple(abstained))


def _choose(
    report: Report, field: str, found: list[Found], proposals: list[Proposal], abstained: list[Abstained]
) -> None:
    """Propose what the most believed section says, if it says one thing."""
    meant = [(Meaning.STATED if one.sure else report.meaning(one.start, one.end), one) for one in found]
    stated = [one for meaning, one in meant if meaning is Meaning.STATED]
    if not stated and any(meaning is Meaning.UNCERTAIN for meaning, _ in meant):
        abstained.append(Abstained(field, "uncertain"))
    for kind in pathology_words().believed:
        here = [one for one in stated if report.section_at(one.start).kind == kind]
        if not here:
            continue
        best = _most_specific(field, here)
        if len({one.value for one in best}) > 1:
            abstained.append(Abstained(field, "several"))
            return
        value, _, behaviour = best[0].value.partition("/")
        chosen = Proposal(field, value, best[0].start, best[0].end, f"{field}.{best[0].rule}", _SURE[kind])
        proposals.append(chosen)
        if behaviour:
            proposals.append(replace(chosen, field="behaviour", value=behaviour))
        return


def _most_specific(field: str, found: list[Found]) -> list[Found]:
    """Without what another reading says more exactly: what is not specified, and in situ beside invasive."""
    if field == "topography":
        found = [one for one in found if one.value != _LYMPH_NODE] or found
        exact = {one.value[:3] for one in found if one.value[3] != "9"}
        return [one for one in found if one.value[3] != "9" or one.value[:3] not in exact]
    if field == "morphology":
        found = [one for one in found if int(one.value[:4]) not in _UNSPECIFIC] or found
        return [one for one in found if one.value.endswith("/3")] or found
    return found


def _weigh_pair(proposals: list[Proposal], abstained: list[Abstained]) -> None:
    """Demote a site and a morphology that hardly occur together, by the rule that checks records."""
    pair = {one.field: one for one in proposals if one.field in ("topography", "morphology", "behaviour")}
    site, named = pair.get("topography"), pair.get("morphology")
    if site and named and _seldom(site.value, named.value):
        proposals[:] = [replace(one, confidence=one.confidence * _DEMOTED) for one in proposals]
        abstained += [Abstained(field, "pair") for field in pair]


@cache
def _seldom(topography: str, morphology: str) -> bool:
    """Whether a site and a morphology hardly occur together."""
    found = check_one({"topography": topography, "morphology": morphology}, today=_ANY_DAY)
    return any(finding["rule"] == "TOPO_MORPH" for finding in found)


@cache
def _site_terms() -> tuple[re.Pattern[str], dict[str, str]]:
    sites: tuple[Site, ...] = pathology_words().sites
    codes = {term: site.code for site in sites for term in site.terms}
    return terms_of(codes, ends_compound=False), codes


@cache
def _morphology_terms() -> tuple[re.Pattern[str], tuple[tuple[re.Pattern[str], Morphology], ...]]:
    known = pathology_words().morphologies
    every = [term for one in known for term in one.terms]
    single = [
        (terms_of([term], ends_compound=True), one)
        for term, one in sorted(
            ((term, one) for one in known for term in one.terms), key=lambda pair: len(pair[0]), reverse=True
        )
    ]
    return terms_of(every, ends_compound=True), tuple(single)


def _sites(report: Report) -> Iterator[Found]:
    """Sites that are named and are not where a metastasis went."""
    pattern, codes = _site_terms()
    for found in pattern.finditer(report.text):
        word = found[0].lower()
        term = max((t for t in codes if re.sub(r"\s+", " ", word).startswith(t)), key=len, default=None)
        spread = "metasta" in word or _METASTASIS.search(report.text[: found.start()])
        if term is not None and not spread:
            yield Found(codes[term], found.start(), found.end(), "site")


def _morphologies(report: Report) -> Iterator[Found]:
    """Morphologies that are named, with their behaviour."""
    pattern, single = _morphology_terms()
    for found in pattern.finditer(report.text):
        named = next(one for known, one in single if known.fullmatch(found[0]))
        in_situ = re.match(r"\s+in\s+situ\b", report.text[found.end() :], re.IGNORECASE)
        behaviour = 2 if in_situ else named.behaviour
        end = found.end() + (in_situ.end() if in_situ else 0)
        yield Found(f"{named.code}/{behaviour}", found.start(), end, "term")
