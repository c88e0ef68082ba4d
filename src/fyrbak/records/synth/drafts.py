"""Who is suspected of what, and when: episodes before their course is drawn.

Of a draft either the start or the end is known. A treated tumour, and a closing talk after unspecific
symptoms, is known by its end, because the limit in force that day judges it. Other suspicions are known by
their start.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fyrbak.records.synth.calendar import NEVER, Flags, Floats, Ints, number, year_of
from fyrbak.records.synth.calibration import Structure, calibration, rates
from fyrbak.records.synth.disease import Tumours, adult, occurrences
from fyrbak.records.synth.draws import choose, spread
from fyrbak.records.synth.pathways import AOS, Pathways
from fyrbak.records.synth.population import Population
from fyrbak.records.synth.rows import Rows

NO_POINT = 0
_OTHER_CANCER, _MEDICINES = 72, 52
_DIAGNOSIS_TO_TREATMENT = (2.0, 9.0)  # shape and scale in days
# Shares of suspicions with company: at the same time, again later, after unspecific symptoms.
_PARALLEL, _REPEATED, _AFTER_UNSPECIFIC = 0.015, 0.02, 0.015
_CHILDREN = ("hjarna", "hudmelanom", "lymfom", "sarkom")  # pathways that a few start before 18
_CHILD_RATE, _CHILDREN_TREATED = 2e-5, 0.5
_WIDER = 1.2  # suspicions without cancer are spread over more ages than cancer


@dataclass(frozen=True)
class Scene:
    """What the drawing of episodes needs to know. Levels are by position of the region."""

    rng: np.random.Generator
    people: Population
    content: Pathways
    regions: tuple[str, ...]
    as_of: int

    @property
    def first(self) -> int:
        """The first day that a pathway may start."""
        return number(calibration().pathways_from)

    def level(self, name: str) -> Floats:
        """A level of each region: lead_time, inclusion, suspicions."""
        return np.array([getattr(calibration().regions[code], name) for code in self.regions])


@dataclass
class Drafts(Rows):
    """One draft a row. ``start`` or ``end`` is NEVER; ``tumour`` is a position among the tumours, or -1."""

    who: Ints
    pathway: Ints
    start: Ints
    end: Ints
    point: Ints
    tumour: Ints


def drafts(scene: Scene, tumours: Tumours, suspicions: Floats) -> Drafts:
    """All suspicions. ``suspicions`` is the rate of those without cancer, by [pathway, sex, age]."""
    treated, empty = _treated(scene, tumours), _empty(scene, suspicions)
    return Drafts.joined([treated, empty, _beside(scene, treated, empty), _children(scene)])


def unspecific_before(scene: Scene, who: Ints, start: Ints) -> Drafts:
    """Some cancers are found in the pathway of unspecific symptoms, which ends when theirs starts."""
    found = scene.rng.random(who.size) < _AFTER_UNSPECIFIC
    who, end = who[found], start[found] - scene.rng.integers(0, 4, int(found.sum()))

    def all_are(value: int) -> Ints:
        return np.full(who.size, value)

    pathway = all_are(scene.content.index(AOS))
    return Drafts(who, pathway, all_are(NEVER), end, all_are(_OTHER_CANCER), all_are(-1))


def by_place_and_year(place: Ints, day: Ints) -> Ints:
    """One number for each place and year."""
    return place * 10_000 + year_of(day)


def _treated(scene: Scene, tumours: Tumours) -> Drafts:
    """Tumours that go through their pathway and end with a first treatment some time after diagnosis."""
    rng, groups = scene.rng, sorted(calibration().pathways)
    rows = np.flatnonzero((tumours.group < len(groups)) & adult(scene.people, tumours.who, tumours.day))
    t = tumours.take(rows)
    included = spread(rng, by_place_and_year(t.place, t.day)) < scene.level("inclusion")[t.place]
    rows, t = rows[included], t.take(included)
    pathway = np.array([scene.content.index(name) for name in groups])[t.group]
    end = t.day + rng.gamma(*_DIAGNOSIS_TO_TREATMENT, size=rows.size).astype(np.int64)
    point = np.full(rows.size, NO_POINT)
    for index, name in enumerate(groups):
        own = np.flatnonzero(t.group == index)
        ends = calibration().pathways[name].ends
        point[own] = np.array([int(key) for key in ends])[choose(rng, ends, own.size)]
    return Drafts(t.who, pathway, np.full(rows.size, NEVER), end, point, rows)


def _empty(scene: Scene, rate: Floats) -> Drafts:
    """Suspicions that no tumour lies behind, thinned to the level of each region."""
    who, pathway, day = occurrences(scene.rng, scene.people, rate, scene.first, scene.as_of)
    level = scene.level("suspicions")
    keep = scene.rng.random(who.size) < level[scene.people.place(who, day)] / level.max()
    return _closing(scene, who[keep], pathway[keep], day[keep])


def _closing(scene: Scene, who: Ints, pathway: Ints, day: Ints) -> Drafts:
    """Suspicions of given days that will be closed without treatment."""
    known, aos = calibration(), scene.content.index(AOS)
    point = np.full(who.size, NO_POINT)
    for index in np.unique(pathway):
        own = np.flatnonzero(pathway == index)
        parts = known.closings_aos if index == aos else known.closings
        treats = {} if index == aos else scene.content.ends_as[index]
        parts = {key: share for key, share in parts.items() if int(key) not in treats}
        point[own] = np.array([int(key) for key in parts])[choose(scene.rng, parts, own.size)]
    backwards = pathway == aos
    start, end = np.where(backwards, NEVER, day), np.where(backwards, day, NEVER)
    return Drafts(who, pathway, start, end, point, np.full(who.size, -1))


def _beside(scene: Scene, treated: Drafts, empty: Drafts) -> Drafts:
    """A second suspicion at the time of a treated one, and the same suspicion once more later."""
    rng = scene.rng
    one = treated.take(rng.random(len(treated)) < _PARALLEL)
    other = rng.permutation(np.resize(empty.pathway if empty.pathway.size else one.pathway, len(one)))
    again = empty.take((rng.random(len(empty)) < _REPEATED) & (empty.start != NEVER))
    who = np.concatenate([one.who, again.who])
    pathway = np.concatenate([other, again.pathway])
    earlier = one.end - rng.integers(10, 40, len(one))
    later = again.start + 90 + rng.integers(0, 500, len(again))
    day = np.concatenate([earlier, later])
    keep = (day >= scene.first) & (day <= scene.as_of) & _possible(scene, who, pathway)
    return _closing(scene, who[keep], pathway[keep], day[keep])


def _possible(scene: Scene, who: Ints, pathway: Ints) -> Flags:
    """Whether the pathway is for the person's sex."""
    known = calibration().pathways
    share = np.array([known[name].male if name in known else 0.5 for name in scene.content.ids])[pathway]
    return np.where(scene.people.male[who], share > 0, share < 1)


