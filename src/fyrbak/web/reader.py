"""Between reader and pages: a chosen language is remembered, errors are told, nothing foreign is loaded."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from fyrbak.access.actor import NotAllowedError, OutOfSightError
from fyrbak.errors import FyrbakError, UnknownNameError
from fyrbak.reports.formats import LANGUAGES
from fyrbak.web.language import language_of
from fyrbak.web.pages import message

_YEAR = 365 * 24 * 60 * 60
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class ReaderMiddleware:
    """Remembers the language, forbids what is foreign, and makes a page of an error that can be mended."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
        if request.GET.get("lang") in LANGUAGES:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, request.GET["lang"], _YEAR, httponly=True, samesite="Lax"
            )
        response.headers.setdefault("Content-Language", language_of(request))
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """An unknown name in the address is a page that does not exist; other errors are told as they are.

        What is out of sight is told just as any address that leads nowhere.
        """
        if isinstance(error, OutOfSightError):
            return message(request, "not_found", 404)
        if isinstance(error, NotAllowedError):
            return message(request, "not_allowed", 403)
        if isinstance(error, UnknownNameError):
            return message(request, "not_found", 404, error)
        return message(request, "failed", 500, error) if isinstance(error, FyrbakError) else None
