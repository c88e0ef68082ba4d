"""The start of the public site, the regions, and the statement of accessibility."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from fyrbak.goals.frozen import frozen_rounds, said_by
from fyrbak.measures.given_out import entries
from fyrbak.records.organisations import region as region_named
from fyrbak.records.organisations import regions as all_regions
from fyrbak.reports import formats
from fyrbak.reports.builder.selectors import released_reports
from fyrbak.reports.formats import Language
from fyrbak.reports.public.region import counts_of, region_page
from fyrbak.reports.public.releases import name_of
from fyrbak.reports.words import Words
from fyrbak.web.language import language_of
from fyrbak.web.public.embeds import snippet
from fyrbak.web.public.frame import address, open_page
from fyrbak.web.public.given_away import page_given_away
from fyrbak.web.reports.frozen import NAME

_LATEST = 10


@page_given_away
def start(request: HttpRequest) -> HttpResponse:
    """What there is, and what has been given out last."""
    lang = language_of(request)
    w = Words(lang)
    news = sorted(_news(lang), reverse=True)[:_LATEST]
    return open_page(
        request, "start", title=w("public.start.title"), section="open",
        news=[(day, words, where) for day, _, words, where in news],
        places=_places(w),
    )  # fmt: skip


def _news(lang: Language) -> Iterator[tuple[str, int, str, str]]:
    """Everything given out, as (day, what tells those of a day apart, words, address)."""
    w = Words(lang)
    for entry in entries():
        yield entry.at[:10], entry.number, name_of(entry, lang), address("open_release", lang, entry.number)
    for report in released_reports():
        where = address("open_report", lang, report.sha256[:NAME])
        yield formats.day_in_table(report.release.at.date()), 0, report.title, where
    for one in frozen_rounds():
        day = formats.day_in_table(one.frozen_at.date()) if one.frozen_at else ""
        words = w("public.round_of", round=one.label, plan=w.of(one.edition.plan, "title"))
        yield day, one.pk, words, address("open_round", lang, one.edition.key, one.label)


@page_given_away
def regions(request: HttpRequest) -> HttpResponse:
    """All regions, by county code."""
    w = Words(language_of(request))
    return open_page(
        request, "regions", title=w("public.regions"), section="open_regions", places=_places(w)
    )  # fmt: skip


def _places(w: Words) -> list[tuple[str, str]]:
    """Address and name of every region, by county code."""
    return [(address("open_region", w.lang, one.code), w.of(one, "name")) for one in all_regions()]


@page_given_away
def region(request: HttpRequest, code: str) -> HttpResponse:
    """How it goes in one region."""
    lang, place = language_of(request), region_named(code)
    w = Words(lang)
    said = said_by(code)
    found = region_page(place, said, lang)
    return open_page(
        request, "region", title=w("public.region.title", region=w.of(place, "name")), section="open_regions",
        crumbs=((w("public.regions"), address("open_regions", lang)),),
        synthetic=any(one.round.synthetic for one in said), found=found, place=place,
        shown=[
            (one, snippet(request, one.figure.title, "embed_region", code, one.measure.id))
            for one in found.shown
        ],
        more=[(one.id, w.text(one.title)) for one in found.more],
        said=[
            {
                "plan": w.of(one.round.edition.plan, "title"), "round": one.round,
                "levels": w.listed(list(counts_of(one, w))), "day": one.round.frozen_at,
            }
            for one in said
        ],
    )  # fmt: skip


@page_given_away
def accessibility(request: HttpRequest) -> HttpResponse:
    """How accessible the public pages are, what is known to lack, and whom to tell."""
    w = Words(language_of(request))
    who = settings.PUBLISHER or w("public.a11y.nobody")
    return open_page(
        request, "accessibility", title=w("public.accessibility"), who=who, start=reverse("open")
    )
