"""Completeness: how much of all disease each source knows, and all of them together, with no list of all.

Sweden does not look for cases in death certificates, so the usual sign of a register's completeness is not
there; the overlap of sources is. The quality register and the cancer register are two sources that are *not*
independent where the one feeds the other: then the estimate is a lower bound, and a third source, such as
the inpatient register, is needed to see it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date

from fyrbak.errors import BadInputError
from fyrbak.measures.disclosure import Suppressed, protected
from fyrbak.measures.register_quality.capture import HISTORIES, Estimated, Fit, chapman, interval, models
from fyrbak.measures.register_quality.linked import Flags, Linked
from fyrbak.measures.register_quality.shares import WHOLE, in_order
from fyrbak.measures.statistics.checks import TooThin

_TWO = ((1, 1), (1, 0), (0, 1))
OWN = ("cancer_register", "quality_register")
History = tuple[int, ...]


@dataclass(frozen=True)
class Known:
    """How much of the estimated total a source knows. The interval is that of the total alone."""

    source: str
    n: int
    value: float
    lower: float | None
    upper: float


@dataclass(frozen=True)
class Model:
    """A log-linear model that was tried: which sources depend on each other, and what it comes to."""

    dependent: tuple[str, ...]  # as "cancer_register*inpatient"; empty where all are independent
    total: float
    error: float
    deviance: float
    free: int
    aic: float


@dataclass(frozen=True)
class Completeness:
    """The estimated number of cases of a group, and how much of it is known. All years together.

    ``method`` is ``chapman`` or ``log-linear``; ``dependent`` is the chosen model's. ``models`` are all that
    were tried, the chosen one first. ``known`` are the sources in their order, then all together. Where
    ``suppressed`` or with a ``why`` there are no numbers.
    """

    register: str
    group: str
    sources: tuple[str, ...]
    first_year: int
    last_year: int
    method: str
    extract: date
    seen: int | None = None
    total: float | None = None
    lower: float | None = None
    upper: float | None = None
    known: tuple[Known, ...] = ()
    dependent: tuple[str, ...] = ()
    models: tuple[Model, ...] = ()
    suppressed: bool = False
    why: str = ""


def completeness(linked: Linked, by: str = "", *, small: bool = False) -> list[Completeness]:
    """Completeness by two sources, or by three where the file has one more, of all and of each group.

    Raises BadInputError where the file has more than three sources.
    """
    flags = {OWN[0]: linked.in_cancer, OWN[1]: linked.in_quality, **linked.sources}
    if len(flags) > 3:
        raise BadInputError(
            f"{linked.path}: {len(flags)} sources: {', '.join(flags)}. Take at most one column source_... ."
        )
    groups = linked.groups(by)
    names = [WHOLE, *(sorted(set(groups.tolist())) if by else [])]
    tables = {name: _table(flags, (groups == name) | (name == WHOLE)) for name in names}
    concealed = set() if small else _concealed(tables)
    found = [_of_group(linked, name, tuple(flags), tables[name], hide=name in concealed) for name in names]
    return sorted(found, key=lambda one: in_order((0, one.group)))


def _table(flags: Mapping[str, Flags], chosen: Flags) -> Counter[History]:
    """How many cases have each history: (1, 0, 1) is in the first source and the third."""
    columns = [flag[chosen].astype(int).tolist() for flag in flags.values()]
    return Counter(zip(*columns, strict=True))


def _concealed(tables: Mapping[str, Counter[History]]) -> set[str]:
    """The groups of which any count is small, and those that would give one back by a difference."""
    histories = {history for table in tables.values() for history in table}
    hidden: set[str] = set()
    while True:
        found = set(hidden)
        for history in histories:
            bound = {name: table[history] for name, table in tables.items()}
            shown = protected(bound, total=WHOLE, hide=found)
            found |= {name for name, count in shown.items() if isinstance(count, Suppressed)}
        if found == hidden:
            return found
        hidden = found


def _of_group(
    linked: Linked, group: str, sources: tuple[str, ...], table: Counter[History], *, hide: bool
) -> Completeness:
    heading = (linked.register, group, sources, int(linked.year.min()), int(linked.year.max()))
    method = "chapman" if len(sources) == 2 else "log-linear"
    empty = Completeness(*heading, method, linked.extract)
    if hide:
        return replace(empty, suppressed=True)
    found = _two(table) if method == "chapman" else _three(table, sources)
    if isinstance(found, str):
        return replace(empty, why=found)
    estimated, tried = found
    seen = sum(table.values())
    numbers = {name: sum(table[h] for h in table if h[at]) for at, name in enumerate(sources)}
    known = tuple(_known(name, n, estimated) for name, n in {**numbers, WHOLE: seen}.items())
    chosen = tried[0].dependent if tried else ()
    return replace(empty, seen=seen, **asdict(estimated), known=known, dependent=chosen, models=tried)


def _two(table: Counter[History]) -> tuple[Estimated, tuple[Model, ...]] | str:
    both, first, second = (table[history] for history in _TWO)
    found = chapman(both + first, both + second, both)
    return "no_overlap" if isinstance(found, TooThin) else (found, ())


def _three(table: Counter[History], sources: tuple[str, ...]) -> tuple[Estimated, tuple[Model, ...]] | str:
    counts = [table[history] for history in HISTORIES]
    fits = models(counts)
    if not fits:
        return "no_model"
    return interval(counts, fits[0]), tuple(_model(fit, sources) for fit in fits)


def _model(fit: Fit, sources: tuple[str, ...]) -> Model:
    dependent = tuple(f"{sources[one]}*{sources[other]}" for one, other in fit.pairs)
    return Model(dependent, fit.total, fit.error, fit.deviance, fit.free, fit.aic)


def _known(name: str, n: int, estimated: Estimated) -> Known:
    lower = None if estimated.upper is None else n / estimated.upper
    return Known(name, n, n / estimated.total, lower, n / estimated.lower)
