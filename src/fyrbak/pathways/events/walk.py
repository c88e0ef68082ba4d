"""One person's way through one pathway, event by event: what is open, what has ended, and what does not fit.

The engine finds episodes for everybody at once; this is the same rules for one person at a time, quick enough
to be asked before an event is registered. Random sequences of events prove that the two agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from fyrbak.pathways.definitions import measuring_points
from fyrbak.pathways.shapes import MeasuringPoint


@dataclass(frozen=True)
class Event:
    """One measuring point of one pathway. ``key`` tells it from others; by it those of the same day and point
    are put in order. ``original_start`` is the start in the sending region, on a received patient.
    """

    pathway: str
    point: str
    day: date | None
    key: str = ""
    exact: bool = True
    variant: str = ""
    original_start: date | None = None
    region: str = ""
    unit: str = ""

    @property
    def meaning(self) -> MeasuringPoint:
        """What the point means. Raises KeyError for one that does not exist."""
        return measuring_points()[self.point]


def place_of(event: Event) -> str:
    """The organisation where an event happened: the unit, or the region where no unit is named."""
    return event.unit or event.region


@dataclass
class Episode:
    """From a start to an end, which is None while it is open. ``events`` are those that belong to it."""

    start: date
    end: Event | None = None
    received: bool = False
    events: list[Event] = field(default_factory=list)


@dataclass(frozen=True)
class Walked:
    """The episodes in order; the events that break a rule by their place, each with the rule; and those that
    belong to no episode.
    """

    episodes: tuple[Episode, ...]
    strays: tuple[tuple[Event, str], ...]
    outside: tuple[Event, ...]

    @property
    def open(self) -> Episode | None:
        """The episode that has no end yet."""
        return self.episodes[-1] if self.episodes and self.episodes[-1].end is None else None

    def stray_keys(self) -> dict[str, str]:
        """The rule that each stray event breaks, by the event's key."""
        return {event.key: rule for event, rule in self.strays}


class _Walk:
    """What is known while the events are gone through in order."""

    def __init__(self) -> None:
        self.episodes: list[Episode] = []
        self.strays: list[tuple[Event, str]] = []
        self.outside: list[Event] = []
        self.open: Episode | None = None
        self.ended: date | None = None  # the latest end so far, also one that closed nothing

    def go(self, event: Event, day: date) -> None:
        """One event further."""
        step = event.meaning.step
        if step == "start":
            self._start(event, day)
        elif step == "received":
            self._receive(event, day)
        elif step == "end" and self.open is None:
            self.strays.append((event, "second_end" if self.episodes else "end_without_start"))
        elif self.open is None:
            self.outside.append(event)
        else:
            self.open.events.append(event)
        if step == "end":
            if self.open is not None:
                self.open.end = event
            self.open, self.ended = None, day

    def _start(self, event: Event, day: date) -> None:
        if self.open is not None:
            self.strays.append((event, "start_while_open"))
        else:
            self._begin(day).events.append(event)

    def _receive(self, event: Event, day: date) -> None:
        start = event.original_start
        possible = start is not None and start <= day
        news = start is not None and possible and (self.ended is None or start > self.ended)
        if self.open is None and not news:
            self.strays.append((event, "start_while_open" if possible else "date_missing"))
            return
        if start is not None and news:
            self.open = self.open or self._begin(start)
            self.open.start = min(self.open.start, start)
        if self.open is not None:
            self.open.received = True
            self.open.events.append(event)

    def _begin(self, start: date) -> Episode:
        self.open = Episode(start)
        self.episodes.append(self.open)
        return self.open


def walk(events: Iterable[Event]) -> Walked:
    """Go through one person's events of one pathway. All have a day and a known point; any order will do."""
    dated = ((e.day, e.meaning.order, e.key, e) for e in events if e.day is not None)
    ordered = sorted(dated, key=lambda one: one[:3])
    way = _Walk()
    for day, _, _, event in ordered:
        way.go(event, day)
    if way.episodes:  # an end before the only start is told as such
        way.strays = [
            (e, "end_before_start" if rule == "end_without_start" else rule) for e, rule in way.strays
        ]
    return Walked(tuple(way.episodes), tuple(way.strays), tuple(way.outside))
