"""What is wrong with something that was written: every fault at once, each at its field."""

from __future__ import annotations

from collections.abc import Sequence

from fyrbak.errors import BadInputError


class FieldError(BadInputError):
    """One fault, with the field that it stands at."""

    def __init__(self, field: str, line: str, /, *, word: str, **names: object) -> None:
        super().__init__(line, word=word, **names)
        self.field = field


class FaultyError(BadInputError):
    """Faults at one or more fields. Nothing was stored."""

    def __init__(self, faults: Sequence[FieldError]) -> None:
        super().__init__(" ".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


class ChangedMeanwhileError(BadInputError):
    """Somebody else changed the row after it was shown. Nothing was stored."""

    def __init__(self) -> None:
        super().__init__(
            "somebody else changed this while you wrote. Compare the two and save again.",
            word="plans.fault.meanwhile",
        )


def refuse(faults: Sequence[FieldError]) -> None:
    """Raise FaultyError if there are any."""
    if faults:
        raise FaultyError(faults)
