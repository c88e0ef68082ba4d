"""Levels as pages about rounds show them, and a matrix cell made once for all answers that look alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from fyrbak.goals.outline import BLANK_REASONS, Level, LevelMeaning, PlanOutline
from fyrbak.goals.rounds.answers import REASONS, Typed, written
from fyrbak.goals.rounds.selectors import Cell
from fyrbak.reports.formats import Language
from fyrbak.reports.marks import Mark, level_mark
from fyrbak.reports.words import Words


def typed_mark(typed: Typed | None, scale: Sequence[LevelMeaning], lang: Language) -> Mark:
    """The mark of an answer, finished or not; a word where there is no level yet, or one off the scale."""
    known = {level.code for level in scale}
    if typed and typed.blank_reason in BLANK_REASONS and not typed.levels:
        level = Level(blank_reason=typed.blank_reason)
    elif typed and typed.levels and known.issuperset(typed.levels):
        level = Level(typed.levels, typed.uncertain)
    else:
        return Mark("–", written(typed) if typed else "", Words(lang)("rounds.no_level_yet"), "slate")
    return level_mark(level, PlanOutline("", "", "", "", scale=tuple(scale)), lang)


@dataclass(frozen=True)
class Look:
    """How an answer looks in a matrix: all answers with the same look share one piece of page."""

    levels: Typed
    returned: bool
    condensed: bool
    commented: bool


def look_of(cell: Cell) -> Look:
    """The look of an answer: its level, and whether it has words, a question, or words to print."""
    said = cell.typed
    bare = Typed(said.levels, said.uncertain, said.blank_reason)
    return Look(bare, cell.returned, cell.condensed, bool(said.comment))


def drawn(look: Look, scale: Sequence[LevelMeaning], lang: Language) -> SafeString:
    """What stands in the matrix for answers that look like this."""
    told = {"lang": lang, "mark": typed_mark(look.levels, scale, lang), "look": look}
    return render_to_string("web/rounds/_cell.html", told)


def reasons(lang: Language) -> list[tuple[str, str]]:
    """The reasons why a level can be left blank, in words."""
    return [(code, BLANK_REASONS[code][lang]) for code in REASONS]
