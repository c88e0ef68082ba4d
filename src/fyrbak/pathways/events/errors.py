"""What can go wrong when an event is registered, each for somebody to mend."""

from __future__ import annotations

from fyrbak.errors import BadInputError
from fyrbak.pathways.events.rules import Refused


class RefusedEventError(BadInputError):
    """An event that cannot be right. ``reason`` says why and what to do, in both languages."""

    def __init__(self, refused: Refused) -> None:
        self.reason = refused.reason
        super().__init__(f"{self.reason.said('en')} {self.reason.mend('en')}")


class EntryError(BadInputError):
    """An entry that cannot be made as it is. ``field`` names what can be mended, if one thing can."""

    def __init__(self, line: str, *, word: str, field: str = "", **names: object) -> None:
        super().__init__(line, word=f"events.error.{word}", **names)
        self.field = field


def changed_meanwhile() -> EntryError:
    """Somebody else has changed the person's events since they were shown."""
    return EntryError(
        "somebody else has changed this person's events since you opened the page. "
        "Look at what is there now, and save again if it still holds.",
        word="changed",
    )


def busy() -> EntryError:
    """A delivery is being taken in."""
    return EntryError("a delivery is being taken in. Wait a minute and save again.", word="busy")


def clock_behind() -> EntryError:
    """The clock stands earlier than that of a delivery that has landed."""
    return EntryError(
        "the clock of this machine is behind: a delivery landed at a later time. Set the clock.", word="clock"
    )
