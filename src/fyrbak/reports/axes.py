"""How the values of a measure are drawn: their scale and their axis, one rule for all figures."""

from __future__ import annotations

import altair as alt

from fyrbak.measures.definitions import Measure
from fyrbak.measures.numbers import PERSON_YEARS
from fyrbak.reports import formats
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words


def scaled(value: float | None, measure: Measure) -> float | None:
    """As drawn: per cent for shares. Few digits, so that a picture does not depend on the last bit."""
    if value is None:
        return None
    return round(100 * value if formats.is_share(measure.kind) else value, 6)


def axis(measure: Measure, lang: Language) -> alt.Axis:
    """Labels with the sign that belongs to them, few of them."""
    sign = formats.percent_sign(lang) if formats.is_share(measure.kind) else ""
    return alt.Axis(labelExpr=f"format(datum.value, ',~r') + '{sign}'", tickCount=5)


def axis_title(measure: Measure, lang: Language) -> str:
    """The unit, where the labels of the axis do not have it."""
    w = Words(lang)
    if measure.kind == "rate":
        return formats.sentence_case(w("per_persons", number=formats.integer(PERSON_YEARS, lang)))
    return w("days.axis") if measure.kind == "days" else ""


def scale(measure: Measure) -> alt.Scale:
    """Shares of a whole are drawn on the whole scale, so that a small difference looks small."""
    return alt.Scale(domain=[0, 100]) if measure.kind in ("proportion", "survival") else alt.Scale(zero=True)
