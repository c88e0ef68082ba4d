"""Levels as pages about rounds show them, and a matrix cell made once for all answers that look alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fyrbak.goals.outline import BLANK_REASONS, Level, LevelMeaning, PlanOutline
from fyrbak.goals.rounds.answers import REASONS, Typed, written
from fyrbak.goals.rounds.selectors import Cell
from fyrbak.reports.drawn import level_html
from fyrbak.reports.formats import Language
from fyrbak.reports.marks import Mark, level_mark
from fyrbak.reports.words import Words

_GOALS = 8192  # of the plans whose rounds are being compiled


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


def drawn(
    cells: Iterable[Cell], names: Iterable[str], scale: Sequence[LevelMeaning], lang: Language
) -> dict[tuple[str, Cell | None], SafeString]:
    """What stands in a matrix in the column of a name for each cell; None where nobody has answered.

    Answers that look alike are drawn once.
    """
    looks = {
        cell: render_to_string(
            "web/rounds/_cell.html",
            {"lang": lang, "mark": typed_mark(cell.level, scale, lang) if cell else None, "cell": cell},
        )
        for cell in {None, *cells}
    }
    return {
        (name, cell): format_html('<td data-label="{}">{}</td>', name, look)
        for name in names
        for cell, look in looks.items()
    }


@lru_cache(maxsize=_GOALS)
def goal_html(number: str, text: str, goals_at: str) -> SafeString:
    """The head of a goal's row in a matrix, which leads to the goal's page below ``goals_at``."""
    told = {"number": number, "text": text, "goals_at": goals_at}
    return render_to_string("web/rounds/_matrix_goal.html", told)


def drawn_levels(
    answers: Iterable[Typed], scale: Sequence[LevelMeaning], lang: Language
) -> dict[Typed, SafeString]:
    """The marks of answers without their texts."""
    return {answer: level_html(typed_mark(answer, scale, lang)) for answer in set(answers)}


def reasons(lang: Language) -> list[tuple[str, str]]:
    """The reasons why a level can be left blank, in words."""
    return [(code, BLANK_REASONS[code][lang]) for code in REASONS]
