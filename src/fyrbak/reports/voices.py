"""When what somebody said of a goal and what data say of it contradict each other. The rule lives here alone.

A level is what somebody said; a verdict is what data say. Only certain levels and clear verdicts (*met*,
*missed*) can contradict each other:

- a level that says reached is contradicted by any measure that is missed,
- a level that says not reached is contradicted when everything measured is met,
- a mixed level (some part reached, some not) is contradicted when at least two things are measured and all of
  them point the same way; one measure alone cannot tell which part of the goal it is about.

A blank or uncertain level is never contradicted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from fyrbak.goals.outline import Level
from fyrbak.measures.results import Verdict

Kind = Literal[
    "agree",
    "level_says_more",
    "data_say_more",
    "data_cannot_tell",
    "level_uncertain",
    "no_level",
    "no_verdict",
]


@dataclass(frozen=True)
class Standing:
    """How a level stands to the data. ``measures`` are the ids of those that contradict it."""

    kind: Kind
    measures: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        return self.kind in ("level_says_more", "data_say_more")


def standing(
    level: Level | None, reached: Mapping[str, bool], verdicts: Mapping[str, Verdict | None]
) -> Standing:
    """Hold a level against the verdicts of the measures that the goal promises, by measure id.

    ``reached`` says for each code of the plan's scale whether it means reached. None is an organisation that
    was not asked, or a measure that gave no verdict.
    """
    if level is None or level.blank:
        return Standing("no_level")
    if not any(verdicts.values()):
        return Standing("no_verdict")
    if level.uncertain:
        return Standing("level_uncertain")
    said = {reached[code] for code in level.codes}
    missed = tuple(name for name, verdict in verdicts.items() if verdict == "missed")
    met = tuple(name for name, verdict in verdicts.items() if verdict == "met")
    enough = len(said) == 1 or len(verdicts) > 1
    all_missed, all_met = len(missed) == len(verdicts), len(met) == len(verdicts)
    if enough and (missed if said == {True} else all_missed and True in said):
        return Standing("level_says_more", missed)
    if enough and all_met and False in said:
        return Standing("data_say_more", met)
    return Standing("agree" if _agree(said, list(verdicts.values())) else "data_cannot_tell")


def _agree(said: set[bool], verdicts: list[Verdict | None]) -> bool:
    """Whether data bear out a level that they do not contradict."""
    reached = [verdict in ("met", "likely_met") for verdict in verdicts]
    if said == {True}:
        return all(reached)
    return "missed" in verdicts and (any(reached) or said == {False})
