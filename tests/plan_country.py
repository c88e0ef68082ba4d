"""A whole country of plans, made up: what pages and reports must bear when all of Sweden works in them.

One national plan that every region answers, one plan for each regional cancer centre that its regions answer,
and one local plan with activities for each region; each goal hangs on one of the plan above. Editions hold
for three years and are followed up every year; every round but the last is frozen. Rows enter by the same
bulk inserts as imported documents do. The same size and seed give the same country.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import numpy as np
from django.db import transaction

from fyrbak.goals import models as m
from fyrbak.goals import outline as o
from fyrbak.goals.document_outline import SCALE
from fyrbak.goals.importing import STRATEGY, load_national_plans, load_plan
from fyrbak.goals.models.link import Standing
from fyrbak.goals.storing import parts_by_number, store_areas, store_round, stored_scale
from fyrbak.goals.strategy import scale_meanings
from fyrbak.records.organisations import (
    COUNTRY,
    Organisation,
    organisation,
    organisations,
    regions,
    regions_of,
)

LAST_YEAR, YEARS_OF_EDITION, GOALS_OF_AREA = 2025, 3, 10
_ANSWERS = {"U": 0.30, "P": 0.43, "E": 0.09, "P/U": 0.03, "U/E": 0.02, "P?": 0.03, "": 0.10}
_SILENT, _CHANGED, _UNLINKED, _REWORDED = 0.3, 0.03, 0.1, 0.05  # shares of answers, and of goals
_EVIDENCE: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("svf_lead_time", "measures", {}),
    ("svf_inclusion", "measures", {}),
    ("hpv_coverage", "measures", {}),
    ("svf_days_median", "illuminates", {"pathway": "lunga"}),
    ("svf_conversion", "illuminates", {"pathway": "prostata"}),
)
_SOURCE = "påhittad"
_EVERY_SO_MANY = 4  # goals, one speaks of something that is measured
_VERBS = (
    "Alla ska erbjudas",
    "Regionen ska ha",
    "Patienter ska få",
    "Verksamheten ska följa",
    "Fler ska nås av",
)
_THINGS = (
    "en kontaktsjuksköterska", "rehabilitering utifrån behov", "ett standardiserat vårdförlopp i tid",
    "en egen vårdplan", "screening på lika villkor", "jämlik tillgång till studier", "stöd att sluta röka",
    "uppföljning efter avslutad behandling", "bedömning av biverkningar", "en rutin för remisser",
)  # fmt: skip
_SAYINGS = (
    "Rutinen är beslutad och används på två av tre sjukhus.", "Vakanser bland patologer bromsar.",
    "Arbetet är påbörjat tillsammans med primärvården.", "Mätning görs varje kvartal.",
    "Vi ligger efter plan och prioriterar om under hösten.", "Klart, och följs upp en gång per år.",
    "Beror på ett beslut om gemensam upphandling.", "Patientföreträdare deltar i varje möte.",
)  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How much there is: regions (the first ones in official order), goals of each plan, yearly rounds."""

    regions: int = 21
    goals: int = 200
    years: int = 6


@dataclass(frozen=True)
class PlanCountry:
    """The stored editions, oldest first: the nation's, and by owner those of centres and regions."""

    national: tuple[m.PlanEdition, ...]
    regional: Mapping[str, tuple[m.PlanEdition, ...]]
    local: Mapping[str, tuple[m.PlanEdition, ...]]


@transaction.atomic
def plan_country(size: Size | None = None, *, seed: int = 1) -> PlanCountry:
    """Store a country of plans beside the national strategy."""
    return _Country(size or Size(), np.random.default_rng(seed)).stored()


def stored_country() -> PlanCountry | None:
    """The country that was stored before, in the order in which it was, or None."""
    editions = m.PlanEdition.objects.filter(synthetic=True, source=_SOURCE).order_by("pk")
    found: dict[str, dict[str, tuple[m.PlanEdition, ...]]] = {"direction": {}, "regional": {}, "local": {}}
    for edition in editions.select_related("plan"):
        of_level = found[edition.plan.level]
        of_level[edition.plan.owner_id] = (*of_level.get(edition.plan.owner_id, ()), edition)
    if not found["direction"]:
        return None
    return PlanCountry(found["direction"][COUNTRY], found["regional"], found["local"])


