"""How the monthly file and its receipt look: content, so that a new format needs no code.

Read from ``content/reporting/waiting_times.yaml``. What a column can hold is one of the ``FACTS``.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Literal

from pydantic import model_validator

from fyrbak.definitions import CONTENT, Definition, fault, load, unknown
from fyrbak.errors import BadInputError
from fyrbak.pathways.shapes import Title

FILE = CONTENT / "reporting" / "waiting_times.yaml"
ROW, IDENTITY = "row", "identity"
CASE_FACTS = (
    "region", "hospital", "home_region", "start_region", "received", "pathway", "start_date", "visit_date",
    "conference_date", "decision_date", "end_date", "end_point", "end_code", "treatment", "variant",
)  # fmt: skip
FACTS = (ROW, IDENTITY, *CASE_FACTS)


class Column(Definition):
    """One column: its name in the file, which fact it holds and how that is written.

    ``codes`` translates values; ``blank`` stands where the fact is not known. A row that lacks something
    ``mandatory`` is held back. An ``identified`` column is in identified deliveries alone.
    """

    name: str
    of: str
    text: Title
    codes: dict[str, str] = {}
    blank: str = ""
    mandatory: bool = False
    identified: bool = False


class Layout(Definition):
    """One version of the file. ``unusual_change`` is a share, ``unusual_from`` a number of rows."""

    id: str
    version: str
    valid_from: date
    source: str
    to_verify: bool = False
    delimiter: Literal[";", ",", "\t"]
    unusual_change: float
    unusual_from: int
    columns: tuple[Column, ...]

    def used(self, *, identified: bool) -> tuple[Column, ...]:
        """The columns of a delivery."""
        return tuple(column for column in self.columns if identified or not column.identified)

    @model_validator(mode="after")
    def _tells_rows_apart(self) -> Layout:
        if [column.of for column in self.columns].count(ROW) != 1:
            raise ValueError(f"a layout has exactly one column of '{ROW}': a receipt names rows by it")
        return self


class Reason(Definition):
    """Why a receiver refuses a row, and what to do then."""

    id: str
    text: Title
    mend: Title


class ReceiptColumns(Definition):
    """What the receipt calls its columns."""

    file: str
    region: str
    row: str
    outcome: str
    reason: str
    number: str


class Outcomes(Definition):
    """What the receipt writes for a refused row, and for its two sums."""

    refused: str
    sum_accepted: str
    sum_refused: str


class ReceiptLayout(Definition):
    """The receipt: a line for each refused row, and the two sums last."""

    version: str
    to_verify: bool = False
    delimiter: Literal[";", ",", "\t"]
    columns: ReceiptColumns
    outcomes: Outcomes
    reasons: tuple[Reason, ...]


class _WaitingTimes(Definition):
    layouts: tuple[Layout, ...]
    receipt: ReceiptLayout


@cache
def _content() -> _WaitingTimes:
    found = load(FILE, _WaitingTimes)
    for place, layout in enumerate(found.layouts):
        for index, column in enumerate(layout.columns):
            if column.of not in FACTS:
                raise fault(
                    FILE,
                    ("layouts", place, "columns", index, "of"),
                    unknown("fact", column.of, list(FACTS)),
                )
    return found


def layout_on(day: date) -> Layout:
    """The layout in force on a day. Raises BadInputError for a day before the first."""
    valid = [layout for layout in _content().layouts if layout.valid_from <= day]
    if not valid:
        first = min(layout.valid_from for layout in _content().layouts)
        raise BadInputError(
            f"no file was delivered before {first}. Give a later month.",
            word="reporting.fault.no_layout",
            first=first,
        )
    return max(valid, key=lambda layout: layout.valid_from)


def layout_of(version: str) -> Layout:
    """The layout that a delivery was made by."""
    return next(layout for layout in _content().layouts if layout.version == version)


def receipt_layout() -> ReceiptLayout:
    """How receipts look."""
    return _content().receipt


def reason(code: str) -> Reason | None:
    """What a code of refusal means; None for one that is not known."""
    return next((one for one in receipt_layout().reasons if one.id == code), None)
