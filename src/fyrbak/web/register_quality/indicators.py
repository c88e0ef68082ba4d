"""Quality indicators: one register's, or the same indicators over all registers of a set."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse

from fyrbak.access.roles import Deed
from fyrbak.measures.register_quality.indicator_sets import indicator_set
from fyrbak.measures.register_quality.panel import RegisterIndicators, kept
from fyrbak.measures.register_quality.registers import quality_register
from fyrbak.measures.register_quality.shares import WHOLE
from fyrbak.reports import register_indicators as told
from fyrbak.reports.formats import Language
from fyrbak.reports.register_shares import group_name
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.subject import Field


@allowed(Deed.READ_REGISTER)
def indicators(request: Request) -> HttpResponse:
    """The table that is chosen; without a choice that of the first register."""
    lang = language_of(request)
    words = Words(lang)
    found = sorted(kept(RegisterIndicators), key=lambda one: (not _judged(one), one.set, one.register))
    title = words("indicators.title")
    if not found:
        return page(request, "register_quality/indicators", title=title, section="work")
    asked, group = request.GET.get("of", ""), request.GET.get("group", WHOLE)
    chosen = next((one for one in found if _name(one) == asked), found[0])
    group = group if group in told.groups(chosen) else WHOLE
    alike = [one for one in found if one.set == chosen.set]
    side = told.side_by_side(alike, indicator_set(chosen.set), lang) if len(alike) > 1 else None
    return page(
        request, "register_quality/indicators", title=title, section="work",
        choices=_fields(found, chosen, group, lang), sentence=told.sentence(chosen, group, lang),
        table=told.indicators_table(chosen, group, lang), side=side, set=indicator_set(chosen.set),
    )  # fmt: skip


def _judged(one: RegisterIndicators) -> bool:
    """Whether the set has levels to reach: such a set comes first."""
    return any(indicator.levels for indicator in indicator_set(one.set).indicators)


def _fields(
    found: Sequence[RegisterIndicators], chosen: RegisterIndicators, group: str, lang: Language
) -> list[Field]:
    words = Words(lang)
    registers = [
        (
            _name(one),
            f"{words.text(quality_register(one.register).title)}: {words.text(indicator_set(one.set).title)}",
        )
        for one in found
    ]
    groups = [(one, group_name(one, lang)) for one in told.groups(chosen)]
    return [
        Field("of", words("quality.register"), _name(chosen), registers),
        Field("group", words("indicators.group"), group, groups),
    ]


def _name(one: RegisterIndicators) -> str:
    """What a register and a set are called in an address."""
    return f"{one.set}.{one.register}"
