"""``{% open "open_region" code %}``: a public address in the page's language."""

from __future__ import annotations

from django import template
from django.template import Context

from fyrbak.web.public.frame import address

register = template.Library()


@register.simple_tag(takes_context=True, name="open")
def open_address(context: Context, name: str, *places: object) -> str:
    """The address of a public page in the context's language."""
    return address(name, context["lang"], *places)
