"""Suspicions of cancer as they really went: the truth behind the events that regions register.

Episodes of treated tumours are drawn backwards from the day of treatment, so that the limit in force that day
is known and the region's share within it can be drawn. Suspicions that come to nothing are drawn forwards.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from fyrbak.records.synth.calendar import NEVER, Flags, Floats, Ints, number, year_of
from fyrbak.records.synth.calibration import Structure, calibration, rates
from fyrbak.records.synth.disease import Tumours, adult, diseases, occurrences
from fyrbak.records.synth.draws import choose, spread
from fyrbak.records.synth.pathways import AOS, BASE, EXTENDED, UNKNOWN_LIMIT, Pathways
from fyrbak.records.synth.population import ABROAD, Population

NO_POINT = 0
DECEASED, OTHER_CANCER = 74, 72
# Shares of episodes with something out of the ordinary.
_NEVER_CLOSED, _ELSEWHERE, _TRANSFERRED, _SENDER_SILENT = 0.008, 0.02, 0.03, 0.15
_PARALLEL, _REPEATED, _AFTER_UNSPECIFIC = 0.015, 0.02, 0.015
_CHILDREN = ("hjarna", "hudmelanom", "lymfom", "sarkom")  # pathways that a few start before 18
_CHILD_RATE = 2e-5
_FIRST_VARIANT = 0.75
_RETIRED = {54: 56, 73: 65, 40: 42}  # points that some still used in the first years
_RETIRED_UNTIL, _RETIRED_SHARE = 2021, 0.05
_GAP = 30  # least days between two episodes of the same pathway
# Shape of the four parts of an episode: start, visit, conference, decision, end.
_PARTS = (2.2, 3.4, 1.8, 3.2)
_VISIT, _CONFERENCE, _DECISION = 0.88, 0.62, 0.78  # how often the milestones are registered
_SWAPPED = 0.02  # decision registered before the conference


@dataclass
class Episodes:
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

    def __len__(self) -> int:
        return len(self.who)

    def take(self, rows: Ints | Flags) -> Episodes:
        return Episodes(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass
class _Drafts:
    """Episodes with their course not yet drawn: one of ``start`` and ``end`` is known, the other is NEVER."""

    who: Ints
    pathway: Ints
    start: Ints
    end: Ints
    point: Ints
    tumour: Ints


def _join(drafts: list[_Drafts]) -> _Drafts:
    return _Drafts(*(np.concatenate([getattr(d, field.name) for d in drafts]) for field in fields(_Drafts)))


class Drawing:
    """Draws the episodes of one piece of the population."""

    def __init__(
        self,
        rng: np.random.Generator,
        people: Population,
        content: Pathways,
        regions: tuple[str, ...],
        as_of: int,
    ) -> None:
        known = calibration()
        levels = [known.regions[code] for code in regions]
        self.rng, self.people, self.content, self.as_of = rng, people, content, as_of
        self.first = number(known.pathways_from)
        self.lead_time = np.array([level.lead_time for level in levels])
        self.inclusion = np.array([level.inclusion for level in levels])
        self.suspicion = np.array([level.suspicions for level in levels])
        self.names = content.variant_names()
        days = {**{name: group.days for name, group in known.pathways.items()}, AOS: known.aos.days}
        self.typical = np.array([days[name] for name in content.ids], dtype=np.float64)

    def draw(self, tumours: Tumours, suspicions: Floats) -> Episodes:
        """All episodes, none overlapping in a pathway. ``suspicions`` is a rate by [pathway, sex, age]."""
        treated = self._treated(tumours)
        empty = self._empty(suspicions)
        episodes = self._course(_join([treated, empty, self._beside(treated, empty), self._children()]))
        episodes = _joined([episodes, self._course(self._unspecific_before(episodes))])
        return self._untangled(self._registered(self._cut_short(episodes)))

    def _treated(self, tumours: Tumours) -> _Drafts:
        """Tumours that go through their pathway, ending with a first treatment some time after diagnosis."""
        groups = sorted(calibration().pathways)
        rows = np.flatnonzero((tumours.group < len(groups)) & adult(self.people, tumours.who, tumours.day))
        place = tumours.place[rows]
        rows = rows[spread(self.rng, _cell(place, year_of(tumours.day[rows]))) < self.inclusion[place]]
        pathway = np.array([self.content.index(name) for name in groups])[tumours.group[rows]]
        end = tumours.day[rows] + self.rng.gamma(2.0, 9.0, rows.size).astype(np.int64)
        point = np.full(rows.size, NO_POINT)
        for index, name in enumerate(groups):
            own = np.flatnonzero(tumours.group[rows] == index)
            ends = calibration().pathways[name].ends
            point[own] = np.array([int(key) for key in ends])[choose(self.rng, ends, own.size)]
        start = np.full(rows.size, NEVER)
        return _Drafts(tumours.who[rows], pathway, start, end, point, rows)

    def _empty(self, rate: Floats) -> _Drafts:
        """Suspicions that no tumour lies behind."""
        who, pathway, day = occurrences(self.rng, self.people, rate, self.first, self.as_of)
        keep = self.rng.random(who.size) < self.suspicion[self.people.place(who, day)] / self.suspicion.max()
        return self._closing(who[keep], pathway[keep], day[keep])

    def _closing(self, who: Ints, pathway: Ints, day: Ints) -> _Drafts:
        """Suspicions of one day that will be closed without treatment."""
        known = calibration()
        aos = self.content.index(AOS)
        point = np.full(who.size, NO_POINT)
        for index in np.unique(pathway):
            own = np.flatnonzero(pathway == index)
            parts = known.closings_aos if index == aos else known.closings
            treats = {} if index == aos else self.content.ends_as[index]
            parts = {key: share for key, share in parts.items() if int(key) not in treats}
            point[own] = np.array([int(key) for key in parts])[choose(self.rng, parts, own.size)]
        backwards = pathway == aos  # judged by the day of its closing talk
        start, end = np.where(backwards, NEVER, day), np.where(backwards, day, NEVER)
        return _Drafts(who, pathway, start, end, point, np.full(who.size, -1))

    def _beside(self, treated: _Drafts, empty: _Drafts) -> _Drafts:
        """A second suspicion at the time of a treated one, and the same suspicion once more later."""
        beside = np.flatnonzero(self.rng.random(treated.who.size) < _PARALLEL)
        again = np.flatnonzero((self.rng.random(empty.who.size) < _REPEATED) & (empty.start != NEVER))
        possible = empty.pathway if empty.pathway.size else treated.pathway
        other = self.rng.choice(possible, beside.size) if beside.size else treated.pathway[beside]
        later = empty.start[again] + 90 + self.rng.integers(0, 500, again.size)
        who = np.concatenate([treated.who[beside], empty.who[again]])
        pathway = np.concatenate([other, empty.pathway[again]])
        day = np.concatenate([treated.end[beside] - self.rng.integers(10, 40, beside.size), later])
        drafts = self._closing(who, pathway, day)
        keep = (day >= self.first) & (day <= self.as_of) & self._possible(who, pathway)
        return _Drafts(*(getattr(drafts, field.name)[keep] for field in fields(drafts)))

    def _possible(self, who: Ints, pathway: Ints) -> Flags:
        """Whether the pathway is for the person's sex."""
        known = calibration().pathways
        share = np.array([known[name].male if name in known else 0.5 for name in self.content.ids])[pathway]
        return np.where(self.people.male[who], share > 0, share < 1)

    def _children(self) -> _Drafts:
        """The few who start a pathway before 18, which the pathways are not meant for."""
        years = (self.as_of - self.first) // 365 + 1
        who = np.flatnonzero(self.rng.random(len(self.people)) < _CHILD_RATE * years)
        day = self.rng.integers(self.first, self.as_of + 1, who.size)
        pathway = np.array([self.content.index(name) for name in _CHILDREN])[
            self.rng.integers(0, 4, who.size)
        ]
        young = ~adult(self.people, who, day) & self.people.present(who, day)
        drafts = self._closing(who[young], pathway[young], day[young])
        treated = self.rng.random(drafts.who.size) < 0.5
        drafts.point[treated] = 52
        return drafts

    def _unspecific_before(self, episodes: Episodes) -> _Drafts:
        """Some cancers are found in the pathway of unspecific symptoms, which ends when theirs starts."""
        found = (episodes.tumour >= 0) & (self.rng.random(len(episodes)) < _AFTER_UNSPECIFIC)
        rows = np.flatnonzero(found)
        end = episodes.start[rows] - self.rng.integers(0, 4, rows.size)
        same = np.full(rows.size, self.content.index(AOS))
        point = np.full(rows.size, OTHER_CANCER)
        return _Drafts(
            episodes.who[rows], same, np.full(rows.size, NEVER), end, point, np.full(rows.size, -1)
        )

    def _course(self, drafts: _Drafts) -> Episodes:
        """Draw region, variant, duration and milestones."""
        rng, size = self.rng, drafts.who.size
        known = np.where(drafts.end != NEVER, drafts.end, drafts.start)
        home = self.people.place(drafts.who, known)
        begun = self._elsewhere(home, _ELSEWHERE)
        place = self._elsewhere(begun, _TRANSFERRED)
        variant, marked = self._variants(drafts.pathway)
        days = self._days(drafts, np.maximum(place, 0), variant)
        start = np.where(drafts.end != NEVER, drafts.end - days, drafts.start)
        end = start + days
        parts = np.cumsum(rng.gamma(_PARTS, size=(size, len(_PARTS))), axis=1)
        steps = start[:, None] + (parts[:, :3] / parts[:, 3:] * days[:, None]).astype(np.int64)
        swapped = rng.random(size) < _SWAPPED
        steps[swapped, 1:] = steps[swapped, 2:0:-1]
        steps[rng.random((size, 3)) > (_VISIT, _CONFERENCE, _DECISION)] = NEVER
        moved = place != begun
        sent = np.where(moved, start + (days * rng.uniform(0.2, 0.8, size)).astype(np.int64), NEVER)
        # Point 44 selects the longer limits, so only an extended work-up has it where limits differ.
        extends = np.array([EXTENDED in names for names in self.content.variants])[drafts.pathway]
        talk = np.where(marked | (~extends & (rng.random(size) < 0.1)), 44, 40)
        steps[marked & (steps[:, 2] == NEVER), 2] = end[marked & (steps[:, 2] == NEVER)]
        return Episodes(
            drafts.who,
            drafts.pathway,
            start,
            end,
            drafts.point,
            variant,
            begun,
            place,
            sent,
            steps[:, 0],
            steps[:, 1],
            steps[:, 2],
            talk,
            marked,
            drafts.tumour,
        )

    def _elsewhere(self, place: Ints, share: float) -> Ints:
        """Places, a share of them replaced by another one."""
        count = len(self.lead_time)
        if count == 1:
            return place
        other = (place + self.rng.integers(1, count, place.size)) % count
        return np.where((self.rng.random(place.size) < share) & (place != ABROAD), other, place)

    def _variants(self, pathway: Ints) -> tuple[Ints, Flags]:
        """Variant of each episode; extended work-up shows in half of the cases only as point 44."""
        variant = np.zeros(pathway.size, np.int64)
        for index, names in enumerate(self.content.variants):
            if not names:
                continue
            options = ("", *(name for name in names if name != BASE))
            if len(names) > 1 and BASE not in names:
                options = names  # both are branches of their own, and one of them must be stated
            own = np.flatnonzero(pathway == index)
            parts = dict.fromkeys(options[1:], (1 - _FIRST_VARIANT) / (len(options) - 1))
            drawn = choose(self.rng, {options[0]: _FIRST_VARIANT, **parts}, own.size)
            variant[own] = np.array([self.names.index(name) for name in options])[drawn]
        extended = np.array([name == EXTENDED for name in self.names])[variant]
        return variant, extended & (self.rng.random(pathway.size) < 0.5)

    def _days(self, drafts: _Drafts, place: Ints, variant: Ints) -> Ints:
        """Days from start to end: by the region's level where a limit judges it, else about the usual."""
        rng, size = self.rng, drafts.who.size
        on = np.where(drafts.end != NEVER, drafts.end, drafts.start)
        limit = self.content.limit(drafts.pathway, drafts.point, np.array(self.names)[variant], on)
        judged = (limit != UNKNOWN_LIMIT) & (drafts.end != NEVER)
        drift = calibration().lead_time_drift
        year = np.clip(year_of(on), min(drift), max(drift))
        share = self.lead_time[place] + np.array([drift[y] for y in sorted(drift)])[year - min(drift)]
        within = np.zeros(size, np.bool_)
        within[judged] = spread(rng, _cell(place, year)[judged]) < share[judged]
        early = np.ceil(limit * (0.25 + 0.75 * rng.beta(3.0, 1.3, size)))
        late = np.maximum(np.floor(limit * (1 + self._overshoot(size))), limit + 1)
        treated = self.content.treated(drafts.pathway, drafts.point)
        slow = 1 + (0.44 - self.lead_time[place])
        usual = self.typical[drafts.pathway] * np.where(treated, slow, 0.6) * rng.lognormal(0, 0.5, size)
        days = np.where(judged, np.where(within, np.minimum(early, limit), late), np.maximum(usual, 1))
        return np.minimum(days, 700).astype(np.int64)

    def _overshoot(self, size: int) -> Floats:
        bands = calibration().overshoot
        band = choose(self.rng, {str(i): b.share for i, b in enumerate(bands)}, size)
        low, high = np.array([b.above for b in bands])[band], np.array([b.to for b in bands])[band]
        return low + (high - low) * self.rng.random(size) ** np.where(band == len(bands) - 1, 2.5, 1.0)

    def _cut_short(self, episodes: Episodes) -> Episodes:
        """Leave out what cannot be seen; close at death; leave open what has not ended."""
        people, e = self.people, episodes
        first = (e.start >= self.first) & (e.start <= self.as_of) & people.present(e.who, e.start)
        e = e.take(first & (people.place(e.who, np.minimum(e.end, self.as_of)) != ABROAD))
        death = people.death[e.who]
        died = death < e.end
        e.end = np.where(died, death, e.end)
        e.point = np.where(died, DECEASED, e.point)
        unfinished = (e.end > self.as_of) | (self.rng.random(len(e)) < _NEVER_CLOSED)
        last = np.minimum(e.end, self.as_of)
        e.end = np.where(unfinished, NEVER, e.end)
        e.point = np.where(unfinished, NO_POINT, e.point)
        for name in ("sent", "visit", "conference", "decision"):
            day = getattr(e, name)
            setattr(e, name, np.where(day <= last, day, NEVER))
        # Someone who was never sent on is still where it began.
        e.place = np.where(e.sent == NEVER, e.begun, e.place)
        silent = (e.sent != NEVER) & (self.rng.random(len(e)) < _SENDER_SILENT)
        e.begun = np.where(silent, ABROAD, e.begun)
        for name in ("visit", "conference", "decision"):
            day = getattr(e, name)
            setattr(e, name, np.where(silent & (day < e.sent), NEVER, day))
        return e

    def _registered(self, episodes: Episodes) -> Episodes:
        """Let some of the first years' points be of the retired kind where that changes no meaning."""
        e = episodes
        old = self.rng.random(len(e)) < _RETIRED_SHARE
        ended = old & (e.end != NEVER) & (year_of(np.minimum(e.end, self.as_of)) <= _RETIRED_UNTIL)
        for point in (54, 73):
            same = np.array([self._same(index, point) for index in range(len(self.content.ids))])[e.pathway]
            e.point = np.where(ended & same & (e.point == point), _RETIRED[point], e.point)
        early = old & (e.decision != NEVER) & (year_of(np.minimum(e.decision, self.as_of)) <= _RETIRED_UNTIL)
        e.talk = np.where(early & (e.talk == 40), _RETIRED[40], e.talk)
        return e

    def _same(self, pathway: int, point: int) -> bool:
        """Whether a point and its retired forerunner mean the same in a pathway."""
        meanings = self.content.treatment(np.full(2, pathway), np.array([point, _RETIRED[point]]))
        return bool(meanings[0] == meanings[1])

    def _untangled(self, episodes: Episodes) -> Episodes:
        """Leave out episodes that begin before the previous one of the same pathway is well over."""
        e = episodes.take(np.lexsort((episodes.start, episodes.pathway, episodes.who)))
        while True:
            same = (e.who[1:] == e.who[:-1]) & (e.pathway[1:] == e.pathway[:-1])
            tangled = np.r_[False, same & (e.start[1:] <= e.end[:-1] + _GAP)]
            # Of a chain, the second goes first: what comes after it may then be clear.
            tangled &= ~np.r_[False, tangled[:-1]]
            if not tangled.any():
                return e
            e = e.take(~tangled)


def _cell(place: Ints, year: Ints) -> Ints:
    """One number for each place and year."""
    return place * 10_000 + year


def _joined(parts: list[Episodes]) -> Episodes:
    return Episodes(*(np.concatenate([getattr(p, field.name) for p in parts]) for field in fields(Episodes)))


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
        curves.append(curve.model_copy(update={"rate": rate, "width": curve.width * 1.2}))
    most = max(known.regions[code].suspicions for code in regions)
    mean = sum(level.suspicions for level in levels) / len(levels)
    return rates([*curves], country.national) * most / mean


def tumour_rates(country: Structure) -> Floats:
    """Rate of tumours by [group, sex, age]."""
    return rates([*diseases()], country.national)
