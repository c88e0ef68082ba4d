"""What regions register of the episodes: right events, wrong ones, late, corrected and retracted ones.

Nothing wrong changes the truth: a wrong row is one that the checks of intake refuse and the engine names and
passes over, or one that a later version corrects or takes back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fyrbak.records.synth.calendar import NEVER, Flags, Ints
from fyrbak.records.synth.drafts import Scene
from fyrbak.records.synth.episodes import Episodes
from fyrbak.records.synth.pathways import EXTENDED
from fyrbak.records.synth.population import ABROAD
from fyrbak.records.synth.rows import Rows

START, SENT, RECEIVED, VISIT, CONFERENCE, INFORMATION, CLOSED = 10, 90, 91, 25, 35, 40, 78
NO_SUCH_POINT = 99
NO_SUCH_PATHWAY = "cancer"  # not the id of any pathway
# Wrong rows, against the number of episodes (of their kind).
_UNKNOWN_POINT, _UNKNOWN_PATHWAY, _NO_START, _NO_DATE = 0.004, 0.001, 0.003, 0.002
_SECOND_END, _SECOND_START, _AFTER_DEATH, _FUTURE, _END_FIRST = 0.005, 0.005, 0.05, 0.05, 0.1
_GHOSTS = 0.004  # registered by mistake and taken back
_CORRECTED = 0.015


@dataclass
class Events(Rows):
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


def draw(scene: Scene, episodes: Episodes) -> Events:
    """All events of the episodes, with wrong ones among them, in no particular order."""
    rng, stated = scene.rng, _stated(scene, episodes)
    right = Events.joined(_right(stated))
    # What was first registered with a later day has been corrected since.
    latest = np.minimum(scene.people.death[right.who], scene.as_of)
    first = np.minimum(right.day + rng.integers(1, 15, len(right)), latest)
    corrected = (rng.random(len(right)) < _CORRECTED) & (first != right.day)
    right.was = np.where(corrected, first, NEVER)
    return Events.joined([right, *_wrong(scene, stated), *_strays(scene, stated), *_ghosts(scene, stated)])


def _stated(scene: Scene, episodes: Episodes) -> Episodes:
    """Episodes with the variant as registered: an extended work-up that shows as point 44 states none."""
    stated = episodes.take(np.arange(len(episodes)))
    extended = scene.content.variant_names().index(EXTENDED)
    stated.variant = np.where(stated.marked & (stated.variant == extended), 0, stated.variant)
    return stated


def _right(e: Episodes) -> list[Events]:
    """Every step that has been taken, where it was taken."""
    heard = e.take(e.begun != ABROAD)
    moved = heard.take(heard.sent != NEVER)
    received = e.take(e.sent != NEVER)
    arrivals = _events(received, RECEIVED, received.sent, received.place)
    arrivals.original = received.start
    found = [
        _events(heard, START, heard.start, heard.begun),
        _events(moved, SENT, moved.sent, moved.begun),
        arrivals,
    ]
    for point, day in ((VISIT, e.visit), (CONFERENCE, e.conference), (e.talk, e.decision), (e.point, e.end)):
        rows = np.flatnonzero(day != NEVER)
        place = np.where((e.sent != NEVER) & (day < e.sent), e.begun, e.place)
        found.append(_events(e.take(rows), np.broadcast_to(point, len(e))[rows], day[rows], place[rows]))
    return found


def _some(scene: Scene, e: Episodes, share: float, rows: Flags | None = None) -> Episodes:
    """A share of the episodes, or of the chosen ones among them."""
    drawn = scene.rng.random(len(e)) < share
    return e.take(drawn if rows is None else drawn & rows)


def _wrong(scene: Scene, e: Episodes) -> list[Events]:
    """Events that should not be there, so chosen that the episodes stay what they are."""
    rng, death, as_of = scene.rng, scene.people.death, scene.as_of
    closed, heard = e.end != NEVER, e.begun != ABROAD
    mistyped = _some(scene, e, _UNKNOWN_POINT, heard)
    undated = _some(scene, e, _NO_DATE, heard)
    misnamed = _some(scene, e, _UNKNOWN_PATHWAY, heard)
    misnamed.pathway = np.full(len(misnamed), len(scene.content.ids))
    restarted = _some(scene, e, _SECOND_START, closed & heard & (e.end > e.start + 4))
    # A second end soon after the first: the next episode of the pathway begins later than that.
    twice = _some(scene, e, _SECOND_END, closed)
    again = twice.end + rng.integers(1, 20, len(twice))
    seen = again <= np.minimum(death[twice.who], as_of)
    dead = _some(scene, e, _AFTER_DEATH, closed & (death[e.who] <= as_of - 30))
    planned = _some(scene, e, _FUTURE, ~closed)
    return [
        _events(mistyped, NO_SUCH_POINT, mistyped.start, mistyped.begun),
        _events(undated, VISIT, np.full(len(undated), NEVER), undated.begun),
        _events(misnamed, START, misnamed.start, misnamed.begun),
        _events(restarted, START, restarted.start + 2, restarted.begun),
        _events(twice, CLOSED, again, twice.place).take(seen),
        _events(dead, INFORMATION, death[dead.who] + rng.integers(1, 25, len(dead)), dead.place),
        _events(planned, CLOSED, as_of + rng.integers(1, 400, len(planned)), planned.place),
    ]


def _strays(scene: Scene, e: Episodes) -> list[Events]:
    """Ends without a start: before a start that is never followed by one, and in pathways never begun."""
    early = _some(scene, e, _END_FIRST, (e.end == NEVER) & (e.begun != ABROAD))
    early = early.take(~_begun(scene, early, e, before=early.start))
    lone = _in_another_pathway(scene, _some(scene, e, _NO_START), e)
    return [
        _events(early, CLOSED, early.start - scene.rng.integers(1, 10, len(early)), early.place),
        _events(lone, CLOSED, lone.start, lone.place),
    ]


def _ghosts(scene: Scene, e: Episodes) -> list[Events]:
    """Whole episodes that were registered by mistake and taken back."""
    alive = (e.end != NEVER) & (scene.people.death[e.who] == NEVER)
    ghosts = _in_another_pathway(scene, _some(scene, e, _GHOSTS, alive), e)
    return [
        _events(ghosts, START, ghosts.start, ghosts.place, ghost=True),
        _events(ghosts, CLOSED, ghosts.end, ghosts.place, ghost=True),
    ]


def _in_another_pathway(scene: Scene, part: Episodes, e: Episodes) -> Episodes:
    """The same persons and days in pathways that those persons were never in."""
    count = len(scene.content.ids)
    part.pathway = (part.pathway + scene.rng.integers(1, count, len(part))) % count
    part.variant = np.zeros(len(part), np.int64)
    return part.take(~_begun(scene, part, e))


def _begun(scene: Scene, part: Episodes, e: Episodes, before: Ints | None = None) -> Flags:
    """Whether each person is in the pathway at all, or was before a day."""
    count = len(scene.content.ids)
    known, asked = e.who * count + e.pathway, part.who * count + part.pathway
    if before is None:
        return np.isin(asked, known)
    order = np.lexsort((e.start, known))
    first = np.searchsorted(known[order], asked)  # every one of them is among the known
    return e.start[order][first] < before
