"""The words of pathology reports, as content, made into patterns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from pydantic import Field

from fyrbak.definitions import Definition, load
from fyrbak.registers.codes import FOLDER

FILE = FOLDER / "pathology.yaml"
_ENDINGS = "(?:en|et|er|ets|ens|s|n|t|na|a|ar|arna|erna|es)?"


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


class PathologyWords(Definition):
    """The file of words."""

    headings: dict[str, tuple[str, ...]]
    believed: tuple[str, ...]
    cues: AllCues
    morphologies: tuple[Morphology, ...]
    sites: tuple[Site, ...]


@cache
def pathology_words() -> PathologyWords:
    """All words. Raises BadDefinitionError."""
    return load(FILE, PathologyWords)


def phrases(words: Iterable[str]) -> re.Pattern[str]:
    """Any of some phrases as whole words, the longest first."""
    return re.compile(rf"\b(?:{_any_of(words, _spaced)})\b", re.IGNORECASE)


def terms_of(words: Iterable[str], *, ends_compound: bool) -> re.Pattern[str]:
    """Any of some terms with its endings, as the end of a compound or as its beginning; the longest first."""
    found = _any_of(words, _inflected)
    body = rf"\b\w*?(?:{found}){_ENDINGS}\b" if ends_compound else rf"\b(?:{found})\w*"
    return re.compile(body, re.IGNORECASE)


def _any_of(words: Iterable[str], shape: Callable[[str], str]) -> str:
    return "|".join(shape(word) for word in sorted(words, key=len, reverse=True))


def _spaced(phrase: str) -> str:
    return r"\s+".join(map(re.escape, phrase.split()))


def _inflected(term: str) -> str:
    """A term whose words may bend, c and k may change places in carcinom, and a hyphen be a space."""
    words = [
        re.escape(word).replace("carcin", "[ck]arcin").replace(r"\-", r"[-\s]?") for word in term.split()
    ]
    return rf"{_ENDINGS}\s+".join(words)
