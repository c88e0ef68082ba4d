"""``{% number result %}`` and ``{% cell result headings place %}``: one number as pages show it."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fyrbak.measures.definitions import measure
from fyrbak.measures.results import Result
from fyrbak.reports import formats
from fyrbak.reports.marks import verdict_mark

register = template.Library()


@register.inclusion_tag("web/_number.html", takes_context=True)
def number(context: Context, result: Result) -> dict[str, object]:
    """A number with what belongs to it: the value large, the rest small on the same line, the verdict."""
    lang = context["lang"]
    line = formats.number_line(result, lang)
    value = formats.value(result, lang)
    mark = verdict_mark(result, lang) if result.verdict else None
    return {"value": value, "rest": line.removeprefix(value).lstrip(), "mark": mark}


@register.simple_tag(takes_context=True)
def cell(context: Context, result: Result | str, headings: Sequence[str], place: int) -> SafeString:
    """A table cell with a number, its interval and how many it rests on, or why there is none."""
    lang = context["lang"]
    if isinstance(result, str) or result.value is None:
        word = result if isinstance(result, str) else formats.value(result, lang)
        inside = format_html('<span class="quiet">{}</span>', word)
    else:
        # A count is its own number; it needs no second one beside it.
        rests_on = "" if measure(result.measure).kind == "count" else f" · {formats.counts(result, lang)}"
        inside = format_html(
            '<strong>{}</strong> <span class="fine rest">({}){}</span>',
            formats.value(result, lang), formats.interval(result, lang), rests_on,
        )  # fmt: skip
    return format_html('<td class="numeric" data-label="{}">{}</td>', headings[place], inside)
