"""The quality of registers in words: tables of ready texts, and one sentence for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fyrbak.measures.register_quality.completeness import Completeness, Known
from fyrbak.measures.register_quality.coverage import Coverage
from fyrbak.measures.register_quality.panel import RegisterQuality
from fyrbak.measures.register_quality.registers import quality_register
from fyrbak.measures.register_quality.shares import WHOLE
from fyrbak.measures.register_quality.silence import FALSE_ALARM, Standstill
from fyrbak.measures.register_quality.timeliness import HORIZON, Delays, Within
from fyrbak.reports import formats
from fyrbak.reports.drawing import Figure, Table
from fyrbak.reports.formats import Language
from fyrbak.reports.register_figures import coverage_figure
from fyrbak.reports.register_shares import group_name, level_mark, numbers, share, share_of
from fyrbak.reports.words import Words, catalogue

_ALARMS = ("silent", "fallen")


@dataclass(frozen=True)
class Part:
    """One part of a register's page: a heading, its sentences, and its table, perhaps as a picture."""

    heading: str
    sentences: str
    table: Table | None
    figure: Figure | None = None


def last_year(found: RegisterQuality) -> int:
    """The latest year of diagnosis that was over when the extract was made, of those that the file has."""
    over = found.extract.year - 1
    years = {one.year for one in found.coverage}
    return max((year for year in years if year <= over), default=max(years, default=over))


def overview(found: Sequence[RegisterQuality], lang: Language) -> Table:
    """A row for each register."""
    words = Words(lang)
    rows = []
    for one in found:
        year = last_year(one)
        whole = next((c.of for c in one.coverage if (c.form, c.group, c.year) == ("", WHOLE, year)), None)
        timed = next((d for d in one.delays if (d.group, d.year) == (WHOLE, year)), None)
        within = next((w for w in timed.within if w.days == 91), None) if timed else None
        rows.append(
            (
                words.text(quality_register(one.register).title),
                formats.day_in_table(one.extract),
                str(year),
                share_of(whole, lang) if whole else words("quality.not_measured"),
                level_mark(whole, _levels(one.register, ""), lang).word,
                _within_of(timed, within, lang) if timed and within else words("quality.not_measured"),
                _silent(one.standstills, lang),
                _own_completeness(one.completeness, lang),
            )
        )
    headings = (
        "quality.register", "quality.extract", "quality.year", "quality.coverage", "quality.level", "",
        "quality.silence", "quality.completeness",
    )  # fmt: skip
    told = tuple(words(key) if key else words("quality.within", days=91) for key in headings)
    return Table(words("quality.overview"), told, (False,) * 8, tuple(rows))


def parts(found: RegisterQuality, lang: Language) -> list[Part]:
    """Everything of one register: coverage, years and forms, timeliness, silent units, completeness."""
    words, year = Words(lang), last_year(found)
    latest = [one for one in found.coverage if not one.form and one.year == year]
    yearly = [one for one in found.coverage if one.group == WHOLE]
    day = formats.day_in_table(found.extract)
    caption = words("quality.coverage.caption", year=year, extract=day)
    table = coverage_table(latest, caption, lang)
    drawn = coverage_figure(latest, quality_register(found.register).levels, table, lang)
    years = coverage_table(yearly, words("quality.coverage.years"), lang)
    told = [
        Part(words("quality.coverage"), coverage_sentence(found, lang), table, drawn),
        Part(words("quality.coverage.over_time"), "", years),
    ]
    timed = [one for one in found.delays if one.year == year]
    if timed:
        table = delays_table(timed, words("quality.timeliness.caption", year=year), lang)
        told.append(Part(words("quality.timeliness"), delays_sentence(timed[0], lang), table))
        over_time = [one for one in found.delays if one.group == WHOLE]
        table = delays_table(over_time, words("quality.timeliness.years"), lang)
        told.append(Part(words("quality.timeliness.over_time"), "", table))
    if found.standstills:
        table = silence_table(found.standstills, lang)
        told.append(Part(words("quality.silence"), silence_sentence(found.standstills, lang), table))
    for one in found.completeness:
        sources = sources_table(one, lang)
        told.append(Part(words("quality.completeness"), completeness_sentence(one, lang), sources))
        if one.models:
            told.append(Part(words("quality.models"), "", models_table(one, lang)))
    return told


# Coverage


def coverage_table(found: Sequence[Coverage], caption: str, lang: Language) -> Table:
    """A row for each form, year and group."""
    words = Words(lang)
    headings = [
        f"quality.{name}"
        for name in ("group", "form", "year", "coverage", "interval", "count", "level", "ceiling")
    ]
    rows = tuple(
        (
            group_name(one.group, lang),
            words.text(quality_register(one.register).form(one.form).title)
            if one.form
            else words("quality.form.first"),
            _year(one, words),
            *numbers(one.of, lang),
            level_mark(one.of, _levels(one.register, one.form), lang).word,
            "–" if one.form else _ceiling(one, lang),
        )
        for one in found
    )
    return Table(
        caption, tuple(map(words, headings)), (False, False, False, True, True, True, False, True), rows
    )


