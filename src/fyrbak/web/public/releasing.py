"""Giving a table out: first what would be hidden, then the deed, which cannot be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.definitions import pick
from fyrbak.errors import FyrbakError
from fyrbak.measures.definitions import DIMENSIONS, Measure, Text
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.definitions import measures as all_measures
from fyrbak.measures.given_out import entries, results_from
from fyrbak.measures.releases import Release, proposed, release
from fyrbak.measures.results import Result
from fyrbak.records.organisations import COUNTRY, organisation
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports import formats
from fyrbak.reports.public.releases import last_period, name_of, table_of
from fyrbak.reports.words import Words
from fyrbak.web import ground
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import message, page
from fyrbak.web.subject import Field

# How a yearly table may be cut here; any other cut can be given out by the command.
_WAYS = ("", "region", "pathway", "sex", "age_group", "region,sex")
_ROUNDINGS = ("", "5", "10")


@dataclass(frozen=True)
class _Asked:
    """Which table somebody wants to give out."""

    measure: Measure
    by: tuple[str, ...]
    round_to: int | None

    @classmethod
    def read(cls, told: Mapping[str, str]) -> _Asked:
        """Read it from a form or an address. Raises UnknownNameError for what there is no choice of."""
        by = pick("cut", told.get("by", ""), list(_WAYS))
        rounded = pick("rounding", told.get("round_to", ""), list(_ROUNDINGS))
        return cls(
            measure_named(told.get("measure", "")),
            tuple(by.split(",")) if by else (),
            int(rounded) if rounded else None,
        )


@never_cache
@allowed(Deed.RELEASE)
def releasing(request: Request) -> HttpResponse:
    """Choose a table, see what would be hidden, give it out."""
    opened = ground.snapshot()
    if opened is None:
        return message(request, "empty", 200)
    if request.method == "POST":
        return _give_out(request, opened)
    if "measure" not in request.GET:
        return _page(request)
    request.actor.must(Deed.RELEASE, COUNTRY)
    try:
        asked = _Asked.read(request.GET)
        entry, table = proposed(opened, asked.measure, by=asked.by, interval="year", round_to=asked.round_to)
    except FyrbakError as fault:
        return _page(request, fault=str(fault))
    return _page(request, preview=_preview(asked, entry, results_from(entry, table), request))


def _give_out(request: Request, opened: Snapshot) -> HttpResponse:
    request.actor.must(Deed.RELEASE, COUNTRY)
    try:
        asked = _Asked.read(request.POST)
        entry = release(
            opened, asked.measure, by=asked.by, interval="year", round_to=asked.round_to,
            by_whom=_by_whom(request.actor), at=timezone.localtime(), note=request.POST.get("note", ""),
        )  # fmt: skip
    except FyrbakError as fault:
        return _page(request, fault=str(fault))
    return redirect(f"{reverse('releasing')}?done={entry.number}")


def _by_whom(actor: Actor) -> str:
    """A function and an organisation: the ledger names no persons."""
    w = Words("sv")
    role = formats.sentence_case(w(f"access.role.{actor.role}"))
    return f"{role}, {w.of(organisation(actor.organisation), 'name')}"


def _preview(asked: _Asked, entry: Release, rows: Sequence[Result], request: Request) -> dict[str, Any]:
    lang = language_of(request)
    w, shown = Words(lang), last_period(entry, rows)
    numbers = {
        name: formats.integer(number, lang)
        for name, number in (
            ("rows", entry.rows), ("hidden", entry.suppressed), ("held", entry.held),
            ("small", entry.small), ("asked", entry.asked),
        )
    }  # fmt: skip
    return {
        "title": w("releasing.preview.title", measure=w.text(asked.measure.title)),
        "lead": w("releasing.preview.lead", **{name: numbers[name] for name in ("rows", "hidden", "held")}),
        "judged": w("releasing.preview.judged", small=numbers["small"], asked=numbers["asked"]),
        "table": table_of(asked.measure, shown, asked.by, w("releasing.preview.rows"), lang),
        "by_whom": _by_whom(request.actor),
    }


def _page(request: Request, *, preview: dict[str, Any] | None = None, fault: str = "") -> HttpResponse:
    lang = language_of(request)
    w, told = Words(lang), request.POST or request.GET
    return page(
        request, "public/releasing", title=w("releasing.title"), fault=fault, preview=preview,
        for_country=request.actor.sees(COUNTRY), done=request.GET.get("done", ""),
        note=told.get("note", ""), choices=_choices(told, w),
        given=[(one, name_of(one, lang)) for one in reversed(entries())],
        status=400 if fault else 200,
    )  # fmt: skip


def _choices(told: Mapping[str, str], w: Words) -> list[Field]:
    """The fields of the form."""

    def cut(way: str) -> str:
        named: list[Text] = [DIMENSIONS[name] for name in way.split(",") if name]
        return w.listed([w.text(one).lower() for one in named]) or w("releasing.by.none")

    return [
        Field("measure", w("releasing.measure"), told.get("measure", ""),
              [(one.id, w.text(one.title)) for one in all_measures()]),
        Field("by", w("releasing.by"), told.get("by", "region"), [(way, cut(way)) for way in _WAYS]),
        Field("round_to", w("releasing.round_to"), told.get("round_to", ""),
              [(one, one or w("releasing.round_to.none")) for one in _ROUNDINGS]),
    ]  # fmt: skip
