"""Shares of registers as texts: the number, its interval, its level, and whom it is of."""

from __future__ import annotations

from fyrbak.measures.register_quality.shares import UNKNOWN, WHOLE, Share
from fyrbak.records.organisations import organisation, regions
from fyrbak.reports import formats
from fyrbak.reports.formats import Language
from fyrbak.reports.marks import Mark
from fyrbak.reports.words import Words

_TOKENS = {"high": ("●", "moss"), "low": ("◐", "amber"), "below": ("○", "brick")}


def level_mark(of: Share | None, levels: tuple[float, ...], lang: Language) -> Mark:
    """The level that a share has reached; with one level it is reached or not."""
    words = Words(lang)
    if of is None or of.level is None:
        return Mark("", "", words("quality.level.none" if not levels else "quality.unsaid"), "slate")
    shape, token = _TOKENS[of.level]
    key = "reached" if of.level == "high" and len(levels) == 1 else of.level
    word = words(f"quality.level.{key}")
    return Mark(shape, "", word if of.sure else words("quality.level.unsure", level=word), token)


def share(of: Share, lang: Language) -> str:
    """A share with its interval, or why there is none."""
    value, ends, _ = numbers(of, lang)
    return value if of.value is None else f"{value} ({ends})"


def share_of(of: Share, lang: Language) -> str:
    """A share with its interval and how many it rests on, or why there is none."""
    told = share(of, lang)
    return told if of.value is None else f"{told} · {numbers(of, lang)[2]}"


def numbers(of: Share, lang: Language) -> tuple[str, str, str]:
    """The value, its interval and how many it rests on."""
    words = Words(lang)
    if of.suppressed:
        return words("quality.hidden"), "–", "–"
    if of.value is None or of.lower is None or of.upper is None or of.n is None or of.hits is None:
        return words("quality.unknown"), "–", "0"
    ends = f"{formats.decimal(100 * of.lower, 1, lang)}–{formats.decimal(100 * of.upper, 1, lang)}"
    counts = words("of", part=formats.integer(of.hits, lang), whole=formats.integer(of.n, lang))
    return formats.percent(of.value, lang), ends, counts


def group_name(group: str, lang: Language) -> str:
    """What a group is called: everybody, a region, an age, a sex, or the unit's own name."""
    words = Words(lang)
    if group in (WHOLE, UNKNOWN):
        return words("quality.all" if group == WHOLE else "quality.unknown")
    if group in {place.code for place in regions()}:
        return words.of(organisation(group), "name")
    sexes = {"male": "sex.M", "female": "sex.F"}
    return words(sexes[group]) if group in sexes else group
