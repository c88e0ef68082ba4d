"""The monthly file: which months are delivered, what is looked at before, each delivery with its receipt."""

from __future__ import annotations

import json
from typing import Any, NoReturn
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localtime, now
from django.views.decorators.http import require_GET

from fyrbak.access.actor import OutOfSightError
from fyrbak.access.roles import Deed
from fyrbak.errors import FyrbakError
from fyrbak.pathways.definitions import pathway
from fyrbak.pathways.deliveries import selectors, services
from fyrbak.pathways.deliveries.cases import Month
from fyrbak.pathways.deliveries.cases import month as month_named
from fyrbak.pathways.deliveries.layout import layout_of, receipt_layout
from fyrbak.pathways.deliveries.manifest import file_name, manifest_of
from fyrbak.pathways.deliveries.models import Delivery, KeptFile
from fyrbak.pathways.kept import content_version
from fyrbak.records.organisations import organisation
from fyrbak.remembered import Remembered
from fyrbak.reports import formats
from fyrbak.reports.words import Words, catalogue
from fyrbak.web import ground
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.reporting.frame import (
    choices,
    chosen_region,
    crumbs,
    fetched,
    month_in_words,
    shown_snapshot,
)

_MONTHS = 12
_proposals = Remembered[services.Proposed](32)


@allowed(Deed.DELIVER_PATHWAYS)
def deliveries(request: Request) -> HttpResponse:
    """The latest months of a region: delivered or not, and what the receiver answered."""
    lang = language_of(request)
    words, region, facts = Words(lang), chosen_region(request), ground.facts()
    months = selectors.months(region, facts.as_of, _MONTHS) if facts else []
    rows = [
        {
            "state": one,
            "month": month_in_words(one.month.first, words),
            "rows": formats.integer(one.delivery.rows, lang) if one.delivery else "",
            "refused": formats.integer(one.receipt.refused, lang) if one.receipt else "",
        }
        for one in months
    ]
    return page(
        request, "reporting/deliveries", title=words("reporting.deliveries"), section="work", rows=rows,
        region=region, who=words.of(organisation(region), "name"), choices=choices(request, region, words),
        kept=_kept(region, words), crumbs=crumbs(words)[:1],
    )  # fmt: skip


@allowed(Deed.DELIVER_PATHWAYS)
def month_page(request: Request, region: str, month: str) -> HttpResponse:
    """A month before it is sent: its rows, what was looked at, and its versions. Sending makes the file."""
    request.actor.must(Deed.DELIVER_PATHWAYS, region)
    lang = language_of(request)
    words, fault, proposed = Words(lang), "", None
    try:
        wanted = month_named(month)
    except FyrbakError as error:
        raise OutOfSightError(str(error)) from None
    try:
        if request.method == "POST":
            made, _ = services.deliver(
                snapshot=shown_snapshot(), region=region, month=wanted, by_name=request.actor.name, at=now()
            )
            return redirect("delivery", made.pk)
        proposed = _proposed(region, wanted)
    except FyrbakError as error:
        fault = words.error(error)
    looked = [check.row() for check in proposed.checks] if proposed else []
    return page(
        request, "reporting/month", section="work", status=422 if fault else 200, fault=fault,
        title=words("reporting.month.title", month=month_in_words(wanted.first, words)),
        who=words.of(organisation(region), "name"), proposed=proposed, checks=told_checks(looked, words),
        rows=formats.integer(proposed.file.rows, lang) if proposed else "",
        versions=selectors.versions(region, wanted), crumbs=crumbs(words),
    )  # fmt: skip


def _proposed(region: str, wanted: Month) -> services.Proposed:
    """The month as it would be sent now, put together once for each state of data, rules and deliveries."""
    snapshot, sent = shown_snapshot(), tuple(selectors.versions(region, wanted).values_list("pk", flat=True))
    state = (snapshot.id, content_version(), region, wanted, sent)
    return _proposals.of(state, lambda: services.propose(snapshot=snapshot, region=region, month=wanted))


@allowed(Deed.DELIVER_PATHWAYS)
def delivery(request: Request, key: UUID) -> HttpResponse:
    """One delivery: what was sent, and what came back."""
    return delivery_page(request, found(request, key))


