"""Notifications made of records: what a source's deliveries say of tumours, as rows of a file of them.

A source that has been declared (``notifying``) reports tumours through its records, whichever way they came:
FHIR, flat files or the layout. Its tumours are the clinic's notifications, and its signed pathology reports
the laboratory's, where they say which tumour they are of or hold a code of ICD-O-3. Of a laboratory's own
source tumours are the laboratory's, with the words of their reports. Rows land as those of a file do: known
by the record's key, refused with the reason, and followed when the record is corrected or taken back.
"""
# ruff: noqa: S608 - statements are put together from this file's own names

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.db import connection

from fyrbak.errors import BadInputError
from fyrbak.records.holding import holds
from fyrbak.records.models import Batch
from fyrbak.records.sheets import Cells
from fyrbak.registers.icd10 import sites
from fyrbak.registers.notifications.files import TakenIn, take_in_rows
from fyrbak.registers.notifications.models import Notification, NotificationFile, NotifyingSource

COLUMNS = (
    "key", "person", "kind", "status", "region", "unit", "diagnosed", "topography", "morphology",
    "behaviour", "laterality", "basis", "t", "n", "m", "edition", "text",
)  # fmt: skip
_BY = "fyrbak register notify"
_BEHAVIOURS = {"malignant": "3", "in_situ": "2", "uncertain": "1", "benign": "0"}  # columns of the sites
_Told = dict[str, str]


@dataclass(frozen=True)
class Notified:
    """What became of a source's records; ``file`` is None where nothing has been delivered since the last."""

    source: str
    file: NotificationFile | None


def notifying(*, source: str, kind: str, region: str, by_name: str, at: datetime) -> NotifyingSource:
    """Say that a source's records are notifications of a clinic or a laboratory; ``none``: no longer.

    Saying it again changes nothing. Raises BadInputError for another kind.
    """
    if kind not in NotifyingSource.Kind.values:
        choices = ", ".join(NotifyingSource.Kind.values)
        raise BadInputError(f"'{kind}' is no kind of source. Give one of {choices}.")
    before = NotifyingSource.objects.filter(source=source).order_by("-pk").first()
    if before is not None and (before.kind, before.region_id) == (kind, region):
        return before
    return NotifyingSource.objects.create(source=source, kind=kind, region_id=region, by_name=by_name, at=at)


def spoken_of(source: str) -> bool:
    """Whether anything has been said of whether a source notifies."""
    return NotifyingSource.objects.filter(source=source).exists()


def notifying_sources() -> list[NotifyingSource]:
    """The sources whose records are notifications, by their codes."""
    latest = NotifyingSource.objects.order_by("source", "-pk").distinct("source")
    return [one for one in latest if one.kind != NotifyingSource.Kind.NONE]


def notify(*, at: datetime, on: date) -> Iterator[Notified]:
    """Take in what the records of every notifying source say of tumours, each source in a transaction."""
    for source in notifying_sources():
        yield _notified(source, at, on)


def _notified(source: NotifyingSource, at: datetime, on: date) -> Notified:
    batch = Batch.objects.filter(source=source.source).order_by("-pk").values_list("pk", flat=True).first()
    # Records may come to say again what they said before, so that it is the delivery that is taken in once.
    sha256 = hashlib.sha256(f"{source.source}|{source.kind}|{batch}".encode()).hexdigest()
    if batch is None or NotificationFile.objects.filter(source=source.source, sha256=sha256).exists():
        return Notified(source.source, None)
    told = _told(_records(source), _reported(source.source))
    rows = tuple((line, tuple(row[name] for name in COLUMNS)) for line, row in enumerate(told, start=1))
    taken: TakenIn = take_in_rows(
        cells=Cells(COLUMNS, rows), name=f"{source.source}, {batch}", source=source.source, sha256=sha256,
        region=source.region_id, by_name=_BY, at=at, on=on,
    )  # fmt: skip
    return Notified(source.source, taken.file)


