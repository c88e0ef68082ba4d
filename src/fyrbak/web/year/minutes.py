"""Minutes: read before they are frozen, frozen, and handed out as page, Word and PDF from what was frozen."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localtime

from fyrbak.access.roles import Deed
from fyrbak.errors import BadInputError
from fyrbak.goals.year import proceedings, selectors
from fyrbak.goals.year.models import Meeting
from fyrbak.reports import formats
from fyrbak.reports.minutes import minutes as written
from fyrbak.reports.minutes import proceedings as happened
from fyrbak.reports.minutes import to_freeze
from fyrbak.reports.papers.html import article
from fyrbak.reports.papers.paper import Paper, paper_from
from fyrbak.reports.papers.pdf import pdf
from fyrbak.reports.papers.word import word
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.downloads import download
from fyrbak.web.language import language_of
from fyrbak.web.year import typed
from fyrbak.web.year.frame import writing, year_page


@allowed()
def minutes(request: Request, meeting: int) -> HttpResponse:
    """The minutes as they were frozen, or as they would be now."""
    words, lang = Words(language_of(request)), language_of(request)
    found = selectors.meeting(request.actor, meeting)
    kept, fault = _kept(found), None
    if request.method == "POST":
        request.actor.must(Deed.RUN_MEETING, found.group.owner_id)
        fault = typed.attempt(lambda: _freeze(request, found), words)
        if fault is None:
            return redirect("meeting_minutes", found.pk)
    frozen = found.minutes if kept else None
    return year_page(
        request, "minutes", title=words("year.minutes"), group=found.group, meeting=found, fault=fault,
        article=article(kept or written(happened(found))), frozen=frozen,
        told=words("year.minutes.frozen", at=formats.moment(localtime(frozen.at), lang), name=frozen.by_name)
        if frozen else "",
        planned=found.state == Meeting.State.PLANNED,
    )  # fmt: skip


def _freeze(request: Request, found: Meeting) -> None:
    if "sure" not in request.POST:
        raise BadInputError("tick the box first.", word="year.fault.sure")
    compose = partial(to_freeze, by_name=request.actor.name)
    proceedings.freeze_minutes(meeting=found, compose=compose, **writing(request))


def _kept(found: Meeting) -> Paper | None:
    """The frozen paper; None before it is."""
    return paper_from(found.minutes.content.encode()) if found.state == Meeting.State.HELD else None


@allowed()
def minutes_word(request: Request, meeting: int) -> HttpResponse:
    """The frozen minutes as a Word file."""
    found, paper = _frozen(request, meeting)
    return download(word(paper), f"protokoll-{found}.docx".replace(":", "-"))


@allowed()
def minutes_pdf(request: Request, meeting: int) -> HttpResponse:
    """The frozen minutes as a tagged PDF."""
    found, paper = _frozen(request, meeting)
    return download(pdf(paper), f"protokoll-{found}.pdf".replace(":", "-"))


def _frozen(request: Request, meeting: int) -> tuple[Meeting, Paper]:
    found = selectors.meeting(request.actor, meeting)
    paper = _kept(found)
    if paper is None:
        raise Http404
    return found, paper