class _Country:
    """Draws one country and stores it from the top down."""

    def __init__(self, size: Size, random: np.random.Generator) -> None:
        self.size, self.random = size, random
        self.regions = regions()[: size.regions]
        first = LAST_YEAR - size.years + 1
        years = range(first, LAST_YEAR + 1)
        self.periods = [
            years[start : start + YEARS_OF_EDITION] for start in range(0, size.years, YEARS_OF_EDITION)
        ]
        load_national_plans(at=_noon(first))

    def stored(self) -> PlanCountry:
        top = [parts_by_number(load_plan(STRATEGY, at=_noon(LAST_YEAR)).edition)] * len(self.periods)
        nation = organisation(COUNTRY)
        national = self.editions(nation, "direction", self.regions, top)
        above = [parts_by_number(edition) for edition in national]
        regional, local = {}, {}
        for centre, members in self.centres():
            regional[centre.code] = self.editions(centre, "regional", members, above)
            over = [parts_by_number(edition) for edition in regional[centre.code]]
            for place in members:
                local[place.code] = self.editions(place, "local", (), over)
        return PlanCountry(national, regional, local)

    def centres(self) -> Iterator[tuple[Organisation, list[Organisation]]]:
        """The cancer centres with their regions; a region that is split belongs to the first of its two."""
        left = list(self.regions)
        for centre in (one for one in organisations() if one.kind == "rcc"):
            members = [place for place in regions_of(centre.code) if place in left]
            left = [place for place in left if place not in members]
            if members:
                yield centre, members

    def editions(
        self,
        owner: Organisation,
        level: str,
        asked: Sequence[Organisation],
        above: Sequence[Mapping[str, m.GoalPart]],
    ) -> tuple[m.PlanEdition, ...]:
        """The plan of an owner: its editions, each with links upwards and a round every year."""
        title = f"Påhittad plan, {owner.name_sv}"
        plan = m.Plan.objects.create(
            level=level, owner_id=owner.code, title_sv=title, title_en=f"Made-up plan, {owner.name_en}"
        )
        areas = tuple(self.areas(owner, level))
        stored: list[m.PlanEdition] = []
        for years, over in zip(self.periods, above, strict=True):
            areas = tuple(self.reworded(areas)) if stored else areas
            outline = o.PlanOutline(
                id=f"{owner.code.replace(':', '-').lower()}-{level}-{years[0]}-{years[-1]}",
                level=level, title_sv=title, title_en=plan.title_en, owner=owner.code, synthetic=True,
                source=_SOURCE, scale=scale_meanings(SCALE), areas=areas,
                organisations=tuple(_voice(place) for place in asked),
            )  # fmt: skip
            edition = m.PlanEdition.objects.create(
                plan=plan, key=outline.id, label=f"{years[0]}–{years[-1]}", scale=stored_scale(SCALE),
                valid_from=date(years[0], 1, 1), valid_to=date(years[-1], 12, 31), source=outline.source,
                status="adopted" if years[-1] == LAST_YEAR else "closed",
                supersedes=stored[-1] if stored else None, imported_at=_noon(years[0]), synthetic=True,
            )  # fmt: skip
            parts = store_areas(edition, areas, lineage=f"{owner.code}/{level}")
            self.link(list(parts.values()), list(over.values()), level)
            for year in years if asked else ():
                self.round(edition, replace(outline, round_label=str(year)), parts, year, owner)
            stored.append(edition)
        return tuple(stored)

    def areas(self, owner: Organisation, level: str) -> Iterator[o.Area]:
        for number in range(-(-self.size.goals // GOALS_OF_AREA)):
            left = min(GOALS_OF_AREA, self.size.goals - number * GOALS_OF_AREA)
            thing = _THINGS[number % len(_THINGS)]
            yield o.Area(
                str(number + 1), f"Område {number + 1}: {thing}", f"Area {number + 1}",
                overall_goal_sv=f"Ingen i {owner.name_sv} ska behöva vänta på {thing}.",
                goals=tuple(self.goal(number, place, level) for place in range(left)),
            )  # fmt: skip

    def goal(self, area: int, place: int, level: str) -> o.Goal:
        ordinal = area * GOALS_OF_AREA + place
        number = f"{area + 1}.{place + 1}"
        verb, thing = _VERBS[ordinal % len(_VERBS)], _THINGS[self.random.integers(len(_THINGS))]
        measure, role, dims = _EVIDENCE[ordinal // _EVERY_SO_MANY % len(_EVIDENCE)]
        speaks = o.Evidence(measure, role, "Målets ord nämner det.", "The goal's words name it.", dict(dims))
        return o.Goal(
            number, f"{verb} {thing} senast {LAST_YEAR} (mål {number}).",
            evidence=() if ordinal % _EVERY_SO_MANY or level == "local" else (speaks,),
            activities=(self.activity(number, thing),) if level == "local" else (),
        )  # fmt: skip

    def activity(self, number: str, thing: str) -> o.Activity:
        return o.Activity(
            f"{number}.1", f"Införa {thing}.", how="Gemensam rutin och utbildning.",
            who="Verksamheterna med stöd av RCC", when="Fortlöpande", responsible="Cancersamordnare",
            follow_up="2 ggr/år i ledningsgruppen", time_frame=f"{LAST_YEAR - 2}–{LAST_YEAR}",
            parties=(o.Party("responsible", "Cancersamordnare"), o.Party("performs", "Verksamheterna")),
        )  # fmt: skip

    def reworded(self, areas: Sequence[o.Area]) -> Iterator[o.Area]:
        """The areas of the next edition: most goals as they were, some in other words."""
        for area in areas:
            changed = self.random.random(len(area.goals)) < _REWORDED
            yield replace(
                area,
                goals=tuple(
                    replace(goal, text_sv=f"{goal.text_sv} Det gäller hela regionen.") if other else goal
                    for goal, other in zip(area.goals, changed, strict=True)
                ),
            )

    def link(self, parts: Sequence[m.GoalPart], over: Sequence[m.GoalPart], level: str) -> None:
        """Each goal serves one of the plan above, but for some that serve none."""
        kind = m.GoalLink.Kind.CONTRIBUTES if level == "direction" else m.GoalLink.Kind.IMPLEMENTS
        chosen = self.random.integers(len(over), size=len(parts))
        loose = self.random.random(len(parts)) < _UNLINKED
        m.GoalLink.objects.bulk_create(
            m.GoalLink(
                from_part=part, to_part=over[place], kind=kind, standing=Standing.CONFIRMED,
                rationale_sv="Samma fråga, närmare vården.", rationale_en="The same matter, closer to care.",
                by_name="påhittad länk", at=_noon(LAST_YEAR),
            )
            for part, place, alone in zip(parts, chosen, loose, strict=True)
            if not alone
        )  # fmt: skip

    def round(
        self,
        edition: m.PlanEdition,
        outline: o.PlanOutline,
        parts: dict[str, m.GoalPart],
        year: int,
        owner: Organisation,
    ) -> None:
        """One year's answers; some are given anew. All years but the last are frozen."""
        opened = store_round(edition, self.answered(outline, owner), parts, at=_noon(year))
        first = list(opened.assessments.all())
        again = self.random.choice(len(first), size=round(len(first) * _CHANGED), replace=False)
        m.Assessment.objects.bulk_create(
            m.Assessment(
                round=opened, part_id=first[place].part_id, organisation_id=first[place].organisation_id,
                levels=["P"], comment="Ändrat efter dialog.", by_name="påhittat svar",
                at=_noon(year, month=4), supersedes=first[place],
            )
            for place in sorted(again)
        )  # fmt: skip
        if year < LAST_YEAR:
            m.FollowUpRound.objects.filter(pk=opened.pk).update(frozen_at=_noon(year, month=6))

    def answered(self, outline: o.PlanOutline, owner: Organisation) -> o.PlanOutline:
        """The plan with an answer of all who are asked, and a centre's remark on every other goal."""
        codes = [level.code for level in outline.scale]
        levels = {raw: o.parse_level(raw, codes) for raw in _ANSWERS}
        words, shares = list(_ANSWERS), list(_ANSWERS.values())
        voice = _voice(owner)

        def goal(place: int, goal: o.Goal) -> o.Goal:
            drawn = self.random.choice(words, size=len(outline.organisations), p=shares)
            silent = self.random.random(len(drawn)) < _SILENT
            said = self.random.integers(len(_SAYINGS), size=len(drawn))
            answers = (
                o.Assessment(asked.code, levels[str(raw)], "" if quiet else _SAYINGS[saying])
                for asked, raw, quiet, saying in zip(outline.organisations, drawn, silent, said, strict=True)
            )
            notes = (
                (o.Note(voice, "Går framåt, men olika fort."),) if owner.kind == "rcc" and place % 2 else ()
            )
            return replace(goal, assessments=tuple(answers), notes=notes)

        return replace(
            outline,
            areas=tuple(
                replace(area, goals=tuple(goal(place, one) for place, one in enumerate(area.goals)))
                for area in outline.areas
            ),
        )


def _voice(place: Organisation) -> o.Voice:
    return o.Voice(place.code, place.short or place.name_sv, place.name_sv, place.name_en)


def _noon(year: int, month: int = 3) -> datetime:
    return datetime(year, month, 1, 12, tzinfo=UTC)
