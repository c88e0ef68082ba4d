"""``{% word "key" name=value %}``: a word of the catalogue in the context's language (``lang``)."""

from __future__ import annotations

from django import template
from django.template import Context

from fyrbak.reports.words import Words

register = template.Library()


@register.simple_tag(takes_context=True)
def word(context: Context, key: str, **names: object) -> str:
    """The words for a key. Raises UnknownNameError for a key that the catalogue lacks."""
    return Words(context["lang"])(key, **names)
