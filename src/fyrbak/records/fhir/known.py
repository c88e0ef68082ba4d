"""What is known already of delivered resources: who waits for them, their parts, their reports."""
# ruff: noqa: S608 - statements are put together from the layout's own names

from __future__ import annotations

import json

import pyarrow as pa
from django.db import connection

from fyrbak.records.fhir.gathering import NOBODY, Gathering
from fyrbak.records.fhir.reading import Sent
from fyrbak.records.holding import holds
from fyrbak.records.layout import Table, tables

# Rows that were refused because something else had not come yet, and the columns that name it.
_WAITS_FOR = {
    "unknown_person": ("person_id", "person"),
    "unknown_tumour": ("tumour_key", "tumour"),
    "unknown_course": ("course_key", "treatment_course"),
    "unknown_report": ("report_key", "report"),
}
_IN_PARTS = (
    "identity",
    "death",
    "finding",
    "radiotherapy",
)  # tables of which a resource may have several rows


def waiting(gathering: Gathering, source: str) -> list[Sent]:
    """Earlier resources of the source that were refused because something was missing that has come now."""
    come = {table: gathering.keys(table) for _, table in _WAITS_FOR.values()}
    if not any(come.values()):
        return []
    found: dict[str, Sent] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.rule, r.row::text FROM records_refusal r JOIN records_batch b ON b.id = r.batch_id"
            " WHERE r.resolved_by_id IS NULL AND b.source_id = %s AND r.rule = ANY (%s) ORDER BY r.id",
            [source, list(_WAITS_FOR)],
        )
        for rule, row in cursor.fetchall():
            sent, (column, table) = dict(json.loads(row)), _WAITS_FOR[rule]
            named = str(sent.get(column, ""))
            if "resource" in sent and (named in come[table] or (named.endswith(NOBODY) and come[table])):
                text = str(sent["resource"])
                found[text] = Sent(json.loads(text), text, str(sent["sent_as"]), 0)
    return list(found.values())


def know_persons(gathering: Gathering, source: str) -> None:
    """Let persons who are named by their numbers alone be those that the source has sent before."""
    names = gathering.names()
    numbers = {name.partition("|")[2]: name for name in names if name.startswith("Patient?number|")}
    known = list[tuple[str, str]]()
    if numbers:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT ON (i.number) i.number, p.source_key"
                " FROM records_identity i JOIN records_person p ON p.id = i.person_id"
                f" WHERE i.number = ANY (%s) AND {holds('i')}"
                " AND p.source_key >= %s AND p.source_key < %s ORDER BY i.number, p.id",
                [sorted(numbers), f"{source}|", f"{source}}}"],
            )
            known = cursor.fetchall()
    if names:
        gathering.know({numbers[number]: key.partition("|")[2] for number, key in known})


def keep_reports(gathering: Gathering, source: str) -> None:
    """Let findings that come again without their report stand in the one that they stood in."""
    rows = gathering.database.execute(
        "SELECT record_key FROM came_finding WHERE report_key IS NULL"
    ).fetchall()
    if not rows or not _sent_before("finding", source):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.source_key, r.source_key"
            " FROM records_finding f JOIN records_report r ON r.id = f.report_id"
            " WHERE f.known_to IS NULL AND f.source_key = ANY (%s)",
            [[f"{source}|{key}" for (key,) in rows]],
        )
        known = [(one.partition("|")[2], other.partition("|")[2]) for one, other in cursor.fetchall()]
    if known:
        findings, reports = zip(*known, strict=True)
        gathering.database.register("handed", pa.table({"finding": findings, "report": reports}))
        gathering.database.execute(
            "UPDATE came_finding SET report_key = h.report FROM handed h"
            " WHERE h.finding = record_key AND report_key IS NULL"
        )
        gathering.database.unregister("handed")


def take_back_parts(gathering: Gathering, source: str) -> None:
    """Take back the parts of a resource that its newer version does not have any more."""
    whole = sorted(gathering.resources)
    for name in _IN_PARTS:
        if whole and _sent_before(name, source):
            gone = _parts(tables()[name], source, whole)
            came = gathering.keys(name)
            for row in gone:
                if row["record_key"] not in came:
                    gathering.take_back(name, row)


def _parts(table: Table, source: str, whole: list[str]) -> list[dict[str, str]]:
    """The known parts of some resources, with the columns that no row of the table may lack."""
    needed = {
        column.name: f"r.{table.model._meta.get_field(column.field).column}::text"  # type: ignore[union-attr]
        for column in table.columns
        if not column.nullable and column.name not in ("record_key", "person_id")
    }
    columns = {"record_key": "r.source_key", "person_id": "p.source_key"} | needed
    with connection.cursor() as cursor:
        # "$" is the sign after "#", which parts a part's own name from that of its resource.
        cursor.execute(
            f"SELECT {', '.join(columns.values())} FROM unnest(%s::text[]) whole (key)"
            f" JOIN {table.model._meta.db_table} r ON r.source_key >= (whole.key || '#') COLLATE \"C\""
            " AND r.source_key < (whole.key || '$') COLLATE \"C\""
            " JOIN records_person p ON p.id = r.person_id"
            f" WHERE {holds('r')}",
            [[f"{source}|{key}" for key in whole]],
        )
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return [row | {name: row[name].partition("|")[2] for name in ("record_key", "person_id")} for row in rows]


def _sent_before(name: str, source: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT FROM {tables()[name].model._meta.db_table}"
            " WHERE known_to IS NULL AND source_key >= %s AND source_key < %s)",
            [f"{source}|", f"{source}}}"],
        )
        return bool(cursor.fetchone()[0])
