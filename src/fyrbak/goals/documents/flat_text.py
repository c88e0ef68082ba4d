"""Flat text out of a PDF: its lines, its white space, and the sections that hold tables.

The text carries its tables in white space. Each cell ends in one space, so an empty cell is a lone space. A
cell of one line stands on the same line as the first line of the next cell; a longer cell is followed by an
empty line. A line of white space is an empty paragraph within a cell. One extra space opens a page's first
line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from fyrbak.errors import BadInputError
from fyrbak.goals.documents.document import Lines
from fyrbak.goals.documents.words import Line

NUMBERED_HEADING = re.compile(r"(\d{1,2}(?:\.\d{1,2})*)\.?\s+([^\W\d_].*)$")
_PAGE_OF_PAGES = re.compile(r"(Page|Sida|Sid\.?)\s+\d+\s*((of|av|/)\s*\d+|\(\d+\))$")
_PAGE_NUMBER = re.compile(r"(Page|Sida|Sid\.?)\s+\d+$|(\w+\s+)?\d{1,3}\(\d{1,3}\)$")
_PAGE_HEADER = re.compile(
    r"(Dokumentnamn|Dokument.?ID|Dokumentn(umme)?r|Diarien(umme)?r|Revision(snr)?|Giltigt t\.o\.m\.)\s?:"
)
_NO_TEXT = re.compile(rb"[\0-\x08\x0e-\x1f]")  # what pictures and programs hold, and no text does
_ENDS_UNTRIMMED = re.compile(r"[ \-–/]$")


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered section that holds a table: the heading, what stands before the table, and the table."""

    id: str
    heading: Line
    before: tuple[Line, ...]
    header: Line
    body: tuple[Line, ...]


