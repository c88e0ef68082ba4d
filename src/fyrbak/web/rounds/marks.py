"""Levels as pages about rounds show them, and a matrix cell made once for all answers that look alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from fyrbak.goals.outline import BLANK_REASONS, Level, LevelMeaning, PlanOutline
from fyrbak.goals.rounds.answers import REASONS, Typed, written
from fyrbak.goals.rounds.selectors import Cell
from fyrbak.reports.drawn import level_html
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


def drawn(cells: Iterable[Cell], scale: Sequence[LevelMeaning], lang: Language) -> dict[Cell, SafeString]:
    """What stands in a matrix for each cell. Answers that look alike are drawn once."""
    return {
        cell: render_to_string(
            "web/rounds/_cell.html",
            {"lang": lang, "mark": typed_mark(cell.level, scale, lang), "cell": cell},
        )
        for cell in set(cells)
    }


def drawn_levels(
    answers: Iterable[Typed], scale: Sequence[LevelMeaning], lang: Language
) -> dict[Typed, SafeString]:
    """The marks of answers without their texts."""
    return {answer: level_html(typed_mark(answer, scale, lang)) for answer in set(answers)}


def reasons(lang: Language) -> list[tuple[str, str]]:
    """The reasons why a level can be left blank, in words."""
    return [(code, BLANK_REASONS[code][lang]) for code in REASONS]
