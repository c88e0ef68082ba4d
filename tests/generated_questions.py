"""Questions made backwards from the type that is wanted, over all words of the vocabulary, and small tables.

A maker takes a table and gives a value; strategies of makers nest until their depth is used up. What engines
must agree on is then any question that can be put together in this way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import ibis
import pyarrow as pa
from hypothesis import strategies as st
from ibis.expr.types import Table, Value

from fyrbak.records.people import completed_months, completed_years

Maker = Callable[[Table], Value]
Question = Callable[[Mapping[str, Table]], Table]

SCHEMA = pa.schema(
    {
        "key": pa.int64(),
        "group": pa.string(),
        "n": pa.int64(),
        "m": pa.int64(),
        "text": pa.string(),
        "day": pa.date32(),
        "later": pa.date32(),
        "yes": pa.bool_(),
    }
)
_COLUMNS = {"int": ("n", "m"), "text": ("text", "group"), "date": ("day", "later"), "bool": ("yes",)}
_TEXTS = st.sampled_from(["", "a", "A", "å", "ä", "ö", "C50.9", "a b", "10", "9"])
_DAYS = st.sampled_from(
    [
        date(2023, 12, 31),
        date(2024, 1, 1),
        date(2024, 2, 29),
        date(2024, 3, 1),
        date(2000, 2, 29),
        date(1999, 8, 31),
    ]
)
_NUMBERS = st.integers(-9, 9)
_LITERALS = {"int": _NUMBERS, "text": _TEXTS, "date": _DAYS, "bool": st.booleans()}


def tables(rows: int = 8) -> st.SearchStrategy[dict[str, pa.Table]]:
    """Tables ``a`` and ``b`` of some rows, with nulls and with groups that meet."""
    row = st.fixed_dictionaries(
        {
            "group": st.none() | st.sampled_from("xyå"),
            "n": st.none() | _NUMBERS,
            "m": st.none() | _NUMBERS,
            "text": st.none() | _TEXTS,
            "day": st.none() | _DAYS,
            "later": st.none() | _DAYS,
            "yes": st.none() | st.booleans(),
        }
    )

    def table(found: list[dict[str, Any]]) -> pa.Table:
        return pa.Table.from_pylist([{"key": key} | one for key, one in enumerate(found)], schema=SCHEMA)

    some = st.lists(row, min_size=rows // 2, max_size=rows).map(table) | st.just(table([]))
    return st.fixed_dictionaries({"a": some, "b": some})


def values(wanted: str, depth: int) -> st.SearchStrategy[Maker]:
    """Makers of values of a type: int, text, date or bool."""
    simple = st.one_of(
        st.sampled_from(_COLUMNS[wanted]).map(lambda name: lambda t: t[name]),
        _LITERALS[wanted].map(lambda value: lambda _: ibis.literal(value, _IBIS[wanted])),
    )
    if depth == 0:
        return simple
    same = values(wanted, depth - 1)
    condition = values("bool", depth - 1)
    chosen = st.one_of(
        st.tuples(condition, same, same).map(lambda p: lambda t: p[0](t).ifelse(p[1](t), p[2](t))),
        st.tuples(same, same).map(lambda p: lambda t: p[0](t).coalesce(p[1](t))),
        st.tuples(same, same).map(lambda p: lambda t: p[0](t).nullif(p[1](t))),
        st.tuples(condition, same, condition, same).map(
            lambda p: lambda t: ibis.cases((p[0](t), p[1](t)), (p[2](t), p[3](t)))
        ),
    )
    return st.one_of(simple, chosen, _OF_TYPE[wanted](depth - 1))


_IBIS = {"int": "int64", "text": "string", "date": "date", "bool": "boolean"}


def _ints(depth: int) -> st.SearchStrategy[Maker]:
    number, text, day = values("int", depth), values("text", depth), values("date", depth)
    two = st.tuples(number, number)
    days = st.tuples(day, day)
    return st.one_of(
        two.map(lambda p: lambda t: p[0](t) + p[1](t)),
        two.map(lambda p: lambda t: p[0](t) - p[1](t)),
        st.tuples(number, st.integers(-3, 3)).map(lambda p: lambda t: p[0](t) * p[1]),
        st.tuples(number, st.sampled_from([2, 3, 7])).map(lambda p: lambda t: p[0](t) % p[1]),
        number.map(lambda p: lambda t: p(t).abs()),
        two.map(lambda p: lambda t: ibis.greatest(p[0](t), p[1](t))),
        two.map(lambda p: lambda t: ibis.least(p[0](t), p[1](t))),
        text.map(lambda p: lambda t: p(t).length().cast("int64")),
        days.map(lambda p: lambda t: p[0](t).delta(p[1](t), unit="day")),
        days.map(lambda p: lambda t: completed_years(p[0](t), p[1](t)).cast("int64")),
        days.map(lambda p: lambda t: completed_months(p[0](t), p[1](t)).cast("int64")),
        day.map(lambda p: lambda t: p(t).year().cast("int64")),
        day.map(lambda p: lambda t: p(t).month().cast("int64") * 100 + p(t).day().cast("int64")),
    )


def _texts(depth: int) -> st.SearchStrategy[Maker]:
    text, number, day = values("text", depth), values("int", depth), values("date", depth)
    return st.one_of(
        st.tuples(text, text).map(lambda p: lambda t: p[0](t) + p[1](t)),
        st.tuples(text, st.integers(0, 3), st.integers(0, 3)).map(
            lambda p: lambda t: p[0](t).substr(p[1], p[2])
        ),
        st.tuples(text, st.integers(0, 6)).map(lambda p: lambda t: p[0](t).lpad(p[1], "0")),
        text.map(lambda p: lambda t: p(t).replace(".", "")),
        number.map(lambda p: lambda t: p(t).cast("string")),
        day.map(lambda p: lambda t: p(t).cast("string")),
    )


def _dates(depth: int) -> st.SearchStrategy[Maker]:
    day = values("date", depth)
    return st.one_of(
        st.tuples(day, st.sampled_from("MQY")).map(lambda p: lambda t: p[0](t).truncate(p[1])),
        st.tuples(day, st.integers(0, 40)).map(
            lambda p: lambda t: (p[0](t) + ibis.interval(days=p[1])).cast("date")
        ),
        st.tuples(day, st.integers(0, 40)).map(
            lambda p: lambda t: (p[0](t) - ibis.interval(days=p[1])).cast("date")
        ),
        st.tuples(day, day).map(lambda p: lambda t: ibis.greatest(p[0](t), p[1](t))),
        day.map(lambda p: lambda t: ibis.date(p(t).year(), p(t).month(), 1)),
    )


_COMPARISONS: tuple[Callable[[Any, Any], Any], ...] = (
    lambda one, other: one == other,
    lambda one, other: one != other,
    lambda one, other: one < other,
    lambda one, other: one <= other,
    lambda one, other: one > other,
    lambda one, other: one >= other,
)


def _bools(depth: int) -> st.SearchStrategy[Maker]:
    condition = values("bool", depth)
    any_type = st.sampled_from(["int", "text", "date"])

    def of_type(kind: str) -> st.SearchStrategy[Maker]:
        one = values(kind, depth)
        literals = st.lists(_LITERALS[kind], min_size=1, max_size=3)
        return st.one_of(
            st.tuples(st.sampled_from(_COMPARISONS), one, one).map(
                lambda p: lambda t: p[0](p[1](t), p[2](t))
            ),
            st.tuples(one, one, one).map(lambda p: lambda t: p[0](t).between(p[1](t), p[2](t))),
            st.tuples(one, literals).map(lambda p: lambda t: p[0](t).isin(p[1])),
            one.map(lambda p: lambda t: p(t).isnull()),
        )

    return st.one_of(
        any_type.flatmap(of_type),
        st.tuples(condition, condition).map(lambda p: lambda t: p[0](t) & p[1](t)),
        st.tuples(condition, condition).map(lambda p: lambda t: p[0](t) | p[1](t)),
        condition.map(lambda p: lambda t: ~p(t)),
        values("text", depth).map(lambda p: lambda t: p(t).startswith("a")),
    )


_OF_TYPE = {"int": _ints, "text": _texts, "date": _dates, "bool": _bools}
ANY = st.sampled_from(sorted(_OF_TYPE))


def side_by_side(count: int, depth: int = 3) -> st.SearchStrategy[Question]:
    """Many values of one table in one question, for engines that are slow to be asked."""
    makers = st.lists(ANY.flatmap(lambda kind: values(kind, depth)), min_size=count, max_size=count)
    return makers.map(
        lambda found: (
            lambda t: t["a"].select("key", **{f"v{n}": make(t["a"]) for n, make in enumerate(found)})
        )
    )


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """A filter, a join, then values, an aggregate by groups, or a window."""
    keep = draw(st.just(_everything) | values("bool", 2))
    made = {
        "value": draw(values("int", 2)),
        "wanted": draw(values("bool", 2)),
        "word": draw(values("text", 2)),
        "when": draw(values("date", 2)),
    }
    how = draw(st.sampled_from(["none", "inner", "left", "semi", "anti", "union"]))
    last = draw(st.sampled_from([_plain, _grouped, _windowed]))

    def ask(t: Mapping[str, Table]) -> Table:
        rows = t["a"].filter(keep(t["a"]))
        rows = rows.mutate(**{name: make(rows) for name, make in made.items()})
        return last(_joined(rows, t["b"], how))

    return ask


def _everything(t: Table) -> Value:
    return t.key.notnull()


def _joined(rows: Table, other: Table, how: str) -> Table:
    if how == "none":
        return rows
    if how == "union":
        return rows.union(
            other.mutate(value=other.m, wanted=other.yes, word=other.text, when=other.day)
        ).distinct()
    if how in ("semi", "anti"):
        return getattr(rows, f"{how}_join")(other, "group")
    beside = other.select("group", beside=other.n)
    return getattr(rows, f"{how}_join")(beside, "group").drop(*(["group_right"] if how == "left" else []))


def _plain(rows: Table) -> Table:
    return rows.select("key", "value", "wanted", "word", "when", share=rows.value / rows.m)


def _grouped(rows: Table) -> Table:
    return rows.group_by("group").aggregate(
        rows=rows.count(),
        wanted=rows.count(where=rows.wanted),
        sum=rows.value.sum(where=rows.wanted),
        least=rows.word.min(),
        most=rows.value.max(),
        last=rows.when.max(),
        any=rows.wanted.any(),
        all=rows.wanted.all(),
        different=rows.word.nunique(),
    )


def _windowed(rows: Table) -> Table:
    """Rows are made unique first, so that their order is never open."""
    rows = rows.group_by("group", "key").aggregate(value=rows.value.max(), wanted=rows.wanted.any())
    so_far = ibis.window(group_by="group", order_by=["value", "key"], preceding=None, following=0)
    before = ibis.window(group_by="group", order_by=["value", "key"], preceding=(None, 1))
    ordered = ibis.window(group_by="group", order_by=["value", "key"])
    return rows.mutate(
        place=ibis.row_number().over(ordered),
        next=rows.value.lead().over(ordered),
        previous=rows.value.lag().over(ordered),
        sum=rows.value.sum(where=rows.wanted).over(so_far),
        highest=rows.value.max().over(before),
        whole=rows.value.sum().over(group_by="group"),
    )
