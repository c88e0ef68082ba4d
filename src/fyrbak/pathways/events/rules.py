"""What may follow what: an event that is proposed is allowed, allowed with a question, or refused with why.

The words, the severity and worked examples of each rule are content (``content/events/rules.yaml``). What a
rule needs to know stands in :class:`Situation`; nothing is read from clocks or tables here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Literal

from fyrbak.definitions import CONTENT, Definition, load
from fyrbak.pathways.definitions import measuring_points, pathways
from fyrbak.pathways.episodes import ADULT
from fyrbak.pathways.events.codes import code_of
from fyrbak.pathways.events.walk import Event, Walked, walk
from fyrbak.pathways.shapes import Pathway, Title

_NEW = "\uffff"  # the key of what is proposed: it comes after what is known of the same day and point
_SHOWN_ENDS = {"start_while_open", "second_end", "end_before_start"}


class RuleExample(Definition):
    """What is known of a person, one more event, and what is said of it. It runs as a test."""

    title: str
    known: tuple[str, ...] = ()
    proposed: str
    born: date | None = date(1960, 5, 17)
    died: date | None = None
    today: date = date(2026, 11, 1)
    followed_up: frozenset[str] = frozenset()
    verdict: Literal["allowed", "asked", "refused"]


class Rule(Definition):
    """One rule by name. ``text`` says what is wrong and ``mend`` what to do; names are filled in."""

    id: str
    severity: Literal["stop", "ask"] = "stop"
    text: Title
    mend: Title
    examples: tuple[RuleExample, ...]


class _Rules(Definition):
    contact: Title
    second_primaries: frozenset[str]
    adult_clinic_from: dict[str, int]
    rules: tuple[Rule, ...]


@cache
def _content() -> _Rules:
    return load(CONTENT / "events" / "rules.yaml", _Rules)


@cache
def rules() -> dict[str, Rule]:
    """All rules by id, in the order in which they are tried."""
    return {rule.id: rule for rule in _content().rules}


@dataclass(frozen=True)
class Situation:
    """What is known of a person on a day.

    ``died`` is the last day on which the death can have been. ``followed_up`` are the pathways whose cancer
    the person is under follow-up for. ``on`` is the calendar day of the question.
    """

    on: date
    events: tuple[Event, ...] = ()
    born: date | None = None
    died: date | None = None
    followed_up: frozenset[str] = frozenset()

    def of(self, pathway: str) -> tuple[Event, ...]:
        """The events of one pathway that can be walked through: nothing is wrong with them alone."""
        return tuple(
            event
            for event in self.events
            if event.pathway == pathway and next(_single(self, event), None) in (None, "point_retired")
        )

    def without_events(self) -> Situation:
        """The same before anything has happened."""
        return replace(self, events=())

    def without(self, key: str) -> Situation:
        """The same without one event."""
        return replace(self, events=tuple(event for event in self.events if event.key != key))


@dataclass(frozen=True)
class Reason:
    """A rule that an event breaks, with what is filled in: days, titles of pathways and points, codes."""

    rule: Rule
    names: Mapping[str, date | Title | str]

    def said(self, lang: str, day: Callable[[date], str] = date.isoformat) -> str:
        """What is wrong."""
        return _filled(self.rule.text, self.names, lang, day)

    def mend(self, lang: str, day: Callable[[date], str] = date.isoformat) -> str:
        """What to do about it."""
        return _filled(self.rule.mend, self.names, lang, day)


@dataclass(frozen=True)
class Allowed:
    """The event may be registered. ``asked`` is what somebody should have read before it is."""

    asked: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Refused:
    """The event cannot be right, and why."""

    reason: Reason


Verdict = Allowed | Refused


def judge(situation: Situation, proposed: Event) -> Verdict:
    """Hold an event against the rules, given everything else that is known of the person."""
    new = replace(proposed, key=proposed.key or _NEW)
    broken = [*_single(situation, new)] or [*_start(situation, new)] or [*_sequence(situation, new)]
    for rule in broken:
        if rules()[rule].severity == "stop":
            return Refused(_reason(situation, new, rule))
    return Allowed(tuple(_reason(situation, new, rule) for rule in [*_asked(situation, new)]))


def may_follow(situation: Situation, pathway: Pathway) -> dict[str, Verdict]:
    """Every point in use of a pathway, and whether it may come next: today, or on a day of what is known.

    What is refused on all of them is told as it is refused today.
    """
    days = {situation.on} | {event.day for event in situation.of(pathway.id) if event.day is not None}
    found: dict[str, Verdict] = {}
    for point in measuring_points().values():
        if point.point in pathway.unused_points or point.retired_from is not None:
            continue
        tried = [
            judge(situation, Event(pathway.id, point.point, day, original_start=day))
            for day in sorted(days, reverse=True)
        ]
        found[point.point] = next((one for one in tried if isinstance(one, Allowed)), tried[0])
    return found


def admit(situation: Situation, events: Iterable[Event]) -> Iterator[tuple[Event, Verdict]]:
    """Judge events one after another in the order of their days, each with those before it admitted.

    What is refused is told and left out, so that one fault is not told of all that follow. It is told beside
    all that was admitted, whichever came first: a treatment before the start is that, and not one without.
    """
    points = measuring_points()
    known = situation
    refused: list[tuple[Event, Verdict]] = []
    for event in sorted(
        events,
        key=lambda e: (e.day or date.max, points[e.point].order if e.point in points else 0, e.key),
    ):
        verdict = judge(known, event)
        if isinstance(verdict, Allowed):
            yield event, verdict
            known = replace(known, events=(*known.events, event))
        else:
            refused.append((event, verdict))
    for event, verdict in refused:
        again = judge(known, event)
        yield event, verdict if isinstance(again, Allowed) else again


def _single(situation: Situation, event: Event) -> Iterator[str]:
    """The rules that an event breaks by itself."""
    pathway, point = _pathways().get(event.pathway), measuring_points().get(event.point)
    if pathway is None:
        yield "unknown_pathway"
    elif point is None:
        yield "unknown_point"
    elif event.point in pathway.unused_points:
        yield "point_not_used"
    elif event.day is None:
        yield "date_missing"
    elif event.day > situation.on:
        yield "future_date"
    elif situation.born and event.exact and event.day < situation.born:
        yield "before_birth"
    elif situation.died and event.day > situation.died and not point.after_death:
        yield "event_after_death"
    elif point.retired_from and event.day >= point.retired_from:
        yield "point_retired"


def _start(situation: Situation, event: Event) -> Iterator[str]:
    """The rules of a start, or of what tells of one: who may be in a pathway at all."""
    pathway, step = _pathways()[event.pathway], event.meaning.step
    if event.variant and pathway.variants and event.variant not in pathway.variant_ids:
        yield "unknown_variant"
    if any(
        (known.pathway, known.point, known.day) == (event.pathway, event.point, event.day)
        and known.key != event.key
        for known in situation.events
    ):
        yield "already_known"
    start = event.original_start if step == "received" else event.day
    if step not in ("start", "received") or start is None:
        return
    if _under_age(situation, pathway, start) and not _in_adult_clinic(situation, pathway, start):
        yield "under_age"
    if pathway.id in situation.followed_up - _content().second_primaries:
        yield "recurrence"
    if step == "received" and event.day is not None and start > event.day:
        yield "transfer_before_start"


def _sequence(situation: Situation, event: Event) -> Iterator[str]:
    """The rules that are broken when the event takes its place among the others, by itself or by another."""
    known = [other for other in situation.of(event.pathway) if other.key != event.key]
    before, after = walk(known), walk([*known, event])
    strays = {key: rule for key, rule in after.stray_keys().items() if key not in before.stray_keys()}
    own = strays.pop(event.key, "")
    yield from filter(None, (own, *strays.values()))
    if event.meaning.step != "referral" and len(after.outside) > len(before.outside):
        yield "outside_pathway"


def _asked(situation: Situation, event: Event) -> Iterator[str]:
    """What somebody should read before a start is registered."""
    pathway, step = _pathways()[event.pathway], event.meaning.step
    start = event.original_start if step == "received" else event.day
    if step not in ("start", "received") or start is None:
        return
    if _under_age(situation, pathway, start):
        yield "adult_clinic"
    if pathway.id in situation.followed_up & _content().second_primaries:
        yield "second_primary"


def _under_age(situation: Situation, pathway: Pathway, start: date) -> bool:
    included = pathway.children_until is not None and start <= pathway.children_until
    return situation.born is not None and _years(situation.born, start) < ADULT and not included


def _years(born: date, day: date) -> int:
    """Completed years; somebody born on 29 February turns a year older on 1 March of other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _in_adult_clinic(situation: Situation, pathway: Pathway, start: date) -> bool:
    youngest = _content().adult_clinic_from.get(pathway.id, ADULT)
    return situation.born is not None and _years(situation.born, start) >= youngest


