"""The national strategy, sub-goal by sub-goal, beside all numbers that have been given out about them.

A sub-goal is never without a row: where nothing has been given out, the row says that there are no data yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fyrbak.goals import outline as o
from fyrbak.goals.importing import STRATEGY as PLAN
from fyrbak.goals.strategy import outline_of_plan
from fyrbak.measures.definitions import measure
from fyrbak.measures.given_out import of_measure, results_in
from fyrbak.measures.releases import Release
from fyrbak.measures.results import Result
from fyrbak.reports import formats
from fyrbak.reports.formats import Language
from fyrbak.reports.promises import baseline_texts, promise_text
from fyrbak.reports.public.numbers import parts, release_of
from fyrbak.reports.public.tables import STRATEGY
from fyrbak.reports.words import Words


@dataclass(frozen=True)
class Value:
    """The country's latest number of a measure in words, and the table that it was given out in."""

    words: str
    release: Release


@dataclass(frozen=True)
class Indicator:
    """A measure that speaks about a sub-goal. No values: nothing of it has been given out."""

    measure: str
    title: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class SubGoal:
    """A sub-goal in ready words; what the strategy leaves out is empty."""

    number: str
    text: str
    theme: str
    indicators: tuple[Indicator, ...]
    baseline: tuple[str, ...]
    target: str
    owner: str
    source: str


def by_area(lang: Language) -> list[tuple[str, tuple[SubGoal, ...]]]:
    """The areas of the strategy in its order, each with its sub-goals."""
    w = Words(lang)
    return [
        (f"{area.number} {w.of(area, 'name')}", tuple(_sub_goal(goal, w, lang) for goal in area.goals))
        for area in outline_of_plan(PLAN).areas
    ]


def _sub_goal(goal: o.Goal, w: Words, lang: Language) -> SubGoal:
    return SubGoal(
        number=goal.number,
        text=w.of(goal, "text"),
        theme=w.of(goal, "theme"),
        indicators=tuple(_indicator(link, w, lang) for link in goal.evidence),
        baseline=baseline_texts(goal, lang),
        target=promise_text(goal.target, lang) if goal.target else "",
        owner=w.of(goal, "actor"),
        source=goal.source,
    )


def _indicator(link: o.Evidence, w: Words, lang: Language) -> Indicator:
    about, given = measure(link.measure), release_of(link.measure, link.dims)
    told = parts(about, (), link.dims) if given else ()
    return Indicator(
        about.id,
        w.text(about.title),
        tuple(Value(formats.number_line(part.country.now, lang), given) for part in told if given),
    )


def rows() -> Iterator[dict[str, object]]:
    """Every number that has been given out about a sub-goal, release after release: earlier ones stay.

    Goals stand in the order of the strategy, releases as they were given out. So the file is the same from
    one day to the next, until something more is given out.
    """
    empty: dict[str, object] = dict.fromkeys(STRATEGY.names)
    for area in outline_of_plan(PLAN).areas:
        for goal in area.goals:
            told = empty | _of_goal(area, goal)
            values = [told | row for link in goal.evidence for row in _of_evidence(link)]
            yield from values or [told | {"missing": "no_data"}]


def _of_goal(area: o.Area, goal: o.Goal) -> dict[str, object]:
    target = goal.target
    return {
        "area": area.number, "goal": goal.number, "theme": goal.theme_sv, "goal_text": goal.text_sv,
        "owner": goal.actor_sv, "baseline": " | ".join(baseline_texts(goal, "sv")), "source": goal.source,
        "operator": target.operator if target else None, "target": target.value if target else None,
        "target_unit": target.unit_sv if target else "", "deadline": target.deadline if target else None,
        "missing": "",
    }  # fmt: skip


def _of_evidence(link: o.Evidence) -> Iterator[dict[str, object]]:
    """The yearly numbers of the country and the regions, or that there are none yet."""
    by = ({*link.dims}, {*link.dims, "region"})
    found = [one for one in of_measure(link.measure) if one.interval == "year" and set(one.by) in by]
    own: dict[str, object] = {"measure": link.measure, "role": link.role}
    for one in found:
        for result in results_in(one):
            if dict(result.cut).items() >= link.dims.items():
                yield own | _of_release(one) | _of_result(result)
    if not found:
        yield own | {"missing": "no_data"}


def _of_release(one: Release) -> dict[str, object]:
    return {
        "version": one.version, "definition": one.definition, "release": one.number, "released": one.at[:10],
        "approved_by": one.by_whom, "extracted": one.as_of, "snapshot": one.snapshot,
        "synthetic": one.synthetic,
    }  # fmt: skip


def _of_result(result: Result) -> dict[str, object]:
    cut = " ".join(f"{name}={value}" for name, value in result.cut.items())
    return {
        "period": result.period, "unit": result.unit, "cut": cut, "n": result.n, "value": result.value,
        "lower": result.lower, "upper": result.upper, "suppressed": result.suppressed,
    }  # fmt: skip