def coverage_sentence(found: RegisterQuality, lang: Language) -> str:
    """How much of the last year that was over the register has, and how much could be reached."""
    words, year = Words(lang), last_year(found)
    whole = next((c for c in found.coverage if (c.form, c.group, c.year) == ("", WHOLE, year)), None)
    if whole is None or whole.of.value is None or whole.of.n is None:
        return words("quality.coverage.none", year=year)
    day = formats.day_in_text(whole.extract, lang)
    told = [
        words(
            "quality.coverage.sentence",
            share=share(whole.of, lang), n=formats.integer(whole.of.n, lang), year=year, day=day,
        )
    ]  # fmt: skip
    if whole.ceiling is None:
        told.append(words("quality.coverage.no_ceiling"))
    else:
        told.append(words("quality.coverage.ceiling", ceiling=formats.percent(whole.ceiling, lang)))
    if (whole.extract - date(year, 12, 31)).days < HORIZON:
        told.append(words("quality.coverage.late"))
    if found.beyond:
        told.append(words("quality.beyond", number=formats.integer(found.beyond, lang)))
    return " ".join(told)


def _year(one: Coverage, words: Words) -> str:
    """The year, with the day of the extract where it was not over."""
    if one.extract > date(one.year, 12, 31):
        return str(one.year)
    return words("period.incomplete", period=one.year, day=formats.day_in_table(one.extract))


def _ceiling(one: Coverage, lang: Language) -> str:
    return Words(lang)("quality.unsaid") if one.ceiling is None else formats.percent(one.ceiling, lang)


# Timeliness


def delays_table(found: Sequence[Delays], caption: str, lang: Language) -> Table:
    """A row for each year and group; corrected numbers, with those of the reports in so far in brackets."""
    words = Words(lang)
    days = [within.days for within in found[0].within] if found else []
    headings = [words(f"quality.{name}") for name in ("unit", "year", "reports", "expected", "median")]
    headings += [words("quality.within", days=day) for day in days]
    rows = []
    for one in found:
        if one.n is None:
            rows.append(
                (group_name(one.group, lang), str(one.year), *[words("quality.hidden")] * (3 + len(days)))
            )
            continue
        rows.append(
            (
                group_name(one.group, lang), str(one.year), formats.integer(one.n, lang),
                _expected(one, lang),
                _pair(_whole(one.corrected_median, lang), _whole(one.median, lang), lang),
                *(_within(within, lang) for within in one.within),
            )
        )  # fmt: skip
    return Table(caption, tuple(headings), (False, False, *[True] * (len(headings) - 2)), tuple(rows))


def delays_sentence(one: Delays, lang: Language) -> str:
    """How long half of a year's reports take."""
    words = Words(lang)
    if one.median is None or one.corrected_median is None:
        return words("quality.timeliness.none", year=one.year)
    key = "quality.timeliness.whole" if one.whole else "quality.timeliness.sentence"
    told = {"year": one.year, "median": one.median}
    if not one.whole:
        told["corrected"] = one.corrected_median
    return f"{words(key, **told)} {words('quality.timeliness.note')}"


def _expected(one: Delays, lang: Language) -> str:
    if one.expected is None or one.expected_lower is None or one.expected_upper is None:
        return Words(lang)("quality.unsaid")
    ends = (_whole(end, lang) for end in (one.expected, one.expected_lower, one.expected_upper))
    return Words(lang)("quality.share", **dict(zip(("value", "lower", "upper"), ends, strict=True)))


def _within(within: Within, lang: Language) -> str:
    if within.naive is None:
        return Words(lang)("quality.hidden")
    corrected = None if within.corrected is None else formats.percent(within.corrected, lang)
    return _pair(corrected, formats.percent(within.naive, lang), lang)


def _within_of(timed: Delays, within: Within, lang: Language) -> str:
    """The share with how many reports it rests on."""
    told = _within(within, lang)
    return told if timed.n is None else f"{told} · {Words(lang).counted(timed.n, 'quality.rests_on.report')}"


def _pair(corrected: str | None, naive: str | None, lang: Language) -> str:
    words = Words(lang)
    unsaid = words("quality.unsaid")
    return words("quality.corrected_naive", corrected=corrected or unsaid, naive=naive or unsaid)


# Silent units


def silence_table(found: Sequence[Standstill], lang: Language) -> Table:
    """A row for each unit, those that have fallen silent first."""
    words = Words(lang)
    headings = [f"quality.{name}" for name in ("unit", "state", "last_report", "weeks", "awaited", "came")]
    first = sorted(found, key=lambda one: (one.state not in _ALARMS, one.unit != WHOLE, one.unit))
    rows = tuple(
        (
            group_name(one.unit, lang),
            words(f"quality.state.{one.state}"),
            formats.day_in_table(one.last_report) if one.last_report else words("quality.none_yet"),
            str(one.weeks),
            formats.decimal(one.expected, 1, lang),
            words("quality.few") if one.observed is None else formats.integer(one.observed, lang),
        )
        for one in first
    )
    table = tuple(map(words, headings))
    return Table(words("quality.silence.caption"), table, (False, False, False, True, True, True), rows)


