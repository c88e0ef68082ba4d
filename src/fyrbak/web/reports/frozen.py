"""Freezing a report, and reading what was frozen: stored as it was made, at an address that stays."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fyrbak.access.roles import Deed
from fyrbak.errors import FyrbakError
from fyrbak.reports.builder import freezing, selectors
from fyrbak.reports.builder.review import review
from fyrbak.reports.models import ReportRelease
from fyrbak.reports.words import Words
from fyrbak.web import ground
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.downloads import KINDS, download
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb, page
from fyrbak.web.reports.reach import draft_of, frozen_of
from fyrbak.web.reports.rests_on import rests_on
from fyrbak.web.reports.writing import crumbs, crumbs_to, red_list

NAME = 12  # letters of the hash in an address
FILES = ("report.pdf", "report.docx", "report.xlsx", freezing.DATA)


@allowed(Deed.BUILD_REPORT)
@require_http_methods(["GET", "POST"])
def freeze(request: Request, key: int) -> HttpResponse:
    """Freeze the report, once somebody has seen what it means."""
    draft, words, why = draft_of(request.actor, key), Words(language_of(request)), ""
    if request.method == "POST":
        try:
            made = freezing.freeze_report(
                draft=draft, snapshot=ground.snapshot(), by_name=request.actor.name, at=now()
            )
            return redirect("frozen", made.sha256[:NAME])
        except FyrbakError as error:
            why = words.error(error)
    found = review(selectors.parts(draft), rests_on(draft))
    return page(
        request, "reports/freeze", title=words("builder.freeze"), section="work", draft=draft, why=why,
        crumbs=crumbs_to(draft, words), ready=found.ready, red=red_list(found, words),
        status=422 if why else 200,
    )  # fmt: skip


@require_GET
def read(request: Request, name: str) -> HttpResponse:
    """A frozen report, as it was made, with its files."""
    report, words = frozen_of(name), Words(language_of(request))
    article = report.files.filter(name=freezing.ARTICLE).values_list("content", flat=True).get()
    released = ReportRelease.objects.filter(report=report).first()
    own = request.actor.may(Deed.BUILD_REPORT, report.owner_id)
    way: tuple[Crumb, ...] = crumbs(words) if own else ()
    return page(
        request, "reports/frozen", title=report.title, section="work", crumbs=way, report=report,
        name=report.sha256[:NAME], article=bytes(article).decode(), files=FILES, released=released,
        may_release=not released and request.actor.may(Deed.RELEASE, report.owner_id),
        address=request.build_absolute_uri(reverse("frozen", args=[report.sha256])), own=own,
    )  # fmt: skip


@require_GET
def file(request: Request, name: str, file: str) -> HttpResponse:  # noqa: ARG001 - Django gives the request
    """A file of a frozen report, as it was made."""
    report = frozen_of(name)
    if file.rpartition(".")[2] not in KINDS:
        raise Http404
    if file == freezing.DATA:
        content = report.data.encode()
    else:
        stored = report.files.filter(name=file).values_list("content", flat=True).first()
        if stored is None:
            raise Http404
        content = bytes(stored)
    # Pictures stand in the page; all else is saved, and every report's files have names of their own.
    response = download(content, f"{report.sha256[:NAME]}-{file}", inline=file.endswith(".svg"))
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


@allowed(Deed.RELEASE)
@require_POST
def release(request: Request, name: str) -> HttpResponse:
    """Give the report out. From then on anybody may read it."""
    report = frozen_of(name)
    request.actor.must(Deed.RELEASE, report.owner_id)
    freezing.release_report(report=report, by_name=request.actor.name, at=now())
    return redirect("frozen", name)
