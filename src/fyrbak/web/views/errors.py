"""What a reader sees when an address leads nowhere or something breaks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from fyrbak.web.pages import message


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """There is no page at the address."""
    return message(request, "not_found", 404)


def failed(request: HttpRequest) -> HttpResponse:
    """A fault of ours. What it was stands in the log, not on the page."""
    return message(request, "failed", 500)