def decode(data: bytes, file: str) -> str:
    """Return the file's text. Raises BadInputError when the bytes are no text, or not in UTF-8."""
    if _NO_TEXT.search(data):
        raise BadInputError(
            f"{file}: the file is not text. Give a text in UTF-8, a Word or an Excel file.",
            word="plans.unreadable.binary",
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInputError(
            f"{file}: line {line} is not in UTF-8. Save the text with the encoding UTF-8 and try again.",
            word="plans.unreadable.encoding",
            line=line,
        ) from None


def split_lines(text: str) -> list[Line]:
    """Return the text's lines. A line opens a page if it has an extra space though no cell ended before."""
    lines: list[Line] = []
    for number, raw in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        form_feed = raw.startswith("\f")
        raw = raw.replace("\f", "")
        opens_page = form_feed or (raw.startswith(" ") and bool(raw.strip()) and _goes_on(lines))
        lines.append(Line(number, raw, opens_page))
    return lines


def _goes_on(lines: Sequence[Line]) -> bool:
    """Whether the last line leaves its cell open, so that an extra space cannot be an empty cell."""
    return not lines or lines[-1].raw != ""


def sections(lines: Sequence[Line], is_header: Callable[[Line], bool], file: str) -> list[Section]:
    """Return the sections whose tables start with a header row, in order.

    A header row without a heading of its own since the last one repeats that table's header on a new page.
    Raises BadInputError when the first table has no heading.
    """
    starts: list[tuple[int, int]] = []
    for at in (at for at, line in enumerate(lines) if is_header(line)):
        heading = _heading_above(lines, at, starts)
        if heading is not None:
            starts.append((heading, at))
        elif not starts:
            raise BadInputError(
                f"{file}: line {lines[at].number}: the table has no numbered heading above it, such as "
                "'1. Prevention'. Give the text with its headings.",
                word="plans.unreadable.heading",
                line=lines[at].number,
            )
    ends = [heading for heading, _ in starts[1:]]
    ends.append(_end_of_last(lines, *starts[-1]))
    return [
        _section(lines, heading, header, end) for (heading, header), end in zip(starts, ends, strict=True)
    ]


def _section(lines: Sequence[Line], heading: int, header: int, end: int) -> Section:
    number, name = _number_and_name(lines[heading])
    return Section(
        id=number,
        heading=lines[heading].tail(lines[heading].raw.index(name)),
        before=tuple(lines[heading + 1 : header]),
        header=lines[header],
        body=tuple(lines[header + 1 : end]),
    )


def _number_and_name(line: Line) -> tuple[str, str]:
    """Return the number and the name in a heading, or two empty texts if the line is none."""
    match = NUMBERED_HEADING.match(line.text)
    return (match[1], match[2]) if match else ("", "")


def _heading_above(lines: Sequence[Line], header: int, starts: Sequence[tuple[int, int]]) -> int | None:
    """Return the index of the heading above a header row: the next number in order, or else the nearest."""
    earliest = starts[-1][1] + 1 if starts else 0
    found = [at for at in range(earliest, header) if _is_heading(lines, at, near=header - at <= 8)]
    if starts:
        following = _successors(_number_and_name(lines[starts[-1][0]])[0])
        found = [at for at in found if _number_and_name(lines[at])[0] in following] or found
    return found[-1] if found else None


def _is_heading(lines: Sequence[Line], at: int, *, near: bool = False) -> bool:
    """Whether a line is a heading: numbered, and set apart, or else `near` its table and with a dot."""
    number, _ = _number_and_name(lines[at])
    set_apart = at == 0 or lines[at].opens_page or lines[at - 1].blank
    return bool(number) and (set_apart or (near and lines[at].text.startswith(f"{number}.")))


def _successors(number: str) -> set[str]:
    """Return the numbers that may follow in order: after 2.19 come 2.20 and 3."""
    parts = [int(part) for part in number.split(".")]
    return {".".join(map(str, [*parts[:n], parts[n] + 1])) for n in range(len(parts))}


def _end_of_last(lines: Sequence[Line], heading: int, header: int) -> int:
    """Return where the last table's section ends: at the next number in order, or at the end of the text."""
    following = _successors(_number_and_name(lines[heading])[0])
    ends = (
        at
        for at in range(header + 1, len(lines))
        if _is_heading(lines, at) and _number_and_name(lines[at])[0] in following
    )
    return next(ends, len(lines))


def without_page_headers(body: Sequence[Line]) -> tuple[list[Line], tuple[Lines, ...]]:
    """Return the table's lines without page numbers and document headers, and the places of those.

    A header goes on to the end of its paragraph. The text that follows opens a page.
    """
    kept: list[Line] = []
    left_out: list[Lines] = []
    in_header, new_page = False, False
    for at, line in enumerate(body):
        starts = line.blank or at == 0 or body[at - 1].blank
        opens_header = bool(_PAGE_OF_PAGES.match(line.text)) or (
            starts and bool(_PAGE_NUMBER.match(line.text) or _PAGE_HEADER.match(line.text))
        )
        in_header = opens_header or (in_header and not starts and not line.opens_page)
        if in_header:
            first = left_out.pop().first if left_out and left_out[-1].last == line.number - 1 else line.number
            left_out.append(Lines(first, line.number))
            new_page = True
        elif new_page and not line.blank:
            kept.append(replace(line, opens_page=True))
            new_page = False
        else:
            kept.append(line)
    return kept, tuple(left_out)


def check_white_space(body: Sequence[Line], file: str) -> None:
    """Refuse tables whose lines were trimmed: without its white space a table can only be guessed.

    Raises BadInputError when most of the written lines end in a letter, which only broken words should.
    """
    written = [line for line in body if not line.blank]
    whole = sum(bool(_ENDS_UNTRIMMED.search(line.raw)) for line in written)
    if written and whole < 0.6 * len(written):
        raise BadInputError(
            f"{file}: the white space at the ends of lines {written[0].number}–{written[-1].number} has been "
            "removed, and it carries the table. Save the text again without trimming, or give the Word or "
            "Excel file.",
            word="plans.unreadable.white_space",
        )