def silent_units(found: Sequence[Standstill]) -> int:
    """How many units have fallen silent, or report clearly less."""
    return sum(one.state in _ALARMS for one in found if one.unit != WHOLE)


def silence_sentence(found: Sequence[Standstill], lang: Language) -> str:
    """How many units have fallen silent, and how often that is said without a reason."""
    words = Words(lang)
    units, number = [one for one in found if one.unit != WHOLE], silent_units(found)
    told = words("quality.silence.sentence", number=number, all=len(units))
    return f"{told} {words('quality.silence.note', looks=formats.integer(round(1 / FALSE_ALARM), lang))}"


def _silent(found: Sequence[Standstill], lang: Language) -> str:
    units = [one for one in found if one.unit != WHOLE]
    if not units:
        return Words(lang)("quality.not_measured")
    return Words(lang)("quality.silent_units", number=silent_units(found), all=len(units))


# Completeness


def sources_table(one: Completeness, lang: Language) -> Table | None:
    """How much each source knows; None where nothing can be estimated."""
    if not one.known:
        return None
    words = Words(lang)
    years = f"{one.first_year}–{one.last_year}" if one.first_year != one.last_year else str(one.first_year)
    rows = tuple(
        (_source(of.source, lang), formats.integer(of.n, lang), *_known(of, lang)) for of in one.known
    )
    headings = tuple(words(f"quality.{name}") for name in ("source", "count", "known", "interval"))
    caption = words("quality.completeness.caption", years=years)
    return Table(caption, headings, (False, True, True, True), rows)


def models_table(one: Completeness, lang: Language) -> Table:
    """Every model that was tried, the chosen one first."""
    words = Words(lang)
    headings = tuple(words(f"quality.{name}") for name in ("model", "total", "error", "deviance", "aic"))
    rows = tuple(
        (
            _dependent(model.dependent, lang), _whole(model.total, lang) or "",
            formats.decimal(model.error, 1, lang),
            f"{formats.decimal(model.deviance, 1, lang)} ({model.free})",
            formats.decimal(model.aic, 1, lang),
        )
        for model in one.models
    )  # fmt: skip
    return Table(words("quality.models"), headings, (False, True, True, True, True), rows)


def completeness_sentence(one: Completeness, lang: Language) -> str:
    """How many cases there are, by which method, and what that takes for granted."""
    words = Words(lang)
    if one.suppressed:
        return words("quality.completeness.hidden")
    if one.total is None or one.lower is None or one.seen is None:
        return words(f"quality.completeness.{one.why}")
    told = words(
        "quality.completeness.sentence",
        total=_whole(one.total, lang), lower=_whole(one.lower, lang),
        upper=_whole(one.upper, lang) or "∞", seen=formats.integer(one.seen, lang),
    )  # fmt: skip
    if one.method == "chapman":
        return f"{told} {words('quality.completeness.chapman')}"
    return f"{told} {words('quality.completeness.log-linear', dependent=_dependent(one.dependent, lang))}"


def _own_completeness(found: Sequence[Completeness], lang: Language) -> str:
    """How much of the estimated total the quality register knows."""
    words = Words(lang)
    whole = next((one for one in found if one.group == WHOLE), None)
    if whole is None:
        return words("quality.not_measured")
    own = next((of for of in whole.known if of.source == "quality_register"), None)
    if own is None:
        return words("quality.hidden" if whole.suppressed else "quality.unsaid")
    value, ends = _known(own, lang)
    return f"{value} ({ends}) · {words.counted(own.n, 'quality.rests_on.case')}"


def _known(of: Known, lang: Language) -> tuple[str, str]:
    lower = formats.decimal(100 * (of.lower or 0), 1, lang)
    return formats.percent(of.value, lang), f"{lower}–{formats.decimal(100 * of.upper, 1, lang)}"


def _dependent(pairs: tuple[str, ...], lang: Language) -> str:
    words = Words(lang)
    told = []
    for pair in pairs:
        one, other = (_source(name, lang) for name in pair.split("*"))
        told.append(words("quality.model.pair", one=one, other=other))
    return words.listed(told) or words("quality.model.none")


def _source(name: str, lang: Language) -> str:
    key = f"quality.source.{name}"
    return Words(lang)(key) if key in catalogue() else name


def _levels(register: str, form: str) -> tuple[float, ...]:
    known = quality_register(register)
    return known.form(form).levels if form else known.levels


def _whole(number: float | None, lang: Language) -> str | None:
    return None if number is None else formats.integer(round(number), lang)
