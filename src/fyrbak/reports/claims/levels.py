"""Claims about what was said: levels and how many there are of something.

A blank says nothing: it is neither a level nor *not started*. A mixed or uncertain level is not the level
itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from fyrbak.goals.outline import Goal, PlanOutline, Voice, level_text
from fyrbak.reports.claims.ground import Finding, Ground, holds, listed
from fyrbak.reports.claims.vocabulary import Counted, GoalsAtLevel, PlacesAtLevel
from fyrbak.reports.words import Words


def goals_with(
    outline: PlanOutline, level: str, by: Literal["all", "any", "none"], places: Sequence[Voice]
) -> list[Goal]:
    """The goals that have a level in all of these organisations, in any, or in none."""
    quantifier = {"all": all, "any": any, "none": lambda found: not any(found)}[by]
    return [goal for goal in outline.goals() if quantifier(_said(goal, place) == level for place in places)]


def _said(goal: Goal, place: Voice) -> str:
    """The level as it was written, empty for a blank and for an organisation that was not asked."""
    answer = goal.of(place.code)
    return level_text(answer.level) if answer else ""


def _only_blanks_lack(goal: Goal, level: str, places: Sequence[Voice]) -> bool:
    return {_said(goal, place) for place in places} == {level, ""}


def goals_at_level(ground: Ground, said: GoalsAtLevel) -> Finding:
    """So many goals have the level; those that lack it only for a blank are named."""
    places = ground.places(said.organisations)
    found = [goal.number for goal in goals_with(ground.outline, said.level, said.by, places)]
    but_for_blanks = [
        goal.number
        for goal in ground.outline.goals()
        if said.by == "all" and goal.number not in found and _only_blanks_lack(goal, said.level, places)
    ]

    def tell(w: Words) -> str:
        parts = [w("claim.goals", number=len(found), goals=listed(found, w))]
        if but_for_blanks:
            parts.append(w("claim.goals.blank", goals=listed(but_for_blanks, w)))
        return " ".join(parts)

    return holds(said.operator, len(found), said.value), tell


def places_at_level(ground: Ground, said: PlacesAtLevel) -> Finding:
    """So many organisations say the level; who is blank and who says otherwise is named."""
    goal, places = ground.goal(said.goal), ground.places(said.organisations)
    at: list[Voice] = []
    others: list[tuple[Voice, str]] = []
    for place in places:
        text = _said(goal, place)
        if text == said.level:
            at.append(place)
        else:
            others.append((place, text))
    wanted = len(places) if said.value == "all" else said.value

    def tell(w: Words) -> str:
        parts = [w("claim.level", level=said.level, number=len(at), all=len(places), who=ground.named(at, w))]
        blank = [place for place, text in others if not text]
        if blank:
            parts.append(w("claim.level.blank", who=ground.named(blank, w)))
        differing = [f"{ground.name(place, w)} {text}" for place, text in others if text]
        if differing:
            parts.append(w("claim.level.others", who=listed(differing, w)))
        return " ".join(parts)

    return holds(said.operator, len(at), wanted), tell


def counted(ground: Ground, said: Counted) -> Finding:
    """The plan with its round has so many of something."""
    goals = list(ground.outline.goals())
    answers = [answer for goal in goals for answer in goal.assessments]
    number = {
        "goals": len(goals),
        "areas": len(ground.outline.areas),
        "organisations": len(ground.outline.organisations),
        "activities": sum(len(goal.activities) for goal in goals),
        "answers": sum(not answer.level.blank for answer in answers),
        "blank": sum(answer.level.blank for answer in answers),
        "comments": sum(bool(answer.comment) for answer in answers),
    }[said.what]
    return holds(said.operator, number, said.value), lambda w: w(
        "claim.count", number=number, what=w(f"claim.counted.{said.what}")
    )
