"""From a source's columns to the layout's, as SQL: names, codes, dates, parts of texts, joined keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from fyrbak.engines.quoting import sql_name, sql_text
from fyrbak.records import layout
from fyrbak.records.intake.mapping import ANY_OTHER, Own, TableMapping, Taken, headings

_SQL_TYPE = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.int16(): "SMALLINT",
    pa.date32(): "DATE",
    pa.bool_(): "BOOLEAN",
}


def sql_type(type_: pa.DataType) -> str:
    """What DuckDB calls an Arrow type of the layout."""
    if pa.types.is_decimal(type_):
        return f"DECIMAL({type_.precision}, {type_.scale})"
    return _SQL_TYPE[type_]


@dataclass(frozen=True)
class Translated:
    """SQL for a column of the layout, and for whether its text could not be read; blank where it can."""

    value: str
    unreadable: str = ""


def translation(
    table: layout.Table, mapped: TableMapping, own: Mapping[str, Own], exchanged: set[str]
) -> dict[str, Translated]:
    """How a source's columns become the layout's; ``exchanged`` are taken from sent_person."""
    found = {}
    for column in table.columns:
        # A source's own number for a person is whatever it calls it; it need not be a number.
        type_ = "VARCHAR" if column.name == "person_id" else sql_type(column.type)
        text = _text(mapped, own, column.name)
        if column.name in exchanged:
            found[column.name] = Translated("sent_person", f"{text} IS NOT NULL AND sent_person IS NULL")
            continue
        value = f"TRY_CAST({text} AS {type_})"
        if type_ == "DATE":
            value = f"CAST(try_strptime({text}, {sql_text(mapped.date_format(column.name))}) AS DATE)"
        one = own.get(column.name)
        given = _plain(one.column) if isinstance(one, Taken) else text
        always = one is None or (type_ == "VARCHAR" and not isinstance(one, Taken))
        found[column.name] = Translated(value, "" if always else f"{given} IS NOT NULL AND {value} IS NULL")
    return found


def _text(mapped: TableMapping, own: Mapping[str, Own], column: str) -> str:
    """SQL for the text of a column of the layout, its codes translated; null where it is blank."""
    if column not in own:
        value = mapped.constants.get(column)
        return "NULL::VARCHAR" if value is None else sql_text(value)
    one = own[column]
    texts = [_plain(name) for name in headings(one)]
    text = texts[0]
    if isinstance(one, Taken):
        text = f"nullif(regexp_extract({text}, {sql_text(one.pattern)}, 1), '')"
    elif len(texts) > 1:
        text = f"nullif(concat_ws('-', {', '.join(texts)}), '')"
    if codes := mapped.codes.get(column):
        named = [(theirs, ours) for theirs, ours in codes.items() if theirs != ANY_OTHER]
        cases = " ".join(f"WHEN {sql_text(theirs)} THEN {sql_text(ours)}" for theirs, ours in named)
        other = sql_text(codes[ANY_OTHER]) if ANY_OTHER in codes else text
        text = f"CASE WHEN {text} IS NULL THEN NULL ELSE CASE {text} {cases} ELSE {other} END END"
    if mapped.prefix and column == "record_key":
        text = f"({sql_text(mapped.prefix + '-')} || {text})"
    return text


def _plain(heading: str) -> str:
    return f"nullif(trim(CAST({sql_name(heading)} AS VARCHAR)), '')"


def one_select(translated: list[tuple[range, dict[str, Translated]]]) -> str:
    """The select list of a table whose files may each be read in a way of their own."""
    items, unreadable = [], []
    for name in translated[0][1]:
        ways = [(files, columns[name]) for files, columns in translated]
        value = ways[0][1].value
        if len(ways) > 1:
            cases = " ".join(f"WHEN {_among(files)} THEN {way.value}" for files, way in ways)
            value = f"CASE {cases} END"
        items.append(f"{value} AS {sql_name(name)}")
        for files, way in ways:
            if way.unreadable:
                only = f"{_among(files)} AND " if len(ways) > 1 else ""
                unreadable.append(f"CASE WHEN {only}{way.unreadable} THEN '{name}' END")
    found = f"list_filter([{', '.join(unreadable)}], lambda x: x IS NOT NULL)" if unreadable else "NULL"
    return ", ".join(items) + f", CAST({found} AS VARCHAR[]) AS unreadable"


def _among(files: range) -> str:
    return f"sent_file BETWEEN {files.start} AND {files.stop - 1}"


def where(mapped: TableMapping) -> str:
    """SQL for the rows that a mapping takes."""
    held = [
        f"coalesce(trim(CAST({sql_name(name)} AS VARCHAR)), '') IN ({', '.join(map(sql_text, values))})"
        for name, values in mapped.where.items()
    ]
    return " AND ".join(held) or "true"
