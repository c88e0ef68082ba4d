"""How numbers and dates are written, in Swedish and English. Every page, file and figure takes it from here.

Swedish: 34,0 %, 1 234 567, 1 mars 2026. English: 34.0%, 1,234,567, 1 March 2026. Spaces inside a number never
break. Tables show dates as 2026-03-01 in both languages. What is not known is a word, never an empty text
or 0.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from fyrbak.measures.definitions import Kind, measure
from fyrbak.measures.numbers import PERSON_YEARS
from fyrbak.reports.words import Words

if TYPE_CHECKING:  # a number is written without what makes results, which takes seconds to load
    from fyrbak.measures.results import Result
    from fyrbak.measures.targets import Target

Language = Literal["sv", "en"]
LANGUAGES: tuple[Language, ...] = ("sv", "en")

NBSP = "\u00a0"
MINUS = "\u2212"
_MONTHS: dict[Language, str] = {
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "en": "January February March April May June July August September October November December",
}


def language(code: str | None) -> Language:
    """The language to answer in: the one asked for if it exists, else Swedish."""
    return "en" if code == "en" else "sv"


def integer(number: int, lang: Language) -> str:
    """1 234 567 or 1,234,567."""
    return decimal(number, 0, lang)


def decimal(number: float, places: int, lang: Language) -> str:
    """A number with a fixed count of decimals. A number that rounds to zero has no sign."""
    text = f"{number:,.{places}f}"
    if float(text.replace(",", "")) == 0:
        text = text.removeprefix("-")
    text = text.replace("-", MINUS)
    return text if lang == "en" else text.translate({ord(","): NBSP, ord("."): ","})


def signed(number: float, lang: Language) -> str:
    """A change with its sign and one decimal, so that it cannot be taken for a level."""
    text = decimal(number, 1, lang)
    return f"+{text}" if number > 0 and text.strip("0.,") else text


def percent(fraction: float, lang: Language, places: int = 1) -> str:
    """A fraction as per cent: 0.34 is 34,0 % or 34.0%."""
    return decimal(100 * fraction, places, lang) + percent_sign(lang)


def percent_sign(lang: Language) -> str:
    """The sign with the space that Swedish has before it."""
    return "%" if lang == "en" else f"{NBSP}%"


def day_in_text(day: date, lang: Language) -> str:
    """1 mars 2026 or 1 March 2026."""
    return f"{day.day}{NBSP}{_MONTHS[lang].split()[day.month - 1]} {day.year}"


def month_in_text(day: date, lang: Language) -> str:
    """mars 2026 or March 2026."""
    return f"{_MONTHS[lang].split()[day.month - 1]} {day.year}"


def month_short(month: int, lang: Language) -> str:
    """The first three letters of a month, where there is no room for more."""
    return _MONTHS[lang].split()[month - 1][:3]


def day_in_table(day: date) -> str:
    """2026-03-01."""
    return day.isoformat()


def clock(at: datetime, lang: Language) -> str:
    """kl. 9.42 or 9:42, of a moment in the reader's own time zone."""
    return f"{at.hour}:{at:%M}" if lang == "en" else f"kl.{NBSP}{at.hour}.{at:%M}"


def moment(at: datetime, lang: Language) -> str:
    """1 mars 2026 kl. 9.42 or 1 March 2026, 9:42, of a moment in the reader's own time zone."""
    between = ", " if lang == "en" else " "
    return f"{day_in_text(at.date(), lang)}{between}{clock(at, lang)}"


def span(lower: int | None, upper: int | None) -> str:
    """An interval of years; one year where both ends are it, a dash without ends."""
    if lower is None or upper is None:
        return "–"
    return str(lower) if lower == upper else f"{lower}–{upper}"


def kronor(amount: int, lang: Language) -> str:
    """A sum of money: 18 800 000 kr or SEK 18,800,000."""
    number = integer(amount, lang)
    return f"SEK{NBSP}{number}" if lang == "en" else f"{number}{NBSP}kr"


def is_share(kind: Kind) -> bool:
    """Whether values of a measure of this kind are fractions that are shown as per cent."""
    return kind in ("proportion", "ratio", "survival")


