"""Charts to embed in other pages: one figure with its table and its source, without scripts."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import escape

from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.given_out import latest
from fyrbak.records.organisations import region as region_named
from fyrbak.reports.drawing import Figure
from fyrbak.reports.public.numbers import by_region, region_names
from fyrbak.reports.public.region import shown_of
from fyrbak.reports.public.releases import figure_of, name_of
from fyrbak.reports.words import Words
from fyrbak.web.language import language_of
from fyrbak.web.public.frame import address, open_page
from fyrbak.web.public.given_away import page_given_away

# As strict as any page, but anybody may put it in a frame.
FRAMED = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors *; base-uri 'none'"
View = Callable[..., HttpResponse]


def framed(view: View) -> View:
    """Let other sites show the answer in a frame."""

    @wraps(view)
    def answer(request: HttpRequest, **names: Any) -> HttpResponse:
        response = view(request, **names)
        response.headers["Content-Security-Policy"] = FRAMED
        response.xframe_options_exempt = True
        return response

    return answer


def snippet(request: HttpRequest, title: str, name: str, *places: object) -> str:
    """The line to copy: a frame with a title, as screen readers need one."""
    where = request.build_absolute_uri(address(name, language_of(request), *places))
    size = 'width="100%" height="640" loading="lazy"'
    return f'<iframe src="{escape(where)}" title="{escape(title)}" {size}></iframe>'


@framed
@page_given_away
def measure(request: HttpRequest, name: str) -> HttpResponse:
    """A measure by region."""
    chosen, lang = measure_named(name), language_of(request)
    found = by_region(chosen)
    if not found:
        raise Http404
    figure = figure_of(chosen, found, region_names(Words(lang)), lang)
    return _embedded(request, name, figure, address("open_measure", lang, name))


@framed
@page_given_away
def region(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """A measure of one region, year by year."""
    lang = language_of(request)
    found = shown_of(measure_named(name), region_named(code), lang)
    if found is None:
        raise Http404
    return _embedded(request, name, found.figure, address("open_region", lang, code))


def _embedded(request: HttpRequest, name: str, figure: Figure, where: str) -> HttpResponse:
    lang, entry = language_of(request), latest(name, ("region",))
    source = f"Fyrbåk, {name_of(entry, lang)}, {entry.at[:10]}" if entry else "Fyrbåk"
    return open_page(
        request, "embed", title=figure.title, figure=figure, where=where,
        source=Words(lang)("public.source", source=source),
    )  # fmt: skip
