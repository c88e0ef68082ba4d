"""What is content about notifications: whose value stands, what is near, and by when reports are to come."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Annotated

from pydantic import Field, model_validator

from fyrbak.definitions import Definition, load
from fyrbak.registers.codes import FOLDER

FILE = FOLDER / "notifications.yaml"
KINDS = ("clinic", "quality", "pathology", "autopsy")
FIELDS = (
    "diagnosed", "topography", "morphology", "behaviour", "grade", "laterality", "basis", "t", "n", "m",
    "edition",
)  # fmt: skip
_Day = Annotated[str, Field(pattern=r"^\d\d-\d\d$")]


class _Sourced(Definition):
    source: str
    to_verify: bool = False


class Merging(_Sourced):
    """Within how many days two diagnoses may be one event."""

    near_days: int


class Order(_Sourced):
    """Whose value stands of some fields; ``together``: all of them from one source."""

    fields: tuple[str, ...]
    order: tuple[str, ...]
    together: bool = False

    @model_validator(mode="after")
    def _orders_every_kind(self) -> Order:
        if sorted(self.order) != sorted(KINDS):
            raise ValueError(f"order names each of {', '.join(KINDS)} once")
        return self


class Deadline(_Sourced):
    """The last day of the next year for notifications, by who reports."""

    valid_from: date
    clinic: _Day
    laboratory: _Day


class Delivered(_Sourced):
    """The last day of the next year on which a year is delivered."""

    valid_from: date
    day: _Day


class LaboratoryBasis(_Sourced):
    """The digits of the basis of diagnosis behind which a laboratory stands."""

    digits: tuple[str, ...]


class LaboratoryAlone(_Sourced):
    """Tumours that laboratories alone report."""

    topography: str
    morphologies: tuple[int, ...]
    day: _Day


class NotificationRules(Definition):
    """The file of rules."""

    merging: Merging
    stands: tuple[Order, ...]
    deadlines: tuple[Deadline, ...]
    delivery: tuple[Delivered, ...]
    laboratory_basis: LaboratoryBasis
    laboratory_alone: LaboratoryAlone

    @model_validator(mode="after")
    def _orders_every_field(self) -> NotificationRules:
        if sorted(name for one in self.stands for name in one.fields) != sorted(FIELDS):
            raise ValueError(f"stands names each of {', '.join(FIELDS)} once")
        return self


@cache
def notification_rules() -> NotificationRules:
    """The rules. Raises BadDefinitionError with file and line."""
    return load(FILE, NotificationRules)


def due_day(year: int, awaited: str) -> date:
    """The last day for the notifications of a year: ``awaited`` is clinic or laboratory."""
    held = [one for one in notification_rules().deadlines if one.valid_from.year <= year]
    found = max(held or notification_rules().deadlines[:1], key=lambda one: one.valid_from)
    return _in(year + 1, found.clinic if awaited == "clinic" else found.laboratory)


def delivery_day(year: int, *, basal_cell: bool = False) -> date:
    """The last day on which a year is delivered; basal cell carcinomas have a day of their own."""
    if basal_cell:
        return _in(year + 1, notification_rules().laboratory_alone.day)
    held = [one for one in notification_rules().delivery if one.valid_from.year <= year]
    return _in(year + 1, max(held or notification_rules().delivery[:1], key=lambda one: one.valid_from).day)


def laboratory_alone(topography: str, morphology: str) -> bool:
    """Whether only a laboratory reports such a tumour."""
    rule = notification_rules().laboratory_alone
    return topography.startswith(rule.topography) and morphology in map(str, rule.morphologies)


def _in(year: int, day: str) -> date:
    return date.fromisoformat(f"{year}-{day}")
