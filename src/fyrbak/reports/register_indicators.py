"""Quality indicators in words: one register's in a table, and the same indicator over registers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from fyrbak.measures.register_quality.indicator_sets import Indicator, IndicatorSet, indicator_set
from fyrbak.measures.register_quality.indicators import Answer, Change
from fyrbak.measures.register_quality.panel import RegisterIndicators
from fyrbak.measures.register_quality.registers import quality_register
from fyrbak.measures.register_quality.shares import WHOLE
from fyrbak.reports import formats
from fyrbak.reports.drawing import Table
from fyrbak.reports.formats import Language
from fyrbak.reports.register_shares import group_name, level_mark, numbers, share
from fyrbak.reports.words import Words


def latest(found: RegisterIndicators, group: str = WHOLE) -> dict[str, Answer]:
    """Each indicator's answer of the latest year that is whole, for a group.

    A year is whole for all when cases were still diagnosed in a later one, or when no year is later.
    """
    years = sorted({one.year for one in found.answers})
    year = years[-2] if len(years) > 1 and _thin(found, years[-1], years[-2]) else max(years, default=0)
    return {one.indicator: one for one in found.answers if (one.year, one.group) == (year, group)}


def _thin(found: RegisterIndicators, year: int, before: int) -> bool:
    """Whether a year has fewer than half the cases of the year before, and so is not over."""
    cases: Counter[int] = Counter()
    for one in found.answers:
        if one.group == WHOLE:
            cases[one.year] += one.complete.n or 0
    return 2 * cases[year] < cases[before]


def groups(found: RegisterIndicators) -> list[str]:
    """The groups that answers are told for, everybody first."""
    return list(dict.fromkeys([WHOLE, *(one.group for one in found.answers)]))


def indicators_table(found: RegisterIndicators, group: str, lang: Language) -> Table:
    """A row for each indicator of the latest whole year: value, level, targets, known, below 0, change.

    A set without any levels has no columns for them.
    """
    words, of = Words(lang), indicator_set(found.set)
    answers = latest(found, group)
    changes = {one.indicator: one for one in found.changes if one.group == group}
    year = max((one.year for one in answers.values()), default=0)
    headings = {
        "indicators.indicator": False, "indicators.value": True, "quality.interval": True,
        "quality.count": True, "quality.level": False, "indicators.levels": False,
        "indicators.complete": True, "indicators.negative": True, "indicators.change": False,
    }  # fmt: skip
    rows = [
        dict(zip(headings, _row(one, answers[one.id], changes.get(one.id), lang), strict=True))
        for one in of.indicators
        if one.id in answers
    ]
    if not any(one.levels for one in of.indicators):
        headings = {name: numeric for name, numeric in headings.items() if "level" not in name}
    caption = words(
        "indicators.caption",
        register=words.text(quality_register(found.register).title),
        group=group_name(group, lang).lower() if group == WHOLE else group_name(group, lang),
        year=year,
    )
    told = tuple(tuple(row[name] for name in headings) for row in rows)
    return Table(caption, tuple(map(words, headings)), tuple(headings.values()), told)


def side_by_side(found: Sequence[RegisterIndicators], of: IndicatorSet, lang: Language) -> Table:
    """A row for each register, a column for each indicator of the set: the latest whole year of all."""
    words = Words(lang)
    told = [one for one in of.indicators if any(one.id in latest(register) for register in found)]
    rows = []
    for register in found:
        answers = latest(register)
        cells = [
            share(answers[one.id].of, lang) if one.id in answers else words("quality.not_measured")
            for one in told
        ]
        rows.append((words.text(quality_register(register.register).title), *cells))
    headings = (words("quality.register"), *(words.text(one.title) for one in told))
    caption = words("indicators.side", set=words.text(of.title))
    return Table(caption, headings, (False, *[True] * len(told)), tuple(rows))


def sentence(found: RegisterIndicators, group: str, lang: Language) -> str:
    """How many indicators with levels have reached them, and what was done with days below 0."""
    words, of = Words(lang), indicator_set(found.set)
    judged = {one.id for one in of.indicators if one.levels}
    levels = Counter(
        one.of.level for name, one in latest(found, group).items() if name in judged and one.of.level
    )
    told = [words("indicators.missing"), words(f"indicators.negative.{found.negative}")]
    if levels:
        high, low, below = levels["high"], levels["low"], levels["below"]
        told.insert(0, words("indicators.sentence", all=levels.total(), high=high, low=low, below=below))
    if any("population" in one.to_verify for one in of.indicators):
        told.append(words("indicators.inferred"))
    return " ".join(told)


def _row(one: Indicator, answer: Answer, change: Change | None, lang: Language) -> tuple[str, ...]:
    words = Words(lang)
    levels = "/".join(formats.decimal(level, 0, lang) for level in one.levels)
    complete = answer.complete
    return (
        words.text(one.title),
        *numbers(answer.of, lang),
        level_mark(answer.of, one.levels, lang).word if one.levels else "–",
        levels + formats.percent_sign(lang) if levels else "–",
        numbers(complete, lang)[0] if complete.value is None else formats.percent(complete.value, lang),
        "–" if one.wait is None else _few(answer.negative, lang),
        _change(change, lang),
    )


def _few(number: int | None, lang: Language) -> str:
    return Words(lang)("quality.few") if number is None else formats.integer(number, lang)


def _change(change: Change | None, lang: Language) -> str:
    words = Words(lang)
    if change is None or change.change is None or change.lower is None or change.upper is None:
        return words("indicators.change.none")
    ends = {name: formats.signed(100 * getattr(change, name), lang) for name in ("change", "lower", "upper")}
    return words("indicators.change.value", **ends)
