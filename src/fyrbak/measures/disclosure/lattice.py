"""What is hidden in a table, so that no table with fewer or more columns gives it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from fyrbak.measures.definitions import Measure
from fyrbak.measures.disclosure.cells import Suppressed, suppressed
from fyrbak.measures.tallies import UNKNOWN

_Columns = tuple[str, ...]
_Whole = Callable[[_Columns], _Columns]
_Key = tuple[date, _Columns]  # first day of the period; values of the columns it is cut by
Counted = Callable[[_Columns], Mapping[_Key, tuple[int, ...]]]


def hidden(measure: Measure, columns: Sequence[str], counted: Counted) -> dict[_Key, Suppressed]:
    """What is hidden in the table by some columns, the same in whatever order they are asked for.

    ``counted`` gives every count of a table's cells by its columns.
    """
    names = [name for name in measure.cuts if name in columns]
    places = [names.index(name) for name in columns]
    return {
        (period, tuple(values[place] for place in places)): why
        for (period, values), why in _hidden_by(measure, tuple(names), counted, {}).items()
    }


def _hidden_by(
    measure: Measure, columns: _Columns, counted: Counted, known: dict[_Columns, dict[_Key, Suppressed]]
) -> dict[_Key, Suppressed]:
    """What is hidden by columns in the measure's own order; ``known`` keeps what has been decided.

    Every table with fewer columns decides first, as it does when it is asked for alone. So what is hidden in
    one is never given back by adding up another.
    """
    if columns in known:
        return known[columns]
    found = counted(columns)
    lines: list[list[int]] = []
    covered: list[list[int]] = []
    for wider, whole_of in _wholes(measure, columns):
        above = _hidden_by(measure, wider, counted, known) if wider is not None else {}
        parts: defaultdict[_Key, list[int]] = defaultdict(list)
        for index, (period, values) in enumerate(found):
            parts[period, whole_of(values)].append(index)
        for whole, line in parts.items():
            (covered if whole in above else lines).append(line)
    keys = list(found)
    known[columns] = {
        keys[index]: why for index, why in suppressed(list(found.values()), lines, covered).items()
    }
    return known[columns]


def _wholes(measure: Measure, columns: _Columns) -> Iterator[tuple[_Columns | None, _Whole]]:
    """The tables whose cells are sums of the cells by ``columns``, with the key of each cell's sum.

    Hospitals add up to their region as well as to the country. The values of a split are parts of one whole
    only in a proportion, and that whole is another measure; the parts of a lead time are not added.
    """
    for place, name in enumerate(columns):
        without = partial(_dropped, place)
        if measure.split and name == measure.split.id:
            if measure.kind == "proportion":
                yield None, without
            continue
        yield without(columns), without
        if name == "hospital" and "region" not in columns:
            yield _in_region(place, columns), partial(_in_region, place)


def _dropped(place: int, values: _Columns) -> _Columns:
    return (*values[:place], *values[place + 1 :])


def _in_region(place: int, values: _Columns) -> _Columns:
    """The column of hospitals, or a value of it, as that of regions; an unknown hospital is in none."""
    regions_of = {"hospital": "region", UNKNOWN: ""}
    value = values[place]
    return (*values[:place], regions_of.get(value, value.split("-")[0]), *values[place + 1 :])
