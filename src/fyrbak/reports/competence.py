"""Competence in words: completed courses, which are always a lower bound, and what rests on few."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from fyrbak.library.competence.definitions import Course, Speciality, cited, courses, specialities
from fyrbak.library.competence.models import Staffing
from fyrbak.library.competence.selectors import COUNTRY, Count, Total, rests_on_few, total
from fyrbak.records.organisations import organisation, regions
from fyrbak.reports import formats
from fyrbak.reports.drawing import Table
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words

Held = Mapping[tuple[str, str], Staffing]
COUNT_COLUMNS = ("course", "organisation", "begins", "ends", "number", "bound", "to_verify", "source")
STAFFING_COLUMNS = (
    "region", "speciality", "day", "headcount", "full_time", "retiring", "vacant", "rests_on_few", "source",
)  # fmt: skip


def totals(found: Sequence[Count], year: int, lang: Language) -> Table:
    """Each course with at least how many completed it in the year, and who has told so."""
    words = Words(lang)
    return Table(
        words("competence.totals", year=year),
        tuple(words(f"competence.{key}") for key in ("course", "audience", "owner", "number", "told_by")),
        (False, False, False, True, False),
        tuple(_total(one, found, year, words, lang) for one in courses().courses),
    )


def _total(
    course: Course, found: Sequence[Count], year: int, words: Words, lang: Language
) -> tuple[str, ...]:
    told = total(found, course.id, year)
    audience = words.text(course.audience) if course.audience else words("missing")
    named = (_described(course, words), formats.sentence_case(audience), course.owner)
    if told is None:
        return (*named, words("missing"), "–")
    return (*named, at_least(told.number, lang), _told_by(told, words))


def _described(course: Course, words: Words) -> str:
    """The course with its version, the days on which it is given, and its address, as far as known."""
    parts = [words.text(course.title)]
    if course.version:
        parts.append(words("competence.version", version=course.version))
    if course.valid_from or course.valid_to:
        days = {"first": course.valid_from or "", "last": course.valid_to or ""}
        parts.append(words("competence.given", **days))
    return ", ".join([*parts, *filter(None, [course.address])])


def _told_by(told: Total, words: Words) -> str:
    """The documents behind a total, or else how many regions it adds, or who has told it."""
    stated = [_source(one, words) for one in told.parts if one.statement]
    if stated:
        return " ".join(stated)
    if COUNTRY in told.told_by:
        return words.of(organisation(COUNTRY), "name")
    return words("competence.regions_told", told=len(told.told_by), all=len(regions()))


def at_least(number: int, lang: Language) -> str:
    """``minst 9 751``."""
    return Words(lang)("competence.at_least", number=formats.integer(number, lang))


def every_count(found: Iterable[Count], year: int, lang: Language) -> Table:
    """Every count of the year by itself, with its period and source."""
    words, titles = Words(lang), {one.id: one.title for one in courses().courses}
    keys = ("course", "organisation", "period", "number", "source")
    return Table(
        words("competence.counts", year=year),
        tuple(words(f"competence.{key}") for key in keys),
        (False, False, False, True, False),
        tuple(
            (
                words.text(titles[one.course]), words.of(organisation(one.organisation), "name"),
                f"{one.begins} – {one.ends}", at_least(one.number, lang), _source(one, words),
            )
            for one in found if one.begins.year == year
        ),
    )  # fmt: skip


def _source(one: Count, words: Words) -> str:
    parts = [f"{one.source}."]
    if one.statement and one.statement.note:
        parts.append(words.text(one.statement.note))
    if one.statement and one.statement.to_verify:
        parts.append(words("competence.to_verify"))
    return " ".join(parts)


def count_rows(found: Iterable[Count], year: int) -> Iterator[dict[str, Any]]:
    """Every count of the year as a row of the file."""
    for one in found:
        if one.begins.year == year:
            verify = one.statement.to_verify if one.statement else False
            yield {
                "course": one.course, "organisation": one.organisation, "begins": one.begins,
                "ends": one.ends, "number": one.number, "bound": "lower", "to_verify": verify,
                "source": one.source,
            }  # fmt: skip


def overview(held: Held, lang: Language) -> Table:
    """Regions by specialities: how many are employed, with a word where that rests on few."""
    words, columns = Words(lang), specialities().specialities
    return Table(
        words("competence.overview"),
        (words("competence.region"), *(words.text(one.title) for one in columns)),
        (False, *(False for _ in columns)),
        tuple(
            (words.of(region, "name"), *(_cell(held, region.code, one, words, lang) for one in columns))
            for region in regions()
        ),
    )


def _cell(held: Held, region: str, speciality: Speciality, words: Words, lang: Language) -> str:
    one = held.get((region, speciality.id))
    if one is None or one.headcount is None:
        said = any(region in it.regions and it.speciality == speciality.id for it in specialities().said)
        return f"{words('missing')} – {words('competence.said')}" if said else words("missing")
    number = formats.integer(one.headcount, lang)
    return f"{number} ▲ {words('competence.few').lower()}" if rests_on_few(one) else number


def of_speciality(held: Held, speciality: Speciality, lang: Language) -> Table:
    """All that is known of one speciality, region by region."""
    words = Words(lang)
    keys = ("region", "headcount", "full_time", "retiring", "vacant", "verdict", "day", "source")
    return Table(
        words("competence.of_speciality", speciality=words.text(speciality.title)),
        tuple(words(f"competence.{key}") for key in keys),
        (False, True, True, True, True, False, False, False),
        tuple(
            (words.of(region, "name"), *_told(held.get((region.code, speciality.id)), words, lang))
            for region in regions()
        ),
    )


def _told(one: Staffing | None, words: Words, lang: Language) -> tuple[str, ...]:
    if one is None:
        return (*(words("missing") for _ in range(4)), words("competence.cannot_tell"), "–", "–")
    numbers = (one.headcount, one.full_time, one.retiring, one.vacant)
    return (
        *(_number(number, words, lang) for number in numbers), _verdict(one, words),
        formats.day_in_table(one.day), one.source,
    )  # fmt: skip


def _number(number: int | Decimal | None, words: Words, lang: Language) -> str:
    if number is None:
        return words("missing")
    return (
        formats.integer(number, lang) if isinstance(number, int) else formats.decimal(float(number), 1, lang)
    )


def _verdict(one: Staffing, words: Words) -> str:
    few = rests_on_few(one)
    if few is None:
        return words("competence.cannot_tell")
    return f"▲ {words('competence.few')}" if few else words("competence.not_few")


def said(words: Words) -> list[tuple[str, str, str]]:
    """What documents say in words: the speciality and regions, the text, and its source."""
    titles = {one.id: words.text(one.title) for one in specialities().specialities}
    return [
        (
            f"{titles[one.speciality]}, "
            + words.listed([words.of(organisation(code), "name") for code in one.regions]),
            words.text(one.text), cited(one.source),
        )
        for one in specialities().said
    ]  # fmt: skip


def staffing_rows(held: Held) -> Iterator[dict[str, Any]]:
    """Every region and speciality as a row of the file; what is not known is empty."""
    for region in regions():
        for speciality in specialities().specialities:
            one = held.get((region.code, speciality.id))
            few = rests_on_few(one)
            yield {
                "region": region.code, "speciality": speciality.id, "day": one.day if one else "",
                "headcount": one.headcount if one else None, "full_time": one.full_time if one else None,
                "retiring": one.retiring if one else None, "vacant": one.vacant if one else None,
                "rests_on_few": "unknown" if few is None else "yes" if few else "no",
                "source": one.source if one else "",
            }  # fmt: skip
