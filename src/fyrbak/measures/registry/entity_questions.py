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
from fyrbak.measures.registry.entity_survival import NET, NET_PERIOD, NET_STANDARDISED, OBSERVED, TIMES
from fyrbak.measures.standards import standards
from fyrbak.records.organisations import COUNTRY
from fyrbak.registers.entities import ALL, parts, sums

STATISTICS = ("incidence", "mortality", "prevalence", "survival")
_CUTS = {
    "incidence": ("year", "region", "sex", "entity"),
    "mortality": ("year", "region", "sex", "entity"),
    "prevalence": ("region", "sex", "entity", "year"),
    "survival": ("time", "region", "sex", "entity"),
}
_DEFAULT = "nordic2000"
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


def ways(table: pa.Table, statistic: str, region: str, by: str, sex: str) -> list[str]:
    """The ways of a statistic.

    Survival of regions is told with the ages of one standard alone; that of the latest follow-up of the
    country and both sexes, where there are years enough. By year prevalence is of the last five years'
    diagnoses, since how far back the data go differs from year to year.
    """
    if statistic == "prevalence":
        return [RECENT] if by == "year" else [EVER, RECENT]
    if statistic != "survival":
        return [*standards(), CRUDE]
    if by == "region" or region != COUNTRY:
        return [NET_STANDARDISED]
    latest = by != "sex" and not sex and chosen(table, statistic=statistic, way=NET_PERIOD, entity=ALL)
    return [NET_STANDARDISED, *([NET_PERIOD] if latest else []), NET, OBSERVED]


def periods(table: pa.Table, asked: Question) -> list[str]:
    """The periods of an answer, the latest first; all years together before them, but not shown by year."""
    place = places()[0] if asked.by == "region" else asked.region
    sex = SEXES[0] if asked.by == "sex" else asked.sex
    rows = chosen(
        table, region=place, sex=sex, statistic=asked.statistic, entity=asked.entity, way=asked.way,
        time=asked.time,
    )  # fmt: skip
    own = {row.period for row in rows}
    shown = [one for one in own if asked.by != "year" or one.isdecimal()]
    return sorted(shown, key=lambda period: (_first(period) - _last(period), -_first(period)))


def _first(period: str) -> int:
    return int(period[: len("2024")])


def _last(period: str) -> int:
    return int(period[-len("2024") :])


def has_region(statistic: str, by: str, entity: int) -> bool:
    """Whether a region may be chosen: by year only of the rates of all sites, since a year of one entity has
    too few cases."""
    return by in ("entity", "time") or (by == "year" and entity == ALL and statistic != "prevalence")


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
    region = region if has_region(statistic, by, entity) else COUNTRY
    if by in ("region", "sex") or region != COUNTRY or sex_of(entity):
        sex = ""
    times = [str(time) for time in reversed(TIMES)] if statistic == "survival" else ["0"]
    own_ways = ways(table, statistic, region, by, sex)
    default = _DEFAULT if _DEFAULT in own_ways else own_ways[0]
    found = Question(
        statistic, entity, sex, region, by, period="",
        way=_among(asked.get("way"), [default, *own_ways]),
        time=int(_among(asked.get("time"), times)),
    )  # fmt: skip
    return replace(found, period=_among(asked.get("period"), periods(table, found)))


def answer(table: pa.Table, asked: Question) -> tuple[list[Shown], Shown | None]:
    """The rows by what is asked, in their order, and the one that is asked for: their whole, or one of them.

    By entity these are the main groups under all sites, or the entities of a main group that has several.
    """
    years = reversed(periods(table, replace(asked, by="year")))
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
    own = sums().get(entity) or parts().get(entity, ())
    return own if len(own) > 1 else parts()[ALL]


def _of(table: pa.Table, one: Question) -> list[Shown]:
    named = {name: value for name, value in vars(one).items() if name != "by"}
    return chosen(table, **named)


def _among(asked: str | None, known: list[str]) -> str:
    return asked if asked in known else next(iter(known), "")
