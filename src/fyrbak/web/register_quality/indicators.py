"""Quality indicators: one register's, or the same indicators over all registers of a set."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse

from fyrbak.access.roles import Deed
from fyrbak.measures.register_quality.indicator_sets import indicator_set
from fyrbak.measures.register_quality.panel import RegisterIndicators, kept
from fyrbak.measures.register_quality.registers import quality_register
from fyrbak.reports import register_indicators as told
from fyrbak.reports.drawing import Table
from fyrbak.reports.formats import Language
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
    asked, group = request.GET.get("of", ""), request.GET.get("group", "")
    chosen = next((one for one in found if _name(one) == asked), found[0])
    place = next((one for one in told.places(chosen) if _address(one) == group), told.EVERYBODY)
    of = indicator_set(chosen.set)
    return page(
        request, "register_quality/indicators", title=title, section="work",
        choices=_fields(found, chosen, place, lang), sentence=told.sentence(chosen, place, lang),
        table=told.indicators_table(chosen, place, lang), sides=_over_registers(found, lang), set=of,
        left_out=[(", ".join(one.ids), words.text(one.why)) for one in of.left_out],
    )  # fmt: skip


def _over_registers(found: Sequence[RegisterIndicators], lang: Language) -> list[Table]:
    """A table for each indicator that more registers than one answer."""
    sets = dict.fromkeys(one.set for one in found)
    alike = {name: [one for one in found if one.set == name] for name in sets}
    return [
        told.over_registers(own, indicator, lang)
        for name, own in alike.items()
        if len(own) > 1
        for indicator in told.told_by_any(own, indicator_set(name))
    ]


def _judged(one: RegisterIndicators) -> bool:
    """Whether the set has levels to reach: such a set comes first."""
    return any(indicator.levels for indicator in indicator_set(one.set).indicators)


def _fields(
    found: Sequence[RegisterIndicators], chosen: RegisterIndicators, place: told.Place, lang: Language
) -> list[Field]:
    words = Words(lang)
    registers = [
        (
            _name(one),
            f"{words.text(quality_register(one.register).title)}: {words.text(indicator_set(one.set).title)}",
        )
        for one in found
    ]
    groups = [(_address(one), told.place_name(one, lang)) for one in told.places(chosen)]
    return [
        Field("of", words("quality.register"), _name(chosen), registers),
        Field("group", words("indicators.group"), _address(place), groups),
    ]


def _name(one: RegisterIndicators) -> str:
    """What a register and a set are called in an address."""
    return f"{one.set}.{one.register}"


def _address(place: told.Place) -> str:
    """What a group is called in an address; empty for everybody."""
    return ".".join(place) if place != told.EVERYBODY else ""
