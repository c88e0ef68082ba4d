"""Whether a measure is alike for all, in words and in a picture: groups, gap, slope, and who is not known.

What is compared, and when it is refused, is decided in ``measures/equity.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.equity import Equity, Group
from fyrbak.measures.numbers import PERSON_YEARS
from fyrbak.measures.statistics.checks import TooThin
from fyrbak.measures.statistics.inequality import Gap, Slope
from fyrbak.measures.statistics.intervals import Estimate
from fyrbak.reports import axes, figures, formats
from fyrbak.reports.drawing import Figure, Table, specification
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words


def equity_figure(found: Equity, who: str, lang: Language) -> Figure:
    """The groups in their own order, each with its interval; ``who`` names the place."""
    w = Words(lang)
    what = f"{_what(found, lang)}, {who}"
    rows = [_dot(group, found, lang) for group in found.groups]
    lines = [f"{name(group, lang)}: {formats.number_line(group.result, lang)}." for group in found.groups]
    return Figure(
        title=w("equity.title", what=what, finding=finding(found, lang)),
        alt=w("equity.alt", divider=w.text(found.divider.title).lower(), lines=" ".join(lines)),
        note=" ".join((w.text(found.divider.note), w(f"method.{found.measure.kind}") + ".")),
        table=groups_table(found, who, lang),
        spec=specification(figures.dot_plot(rows, found.measure, [], lang)),
        lang=lang,
    )


def _what(found: Equity, lang: Language) -> str:
    """The measure, and the part of it where it has parts."""
    w = Words(lang)
    title = w.text(found.measure.title)
    return f"{title}, {w.text(found.part.text).lower()}" if found.part else title


def name(group: Group, lang: Language) -> str:
    """What a group is called, with a large letter first."""
    return formats.sentence_case(Words(lang).text(group.text))


def finding(found: Equity, lang: Language) -> str:
    """What the groups say together, in a few words."""
    w = Words(lang)
    if found.gap is None:
        return w("equity.finding.side_by_side")
    if not isinstance(found.gap, Gap):
        return w("equity.finding.refused")
    value, lower, upper = _numbers(found.gap.difference, found)
    if lower <= 0 <= upper:
        return w("equity.finding.alike")
    one, other = (w.text(found.groups[place].text) for place in (found.gap.one, found.gap.other))
    key = f"equity.finding.{'higher' if value > 0 else 'lower'}.{_unit(found)}"
    return w(key, one=one, other=other, number=formats.decimal(abs(value), 1, lang))


def facts(found: Equity, lang: Language) -> Iterator[tuple[str, str]]:
    """Gap, ratio, slope and relative index with their intervals, and the share that is not known."""
    w = Words(lang)
    if found.gap is None:
        yield w("equity.gap"), w("equity.counts")
    else:
        yield from _gap_facts(found.gap, found, "", lang)
    if found.standardised_gap is not None:
        yield from _gap_facts(found.standardised_gap, found, w("equity.same_ages"), lang)
    if isinstance(found.slope, Slope):
        yield w("equity.slope"), _difference(found.slope.sii, found, lang)
        yield w("equity.relative"), _ratio(found.slope.rii, lang)
    elif found.slope is not None:
        yield w("equity.slope"), refusal(found.slope, lang)
    missing = w("equity.missing.hidden") if found.missing is None else formats.percent(found.missing, lang)
    yield w("equity.missing"), missing


def refusal(why: TooThin | Suppressed, lang: Language) -> str:
    """Why no number is given."""
    if isinstance(why, Suppressed):
        return Words(lang)("equity.hidden")
    return Words(lang)(f"too_thin.{why.reason}", has=why.has, needs=why.needs)


def _gap_facts(
    gap: Gap | TooThin | Suppressed, found: Equity, how: str, lang: Language
) -> Iterator[tuple[str, str]]:
    w = Words(lang)
    labels = [", ".join(filter(None, (w(key), how))) for key in ("equity.gap", "equity.ratio")]
    if not isinstance(gap, Gap):
        yield labels[0], refusal(gap, lang)
        return
    between = w(
        "equity.between", one=name(found.groups[gap.one], lang), other=w.text(found.groups[gap.other].text)
    )
    widest = "" if gap.pairs == 1 else f" {w('equity.widest', pairs=gap.pairs)}"
    yield labels[0], f"{between}: {_difference(gap.difference, found, lang)}.{widest}"
    yield labels[1], f"{between}: {_ratio(gap.ratio, lang)}."


def _unit(found: Equity) -> str:
    return "points" if formats.is_share(found.measure.kind) else found.measure.kind


def _numbers(estimate: Estimate, found: Equity) -> tuple[float, float, float]:
    """As shown: percentage points, per 100 000, or days."""
    scale = {"points": 100, "rate": PERSON_YEARS, "days": 1}[_unit(found)]
    value, lower, upper = (float(number) * scale for number in estimate)
    return value, lower, upper


def _difference(estimate: Estimate, found: Equity, lang: Language) -> str:
    w = Words(lang)
    value, lower, upper = (formats.signed(number, lang) for number in _numbers(estimate, found))
    return w(f"equity.difference.{_unit(found)}", number=value, lower=lower, upper=upper)


def _ratio(estimate: Estimate, lang: Language) -> str:
    w = Words(lang)
    if any(number != number for number in estimate):
        return w("equity.no_ratio")
    value, lower, upper = (formats.decimal(float(number), 2, lang) for number in estimate)
    return f"{value} ({lower}–{upper})"


def _dot(group: Group, found: Equity, lang: Language) -> dict[str, Any]:
    result = group.result
    ends = {end: axes.scaled(getattr(result, end), found.measure) for end in ("value", "lower", "upper")}
    word = formats.value(result, lang) if result.value is None else ""
    return {"name": name(group, lang), "country": False, **ends, "word": word}


def groups_table(found: Equity, who: str, lang: Language) -> Table:
    """The groups in their own order with value, interval and count; ``who`` names the place."""
    w, kind = Words(lang), found.measure.kind
    alike = any(group.standardised for group in found.groups)

    def row(group: Group) -> tuple[str, ...]:
        numbers = (
            formats.value(group.result, lang), formats.interval(group.result, lang),
            formats.counts(group.result, lang),
        )  # fmt: skip
        if not alike:
            return (name(group, lang), *numbers)
        if group.standardised is None:
            return (name(group, lang), *numbers, "–")
        value, *ends = group.standardised
        between = "–".join(formats.amount(end, kind, lang) for end in ends)
        return (name(group, lang), *numbers, f"{formats.with_unit(value, kind, lang)} ({between})")

    headings = [w.text(found.divider.title), w("value"), w("interval"), w("count")]
    headings += [formats.sentence_case(w("equity.same_ages"))] if alike else []
    numeric = (False, *[True] * (len(headings) - 1))
    title = f"{_what(found, lang)}, {who}, {found.period}"
    return Table(title, tuple(headings), numeric, tuple(row(group) for group in found.groups))