def _told(records: Iterable[_Told], reported: set[str]) -> Iterator[_Told]:
    """The rows that are told, with what their codes of ICD-10 say for certain.

    What was taken back before anybody was told of it is not.
    """
    for row in records:
        if row["status"] == "retracted" and row["key"] not in reported:
            continue
        site, behaviour = _from_icd10(row["icd10"].replace(".", ""))
        row["topography"] = row["topography"] or site
        if row["of"] == "tumour":  # a report tells of the tumour's site, and of no more
            row["behaviour"] = row["behaviour"] or behaviour
        yield row


def _from_icd10(icd10: str) -> tuple[str, str]:
    """Site and behaviour of a code of ICD-10 that is that of a single site; else blank.

    A category that is not divided may come with a last digit, as in the Swedish edition: C56.9.
    """
    return _single_sites().get(icd10) or _single_sites().get(icd10[:3]) or ("", "")


@cache
def _single_sites() -> Mapping[str, tuple[str, str]]:
    found = defaultdict[str, list[tuple[str, str]]](list)
    for column, behaviour in _BEHAVIOURS.items():
        for site, codes in sites().items():
            found[codes[column]].append((site, behaviour))
    return {code: ends[0] for code, ends in found.items() if len(ends) == 1}


def _reported(source: str) -> set[str]:
    """The keys under which a source has reported."""
    keys = Notification.objects.filter(source_key__startswith=f"{source}|", version=1)
    return {key.partition("|")[2] for key in keys.values_list("source_key", flat=True)}


def _records(source: NotifyingSource) -> list[_Told]:
    """What a source's records say, a row a tumour or a report, in the order of their keys. One query."""
    asked: dict[str, str | int | bool | None] = {
        "first": f"{source.source}|", "last": f"{source.source}}}", "skip": len(source.source) + 2,
        "laboratory": source.kind == NotifyingSource.Kind.PATHOLOGY, "kind": source.kind,
        "region": source.region_id,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_QUESTION, asked)
        return [dict(zip((*COLUMNS, "icd10", "of"), row, strict=True)) for row in cursor.fetchall()]


def _day(table: str) -> str:
    """A day as exactly as it is known."""
    exact = f"CASE {table}.start_precision WHEN 'Y' THEN 'YYYY' WHEN 'M' THEN 'YYYY-MM' ELSE 'YYYY-MM-DD' END"
    return f"COALESCE(to_char({table}.start_date, {exact}), '')"


def _own(table: str) -> str:
    """Whether the current version of a row is the source's."""
    return f"{table}.known_to IS NULL AND {table}.source_key >= %(first)s AND {table}.source_key < %(last)s"


def _status(table: str, *, also: str = "true") -> str:
    """A row counts while it holds and may be seen; what a patient has blocked is not reported from here."""
    return (
        f"CASE WHEN {table}.status <> 'retracted' AND {table}.visibility = 'normal' AND {also}"
        " THEN 'active' ELSE 'retracted' END"
    )


