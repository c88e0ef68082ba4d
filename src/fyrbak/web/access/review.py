"""Looking through who opened whose record, and marking it as reviewed."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localtime

from fyrbak.access import log
from fyrbak.access.models import Entry
from fyrbak.access.roles import Deed
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import page

_SHOWN = 50
_CHOICES = ("unreviewed", "glass", "all")


@allowed(Deed.REVIEW_ACCESS)
def access_log(request: Request) -> HttpResponse:
    """The openings in the reviewer's organisations, the latest first: those not reviewed, or all."""
    words = Words(language_of(request))
    shown = request.GET.get("show", "")
    shown = shown if shown in _CHOICES else _CHOICES[0]
    entries = log.unreviewed() if shown == "unreviewed" else log.openings()
    if shown == "glass":
        entries = entries.filter(kind=Entry.Kind.BROKE_GLASS)
    if before := entries.filter(hash=request.GET.get("before", "")).first():
        entries = entries.filter(pk__lt=before.pk)
    found = list(entries[: _SHOWN + 1])
    return page(
        request, "access/log", title=words("access.log"), shown=shown,
        choices=[(one, words(f"access.log.{one}"), one == shown) for one in _CHOICES],
        rows=[_told(entry, words) for entry in found[:_SHOWN]],
        further=found[_SHOWN - 1].hash if len(found) > _SHOWN else "",
        whole=log.is_whole() if "verify" in request.GET else None,
    )  # fmt: skip


@allowed(Deed.REVIEW_ACCESS)
def entry(request: Request, handle: str) -> HttpResponse:
    """One opening with its readings and reviews; mark it as reviewed with a note."""
    words = Words(language_of(request))
    found = log.openings().filter(hash=handle).first()
    if found is None:
        raise Http404
    fault = ""
    if request.method == "POST":
        try:
            if log.review(opening=handle, note=request.POST.get("note", "")):
                return redirect("access_log")
            fault = words("access.log.own")
        except log.ReasonMissingError as error:
            fault = words.error(error)
    return page(
        request, "access/entry", title=words("access.log.entry"), fault=fault, row=_told(found, words),
        own=found.account_id == request.actor.account, note=request.POST.get("note", ""),
        later=[_told(one, words) for one in found.later.all()],
    )  # fmt: skip


def _told(entry: Entry, words: Words) -> dict[str, object]:
    """An entry in words."""
    lang = formats.language(words.lang)
    return {
        "handle": entry.hash,
        "at": formats.moment(localtime(entry.at), lang),
        "kind": words(f"access.log.kind.{entry.kind}"),
        "glass": entry.kind == Entry.Kind.BROKE_GLASS,
        "who": entry.name,
        "role": words(f"access.role.{entry.role}"),
        "place": words.of(entry.organisation, "name"),
        "whom": entry.pseudonym or "",
        "why": entry.why,
        "reviewed": entry.reviewed,
    }
