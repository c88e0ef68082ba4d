"""A plan's goals with both voices: what organisations say and what data say. Plain values, no words.

``follow_up(outline, snapshot)`` is the one way to put a plan beside the numbers. HTML, PDF, Excel and the
pages show what stands here and decide nothing of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from fyrbak.goals import outline as o
from fyrbak.measures.compare import Comparison, against_whole, change, trend
from fyrbak.measures.definitions import Measure, Value
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.results import Result, Verdict
from fyrbak.measures.store import results_of
from fyrbak.records.organisations import COUNTRY, regions
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports.voices import Standing, standing


@dataclass(frozen=True)
class SnapshotFacts:
    """Which rows all numbers come from, and the last day that they describe."""

    id: str
    as_of: date
    title: str
    synthetic: bool


@dataclass(frozen=True)
class UnitView:
    """One organisation's number: now, over the years, and against the country.

    ``series`` is yearly, oldest first, without a year that is not over. ``change`` holds its latest
    complete year against the first. ``against_country`` is None for the country itself, and where either
    number is missing or hidden.
    """

    unit: str
    now: Result
    series: tuple[Result, ...]
    change: Comparison | None
    against_country: Comparison | None = None


@dataclass(frozen=True)
class PartView:
    """One number for the country and each unit. ``value`` names the part of a measure that has a split."""

    value: Value | None
    country: UnitView
    units: tuple[UnitView, ...]

    def of(self, unit: str) -> UnitView | None:
        """The unit's number, if it has one."""
        return next((view for view in self.units if view.unit == unit), None)


@dataclass(frozen=True)
class EvidenceView:
    """A measure that speaks about a goal, with its numbers. No parts: the snapshot has nothing to count."""

    evidence: o.Evidence
    measure: Measure
    parts: tuple[PartView, ...]

    @property
    def period(self) -> str:
        """The period that ``now`` means, empty without numbers."""
        return self.parts[0].country.now.period if self.parts else ""

    @property
    def promised(self) -> bool:
        """Whether the goal promises this very number, so that its verdict is a verdict on the goal."""
        return self.evidence.role == "measures"


@dataclass(frozen=True)
class GoalView:
    """One goal: what was said (``goal``), what data say, and by organisation code how the two stand."""

    area: o.Area
    goal: o.Goal
    evidence: tuple[EvidenceView, ...]
    standings: dict[str, Standing]

    @property
    def measured(self) -> bool:
        """Whether a measure counts what the goal promises."""
        return any(view.promised for view in self.evidence)

    def verdicts(self, unit: str) -> dict[str, Verdict | None]:
        """By measure id, the verdict for a unit of each measure that the goal promises."""
        return _verdicts(self.evidence, unit)

    def differing(self) -> Iterator[tuple[str, Standing]]:
        """The organisations whose level and data contradict each other."""
        return ((code, found) for code, found in self.standings.items() if found.differs)


@dataclass(frozen=True)
class FollowUp:
    """A plan with both voices. ``units`` are the organisations whose numbers are shown, in order."""

    outline: o.PlanOutline
    snapshot: SnapshotFacts
    units: tuple[o.Voice, ...]
    goals: tuple[GoalView, ...]

    @property
    def synthetic(self) -> bool:
        """Whether anything in it is invented: persons or levels. Everything shown then says so."""
        return self.snapshot.synthetic or self.outline.synthetic

    def measures(self) -> tuple[Measure, ...]:
        """The measures used, in the order of the catalogue."""
        used = {view.measure.id: view.measure for goal in self.goals for view in goal.evidence}
        return tuple(sorted(used.values(), key=lambda measure: measure.order))

    def unmeasured(self) -> list[GoalView]:
        """The goals that no measure speaks about."""
        return [goal for goal in self.goals if not goal.evidence]

    def judged(self) -> list[GoalView]:
        """The goals that data judge: a unit or the country has a verdict on a number that is promised."""
        places = [COUNTRY, *(voice.code for voice in self.units)]
        return [goal for goal in self.goals if any(any(goal.verdicts(p).values()) for p in places)]

    def differences(self) -> list[tuple[GoalView, str, Standing]]:
        """Every place where a level and data contradict each other: goal, organisation code, how."""
        return [(goal, code, found) for goal in self.goals for code, found in goal.differing()]

    def voice(self, code: str) -> o.Voice:
        """The organisation with this code, the country included. Raises KeyError."""
        for voice in (*self.units, *self.outline.organisations, THE_COUNTRY):
            if voice.code == code:
                return voice
        raise KeyError(code)


THE_COUNTRY = o.Voice(COUNTRY, COUNTRY, "Riket", "Sweden")
Tell = Callable[[str, float], None]
# Measure, codes of the units and what it is narrowed by, to its numbers.
Numbers = Callable[[Measure, tuple[str, ...], dict[str, str]], tuple[PartView, ...]]