# Persons are the sources' own. Who has one number in several sources is the first of them, as for files.
_PERSON = f"""
    JOIN records_person mine ON mine.id = {{0}}.person_id
    LEFT JOIN LATERAL (
        SELECT min(same.person_id) AS id FROM records_identity own
        JOIN records_identity same ON same.number = own.number AND {holds("same")}
        WHERE own.person_id = {{0}}.person_id AND {holds("own")}
    ) one ON true
    JOIN records_person whose ON whose.id = COALESCE(one.id, mine.id)
    LEFT JOIN LATERAL (
        SELECT r.region_id FROM records_residence r
        WHERE r.person_id IN (mine.id, whose.id) AND {holds("r")} AND r.start_date <= {{0}}.start_date
            AND (r.end_date IS NULL OR r.end_date >= {{0}}.start_date)
        ORDER BY r.start_date DESC, r.id DESC LIMIT 1
    ) home ON true
"""
_ICD10 = "CASE t.code_system WHEN 'icd10' THEN t.code ELSE '' END"
_HOME = "COALESCE(home.region_id, {0}.region_id, %(region)s)"
_CATEGORIES = ", ".join(
    f"(array_agg(substr(s.{name}, 2) ORDER BY s.start_date DESC NULLS LAST, s.id DESC)"
    f" FILTER (WHERE s.{name} <> ''))[1] AS {name}"
    for name in "tnm"
)
# A stage is whole from one edition and one basis: of the tissue before the clinical, the latest first.
_STAGE = f"""
    LEFT JOIN LATERAL (
        SELECT substring(s.edition FROM '[6-9]$') AS edition, {_CATEGORIES}
        FROM records_stage s
        WHERE s.person_id = t.person_id AND s.tumour_id = t.first_id AND s.system = 'tnm' AND {holds("s")}
            AND s.basis IN ('c', 'p')
        GROUP BY s.edition, s.basis ORDER BY s.basis DESC, max(s.start_date) DESC NULLS LAST LIMIT 1
    ) stage ON true
"""
_CODED = f"""
    LEFT JOIN LATERAL (
        SELECT max(f.value_code) FILTER (WHERE f.value_code ~ '^[0-9]{{4}}/[0-9]$') AS morphology,
            max(f.value_code) FILTER (WHERE f.value_code ~ '^C[0-9]{{2}}([.]?[0-9])?$') AS topography
        FROM records_finding f WHERE f.person_id = r.person_id AND f.report_id = r.first_id
            AND f.value_system = 'icdo3' AND {holds("f")}
    ) coded ON true
"""
_QUESTION = f"""
WITH tumour AS MATERIALIZED (
    SELECT t.*, first.id AS first_id FROM records_tumour t
    JOIN records_tumour first ON first.source_key = t.source_key AND first.version = 1
    WHERE {_own("t")}
), report AS MATERIALIZED (
    SELECT r.*, first.id AS first_id FROM records_report r
    JOIN records_report first ON first.source_key = r.source_key AND first.version = 1
    WHERE {_own("r")} AND r.kind = 'pathology'
)
SELECT substr(t.source_key, %(skip)s) AS key, whose.pseudonym::text, %(kind)s, {_status("t")},
    {_HOME.format("t")}, COALESCE(t.unit_id, ''), {_day("t")}, t.topography, t.morphology, t.behaviour,
    CASE t.laterality WHEN 'U' THEN '' ELSE t.laterality END, t.basis,
    COALESCE(stage.t, ''), COALESCE(stage.n, ''), COALESCE(stage.m, ''), COALESCE(stage.edition, ''),
    COALESCE(told.text, ''), {_ICD10}, 'tumour'
FROM tumour t {_PERSON.format("t")} {_STAGE}
LEFT JOIN LATERAL (
    SELECT string_agg(r.text, E'\n\n' ORDER BY r.start_date, r.first_id) AS text FROM report r
    WHERE %(laboratory)s AND r.person_id = t.person_id AND r.tumour_id = t.first_id AND r.text <> ''
        AND {_status("r")} = 'active'
) told ON true
UNION ALL
SELECT substr(r.source_key, %(skip)s), whose.pseudonym::text, 'pathology',
    {_status("r", also="(t.id IS NOT NULL OR coded.morphology IS NOT NULL OR coded.topography IS NOT NULL)")},
    {_HOME.format("r")}, COALESCE(r.unit_id, ''), {_day("r")},
    COALESCE(coded.topography, t.topography, ''), COALESCE(coded.morphology, ''), '',
    CASE WHEN t.laterality IN ('L', 'R') THEN t.laterality ELSE '' END,
    '', '', '', '', '', r.text, {_ICD10}, 'report'
FROM report r {_PERSON.format("r")} {_CODED}
LEFT JOIN tumour t ON t.first_id = r.tumour_id AND {_status("t")} = 'active'
WHERE NOT (%(laboratory)s AND t.id IS NOT NULL)
ORDER BY key
"""
