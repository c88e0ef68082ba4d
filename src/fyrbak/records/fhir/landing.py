"""Resources taken in: read, made into rows, and landed by the intake as any other delivery."""
# ruff: noqa: S608 - statements hold a number of ours alone

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from adbc_driver_postgresql.dbapi import Cursor
from django.db import connection

from fyrbak.records.fhir.gathering import Gathering, Tally
from fyrbak.records.fhir.known import keep_reports, know_persons, take_back_parts, waiting
from fyrbak.records.fhir.mapping import Listed
from fyrbak.records.fhir.reading import Sent, addresses, files_of, names_in, resources, resources_of
from fyrbak.records.intake.batch import IntakeResult, Progress, room, take_in
from fyrbak.records.intake.mapping import Mapping, SourceName, source_name


@dataclass(frozen=True)
class FhirResult:
    """What became of a delivery of resources, by their types, and of the rows that they made.

    ``refused`` is how many resources of a type had a row refused; ``listed`` tells the first of those that
    became no row and can be mended, and ``again`` how many that had been waiting were tried again.
    """

    types: dict[str, Tally]
    refused: dict[str, int]
    listed: tuple[Listed, ...]
    again: int
    intake: IntakeResult


def take_in_fhir(
    *,
    path: Path,
    source: SourceName,
    landed_at: datetime,
    pseudonyms: np.random.Generator,
    as_of: date | None = None,
    region: str = "",
    keep: bool = True,
    progress: Progress = lambda _what, _share: None,
) -> FhirResult:
    """Take in a bundle, a resource, NDJSON, or a folder of such files: all of it lands, or nothing does.

    ``as_of`` is the last day described (default: the day it lands); ``region`` where things happened that do
    not say it. Each resource becomes rows, or is kept in a list with the reason. Those that waited for a
    person, tumour, course or report of this delivery are tried again. Raises BadInputError for a file that is
    no FHIR, cut off, or too large.
    """
    files = files_of(path)

    def reading() -> Iterator[tuple[Callable[[], Iterator[Sent]], dict[str, str], float]]:
        for done, file in enumerate(files):
            yield partial(resources, file), addresses(file), done / len(files)

    return _take_in(reading(), source, landed_at, pseudonyms, as_of, region, keep, progress)


def take_in_message(
    *,
    content: bytes,
    name: str,
    source: SourceName,
    landed_at: datetime,
    pseudonyms: np.random.Generator,
    region: str = "",
    keep: bool = True,
) -> FhirResult:
    """Take in a bundle or a resource that somebody has sent as bytes. Raises BadInputError."""
    named = names_in(resources_of(content, name))
    reading = [(partial(resources_of, content, name), named, 0.0)]
    return _take_in(reading, source, landed_at, pseudonyms, None, region, keep, lambda _what, _share: None)


def _take_in(
    reading: Iterable[tuple[Callable[[], Iterator[Sent]], dict[str, str], float]],
    source: SourceName,
    landed_at: datetime,
    pseudonyms: np.random.Generator,
    as_of: date | None,
    region: str,
    keep: bool,  # noqa: FBT001
    progress: Progress,
) -> FhirResult:
    with room() as database, TemporaryDirectory(prefix="fyrbak-fhir-") as work:
        gathering = Gathering(database, region)
        database.execute(f"SET temp_directory = '{work}/spilled'")
        for read, named, share in reading:
            progress("read", share)
            gathering.add(read(), named)
        types = {name: Tally(tally.read, tally.rows, tally.listed) for name, tally in gathering.types.items()}
        again = waiting(gathering, source.code)
        gathering.add(again, {})
        gathering.settle()
        know_persons(gathering, source.code)
        keep_reports(gathering, source.code)
        take_back_parts(gathering, source.code)
        mapping = Mapping.model_validate({"source": source, "tables": gathering.write(Path(work))})

        def list_too(cursor: Cursor, batch: int) -> None:
            _keep_listed(cursor, batch, gathering)

        result = take_in(
            folder=Path(work), mapping=mapping, source=source.code, as_of=as_of, landed_at=landed_at,
            pseudonyms=pseudonyms, keep=keep, beside=list_too, progress=progress,
        )  # fmt: skip
    return FhirResult(types, _refused(result), tuple(gathering.told), len(again), result)


def sender(code: str, *, synthetic: bool = False) -> SourceName:
    """A source by its code. Raises BadInputError for one of another form."""
    return source_name(code, code, synthetic=synthetic)


def _keep_listed(cursor: Cursor, batch: int, gathering: Gathering) -> None:
    """Keep the resources that became no row with the batch; what nobody need mend is settled at once."""
    cursor.execute("DROP TABLE IF EXISTS listed")
    cursor.adbc_ingest("listed", gathering.listed(), mode="create", temporary=True)
    cursor.execute(
        'INSERT INTO records_refusal (batch_id, file, line, "table", field, value, rule, text_sv, text_en,'
        f' record_key, row, resolved_by_id) SELECT {batch}, file, line, "table", field, value, rule, text_sv,'
        f" text_en, record_key, row::jsonb, CASE WHEN settled <> '' THEN {batch} END FROM listed"
        " ORDER BY file, line"
    )


def _refused(result: IntakeResult) -> dict[str, int]:
    """How many resources of each type had a row refused in this delivery."""
    if result.known or not result.total("refused"):
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT split_part(record_key, '/', 1), count(DISTINCT split_part(record_key, '#', 1))"
            " FROM records_refusal WHERE batch_id = %s AND row @> '[[\"sent_as\"]]' GROUP BY 1 ORDER BY 1",
            [result.batch],
        )
        return dict(cursor.fetchall())
