"""From the words of a question to meanings: endings, compounds, synonyms and spelling mistakes.

Swedish builds words by joining them and by endings, so a word is first cut to its stem (snowball's Swedish
stemmer), then read as a known word, as several known words joined, or as the nearest known word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import snowballstemmer
from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from fyrbak.definitions import CONTENT, Definition, load

FILE = CONTENT / "library" / "words.yaml"
_WORD = re.compile(r"[0-9a-zåäöéü]+(?:-[0-9a-zåäöéü]+)*")
_SIX = re.compile(r"\bsex(?= (?:dag|veck|månad|år))")  # weeks: the number says nothing
_SHORTEST_PART = 3  # letters of a part of a compound
_JOINTS = ("", "s", "e", "a", "o", "u")  # letters between the parts of a compound
_LEAST_LETTERS = 5  # a shorter word is not guessed at: too many others lie near it
_LETTERS_PER_MISTAKE = 4
_DEFINITE = re.compile(r"(?<=\w{3})(?:(?<!h)et|an)$")  # "heshet" has another ending, which the stemmer knows
_COMING_AND_GOING = re.compile(r"(?<=\w[^aeiouyåäö])eln?$")  # "körtel" and "körteln" beside "körtlar"
_stemmer = snowballstemmer.stemmer("swedish")


class WordList(Definition):
    """``words.yaml``: rows of one meaning, words that say several things, and words that say nothing."""

    same: tuple[tuple[str, ...], ...]
    several: Mapping[str, tuple[str, ...]]
    empty: frozenset[str]


@dataclass(frozen=True)
class Meaning:
    """One meaning of a word in a question. ``trust`` is 1 for a known word and less for a guess."""

    word: str
    trust: float = 1.0


def stem(word: str) -> str:
    """The word without its ending; vowels that an ending leaves behind go too.

    The stemmer leaves two things as they stand, which are mended here: the definite form ("bröstet",
    "lungan"), and the vowel that comes and goes in "körtel", "körteln", "körtlar".
    """
    cut = str(_stemmer.stemWord(_DEFINITE.sub("", word)))
    return _COMING_AND_GOING.sub("l", cut).rstrip("aeo") or word


class Vocabulary:
    """Reads questions with the words that are known: those of the word list and of ``known`` phrases."""

    def __init__(self, known: Iterable[str]) -> None:
        self._list = load(FILE, WordList)
        self._known_phrases = tuple(known)

    @cached_property
    def _same(self) -> dict[str, str]:
        """Stem of a word to the stem that stands for its row."""
        return {stem(word): stem(row[0]) for row in self._list.same for word in row}

    @cached_property
    def _several(self) -> dict[str, tuple[str, ...]]:
        return {
            stem(word): tuple(self._one(stem(part)) for part in parts)
            for word, parts in self._list.several.items()
        }

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset(self._as_written.values())

    @cached_property
    def _as_written(self) -> dict[str, str]:
        """Every known word, with its ending and without, to its stem; in a fixed order."""
        listed = (*(word for row in self._list.same for word in row), *self._list.several)
        told = (word for phrase in self._known_phrases for word in self.words(phrase))
        stems = {word: stem(word) for word in (*listed, *told)}
        return dict(sorted({**{cut: cut for cut in stems.values()}, **stems}.items()))

    def words(self, text: str) -> list[str]:
        """The words of a text that say something, in lower case; hyphens are left out of them."""
        found = (word.replace("-", "") for word in _WORD.findall(_SIX.sub("", text.lower())))
        return [word for word in found if word not in self._list.empty]

    def meanings(self, text: str) -> list[Meaning]:
        """What the words of a question mean, each once, with how sure that is."""
        best: dict[str, float] = {}
        for word in self.words(text):
            for meaning in self._read(word):
                best[meaning.word] = max(best.get(meaning.word, 0.0), meaning.trust)
        return [Meaning(word, trust) for word, trust in best.items()]

    def _one(self, word: str) -> str:
        return self._same.get(word, word)

    def _read(self, word: str) -> Iterator[Meaning]:
        cut = stem(word)
        parts = () if cut in self._same or cut in self._several else self._parts(word)
        if cut in self._several:
            yield from map(Meaning, self._several[cut])
        elif cut in self._stems:
            yield Meaning(self._one(cut))
            if parts:
                yield from (Meaning(part, _PART_OF_KNOWN) for part in self._each(parts))
        elif parts:
            yield from map(Meaning, self._each(parts))
        else:
            yield from self._guess(word, cut)

    def _each(self, parts: Iterable[str]) -> Iterator[str]:
        for part in parts:
            yield from self._several.get(part, (self._one(part),))

    def _parts(self, word: str) -> tuple[str, ...]:
        """The known words that a compound is joined of; empty when it is none. A long first part wins."""
        for length in range(len(word) - _SHORTEST_PART, _SHORTEST_PART - 1, -1):
            head, tail = word[:length], word[length:]
            known = next((h for joint in _JOINTS if (h := self._without(head, joint)) in self._stems), None)
            if known is None:
                continue
            if stem(tail) in self._stems:
                return (known, stem(tail))
            rest = self._parts(tail)
            if rest:
                return (known, *rest)
        return ()

    @staticmethod
    def _without(head: str, joint: str) -> str:
        return stem(head.removesuffix(joint)) if joint and head.endswith(joint) else stem(head)

    def _guess(self, word: str, cut: str) -> Iterator[Meaning]:
        """The nearest known word, where the question has a spelling mistake.

        The word is compared without its ending, and as it is written: a mistake may stand in the ending.
        """
        near = [(mistakes / len(way), found) for way in (cut, word) for found, mistakes in self._near(way)]
        if not near:
            yield Meaning(cut)
            return
        part_wrong, found = min(near)
        for meaning in self._each([self._as_written[found]]):
            yield Meaning(meaning, 1 - part_wrong)

    def _near(self, way: str) -> Iterator[tuple[str, int]]:
        """The known word with the fewest mistakes from ``way``, and how many; nothing when none is near."""
        if len(way) < _LEAST_LETTERS:
            return
        most = len(way) // _LETTERS_PER_MISTAKE
        near = extractOne(way, self._guessable, scorer=OSA.distance, score_cutoff=most)
        if near:
            yield near[0], int(near[1])

    @cached_property
    def _guessable(self) -> tuple[str, ...]:
        """Known words that a mistake may have been made in."""
        return tuple(word for word in self._as_written if len(word) >= _LEAST_LETTERS - 1)


_PART_OF_KNOWN = 0.5  # what the parts of a known compound add: "halsmandel" says something of "hals"
