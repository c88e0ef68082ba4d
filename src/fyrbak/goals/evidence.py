"""Which measures speak about a goal, and which of the strategy's sub-goals it serves, by the words it uses.

The rules are content (``content/goals/evidence.yaml`` and ``links.yaml``). They suggest; people decide: a
stored link can be taken away or added by hand, and the rule that made it stays beside it as the reason.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from pydantic import Field, field_validator

from fyrbak.definitions import CONTENT, Definition, load
from fyrbak.goals.outline import Evidence, Link
from fyrbak.measures.definitions import Text


class WordRule(Definition):
    """A rule that fires on a text. Each of ``words`` is one or more beginnings of words that must all occur.

    ``ledtid svf`` fires on "SVF-målen för inklusion och ledtider". Upper and lower case are alike.
    """

    words: list[str] = Field(min_length=1)
    why: Text

    @field_validator("words")
    @classmethod
    def _words_hold_letters(cls, words: list[str]) -> list[str]:
        if any(not entry.split() for entry in words):
            raise ValueError("an empty entry would fire on every text. Give at least one word.")
        return words

    def fires_on(self, text: str) -> bool:
        """Whether any of the entries has all its beginnings in the text."""
        return any(
            all(re.search(rf"\b{re.escape(stem)}", text, re.IGNORECASE) for stem in entry.split())
            for entry in self.words
        )


class EvidenceRule(WordRule):
    """Binds a measure to goals that promise its number (``measures``) or are lit by it (``illuminates``).

    ``dims`` narrows the measure, such as ``{"pathway": "lung"}``.
    """

    measure: str
    role: Literal["measures", "illuminates"]
    dims: dict[str, str] = {}


class LinkRule(WordRule):
    """Suggests which sub-goals of the strategy a goal of a regional or local plan serves."""

    sub_goals: list[str] = Field(min_length=1)


class EvidenceRules(Definition):
    rules: list[EvidenceRule]


class LinkRules(Definition):
    rules: list[LinkRule]


@cache
def evidence_rules() -> tuple[EvidenceRule, ...]:
    """All rules of ``evidence.yaml``. Raises BadDefinitionError naming file, line and field."""
    return tuple(load(CONTENT / "goals" / "evidence.yaml", EvidenceRules).rules)


@cache
def link_rules() -> tuple[LinkRule, ...]:
    """All rules of ``links.yaml``. Raises BadDefinitionError naming file, line and field."""
    return tuple(load(CONTENT / "goals" / "links.yaml", LinkRules).rules)


def evidence_for(text: str) -> tuple[Evidence, ...]:
    """The measures that speak about a goal with this text: those it promises first, each measure once."""
    firing = [rule for rule in evidence_rules() if rule.fires_on(text)]
    firing.sort(key=lambda rule: rule.role != "measures")
    found: dict[tuple[str, tuple[tuple[str, str], ...]], Evidence] = {}
    for rule in firing:
        cut = (rule.measure, tuple(sorted(rule.dims.items())))
        found.setdefault(cut, Evidence(rule.measure, rule.role, rule.why.sv, rule.why.en, rule.dims))
    return tuple(found.values())


def links_for(text: str) -> tuple[Link, ...]:
    """The strategy's sub-goals that a goal with this text seems to serve, each with its first reason."""
    found: dict[str, Link] = {}
    for rule in link_rules():
        if rule.fires_on(text):
            for number in rule.sub_goals:
                found.setdefault(number, Link(number, rule.why.sv, rule.why.en))
    return tuple(found.values())
