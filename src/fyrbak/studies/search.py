"""Plain search among studies: words, also with spelling mistakes, and choices.

There are some hundreds of studies, so each is read whole: a word of the question is found in a study that has
it as a part of a word ("bröst" in "bröstcancer"), or a word that differs by a letter or two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from fyrbak.pathways.definitions import pathway
from fyrbak.records.organisations import organisation
from fyrbak.studies.selectors import StudyTold

_WORD = re.compile(r"[0-9a-zåäöéü]+(?:-[0-9]+)*")
_LEAST_LETTERS = 5  # a shorter word is not guessed at: too many others lie near it
_LETTERS_PER_MISTAKE = 4


@dataclass(frozen=True)
class Question:
    """What is asked for. Empty means any.

    ``diagnosis`` and ``region`` are ids; ``whom`` is adults or children; ``status`` is that of the region's
    places where a region is chosen, else that of the study as a whole.
    """

    words: str = ""
    diagnosis: str = ""
    region: str = ""
    whom: str = ""
    status: str = ""


def search(question: Question, told: Iterable[StudyTold]) -> list[StudyTold]:
    """The studies that answer a question, in the order they come."""
    asked = _WORD.findall(question.words.lower())
    return [one for one in told if _fits(question, one) and _says(one, asked)]


def _fits(question: Question, told: StudyTold) -> bool:
    """Whether the choices hold. A study of all cancer answers for every diagnosis."""
    diagnoses = told.what.diagnoses
    standings = told.in_region(question.region) if question.region else [told.standing]
    return (
        (not question.diagnosis or not diagnoses or question.diagnosis in diagnoses)
        and (question.whom != "adults" or told.what.adults)
        and (question.whom != "children" or told.what.children)
        and any(not question.status or one.status == question.status for one in standings)
    )


def _says(told: StudyTold, asked: Sequence[str]) -> bool:
    """Whether a study has every word that is asked for."""
    words = _words_of(told) if asked else ()
    return all(_found(word, words) for word in asked)


def _words_of(told: StudyTold) -> tuple[str, ...]:
    """All words of a study: titles, sponsor, numbers, diagnoses and places."""
    what = told.what
    texts = (
        what.title_sv, what.title_en, what.sponsor, *told.registrations,
        *(text for one in what.diagnoses for text in _named(one)),
        *(organisation(place).name_sv for place in told.places),
    )  # fmt: skip
    return tuple(_WORD.findall(" ".join(texts).lower()))


@cache
def _named(diagnosis: str) -> tuple[str, str]:
    title = pathway(diagnosis).title
    return title.sv, title.en


def _found(word: str, words: tuple[str, ...]) -> bool:
    if any(word in one for one in words):
        return True
    if len(word) < _LEAST_LETTERS:
        return False
    most = len(word) // _LETTERS_PER_MISTAKE
    return extractOne(word, words, scorer=OSA.distance, score_cutoff=most) is not None
