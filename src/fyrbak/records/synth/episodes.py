"""Suspicions of cancer as they really went: the truth behind the events that regions register."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fyrbak.records.synth.calendar import NEVER, Flags, Floats, Ints, year_of
from fyrbak.records.synth.calibration import calibration
from fyrbak.records.synth.disease import Tumours
from fyrbak.records.synth.drafts import NO_POINT, Drafts, Scene, by_place_and_year, drafts, unspecific_before
from fyrbak.records.synth.draws import choose, spread
from fyrbak.records.synth.pathways import AOS, BASE, EXTENDED, UNKNOWN_LIMIT
from fyrbak.records.synth.population import ABROAD
from fyrbak.records.synth.rows import Rows

_DECEASED = 74
# Shares of episodes: never closed, begun away from home, transferred; of these, the sender is not heard of.
_NEVER_CLOSED, _ELSEWHERE, _TRANSFERRED, _SENDER_SILENT = 0.008, 0.02, 0.03, 0.15
_FIRST_VARIANT, _MARKED = 0.75, 0.5  # the first variant; an extended work-up that shows as point 44 alone
# Points that some still used in the first years.
_RETIRED = {54: 56, 73: 65, 40: 42}
_RETIRED_UNTIL, _RETIRED_SHARE = 2021, 0.05
_GAP = 30  # least days between two episodes of the same pathway
# Weights of the four parts of an episode, between start, visit, conference, decision and end.
_PARTS = (2.2, 3.4, 1.8, 3.2)
_STEPS = ("visit", "conference", "decision")
_REGISTERED = (0.88, 0.62, 0.78)  # how often each of the steps is
_SWAPPED = 0.02  # decision registered before the conference
_EXTENDED_POINT, _INFORMATION_POINT, _EXTENDED_ANYWAY = 44, 40, 0.1
# Days of a judged episode, as shares of the limit: the shortest, the shape up to the limit; and how fast the
# last band beyond it thins out.
_SHORTEST, _WITHIN, _TAIL = 0.25, (3.0, 1.3), 2.5
# Days of other episodes: spread around the usual, share of it without treatment, and the level of a region
# that is neither fast nor slow.
_USUAL_SPREAD, _UNTREATED, _LEVEL = 0.5, 0.6, 0.44
_LONGEST = 700  # days of any episode


@dataclass
class Episodes(Rows):
    """One episode a row. Days are NEVER where something has not happened.

    ``pathway`` and ``variant`` are positions in the content's lists, ``place`` is the closing region and
    ``begun`` the region of the start (ABROAD if only the receiving region is heard of), ``sent`` the day of a
    transfer between them. ``point`` is the end point as registered, ``talk`` the point of the decision.
    ``marked`` tells whether an extended work-up shows as point 44 rather than as a variant. ``tumour`` is a
    position among the tumours, or -1.
    """

    who: Ints
    pathway: Ints
    start: Ints
    end: Ints
    point: Ints
    variant: Ints
    begun: Ints
    place: Ints
    sent: Ints
    visit: Ints
    conference: Ints
    decision: Ints
    talk: Ints
    marked: Flags
    tumour: Ints


def draw(scene: Scene, tumours: Tumours, suspicions: Floats) -> Episodes:
    """All episodes, none overlapping in a pathway. ``suspicions`` is a rate by [pathway, sex, age]."""
    found = _course(scene, drafts(scene, tumours, suspicions))
    cancer = found.tumour >= 0
    before = _course(scene, unspecific_before(scene, found.who[cancer], found.start[cancer]))
    return _untangled(_as_registered(scene, _cut_short(scene, Episodes.joined([found, before]))))


def _course(scene: Scene, d: Drafts) -> Episodes:
    """Draw regions, variant, duration and steps."""
    rng, size = scene.rng, len(d)
    home = scene.people.place(d.who, np.where(d.end != NEVER, d.end, d.start))
    begun = _elsewhere(scene, home, _ELSEWHERE)
    place = _elsewhere(scene, begun, _TRANSFERRED)
    variant, marked = _variants(scene, d.pathway)
    days = _days(scene, d, np.maximum(place, 0), variant)
    start = np.where(d.end != NEVER, d.end - days, d.start)
    steps = _steps(scene, start, days, marked)
    sent = start + (days * rng.uniform(0.2, 0.8, size)).astype(np.int64)
    # Point 44 selects the longer limits, so only an extended work-up has it where limits differ.
    extends = np.array([EXTENDED in names for names in scene.content.variants])[d.pathway]
    extended = marked | (~extends & (rng.random(size) < _EXTENDED_ANYWAY))
    return Episodes(
        who=d.who,
        pathway=d.pathway,
        start=start,
        end=start + days,
        point=d.point,
        variant=variant,
        begun=begun,
        place=place,
        sent=np.where(place != begun, sent, NEVER),
        visit=steps[:, 0],
        conference=steps[:, 1],
        decision=steps[:, 2],
        talk=np.where(extended, _EXTENDED_POINT, _INFORMATION_POINT),
        marked=marked,
        tumour=d.tumour,
    )


def _steps(scene: Scene, start: Ints, days: Ints, marked: Flags) -> Ints:
    """Days of visit, conference and decision by [episode, step]; NEVER where they are not registered."""
    rng, size = scene.rng, start.size
    parts = np.cumsum(rng.gamma(_PARTS, size=(size, len(_PARTS))), axis=1)
    steps = start[:, None] + (parts[:, :3] / parts[:, 3:] * days[:, None]).astype(np.int64)
    swapped = rng.random(size) < _SWAPPED
    steps[swapped, 1:] = steps[swapped, 2:0:-1]
    silent = rng.random((size, len(_STEPS))) > _REGISTERED
    silent[:, 2] &= ~marked  # what tells that the work-up was extended is always there
    return np.where(silent, NEVER, steps)


def _elsewhere(scene: Scene, place: Ints, share: float) -> Ints:
    """Places, a share of them replaced by another one."""
    count = len(scene.regions)
    if count == 1:
        return place
    other = (place + scene.rng.integers(1, count, place.size)) % count
    return np.where((scene.rng.random(place.size) < share) & (place != ABROAD), other, place)


def _variants(scene: Scene, pathway: Ints) -> tuple[Ints, Flags]:
    """Variant of each episode, and whether it is an extended work-up that shows only as point 44."""
    known = scene.content.variant_names()
    variant = np.zeros(pathway.size, np.int64)
    for index, names in enumerate(scene.content.variants):
        if not names:
            continue
        # Without a base variant one of several must be stated; else stating none is most common.
        branches = len(names) > 1 and BASE not in names
        options = names if branches else ("", *(name for name in names if name != BASE))
        own = np.flatnonzero(pathway == index)
        rest = dict.fromkeys(options[1:], (1 - _FIRST_VARIANT) / (len(options) - 1))
        drawn = choose(scene.rng, {options[0]: _FIRST_VARIANT, **rest}, own.size)
        variant[own] = np.array([known.index(name) for name in options])[drawn]
    extended = variant == known.index(EXTENDED)
    return variant, extended & (scene.rng.random(pathway.size) < _MARKED)


def _days(scene: Scene, d: Drafts, place: Ints, variant: Ints) -> Ints:
    """Days from start to end: by the region's level where a limit judges the end, else about the usual."""
    rng, size, content = scene.rng, len(d), scene.content
    limit = content.limit(d.pathway, d.point, np.array(content.variant_names())[variant], d.end)
    judged = (limit != UNKNOWN_LIMIT) & (d.end != NEVER)
    within = np.zeros(size, np.bool_)
    share = _share_within(scene, place[judged], d.end[judged])
    within[judged] = spread(rng, by_place_and_year(place[judged], d.end[judged])) < share
    early = np.ceil(limit * (_SHORTEST + (1 - _SHORTEST) * rng.beta(*_WITHIN, size=size)))
    late = np.maximum(np.floor(limit * (1 + _overshoot(rng, size))), limit + 1)
    slow = np.where(
        content.treated(d.pathway, d.point), 1 + _LEVEL - scene.level("lead_time")[place], _UNTREATED
    )
    usual = _typical(scene)[d.pathway] * slow * rng.lognormal(0, _USUAL_SPREAD, size)
    days = np.where(judged, np.where(within, np.minimum(early, limit), late), np.maximum(usual, 1))
    return np.minimum(days, _LONGEST).astype(np.int64)


