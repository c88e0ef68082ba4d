"""A rule of the catalogue that somebody broke."""

from __future__ import annotations

from fyrbak.errors import BadInputError


class BrokenRuleError(BadInputError):
    """What was asked for breaks a rule. ``field`` names what can be mended, where one thing can."""

    def __init__(self, line: str, *, word: str, field: str = "", **names: object) -> None:
        super().__init__(line, word=f"catalogue.rule.{word}", **names)
        self.field = field
