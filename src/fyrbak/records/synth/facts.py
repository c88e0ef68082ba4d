"""What measures ask about each episode, read off what was drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fyrbak.records.synth.calendar import NEVER, Flags, Ints, completed_years, year_of
from fyrbak.records.synth.episodes import Episodes
from fyrbak.records.synth.pathways import AOS, UNKNOWN_LIMIT, Pathways
from fyrbak.records.synth.population import Population
from fyrbak.records.synth.rows import Rows

_CRITERIA_NOT_MET = 70


@dataclass
class Facts(Rows):
    """One episode a row, in the order of the episodes."""

    pathway: Ints
    begun: Ints
    place: Ints
    home: Ints
    started: Ints
    ended: Ints
    days: Ints
    limit: Ints
    judged: Flags
    limit_asked: Flags  # ended with start of treatment, of an adult or judged
    treated: Flags
    counted: Flags  # all but those whose criteria were not met
    blocks: Ints  # [episode, block], -1 where a day is missing or the block runs backwards

    @property
    def within(self) -> Flags:
        """Whether the days are no more than the limit; says something of the judged only."""
        return self.days <= self.limit


def facts_of(content: Pathways, people: Population, e: Episodes, as_of: int) -> Facts:
    """The facts of the episodes as they stand on the day ``as_of``."""
    names = np.array(content.variant_names())
    closed = e.end != NEVER
    end = np.where(closed, e.end, as_of)
    limit = np.where(closed, content.limit(e.pathway, e.point, names[e.variant], end), UNKNOWN_LIMIT)
    adult = completed_years(people.birth[e.who], e.start) >= 18
    judged = (limit != UNKNOWN_LIMIT) & (adult | (e.start <= content.children_until[e.pathway]))
    treated = closed & content.treated(e.pathway, e.point)
    stops = np.stack([e.start, e.visit, e.conference, e.decision, e.end], axis=1)
    gaps = np.diff(stops, axis=1)
    known = (stops[:, 1:] != NEVER) & (stops[:, :-1] != NEVER) & (gaps >= 0)
    return Facts(
        pathway=e.pathway,
        begun=e.begun,
        place=e.place,
        home=people.place(e.who, end),
        started=year_of(e.start),
        ended=np.where(closed, year_of(end), 0),
        days=np.where(closed, e.end - e.start, 0),
        limit=limit,
        judged=judged,
        limit_asked=treated & (adult | judged),
        treated=treated & (e.pathway != content.index(AOS)),
        counted=~closed | (e.point != _CRITERIA_NOT_MET),
        blocks=np.where(known, gaps, -1),
    )
