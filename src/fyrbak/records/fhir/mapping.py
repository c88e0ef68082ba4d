"""One resource becomes rows, or stands in a list with the reason, by the rules of the content."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from fyrbak.records.fhir import definitions
from fyrbak.records.fhir.columns import Reader, Reading, coded, path, reader_of
from fyrbak.records.fhir.definitions import KEY, OWN, Kind, RowRule, into, reasons, said, systems
from fyrbak.records.fhir.paths import Path, held, items_of, plain
from fyrbak.records.fhir.reading import Sent, key_of
from fyrbak.records.fhir.values import UnfitError, day
from fyrbak.records.layout import tables

COLUMN, BLANK, ROW = f"{OWN}column:", f"{OWN}blank", f"{OWN}row:"
_REMOVALS = ("DELETE", "PATCH")
_NUMBER = re.compile(r"(18|19|20)?[0-9]{6}[-+]?[0-9]{3}[0-9ATX]")
_RETRACTED = "entered-in-error"
_CODED = (
    "tumour",
    "stage",
    "procedure",
    "treatment_course",
    "finding",
    "drug_administration",
)  # nothing without


@dataclass(frozen=True)
class Row:
    """A row of a table, all its columns as text. ``sub`` tells that it is a part of the resource."""

    table: str
    key: str
    columns: dict[str, str]
    sub: bool = False


@dataclass(frozen=True)
class Listed:
    """A resource that becomes no row, and why. ``mendable``: somebody can do something about it."""

    table: str
    key: str
    rule: str
    field: str
    value: str
    sv: str
    en: str
    mendable: bool = True


@dataclass(frozen=True)
class _Columns:
    """The columns that one rule fills."""

    names: tuple[str, ...]
    read: Reader


@dataclass(frozen=True)
class _RowReader:
    rule: RowRule
    each: Path | None
    columns: tuple[_Columns, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True)
class _KindReader:
    kind: Kind
    rows: tuple[_RowReader, ...]


@dataclass
class _Kinds:
    """The kinds of one type of resource, by what tells them apart."""

    profiles: dict[str, _KindReader] = field(default_factory=dict)
    codes: dict[str, _KindReader] = field(default_factory=dict)
    patterns: list[tuple[str, re.Pattern[str], _KindReader]] = field(default_factory=list)
    categories: dict[str, _KindReader] = field(default_factory=dict)
    rest: _KindReader | None = None


def rows_of(sent: Sent, addresses: dict[str, str]) -> list[Row] | Listed:
    """The rows that a resource becomes, or why it becomes none."""
    resource, key = sent.resource, key_of(sent)
    try:
        return _rows(sent, Reading(key, resource, addresses))
    except UnfitError as unfit:
        text = said(unfit.rule, field=unfit.field, value=unfit.value or "–", **unfit.names)
        table = _table_of(resource)
        kept = "" if unfit.rule == "id_is_number" else key
        return Listed(table, kept, unfit.rule, unfit.field, unfit.value, text.sv, text.en)


def others(sent: Sent) -> Listed | None:
    """What is said of a resource of a type that says nothing that records hold; None of other types."""
    type_ = plain(sent.resource.get("resourceType"))
    text = reasons().kept_by_others.get(type_)
    if text is None:
        return None
    return Listed("", key_of(sent), "kept_by_others", "resourceType", type_, text.sv, text.en, mendable=False)


def _rows(sent: Sent, reading: Reading) -> list[Row] | Listed:
    resource = reading.resource
    type_ = plain(resource.get("resourceType"))
    if type_ and (needless := others(sent)) is not None and sent.method not in _REMOVALS:
        return needless
    own = _own_table(resource)
    _refuse(sent, reading.key, type_, own)
    retracted = _retracted(type_, resource)
    stated_key = "" if type_ == "Patient" else _stated_key(resource)
    reading = replace(reading, key=stated_key or reading.key)
    rows = [Row(own, reading.key, {})] if own else list(_read(_kind(type_, resource), reading))
    if not rows:
        raise UnfitError("nothing", type_)
    common = {"recorded_at": day(held(resource.get("meta"), "lastUpdated"))[0]}
    if visibility := _visibility(resource):
        common["visibility"] = visibility
    if retracted:
        common["status"] = "retracted"
    main, *parts = rows
    main = replace(main, columns=main.columns | common | _stated(resource, main.table))
    return [main, *(replace(part, columns=part.columns | common) for part in parts)]


def _refuse(sent: Sent, key: str, type_: str, own: str | None) -> None:
    """Raise UnfitError for what is no resource that can be taken in, whatever it says."""
    if sent.method in _REMOVALS:
        raise UnfitError("deleted", "request.method", sent.method)
    if not type_:
        raise UnfitError("no_resource", "resourceType")
    if type_ not in _by_type() and own is None:
        raise UnfitError("unknown_type", "resourceType", type_[:40], choices=", ".join(sorted(_by_type())))
    if not key:
        raise UnfitError("no_id", "id")
    if _NUMBER.fullmatch(key.partition("/")[2]):
        raise UnfitError("id_is_number", "id")


def _read(reader: _KindReader, reading: Reading) -> Iterator[Row]:
    for row in reader.rows:
        elements = row.each(reading.resource, reading.resource) if row.each else [reading.resource]
        for number, element in enumerate(elements, start=1):
            columns: dict[str, str] = {}
            for few in row.columns:
                told = zip(few.names, few.read(element, reading), strict=True)
                columns |= {name: value for name, value in told if value}
            if not all(columns.get(name) for name in row.needs):
                continue
            part = f"{row.rule.suffix}{number if row.each else ''}"
            key = f"{whole_of(reading.key)}#{part}" if part else reading.key
            if row.rule.table == "person":
                columns["person_id"] = key
            elif reader.kind.resource == "Patient":
                columns["person_id"] = reading.key
            _check(row.rule.table, columns)
            yield Row(row.rule.table, key, columns, sub=bool(part))


def whole_of(key: str) -> str:
    """What the keys of a resource's parts begin with: its own key, but a patient's id stays out of it.

    Keys stand in snapshots, where a person is a pseudonym.
    """
    type_, _, id_ = key.partition("/")
    return f"{type_}/{hashlib.sha256(id_.encode()).hexdigest()[:20]}" if type_ == "Patient" else key


def _check(table: str, columns: dict[str, str]) -> None:
    """What rows of any source must have, and the intake's checks of single rows do not ask."""
    if table in _CODED and not columns.get("code") and not columns.get("verbatim"):
        raise UnfitError("no_code", "code")
    on = columns.get("start_date", "")
    for one in systems().valid:
        edition = columns.get("edition") == one.edition if one.edition else True
        if (
            edition
            and one.system in (columns.get("code_system"), columns.get("system"))
            and re.match(one.pattern, columns.get("code", ""))
        ):
            early = one.valid_from is not None and "" < on < str(one.valid_from)
            late = one.valid_to is not None and on > str(one.valid_to)
            if early or late:
                raise UnfitError("not_valid_then", on, one.edition or columns["code"])


