"""The network address that a request comes from."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The sender's address: as one's own proxy tells it where there is one, else as the connection has it.

    A proxy adds the address it was asked from at the end; what a sender claims before that counts for
    nothing.
    """
    told = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.PROXY else ""
    return str(told.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", ""))
