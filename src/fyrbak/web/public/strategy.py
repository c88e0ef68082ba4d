"""The national strategy on the public site: every sub-goal with what is known of it, and all in a file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from fyrbak.reports.public.strategy import by_area, rows
from fyrbak.reports.public.tables import STRATEGY, as_file, fingerprint
from fyrbak.reports.words import Words
from fyrbak.web.language import language_of
from fyrbak.web.public.frame import address, licence, open_page
from fyrbak.web.public.given_away import conditional, page_given_away


@page_given_away
def strategy(request: HttpRequest) -> HttpResponse:
    """The sub-goals, area by area: indicator, latest number, baseline, target, owner and source."""
    lang = language_of(request)
    w = Words(lang)
    return open_page(
        request, "strategy", title=w("public.strategy"), section="open_goals",
        crumbs=((w("public.goals"), address("open_goals", lang)),),
        areas=[(w.counted(len(goals), "public.strategy.area", area=area), goals)
               for area, goals in by_area(lang)],
    )  # fmt: skip


def values(request: HttpRequest, form: str) -> HttpResponse:
    """Everything that has been given out about the sub-goals, ``csv`` or ``json``."""
    body, kind = as_file(STRATEGY, rows(), form, licence(Words("en")))
    return conditional(request, body, kind, etag=fingerprint(body))