def silent(_what: str, _share: float) -> None:
    """Nobody is waiting to see how far it has come."""


def follow_up(outline: o.PlanOutline, snapshot: Snapshot, tell: Tell = silent) -> FollowUp:
    """Put a plan's goals beside the snapshot's numbers for the organisations that assess it.

    A plan that nobody has assessed is shown for all regions. ``tell`` hears the measure being counted and
    the share done. Raises UnknownNameError for evidence that names an unknown measure or dimension.
    """
    return beside(outline, facts_of(snapshot), partial(parts_of, snapshot), tell)


def facts_of(snapshot: Snapshot) -> SnapshotFacts:
    """Which snapshot it is."""
    return SnapshotFacts(snapshot.id, snapshot.as_of, snapshot.title, snapshot.synthetic)


def beside(outline: o.PlanOutline, facts: SnapshotFacts, numbers: Numbers, tell: Tell = silent) -> FollowUp:
    """As :func:`follow_up`, with ``numbers`` from wherever they are kept and ``facts`` about them."""
    units = units_of(outline)
    codes = tuple(voice.code for voice in units)
    reached = {level.code: level.reached for level in outline.scale}
    wanted = [(area, goal, link) for area in outline.areas for goal in area.goals for link in goal.evidence]
    counted: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[PartView, ...]] = {}
    for number, (_, _, link) in enumerate(wanted):
        tell(link.measure, number / len(wanted))
        key = (link.measure, tuple(sorted(link.dims.items())))
        if key not in counted:
            counted[key] = numbers(measure_named(link.measure), codes, link.dims)

    def view(area: o.Area, goal: o.Goal) -> GoalView:
        evidence = tuple(
            EvidenceView(e, measure_named(e.measure), counted[e.measure, tuple(sorted(e.dims.items()))])
            for e in goal.evidence
        )
        standings = {
            said.organisation: standing(said.level, reached, _verdicts(evidence, said.organisation))
            for said in goal.assessments
        }
        return GoalView(area, goal, evidence, standings)

    goals = tuple(view(area, goal) for area in outline.areas for goal in area.goals)
    return FollowUp(outline, facts, units, goals)


def units_of(outline: o.PlanOutline) -> tuple[o.Voice, ...]:
    """The organisations that a plan is shown for: those who assess it, or all regions where nobody has."""
    return outline.organisations or tuple(
        o.Voice(r.code, r.short or r.name_sv, r.name_sv, r.name_en) for r in regions()
    )


def parts_of(
    snapshot: Snapshot, measure: Measure, units: tuple[str, ...], dims: dict[str, str]
) -> tuple[PartView, ...]:
    """A measure's yearly numbers for the country and the units, whole or narrowed by ``dims``.

    A unit that the measure does not know is left out. Empty where there is nothing to count.
    """
    return parts_among(measure, *yearly(snapshot, measure, dims), units, dims)


def yearly(
    snapshot: Snapshot, measure: Measure, dims: Mapping[str, str]
) -> tuple[list[Result], list[Result]]:
    """The yearly results that ``dims`` leave of a measure: the country's and those by region."""
    narrowed = tuple(dims)

    def left(by: tuple[str, ...]) -> list[Result]:
        return results_of(snapshot, measure, by, within=dims)

    return left(narrowed), left((*narrowed, "region")) if "region" in measure.cuts else []


def parts_among(
    measure: Measure,
    country: list[Result],
    places: list[Result],
    units: tuple[str, ...],
    dims: Mapping[str, str],
) -> tuple[PartView, ...]:
    """As :func:`parts_of`, from results that are at hand: the country's and those by region."""
    parts = []
    for value in measure.split.values if measure.split else (None,):
        cut = dict(dims) | ({measure.split.id: value.id} if measure.split and value else {})
        whole = _unit(measure, country, COUNTRY, cut)
        if whole is None:
            continue
        found = (_unit(measure, places, unit, cut, whole) for unit in units)
        parts.append(PartView(value, whole, tuple(view for view in found if view)))
    return tuple(parts)


def _unit(
    measure: Measure, found: list[Result], unit: str, cut: dict[str, str], country: UnitView | None = None
) -> UnitView | None:
    known = trend(found, unit, cut)
    if not known:
        return None
    # A year that is not over would look like a fall. The state on a day is whole on any day.
    series = [result for result in known if result.complete or measure.counted == "status"] or known
    now = next((r for r in series if country and r.period == country.now.period), series[-1])
    against = against_whole(measure, now, country.now) if country else None
    return UnitView(unit, now, tuple(series), change(series, now), against)


def _verdicts(evidence: tuple[EvidenceView, ...], unit: str) -> dict[str, Verdict | None]:
    verdicts: dict[str, Verdict | None] = {}
    for view in evidence:
        if view.promised:
            for part in view.parts:
                found = part.country if unit == COUNTRY else part.of(unit)
                verdicts[view.measure.id] = found.now.verdict if found else None
    return verdicts
