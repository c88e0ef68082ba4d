"""What the words of definitions mean, as cases: rows in, a question, rows out, and what the case shows.

The cases are data in ``content/specification``. Every engine must answer each of them alike, and
``docs/specification.md`` is written from them. A case asks a function of ``questions.py`` there, or a measure
or a pathway that is given in the case itself.
"""

from __future__ import annotations

import importlib
import shlex
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import Table

from fyrbak.definitions import CONTENT, Definition, load, pick
from fyrbak.engines.engine import Engine
from fyrbak.measures.definitions import Exclusion, Interval, Measure, Text
from fyrbak.measures.examples import plain_cells
from fyrbak.measures.inputs import Inputs, Known
from fyrbak.measures.tallies import cube
from fyrbak.pathways.examples import follow
from fyrbak.pathways.shapes import Example, Pathway
from fyrbak.records.snapshot import first_day

FOLDER = CONTENT / "specification"
YEAR_END = date(2024, 12, 31)  # the last day known, unless a case says otherwise
Row = tuple[Any, ...]


class Case(Definition):
    """One case. ``tables`` and ``answer`` are written as text: a line of names, then a line per row.

    A name in ``tables`` is followed by its type, as in ``day:date``. Parts are kept apart by spaces; a text
    with a space, or without anything, stands within quotes; ``null`` is no value. ``refused`` stands instead
    of ``answer`` where every engine must answer with an error; it says why.
    """

    shows: str
    tables: Mapping[str, str] = {}
    answer: str = ""
    refused: str = ""

    def expected(self) -> list[dict[str, str]]:
        """The answer as it is written: words by column."""
        names, *rows = _words(self.answer)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def given(self) -> dict[str, pa.Table]:
        """The tables, by name."""
        return {name: read_table(text) for name, text in self.tables.items()}


class Question(Case):
    """A case that asks a function of ``questions.py``."""

    question: str


class Measured(Case):
    """A case that measures its table ``rows``. What the measure needs beside its kind is made up."""

    measure: Mapping[str, Any]
    as_of: date = YEAR_END
    interval: Interval = "year"
    by: tuple[str, ...] = ()


class Followed(Case):
    """A case that follows one person's events through a pathway. What its limits do not need is made up."""

    pathway: Mapping[str, Any]
    person: Example


class Topic(Definition):
    """Cases about one matter, under one heading, with what they have in common in a few sentences."""

    title: str
    order: int
    says: str
    questions: tuple[Question, ...] = ()
    measures: tuple[Measured, ...] = ()
    pathways: tuple[Followed, ...] = ()

    @property
    def cases(self) -> tuple[Case, ...]:
        return (*self.questions, *self.measures, *self.pathways)


@cache
def topics() -> tuple[Topic, ...]:
    """All topics in their order. Raises BadDefinitionError with file, line and field."""
    found = [load(path, Topic) for path in FOLDER.glob("*.yaml")]
    return tuple(sorted(found, key=lambda topic: topic.order))


def _words(text: str) -> list[list[str]]:
    return [shlex.split(line) for line in text.splitlines() if line.strip()]


def read_table(text: str) -> pa.Table:
    """A table written as text, see :class:`Case`."""
    head, *rows = _words(text)
    names, types = zip(*(word.split(":") for word in head), strict=True)
    fields = [
        pa.field(name, ibis.dtype(type_).to_pyarrow()) for name, type_ in zip(names, types, strict=True)
    ]
    columns = zip(*rows, strict=True) if rows else [[] for _ in fields]
    return pa.table(
        [
            [read_value(word, field.type) for word in column]
            for column, field in zip(columns, fields, strict=True)
        ],
        schema=pa.schema(fields),
    )


def read_value(word: str, type_: pa.DataType) -> Any:
    """A value written as a word."""
    if word == "null":
        return None
    if pa.types.is_string(type_):
        return word
    if pa.types.is_date(type_):
        return date.fromisoformat(word)
    if pa.types.is_boolean(type_):
        return {"true": True, "false": False}[word]
    return float(word) if pa.types.is_floating(type_) else int(word)


# Answers -----------------------------------------------------------------------------------------


def asked(case: Case, engine: Engine) -> tuple[list[Row], list[Row]]:
    """The rows that an engine answers, and those of the case, both in one order."""
    table = _ANSWERS[type(case)](case, engine)
    expected = case.expected()
    names = list(expected[0]) if expected else table.column_names
    wanted = [
        tuple(read_value(row[name], table.schema.field(name).type) for name in names) for row in expected
    ]
    found = [tuple(row[name] for name in names) for row in table.to_pylist()]
    return sorted(found, key=repr), sorted(wanted, key=repr)


def question_of(case: Question, engine: Engine) -> Table:
    """The case's question over its tables, as it is put to an engine."""
    question: Table = question_named(case.question)(_inputs(case.given(), engine))
    return question


def _question(case: Question, engine: Engine) -> pa.Table:
    return engine.answer(question_of(case, engine))


def question_named(name: str) -> Any:
    """A function of ``questions.py``. Raises UnknownNameError that offers the nearest one."""
    module = importlib.import_module("fyrbak.content.specification.questions")
    known = [
        name
        for name, value in vars(module).items()
        if callable(value) and value.__module__ == module.__name__
    ]
    return getattr(module, pick("question", name, known))


def _inputs(
    given: Mapping[str, pa.Table], engine: Engine, as_of: date = YEAR_END, interval: Interval = "year"
) -> Inputs:
    def table(name: str) -> Table:
        return engine.rows(pick("table", name, list(given)), given[name])

    def first(name: str) -> date | None:
        return first_day(engine, table(name))

    return Inputs(cache(table), Known(as_of, first), interval, None, engine)


class _Given(Measure):
    """A measure whose rows are those of a case, as they are."""

    def rows(self, t: Any) -> Table:
        rows: Table = t.rows
        return rows.mutate(person_id=ibis.literal(1, "int64"))


def _measured(case: Measured, engine: Engine) -> pa.Table:
    said = Text(sv="-", en="-")
    exclusions = tuple(Exclusion(id=name, text=said) for name in case.measure.get("exclusions", ()))
    made_up = {
        "id": "given",
        "version": "1",
        "order": 0,
        "needs": (),
        "better": "neither",
        "source": {"title": "-"},
    }
    made_up |= dict.fromkeys(("title", "meaning", "counts"), said) | {"dimensions": case.by}
    measure = _Given(**{**made_up, **case.measure, "exclusions": exclusions})
    t = _inputs(case.given(), engine, case.as_of, case.interval)
    found = plain_cells(cube(measure, t, "case").to(case.interval), case.by)
    return pa.Table.from_pylist(found)


def _followed(case: Followed, engine: Any) -> pa.Table:
    cases = [one for topic in topics() for one in topic.pathways]
    found = _all_followed(engine)
    return found.filter(pc.equal(found["person_id"], cases.index(case)))


@cache
def _all_followed(engine: Any) -> pa.Table:
    """The episodes of all cases in one question, since a question about pathways takes long to prepare."""
    made_up = {"version": "2024-01-01", "title": {"sv": "-", "en": "-"}, "introduced": 2015}
    made_up |= {"icd10": (), "entry": (), "limits": (), "examples": ()}
    cases = [case for topic in topics() for case in topic.pathways]
    worked = [
        (Pathway.model_validate({**made_up, **case.pathway, "id": f"given-{number}"}), case.person)
        for number, case in enumerate(cases)
    ]
    found, _ = follow(worked, engine, YEAR_END)
    return engine.answer(found)


_ANSWERS: Mapping[type[Case], Any] = {Question: _question, Measured: _measured, Followed: _followed}
