"""What is missing of a tumour's notifications, from whom and until when.

A tumour has two: the clinic's and the laboratory's. A complete form in a quality register counts as the
clinic's. A laboratory is asked where the basis of diagnosis says that cells or tissue were seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fyrbak.registers.notifications.merging import LABORATORIES
from fyrbak.registers.notifications.rules import due_day, laboratory_alone, notification_rules

CLINIC, LABORATORY = "clinic", "laboratory"


@dataclass(frozen=True)
class Awaited:
    """What is missing, the code of the unit that it is missing from where that is known, and its last day."""

    what: str
    unit: str | None
    due: date


def awaited(
    notifications: Sequence[Mapping[str, Any]], values: Mapping[str, str], year: int
) -> Awaited | None:
    """What is missing of a tumour that was diagnosed in ``year`` and whose values stand; None if nothing.

    The clinic that is asked is the one that sent the sample. Which laboratory a clinic used it knows itself.
    """
    of_laboratory = [one for one in notifications if one["kind"] in LABORATORIES]
    of_clinic = [one for one in notifications if counts_as_clinic(one)]
    if not of_clinic and of_laboratory:
        if laboratory_alone(values["topography"], values["morphology"]):
            return None
        asked = next((one["referrer"] for one in of_laboratory if one["referrer"]), None)
        return Awaited(CLINIC, asked, due_day(year, CLINIC))
    if not of_clinic:  # a form in a quality register that is not filled in
        return Awaited(CLINIC, notifications[0]["unit"], due_day(year, CLINIC))
    if not of_laboratory and values["basis"] in notification_rules().laboratory_basis.digits:
        return Awaited(LABORATORY, of_clinic[0]["unit"], due_day(year, LABORATORY))
    return None


def counts_as_clinic(one: Mapping[str, Any]) -> bool:
    """Whether a notification is the clinic's: its own, or a complete form of a quality register."""
    return bool(one["kind"] == "clinic" or (one["kind"] == "quality" and one["complete"]))
