"""What a report rests on: a plan with its round, the numbers of a snapshot, and its year's money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fyrbak.goals import outline as o
from fyrbak.goals.improvement import selectors as improvement
from fyrbak.goals.improvement.models import Call, TaskStatus
from fyrbak.measures.definitions import Measure
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.results import Result
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports.builder.layouts import Condensed
from fyrbak.reports.claims.vocabulary import Claim, MeasureFigure
from fyrbak.reports.follow_up import THE_COUNTRY, PartView, parts_of, units_of
from fyrbak.reports.formats import Language
from fyrbak.reports.papers.paper import Block

Cut = tuple[str, tuple[tuple[str, str], ...]]


def cut_of(measure: str, narrowed: Mapping[str, str]) -> Cut:
    """What a measure's numbers are kept under: its id and what they are narrowed to."""
    return measure, tuple(sorted(narrowed.items()))


@dataclass
class Ground:
    """What a report rests on. Numbers are counted when they are first asked for, and kept.

    ``condensed`` are the coordinator's wordings, ``snapshot`` is None before there is any. ``counted`` and
    ``told``, the same in words and pictures, may be shared by those that rest on the same plan and snapshot.
    """

    outline: o.PlanOutline
    year: int
    condensed: Condensed = field(default_factory=dict)
    snapshot: Snapshot | None = None
    counted: dict[Cut, tuple[PartView, ...]] = field(default_factory=dict)
    told: dict[tuple[Cut, Language], tuple[Block, ...]] = field(default_factory=dict)

    @property
    def units(self) -> tuple[o.Voice, ...]:
        """The organisations whose numbers are shown."""
        return units_of(self.outline)

    def areas(self, numbers: Sequence[str]) -> list[o.Area]:
        """The areas with these numbers, or all where none is named."""
        return [area for area in self.outline.areas if not numbers or area.number in numbers]

    def parts(self, measure: Measure, cut: Mapping[str, str]) -> tuple[PartView, ...]:
        """A measure's numbers for the country and the units; empty without a snapshot or rows to count."""
        key = cut_of(measure.id, cut)
        if key not in self.counted:
            codes = tuple(voice.code for voice in self.units)
            self.counted[key] = parts_of(self.snapshot, measure, codes, dict(cut)) if self.snapshot else ()
        return self.counted[key]

    def results(self, measure: Measure, cut: Mapping[str, str]) -> list[Result]:
        """All years' numbers of a measure, unit by unit, the country last."""
        parts = self.parts(measure, cut)
        return [one for part in parts for view in (*part.units, part.country) for one in view.series]

    def results_for(self, claims: Sequence[Claim]) -> list[Result]:
        """The numbers that claims speak of. Raises UnknownNameError for a measure that does not exist."""
        found: list[Result] = []
        seen: set[str] = set()
        for figure in (figure for claim in claims for figure in figures_of(claim)):
            if figure.model_dump_json(exclude={"period"}) not in seen:
                seen.add(figure.model_dump_json(exclude={"period"}))
                found += self.results(measure_named(figure.measure), figure.cut)
        return found

    def names(self, lang: str) -> dict[str, str]:
        """What the units and the country are called."""
        return {voice.code: getattr(voice, f"name_{lang}") for voice in (*self.units, THE_COUNTRY)}

    def calls(self) -> list[tuple[Call, improvement.Sums]]:
        """The calls for improvement of the year, with what became of their money."""
        found = list(improvement.calls().filter(year=self.year))
        sums = improvement.sums_of(found)
        return [(call, sums[call.pk]) for call in found]

    def task_statuses(self) -> list[TaskStatus]:
        """What each organisation last said of each of the strategy's tasks."""
        return [status for said in improvement.statuses().values() for status in said.values()]


def figures_of(claim: Claim) -> list[MeasureFigure]:
    """The measures' figures that a claim speaks of."""
    said = claim.states
    figures = (getattr(said, "figure", None), *getattr(said, "figures", ()))
    return [figure for figure in figures if isinstance(figure, MeasureFigure)]
