"""From a report to proposals: each value with its place in the text, the rule that read it, how sure it is.

Nothing is learnt and nothing is fetched: the same text gives the same proposals everywhere. What is denied,
uncertain or past is never proposed. Where two readings are as good, or a site and a morphology hardly go
together, the reader abstains and says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import pyarrow as pa

from fyrbak.registers.pathology.patterns import PATTERNS, Found
from fyrbak.registers.pathology.statements import STATEMENTS
from fyrbak.registers.pathology.terms import (
    known_codes,
    metastatic,
    more_exact,
    morphologies,
    primary_site,
    sites,
)
from fyrbak.registers.pathology.text import Meaning, Report, parted
from fyrbak.registers.pathology.words import pathology_words
from fyrbak.registers.record_checks import check
from fyrbak.registers.tumour_files import tumours_of

# How sure a value is by the section it stands in.
_SURE = {"diagnosis": 0.95, "comment": 0.85, "": 0.85, "microscopy": 0.85, "material": 0.8, "gross": 0.75}
LEAST = 0.6  # what is less sure is not proposed
_DEMOTED = 0.5  # of a pair that hardly occurs
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

    ``several`` readings are as good, the report itself is ``uncertain``, the ``pair`` of site and morphology
    hardly occurs, the kind of cancer is ``unknown`` here, there is ``no_tumour``, or only a ``metastasis`` is
    placed.
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
    reader = _Reader(report)
    tumour = reader.tumour()
    reader.site(tumour)
    reader.weigh_pair()
    for field, pattern in {**PATTERNS, **STATEMENTS}.items():
        reader.take(field, reader.best(field, reader.stated(field, pattern(text))))
    return Reading(tuple(one for one in reader.proposals if one.confidence >= LEAST), tuple(reader.abstained))


class _Reader:
    """One report being read: what is proposed and abstained from so far."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.proposals: list[Proposal] = []
        self.abstained: list[Abstained] = []

    def tumour(self) -> Found | None:
        """Propose what the tumour is; return what names it, also where its kind is left to a human."""
        stated = self.stated("morphology", morphologies(self.report))
        best = self.best("morphology", stated)
        if best is None:
            return stated[0] if stated else None
        best = _exactly(best, (one for one in stated if one.value[-1] == best.value[-1]))
        if best.rule == "unknown":
            self.abstained.append(Abstained("morphology", "unknown"))
            return best
        self.take("morphology", best)
        self.proposals[-1] = replace(self.proposals[-1], value=best.value[:4])
        self.proposals.append(replace(self.proposals[-1], field="behaviour", value=best.value[-1]))
        return best

    def site(self, tumour: Found | None) -> None:
        """Propose where the tumour began: what its own sentence names, before all else."""
        found = [*sites(self.report)]
        if tumour is None:
            if found:
                self.abstained.append(Abstained("topography", "no_tumour"))
            return
        if metastatic(self.report, tumour):
            best = primary_site(self.report, tumour, found)
            if best is None:
                self.abstained.append(Abstained("topography", "metastasis"))
            self.take("topography", best)
            return
        stated = self.stated("topography", found)
        first, stop = self.report.sentence(tumour.start, tumour.end)
        beside = _most_specific([one for one in stated if first <= one.start < stop])
        alone = len({one.value for one in beside}) == 1
        best = beside[0] if alone else self.best("topography", stated)
        self.take("topography", _exactly(best, stated) if best else None)

    def stated(self, field: str, found: Iterable[Found]) -> list[Found]:
        """What is stated of a field, neither denied, past nor uncertain."""
        meant = [(self.report.meaning(one.start, one.end), one) for one in found]
        said = [
            one
            for meaning, one in meant
            if meaning is Meaning.STATED or (one.sure and meaning is Meaning.NEGATED)
        ]
        if not said and any(meaning is Meaning.UNCERTAIN for meaning, _ in meant):
            self.abstained.append(Abstained(field, "uncertain"))
        return said

    def best(self, field: str, stated: list[Found]) -> Found | None:
        """What the most believed section says, if it says one thing."""
        for kind in pathology_words().believed:
            here = _most_specific([one for one in stated if self.report.section_at(one.start).kind == kind])
            if len({one.value for one in here}) > 1:
                self.abstained.append(Abstained(field, "several"))
                return None
            if here:
                return here[0]
        return None

    def take(self, field: str, found: Found | None) -> None:
        """Propose a value that was found."""
        if found:
            sure = _SURE[self.report.section_at(found.start).kind]
            rule = f"{field}.{found.rule}"
            self.proposals.append(Proposal(field, found.value, found.start, found.end, rule, sure))

    def weigh_pair(self) -> None:
        """Demote a site and a morphology that hardly occur together, by the rule that checks records."""
        pair = {one.field: one for one in self.proposals}
        site, named = pair.get("topography"), pair.get("morphology")
        if site and named and _seldom(site.value, named.value):
            self.proposals = [replace(one, confidence=one.confidence * _DEMOTED) for one in self.proposals]
            self.abstained += [Abstained(field, "pair") for field in pair]


def _exactly(best: Found, stated: Iterable[Found]) -> Found:
    """What another section says more exactly of the same, if it says one thing."""
    exact = [one for one in stated if more_exact(one.value, best.value)]
    return exact[0] if len({one.value for one in exact}) == 1 else best


def _most_specific(found: list[Found]) -> list[Found]:
    """Without what another reading says more exactly: what is not specified, and in situ beside invasive."""
    values = {one.value for one in found}
    general = {value for value in values if any(more_exact(other, value) for other in values)}
    found = [one for one in found if one.value not in general]
    return [one for one in found if one.value.endswith("/3")] or found


def _seldom(topography: str, morphology: str) -> bool:
    """Whether a site and a morphology hardly occur together."""
    return (topography, morphology) in _seldom_pairs()


@cache
def _seldom_pairs() -> frozenset[tuple[str, str]]:
    """All pairs that the reader could propose and that hardly occur, asked of the checks at once."""
    sites_known, named = known_codes()
    pairs = [(site, code) for site in sites_known for code in named]
    names = [f"{site} {code}" for site, code in pairs]
    rows = pa.table(
        {"record": names, "topography": [p[0] for p in pairs], "morphology": [p[1] for p in pairs]}
    )
    found = check(tumours_of(rows), today=_ANY_DAY).findings.to_pylist()
    seldom = [finding["record"] for finding in found if finding["rule"] == "TOPO_MORPH"]
    return frozenset((name[:4], name[5:]) for name in seldom)