def delivery_page(
    request: Request, about: Delivery, *, fault: str = "", told: str = "", typed: dict[str, str] | None = None
) -> HttpResponse:
    """The page of a delivery, with what was just done or could not be done to it."""
    lang = language_of(request)
    words, receipt = Words(lang), about.receipts.first()
    layout = layout_of(about.layout)
    rows = selectors.refused(receipt) if receipt else []
    cases = selectors.case_keys(about.region_id, rows)
    refused = [
        {
            "address": reverse("svf_case", args=[cases[one.row]]) if one.row in cases else "",
            "row": one.row,
            "code": one.code,
            "why": getattr(one.reason.text, lang) if one.reason else words("reporting.reason.unknown"),
            "mend": getattr(one.reason.mend, lang) if one.reason else words("reporting.mend.unknown"),
            "pathway": _pathway(one.facts.get("pathway", ""), words),
            "start": one.facts.get("start_date", ""),
            "end": one.facts.get("end_date", ""),
            "unit": _unit(one.facts.get("hospital", ""), words),
        }
        for one in rows
    ]
    month = month_in_words(about.month, words)
    return page(
        request, "reporting/delivery", section="work", crumbs=crumbs(words), delivery=about, receipt=receipt,
        title=words("reporting.delivery.title", month=month, version=about.version),
        who=words.of(organisation(about.region_id), "name"), refused=refused,
        rows=formats.integer(about.rows, lang), name=file_name(about, "csv"),
        accepted=formats.integer(receipt.accepted, lang) if receipt else "",
        number=formats.integer(receipt.refused, lang) if receipt else "", fault=fault, told=told,
        made=formats.moment(localtime(about.at), lang), layout=layout, typed=typed or {},
        reasons=[(one.id, getattr(one.text, lang)) for one in receipt_layout().reasons],
        checks=told_checks(about.checks, words), latest=not hasattr(about, "superseded_by"),
        columns=[(one.name, getattr(one.text, lang)) for one in layout.used(identified=about.identified)],
    )  # fmt: skip


@allowed(Deed.DELIVER_PATHWAYS)
@require_GET
def download(request: Request, key: UUID, kind: str) -> HttpResponse:
    """The file as it was sent, or its manifest."""
    about = found(request, key)
    if kind == "csv":
        return fetched(bytes(about.content), file_name(about, "csv"))
    if kind == "json":
        told = json.dumps(manifest_of(about), ensure_ascii=False, indent=1) + "\n"
        return fetched(told.encode(), file_name(about, "json"))
    return nothing()


def found(request: Request, key: UUID) -> Delivery:
    """The delivery at an address, if the reader sees it. Raises OutOfSightError."""
    about = Delivery.objects.filter(pk=key).select_related("supersedes").first() or nothing()
    request.actor.must(Deed.DELIVER_PATHWAYS, about.region_id)
    return about


def nothing() -> NoReturn:
    """Answer as where nothing is."""
    raise OutOfSightError


def told_checks(looked: list[dict[str, Any]], words: Words) -> list[dict[str, Any]]:
    """The checks in words, those that ask for a look first."""
    lang = formats.language(words.lang)
    rows = [
        {
            "asks": check["asks"],
            "text": words(
                f"reporting.check.{check['rule']}",
                about=_about(check, words),
                rows=formats.integer(check["rows"], lang),
            ),
        }
        for check in looked
    ]
    return sorted(rows, key=lambda row: not row["asks"])


def _about(check: dict[str, Any], words: Words) -> str:
    key = f"reporting.impossible.{check['about']}"
    return words(key) if key in catalogue() else str(check["about"])


def _pathway(name: str, words: Words) -> str:
    try:
        return words.text(pathway(name).title)
    except FyrbakError:
        return name


def _unit(code: str, words: Words) -> str:
    try:
        return words.of(organisation(code), "name")
    except FyrbakError:
        return code


def _kept(region: str, words: Words) -> list[dict[str, object]]:
    return [
        {"name": one.name, "fault": words(one.fault, **one.names), "at": one.at}
        for one in selectors.kept_files(region, KeptFile.Kind.RECEIPT)[:20]
    ]
