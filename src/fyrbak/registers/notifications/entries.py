"""What a notification says, as a form or a row of a file has it, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from fyrbak.errors import BadInputError
from fyrbak.registers.notifications.made import VALUES, Row, findings, record_of


class NotificationError(BadInputError):
    """An entry that cannot be made as it is. ``field`` names what can be mended, if one thing can."""

    def __init__(self, line: str, *, word: str, field: str = "", **names: object) -> None:
        super().__init__(line, word=f"register.error.{word}", **names)
        self.field = field


class RefusedNotificationError(BadInputError):
    """A notification that cannot be right; ``findings`` say what and how to mend it, in both languages."""

    def __init__(self, found: Sequence[Row]) -> None:
        self.findings = tuple(found)
        super().__init__(" ".join(f"{one['en']} {one['mend_en']}" for one in found))


@dataclass(frozen=True)
class Entry:
    """What a notification says. ``region`` is where the patient lived, ``unit`` who reports."""

    kind: str
    region: str
    diagnosed: date
    precision: str = "D"
    topography: str = ""
    morphology: str = ""
    behaviour: str = ""
    grade: str = ""
    laterality: str = ""
    basis: str = ""
    t: str = ""
    n: str = ""
    m: str = ""
    edition: str = ""
    register: str = ""
    unit: str | None = None
    referrer: str | None = None
    text: str = ""
    complete: bool = True

    def row(self) -> dict[str, Any]:
        """The entry by the columns of ``Notification``, as plain values."""
        told = asdict(self)
        places = {f"{name}_id": told.pop(name) or None for name in ("region", "unit", "referrer")}
        return told | places | {"diagnosed": self.diagnosed.isoformat()}

    def record(self, person: Mapping[str, Any], name: str = "1") -> dict[str, str]:
        """The entry as the checks of records read it. ``person`` has ``sex``, ``birth`` and ``died``."""
        values = {field: str(getattr(self, field)) for field in VALUES}
        return record_of(
            values, day=self.diagnosed, precision=self.precision, person=person, record=name
        )  # fmt: skip


def refuse_the_impossible(entry: Entry, person: Mapping[str, Any], *, on: date) -> None:
    """Raise RefusedNotificationError for what cannot be. What is seldom, or only asked, may come in."""
    if impossible := [one for one in findings([entry.record(person)], on=on) if one["severity"] == "invalid"]:
        raise RefusedNotificationError(impossible)