def amount(number: float, kind: Kind, lang: Language) -> str:
    """A value of a measure of this kind without its unit, at the precision of all numbers of the kind."""
    if is_share(kind):
        return decimal(100 * number, 1, lang)
    return decimal(number, 1 if kind == "rate" or number != round(number) else 0, lang)


def with_unit(number: float, kind: Kind, lang: Language) -> str:
    """A value of a measure of this kind with its unit: 41,0 %, 46 dagar, 662."""
    text = amount(number, kind, lang)
    if is_share(kind):
        return text + percent_sign(lang)
    if kind == "count":
        return text
    if kind == "rate":
        return f"{text} {Words(lang)('per_persons', number=integer(PERSON_YEARS, lang))}"
    return f"{text}{NBSP}{Words(lang)('day' if number == 1 else 'days')}"


def value(result: Result, lang: Language) -> str:
    """The value with its unit, or the word for why there is none."""
    if result.suppression:
        return sentence_case(result.suppression.text(lang))
    if result.value is None:
        return Words(lang)("missing" if result.complete else "not_reported")
    return with_unit(result.value, measure(result.measure).kind, lang)


def interval(result: Result, lang: Language) -> str:
    """The 95 % interval without unit, 38,6–43,4; one-sided where few observations bound one side only.

    Where the numbers are hidden or missing it is a dash, since ``value`` holds the word.
    """
    if result.value is None:
        return "–"
    kind, w = measure(result.measure).kind, Words(lang)
    lower, upper = (None if end is None else amount(end, kind, lang) for end in (result.lower, result.upper))
    if lower and upper:
        return f"{lower}–{upper}"
    if lower or upper:
        return w("at_least", number=lower) if lower else w("at_most", number=upper or "")
    return w("too_few_for_interval")


def counts(result: Result, lang: Language) -> str:
    """How many the number rests on: 662 av 1 615; against those expected; in years; else how many."""
    if result.n is None:
        return "–"
    if result.denominator is None or result.numerator is None:
        return integer(result.n, lang)
    w, below = Words(lang), result.denominator
    kind = measure(result.measure).kind
    if kind == "ratio":
        return w("of_expected", part=integer(result.numerator, lang), whole=decimal(below, 1, lang))
    if kind == "rate":
        return w("in_person_years", part=integer(result.numerator, lang), years=integer(round(below), lang))
    return w("of", part=integer(result.numerator, lang), whole=integer(int(below), lang))


def period(result: Result, lang: Language) -> str:
    """The period: 2024; with the last day known where it is not over."""
    if result.complete:
        return result.period
    return Words(lang)("period.incomplete", period=result.period, day=day_in_table(result.period_end))


def target(goal: Target, kind: Kind, lang: Language) -> str:
    """The target as words: minst 80 %."""
    places = 0 if goal.value * 100 == round(goal.value * 100) else 1
    number = percent(goal.value, lang, places) if is_share(kind) else with_unit(goal.value, kind, lang)
    return Words(lang)(f"operator.{goal.operator}", number=number)


def number_line(result: Result, lang: Language) -> str:
    """A number as it stands in running text: 41,0 % (38,6–43,4) · 662 av 1 615 · 2024 · mål minst 80 %."""
    if result.value is None:
        return f"{value(result, lang)} · {period(result, lang)}"
    parts = [f"{value(result, lang)} ({interval(result, lang)})"]
    if measure(result.measure).kind != "count":  # a count is its own number
        parts.append(counts(result, lang))
    parts.append(period(result, lang))
    if result.target:
        aim = target(result.target, measure(result.measure).kind, lang)
        parts.append(f"{Words(lang)('target').lower()} {aim}")
    return " · ".join(parts)


_PLACES = {"lines": "rad", "line": "rad", "table": "tabell", "row": "rad", "column": "kolumn"}


def place(text: str, lang: Language) -> str:
    """A place in a source document, such as ``lines 841–843``, in the language: rad 841–843."""
    if lang == "en":
        return text
    return re.sub(r"\b(lines?|table|row|column)(?= \d)", lambda found: _PLACES[found.group()], text)


def closed(text: str) -> str:
    """The text as a sentence that ends: with the mark it has, or else a full stop."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def sentence_case(text: str) -> str:
    """The text with its first letter large, the rest as it was."""
    return text[:1].upper() + text[1:]
