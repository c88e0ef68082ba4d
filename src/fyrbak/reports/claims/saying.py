"""What a sentence states that its claims do not: a claim frees the numbers and words that it says itself.

A sentence may say *alla fyra regioner* when a claim is about all of four regions, and *två* when two of them
pass; *mål 3.3*, *Norrbotten* and *2023* when a claim speaks of that goal, that organisation and that year.
Anything else in the sentence is as loose as a number outside every claim.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from fyrbak.goals.outline import Voice
from fyrbak.reports.claims import vocabulary as v
from fyrbak.reports.claims.figures import agrees
from fyrbak.reports.claims.ground import Ground
from fyrbak.reports.claims.levels import goals_with
from fyrbak.reports.claims.prose import Means, Stated, stated_in

Says = frozenset[Means]
EVERYTHING = "*"
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_GOAL = re.compile(r"\b(?:mål|målen|delmål|goals?)\s+(\d+(?:\.\d+)*[a-z]?)\b", re.IGNORECASE)
# What surrounds a region's name where it stands in full: "Region Jönköpings län", "Västra Götalandsregionen".
_AROUND = re.compile(r"^Region |s?regionen$|s? län$|(?: County)? Region$")


def unsaid(sentence: str, says: Says, ground: Ground) -> tuple[Stated, ...]:
    """What a sentence states that is none of ``says``, in order."""
    found = sorted((*stated_in(sentence), *_named_in(sentence, ground)), key=lambda one: one.start)
    return tuple(one for one in found if not all(_is_said(means, says) for means in one.means))


def _is_said(means: Means, says: Says) -> bool:
    if EVERYTHING in says:
        return True
    if isinstance(means, Decimal):
        return any(agrees(one, means) for one in says if isinstance(one, Decimal))
    return means in says or f"{means.partition(':')[0]}:{EVERYTHING}" in says


def _named_in(sentence: str, ground: Ground) -> Iterator[Stated]:
    """The organisations, goals and years that a sentence names."""
    for place in ground.asked:
        stems = {_AROUND.sub("", name) for name in (place.name_sv, place.name_en)} | {place.short}
        pattern = rf"\b(?:{'|'.join(map(re.escape, sorted(stems)))})(?:s|sregionen)?\b"
        for found in re.finditer(pattern, sentence):
            yield Stated(found[0], *found.span(), frozenset({f"place:{place.code}"}))
    for found in _GOAL.finditer(sentence):
        yield Stated(found[0], *found.span(), frozenset({f"goal:{found[1]}"}))
    for found in _YEAR.finditer(sentence):
        yield Stated(found[0], *found.span(), frozenset({f"year:{found[0]}"}))


def says(ground: Ground, states: v.Statement) -> Says:
    """What a statement says: its numbers, its sweeping words, and the places, goals and years it is about.

    Raises UnknownNameError for a goal, organisation or measure that does not exist.
    """
    return frozenset(_SAYING[type(states)](ground, states))


def _goals_at_level(ground: Ground, said: v.GoalsAtLevel) -> Iterator[Means]:
    places = ground.places(said.organisations)
    yield from _so_many(said.operator, said.value, len(list(ground.outline.goals())))
    yield from _places(places)
    yield from {"all": ("all", Decimal(len(places))), "any": (), "none": ("none",)}[said.by]
    yield "year:*"
    yield from (f"goal:{one.number}" for one in goals_with(ground.outline, said.level, said.by, places))


def _places_at_level(ground: Ground, said: v.PlacesAtLevel) -> Iterator[Means]:
    yield from _so_many_places(ground, said.organisations, said.operator, said.value)
    yield from (f"goal:{said.goal}", "year:*")


def _counted(_: Ground, said: v.Counted) -> Iterator[Means]:
    yield from _bounded(said.operator, Decimal(said.value))
    yield from ("place:*", "goal:*", "year:*")


def _value(ground: Ground, said: v.ValueOf) -> Iterator[Means]:
    place = ground.place(said.organisation)
    yield from _bounded(said.operator, said.value)
    yield from _places([place])
    yield from _about(ground, said.figure, [place])


def _places_passing(ground: Ground, said: v.PlacesPassing) -> Iterator[Means]:
    yield from _bounded(said.passing, said.limit)
    yield from _so_many_places(ground, said.organisations, said.operator, said.value)
    yield from _about(ground, said.figure, ground.places(said.organisations))


def _extreme(ground: Ground, said: v.Extreme) -> Iterator[Means]:
    place, places = ground.place(said.organisation), ground.places(said.organisations)
    # Whether high or low is best is the measure's matter, not the word's.
    yield from (said.which, "extreme", "all", Decimal(len(places)))
    yield from _places([place, *(places if said.organisations else ())])
    yield from _about(ground, said.figure, [place])


def _compared(ground: Ground, said: v.Compared) -> Iterator[Means]:
    places = [ground.place(said.organisation), ground.place(said.than)]
    yield from _places(places)
    yield from _about(ground, said.figure, places)


def _between(ground: Ground, said: v.Between) -> Iterator[Means]:
    places = ground.places(said.organisations)
    yield from (said.lowest, said.highest, "lowest", "highest", "all", Decimal(len(places)))
    yield from _places(places)
    yield from _about(ground, said.figure, places)


def _same(ground: Ground, said: v.Same) -> Iterator[Means]:
    place = ground.place(said.organisation)
    yield from _places([place])
    for figure in said.figures:
        yield from _about(ground, figure, [place])


def _moved(ground: Ground, said: v.Moved) -> Iterator[Means]:
    places = ground.places(said.organisations)
    yield from ("all", Decimal(len(places)))
    yield from _places(places)
    series = [one for place in places for one in ground.figures.series(said.figure, place)]
    yield from (f"year:{year}" for one in series for year in _YEAR.findall(one.period))
    yield "goal:*"


def _unchecked(_: Ground, __: v.Unchecked) -> Iterator[Means]:
    yield EVERYTHING  # the reader is told that nothing of the sentence is checked, and why


def _so_many_places(
    ground: Ground, named: v.Organisations, by: v.Operator, value: int | v.All
) -> Iterator[Means]:
    """So many of the organisations. Which ones is said only where the claim names them, or means all."""
    places = ground.places(named)
    wanted = len(places) if value == "all" else value
    yield from _so_many(by, wanted, len(places))
    if named or wanted == len(places):
        yield from _places(places)


def _so_many(by: v.Operator, wanted: int, among: int) -> Iterator[Means]:
    """So many of a whole, and so the whole, how many are left, and what such a share is called."""
    yield from _bounded(by, Decimal(wanted))
    yield Decimal(among)
    if by == "=":
        yield Decimal(among - wanted)
        yield from (word for word, holds in (
            ("all", wanted == among), ("none", wanted in (0, among)), ("half", 2 * wanted == among),
            ("most", 2 * wanted > among),
        ) if holds)  # fmt: skip


def _bounded(by: v.Operator, number: Decimal) -> Iterator[Means]:
    yield number
    if by != "=":
        yield "over" if by.startswith(">") else "under"


def _places(places: Sequence[Voice]) -> Iterator[Means]:
    return (f"place:{place.code}" for place in places)


def _about(ground: Ground, figure: v.Figure, places: Sequence[Voice]) -> Iterator[Means]:
    """The goal that a figure stands under, or the year that a measure's number is from."""
    if isinstance(figure, v.SaidFigure):
        yield from (f"goal:{figure.goal}", "year:*")
        return
    yield "goal:*"
    found = (ground.figures.result(figure, place) for place in places)
    yield from (f"year:{year}" for one in found if one for year in _YEAR.findall(one.period))


_SAYING: dict[type[Any], Callable[[Ground, Any], Iterator[Means]]] = {
    v.GoalsAtLevel: _goals_at_level,
    v.PlacesAtLevel: _places_at_level,
    v.Counted: _counted,
    v.ValueOf: _value,
    v.PlacesPassing: _places_passing,
    v.Extreme: _extreme,
    v.Compared: _compared,
    v.Between: _between,
    v.Same: _same,
    v.Moved: _moved,
    v.Unchecked: _unchecked,
}
