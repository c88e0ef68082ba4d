"""The rows of a delivery of resources, written as Parquet files that the intake reads.

Rows are kept in DuckDB while they come, on disk where they are many. Then what can only be seen beside other
resources is settled: a resource that comes twice, a report and the findings in it, parts that are gone.
"""
# ruff: noqa: S608 - statements are put together from the layout's own names

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from fyrbak.records.fhir.mapping import Listed, Row, rows_of, whole_of
from fyrbak.records.fhir.paths import held, items_of, plain
from fyrbak.records.fhir.reading import Sent
from fyrbak.records.fhir.values import name_of, reference
from fyrbak.records.intake.mapping import TableMapping
from fyrbak.records.layout import tables

_AT_ONCE = 4_000  # rows of a table that are handed over together
_TOLD = 1_000  # listed resources that are told with the result
_ORIGIN = ("resource", "sent_as")  # kept with a refusal: the resource, and its file and place
_VERSION = ("came_parent", "came_updated", "came_edition", "came_number")
_ORDER = "came_updated, came_edition, came_number"  # in which the source made the versions of a resource
_LISTED = (
    "file",
    "line",
    "table",
    "field",
    "value",
    "rule",
    "text_sv",
    "text_en",
    "record_key",
    "resource",
    "settled",
)
_LONGEST_EDITION = 18  # digits of a versionId that is a number
_NAMED = ("Patient", "Condition", "MedicationRequest")  # what others may name by an identifier alone
NOBODY = "/?"  # ends the key of what nothing has come of
_NUMBERS = {"came_edition", "came_number", "line"}


@dataclass
class Tally:
    """Of one type of resource: how many came, the rows they made, and how many made none."""

    read: int = 0
    rows: int = 0
    listed: int = 0


