"""What regions register of the episodes: right events, wrong ones, late, corrected and retracted ones.

Nothing wrong changes the truth: a wrong row is one that the checks of intake refuse and the engine names and
passes over, or one that a later version corrects or takes back.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from fyrbak.records.synth.calendar import NEVER, Flags, Ints
from fyrbak.records.synth.episodes import Episodes
from fyrbak.records.synth.pathways import EXTENDED, Pathways
from fyrbak.records.synth.population import ABROAD, Population

START, SENT, RECEIVED, VISIT, CONFERENCE, INFORMATION, CLOSED = 10, 90, 91, 25, 35, 40, 78
NO_SUCH_POINT = 99
NO_SUCH_PATHWAY = "cancer"  # not the id of any pathway
# Wrong rows, against the number of episodes (of their kind).
_UNKNOWN_POINT, _UNKNOWN_PATHWAY, _NO_START, _NO_DATE = 0.004, 0.001, 0.003, 0.002
_SECOND_END, _SECOND_START, _AFTER_DEATH, _FUTURE, _END_FIRST = 0.005, 0.005, 0.05, 0.05, 0.1
_GHOSTS = 0.004  # registered by mistake and taken back
_CORRECTED = 0.015


@dataclass
class Events:
    """One event a row. ``pathway`` is a position among ids, one past the last for a name that is no pathway.

    ``original`` is the sending region's start on received patients. ``ghost`` rows are later taken back;
    ``was`` is the date first registered where it was corrected since, else NEVER.
    """

    who: Ints
    pathway: Ints
    point: Ints
    day: Ints
    place: Ints
    variant: Ints
    original: Ints
    ghost: Flags
    was: Ints

    def __len__(self) -> int:
        return len(self.who)

    def take(self, rows: Ints | Flags) -> Events:
        return Events(*(getattr(self, field.name)[rows] for field in fields(self)))


def _events(episodes: Episodes, point: Ints | int, day: Ints, place: Ints, *, ghost: bool = False) -> Events:
    """One event of each episode."""
    size = len(episodes)
    never = np.full(size, NEVER)
    points = np.broadcast_to(np.asarray(point), size)
    return Events(
        episodes.who,
        episodes.pathway,
        points,
        day,
        place,
        episodes.variant,
        never,
        np.full(size, ghost),
        never,
    )


def _joined(parts: list[Events]) -> Events:
    return Events(*(np.concatenate([getattr(p, field.name) for p in parts]) for field in fields(Events)))


def draw(
    rng: np.random.Generator, people: Population, episodes: Episodes, content: Pathways, as_of: int
) -> Events:
    """All events of the episodes, with wrong ones among them, in no particular order."""
    stated = _stated(episodes, content)
    right = _joined(_right(stated))
    correct = rng.random(len(right)) < _CORRECTED
    first = np.minimum(
        right.day + rng.integers(1, 15, len(right)), np.minimum(people.death[right.who], as_of)
    )
    right.was = np.where(correct & (first != right.day), first, NEVER)
    return _joined([right, *_wrong(rng, people, stated, content, as_of)])


def _stated(episodes: Episodes, content: Pathways) -> Episodes:
    """Episodes with the variant as registered: an extended work-up that shows as point 44 states none."""
    extended = content.variant_names().index(EXTENDED)
    stated = episodes.take(np.arange(len(episodes)))
    stated.variant = np.where(stated.marked & (stated.variant == extended), 0, stated.variant)
    return stated


def _right(episodes: Episodes) -> list[Events]:
    """Every milestone that has happened, where it happened."""
    found = []
    heard = episodes.take(episodes.begun != ABROAD)
    found.append(_events(heard, START, heard.start, heard.begun))
    moved = heard.take(heard.sent != NEVER)
    found.append(_events(moved, SENT, moved.sent, moved.begun))
    received = episodes.take(episodes.sent != NEVER)
    events = _events(received, RECEIVED, received.sent, received.place)
    events.original = received.start
    found.append(events)
    steps = ((VISIT, episodes.visit), (CONFERENCE, episodes.conference), (episodes.talk, episodes.decision))
    for point, day in (*steps, (episodes.point, episodes.end)):
        rows = np.flatnonzero(day != NEVER)
        part = episodes.take(rows)
        place = np.where(day[rows] < part.sent, part.begun, part.place)
        place = np.where(part.sent == NEVER, part.place, place)
        found.append(_events(part, np.broadcast_to(np.asarray(point), len(day))[rows], day[rows], place))
    return found


def _wrong(
    rng: np.random.Generator, people: Population, episodes: Episodes, content: Pathways, as_of: int
) -> list[Events]:
    """Events that should not be there. Each kind is chosen so that the episodes stay what they are."""

    def some(rows: Flags, share: float) -> Episodes:
        return episodes.take(rows & (rng.random(len(episodes)) < share))

    closed, heard = episodes.end != NEVER, episodes.begun != ABROAD
    found = []
    for point, share in ((NO_SUCH_POINT, _UNKNOWN_POINT), (VISIT, _NO_DATE)):
        part = some(heard, share)
        day = np.full(len(part), NEVER) if point == VISIT else part.start
        found.append(_events(part, point, day, part.begun))
    part = some(heard, _UNKNOWN_PATHWAY)
    part.pathway = np.full(len(part), len(content.ids))
    found.append(_events(part, START, part.start, part.begun))
    # A second end soon after the first: the next episode of the pathway begins later than that.
    part = some(closed, _SECOND_END)
    again = part.end + rng.integers(1, 20, len(part))
    seen = again <= np.minimum(people.death[part.who], as_of)
    found.append(_events(part, CLOSED, again, part.place).take(seen))
    part = some(closed & heard & (episodes.end > episodes.start + 4), _SECOND_START)
    found.append(_events(part, START, part.start + 2, part.begun))
    part = some(closed & (people.death[episodes.who] <= as_of - 30), _AFTER_DEATH)
    late = people.death[part.who] + rng.integers(1, 25, len(part))
    found.append(_events(part, INFORMATION, late, part.place))
    part = some(~closed, _FUTURE)
    found.append(_events(part, CLOSED, as_of + rng.integers(1, 400, len(part)), part.place))
    found += _strays(rng, episodes, some(~closed & heard, _END_FIRST), as_of)
    part = some(closed & (people.death[episodes.who] == NEVER), _GHOSTS)
    ghosts = _strange(rng, part, episodes, content)
    day = np.minimum(ghosts.end, as_of)
    found.append(_events(ghosts, START, ghosts.start, ghosts.place, ghost=True))
    found.append(_events(ghosts, CLOSED, day, ghosts.place, ghost=True))
    return found


def _strays(rng: np.random.Generator, episodes: Episodes, unclosed: Episodes, as_of: int) -> list[Events]:
    """Ends without a start: before the start of episodes that never close, and in pathways never begun."""
    first = ~_begun(unclosed, unclosed.pathway, episodes, before=unclosed.start)
    early = unclosed.take(first)
    before = early.start - rng.integers(1, 10, len(early))
    lone = episodes.take(rng.random(len(episodes)) < _NO_START)
    lone.pathway = (lone.pathway + 1) % (int(episodes.pathway.max(initial=0)) + 1)
    lone.variant = np.zeros(len(lone), np.int64)
    lone = lone.take(~_begun(lone, lone.pathway, episodes))
    day = np.minimum(lone.start, as_of)
    return [_events(early, CLOSED, before, early.place), _events(lone, CLOSED, day, lone.place)]


def _strange(rng: np.random.Generator, part: Episodes, episodes: Episodes, content: Pathways) -> Episodes:
    """The same persons and days in a pathway that they were never in."""
    ghosts = part.take(np.arange(len(part)))
    ghosts.pathway = (part.pathway + rng.integers(1, len(content.ids), len(part))) % len(content.ids)
    ghosts.variant = np.zeros(len(part), np.int64)
    return ghosts.take(~_begun(ghosts, ghosts.pathway, episodes))


def _begun(part: Episodes, pathway: Ints, episodes: Episodes, before: Ints | None = None) -> Flags:
    """Whether each person is in the pathway at all, or was before a day."""
    width = int(max(episodes.pathway.max(initial=0), pathway.max(initial=0))) + 1
    known, asked = episodes.who * width + episodes.pathway, part.who * width + pathway
    if before is None:
        return np.isin(asked, known)
    order = np.lexsort((episodes.start, known))
    first = np.searchsorted(known[order], asked)
    return episodes.start[order][np.minimum(first, len(order) - 1)] < before
