"""From a symptom or a finding to the pathways it may lead to.

Each way of saying a finding is a set of meanings (``words.py``). A question is held against all of them by
the weight of the meanings they share; a rare word weighs more than a common one (its inverse frequency).
A pathway is as near as its nearest finding, and findings agree on the order.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from fyrbak.definitions import CONTENT, Definition, fault, load
from fyrbak.library.words import Vocabulary
from fyrbak.number_words import SWEDISH, number_of
from fyrbak.pathways.definitions import pathway, pathways, published_files
from fyrbak.pathways.episodes import ADULT
from fyrbak.pathways.shapes import Pathway, Title

FILE = CONTENT / "library" / "findings.yaml"
_CHILD = r"(?:son|dotter|barn(?:et)?|pojken?|flickan?|killen?|tjejen?|bebisen?|spädbarn(?:et)?)\b"
_GROWN = r"(?:kvinnan?|man|mannen)\b"
_PERSON = rf"(?:{_CHILD}|{_GROWN}|pat(?:ient(?:en)?)?\b)"
# Whose age it is: somebody's, and not that of a birthmark or of a habit, nor of a parent's child.
_AGED = re.compile(
    r"(?<!till )(?<!till en )\b(\d{1,3})[ -]?åring"
    rf"|\b(\d{{1,3}})[ -]?årig[ae]? (?:{_PERSON}|med\b)"
    rf"|\b(\d{{1,3}})[ -]?års?[ -](?:gam\w+ )?{_PERSON}"
    r"|\b(\d{1,3}) år gammal(?= *(?:$|[,.]|med\b|och\b|har\b))"
    rf"|\b(?:{_CHILD}|pat(?:ient(?:en)?)?\b)[ ,(på]{{1,5}}(\d{{1,3}}) ?år\b(?! (?:sedan|efter|med)\b)"
    rf"|\b{_GROWN}[ ,(på]{{1,5}}(\d{{2,3}}) ?år\b(?! (?:sedan|efter|med)\b)"
)
_INFANT = re.compile(r"\b\d{1,2} ?mån\w* gam|\bspädbarn|\bbebis")
_TEENAGER = re.compile(r"\btonår(?:ing|s)")
_PARENT = re.compile(r"\b(?:mor|mamma|far|pappa|ammar|amning|gravid|fött|född)\b")
_NUMBER = re.compile(rf"\b({'|'.join(SWEDISH[1:ADULT])})(?=[ -]?år)")
_FARTHEST = 0.28  # a likeness below this is no answer
_BESIDE = 0.4  # nor is one below this part of the nearest's
_NEXT = 0.9  # what is kept of a finding's likeness for its second pathway, its third, ...


def _not_empty(phrases: tuple[str, ...]) -> tuple[str, ...]:
    if any(not phrase.strip() for phrase in phrases):
        raise ValueError("an empty phrase would be found by every question. Write it, or leave it out.")
    return phrases


class Finding(Definition):
    """Something told or seen, in the words that people use, and the pathways it may lead to."""

    id: str
    title: Title
    said: Annotated[tuple[str, ...], AfterValidator(_not_empty)] = Field(min_length=1)
    leads_to: tuple[str, ...] = Field(min_length=1)
    first: Title | None = None


class _Findings(Definition):
    source: str
    names: dict[str, tuple[str, ...]]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Match:
    """A pathway that answers a question. ``likeness`` is 0 to 1; ``findings`` are those that led to it."""

    pathway: Pathway
    likeness: float
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Answer:
    """What a question led to, the nearest first. ``child`` says that no pathway may be started."""

    question: str
    matches: tuple[Match, ...]
    child: bool


@cache
def findings() -> tuple[Finding, ...]:
    """All findings. Raises BadDefinitionError for one that leads to no known pathway, or stands twice."""
    content = load(FILE, _Findings)
    listed, known = content.findings, {p.id for p in pathways()}
    for name in content.names:
        if name not in known:
            raise fault(FILE, ("names", name), f"'{name}' is not a pathway.")
    seen: set[str] = set()
    for index, finding in enumerate(listed):
        for place, name in enumerate(finding.leads_to):
            if name not in known:
                where = ("findings", index, "leads_to", place)
                raise fault(FILE, where, f"'{name}' is not a pathway.")
        if finding.id in seen:
            raise fault(FILE, ("findings", index, "id"), f"'{finding.id}' stands twice.")
        seen.add(finding.id)
    return listed


@cache
def source() -> str:
    """Where the findings come from."""
    return load(FILE, _Findings).source


def search(question: str, *, age: int | None = None, most: int = 5) -> Answer:
    """The pathways that a symptom, a finding or a name may lead to.

    ``age`` in completed years, where it is known, or as the question tells it: a person under 18 is never
    given a pathway, but a contact with paediatric care the same day. The findings are still told, so that the
    caller can say what was seen.
    """
    age = _age_in(question) if age is None else age
    return Answer(
        question, _index(published_files()).nearest(question)[:most], child=age is not None and age < ADULT
    )


def _age_in(question: str) -> int | None:
    """The age that the words give the patient: min son 8 år, 5-åring, 11-årig flicka, 7 år gammal, bebis.

    Years alone are none: they may be how long it has lasted. Of several persons the grown one is the patient.
    """
    said = _NUMBER.sub(lambda word: str(number_of(word[1])), question.casefold())
    if ages := [int(next(filter(None, told.groups()))) for told in _AGED.finditer(said)]:
        return max(ages)
    if _PARENT.search(said):
        return None
    return 0 if _INFANT.search(said) else 15 if _TEENAGER.search(said) else None


@dataclass(frozen=True)
class _Phrase:
    """One way of saying a finding, or a pathway's own name (``finding`` is None)."""

    finding: Finding | None
    leads_to: tuple[str, ...]
    meanings: frozenset[str]


