"""What comes from outside holds no NUL: nobody types one, and PostgreSQL keeps none in a text."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, QueryDict

_NUL = "\0"


class PlainTextMiddleware:
    """Leaves NULs out of fields, and finds no page at an address that has one."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.GET = _plain(request.GET)  # type: ignore[assignment]
        return self.respond(request)

    def process_view(self, request: HttpRequest, _view: object, _args: object, _names: object) -> None:
        """Before the view: fields of a form are read now, as the check of its token does anyway."""
        if _NUL in request.path:
            raise Http404
        if request.method == "POST":
            request.POST = _plain(request.POST)  # type: ignore[assignment]


def _plain(fields: QueryDict) -> QueryDict:
    if not any(_NUL in text for name, texts in fields.lists() for text in (name, *texts)):
        return fields
    plain = QueryDict(mutable=True)
    for name, texts in fields.lists():
        plain.setlist(name.replace(_NUL, ""), [text.replace(_NUL, "") for text in texts])
    return plain
