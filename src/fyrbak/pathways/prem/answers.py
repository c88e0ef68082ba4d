"""Answers read and looked at: from a file with answers on paper, or as they come from the form."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fyrbak.errors import BadInputError
from fyrbak.pathways.prem.rule import prem


@dataclass(frozen=True)
class Line:
    """One line of a file: what it says, or the key of the words for what is wrong with it."""

    number: int
    text: str
    code: str = ""
    given: Mapping[str, int] = field(default_factory=dict)
    fault: str = ""


@dataclass(frozen=True)
class Fault:
    """A line that was not taken in, and the key of the words for why."""

    line: int
    word: str


def faulty_answer(given: Mapping[str, int]) -> str:
    """The key of the words for what is wrong with an answer; empty for one that is right."""
    if not given:
        return "reporting.fault.answer_empty"
    known, steps = set(prem().questions), prem().scale.steps
    if not known.issuperset(given):
        return "reporting.fault.answer_question"
    return "" if all(value in steps for value in given.values()) else "reporting.fault.answer_scale"


def read_answers(content: bytes) -> tuple[str, list[Line]]:
    """The heading of a file with answers, and its lines. Raises BadInputError for a file that is none.

    An empty field is a question that was not answered. A code that stands twice is right the first time.
    """
    layout = prem().answers
    try:
        rows = list(_rows(content, layout.delimiter))
    except (UnicodeDecodeError, csv.Error):  # or a field longer than any text
        raise BadInputError(
            "the file is not text in UTF-8. Save it as CSV in UTF-8.", word="reporting.fault.not_text"
        ) from None
    heading = [name.strip() for name in rows[0][1]] if rows else []
    absent = [name for name in (layout.code, *prem().questions) if name not in heading]
    if absent:
        raise BadInputError(
            f"the file lacks the columns {', '.join(absent)}. Add them.",
            word="reporting.fault.columns",
            names=", ".join(absent),
            delimiter=layout.delimiter,
        )
    lines, seen = [], set()
    for number, values in rows[1:]:
        line = _line(number, values, heading)
        if line.code and line.code in seen:
            line = Line(line.number, line.text, fault="reporting.fault.code_twice")
        seen.add(line.code)
        lines.append(line)
    return layout.delimiter.join(heading), lines


def _rows(content: bytes, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that say anything, by their numbers. No database keeps a NUL in a text."""
    text = content.decode("utf-8-sig").replace("\0", "")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    yield from ((rows.line_num, values) for values in rows if any(values))


def _line(number: int, values: list[str], heading: list[str]) -> Line:
    text = prem().answers.delimiter.join(values)
    if len(values) != len(heading):
        return Line(number, text, fault="reporting.fault.line_cut_off")
    told = dict(zip(heading, (value.strip() for value in values), strict=True))
    typed = {name: told[name] for name in prem().questions if told[name]}
    if not all(value.isascii() and value.isdigit() and len(value) < 3 for value in typed.values()):
        return Line(number, text, fault="reporting.fault.answer_scale")
    given = {name: int(value) for name, value in typed.items()}
    return Line(number, text, told[prem().answers.code], given, faulty_answer(given))
