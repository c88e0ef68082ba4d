"""Rows become resources: what others can read in FHIR's own elements, and the rest in extensions beside them.

A resource is read back as the intake would before it is written; what comes out otherwise than the row is
stated outright. So the same records come back, whatever the rules of reading make of the elements alone.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from fyrbak.definitions import Definition, load
from fyrbak.records.fhir.definitions import FOLDER, systems
from fyrbak.records.fhir.mapping import BLANK, COLUMN, OWN, ROW, rows_of
from fyrbak.records.fhir.reading import resources_of
from fyrbak.records.layout import tables
from fyrbak.whole_files import whole

_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
_UCUM = "http://unitsofmeasure.org"
_ELSEWHERE = {"record_key", "version", "status", "recorded_at", "visibility"}  # told by other elements
Columns = Mapping[str, str]  # a row's columns in the layout, as text; blank ones may be left out


class _Coded(Definition):
    to: str
    renamed: dict[str, str] = {}


class _Table(Definition):
    resource: str
    has: dict[str, Any] = {}
    dates: dict[str, str] = {}
    concepts: dict[str, str] = {}
    codes: dict[str, _Coded] = {}
    amounts: dict[str, str] = {}
    answers: bool = False
    links: dict[str, str] = {}
    only: dict[str, str] = {}

    def fits(self, columns: Columns) -> bool:
        """Whether a row is one of those that the type of resource is for."""
        return all(columns.get(name) == value for name, value in self.only.items())


class _Export(Definition):
    tables: dict[str, _Table]
    lists: tuple[str, ...]


@cache
def _export() -> _Export:
    return load(FOLDER / "export.yaml", _Export)


def write(rows: Iterable[tuple[str, Columns]], folder: Path) -> dict[Path, int]:
    """Write rows, table after table, as one NDJSON file for each table; how many resources each has."""
    counts: dict[Path, int] = {}
    for table, of_table in groupby(rows, key=itemgetter(0)):
        path = folder / f"{table}.ndjson"
        with whole(path) as unfinished, unfinished.open("w", encoding="utf-8") as file:
            for _, columns in of_table:
                file.write(json.dumps(resource_of(table, columns), ensure_ascii=False) + "\n")
                counts[path] = counts.get(path, 0) + 1
    return counts


def resource_of(table: str, columns: Columns) -> dict[str, Any]:
    """One row as a resource."""
    columns = {name: value for name, value in columns.items() if value}
    spec = _spec(table, columns)
    resource = _framed(table, columns, spec)
    if spec is not None:
        _fill(resource, spec, columns)
        _link(resource, spec, columns)
        told = rows_of(next(resources_of(json.dumps(resource).encode(), table)), {})
        if isinstance(told, list) and len(told) == 1 and told[0].table == table:
            return resource | _stated(table, columns, told[0].columns)
    meta = resource["meta"]
    meta["profile"] = [*meta.get("profile", ()), f"{ROW}{table}"]
    return resource | _stated(table, columns, {})


def _spec(table: str, columns: Columns) -> _Table | None:
    """How a row becomes a resource of its own type; None where it goes as a Basic one."""
    spec = _export().tables.get(table)
    return spec if spec is not None and spec.fits(columns) else None


def _framed(table: str, columns: Columns, spec: _Table | None) -> dict[str, Any]:
    """What every resource has: its type, id and key, when it was recorded and who may see it."""
    key = columns["record_key"]
    resource: dict[str, Any] = {"resourceType": spec.resource if spec else "Basic", "id": _id_of(key)}
    resource |= deepcopy(spec.has) if spec is not None else {"code": {"text": table}}
    resource.setdefault("meta", {})
    if (day := columns.get("recorded_at")) is not None:
        resource["meta"]["lastUpdated"] = f"{day}T00:00:00Z"
    if columns.get("visibility", "normal") != "normal":
        label = {"system": f"{OWN}visibility", "code": columns["visibility"]}
        resource["meta"]["security"] = [label]
    if table != "person":
        resource["identifier"] = [{"system": f"{OWN}key", "value": key}]
    return resource


def _fill(resource: dict[str, Any], spec: _Table, columns: Columns) -> None:
    """Put columns where FHIR has a place for them."""
    for name, element in spec.dates.items():
        if day := columns.get(f"{name}_date"):
            length = {"Y": 4, "M": 7}.get(columns.get(f"{name}_precision", "D"), 10)
            resource[element] = day[:length]
    for name, coded in spec.codes.items():
        if value := columns.get(name):
            resource[coded.to] = coded.renamed.get(value, value)
    for name, element in spec.concepts.items():
        parts = (columns.get(one, "") for one in (name, f"{name}_system", f"{name}_version", "verbatim"))
        if concept := _concept(*parts):
            resource[element] = concept
    for name, element in spec.amounts.items():
        outer, _, inner = element.partition(".")
        if value := columns.get(name):
            resource[outer] = {inner: _quantity(value, columns.get(f"{name}_unit", ""), "")}
    resource |= _answer(columns) if spec.answers else {}


def _link(resource: dict[str, Any], spec: _Table, columns: Columns) -> None:
    """Put the rows that a row names where FHIR has a place for them."""
    for name, element in spec.links.items():
        if key := columns.get(name):
            link = _reference(name, key)
            resource[element] = [link] if element in _export().lists else link


def _answer(columns: Columns) -> dict[str, Any]:
    if value := columns.get("value"):
        unit, comparator = columns.get("value_unit", ""), columns.get("comparator", "")
        return {"valueQuantity": _quantity(value, unit, comparator)}
    code, system, words = (columns.get(name, "") for name in ("value_code", "value_system", "value_text"))
    if code:
        return {"valueCodeableConcept": _concept(code, system, "", words)}
    return {"valueString": words} if words else {}


def _concept(code: str, system: str, version: str, words: str) -> dict[str, Any]:
    if not code:
        return {"text": words} if words else {}
    address = systems().systems.get(system, (f"{OWN}system:{system}",))[0]
    coding = {"system": address, "version": version, "code": code, "display": words}
    return {"coding": [{name: value for name, value in coding.items() if value}]}


def _quantity(value: str, unit: str, comparator: str) -> dict[str, Any]:
    number = int(value) if value.lstrip("-").isdigit() else float(value)
    quantity = {"value": number, "comparator": comparator, "unit": unit, "system": _UCUM, "code": unit or "1"}
    return {name: one for name, one in quantity.items() if one != ""}


def _reference(column: str, key: str) -> dict[str, Any]:
    if column == "person_id":
        return {"reference": key}
    there = next(one.links for table in tables().values() for one in table.links if one.name == column)
    return {
        "reference": f"{_export().tables[there].resource}/{_id_of(key)}",
        "identifier": {"system": f"{OWN}key", "value": key},
    }


def _stated(table: str, columns: Columns, told: Columns) -> dict[str, Any]:
    """The extensions for what is read back otherwise than it is."""
    stated = []
    for column in tables()[table].columns:
        name = column.name
        if name in _ELSEWHERE or (table, name) == ("person", "person_id"):
            continue
        wanted, found = (_held(table, name, one) for one in (columns, told))
        if wanted != found:
            value = columns.get(name, "")
            stated.append(
                {"url": f"{COLUMN}{name}", "valueString": value}
                if value
                else {"url": BLANK, "valueString": name}
            )
    return {"extension": stated} if stated else {}


def _held(table: str, name: str, columns: Columns) -> str:
    """What a row will hold in a column once it has landed."""
    if value := columns.get(name):
        return value
    if name == "tumour_link":
        return "stated" if columns.get("tumour_key") else "unknown"
    field = tables()[table].model._meta.get_field(tables()[table].column(name).field)
    default = field.get_default() if field.has_default() else ""  # type: ignore[union-attr]
    return str(default).lower() if isinstance(default, bool) else str(default)


def _id_of(key: str) -> str:
    """An id that FHIR allows: the key itself, without a type before it, or a hash of it."""
    bare = key.removeprefix("Patient/")
    return bare if _ID.fullmatch(bare) else hashlib.sha256(key.encode()).hexdigest()[:32]