def _share_within(scene: Scene, place: Ints, day: Ints) -> Floats:
    """Share that ends within the limit in a region on a day."""
    drift = calibration().lead_time_drift
    year = np.clip(year_of(day), min(drift), max(drift))
    return scene.level("lead_time")[place] + np.array([drift[y] for y in sorted(drift)])[year - min(drift)]


def _typical(scene: Scene) -> Floats:
    """Usual days of each pathway."""
    known = calibration()
    return np.array(
        [(known.aos if name == AOS else known.pathways[name]).days for name in scene.content.ids], float
    )


def _overshoot(rng: np.random.Generator, size: int) -> Floats:
    """How far beyond the limit the late ones are, as a share of it."""
    bands = calibration().overshoot
    band = choose(rng, {str(i): b.share for i, b in enumerate(bands)}, size)
    low, high = np.array([b.above for b in bands])[band], np.array([b.to for b in bands])[band]
    return low + (high - low) * rng.random(size) ** np.where(band == len(bands) - 1, _TAIL, 1.0)


def _cut_short(scene: Scene, e: Episodes) -> Episodes:
    """Leave out what cannot be seen; close at death; leave open what has not ended."""
    people, rng = scene.people, scene.rng
    seen = (e.start >= scene.first) & (e.start <= scene.as_of) & people.present(e.who, e.start)
    e = e.take(seen & (people.place(e.who, np.minimum(e.end, scene.as_of)) != ABROAD))
    died = people.death[e.who] < e.end
    e.end = np.where(died, people.death[e.who], e.end)
    last = np.minimum(e.end, scene.as_of)
    unfinished = (e.end > scene.as_of) | (rng.random(len(e)) < _NEVER_CLOSED)
    e.point = np.where(unfinished, NO_POINT, np.where(died, _DECEASED, e.point))
    e.end = np.where(unfinished, NEVER, e.end)
    e.sent = np.where(e.sent <= last, e.sent, NEVER)
    e.place = np.where(e.sent == NEVER, e.begun, e.place)
    # Where the sender is silent, nothing is heard from before the transfer, and the variant must be stated.
    silent = (e.sent != NEVER) & (rng.random(len(e)) < _SENDER_SILENT)
    e.begun = np.where(silent, ABROAD, e.begun)
    e.marked &= ~silent
    for name in _STEPS:
        day = getattr(e, name)
        setattr(e, name, np.where((day > last) | (silent & (day < e.sent)), NEVER, day))
    return e


