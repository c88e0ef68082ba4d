"""The words of pathology reports, as content, made into patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Generic, TypeVar

from pydantic import Field

from fyrbak.definitions import Definition, load
from fyrbak.registers.codes import FOLDER

FILE = FOLDER / "pathology.yaml"
_ENDINGS = "(?:en|et|er|ets|ens|s|n|t|na|a|ar|arna|erna|es|typ)?"
_COMPOUND = r"\w{3,14}?"  # the beginning of a compound
_ABBREVIATION = 5  # letters at most: gist, dcis, cin 3
_CARCINOMA = re.compile(r"(?:carcinom|karcinom|cancer)$")

T = TypeVar("T")


class Cues(Definition):
    """Words that say how the words before or after them are meant."""

    before: tuple[str, ...]
    after: tuple[str, ...]


class AllCues(Definition):
    """The cues of each meaning, and ``none``: what looks like a cue and is none."""

    negated: Cues
    uncertain: Cues
    history: Cues
    none: tuple[str, ...]


class Morphology(Definition):
    """Terms of one morphology with its usual behaviour."""

    code: int = Field(ge=8000, le=9999)
    behaviour: int = Field(ge=0, le=9)
    terms: tuple[str, ...]


class Site(Definition):
    """Terms of one site."""

    code: str = Field(pattern=r"^C\d{3}$")
    terms: tuple[str, ...]


class Part(Definition):
    """A part of an organ: its code where the sentence that names the organ has a word of each group."""

    organ: str = Field(pattern=r"^C\d{3}$")
    code: str = Field(pattern=r"^C\d{3}$")
    words: tuple[tuple[str, ...], ...]


class General(Definition):
    """A code for what is not further specified, and the codes that say it more exactly."""

    code: int
    first: int
    last: int
    but: tuple[int, ...] = ()

    def covers(self, code: int) -> bool:
        """Whether a code is a more exact one of the same."""
        return self.first <= code <= self.last and code != self.code and code not in self.but


class PathologyWords(Definition):
    """The file of words."""

    headings: dict[str, tuple[str, ...]]
    believed: tuple[str, ...]
    cues: AllCues
    plain: tuple[str, ...]  # may stand before "cancer" and say nothing of its kind
    general: tuple[General, ...]
    parts: tuple[Part, ...]
    apart: tuple[str, ...]  # words that begin as a site's term does, and name none
    morphologies: tuple[Morphology, ...]
    sites: tuple[Site, ...]


@cache
def pathology_words() -> PathologyWords:
    """All words. Raises BadDefinitionError."""
    return load(FILE, PathologyWords)


def phrases(words: Iterable[str]) -> re.Pattern[str]:
    """Any of some phrases as whole words, the longest first."""
    every = "|".join(_spaced(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{every})(?!\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Term(Generic[T]):
    """A term, its pattern, what it names, and letters without which no text holds it."""

    term: str
    pattern: re.Pattern[str]
    names: T
    letters: str


def ends_of_words(term: str, names: T) -> Term[T]:
    """A term with its endings, as a word or, if it is no abbreviation, the end of a compound (``before``).

    The last word of several may be a compound too: "duktal bröstcancer".
    """
    before = r"\w*?" if len(term) > _ABBREVIATION else ""
    body = rf"\b(?P<before>{before}){_inflected(term, within=_COMPOUND)}{_ENDINGS}\b"
    return Term(term, re.compile(body, re.IGNORECASE), names, _letters(term))


def beginnings_of_words(term: str, names: T) -> Term[T]:
    """A term with its endings, as a word or the beginning of a compound."""
    body = rf"\b{_inflected(term, within='')}\w*"
    return Term(term, re.compile(body, re.IGNORECASE), names, _letters(term))


def occurrences(terms: Iterable[Term[T]], text: str) -> list[tuple[re.Match[str], T]]:
    """Where terms stand in a text, in order; where they overlap, the longest one alone."""
    lower = text.lower()
    found = [
        (match, term) for term in terms if term.letters in lower for match in term.pattern.finditer(text)
    ]
    found.sort(key=lambda pair: (pair[0].start() - pair[0].end(), -len(pair[1].term), pair[0].start()))
    kept: list[tuple[re.Match[str], T]] = []
    taken = bytearray(len(text))
    for match, names in ((match, term.names) for match, term in found):
        if not any(taken[match.start() : match.end()]):
            taken[match.start() : match.end()] = b"1" * (match.end() - match.start())
            kept.append((match, names))
    return sorted(kept, key=lambda pair: pair[0].start())


def _letters(term: str) -> str:
    """The longest piece of a term's first word that is always written alike."""
    first = term.split()[0]
    pieces = re.split(r"[ck]arcinom|-", first.removesuffix("cancer"))
    return max(pieces, key=len) or ("arcinom" if "arcinom" in first else first)


def _spaced(phrase: str) -> str:
    """A phrase, in which a star stands for the rest of a word."""
    return r"\s+".join(re.escape(word).replace(r"\*", r"\w*") for word in phrase.split())


def _inflected(term: str, within: str) -> str:
    """A term whose words may bend; cancer, carcinom, karcinom and ca are one; a hyphen may be a space."""
    *first, last = [re.escape(word).replace(r"\-", r"[-\s]?") for word in term.split()]
    if not _CARCINOMA.fullmatch(term):  # "ca" alone means about
        last = _CARCINOMA.sub("(?:carcinom|cancer|ca)", last)
    if first:
        last = f"(?:{within})?{last}"
    return rf"{_ENDINGS}\s+".join([*first, last]).replace("carcinom", "[ck]arcinom")
