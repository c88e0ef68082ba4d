"""What claims are held against, and the words in which places and figures are told."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Literal

from fyrbak.definitions import pick
from fyrbak.errors import UnknownNameError
from fyrbak.goals.outline import Goal, PlanOutline, Voice
from fyrbak.measures.compare import compare
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.reports import formats
from fyrbak.reports.claims.figures import Figures, Known
from fyrbak.reports.claims.vocabulary import Figure, MeasureFigure, Operator, SaidFigure
from fyrbak.reports.follow_up import THE_COUNTRY, units_of
from fyrbak.reports.words import Words

Holds = Literal["yes", "no", "cannot_tell"]
Tell = Callable[[Words], str]
Finding = tuple[Holds, Tell]
_MOST_NAMED = 8
COMPARE: dict[Operator, Callable[[Decimal, Decimal], bool]] = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt, "=": operator.eq,
}  # fmt: skip


class Ground:
    """A plan with its round and the figures that are known."""

    def __init__(self, outline: PlanOutline, figures: Figures) -> None:
        self.outline, self.figures = outline, figures
        self.asked = units_of(outline)

    def goal(self, number: str) -> Goal:
        """The goal with this number. Raises UnknownNameError."""
        return self.outline.goal(pick("goal", number, [goal.number for goal in self.outline.goals()]))

    def known(self, figure: Figure, place: Voice) -> Known | None:
        """The figure as it is first known: measured, or in the organisation's own words before others'."""
        return next(iter(self.figures.of(figure, place)), None)

    def apart(self, one: Known, other: Known) -> bool:
        """Whether two figures can be told apart: by their intervals where there are any."""
        if one.result and other.result:
            found = compare(one.result, other.result)
            return found is not None and found.difference != "cannot_tell"
        return one.value != other.value

    def unknown(self, figure: Figure, places: Sequence[Voice]) -> Finding:
        """That nobody knows the figure of these organisations, or that it is hidden."""
        hidden = any(self.figures.hidden(figure, place) for place in places)
        key = "claim.hidden" if hidden else "claim.unknown"
        return "cannot_tell", lambda w: w(key, what=self.figure_name(figure, w), who=self.named(places, w))

    def places(self, named: Iterable[str]) -> list[Voice]:
        """The organisations that a claim names, or all that are asked."""
        return [self.place(name) for name in named] or list(self.asked)

    def place(self, name: str) -> Voice:
        """The organisation with this code or short name. Raises UnknownNameError."""
        for voice in (*self.asked, THE_COUNTRY):
            if name in (voice.code, voice.short):
                return voice
        raise UnknownNameError(
            f"unknown organisation '{name}': give one of {', '.join(voice.short for voice in self.asked)}."
        )

    def name(self, place: Voice, w: Words) -> str:
        """An organisation's name."""
        return w.of(place, "name")

    def named(self, places: Sequence[Voice], w: Words) -> str:
        """Organisations' names as running text."""
        return listed([self.name(place, w) for place in places], w) or w("claim.nobody")

    def figure_name(self, figure: Figure, w: Words) -> str:
        """What a figure is called: a measure's title, or where it stands."""
        if isinstance(figure, MeasureFigure):
            return w.text(measure_named(figure.measure).title)
        return w("claim.figure", goal=figure.goal)

    def shown(self, figure: Figure, one: Known, w: Words) -> str:
        """The number with its unit."""
        if one.result:
            return formats.value(one.result, formats.language(w.lang))
        exponent = one.value.as_tuple().exponent
        text = formats.decimal(float(one.value), max(-int(exponent), 0), formats.language(w.lang))
        per_cent = isinstance(figure, MeasureFigure) or figure.unit == "%"
        return text + formats.percent_sign(formats.language(w.lang)) if per_cent else text

    def cited(self, figure: Figure, place: Voice, one: Known, w: Words) -> str:
        """The number, whose it is and where it is known from, as a sentence."""
        goal = figure.goal if isinstance(figure, SaidFigure) else ""
        return w(
            f"claim.cited.{one.source}", who=self.name(place, w), value=self.shown(figure, one, w), goal=goal,
            what=self.figure_name(figure, w), when=one.who,
        )  # fmt: skip

    def both(self, figure: Figure, one: tuple[Voice, Known], other: tuple[Voice, Known], w: Words) -> str:
        """Two organisations' numbers, one sentence each."""
        return f"{self.cited(figure, *one, w)} {self.cited(figure, *other, w)}"


def holds(by: Operator, number: int, wanted: int) -> Holds:
    """Whether a number of things is the one that was stated."""
    return "yes" if COMPARE[by](Decimal(number), Decimal(wanted)) else "no"


def listed(items: Sequence[str], w: Words) -> str:
    """The items as running text; of many, the first ones and how many more there are."""
    if len(items) > _MOST_NAMED + 1:
        return w("claim.and_more", items=", ".join(items[:_MOST_NAMED]), number=len(items) - _MOST_NAMED)
    return w.listed(items)
