"""What a plan itself says of a goal, in words: what it promises, and where it began."""

from __future__ import annotations

from fyrbak.goals import outline as o
from fyrbak.reports import formats
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words


def promise_text(target: o.Target, lang: Language) -> str:
    """A target in the plan's own unit, with its last day, or nothing where it is a state or a trend."""
    if target.value is None:
        return ""
    w, places = Words(lang), 0 if target.value == round(target.value) else 1
    number = f"{formats.decimal(target.value, places, lang)}{formats.NBSP}{w.of(target, 'unit')}"
    words = w(f"operator.{target.operator}", number=number)
    if target.deadline is None:
        return words
    return w("by", what=words, day=formats.day_in_text(target.deadline, lang))


def baseline_texts(goal: o.Goal, lang: Language) -> tuple[str, ...]:
    """Where a goal began: every statement beside the others, with its source where the plan names one."""
    w = Words(lang)
    told = []
    for said in goal.baseline:
        about = (said.source, said.dated, w("to_verify").lower() if said.to_verify else "")
        known = ", ".join(part for part in about if part)
        told.append(f"{w.of(said, 'text')} ({known})" if known else w.of(said, "text"))
    return tuple(told)
