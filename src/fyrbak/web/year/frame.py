"""What the pages of the year share: who runs a group, the way back, and a form that says what is wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from fyrbak.access.roles import Deed
from fyrbak.goals.year.models import Meeting, SteeringGroup
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb, page
from fyrbak.web.year.typed import Fault

UNPROCESSABLE = 422


def year_page(
    request: Request,
    template: str,
    *,
    title: str,
    group: SteeringGroup | None = None,
    meeting: Meeting | None = None,
    fault: Fault | None = None,
    **content: Any,
) -> HttpResponse:
    """A page of the year. With a fault, what was typed is shown again."""
    words = Words(language_of(request))
    crumbs: tuple[Crumb, ...] = (
        ((words("year.groups"), reverse("groups")),) if title != words("year.groups") else ()
    )
    if group and title != words.of(group, "name"):
        crumbs = (*crumbs, (words.of(group, "name"), reverse("group", args=[group.pk])))
    if meeting and title != meeting_name(meeting, words):
        crumbs = (*crumbs, (meeting_name(meeting, words), reverse("meeting", args=[meeting.pk])))
    return page(
        request, f"year/{template}", title=title, section="work", crumbs=crumbs, group=group, meeting=meeting,
        fault=fault, typed=request.POST if fault else None, status=UNPROCESSABLE if fault else 200,
        runs=bool(group and runs(request, group)), **content,
    )  # fmt: skip


class Writing(TypedDict):
    """Who writes, and when."""

    by_name: str
    at: datetime


def writing(request: Request) -> Writing:
    """The actor, now."""
    return Writing(by_name=request.actor.name, at=timezone.now())


def runs(request: Request, group: SteeringGroup) -> bool:
    """Whether the actor leads the meetings of a group."""
    return request.actor.may(Deed.RUN_MEETING, group.owner_id)


def meeting_name(meeting: Meeting, words: Words) -> str:
    """Möte 2, 10 april 2026."""
    day = formats.day_in_text(meeting.day, formats.language(words.lang))
    return words("year.meeting.named", number=meeting.number, day=day)