def _retracted(type_: str, resource: dict[str, Any]) -> bool:
    """Whether a resource takes back what it said. Raises UnfitError if it does not hold yet or at all."""
    status = definitions.mapping().statuses.get(type_)
    if status is None:
        return plain(resource.get("status")) == _RETRACTED
    told = [plain(value) for value in path(status.at)(resource, resource)]
    if _RETRACTED in told:
        return True
    wrong = next((one for one in told if one not in status.holds), None)
    if wrong is not None:
        raise UnfitError("not_final", status.at.split(".")[0], wrong[:40], choices=", ".join(status.holds))
    return False


def _visibility(resource: dict[str, Any]) -> str:
    labels = [plain(held(label, "code")) for label in items_of(resource.get("meta"), "security")]
    found = {systems().labels[label] for label in labels if label in systems().labels}
    return "protected" if "protected" in found else next(iter(found), "")


def _profiles(resource: dict[str, Any]) -> list[str]:
    return [plain(profile).split("|")[0] for profile in items_of(resource.get("meta"), "profile")]


def _own_table(resource: dict[str, Any]) -> str | None:
    """The table of a resource that holds a whole row as it is, as this system writes it."""
    for profile in _profiles(resource):
        if profile.startswith(ROW) and profile.removeprefix(ROW) in tables():
            return profile.removeprefix(ROW)
    return None


