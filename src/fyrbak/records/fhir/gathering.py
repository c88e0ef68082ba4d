"""The rows of a delivery of resources, written as Parquet files that the intake reads.

Rows are kept in DuckDB while they come, on disk where they are many. Then what can only be seen beside other
resources is settled: a resource that comes twice, a report and the findings in it, parts that are gone.
"""
# ruff: noqa: S608 - statements are put together from the layout's own names

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from fyrbak.records.fhir.mapping import Listed, Row, rows_of
from fyrbak.records.fhir.paths import held, items_of, plain
from fyrbak.records.fhir.reading import Sent
from fyrbak.records.fhir.values import reference
from fyrbak.records.intake.mapping import TableMapping
from fyrbak.records.layout import tables

_AT_ONCE = 4_000  # rows of a table that are handed over together
# What is known of where a row came from, beside the layout's columns. The first two are kept with a refusal.
BESIDE = ("resource", "sent_as")
_ORDER = "came_updated, came_edition, came_number"  # in which the source made the versions of a resource
_BESIDE = ("came_parent", "came_updated")


@dataclass
class Tally:
    """Of one type of resource: how many came, the rows they made, and how many made none."""

    read: int = 0
    rows: int = 0
    listed: int = 0


@dataclass
class Gathering:
    """The rows that resources have become so far, and those that became none."""

    database: duckdb.DuckDBPyConnection
    region: str = ""
    types: dict[str, Tally] = field(default_factory=dict)
    listed: list[tuple[Listed, Sent]] = field(default_factory=list)
    by_rule: Counter[str] = field(default_factory=Counter)
    resources: set[str] = field(default_factory=set)
    _rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    _links: list[tuple[str, str]] = field(default_factory=list)
    _number: int = 0

    def __post_init__(self) -> None:
        for name in tables():
            columns = ", ".join(f'"{column}" VARCHAR' for column in (*_columns(name), *BESIDE, *_BESIDE))
            self.database.execute(
                f"CREATE TABLE came_{name} ({columns}, came_edition BIGINT, came_number BIGINT)"
            )
        self.database.execute("CREATE TABLE reported (finding VARCHAR, report VARCHAR)")

    def add(self, sent: Iterable[Sent], addresses: dict[str, str]) -> None:
        """Make rows of resources. Raises BadInputError while they are read."""
        for one in sent:
            tally = self.types.setdefault(plain(one.resource.get("resourceType"))[:40] or "–", Tally())
            tally.read += 1
            told = rows_of(one, addresses)
            if isinstance(told, Listed):
                tally.listed += 1
                self.by_rule[told.rule] += 1
                self.listed.append((told, one))
                continue
            tally.rows += len(told)
            self.resources.add(told[0].key)
            for row in told:
                self._keep(row, one, told[0].key)
            if one.resource.get("resourceType") == "DiagnosticReport":
                for result in items_of(one.resource, "result"):
                    finding = reference(result, ("Observation",), addresses)
                    self._links.append((finding, told[0].key))

    def _keep(self, row: Row, sent: Sent, parent: str) -> None:
        self._number += 1
        columns = row.columns
        if self.region and "region" in columns_with_place(row.table):
            columns = {"region": self.region} | columns
        meta = sent.resource.get("meta")
        edition = plain(held(meta, "versionId"))
        values: list[Any] = [
            row.key if name == "record_key" else columns.get(name) for name in _columns(row.table)
        ]
        values += [sent.text, f"{sent.file}:{sent.place}", parent if row.sub else None]
        values += [
            plain(held(meta, "lastUpdated")),
            int(edition) if edition.isdecimal() and len(edition) < 18 else 0,
        ]
        waiting = self._rows.setdefault(row.table, [])
        waiting.append((*values, self._number))
        if len(waiting) >= _AT_ONCE:
            self._hand_over(row.table)

    def _hand_over(self, name: str) -> None:
        waiting = self._rows.pop(name, [])
        if waiting:
            texts = (*_columns(name), *BESIDE, *_BESIDE)
            types = [*(pa.string() for _ in texts), pa.int64(), pa.int64()]
            arrays = [
                pa.array(values, type_)
                for values, type_ in zip(zip(*waiting, strict=True), types, strict=True)
            ]
            self.database.register("handed", pa.table(arrays, names=[*texts, "came_edition", "came_number"]))
            self.database.execute(f"INSERT INTO came_{name} SELECT * FROM handed")
            self.database.unregister("handed")

    def settle(self) -> None:
        """All resources have come: what depends on others is settled."""
        for name in tuple(self._rows):
            self._hand_over(name)
        if self._links:
            findings, reports = zip(*self._links, strict=True)
            self.database.register("handed", pa.table({"finding": findings, "report": reports}))
            self.database.execute("INSERT INTO reported SELECT DISTINCT finding, report FROM handed")
            self.database.unregister("handed")
        # A finding stands in the first report that names it; a finding's parts stand where it does.
        self.database.execute("""
            UPDATE came_finding SET report_key = r.report
            FROM (SELECT finding, min(report) AS report FROM reported GROUP BY finding) r
            WHERE r.finding = coalesce(came_finding.came_parent, came_finding.record_key)
        """)
        # A reason that is no tumour, such as another disease, is no link to one.
        for name, table in tables().items():
            if any(column.name == "tumour_key" for column in table.columns):
                self.database.execute(
                    f"UPDATE came_{name} SET tumour_key = NULL WHERE tumour_key IN"
                    " (SELECT record_key FROM came_finding WHERE kind = 'condition')"
                )

    def write(self, folder: Path) -> dict[str, TableMapping]:
        """Write a file for each table that has rows, and say how the intake reads it.

        Of what a key says several times in the same words one row is kept; what differs are its versions, in
        the order in which the source made them.
        """
        written: dict[str, TableMapping] = {}
        for name in tables():
            ((rows,),) = self.database.execute(f"SELECT count(*) FROM came_{name}").fetchall()
            if not rows and (name != "person" or written):
                continue
            columns = [column for column in _columns(name) if column != "version"]
            said = ", ".join(f'"{column}"' for column in columns)
            path = folder / f"{name}.parquet"
            self.database.execute(f"""
                COPY (
                    SELECT {said}, resource, sent_as, if(count(*) OVER same > 1,
                           CAST(row_number() OVER (same ORDER BY {_ORDER}) AS VARCHAR), NULL) AS version
                    FROM (
                        SELECT *, row({said}) AS told FROM came_{name} QUALIFY told IS DISTINCT FROM
                            lag(told) OVER (PARTITION BY record_key ORDER BY {_ORDER})
                    ) WINDOW same AS (PARTITION BY record_key) ORDER BY came_number
                ) TO '{path}' (FORMAT parquet)
            """)
            written[name] = TableMapping(
                file=path.name, format="parquet", columns={c: c for c in (*columns, "version")}
            )
        return written

    def keys(self, name: str) -> set[str]:
        """The keys of a table's rows."""
        self._hand_over(name)
        return {key for (key,) in self.database.execute(f"SELECT record_key FROM came_{name}").fetchall()}

    def take_back(self, name: str, columns: dict[str, str]) -> None:
        """Add a row that takes back an earlier one: its key and what no row of the table may lack."""
        told = columns | {"status": "retracted"}
        places = ", ".join("?" * len(told))
        self.database.execute(
            f"INSERT INTO came_{name} ({', '.join(told)}, came_number) VALUES ({places}, 0)",
            list(told.values()),
        )


def _columns(name: str) -> tuple[str, ...]:
    return tuple(column.name for column in tables()[name].columns)


def columns_with_place(name: str) -> tuple[str, ...]:
    """The columns of a table that says where something happened; none of other tables."""
    columns = _columns(name)
    return columns if "state" in columns else ()