class _Index:
    """All phrases with the weight of each meaning in them."""

    def __init__(self) -> None:
        called = load(FILE, _Findings).names
        names = [(p, text) for p in pathways() for text in (p.title.sv, *called.get(p.id, ()))]
        said = [(finding, text) for finding in findings() for text in (*finding.said, finding.title.sv)]
        self.words = Vocabulary([text for _, text in said] + [text for _, text in names])
        self.phrases = [_Phrase(None, (p.id,), self._meanings(text)) for p, text in names] + [
            _Phrase(finding, finding.leads_to, self._meanings(text)) for finding, text in said
        ]
        in_phrases = Counter(meaning for phrase in self.phrases for meaning in phrase.meanings)
        self.weight = {word: math.log(1 + len(self.phrases) / n) for word, n in in_phrases.items()}
        self.heaviest = max(self.weight.values())
        self.by_meaning: dict[str, list[_Phrase]] = defaultdict(list)
        for phrase in self.phrases:
            for meaning in phrase.meanings:
                self.by_meaning[meaning].append(phrase)

    def _meanings(self, text: str) -> frozenset[str]:
        return frozenset(meaning.word for meaning in self.words.meanings(text))

    def nearest(self, question: str) -> tuple[Match, ...]:
        asked = {meaning.word: meaning.trust for meaning in self.words.meanings(question)}
        whole = sum(self.weight.get(word, self.heaviest) for word in asked)
        best: dict[str, float] = {}
        why: dict[str, dict[str, tuple[float, Finding]]] = defaultdict(dict)
        for phrase in {id(p): p for word in asked for p in self.by_meaning.get(word, ())}.values():
            likeness = self._likeness(asked, whole, phrase)
            for place, name in enumerate(phrase.leads_to):
                nearness = likeness * _NEXT**place
                if nearness < _FARTHEST:
                    continue
                best[name] = max(best.get(name, 0.0), nearness)
                if phrase.finding:
                    before = why[name].get(phrase.finding.id, (0.0, phrase.finding))[0]
                    why[name][phrase.finding.id] = (max(before, nearness), phrase.finding)
        least = _BESIDE * max(best.values(), default=0.0)
        near = [name for name, likeness in best.items() if likeness >= least]
        order = sorted(near, key=lambda name: (-round(best[name], 6), name))
        return tuple(Match(pathway(name), best[name], self._reasons(why[name])) for name in order)

    def _likeness(self, asked: dict[str, float], whole: float, phrase: _Phrase) -> float:
        """Twice what is shared over what both hold (Dice), by weight and trust."""
        shared = sum(self.weight[word] * trust for word, trust in asked.items() if word in phrase.meanings)
        own = sum(self.weight[word] for word in phrase.meanings)
        return 2 * shared / (whole + own)

    @staticmethod
    def _reasons(found: dict[str, tuple[float, Finding]]) -> tuple[Finding, ...]:
        ranked = sorted(found.values(), key=lambda pair: (-pair[0], pair[1].id))
        return tuple(finding for _, finding in ranked)


@lru_cache(maxsize=2)
def _index(_published: tuple[Path, ...]) -> _Index:
    """The index of what is in force: made anew when a version has been published."""
    return _Index()
