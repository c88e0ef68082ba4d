"""Sites and morphologies by the terms that name them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from fyrbak.registers.pathology.patterns import Found
from fyrbak.registers.pathology.text import Report
from fyrbak.registers.pathology.words import (
    Morphology,
    Part,
    Term,
    beginnings_of_words,
    ends_of_words,
    occurrences,
    pathology_words,
    phrases,
)

_UNSPECIFIED = frozenset({8000, 8010})
_LYMPH_NODE = "C77"  # named in most reports, and seldom where the tumour began
_UNKNOWN_PRIMARY = "C809"
_METASTASIS = re.compile(r"metasta", re.IGNORECASE)
_OF = re.compile(r"\b(?:av|från|from|of)\s", re.IGNORECASE)
_ORIGIN_UNKNOWN = re.compile(
    r"\b(?:okän|oklar|unknown|utan\s+känd)\w*\W+(?:\w+\W+)?(?:primär|primary|ursprung|origin)"
    r"|\b(?:primär|primary|ursprung|origin)\w*\W+(?:\w+\W+){0,3}?(?:okän|oklar|unknown|(?:inte|ej|not)\s+kä?n)",
    re.IGNORECASE,
)
# A kind of cancer in front of the word: where it is none of the terms, the kind is unknown here.
_KIND_BEFORE = re.compile(
    r"\b(?P<kind>\w+(?:ärt?|alt?|öst?|igt?|oida?|oitt|ellt?|obt?|ar|ary|ous|oid|ic|[ck]ell))\s+$",
    re.IGNORECASE,
)
_IN_SITU_AFTER = re.compile(r"\s+in\s+situ\b", re.IGNORECASE)
_IN_SITU_BEFORE = re.compile(r"\bin\s+situ\s+(?:av|of)\s+$", re.IGNORECASE)
_NOT_INVASIVE_BEFORE = re.compile(r"\b(?:icke|non|ej)[\s-]*invasiv\w*\s+(?:\w+\s+)?$", re.IGNORECASE)
_NOT_INVASIVE_AFTER = re.compile(r"\s+(?:utan|without)\s+(?:\w+\s+)?invasi\w*", re.IGNORECASE)


def morphologies(report: Report) -> Iterator[Found]:
    """Morphologies that are named, such as ``8140/3``; rule ``unknown``: of no kind we know."""
    for match, named in occurrences(_morphology_terms(), report.text):
        first, stop = report.sentence(match.start(), match.end())
        before, after = report.text[first : match.start()], report.text[match.end() : stop]
        behaviour, end = named.behaviour, match.end()
        if in_situ := _IN_SITU_AFTER.match(after):
            behaviour, end = 2, match.end() + in_situ.end()
        elif _IN_SITU_BEFORE.search(before) or _NOT_INVASIVE_BEFORE.search(before):
            behaviour = 2
        elif beyond := _NOT_INVASIVE_AFTER.match(after):
            behaviour, end = 2, match.end() + beyond.end()
        unknown = named.code in _UNSPECIFIED and _kind_unknown(before, match["before"])
        rule = "unknown" if unknown else "term"
        yield Found(f"{named.code}/{behaviour}", match.start(), end, rule, sure=False)


def sites(report: Report) -> Iterator[Found]:
    """Sites that are named, and are not the first word of a metastasis."""
    for match, code in occurrences(_site_terms(), report.text):
        if "metasta" in match[0].lower() or match[0].lower() in pathology_words().apart:
            continue
        first, stop = report.sentence(match.start(), match.end())
        yield Found(_part(code, report.text[first:stop]), match.start(), match.end(), "site", sure=False)


def more_exact(value: str, other: str) -> bool:
    """Whether a site or a morphology says the same as another one, but more exactly."""
    if value[:1] == "C" and other[:1] == "C":
        if other[:3] == _LYMPH_NODE and value[:3] != _LYMPH_NODE:
            return True
        return value[:3] == other[:3] and other[3] == "9" != value[3]
    if "/" in value and "/" in other:
        code, wider = int(value[:4]), int(other[:4])
        of_one = [general for general in pathology_words().general if general.code == wider]
        return value[-1] == other[-1] and any(general.covers(code) for general in of_one)
    return False


def metastatic(report: Report, tumour: Found) -> bool:
    """Whether what is named is a metastasis of the tumour: "levermetastas av adenocarcinom"."""
    first, _ = report.sentence(tumour.start, tumour.end)
    return bool(_METASTASIS.search(report.text, first, tumour.start))


def primary_site(report: Report, tumour: Found, found: Sequence[Found]) -> Found | None:
    """Where a metastasis came from: the only site named behind "of" or the tumour, or nobody knows."""
    unknown = _ORIGIN_UNKNOWN.search(report.text, report.section_at(tumour.start).start)
    if unknown:
        return Found(_UNKNOWN_PRIMARY, unknown.start(), unknown.end(), "unknown_primary")
    first, stop = report.sentence(tumour.start, tumour.end)
    behind = max((of.end() for of in _OF.finditer(report.text, first, tumour.start)), default=tumour.start)
    named = [one for one in found if behind <= one.start < stop]
    named = [one for one in named if not any(more_exact(other.value, one.value) for other in named)]
    return named[-1] if len({one.value for one in named}) == 1 else None


def known_codes() -> tuple[list[str], list[str]]:
    """The sites and the morphologies that can be read."""
    words = pathology_words()
    organs, parts = {site.code for site in words.sites}, {part.code for part in words.parts}
    return sorted(organs | parts | {_UNKNOWN_PRIMARY}), sorted({str(one.code) for one in words.morphologies})


def _part(code: str, sentence: str) -> str:
    """The part of an organ that a sentence tells of, or the organ."""
    for part, words in _parts():
        if part.organ == code and all(word.search(sentence) for word in words):
            return part.code
    return code


def _kind_unknown(before: str, compound: str) -> bool:
    """Whether "cancer" is of a kind that is not among the terms: "hepatoid cancer", "urotelcancer"."""
    if compound and not any(term.pattern.fullmatch(compound) for term in _site_terms()):
        return True
    kind = _KIND_BEFORE.search(before)
    return bool(kind) and not phrases(pathology_words().plain).fullmatch(kind["kind"] if kind else "")


@cache
def _morphology_terms() -> tuple[Term[Morphology], ...]:
    return tuple(ends_of_words(term, one) for one in pathology_words().morphologies for term in one.terms)


@cache
def _site_terms() -> tuple[Term[str], ...]:
    return tuple(
        beginnings_of_words(term, site.code) for site in pathology_words().sites for term in site.terms
    )


@cache
def _parts() -> list[tuple[Part, tuple[re.Pattern[str], ...]]]:
    return [(part, tuple(phrases(group) for group in part.words)) for part in pathology_words().parts]
