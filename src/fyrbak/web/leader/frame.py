"""What the pages of the leader's week share: who may see them, the choice and the row of links."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from fyrbak.access.roles import Deed
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports.words import Words
from fyrbak.web import ground
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.kept import kept
from fyrbak.web.language import language_of
from fyrbak.web.leader.choice import Choice, choice, fields, home_region, who
from fyrbak.web.pages import message, page
from fyrbak.web.subject import Field, View

_PAGES = (
    ("leader_week", "leader.view.week"),
    ("leader_blocks", "leader.view.blocks"),
    ("leader_block_charts", "leader.view.block_charts"),
    ("leader_over_time", "leader.view.over_time"),
    ("leader_compare", "leader.view.compare"),
)
Looked = Callable[[HttpRequest, Snapshot, Choice], HttpResponse]


def of_a_region(view: Looked) -> Callable[[Request], HttpResponse]:
    """A page of what is chosen, for whoever leads pathways; kept for all while snapshot and address stay.

    Without a region in the address the reader is sent to the own one, so that an address says all.
    """

    @kept
    def shown(request: HttpRequest) -> HttpResponse:
        opened = ground.snapshot()
        chosen = choice(opened, request.GET) if opened else None
        if opened is None or chosen is None:
            return message(request, "empty", 200)
        return view(request, opened, chosen)

    @allowed(Deed.LEAD_PATHWAYS)
    @wraps(view)
    def answer(request: Request) -> HttpResponse:
        if not request.GET.get("region"):
            asked = {**request.GET.dict(), "region": home_region(request.actor)}
            return redirect(f"{request.path}?{urlencode(asked)}")
        return shown(request)

    return answer


def week_page(
    request: HttpRequest, here: str, chosen: Choice, *, also: Sequence[Field] = (), **content: Any
) -> HttpResponse:
    """One of the pages of the week; ``here`` names its address, ``also`` are choices of that page alone."""
    words = Words(language_of(request))
    views = [View(words(key), reverse(name) + chosen.address, name == here) for name, key in _PAGES]
    return page(
        request, f"leader/{here.removeprefix('leader_')}", title=words("leader.title"), section="work",
        who=who(chosen, words), views=views, chosen=chosen, choices=[*fields(chosen, words), *also],
        **content,
    )  # fmt: skip
