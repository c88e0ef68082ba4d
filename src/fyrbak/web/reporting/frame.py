"""What the pages of reporting share: whose region it is about, the way here, and files that are fetched."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.urls import reverse

from fyrbak.access.actor import OutOfSightError
from fyrbak.access.roles import Deed
from fyrbak.errors import BadInputError
from fyrbak.records.organisations import Organisation, regions
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.web import ground
from fyrbak.web.allowed import Request
from fyrbak.web.downloads import download
from fyrbak.web.pages import Crumb

_MOST_BYTES = 20_000_000


def own_regions(request: Request) -> list[Organisation]:
    """The regions that the reader delivers for, in official order."""
    return [one for one in regions() if request.actor.may(Deed.DELIVER_PATHWAYS, one.code)]


def chosen_region(request: Request) -> str:
    """The region asked for, or the reader's first. Raises OutOfSightError for another's, or without any."""
    own = own_regions(request)
    code = request.GET.get("region", "") or (own[0].code if own else "")
    if code not in {one.code for one in own}:
        raise OutOfSightError
    return code


def choices(request: Request, region: str, words: Words) -> list[dict[str, Any]]:
    """The choice of a region; none for those who have only one."""
    own = own_regions(request)
    if len(own) < 2:
        return []
    options = [(one.code, words.of(one, "name")) for one in own]
    return [{"name": "region", "label": words("reporting.region"), "options": options, "chosen": region}]


def shown_snapshot() -> Snapshot:
    """The snapshot that pages show. Raises BadInputError before there is one."""
    found = ground.snapshot()
    if found is None:
        raise BadInputError("there are no data yet.", word="reporting.fault.no_data")
    return found


def crumbs(words: Words) -> tuple[Crumb, ...]:
    """The way to what is delivered."""
    return ((words("work.title"), reverse("work")), (words("reporting.deliveries"), reverse("deliveries")))


def brought(request: Request) -> tuple[str, bytes]:
    """Name and content of the file in a form. Raises BadInputError without one, or for one too large."""
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile):
        raise BadInputError("choose a file.", word="reporting.fault.no_file")
    if (sent.size or 0) > _MOST_BYTES:
        raise BadInputError("the file is too large.", word="reporting.fault.large")
    return sent.name or "", sent.read()


def fetched(content: bytes, name: str) -> HttpResponse:
    """A file to save. It is never kept on the way."""
    response = download(content, name)
    response.headers["Cache-Control"] = "no-store"
    return response


def month_in_words(day: date, words: Words) -> str:
    """maj 2025 or May 2025."""
    return formats.month_in_text(day, formats.language(words.lang))
