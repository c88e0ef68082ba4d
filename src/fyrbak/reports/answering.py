"""What data say of one goal to the organisation that is about to answer: its numbers, and which levels they
speak against. And the same numbers pinned to the answer, so that it can be read later as it was given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from fyrbak.goals import models as m
from fyrbak.goals import outline as o
from fyrbak.goals.models.link import Standing as LinkStanding
from fyrbak.goals.rounds.listed import Listed
from fyrbak.measures.results import Result
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports.follow_up import (
    THE_COUNTRY,
    EvidenceView,
    GoalView,
    Numbers,
    PartView,
    UnitView,
    facts_of,
    parts_of,
)
from fyrbak.reports.follow_up import beside as put_beside
from fyrbak.reports.formats import Language
from fyrbak.reports.voices import Standing, standing
from fyrbak.reports.words import Words


@dataclass(frozen=True)
class Beside:
    """One goal and one organisation beside the numbers. ``scale`` holds the levels of the plan in order."""

    voice: o.Voice
    scale: tuple[o.LevelMeaning, ...]
    view: GoalView | None

    @cached_property
    def reached(self) -> Mapping[str, bool]:
        """By level code, whether the level says that the goal is reached."""
        return {level.code: level.reached for level in self.scale}

    @property
    def evidence(self) -> tuple[EvidenceView, ...]:
        """The measures that speak about the goal; none before there are any numbers."""
        return self.view.evidence if self.view else ()

    def standing(self, level: o.Level | None) -> Standing:
        """How a level would stand to what data say."""
        return standing(level, self.reached, self.view.verdicts(self.voice.code) if self.view else {})

    def contradicted(self) -> dict[str, tuple[str, ...]]:
        """By code, the measures that speak against a level; one that nothing speaks against is not there."""
        found = {code: self.standing(o.Level((code,))) for code in self.reached}
        return {code: how.measures for code, how in found.items() if how.differs}

    def pinned(self, level: o.Level) -> list[m.PinnedEvidence]:
        """The organisation's numbers as they stand now, to be stored with an answer."""
        against = self.standing(level).measures
        shown = [
            unit.now
            for evidence in self.evidence
            for part in evidence.parts
            if (unit := part.of(self.voice.code)) is not None
        ]
        return [
            m.PinnedEvidence(
                order=order,
                measure=result.measure,
                version=result.version,
                snapshot=result.snapshot,
                period=result.period,
                cut=dict(result.cut),
                n=result.n,
                numerator=result.numerator,
                denominator=result.denominator,
                value=result.value,
                lower=result.lower,
                upper=result.upper,
                suppressed=result.suppressed,
                verdict=result.verdict or "",
                contradicts=result.measure in against,
            )
            for order, result in enumerate(shown)
        ]


@dataclass(frozen=True)
class Told:
    """A measure beside a goal in words: what it is, why it stands here, and whose number each is.

    ``promised``: whether the goal promises this very number.
    """

    measure: str
    promised: bool
    title: str
    why: str
    numbers: tuple[tuple[str, Result], ...]


def beside(
    links: Sequence[m.EvidenceLink],
    part: Listed | m.GoalPart,
    asked: m.RoundOrganisation,
    scale: tuple[o.LevelMeaning, ...],
    snapshot: Snapshot | None,
    numbers: Numbers | None = None,
) -> Beside:
    """Put one goal beside the numbers of one organisation. Without a snapshot there are none.

    ``numbers`` are the snapshot's, from where they are kept; without them they are read.
    """
    who = asked.organisation
    voice = o.Voice(who.code, asked.short, who.name_sv, who.name_en)
    if snapshot is None or not links:
        return Beside(voice, scale, None)
    evidence = tuple(
        o.Evidence(
            link.measure, link.role, link.why_sv, link.why_en, link.dims,
            suggested=link.standing == LinkStanding.SUGGESTED,
        )
        for link in links
    )  # fmt: skip
    goal = o.Goal(part.number, part.text_sv, part.text_en, evidence=evidence)
    outline = o.PlanOutline(
        "", "", "", "", scale=scale, organisations=(voice,), areas=(o.Area("", "", goals=(goal,)),)
    )
    found = put_beside(outline, facts_of(snapshot), numbers or partial(parts_of, snapshot))
    return Beside(voice, scale, found.goals[0])


def told(found: Beside, lang: Language) -> list[Told]:
    """The measures beside a goal in the words of a language, each with the organisation's number first."""
    w = Words(lang)
    names = {voice.code: w.of(voice, "name") for voice in (found.voice, THE_COUNTRY)}

    def who(unit: UnitView, part: PartView) -> str:
        return f"{names[unit.unit]}, {w.text(part.value.text)}" if part.value else names[unit.unit]

    return [
        Told(
            view.measure.id,
            view.promised,
            w.text(view.measure.title),
            w.of(view.evidence, "why"),
            tuple((who(unit, part), unit.now) for part in view.parts for unit in (*part.units, part.country)),
        )
        for view in found.evidence
    ]
