"""Refused rows as CSV, in the layout of the file they came from, for correction and sending again."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from functools import partial
from itertools import groupby
from pathlib import Path, PurePosixPath

from django.db.models import Exists, OuterRef, QuerySet

from fyrbak.errors import BadInputError
from fyrbak.records.intake.delivery import REASONS
from fyrbak.records.intake.mapping import Mapping
from fyrbak.records.models import Batch, Refusal

_OTHER_FORMS = {".parquet", ".json", ".ndjson", ".gz"}


def export_refused(*, out: Path, batch: int | None = None, mapping: Mapping | None = None) -> dict[Path, int]:
    """Write the rows that wait for correction, of one batch or all; return the rows of each file written.

    ``out`` is a CSV file if they come from one file; else a folder, which gets one file for each, written as
    ``mapping`` says that the source writes its own.
    A row with several faults is one row with several reasons; one that was sent again and refused again is
    told once, as last sent. Raises BadInputError.
    """
    refusals = Refusal.objects.filter(resolved_by__isnull=True)
    if batch is not None:
        if not Batch.objects.filter(pk=batch).exists():
            raise BadInputError(f"there is no batch {batch}. Leave --batch out to see the refusals of all.")
        refusals = refusals.filter(batch_id=batch)
    sent_again = Refusal.objects.filter(
        table=OuterRef("table"),
        record_key=OuterRef("record_key"),
        batch__source=OuterRef("batch__source"),
        batch_id__gt=OuterRef("batch_id"),
        resolved_by__isnull=True,
    ).exclude(record_key="")
    refusals = refusals.filter(~Exists(sent_again))
    files = sorted({(table, _name(table, file)) for table, file in refusals.values_list("table", "file")})
    single = out.suffix.lower() == ".csv"
    if single and len(files) > 1:
        raise BadInputError(f"{out}: the refused rows come from {len(files)} files. Give a folder instead.")
    written = {}
    for table, name in files:
        path = out if single else out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        written[path] = _write(
            path, partial(_rows, refusals.filter(table=table), name), *_shape(mapping, table, name)
        )
    return written


def _rows(refusals: QuerySet[Refusal], name: str) -> Iterator[Refusal]:
    """The refusals that go into the file of this name, those of one row after each other."""
    for refusal in refusals.order_by("batch_id", "file", "line", "id").iterator():
        if _name(refusal.table, refusal.file) == name:
            yield refusal


def _name(table: str, file: str) -> str:
    """Rows of a file of another form come out as ``<table>.csv``, those of a CSV file under its own name."""
    path = PurePosixPath(file)
    return f"{table or 'other'}.csv" if path.suffix in _OTHER_FORMS else path.name


def _shape(mapping: Mapping | None, table: str, name: str) -> tuple[str, str]:
    """Encoding and delimiter of the source's own file, so that it comes back under the same mapping."""
    known = mapping.tables.get(table, ()) if mapping else ()
    mapped = next((one for one in known if fnmatch(name, one.file)), next(iter(known), None))
    return (mapped.encoding, mapped.delimiter) if mapped and mapped.format == "csv" else ("utf-8", ",")


def _write(path: Path, refusals: Callable[[], Iterator[Refusal]], encoding: str, delimiter: str) -> int:
    """Write one file with every column that any of its rows has; return its rows.

    A line that has not as many fields as the heading has no columns: it stands as it was in ``refused_text``.
    """
    columns = dict.fromkeys(column for refusal in refusals() for column, _ in refusal.row if column)
    count = 0
    with path.open("w", encoding=encoding, errors="replace", newline="") as file:
        writer = csv.DictWriter(file, [*columns, *REASONS], restval="", delimiter=delimiter)
        writer.writeheader()
        for (_, _, line), group in groupby(refusals(), key=lambda r: (r.batch_id, r.file, r.line)):
            faults = list(group)
            row = dict(faults[0].row)
            text = row.pop("", "")
            reasons = (
                str(faults[0].pk),
                str(line),
                *(
                    " ".join(dict.fromkeys(getattr(f, n) for f in faults))
                    for n in ("rule", "text_sv", "text_en")
                ),
                text,
            )
            writer.writerow(row | dict(zip(REASONS, reasons, strict=True)))
            count += 1
    return count
