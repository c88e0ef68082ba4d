"""Claims about figures: their values, their order, and whether they moved.

Of a measure's numbers, one is higher than another only when their 95 % intervals do not meet.
"""

from __future__ import annotations

import operator
from decimal import Decimal
from functools import partial

from fyrbak.measures.compare import change
from fyrbak.records.organisations import COUNTRY
from fyrbak.reports.claims.figures import agrees
from fyrbak.reports.claims.ground import COMPARE, Finding, Ground, Holds, holds, listed
from fyrbak.reports.claims.vocabulary import (
    Between,
    Compared,
    Extreme,
    Moved,
    Operator,
    PlacesPassing,
    SaidFigure,
    Same,
    ValueOf,
)
from fyrbak.reports.words import Words


def value(ground: Ground, said: ValueOf) -> Finding:
    """All that is known of the figure is as stated. A number that only the report says proves nothing."""
    place = ground.place(said.organisation)
    known = ground.figures.of(said.figure, place, beside=said)
    if not known:
        return ground.unknown(said.figure, [place])
    strange = [one for one in known if not _passes(one.value, said.operator, said.value)]
    told = strange or known
    if not strange and all(one.source == "report" for one in known):
        return "cannot_tell", lambda w: w("claim.only_report", who=ground.name(place, w))
    return ("no" if strange else "yes"), lambda w: ground.cited(said.figure, place, told[0], w)


def places_passing(ground: Ground, said: PlacesPassing) -> Finding:
    """So many pass, whatever those that nobody has a number for would turn out to be."""
    places = ground.places(said.organisations)
    known = {place: ground.known(said.figure, place) for place in places}
    passing = [place for place, one in known.items() if one and _passes(one.value, said.passing, said.limit)]
    silent = [place for place, one in known.items() if one is None]
    failing = [(place, one) for place, one in known.items() if one and place not in passing]
    wanted = len(places) if said.value == "all" else said.value
    possible = range(len(passing), len(passing) + len(silent) + 1)
    verdicts = {holds(said.operator, number, wanted) for number in possible}
    found: Holds = verdicts.pop() if len(verdicts) == 1 else "cannot_tell"

    def tell(w: Words) -> str:
        parts = [w("claim.passing", number=len(passing), all=len(places), who=ground.named(passing, w))]
        if failing:
            told = [f"{ground.name(place, w)} {ground.shown(said.figure, one, w)}" for place, one in failing]
            parts.append(w("claim.failing", who=listed(told, w)))
        if silent:
            parts.append(w("claim.silent", who=ground.named(silent, w)))
        return " ".join(parts)

    return found, tell


def extreme(ground: Ground, said: Extreme) -> Finding:
    """Nobody is further out, and everybody is known and can be told apart."""
    place = ground.place(said.organisation)
    own = ground.known(said.figure, place)
    if own is None:
        return ground.unknown(said.figure, [place])
    others = [other for other in ground.places(said.organisations) if other.code != place.code]
    known = [(other, one) for other in others if (one := ground.known(said.figure, other))]
    beyond = operator.gt if said.which == "highest" else operator.lt
    further = [(other, one) for other, one in known if beyond(one.value, own.value)]
    if further:
        other, one = (max if said.which == "highest" else min)(further, key=lambda pair: pair[1].value)
        return "no", lambda w: ground.both(said.figure, (other, one), (place, own), w)
    alike = [other for other, one in known if not ground.apart(own, one)]
    silent = [other for other in others if ground.known(said.figure, other) is None]
    if silent:
        return ground.unknown(said.figure, silent)
    if alike:
        return "cannot_tell", lambda w: w(
            "claim.alike", who=ground.name(place, w), others=ground.named(alike, w)
        )
    return "yes", lambda w: ground.cited(said.figure, place, own, w)


def compared(ground: Ground, said: Compared) -> Finding:
    """One is higher or lower than the other, and the two can be told apart."""
    place, other = ground.place(said.organisation), ground.place(said.than)
    own = ground.known(said.figure, place)
    told = ground.known(said.figure, other)
    if told is None and other.code == COUNTRY and isinstance(said.figure, SaidFigure):
        told = ground.figures.beside_country(said.figure, place)
    if own is None or told is None:
        return ground.unknown(said.figure, [one for one, k in ((place, own), (other, told)) if k is None])
    pair = (place, own), (other, told)
    if not ground.apart(own, told):
        return "cannot_tell", lambda w: w(
            "claim.alike", who=ground.name(place, w), others=ground.name(other, w)
        )
    higher = own.value > told.value
    return ("yes" if higher == (said.how == "higher") else "no"), lambda w: ground.both(said.figure, *pair, w)


def between(ground: Ground, said: Between) -> Finding:
    """The least and the greatest figures are the two that are stated."""
    places = ground.places(said.organisations)
    known = [(place, one) for place in places if (one := ground.known(said.figure, place))]
    silent = [place for place in places if ground.known(said.figure, place) is None]
    for place, one in known:
        within = said.lowest <= one.value <= said.highest
        if not (within or agrees(one.value, said.lowest) or agrees(one.value, said.highest)):
            return "no", partial(ground.cited, said.figure, place, one)
    if silent:
        return ground.unknown(said.figure, silent)
    least, most = min(known, key=lambda pair: pair[1].value), max(known, key=lambda pair: pair[1].value)
    exact = agrees(least[1].value, said.lowest) and agrees(most[1].value, said.highest)
    return ("yes" if exact else "no"), lambda w: ground.both(said.figure, least, most, w)


def same(ground: Ground, said: Same) -> Finding:
    """Two places give the same figure, at the fewer of their decimals."""
    place = ground.place(said.organisation)
    found = [(figure, ground.known(figure, place)) for figure in said.figures]
    silent = [figure for figure, one in found if one is None]
    if silent:
        return ground.unknown(silent[0], [place])
    (first, one), (second, other) = ((figure, one) for figure, one in found if one)
    alike = agrees(one.value, other.value) or agrees(other.value, one.value)
    return ("yes" if alike else "no"), lambda w: " ".join(
        ground.cited(figure, place, known, w) for figure, known in ((first, one), (second, other))
    )


def moved(ground: Ground, said: Moved) -> Finding:
    """All have moved the same way since their first year, for certain."""
    opposite = {"higher": "lower", "lower": "higher"}[said.how]
    against, unsure = [], []
    for place in ground.places(said.organisations):
        found = change(ground.figures.series(said.figure, place))
        if found and found.difference == opposite:
            against.append(place)
        elif found is None or found.difference != said.how:
            unsure.append(place)
    if against:
        return "no", lambda w: w(f"claim.moved.{opposite}", who=ground.named(against, w))
    if unsure:
        return "cannot_tell", lambda w: w("claim.moved.unsure", who=ground.named(unsure, w))
    return "yes", lambda w: w("claim.moved.yes")


def _passes(found: Decimal, by: Operator, stated: Decimal) -> bool:
    """Whether a figure is as stated; equal at as many decimals as are written."""
    return agrees(found, stated) if by == "=" else COMPARE[by](found, stated)
