"""Rates made comparable, in words and in pictures: places under one standard, the country under all."""

from __future__ import annotations

from collections.abc import Sequence

from fyrbak.measures.definitions import Measure
from fyrbak.measures.numbers import PERSON_YEARS
from fyrbak.measures.rates import Rate, Standardised
from fyrbak.measures.standards import Standard
from fyrbak.measures.statistics.checks import TooThin
from fyrbak.measures.statistics.crossing import Crossing, UnderEvery
from fyrbak.records.organisations import COUNTRY
from fyrbak.reports import axes, figures, formats
from fyrbak.reports.drawing import Figure, Table, listed_in_words, specification
from fyrbak.reports.figures import Names, Row
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words


def regions_figure(
    measure: Measure, units: Sequence[Standardised], standard: Standard, names: Names, lang: Language
) -> Figure:
    """Each place with its rate under one standard, in their order, the country last."""
    w, found = Words(lang), [(one, _rate(one, standard)) for one in units]
    limit, title = units[-1].threshold, w.text(measure.title)
    rows = [_dot(one, rate, names, measure, lang) for one, rate in found]
    lines = figures.labelled_line(_per_persons(limit.rate), _limit(units[-1], lang)) if limit else []
    lines_told = [f"{names[one.crude.unit]}: {value(one, rate, lang)}." for one, rate in found]
    return Figure(
        title=w("rates.title", title=title, standard=w.text(standard.title)),
        alt=w(
            "rates.alt", standard=w.text(standard.title), lines=listed_in_words(lines_told, lines_told[-1:])
        ),
        note=f"{w('rates.note')} {w('rates.cut_off')} {w('method.standardised')}.",
        table=_regions_table(
            found, f"{title}, {units[-1].crude.period}, {w.text(standard.title)}", names, lang
        ),
        spec=specification(figures.dot_plot(rows, measure, lines, lang, _top(found))),
        lang=lang,
    )


def standards_table(measure: Measure, one: Standardised, who: str, lang: Language) -> Table:
    """One place under every standard, with the probability of being below the threshold if there is one."""
    w = Words(lang)
    headings = [w("rates.standard"), w("value"), w("interval")] + (
        [w("rates.below")] if one.threshold else []
    )
    rows = []
    for rate in one.rates:
        below = _probability(rate.below, lang)
        told = (
            formats.sentence_case(w.text(rate.standard.title)),
            value(one, rate, lang),
            interval(rate, lang),
        )
        rows.append((*told, below) if one.threshold else told)
    title = f"{w.text(measure.title)}, {who}, {one.crude.period}"
    return Table(title, tuple(headings), (False, *[True] * (len(headings) - 1)), tuple(rows))


def runs_table(
    measure: Measure, found: Sequence[Standardised], standard: Standard, who: str, lang: Language
) -> Table:
    """One place over time under one standard: each year, or each run of years."""
    w = Words(lang)
    judged = any(one.threshold for one in found)
    headings = [w("period"), w("rates.value"), w("interval"), w("count")]
    headings += [w("rates.below"), w("rates.threshold")] if judged else []
    rows = []
    for one in found:
        rate = _rate(one, standard)
        told = (formats.period(one.crude, lang), value(one, rate, lang), interval(rate, lang),
                formats.counts(one.crude, lang))  # fmt: skip
        said = w(f"rates.short.{one.verdict}") if one.verdict else w("funnel.verdict.hidden")
        rows.append((*told, _probability(rate.below, lang), said) if judged else told)
    title = f"{w.text(measure.title)}, {who}, {w.text(standard.title)}"
    numeric = (False, *[True] * 3, *([True, False] if judged else []))
    return Table(title, tuple(headings), numeric, tuple(rows))


def verdict(one: Standardised, who: str, lang: Language) -> str:
    """What the standards say together of the threshold; empty without one."""
    if one.threshold is None:
        return ""
    w, limit = Words(lang), _limit(one, lang)
    if one.verdict is None:
        return w("rates.verdict.none", who=who, limit=limit)
    return w(f"rates.verdict.{one.verdict}", who=who, limit=limit)


