"""Taking in a receipt: as the file that came, or by writing which rows were refused."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_POST

from fyrbak.access.roles import Deed
from fyrbak.errors import BadInputError, FyrbakError
from fyrbak.pathways.deliveries import services
from fyrbak.pathways.deliveries.models import Receipt
from fyrbak.pathways.deliveries.receipts import Refused
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.reporting.delivery_pages import delivery_page, found
from fyrbak.web.reporting.frame import brought


@allowed(Deed.DELIVER_PATHWAYS)
@require_POST
def receipt_file(request: Request, key: UUID) -> HttpResponse:
    """Take in a receipt as a file. Where it is of another of the region's deliveries it is entered there."""
    about, words = found(request, key), Words(language_of(request))
    try:
        name, content = brought(request)
        taken, new = services.take_receipt_file(
            region=about.region_id, name=name, content=content, received=localdate(),
            by_name=request.actor.name, at=now(),
        )  # fmt: skip
    except FyrbakError as error:
        return delivery_page(request, about, fault=words.error(error))
    return delivery_page(request, taken.delivery, told=_told(taken, words, new=new))


@allowed(Deed.DELIVER_PATHWAYS)
@require_POST
def receipt_form(request: Request, key: UUID) -> HttpResponse:
    """Take in a receipt that somebody has read: a line for each refused row, its number and the code."""
    about, words = found(request, key), Words(language_of(request))
    typed = request.POST.get("refused", "")
    try:
        taken, new = services.take_receipt(
            delivery=about,
            refused=_refused(typed),
            received=localdate(),
            by_name=request.actor.name,
            at=now(),
        )
    except FyrbakError as error:
        return delivery_page(request, about, fault=words.error(error), typed={"refused": typed})
    return delivery_page(request, about, told=_told(taken, words, new=new))


def _refused(typed: str) -> tuple[Refused, ...]:
    """The lines as rows and codes. Raises BadInputError for a line that is not a number and a code."""
    found = []
    for place, line in enumerate(typed.splitlines(), start=1):
        parts = line.replace(";", " ").split()
        if len(parts) not in (0, 2):
            raise BadInputError(
                f"line {place}: write the row's number and the code, with a space between.",
                word="reporting.fault.typed_line",
                line=place,
            )
        if parts:
            found.append(Refused(*parts))
    return tuple(dict.fromkeys(found))


def _told(receipt: Receipt, words: Words, *, new: bool) -> str:
    key = "reporting.receipt.taken" if new else "reporting.receipt.known"
    return words(key, accepted=receipt.accepted, refused=receipt.refused)
