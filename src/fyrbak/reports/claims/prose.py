"""Numbers and sweeping words in prose: what a writer states and a reader will trust.

Years, dates and references ("mål 4.4", "figur 2") state nothing and are passed over. What is found is bound
when it stands inside a sentence that a claim has; whether that claim says it is told in ``saying``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from fyrbak.number_words import MANY, number_of

_MONTHS = (
    "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december|"
    "january|february|march|may|june|july|august|october"
)
_PER_CENT = r"(?:%|procent(?:enheter)?\b|per\s?cent\b)"
_YEAR = r"(?:19|20)\d\d"
# What can be counted after four figures that would else be a year: "2024 kvinnor", "2024 nya fall".
_COUNTABLE = (
    r"(?:nya\s+|new\s+)?(?:person|individ|kvinn|män\b|barn\b|patient|fall\b|prov|remiss|svar\b|besök|deltag|"
    r"invånare|dagar|veckor|timmar|gånger|kronor|kr\b|miljoner|women|men\b|people|children|cases|days|weeks|tests)"
)
_REFERENCES = re.compile(
    rf"""
      \b(?:mål|målen|delmål|goals?|avsnitt|kapitel|chapter|section|figur|figure|tabell|table|bilaga|appendix|v\.|week)
        \s+\d+(?:\.\d+)*[a-z]?\b(?!,\d|\s*{_PER_CENT})    # a place in a document
    | https?://\S+                                        # an address
    | \b{_YEAR}-\d\d-\d\d\b                               # 2025-04-26
    | \b\d{{1,2}}\.?\s+(?:{_MONTHS})(?:\s+{_YEAR})?       # 26 maj 2025
    | \b{_YEAR}(?:\s?[–/-]\s?(?:{_YEAR}|\d\d))?\b         # 2024, 2022–2024
        (?!,\d|\s*(?:{_PER_CENT}|per\b|{_COUNTABLE}))
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ASKED = "region|regioner|regionerna|regions|mål|målen|goals?|organisation|organisationer|organisationerna"
_SERVED = (
    r"\w*patient(?:er|erna|s)?|kvinn(?:a|or|orna)|män(?:nen)?|women|men|barn(?:en)?|children|"
    "sjukhus(?:en)?|hospitals?|klinik(?:er|erna)?|clinics?|verksamhet(?:er|erna)?"
)
_THINGS = rf"(?:{_ASKED}|{_SERVED})"
_DO = r"(?:har|hade|når|nådde|är|var|ligger|låg|klarar|erbjuder|saknar|have|has|had|are|were|is|was|reach)\b"
_STATES = re.compile(
    rf"""
      (?P<share>\b(?:var(?:je)?\s+(?:annan|tredje|fjärde|femte|sjätte|tionde)
        | (?:en|ett|{MANY}|one|a)\s+
          (?:tredjedel|fjärdedel|femtedel|tiondel|third|quarter|fifth|tenth)(?:ar|s)?
        | (?:för)?dubb(?:l\w+|elt)|tredubb(?:l\w+|elt)|halver(?:ad|at|ade|ats|as)|doubled|tripled|halved)\b)
    | (?:\b(?:(?P<over>minst|åtminstone|mer\s+än|fler\s+än|över|at\s+least|more\s+than|over|above)
            |(?P<under>högst|mindre\s+än|färre\s+än|under|at\s+most|less\s+than|fewer\s+than|below))\s+)?
        (?:(?P<number>(?<![\w.,])\d+(?:[ \u00a0\u202f]\d{{3}})*(?:[.,]\d+)?
            (?:\s?[–-]\s?\d+(?:[.,]\d+)?)?)(?:\s*{_PER_CENT})?                          # 45 %, minst 23–27 %
        | \b(?P<many>{MANY})\s+(?:(?:av|of)\s+(?:de\s+|the\s+)?)?
            (?P<what>[a-zåäö]+(?:-[a-z]+)?))                                            # sju mål, tre av fyra
    | (?P<all>\b(?:alla|samtliga|all|every|varje|båda|både|both)\s+(?:av\s+|of\s+)?(?:de\s+|the\s+)?
        (?:(?P<how_many>{MANY}|\d+)\s+)?{_THINGS}\b                                      # alla fyra regioner
        | \b(?:alla|samtliga|all)\s+{_DO}
        | \b(?:hos|av|i|with|in|by)\s+(?:alla|samtliga|all)\b(?=\s*(?:[.,;:!?]|$)))
    | (?P<none>\b(?:ingen|inga|inget|no|none\sof\sthe)\s+(?:av\s+(?:de\s+)?)?{_THINGS}\b
        | \b(?:ingen|inga|inget|none|nobody)\s+{_DO})
    | (?P<one>\b(?:en|ett|one)\s+(?:enda\s+|single\s+)?
        (?:(?:av|of)\s+(?:de\s+|the\s+)?(?:(?P<among>{MANY})\s+)?)?
        (?:{_ASKED})\b)                                                               # en av fyra regioner
    | (?P<most>\b(?:(?:de\s+)?flesta|flertalet|majoriteten|merparten|majority
        | most\s+(?:of\s+the\s+)?{_THINGS})\b)
    | (?P<half>\b(?:hälften|halva|half)\b)
    | (?P<highest>\b(?:högsta?|flest|största?|längsta?|highest|most|largest|longest)\b)
    | (?P<lowest>\b(?:lägsta?|färst|minsta?|kortast?e?|lowest|fewest|smallest|shortest)\b)
    | (?P<extreme>\b(?:bästa?|sämsta?|best|worst)\b)
    """,
    re.IGNORECASE | re.VERBOSE,
)


# A number, or the name of another thing that can be stated, such as "all" or "place:24".
Means = Decimal | str

# A sentence ends with its mark before a capital or a number, with its paragraph, and before a point.
_ENDS = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ0-9”\"])|\n\s*\n|\n(?=\s*[-–•]\s)")
_POINT = re.compile(r"^\s*[-–•]\s+")


@dataclass(frozen=True)
class Stated:
    """Words in a text that state something: the words, where they begin and end, and what they mean."""

    words: str
    start: int
    end: int
    means: frozenset[Means]


def stated_in(text: str) -> Iterator[Stated]:
    """Every number and sweeping word of a text, in order."""
    passed_over = [found.span() for found in _REFERENCES.finditer(text)]
    for found in _STATES.finditer(text):
        at = found.start("number") if found["number"] else found.start()
        if not any(start <= at < end for start, end in passed_over):
            yield Stated(found[0].strip(), found.start(), found.end(), frozenset(_means(found)))


def _means(found: re.Match[str]) -> Iterator[Means]:
    """What the words mean: their numbers, and the sweeping things by name."""
    yield from (
        name
        for name in ("share", "over", "under", "all", "none", "most", "half", "highest", "lowest", "extreme")
        if found[name]
    )
    for number in re.split(r"\s?[–-]\s?", found["number"] or ""):
        if number:
            yield Decimal(re.sub(r"\s", "", number).replace(",", "."))
    if found["one"]:
        yield Decimal(1)
    if found["all"] and re.match(r"båd|both", found["all"], re.IGNORECASE):
        yield Decimal(2)
    for word in (found["how_many"], found["among"], found["many"], found["what"]):
        written = int(word) if word and word.isdecimal() else number_of((word or "").lower())
        if written is not None:
            yield Decimal(written)


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