def _reason(situation: Situation, event: Event, rule: str) -> Reason:
    pathway, point = _pathways().get(event.pathway), measuring_points().get(event.point)
    names: dict[str, date | Title | str] = {
        "pathway": pathway.title if pathway else event.pathway,
        "point": point.title if point else event.point,
        "code": code_of(event.pathway, event.point) or event.point,
        "contact": _content().contact,
    }
    if rule == "unknown_pathway":
        names["code"] = event.pathway
    if event.day is not None:
        names["day"] = event.day
    if point and point.retired_from:
        names["until"] = point.retired_from - timedelta(days=1)
    if rule == "transfer_before_start" and event.original_start:
        names["start"] = event.original_start
    if rule in _SHOWN_ENDS:
        names |= _ends(walk(e for e in situation.of(event.pathway) if e.key != event.key), event)
    return Reason(rules()[rule], names)


def _ends(walked: Walked, event: Event) -> dict[str, date | Title | str]:
    """Start and end of the episode that an event collides with: the last begun by then, or the first."""
    begun = [one for one in walked.episodes if event.day and one.start <= event.day]
    one = begun[-1] if begun else next(iter(walked.episodes), None)
    ends = [stray.day for stray, _ in walked.strays if stray.day]
    start = one.start if one else max(ends, default=event.day or date.min)
    return {"start": start, "end": (one.end.day if one and one.end else None) or start}


def _filled(text: Title, names: Mapping[str, object], lang: str, day: Callable[[date], str]) -> str:
    def shown(value: object) -> str:
        if isinstance(value, Title):
            return str(getattr(value, lang))
        return day(value) if isinstance(value, date) else str(value)

    given = {name: shown(value) for name, value in names.items()}
    return str(getattr(text, lang)).format_map(given)


@cache
def _pathways() -> dict[str, Pathway]:
    return {pathway.id: pathway for pathway in pathways()}
