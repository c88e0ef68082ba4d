"""Numbers and sweeping words in prose: what a writer states and a reader will trust.

Years, dates and references ("mål 4.4", "figur 2") state nothing and are passed over. What is found is bound
when it stands inside a sentence that a claim has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MONTHS = (
    "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december|"
    "january|february|march|may|june|july|august|october"
)
_YEAR = r"(?:19|20)\d\d"
_REFERENCES = re.compile(
    rf"""
      \b(?:mål|målen|delmål|goals?|avsnitt|kapitel|chapter|section|figur|figure|tabell|table|bilaga|appendix|v\.|week)
        \s+\d+(?:\.\d+)*[a-z]?\b                          # a place in a document
    | https?://\S+                                        # an address
    | \b{_YEAR}-\d\d-\d\d\b                               # 2025-04-26
    | \b\d{{1,2}}\.?\s+(?:{_MONTHS})(?:\s+{_YEAR})?       # 26 maj 2025
    | \b{_YEAR}(?:\s?[–/-]\s?(?:{_YEAR}|\d\d))?\b(?!\s*(?:%|procent|kronor|patient|per))   # 2024, 2022–2024
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SMALL = (
    "en|ett|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|"
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
)
_MANY = _SMALL.replace("en|ett|", "").replace("one|", "")
_COUNTED = "region|regioner|regionerna|regions|mål|målen|goals?"
_STATES = re.compile(
    rf"""
      (?<![\w.,])\d+(?:[ \u00a0]\d{{3}})*(?:[.,]\d+)?
        (?:\s?[–-]\s?\d+(?:[.,]\d+)?)?(?:\s*(?:%|procent(?:enheter)?\b|per\s?cent\b))?     # 45 %, 23–27 %
    | \b(?:alla|samtliga|all|every|båda|both)\s+(?:av\s+|of\s+the\s+)?(?:(?:{_SMALL}|\d+)\s+)?
        (?:{_COUNTED})\b                              # alla fyra regioner
    | \b(?:ingen|inga|inget|no|none\sof\sthe)\s+(?:av\s+)?(?:{_COUNTED})\b
    | \b(?:en|ett|one)\s+(?:av|of)\s+(?:de\s+|the\s+)?(?:{_MANY}\s+)?(?:{_COUNTED})\b
    | \b(?:{_MANY})\s+(?:av\s+|of\s+)?[a-zåäö]+                        # sju mål, tre av fyra
    | \b(?:högst|lägst|bäst|sämst|flest|färst|highest|lowest|best|worst|most|fewest)\b
    | \b(?:hälften|majoriteten|half|majority)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


# A sentence ends with its mark before a capital or a number, with its paragraph, and before a point.
_ENDS = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ0-9”\"])|\n\s*\n|\n(?=\s*[-–•]\s)")
_POINT = re.compile(r"^\s*[-–•]\s+")


@dataclass(frozen=True)
class Stated:
    """Words in a text that state something: the words, and where they begin and end."""

    words: str
    start: int
    end: int


def stated_in(text: str) -> Iterator[Stated]:
    """Every number and sweeping word of a text, in order."""
    passed_over = [found.span() for found in _REFERENCES.finditer(text)]
    for found in _STATES.finditer(text):
        if not any(start <= found.start() < end for start, end in passed_over):
            yield Stated(found[0].strip(), found.start(), found.end())


def sentences(text: str) -> list[str]:
    """The sentences of a text in order. A point of a list is one, however it ends."""
    return [said for _, said in _sentences(text)]


def sentence_with(stated: Stated, text: str) -> str:
    """The sentence of a text in which something is stated."""
    return next(said for end, said in _sentences(text) if stated.start < end)


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """Each sentence with the place where it ends."""
    start = 0
    for end in (*(found.end() for found in _ENDS.finditer(text)), len(text)):
        if said := " ".join(_POINT.sub("", text[start:end]).split()):
            yield end, said
        start = end


def unbound(text: str, sentences: Iterable[str]) -> list[Stated]:
    """What a text states outside all of these sentences."""
    bound = [span for sentence in sentences for span in places_of(sentence, text)]
    return [
        one
        for one in stated_in(text)
        if not any(start <= one.start and one.end <= end for start, end in bound)
    ]


def places_of(sentence: str, text: str) -> Iterator[tuple[int, int]]:
    """Where a sentence stands in a text, whatever the white space between its words."""
    words = sentence.split()
    if words:
        pattern = r"\s+".join(map(re.escape, words))
        yield from (found.span() for found in re.finditer(pattern, text))
