"""Reports that have been given out: as they were frozen, with their files."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from fyrbak.reports.builder import freezing
from fyrbak.reports.builder.selectors import released_report, released_reports
from fyrbak.reports.words import Words
from fyrbak.web.downloads import KINDS
from fyrbak.web.language import language_of
from fyrbak.web.public.frame import address, open_page
from fyrbak.web.public.given_away import conditional, page_given_away
from fyrbak.web.reports.frozen import FILES, NAME


@page_given_away
def reports(request: HttpRequest) -> HttpResponse:
    """The reports that have been given out, the latest first."""
    w = Words(language_of(request))
    rows = [(one, one.sha256[:NAME], w.of(one.owner, "name")) for one in released_reports()]
    return open_page(request, "reports", title=w("public.reports"), section="open_reports", rows=rows)


@page_given_away
def report(request: HttpRequest, name: str) -> HttpResponse:
    """One report, word for word as it was frozen, in the language it was written in."""
    w, found = Words(language_of(request)), released_report(name)
    article = found.files.filter(name=freezing.ARTICLE).values_list("content", flat=True).get()
    return open_page(
        request, "report", title=found.title, section="open_reports", report=found, files=FILES,
        crumbs=((w("public.reports"), address("open_reports", w.lang)),), synthetic=found.synthetic,
        article=bytes(article).decode(), name=found.sha256[:NAME],
    )  # fmt: skip


def file(request: HttpRequest, name: str, file: str) -> HttpResponse:
    """A file of a report, known again by its own hash."""
    found, kind = released_report(name), KINDS.get(file.rpartition(".")[2])
    if kind is None:
        raise Http404
    if file == freezing.DATA:
        content, tag = found.data.encode(), found.sha256
    else:
        stored = found.files.filter(name=file).first()
        if stored is None:
            raise Http404
        content, tag = bytes(stored.content), stored.sha256
    return conditional(request, content, kind, etag=tag, changed=found.release.at)
