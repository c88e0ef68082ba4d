"""Pages that rest on snapshot, content and releases alone: made once, kept until any of them changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from fyrbak.web import ground
from fyrbak.web.language import language_of

_MOST = 128
_OK = 200
_pages: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
View = Callable[..., HttpResponse]


def kept(view: View) -> View:
    """Keep what the view answers, by snapshot, ledger, address and language; of many the oldest goes."""

    @wraps(view)
    def answer(request: HttpRequest, **names: Any) -> HttpResponse:
        facts = ground.facts()
        state = (facts.id, ground.ledger_changed()) if facts else None
        key = (state, request.get_full_path(), language_of(request))
        if key in _pages:
            return HttpResponse(_pages[key])
        response = view(request, **names)
        if response.status_code == _OK and facts:
            _pages[key] = response.content
            while len(_pages) > _MOST:
                _pages.popitem(last=False)
        return response

    return answer
