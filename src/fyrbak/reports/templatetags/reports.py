"""``{% word "key" name=value %}``: a word of the catalogue in the context's language (``lang``).

``{% level_mark mark %}`` and ``{% verdict_mark mark %}``: shape, letter and word of what was said or counted.
``{% numbers table %}`` and ``{% figure_of figure "h4" %}``: what measures say, on every page of a goal.
``{% paper_table block %}``: a table of a report that is written or frozen.
"""

from __future__ import annotations

import re
from functools import cache

from django import template
from django.template import Context
from django.template.base import Node, Parser, Token
from django.utils.html import escape
from django.utils.safestring import SafeString

from fyrbak.reports.document import NumberTable
from fyrbak.reports.drawing import Figure
from fyrbak.reports.drawn import figure_html, level_html, numbers_html, table_html, verdict_html
from fyrbak.reports.words import Words

register = template.Library()
register.simple_tag(level_html, name="level_mark")
register.simple_tag(verdict_html, name="verdict_mark")
register.simple_tag(table_html, name="paper_table")
_filled_in = template.Library()


@_filled_in.simple_tag(takes_context=True, name="word")
def _word(context: Context, key: str, **names: object) -> str:
    """The words for a key. Raises UnknownNameError for a key that the catalogue lacks."""
    return Words(context["lang"])(key, **names)


@register.simple_tag(takes_context=True)
def numbers(context: Context, table: NumberTable) -> SafeString:
    """The numbers of a measure, organisation by organisation."""
    return numbers_html(table, str(context["lang"]))


@register.simple_tag(takes_context=True)
def figure_of(context: Context, figure: Figure, heading: str) -> SafeString:
    """A figure under a heading of this level."""
    return figure_html(figure, heading, str(context["figures_at"]))


@register.tag
def word(parser: Parser, token: Token) -> Node:
    """The words for a key; those with nothing to fill in, of which a long table has hundreds, cost least."""
    match token.split_contents():
        case [_, key] if re.fullmatch(r'"[^"|]+"', key):  # without filters
            return _Plain(key.strip('"'))
    found: Node = _filled_in.tags["word"](parser, token)
    return found


class _Plain(Node):
    """A word with nothing to fill in."""

    def __init__(self, key: str) -> None:
        self.key = key

    def render(self, context: Context) -> SafeString:
        """The word as HTML, or as it is where nothing is escaped. Raises UnknownNameError."""
        return _plain(self.key, str(context["lang"]), escaped=bool(context.autoescape))


@cache
def _plain(key: str, lang: str, *, escaped: bool) -> SafeString:
    text = Words(lang)(key)
    return escape(text) if escaped else SafeString(text)
