"""The language of a page: Swedish until the reader chooses otherwise.

A link with ``?lang=en`` chooses, and a cookie remembers. What the browser prefers is not a choice: two
colleagues who open the same address see the same page.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from fyrbak.reports.formats import Language, language


def language_of(request: HttpRequest) -> Language:
    """The language chosen by the address, else by the cookie, else Swedish."""
    return language(request.GET.get("lang") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME))
