"""How numbers, dates and words are written in both languages, and that no word is missing in either."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyrbak.errors import UnknownNameError
from fyrbak.goals.outline import BLANK_REASONS
from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.results import Result, hide
from fyrbak.measures.targets import targets
from fyrbak.reports import formats
from fyrbak.reports.formats import LANGUAGES, Language
from fyrbak.reports.words import Words, catalogue

NB = "\u00a0"
ROOM = Path(formats.__file__).parent
SAYING = [
    "access",
    "records",
    "registers",
    "pathways",
    "measures",
    "goals",
    "library",
    "reports",
    "web",
    "cli",
]


def result(measure: str = "svf_lead_time", **fields: object) -> Result:
    """A result of 662 of 1 615 in 2024, or with other fields."""
    numbers: dict[str, object] = {
        "n": 1615, "numerator": 662, "denominator": 1615, "value": 662 / 1615, "lower": 0.3861,
        "upper": 0.4341, "complete": True,
    }  # fmt: skip
    start, end = date(2024, 1, 1), date(2024, 12, 31)
    kind = {"measure": measure, "version": "1", "period": "2024", "period_start": start, "period_end": end}
    return Result(**{**kind, "unit": "SE", "cut": {}, "snapshot": "a" * 16, **numbers, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "places", "sv", "en"),
    [
        (0, 0, "0", "0"),
        (999, 0, "999", "999"),
        (1234567, 0, f"1{NB}234{NB}567", "1,234,567"),
        (34.04, 1, "34,0", "34.0"),
        (1234.5, 1, f"1{NB}234,5", "1,234.5"),
        (-3.25, 2, "\u22123,25", "\u22123.25"),
        (-0.04, 1, "0,0", "0.0"),
    ],
)
def test_decimals(number: float, places: int, sv: str, en: str) -> None:
    assert (formats.decimal(number, places, "sv"), formats.decimal(number, places, "en")) == (sv, en)


def test_per_cent_and_days() -> None:
    assert (formats.percent(0.34, "sv"), formats.percent(0.34, "en")) == (f"34,0{NB}%", "34.0%")
    assert formats.day_in_text(date(2026, 3, 1), "sv") == f"1{NB}mars 2026"
    assert formats.day_in_text(date(2026, 3, 1), "en") == f"1{NB}March 2026"
    assert formats.day_in_table(date(2026, 3, 1)) == "2026-03-01"
    assert formats.with_unit(1, "days", "sv") == f"1{NB}dag"
    assert formats.with_unit(46, "days", "en") == f"46{NB}days"
    assert formats.with_unit(46.5, "days", "sv") == f"46,5{NB}dagar"


def test_a_number_in_running_text() -> None:
    told = replace(result(), target=targets("svf_lead_time")[0])
    assert formats.number_line(told, "sv") == (
        f"41,0{NB}% (38,6–43,4) · 662 av 1{NB}615 · 2024 · mål minst 80{NB}%"
    )
    assert formats.number_line(told, "en") == "41.0% (38.6–43.4) · 662 of 1,615 · 2024 · target at least 80%"


def test_what_is_not_known_is_a_word() -> None:
    small = hide(result(), Suppressed())
    for lang in LANGUAGES:
        assert formats.value(small, lang) == formats.sentence_case(Suppressed().text(lang))
    nobody = result(n=0, numerator=0, denominator=0, value=None, lower=None, upper=None)
    assert formats.value(nobody, "sv") == "Uppgift saknas"
    assert formats.interval(nobody, "sv") == "–"
    assert formats.counts(small, "sv") == "–"


def test_what_is_counted_in_words_has_its_thousands_apart() -> None:
    assert Words("sv").counted(1476, "register.days.late") == f"1{NB}476 dagar över"
    assert Words("en").counted(1476, "register.days.late") == "1,476 days past"
    assert Words("en").counted(1, "register.days.late") == "1 day past"


def test_a_title_ends_once_whatever_it_ends_with() -> None:
    assert [formats.closed(title) for title in ("Vad händer om?", "Mitt arbete", "Cancer är utrotad.")] == [
        "Vad händer om?", "Mitt arbete.", "Cancer är utrotad.",
    ]  # fmt: skip


def test_a_true_zero_is_a_number() -> None:
    none = result(numerator=0, value=0.0, lower=0.0, upper=0.002)
    assert formats.value(none, "sv") == f"0,0{NB}%"
    assert formats.interval(none, "sv") == "0,0–0,2"


def test_one_sided_intervals() -> None:
    days = result("svf_days_median", n=5, numerator=None, denominator=None, value=48.0)
    assert formats.interval(replace(days, lower=19.0, upper=None), "sv") == "minst 19"
    assert formats.interval(replace(days, lower=None, upper=105.0), "en") == "at most 105"
    assert formats.interval(replace(days, lower=None, upper=None), "sv") == "för få för intervall"


def test_an_estimated_denominator_is_called_expected() -> None:
    ratio = result("svf_inclusion", n=22, numerator=22, denominator=32.0, value=0.6875)
    assert formats.counts(ratio, "sv") == "22 mot 32,0 väntade"


def test_a_period_that_is_not_over_says_so() -> None:
    half = result(period="2025", period_end=date(2025, 6, 30), complete=False)
    assert formats.period(half, "sv") == "2025 (till 2025-06-30)"
    assert formats.period(result(), "sv") == "2024"


def test_places_in_documents() -> None:
    assert formats.place("line 828; lines 841–843", "sv") == "rad 828; rad 841–843"
    assert formats.place("table 2, row 3, column 1", "sv") == "tabell 2, rad 3, kolumn 1"
    assert formats.place("Online 5!C4", "sv") == "Online 5!C4"
    assert formats.place("line 828", "en") == "line 828"


@given(st.integers(min_value=-(10**12), max_value=10**12), st.sampled_from(LANGUAGES))
def test_whole_numbers_survive_writing(number: int, lang: Language) -> None:
    text = formats.integer(number, lang)
    assert int(text.replace(NB, "").replace(",", "").replace("\u2212", "-")) == number
    assert not re.search(r"\d{4}", text)


@given(st.floats(min_value=0, max_value=2), st.sampled_from(LANGUAGES))
def test_per_cent_is_within_half_a_decimal(fraction: float, lang: Language) -> None:
    digits = formats.percent(fraction, lang).rstrip("%").replace(NB, "").replace(",", ".")
    assert abs(float(digits) - 100 * fraction) <= 0.05 + 1e-9


def test_every_word_that_is_asked_for_exists() -> None:
    """Words are asked for by key in Python, in templates and in names put together from a prefix."""
    files = [*ROOM.rglob("*.py"), *ROOM.rglob("*.html")]
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    asked = set(re.findall(r"""(?:\bw\(|\bWords\(lang\)\(|\bself\.w\(|% word )["']([\w.>=<]+)["']""", source))
    assert len(asked) > 60
    assert asked - {"key"} <= set(catalogue())  # the tag's own example says "key"
    prefixes = set(re.findall(r"""\(f["']([\w.]+\.)\{""", source))
    assert all(any(key.startswith(prefix) for key in catalogue()) for prefix in prefixes)


def test_no_word_is_kept_that_nothing_says() -> None:
    """A word is said by its key, or by a key put together from the part before its last dot."""
    files = [path for room in SAYING for path in (ROOM.parent / room).rglob("*")]
    source = "\n".join(path.read_text() for path in files if path.suffix in (".py", ".html", ".typ"))
    said = set(re.findall(r"""["']([\w.>=<]+)["']""", source))
    begun = tuple(f"{key}." for key in said) + tuple(re.findall(r"""f["']([\w.]+\.)\{""", source))
    begun += tuple(re.findall(r"""startswith\(["']([\w.]+\.)["']\)""", source))  # chosen among by their text
    assert [
        key for key in catalogue() if key.removesuffix(".many") not in said and not key.startswith(begun)
    ] == []


def test_every_word_is_whole_in_both_languages() -> None:
    for key, text in catalogue().items():
        assert text.sv.strip() and text.en.strip(), key
        names = {name: "x" for _, name, _, _ in Formatter().parse(text.sv) if name}
        assert "{" not in Words("en")(key, **names)
    assert all(set(reason) == {"sv", "en"} for reason in BLANK_REASONS.values())


def test_a_word_that_does_not_exist_is_said_at_once() -> None:
    with pytest.raises(UnknownNameError, match=r"verdict\.met"):
        Words("sv")("verdict.mett")


def test_lists_and_counts() -> None:
    w = Words("sv")
    assert [w.listed(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "", "a", "a och b", "a, b och c",
    ]  # fmt: skip
    assert w.counted(1, "state.differ").startswith("På 1 ställe ")
    assert w.counted(2, "state.differ").startswith("På 2 ställen ")


def test_another_language_is_answered_in_swedish() -> None:
    assert [formats.language(code) for code in ("sv", "en", "de", "", None)] == ["sv", "en", "sv", "sv", "sv"]


def test_a_moment_is_written_as_each_language_writes_it() -> None:
    at = datetime(2026, 3, 1, 9, 5, tzinfo=UTC)
    assert formats.moment(at, "sv") == f"1{NB}mars 2026 kl.{NB}9.05"
    assert formats.moment(at, "en") == f"1{NB}March 2026, 9:05"
