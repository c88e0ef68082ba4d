"""Readers of the public site are strangers: their cookies are taken away before anything reads them.

So a public page is the same for everybody, whether or not somebody has signed in, and may be kept by anyone
between us and the reader.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

ADDRESSES = ("/open/", "/embed/")


class StrangersMiddleware:
    """Stands outermost, so that neither session nor chosen language is seen below ``/open/``."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ADDRESSES):
            return self.respond(request)
        request.META.pop("HTTP_COOKIE", None)
        request.COOKIES = {}
        response = self.respond(request)
        response.cookies.clear()
        response.headers.pop("Vary", None)
        return response
