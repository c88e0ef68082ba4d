"""What may be asked of the statistics that are kept, and the rows that answer it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from fyrbak.definitions import pick
from fyrbak.measures.registry.entity_rates import CRUDE, EVER, RECENT, Shown, nodes
from fyrbak.measures.registry.entity_rows import SEXES, places, sex_of
from fyrbak.measures.registry.entity_statistics import chosen
from fyrbak.measures.registry.entity_survival import NET, NET_STANDARDISED, OBSERVED, TIMES
from fyrbak.measures.standards import standards
from fyrbak.records.organisations import COUNTRY
from fyrbak.registers.entities import ALL, parts

STATISTICS = ("incidence", "mortality", "prevalence", "survival")
_CUTS = {
    "incidence": ("year", "region", "sex", "entity"),
    "mortality": ("year", "region", "sex", "entity"),
    "prevalence": ("region", "sex", "entity"),
    "survival": ("time", "region", "sex", "entity"),
}
_DEFAULT = "nordic2000"
_YEAR = len("2024")
SERIES = ("year", "time")  # shown by these, one of the rows is what is asked for; else it is their whole


@dataclass(frozen=True)
class Question:
    """One question: a statistic of an entity, sex, region and period, in one way, shown ``by`` something.

    ``time`` is in years since the diagnosis; 0 but for survival.
    """

    statistic: str
    entity: int
    sex: str
    region: str
    by: str
    period: str
    way: str
    time: int

    @property
    def address(self) -> Mapping[str, str]:
        """The question as the fields of an address."""
        return {name: str(value) for name, value in vars(self).items()}


def statistics_of(table: pa.Table) -> list[str]:
    """The statistics that there are numbers of."""
    there = set(pc.unique(table["statistic"]).to_pylist())
    return [name for name in STATISTICS if name in there]


def cuts(statistic: str, entity: int) -> list[str]:
    """What a statistic may be shown by; an entity of one sex not by sex."""
    return [name for name in _CUTS[statistic] if name != "sex" or not sex_of(entity)]


def ways(statistic: str, region: str) -> list[str]:
    """The ways of a statistic; survival of regions is told with the ages of one standard alone."""
    if statistic == "prevalence":
        return [EVER, RECENT]
    if statistic == "survival":
        return [NET_STANDARDISED, NET, OBSERVED] if region == COUNTRY else [NET_STANDARDISED]
    return [*standards(), CRUDE]


def periods(table: pa.Table, statistic: str, entity: int, region: str, by: str) -> list[str]:
    """The periods of an answer, the latest first; all years together before them, but not shown by year."""
    place = places()[0] if by == "region" else region
    own = {row.period for row in chosen(table, statistic=statistic, entity=entity, region=place)}
    shown = [one for one in own if by != "year" or len(one) == _YEAR]
    return sorted(shown, key=lambda period: (-len(period), -int(period[:_YEAR])))


def has_region(by: str, entity: int) -> bool:
    """Whether a region may be chosen: by year only of all sites, since a year of one has too few cases."""
    return by in ("entity", "time") or (by == "year" and entity == ALL)


def question(table: pa.Table, asked: Mapping[str, str]) -> Question:
    """Read a question from an address.

    What does not go with the rest gives way to what does, so that one field can be changed at a time. Raises
    UnknownNameError for a statistic, an entity, a sex or a region that is not.
    """
    there = statistics_of(table)
    statistic = pick("statistic", asked.get("statistic") or there[0], there)
    known = [str(node.entity) for node in nodes()]
    entity = int(pick("entity", asked.get("entity") or str(ALL), known))
    region = pick("region", asked.get("region") or COUNTRY, [COUNTRY, *places()])
    sex = pick("sex", asked["sex"], list(SEXES)) if asked.get("sex") else ""
    by = _among(asked.get("by"), cuts(statistic, entity))
    region = region if has_region(by, entity) else COUNTRY
    if by in ("region", "sex") or region != COUNTRY or sex_of(entity):
        sex = ""
    times = [str(time) for time in reversed(TIMES)] if statistic == "survival" else ["0"]
    own_ways = ways(statistic, "" if by == "region" else region)
    default = _DEFAULT if _DEFAULT in own_ways else own_ways[0]
    return Question(
        statistic, entity, sex, region, by,
        period=_among(asked.get("period"), periods(table, statistic, entity, region, by)),
        way=_among(asked.get("way"), [default, *own_ways]),
        time=int(_among(asked.get("time"), times)),
    )  # fmt: skip


def answer(table: pa.Table, asked: Question) -> tuple[list[Shown], Shown | None]:
    """The rows by what is asked, in their order, and the one that is asked for: their whole, or one of them.

    By entity these are the main groups under all sites, or the entities of a main group that has several.
    """
    years = reversed(periods(table, asked.statistic, asked.entity, asked.region, "year"))
    asked_by: dict[str, list[Question]] = {
        "year": [replace(asked, period=year) for year in years],
        "time": [replace(asked, time=time) for time in TIMES],
        "region": [replace(asked, region=place) for place in places()],
        "sex": [replace(asked, sex=sex) for sex in SEXES],
        "entity": [replace(asked, entity=part) for part in _parts(asked.entity)],
    }
    rows = [row for one in asked_by[asked.by] for row in _of(table, one)]
    return rows, next(iter(_of(table, asked)), None)


def _parts(entity: int) -> tuple[int, ...]:
    """The parts of a sum; of an entity without parts, all main groups."""
    own = parts().get(entity, ())
    return own if len(own) > 1 else parts()[ALL]


def _of(table: pa.Table, one: Question) -> list[Shown]:
    named = {name: value for name, value in vars(one).items() if name != "by"}
    return chosen(table, **named)


def _among(asked: str | None, known: list[str]) -> str:
    return asked if asked in known else known[0]
