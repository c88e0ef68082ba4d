"""Organisations against the whole they belong to, in words: each of them, and all of them at once."""

from __future__ import annotations

from collections.abc import Iterable

from fyrbak.measures.compare import Comparison, at_once
from fyrbak.records.organisations import COUNTRY
from fyrbak.reports import formats
from fyrbak.reports.follow_up import PartView, UnitView
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words


def compared(unit: UnitView, lang: Language) -> str:
    """The unit against the country, in words."""
    if unit.unit == COUNTRY:
        return Words(lang)("compared.self")
    against = unit.against_country
    return Words(lang)(f"compared.{against.difference}" if against else "no_comparison")


def compared_at_once(told: Iterable[Comparison | None], whole: str, lang: Language) -> str:
    """What chance alone does to so many comparisons, and how many differ; empty where nothing is compared.

    ``whole`` is what they are held against, as it stands inside a sentence.
    """
    found, w = at_once(told), Words(lang)
    if found is None:
        return ""
    return w(
        "compared.at_once",
        comparisons=w.counted(found.chance.comparisons, "compared.number"),
        whole=whole,
        expected=formats.decimal(found.chance.expected, 1, lang),
        level=formats.percent(found.level, lang, 0),
        differ=found.differ or w("none_of_them"),
    )


def part_at_once(part: PartView, whole: str, lang: Language) -> str:
    """The same of all units of a part."""
    return compared_at_once([unit.against_country for unit in part.units], whole, lang)
