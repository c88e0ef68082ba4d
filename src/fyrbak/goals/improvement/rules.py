"""A rule of the improvement work that somebody broke."""

from __future__ import annotations

from fyrbak.errors import BadInputError


class BrokenRuleError(BadInputError):
    """What was given breaks a rule. ``field`` names the argument that can be mended, if one of them can."""

    def __init__(self, line: str, *, word: str, field: str = "", **names: object) -> None:
        super().__init__(line, word=f"improvement.rule.{word}", **names)
        self.field = field
