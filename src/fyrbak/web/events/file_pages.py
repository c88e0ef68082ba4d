"""Files of events: send one, see what waits, and read what became of each, row by row."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localtime, now
from django.views.decorators.cache import never_cache

from fyrbak.access.actor import OutOfSightError
from fyrbak.access.roles import Deed
from fyrbak.pathways.events.files import Report, as_sent, send_file
from fyrbak.pathways.events.models import EventFile
from fyrbak.reports import events as told
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.downloads import download
from fyrbak.web.events.forms import FileForm
from fyrbak.web.language import language_of
from fyrbak.web.pages import page

_SHOWN = 50  # files in the list
_HEADINGS = ("line", "pathway", "point", "day", "rule", "text")


@never_cache
@allowed(Deed.REGISTER_EVENTS)
def files(request: Request) -> HttpResponse:
    """Send a file, and the files that have been sent."""
    words = Words(language_of(request))
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FileForm(words, *posted)
    form.regions(request.actor)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        request.actor.must(Deed.REGISTER_EVENTS, given["region"])
        sent = as_sent(
            content=given["file"].read(), name=given["file"].name, region=given["region"], rows=given["rows"],
            by_name=request.actor.name, at=now(),
        )  # fmt: skip
        return redirect("svf_file", send_file(sent=sent).key)
    known = EventFile.objects.defer("content").select_related("outcome").order_by("-at")[:_SHOWN]
    return page(
        request, "events/files", title=words("events.files"), form=form, status=422 if form.errors else 200,
        may_send=bool(form["region"].field.choices),  # type: ignore[attr-defined]
        crumbs=((words("events.worklist"), reverse("svf_worklist")),),
        rows=[
            {
                "name": one.name,
                "address": reverse("svf_file", args=[one.key]),
                "at": formats.moment(localtime(one.at), language_of(request)),
                "who": one.by_name,
                "state": _state(one, words),
            }
            for one in known
        ],
    )  # fmt: skip


@never_cache
@allowed(Deed.REGISTER_EVENTS)
def file(request: Request, key: UUID) -> HttpResponse:
    """What became of one file."""
    words = Words(language_of(request))
    sent, report = _found(key)
    return page(
        request, "events/file", title=sent.name, report=report,
        state=formats.sentence_case(_state(sent, words)),
        fault=words(report.fault, **report.names) if report and report.fault else "",
        crumbs=((words("events.files"), reverse("svf_files")),),
        download=reverse("svf_file_rows", args=[sent.key]) if report and report.rows else "",
        rows=[_row(one, words) for one in report.rows] if report else [],
    )  # fmt: skip


@never_cache
@allowed(Deed.REGISTER_EVENTS)
def rows(request: Request, key: UUID) -> HttpResponse:
    """What is said of the rows, for a spreadsheet."""
    words = Words(language_of(request))
    sent, report = _found(key)
    text = io.StringIO()
    writer = csv.DictWriter(text, _HEADINGS, delimiter=";")
    writer.writerow({name: words(f"events.file.{name}") for name in _HEADINGS})
    writer.writerows(_row(one, words) for one in (report.rows if report else ()))
    name = f"{words('events.file.name')}-{sent.at:%Y-%m-%d}.csv"
    return download(text.getvalue().encode("utf-8-sig"), name)


def _found(key: UUID) -> tuple[EventFile, Report | None]:
    sent = EventFile.objects.defer("content").select_related("outcome").filter(key=key).first()
    if sent is None:
        raise OutOfSightError
    return sent, Report.of(sent.outcome) if hasattr(sent, "outcome") else None


def _state(sent: EventFile, words: Words) -> str:
    """How a file stands, in a few words."""
    if not hasattr(sent, "outcome"):
        return words("events.file.waits")
    report = Report.of(sent.outcome)
    if report.fault:
        return words("events.file.refused")
    if report.known:
        return words("events.file.known")
    lang = formats.language(words.lang)
    counts = {
        name: formats.integer(getattr(report, name), lang)
        for name in ("read", "landed", "unchanged", "refused")
    }
    return words("events.file.taken", **counts)


def _row(one: Any, words: Words) -> dict[str, str]:
    return {
        "line": str(one.line),
        "pathway": told.pathway_title(one.pathway, words),
        "point": told.point_title(one.point, words),
        "day": one.day,
        "rule": one.rule,
        "text": str(getattr(one, words.lang)),
    }