def crossing_sentence(one: Standardised, found: UnderEvery, who: str, lang: Language) -> str:
    """From which year on a place is below the threshold if it goes on as it has; or why none is told."""
    words = {"who": who, "limit": _limit(one, lang)}
    if found.verdict == "falls":
        words["years"] = formats.span(found.lower, found.upper)
    return Words(lang)(f"rates.crossing.{found.verdict}", **words)


def crossing_table(one: Standardised, found: UnderEvery, who: str, lang: Language) -> Table:
    """The year of crossing under every standard, with its interval."""
    w, rows = Words(lang), []
    for rate in one.rates:
        own = found.found[rate.standard.id]
        heading = "cannot_tell" if isinstance(own, TooThin) else own.heading
        told = w(f"rates.heading.{heading}"), "–"
        if isinstance(own, Crossing) and own.period is not None:
            told = str(own.period), formats.span(own.lower, own.upper)
        rows.append((formats.sentence_case(w.text(rate.standard.title)), *told))
    headings = (w("rates.standard"), w("rates.crossing.year"), w("interval"))
    return Table(w("rates.crossing.caption", who=who), headings, (False, False, True), tuple(rows))


def value(one: Standardised, rate: Rate, lang: Language) -> str:
    """The rate with its unit, or why there is none."""
    if rate.value is None:
        return formats.value(one.crude, lang) if one.crude.suppressed else Words(lang)("missing")
    return formats.with_unit(rate.value, "rate", lang)


def interval(rate: Rate, lang: Language) -> str:
    """The 95 % interval without unit, or a dash."""
    ends = [formats.amount(end, "rate", lang) for end in (rate.lower, rate.upper) if end is not None]
    return "–".join(ends) if len(ends) == 2 else "–"


def _rate(one: Standardised, standard: Standard) -> Rate:
    return next(rate for rate in one.rates if rate.standard.id == standard.id)


def _probability(below: float | None, lang: Language) -> str:
    """A degree of confidence; never quite none and never quite all."""
    if below is None:
        return "–"
    w, percent = Words(lang), formats.percent
    if below < 0.01:
        return w("rates.below.least", number=percent(0.01, lang, 0))
    return w("rates.below.most", number=percent(0.99, lang, 0)) if below > 0.99 else percent(below, lang, 0)


def _top(found: Sequence[tuple[Standardised, Rate]]) -> float | None:
    """How far the picture reaches: past every value, but not to the end of what a few women leave open."""
    limits = [_per_persons(one.threshold.rate) for one, _ in found if one.threshold]
    values = [rate.value for _, rate in found if rate.value is not None]
    ends = [rate.upper for _, rate in found if rate.upper is not None]
    if not values or not max(values):
        return None
    return round(min(3 * max(*values, *limits), max(ends, default=0.0)), 6)


def _per_persons(rate: float) -> float:
    return round(rate * PERSON_YEARS, 6)


def _limit(one: Standardised, lang: Language) -> str:
    if one.threshold is None:
        return ""
    number = formats.with_unit(_per_persons(one.threshold.rate), "rate", lang)
    return f"{Words(lang).text(one.threshold.title)}: {Words(lang)('operator.<', number=number)}"


def _dot(one: Standardised, rate: Rate, names: Names, measure: Measure, lang: Language) -> Row:
    ends = {end: axes.scaled(getattr(rate, end), measure) for end in ("value", "lower", "upper")}
    word = value(one, rate, lang) if rate.value is None else ""
    return {"name": names[one.crude.unit], "country": one.crude.unit == COUNTRY, **ends, "word": word}


def _regions_table(
    found: Sequence[tuple[Standardised, Rate]], title: str, names: Names, lang: Language
) -> Table:
    w = Words(lang)
    judged = any(one.threshold for one, _ in found)
    rows = []
    for one, rate in found:
        told = (
            names[one.crude.unit], value(one, rate, lang), interval(rate, lang),
            formats.value(one.crude, lang), formats.counts(one.crude, lang),
        )  # fmt: skip
        said = w(f"rates.short.{one.verdict}") if one.verdict else w("funnel.verdict.hidden")
        rows.append((*told, said) if judged else told)
    headings = [w("organisation"), w("rates.value"), w("interval"), w("rates.crude"), w("count")]
    headings += [w("rates.threshold")] if judged else []
    numeric = (False, True, True, True, True, *([False] if judged else []))
    return Table(title, tuple(headings), numeric, tuple(rows))