def _stated(resource: dict[str, Any], table: str) -> dict[str, str]:
    """The columns that a resource states outright, because FHIR has no place for them."""
    known = {column.name for column in tables()[table].columns}
    found = {}
    for one in items_of(resource, "extension"):
        name = plain(held(one, "url"))
        if name.startswith(COLUMN) and name.removeprefix(COLUMN) in known:
            found[name.removeprefix(COLUMN)] = plain(held(one, "valueString"))
        elif name == BLANK and plain(held(one, "valueString")) in known:
            found[plain(held(one, "valueString"))] = ""
    return found


def _stated_key(resource: dict[str, Any]) -> str:
    return next(
        (plain(one.get("value")) for one in items_of(resource, "identifier")
         if isinstance(one, dict) and one.get("system") == KEY), "",
    )  # fmt: skip


def _kind(type_: str, resource: dict[str, Any]) -> _KindReader:
    """The kind that a resource is of. Raises UnfitError for a profile of another type, or if none fits."""
    kinds = _by_type()[type_]
    found = _by_profile(kinds, resource) or _by_code(kinds, resource) or _by_category(kinds, resource)
    found = found or kinds.rest
    if found is None:
        raise UnfitError("unknown_type", "resourceType", type_, choices=", ".join(sorted(_by_type())))
    return found


def _by_profile(kinds: _Kinds, resource: dict[str, Any]) -> _KindReader | None:
    names = [profile.rsplit("/", 1)[-1] for profile in _profiles(resource)]
    found = next((kinds.profiles[name] for name in names if name in kinds.profiles), None)
    if found is None and (wrong := next((name for name in names if name in _all_profiles()), "")):
        raise UnfitError("wrong_profile", "meta.profile", wrong)
    return found


def _by_code(kinds: _Kinds, resource: dict[str, Any]) -> _KindReader | None:
    codes = [coded(coding) for coding in items_of(resource.get("code"), "coding")]
    for system, code in codes:
        if (found := kinds.codes.get(f"{system}|{code}")) is not None:
            return found
    for system, code in codes:
        for of, pattern, reader in kinds.patterns:
            if of == system and pattern.match(code):
                return reader
    return None


def _by_category(kinds: _Kinds, resource: dict[str, Any]) -> _KindReader | None:
    categories = [plain(value) for value in path("category.coding.code")(resource, resource)]
    return next((kinds.categories[one] for one in categories if one in kinds.categories), None)


def _table_of(resource: dict[str, Any]) -> str:
    """The table that a resource is most likely meant for; blank if none."""
    try:
        return _kind(plain(resource.get("resourceType")), resource).rows[0].rule.table
    except (KeyError, UnfitError):
        return ""


@cache
def _by_type() -> dict[str, _Kinds]:
    found: dict[str, _Kinds] = {}
    for kind in definitions.mapping().kinds:
        reader = _KindReader(kind, tuple(_row_reader(row) for row in kind.rows))
        kinds = found.setdefault(kind.resource, _Kinds())
        kinds.profiles |= dict.fromkeys(kind.profiles, reader)
        kinds.codes |= dict.fromkeys(kind.codes, reader)
        kinds.patterns += [(system, re.compile(text), reader) for system, text in kind.patterns.items()]
        kinds.categories |= dict.fromkeys(kind.categories, reader)
        if kind.rest:
            kinds.rest = reader
    return found


@cache
def _all_profiles() -> frozenset[str]:
    return frozenset(name for kind in definitions.mapping().kinds for name in kind.profiles)


def _row_reader(rule: RowRule) -> _RowReader:
    columns = definitions.mapping().columns_of(rule)
    parts = tuple(_Columns(into(name, column), reader_of(name, column)) for name, column in columns.items())
    return _RowReader(rule, path(rule.each) if rule.each else None, parts, rule.needs)
