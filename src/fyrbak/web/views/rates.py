"""A rate made comparable: by region under one standard population, and the country under all of them."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse

from fyrbak.definitions import pick
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.rates import Standardised
from fyrbak.measures.shown import crossing_of, rates_of
from fyrbak.measures.standards import standards
from fyrbak.measures.store import lacking
from fyrbak.records.organisations import COUNTRY, regions
from fyrbak.reports import rates as wording
from fyrbak.reports.words import Words
from fyrbak.web import ground
from fyrbak.web.kept import kept
from fyrbak.web.language import language_of
from fyrbak.web.pages import message
from fyrbak.web.subject import Field, subject

MEANS = (1, 3, 5)  # whole years that may be taken together


@kept
def standardised(request: HttpRequest, name: str) -> HttpResponse:
    """Age-standardised rates of one year or of several together, with the threshold if there is one."""
    chosen, opened, lang = measure_named(name), ground.snapshot(), language_of(request)
    if opened is None:
        return message(request, "empty", 200)
    words = Words(lang)
    choice = request.GET.get("standard") or next(iter(standards()))
    standard = standards()[pick("standard", choice, list(standards()))]
    if not rates_of(opened, chosen):
        return subject(request, "standardised", chosen, lacking=lacking(opened, chosen))
    means = [years for years in MEANS if rates_of(opened, chosen, (), years)]
    mean = int(pick("years", request.GET.get("mean") or "1", list(map(str, means))))
    country = rates_of(opened, chosen, (), mean)
    whole = _of_period(country, request.GET.get("period") or "")
    names = {place.code: words.of(place, "name") for place in regions()} | {COUNTRY: words("country")}
    period = whole.crude.period
    places = [one for one in rates_of(opened, chosen, ("region",), mean) if one.crude.period == period]
    units = [*(one for one in places if one.crude.unit in names), whole]
    crossing = crossing_of(opened, chosen)
    return subject(
        request, "standardised", chosen, period=period, threshold=whole.threshold,
        verdict=wording.verdict(whole, names[COUNTRY], lang),
        table=wording.standards_table(chosen, whole, names[COUNTRY], lang),
        figures=[wording.regions_figure(chosen, units, standard, names, lang)],
        crossing=wording.crossing_sentence(whole, crossing, names[COUNTRY], lang) if crossing else "",
        crossings=wording.crossing_table(whole, crossing, names[COUNTRY], lang) if crossing else None,
        runs=wording.runs_table(chosen, country, standard, names[COUNTRY], lang), mean=mean,
        to_verify=[words.text(one) for one in whole.threshold.to_verify] if whole.threshold else [],
        choices=[
            Field("standard", words("rates.standard"), standard.id,
                  [(one.id, words.text(one.title)) for one in standards().values()]),
            Field("mean", words("rates.mean"), str(mean),
                  [(str(years), words.counted(years, "rates.mean.years")) for years in means]),
            Field("period", words("period"), period,
                  [(one.crude.period, one.crude.period) for one in reversed(country)]),
        ],
    )  # fmt: skip


def _of_period(found: Sequence[Standardised], period: str) -> Standardised:
    """The period asked for if it is there, else the latest that is over.

    Who changes how many years are taken together leaves the period behind.
    """
    periods = [one.crude.period for one in found]
    whole = [one.crude.period for one in found if one.crude.complete]
    wanted = period if period in periods else (whole or periods)[-1]
    return next(one for one in found if one.crude.period == wanted)
