"""``fyrbak register read`` and ``accuracy``: what is read from a report, and how often it is right."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
import pyarrow as pa
import typer

from fyrbak.cli.register import Format, write_rows
from fyrbak.errors import BadInputError
from fyrbak.registers.pathology.accuracy import accuracy as accuracy_of
from fyrbak.registers.pathology.invented import invented_reports
from fyrbak.registers.pathology.reading import read_report

_LONGEST = 1_000_000  # bytes: no report is so long
READ = (
    "Read a pathology report into proposals, for a human to approve.\n\n"
    "As JSON: proposals with field, value, start, end (letters of the text), rule, confidence and words; and"
    " abstained, the fields that are left to a human, with why: several, uncertain, pair, unknown, no_tumour"
    " or metastasis. As CSV the proposals alone."
)
ACCURACY = (
    "How often what is read from invented reports is right, field by field.\n\n"
    "proposed, right: values that were proposed, and those of them that were right. said, found: values that"
    " the reports state, and those of them that were found. precision is right of proposed, recall found of"
    " said. Half of the reports are by writers that are held out: the reader was mended by the others."
)


def read(
    file: Annotated[Path, typer.Argument(help="One report as text, in UTF-8.")],
    form: Annotated[Format, typer.Option("--format", help="json or csv.")] = Format.JSON,
) -> None:
    """Read one report."""
    text = _text(file)
    reading = read_report(text)
    proposals = [asdict(one) | {"words": text[one.start : one.end]} for one in reading.proposals]
    if form is Format.CSV:
        columns = ("field", "value", "start", "end", "rule", "confidence", "words")
        write_rows(pa.table({name: [row[name] for row in proposals] for name in columns}), form)
        return
    answer = {"proposals": proposals, "abstained": [asdict(one) for one in reading.abstained]}
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=1))


def accuracy(
    reports: Annotated[int, typer.Option(min=1, help="Number of reports by each group of writers.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed invents the same reports.")] = 1,
    form: Annotated[Format, typer.Option("--format", help="json or csv.")] = Format.CSV,
) -> None:
    """Read invented reports and hold what is proposed against what they say."""
    rows = []
    for held_out in (False, True):
        invented = invented_reports(reports, np.random.default_rng(seed), held_out=held_out)
        for one in accuracy_of(invented):
            shares = {"precision": _share(one.precision), "recall": _share(one.recall)}
            rows.append({"held_out": held_out} | asdict(one) | shares)
    write_rows(pa.Table.from_pylist(rows), form)


def _text(file: Path) -> str:
    """The text of a file. Raises BadInputError when there is none, or it is no text of a report."""
    if not file.is_file():
        raise BadInputError(f"{file}: no such file. Check FILE.")
    if file.stat().st_size > _LONGEST:
        raise BadInputError(f"{file}: larger than {_LONGEST:,} bytes. Give one report a file.")
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInputError(
            f"{file}: byte {error.start} is not UTF-8. Save the file as UTF-8 and try again."
        ) from None


def _share(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
