"""Receipts read: what the receiver accepted and refused, from the file that it sends back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from fyrbak.errors import BadInputError
from fyrbak.pathways.deliveries.layout import ReceiptLayout, receipt_layout

_MOST_BYTES = 20_000_000


@dataclass(frozen=True)
class Refused:
    """A row that was refused, by its number in the delivery, and the receiver's code for why."""

    row: str
    reason: str


@dataclass(frozen=True)
class Told:
    """What a receipt says. ``file`` is the hash of the delivery; ``sum_refused`` None where nobody summed."""

    file: str
    refused: tuple[Refused, ...]
    accepted: int
    sum_refused: int | None


def read_receipt(content: bytes, region: str) -> Told:
    """The receipt in a file. Raises BadInputError that says what is wrong with it, and where."""
    layout = receipt_layout()
    lines = list(_lines(_text(content), layout))
    _one_region(lines, layout, region)
    files = {line[layout.columns.file] for line in lines}
    if len(files) != 1:
        raise BadInputError(
            f"the receipt is of {len(files)} files. Take in one at a time.",
            word="reporting.fault.files",
            number=len(files),
        )
    sums, refused = {}, dict.fromkeys(_refused(lines, layout))
    for line in lines:
        outcome = line[layout.columns.outcome]
        if outcome in (layout.outcomes.sum_accepted, layout.outcomes.sum_refused):
            sums[outcome] = _number(line[layout.columns.number])
    if len(sums) < 2:
        raise BadInputError(
            "the receipt has no sums at its end: part of it is missing. Fetch it again.",
            word="reporting.fault.no_sums",
        )
    return Told(
        files.pop(), tuple(refused), sums[layout.outcomes.sum_accepted], sums[layout.outcomes.sum_refused]
    )


def _text(content: bytes) -> str:
    if len(content) > _MOST_BYTES:
        raise BadInputError("the file is too large to be a receipt.", word="reporting.fault.large")
    with suppress(UnicodeDecodeError):
        text = content.decode("utf-8-sig")
        if "\0" not in text:
            return text
    raise BadInputError(
        "the file is not text in UTF-8. Fetch it again as CSV.", word="reporting.fault.not_text"
    )


def _lines(text: str, layout: ReceiptLayout) -> Iterator[dict[str, str]]:
    """The lines of a receipt by column. A line that is cut off is half a file."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=layout.delimiter)
    names = list(layout.columns.model_dump().values())
    rows = _read(reader)
    heading = next(rows, [])
    absent = [name for name in names if name not in heading]
    if absent:
        raise BadInputError(
            f"the file is no receipt: it lacks {', '.join(absent)}.",
            word="reporting.fault.columns",
            names=", ".join(absent),
            delimiter=layout.delimiter,
        )
    for values in filter(any, rows):  # an empty line says nothing
        if len(values) != len(heading):
            raise BadInputError(
                f"line {reader.line_num} is cut off: part of the receipt is missing. Fetch it again.",
                word="reporting.fault.cut_off",
                line=reader.line_num,
            )
        yield {name: value.strip() for name, value in zip(heading, values, strict=True)}


def _read(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error:  # a field longer than any text, as where a quotation mark is never closed
        raise BadInputError(
            "the file is not text in UTF-8. Fetch it again as CSV.", word="reporting.fault.not_text"
        ) from None


def _one_region(lines: list[dict[str, str]], layout: ReceiptLayout, region: str) -> None:
    if not lines:
        raise BadInputError("the receipt is empty. Fetch it again.", word="reporting.fault.empty")
    others = sorted({line[layout.columns.region] for line in lines} - {region})
    if others:
        raise BadInputError(
            f"the receipt is for another region ({', '.join(others)[:40]}). Send it on to them.",
            word="reporting.fault.other_region",
            others=", ".join(others)[:40],
        )


def _refused(lines: list[dict[str, str]], layout: ReceiptLayout) -> Iterator[Refused]:
    """The refused rows. A word for the outcome that is not known may mean anything, and is not guessed at."""
    known = set(layout.outcomes.model_dump().values())
    for place, line in enumerate(lines, start=2):
        outcome = line[layout.columns.outcome]
        if outcome not in known:
            raise BadInputError(
                f"line {place}: '{outcome[:40]}' is no outcome. Ask the receiver what it means.",
                word="reporting.fault.outcome",
                line=place,
                outcome=outcome[:40],
            )
        if outcome == layout.outcomes.refused:
            yield Refused(line[layout.columns.row][:40], line[layout.columns.reason][:40])


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadInputError("a sum in the receipt is no number. Fetch it again.", word="reporting.fault.sum")
    return int(text)
