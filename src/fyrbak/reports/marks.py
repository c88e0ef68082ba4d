"""Levels and verdicts as marks: shape, letter and word, and a colour token last. Never one mark for both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fyrbak.goals.outline import BLANK_REASONS, Level, PlanOutline, level_text
from fyrbak.measures.results import Result, Verdict
from fyrbak.reports.formats import Language, value
from fyrbak.reports.words import Words


@dataclass(frozen=True)
class Mark:
    """``shape`` and ``letters`` are seen first, ``word`` says it, ``token`` is the colour's name."""

    shape: str
    letters: str
    word: str
    token: str


def level_mark(level: Level | None, outline: PlanOutline, lang: Language) -> Mark:
    """The mark of an answer; None is an organisation that was not asked."""
    w = Words(lang)
    if level is None:
        return Mark("–", "", w("not_asked"), "slate")
    if level.blank_reason is not None:
        reason = BLANK_REASONS[level.blank_reason][lang]
        return Mark("–", "", f"{w('level.blank')}: {reason[0].lower()}{reason[1:]}", "slate")
    meanings = [outline.meaning(code) for code in level.codes]
    word = " / ".join(w.of(meaning, "label") for meaning in meanings)
    if level.uncertain:
        word += f", {w('level.uncertain')}"
    if level.mixed:
        return Mark("◒", level_text(level), word, "ink")
    return Mark(meanings[0].symbol, level_text(level), word, meanings[0].token)


_VERDICT_TOKENS: dict[Verdict, str] = {
    "met": "moss",
    "likely_met": "moss",
    "cannot_tell": "amber",
    "missed": "brick",
}


def verdict_mark(result: Result | None, lang: Language) -> Mark:
    """The mark of a verdict, or a word for why there is none."""
    w = Words(lang)
    if result is None:
        return Mark("", "", w("not_measurable"), "slate")
    if result.verdict:
        return _verdict(result.verdict, w)
    if result.value is None:
        return Mark("", "", value(result, lang), "slate")
    return Mark("", "", w("no_verdict" if result.target else "no_target"), "slate")


def verdict_marks(lang: Language) -> list[Mark]:
    """The marks of all verdicts, from met to missed."""
    return [_verdict(verdict, Words(lang)) for verdict in _VERDICT_TOKENS]


def _verdict(verdict: Verdict, w: Words) -> Mark:
    return Mark(w(f"verdict.mark.{verdict}"), "", w(f"verdict.{verdict}"), _VERDICT_TOKENS[verdict])


def counted(marks: Sequence[Mark], order: Sequence[Mark]) -> tuple[tuple[Mark, int], ...]:
    """How many times each mark stands: those of ``order`` first, the others as they come."""
    numbers = Counter(marks)
    return tuple((mark, numbers[mark]) for mark in dict.fromkeys((*order, *marks)) if numbers[mark])