@dataclass
class Gathering:
    """The rows that resources have become so far, and those that became none.

    ``told`` are the first of those that somebody can mend; ``resources`` are the others, by what the keys of
    their parts begin with.
    """

    database: duckdb.DuckDBPyConnection
    region: str = ""
    types: dict[str, Tally] = field(default_factory=dict)
    told: list[Listed] = field(default_factory=list)
    resources: set[str] = field(default_factory=set)
    _waiting: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    _number: int = 0

    def __post_init__(self) -> None:
        for name, columns in _shapes().items():
            typed = (f'"{column}" {"BIGINT" if column in _NUMBERS else "VARCHAR"}' for column in columns)
            self.database.execute(f"CREATE TABLE came_{name} ({', '.join(typed)})")

    def add(self, sent: Iterable[Sent], addresses: dict[str, str]) -> None:
        """Make rows of resources. Raises BadInputError while they are read."""
        for one in sent:
            tally = self.types.setdefault(plain(one.resource.get("resourceType"))[:40] or "–", Tally())
            tally.read += 1
            outcome = rows_of(one, addresses)
            if isinstance(outcome, Listed):
                tally.listed += 1
                self._list(outcome, one)
                continue
            tally.rows += len(outcome)
            self._keep(outcome, one)
            if one.resource.get("resourceType") == "DiagnosticReport":
                for result in items_of(one.resource, "result"):
                    finding = reference(result, ("Observation",), addresses)
                    self._put("reported", (finding, outcome[0].key))

    def _list(self, listed: Listed, sent: Sent) -> None:
        if listed.mendable and len(self.told) < _TOLD:
            self.told.append(listed)
        self._put("listed", (
            sent.file[:200], sent.place, listed.table, listed.field[:60], listed.value[:200], listed.rule,
            listed.sv, listed.en, listed.key[:200], sent.text, "" if listed.mendable else "yes",
        ))  # fmt: skip

    def _keep(self, rows: list[Row], sent: Sent) -> None:
        whole = rows[0].key
        self.resources.add(whole_of(whole))
        self._name(whole, sent.resource)
        meta = sent.resource.get("meta")
        updated, edition = plain(held(meta, "lastUpdated")), plain(held(meta, "versionId"))
        made = int(edition) if edition.isdecimal() and len(edition) < _LONGEST_EDITION else 0
        for row in rows:
            self._number += 1
            place = {"region": self.region} if self.region and _has_place(row.table) else {}
            columns = place | row.columns | {"record_key": row.key}
            said = (columns.get(name) for name in _columns(row.table))
            parent = whole if row.sub else None
            origin = (sent.text, f"{sent.file}:{sent.place}")
            self._put(row.table, (*said, *origin, parent, updated, made, self._number))

    def _name(self, key: str, resource: dict[str, Any]) -> None:
        """Remember by what a resource can be named, if others may name it so."""
        type_ = resource.get("resourceType")
        if type_ in _NAMED:
            for identifier in items_of(resource, "identifier"):
                self._put("named", (name_of(str(type_), identifier), key))

    def _put(self, name: str, row: tuple[Any, ...]) -> None:
        waiting = self._waiting.setdefault(name, [])
        waiting.append(row)
        if len(waiting) >= _AT_ONCE:
            self._hand_over(name)

    def _hand_over(self, name: str) -> None:
        """Move the rows of a table that are waiting here into DuckDB."""
        rows = self._waiting.pop(name, [])
        if rows:
            columns = _shapes()[name]
            types = [pa.int64() if column in _NUMBERS else pa.string() for column in columns]
            values = zip(zip(*rows, strict=True), types, strict=True)
            arrays = [pa.array(column, type_) for column, type_ in values]
            self.database.register("handed", pa.table(arrays, names=list(columns)))
            self.database.execute(f"INSERT INTO came_{name} SELECT * FROM handed")
            self.database.unregister("handed")

    def settle(self) -> None:
        """All resources have come: what depends on others is settled."""
        for name in tuple(self._waiting):
            self._hand_over(name)
        self._follow_names()
        # A finding stands in the first report that names it; a finding's parts stand where it does.
        self.database.execute("""
            UPDATE came_finding SET report_key = r.report
            FROM (SELECT finding, min(report) AS report FROM came_reported GROUP BY finding) r
            WHERE r.finding = coalesce(came_finding.came_parent, came_finding.record_key)
        """)
        # A reason that is no tumour, such as another disease, is no link to one.
        for name, table in tables().items():
            if any(column.name == "tumour_key" for column in table.columns):
                self.database.execute(
                    f"UPDATE came_{name} SET tumour_key = NULL WHERE tumour_key IN"
                    " (SELECT record_key FROM came_finding WHERE kind = 'condition')"
                )

    def names(self) -> list[str]:
        """What rows name by an identifier that no resource of the delivery has."""
        asked = " UNION ".join(
            f"SELECT {column} AS name FROM came_{name} WHERE {column} LIKE '%?%'" for name, column in _links()
        )
        return [name for (name,) in self.database.execute(f"{asked} ORDER BY name").fetchall()]

    def know(self, keys: Mapping[str, str]) -> None:
        """Let what is named be what has these keys; what nobody has is told of without its name."""
        self._named([*keys.items()])
        for name, column in _links():
            self.database.execute(
                f"UPDATE came_{name} SET {column} = split_part({column}, '?', 1) || '{NOBODY}'"
                f" WHERE {column} LIKE '%?%'"
            )

    def _follow_names(self) -> None:
        """Let what is named by an identifier be the resource of the delivery that has it."""
        if self.names():
            found = self.database.execute("SELECT name, min(key) FROM came_named GROUP BY name")
            self._named(found.fetchall())

    def _named(self, keys: Sequence[tuple[str, str]]) -> None:
        if not keys:
            return
        names, known = zip(*keys, strict=True)
        self.database.register("handed", pa.table({"name": names, "key": known}))
        for name, column in _links():
            self.database.execute(
                f"UPDATE came_{name} SET {column} = h.key FROM handed h WHERE h.name = {column}"
            )
        self.database.unregister("handed")

    def write(self, folder: Path) -> dict[str, tuple[TableMapping, ...]]:
        """Write a file for each table that has rows, and say how the intake reads it.

        Of what a key says several times in the same words one row is kept; what differs are its versions, in
        the order in which the source made them.
        """
        written: dict[str, tuple[TableMapping, ...]] = {}
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
            as_they_are = {column: column for column in (*columns, "version")}
            written[name] = (TableMapping(file=path.name, format="parquet", columns=as_they_are),)
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

    def listed(self) -> pa.RecordBatchReader:
        """The resources that became no row, as the table of refusals has them, piece by piece."""
        return self.database.sql(
            """SELECT * EXCLUDE (resource), CAST(to_json([['resource', resource]]) AS VARCHAR) AS row
               FROM came_listed"""
        ).to_arrow_reader(_AT_ONCE)


@cache
def _shapes() -> dict[str, tuple[str, ...]]:
    """The columns of each table that rows are gathered in."""
    shapes = {name: (*_columns(name), *_ORIGIN, *_VERSION) for name in tables()}
    return shapes | {"reported": ("finding", "report"), "named": ("name", "key"), "listed": _LISTED}


@cache
def _links() -> tuple[tuple[str, str], ...]:
    """The tables and columns that name another row, which may be by its identifier."""
    return tuple(
        (name, column)
        for name in tables()
        for column in ("person_id", "tumour_key", "course_key")
        if column in _columns(name)
    )


@cache
def _columns(name: str) -> tuple[str, ...]:
    return tuple(column.name for column in tables()[name].columns)


@cache
def _has_place(name: str) -> bool:
    """Whether a table says where something happened; where people live is something else."""
    return {"region", "state"} <= {*_columns(name)}
