"""The share within the lead time week by week and month by month, and those furthest beyond it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from fyrbak.measures.compare import change, trend
from fyrbak.measures.definitions import Interval, Measure
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.results import Result
from fyrbak.measures.weeks import FEWEST, weekly
from fyrbak.records.organisations import COUNTRY
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports import gaps
from fyrbak.reports.drawing import Table
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.web.language import language_of
from fyrbak.web.leader.charted import charted
from fyrbak.web.leader.choice import LEAD_TIME, Choice, series, who
from fyrbak.web.leader.frame import of_a_region, week_page

_FURTHEST = {"band": "75+"}


@of_a_region
def over_time(request: HttpRequest, opened: Snapshot, chosen: Choice) -> HttpResponse:
    """Weeks, months, the bands of those who came late by year, and the furthest band month by month."""
    lang = language_of(request)
    words, is_who = Words(lang), who(chosen, Words(lang))
    share, bands = measure_named(LEAD_TIME), measure_named("svf_overshoot")
    # By pathway and month nearly all would be hidden: with a pathway the step is a quarter, of the country.
    wide = chosen.everywhere if chosen.both else chosen
    interval: Interval = "quarter" if chosen.pathway else "month"
    step = words(f"page.interval.{interval}").lower()
    furthest = trend(series(opened, bands, wide.narrowed, interval), COUNTRY, _FURTHEST)
    coarser = words("leader.coarser", who=who(wide, words)) if chosen.both else ""
    charts = [
        charted(share, weekly(opened, chosen.narrowed), words("leader.weeks"),
                 words("leader.weeks.note", fewest=FEWEST), is_who, lang, pathway=chosen.pathway),
        charted(share, series(opened, share, wide.narrowed, interval),
                 words("leader.steps", step=step), coarser, who(wide, words), lang,
                 pathway=chosen.pathway),
        charted(bands, furthest, words("leader.furthest", step=step), coarser, who(wide, words), lang,
                 pathway=chosen.pathway),
    ]  # fmt: skip
    years = series(opened, bands, chosen.narrowed)
    return week_page(
        request, "leader_over_time", chosen, charts=charts, bands=_bands(bands, years, is_who, lang),
        said=_said(years, series(opened, share, chosen.narrowed), lang), to_verify=bands.to_verify,
        hidden=any(one.suppressed for one in years if one.complete),
    )  # fmt: skip


def _bands(measure: Measure, years: list[Result], is_who: str, lang: Language) -> Table:
    words, split = Words(lang), measure.split
    rows = [
        (words.text(value.text), trend(years, COUNTRY, {"band": value.id}))
        for value in (split.values if split else ())
    ]
    return gaps.years_table(words("leader.bands.caption", who=is_who), rows, lang)


def _said(years: list[Result], share: list[Result], lang: Language) -> str:
    """Whether those furthest beyond the limit have become fewer, beside what the share in time has done."""
    furthest = trend(years, COUNTRY, _FURTHEST)
    seen = [one for one in furthest if one.complete and one.value is not None]
    if len(seen) < 2:
        return ""
    return gaps.overshoot_sentence(change(furthest), change(share), (seen[0], seen[-1]), lang)
