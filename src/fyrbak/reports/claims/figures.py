"""The figures that claims speak of: from measures, from comments, and from what the report itself says.

A figure is known from what data or comments say. Only where they are silent does a number that the report
states elsewhere count, so that a report is at least held to its own words.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Literal

from fyrbak.definitions import pick
from fyrbak.goals.outline import Goal, PlanOutline, Voice
from fyrbak.measures.compare import trend
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.results import Result
from fyrbak.records.organisations import COUNTRY
from fyrbak.reports import formats
from fyrbak.reports.claims.vocabulary import Claim, Figure, MeasureFigure, SaidFigure, ValueOf

_NUMBER = r"(\d{1,3}(?:[ \u00a0]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
_UNIT = {"%": r"\s*(?:%|procent(?!enhet)|per\s?cent)", "": r"(?!\s*(?:%|procent|per\s?cent|[\d,.]*\d))"}
_FINEST = Decimal("0.000001")


@dataclass(frozen=True)
class Known:
    """A figure of one organisation, and where it is known from: ``source``, and there ``who`` or when.

    ``result`` is the measure's result, with its interval, where a measure gives it.
    """

    value: Decimal
    source: Literal["measure", "comment", "remark", "report"]
    who: str = ""
    result: Result | None = None


class Figures:
    """Looks figures up in a plan's comments, in results, and in the claims that stand in the same report."""

    def __init__(self, outline: PlanOutline, results: Sequence[Result], claims: Sequence[Claim]) -> None:
        self.outline, self.results = outline, results
        self._stated: defaultdict[tuple[str, str], list[ValueOf]] = defaultdict(list)
        for claim in claims:
            match claim.states:
                case ValueOf(operator="=") as said:
                    self._stated[_key(said.figure, said.organisation)].append(said)

    def of(self, figure: Figure, place: Voice, beside: ValueOf | None = None) -> tuple[Known, ...]:
        """Everything known of an organisation's figure; nothing where nobody has said it, or it is hidden.

        ``beside`` is the statement that asks: its own number is no witness to itself. Raises
        UnknownNameError for a measure or a goal that does not exist.
        """
        found = tuple(
            self._measured(figure, place) if isinstance(figure, MeasureFigure) else self._said(figure, place)
        )
        if found:
            return found
        return tuple(
            Known(said.value, "report")
            for name in (place.code, place.short)
            for said in self._stated[_key(figure, name)]
            if said is not beside
        )

    def hidden(self, figure: Figure, place: Voice) -> bool:
        """Whether a measure's number is held back because it is small."""
        result = self.result(figure, place) if isinstance(figure, MeasureFigure) else None
        return bool(result and result.suppressed)

    def series(self, figure: MeasureFigure, place: Voice) -> list[Result]:
        """A measure's results of an organisation, the oldest first, without a period that is not over."""
        measure = measure_named(figure.measure)
        own = [result for result in self.results if result.measure == measure.id]
        known = trend(own, place.code, figure.cut)
        return [result for result in known if result.complete or measure.counted == "status"]

    def result(self, figure: MeasureFigure, place: Voice) -> Result | None:
        """The result of the period that the figure names, else of the latest."""
        series = self.series(figure, place)
        if figure.period:
            return next((result for result in series if result.period == figure.period), None)
        return series[-1] if series else None

    def _measured(self, figure: MeasureFigure, place: Voice) -> Iterator[Known]:
        result = self.result(figure, place)
        if result and result.value is not None:
            share = formats.is_share(measure_named(result.measure).kind)
            value = Decimal(str(float(result.value))) * (100 if share else 1)
            yield Known(value.quantize(_FINEST), "measure", result.period, result)

    def _said(self, figure: SaidFigure, place: Voice) -> Iterator[Known]:
        """An organisation's number in its own comment, else beside its short name in a remark."""
        goal = self._goal(figure)
        own = list(_in_own_comment(goal, figure, place))
        yield from own or _in_remarks(goal, figure, place)

    def _goal(self, figure: SaidFigure) -> Goal:
        return self.outline.goal(pick("goal", figure.goal, [goal.number for goal in self.outline.goals()]))

    def beside_country(self, figure: SaidFigure, place: Voice) -> Known | None:
        """The country's number as the organisation gives it in its own comment."""
        said = self._goal(figure).of(place.code)
        country = rf"\briket\s+(?:på\s+)?{_NUMBER}{_UNIT[figure.unit]}"
        found = _first(country, _after(figure, said.comment)) if said else None
        return Known(found, "comment", COUNTRY) if found is not None else None


def agrees(found: Decimal, stated: Decimal) -> bool:
    """Whether a number is the one stated, at as many decimals as are stated."""
    try:
        return found.quantize(Decimal(1).scaleb(_exponent(stated)), ROUND_HALF_UP) == stated
    except InvalidOperation:  # more digits than any figure has
        return found == stated


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return min(exponent, 0) if isinstance(exponent, int) else 0


def _key(figure: Figure, organisation: str) -> tuple[str, str]:
    return figure.model_dump_json(), organisation


def _in_own_comment(goal: Goal, figure: SaidFigure, place: Voice) -> Iterator[Known]:
    said = goal.of(place.code)
    found = _first(_NUMBER + _UNIT[figure.unit], _after(figure, said.comment)) if said else None
    if found is not None:
        yield Known(found, "comment", place.code)


def _in_remarks(goal: Goal, figure: SaidFigure, place: Voice) -> Iterator[Known]:
    """Numbers beside the short name: ``RN 95``, ``RN: 95``, ``60 % i RN``."""
    short, unit = re.escape(place.short), _UNIT[figure.unit]
    for note in goal.notes:
        text = _after(figure, note.text)
        found = _first(rf"\b{short}:?\s+{_NUMBER}{unit}", text)
        if found is None:
            found = _first(rf"{_NUMBER}{unit}\s+(?:i|för|in|for)\s+{short}\b", text)
        if found is not None:
            yield Known(found, "remark", note.voice.code)


def _after(figure: SaidFigure, text: str) -> str:
    """The text from the word on after which the figure stands; nothing where the word is missing."""
    found = re.search(re.escape(figure.after), text, re.IGNORECASE)
    return text[found.end() :] if found else ""


def _first(pattern: str, text: str) -> Decimal | None:
    found = re.search(pattern, text, re.IGNORECASE)
    return Decimal(re.sub(r"[ \u00a0]", "", found[1]).replace(",", ".")) if found else None