def _as_registered(scene: Scene, e: Episodes) -> Episodes:
    """Let some of the first years' points be of the retired kind where that changes no meaning."""
    old = scene.rng.random(len(e)) < _RETIRED_SHARE
    for name, day, point in (("point", e.end, 54), ("point", e.end, 73), ("talk", e.decision, 40)):
        same = np.array([_same(scene, index, point) for index in range(len(scene.content.ids))])[e.pathway]
        early = (day != NEVER) & (year_of(np.minimum(day, scene.as_of)) <= _RETIRED_UNTIL)
        now = getattr(e, name)
        setattr(e, name, np.where(old & same & early & (now == point), _RETIRED[point], now))
    return e


def _same(scene: Scene, pathway: int, point: int) -> bool:
    """Whether a point and its retired forerunner mean the same in a pathway."""
    meanings = scene.content.treatment(np.full(2, pathway), np.array([point, _RETIRED[point]]))
    return bool(meanings[0] == meanings[1])


def _untangled(e: Episodes) -> Episodes:
    """Leave out episodes that begin before the previous one of the same pathway is well over."""
    e = e.take(np.lexsort((e.start, e.pathway, e.who)))
    while True:
        same = (e.who[1:] == e.who[:-1]) & (e.pathway[1:] == e.pathway[:-1])
        tangled = np.r_[False, same & (e.start[1:] <= e.end[:-1] + _GAP)]
        # Of a chain, the second goes first: what comes after it may then be clear.
        tangled &= ~np.r_[False, tangled[:-1]]
        if not tangled.any():
            return e
        e = e.take(~tangled)
