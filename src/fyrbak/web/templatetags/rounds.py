"""Days, times and levels on the pages of rounds: ``{% table_day day %}``, ``{% level typed scale %}``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django import template
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from fyrbak.goals.outline import LevelMeaning
from fyrbak.goals.rounds.answers import Typed
from fyrbak.reports import formats
from fyrbak.reports.drawn import level_html
from fyrbak.web.rounds.marks import typed_mark

register = template.Library()


@register.simple_tag
def table_day(day: date) -> str:
    """2026-03-01."""
    return formats.day_in_table(day)


@register.simple_tag(takes_context=True)
def day(context: Context, value: date) -> str:
    """1 mars 2026."""
    return formats.day_in_text(value, context["lang"])


@register.simple_tag(takes_context=True)
def moment(context: Context, at: datetime) -> str:
    """1 mars 2026 kl. 9.42."""
    return formats.moment(localtime(at), context["lang"])


@register.simple_tag(takes_context=True)
def level(context: Context, typed: Typed | None, scale: Sequence[LevelMeaning]) -> SafeString:
    """The mark of an answer: letter, word and shape."""
    return level_html(typed_mark(typed, scale, context["lang"]))