def _children(scene: Scene) -> Drafts:
    """The few who start a pathway before 18, which the pathways are not meant for."""
    rng = scene.rng
    years = (scene.as_of - scene.first) // 365 + 1
    who = np.flatnonzero(rng.random(len(scene.people)) < _CHILD_RATE * years)
    day = rng.integers(scene.first, scene.as_of + 1, who.size)
    young = ~adult(scene.people, who, day) & scene.people.present(who, day)
    who, day = who[young], day[young]
    names = np.array([scene.content.index(name) for name in _CHILDREN])
    found = _closing(scene, who, names[rng.integers(0, names.size, who.size)], day)
    found.point[rng.random(who.size) < _CHILDREN_TREATED] = _MEDICINES
    return found


def suspicion_rates(content: Pathways, country: Structure, regions: tuple[str, ...]) -> Floats:
    """Rate of suspicions without cancer by [pathway, sex, age], so that the country converts as published.

    Regions have more or fewer of them; the rate is that of the region with most, and the others' are thinned.
    """
    known = calibration()
    levels = known.regions.values()
    included = sum(level.inclusion for level in levels) / len(levels)
    treated = sum(group.rate * included for group in known.pathways.values())
    wanted = treated * (1 / known.conversion - 1) - known.aos.rate
    scale = wanted / sum(group.rate * included * group.suspicions for group in known.pathways.values())
    curves = []
    for name in content.ids:
        curve = known.aos if name == AOS else known.pathways[name]
        rate = curve.rate if name == AOS else curve.rate * included * known.pathways[name].suspicions * scale
        curves.append(curve.model_copy(update={"rate": rate, "width": curve.width * _WIDER}))
    most = max(known.regions[code].suspicions for code in regions)
    mean = sum(level.suspicions for level in levels) / len(levels)
    return rates([*curves], country.national) * most / mean
