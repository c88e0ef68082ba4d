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
from fyrbak.reports.register_shares import group_name, level_mark, numbers
from fyrbak.reports.words import Words

Place = tuple[str, str]  # a cut and a group of it
EVERYBODY: Place = ("", WHOLE)
# What is told of an indicator, and whether it is a number.
_TOLD = {
    "indicators.value": True, "quality.interval": True, "quality.count": True, "quality.level": False,
    "indicators.levels": False, "indicators.complete": True, "indicators.negative": True,
    "indicators.change": False,
}  # fmt: skip


def latest(found: RegisterIndicators, place: Place = EVERYBODY) -> dict[str, Answer]:
    """Each indicator's answer of the latest year that is whole, for a group.

    A year is whole for all when cases were still diagnosed in a later one, or when no year is later. How
    many have lived for years is known of earlier ones alone: of the latest that has an answer.
    """
    years = sorted({one.year for one in found.answers})
    year = years[-2] if len(years) > 1 and _thin(found, years[-1], years[-2]) else max(years, default=0)
    told: dict[str, Answer] = {}
    lived = {one.id for one in indicator_set(found.set).indicators if one.lived}
    own = (one for one in found.answers if (one.by, one.group) == place)
    for one in sorted(own, key=lambda one: one.year):
        if one.year == year or one.indicator in lived:
            told[one.indicator] = one
    return told


def _thin(found: RegisterIndicators, year: int, before: int) -> bool:
    """Whether a year has fewer than half the cases of the year before, and so is not over."""
    cases: Counter[int] = Counter()
    for one in found.answers:
        if one.group == WHOLE:
            cases[one.year] += one.complete.n or 0
    return 2 * cases[year] < cases[before]


def places(found: RegisterIndicators) -> list[Place]:
    """The groups that answers are told for, everybody first."""
    return list(dict.fromkeys([EVERYBODY, *((one.by, one.group) for one in found.answers)]))


def place_name(place: Place, lang: Language) -> str:
    """What a group is called, with its cut where the name alone does not tell it."""
    by, group = place
    name = group_name(group, lang)
    return f"{Words(lang)(f'indicators.by.{by}')}: {name}" if by and by != "region" else name


def indicators_table(found: RegisterIndicators, place: Place, lang: Language) -> Table:
    """A row for each indicator of the latest whole year: value, level, targets, known, below 0, change.

    A set without any levels has no columns for them.
    """
    words, of, answers = Words(lang), indicator_set(found.set), latest(found, place)
    name = place_name(place, lang)
    year = max((one.year for one in answers.values()), default=0)
    group = name.lower() if place == EVERYBODY else name
    caption = words("indicators.caption", register=_register(found, words), group=group, year=year)
    rows = []
    for one in of.indicators:
        if own := answers.get(one.id):
            title = words.text(one.title)
            named = title if own.year == year else words("indicators.of_year", title=title, year=own.year)
            rows.append(((named,), _cells(found, one, own, lang)))
    judged = any(one.levels_of(found.register) for one in of.indicators)
    return _table(caption, ("indicators.indicator",), rows, lang, judged=judged)


def told_by_any(found: Sequence[RegisterIndicators], of: IndicatorSet) -> list[Indicator]:
    """The indicators of a set that some register answers."""
    told = {name for one in found for name in latest(one)}
    return [one for one in of.indicators if one.id in told]


def over_registers(found: Sequence[RegisterIndicators], asked: Indicator, lang: Language) -> Table:
    """All that is told of one indicator, a row for each register, of the latest whole year of each."""
    words, rows = Words(lang), []
    for one in found:
        if own := latest(one).get(asked.id):
            rows.append(((_register(one, words), str(own.year)), _cells(one, asked, own, lang)))
    judged = any(asked.levels_of(one.register) for one in found)
    caption = words("indicators.side", indicator=words.text(asked.title))
    return _table(caption, ("quality.register", "quality.year"), rows, lang, judged=judged)


def sentence(found: RegisterIndicators, place: Place, lang: Language) -> str:
    """How many indicators with levels have reached them, and what was done with days below 0."""
    words, of = Words(lang), indicator_set(found.set)
    judged = {one.id for one in of.indicators if one.levels_of(found.register)}
    levels = Counter(
        one.of.level for name, one in latest(found, place).items() if name in judged and one.of.level
    )
    told = [words("indicators.missing"), words(f"indicators.negative.{found.negative}")]
    if levels:
        high, low, below = levels["high"], levels["low"], levels["below"]
        told.insert(0, words("indicators.sentence", all=levels.total(), high=high, low=low, below=below))
    if any("population" in one.to_verify for one in of.indicators):
        told.append(words("indicators.inferred"))
    return " ".join(told)


def _register(found: RegisterIndicators, words: Words) -> str:
    return words.text(quality_register(found.register).title)


def _table(
    caption: str,
    first: tuple[str, ...],
    rows: Sequence[tuple[tuple[str, ...], dict[str, str]]],
    lang: Language,
    *,
    judged: bool,
) -> Table:
    """Rows that begin with some columns and go on with what is told of an indicator."""
    shown = {name: numeric for name, numeric in _TOLD.items() if judged or "level" not in name}
    told = tuple((*names, *(own[name] for name in shown)) for names, own in rows)
    numeric = (*[False] * len(first), *shown.values())
    return Table(caption, tuple(map(Words(lang), (*first, *shown))), numeric, told)


def _cells(found: RegisterIndicators, one: Indicator, answer: Answer, lang: Language) -> dict[str, str]:
    """All that is told of one indicator in a register, by the heading."""
    levels, place = one.levels_of(found.register), (one.id, answer.by, answer.group)
    change = next((c for c in found.changes if (c.indicator, c.by, c.group) == place), None)
    targets = "/".join(formats.decimal(level, 0, lang) for level in levels)
    complete = answer.complete
    cells = (
        *numbers(answer.of, lang),
        level_mark(answer.of, levels, lang).word if levels else "–",
        targets + formats.percent_sign(lang) if targets else "–",
        numbers(complete, lang)[0] if complete.value is None else formats.percent(complete.value, lang),
        "–" if one.wait is None else _few(answer.negative, lang),
        _change(change, lang),
    )
    return dict(zip(_TOLD, cells, strict=True))


def _few(number: int | None, lang: Language) -> str:
    return Words(lang)("quality.few") if number is None else formats.integer(number, lang)


def _change(change: Change | None, lang: Language) -> str:
    words = Words(lang)
    if change is None or change.change is None or change.lower is None or change.upper is None:
        return words("indicators.change.none")
    ends = {name: formats.signed(100 * getattr(change, name), lang) for name in ("change", "lower", "upper")}
    return words("indicators.change.value", **ends)
