"""A NUL in what comes from outside: nobody types one, and PostgreSQL keeps none in a text."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, QueryDict

from fyrbak.web.pages import message

_NUL = "\0"


class PlainTextMiddleware:
    """Finds no page at an address with a NUL, leaves it out of what is asked, and says so of a form.

    Forms that tell it at its field do so; this is for those that find out only when they save.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _in(request.GET):
            request.GET = _plain(request.GET)  # type: ignore[assignment]
        return self.respond(request)

    def process_view(self, request: HttpRequest, _view: object, _args: object, _names: object) -> None:
        """Before the view."""
        if _NUL in request.path:
            raise Http404

    def process_exception(self, request: HttpRequest, _error: Exception) -> HttpResponse | None:
        """What went wrong with a form that holds a NUL went wrong for that."""
        held = request.method == "POST" and _in(request.POST)
        return message(request, "unreadable", 400) if held else None


def _in(fields: QueryDict) -> bool:
    return any(_NUL in text for name, texts in fields.lists() for text in (name, *texts))


def _plain(fields: QueryDict) -> QueryDict:
    plain = QueryDict(mutable=True)
    for name, texts in fields.lists():
        plain.setlist(name.replace(_NUL, ""), [text.replace(_NUL, "") for text in texts])
    return plain
