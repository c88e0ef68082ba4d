"""A measure of time with those who still wait: the share by each day, beside the official share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from fyrbak.measures.compare import trend
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.results import Result
from fyrbak.measures.shown import curves_of, still_followed
from fyrbak.measures.store import lacking
from fyrbak.records.organisations import COUNTRY
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports.curves import MOST, Cohort, curve_figure
from fyrbak.reports.words import Words
from fyrbak.web import cuts, ground
from fyrbak.web.kept import kept
from fyrbak.web.language import language_of
from fyrbak.web.pages import message
from fyrbak.web.subject import narrowing, subject, who_of

OFFICIAL, CENSORED = "svf_lead_time", "svf_treated_by_day"  # shown beside each other, on the pages of both


@kept
def curve(request: HttpRequest, name: str) -> HttpResponse:
    """The curves of the latest years of start, for the country or what the reader narrowed it to."""
    chosen, opened, lang = measure_named(name), ground.snapshot(), language_of(request)
    if opened is None:
        return message(request, "empty", 200)
    words = Words(lang)
    asked = cuts.question(chosen, request.GET, whole=True)
    cohorts = [
        Cohort(one, still_followed(chosen, one.result, opened.as_of))
        for one in curves_of(opened, chosen, tuple(asked.narrowed))
        if cuts.within(one.result, asked.narrowed)
    ][-MOST:]
    who = who_of(asked, words)
    return subject(
        request, "curve", chosen, who=who, lacking=lacking(opened, chosen),
        figures=[curve_figure(chosen, cohorts, who, lang)] if cohorts else [],
        choices=list(narrowing(asked, words)), official=_official(opened, asked, cohorts),
        official_title=words.text(measure_named(OFFICIAL).title),
    )  # fmt: skip


def _official(opened: Snapshot, asked: cuts.Question, cohorts: list[Cohort]) -> list[Result]:
    """The official share of the same years, where it can be narrowed alike."""
    official = measure_named(OFFICIAL)
    if not set(asked.narrowed) <= set(official.dimensions):
        return []
    found = trend(cuts.whole_of(opened, replace(asked, measure=official, interval="year")), COUNTRY, {})
    periods = {cohort.waiting.result.period for cohort in cohorts}
    return [result for result in found if result.period in periods]


@dataclass(frozen=True)
class Beside:
    """What stands beside the official share: the same period's share by a day, its name, and its curve."""

    result: Result
    title: str
    address: str


def with_those_waiting(opened: Snapshot, asked: cuts.Question, period: str, words: Words) -> Beside | None:
    """What stands beside the official share of a period, narrowed alike; None for any other measure."""
    censored = measure_named(CENSORED)
    if asked.measure.id != OFFICIAL or lacking(opened, censored):
        return None
    found = trend(cuts.whole_of(opened, replace(asked, measure=censored)), COUNTRY, {})
    address = f"{reverse('curve', args=[CENSORED])}?{urlencode(asked.narrowed)}"
    title = words.text(censored.title)
    return next((Beside(one, title, address) for one in found if one.period == period), None)
