"""Returned referrals: counted by centre and month for those who lead, registered by those who assess them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from fyrbak.access.actor import Actor, OutOfSightError
from fyrbak.access.roles import Deed
from fyrbak.definitions import pick
from fyrbak.errors import FyrbakError
from fyrbak.library.returns import services
from fyrbak.library.returns.counts import ALL, Counts, Place, counts
from fyrbak.library.returns.selectors import centres, received, returned, returned_called
from fyrbak.records.models import Organisation
from fyrbak.records.organisations import organisation, regions
from fyrbak.reports import formats
from fyrbak.reports import returns as told
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.downloads import spreadsheet
from fyrbak.web.improvement.asking import sent
from fyrbak.web.improvement.forms import WordedForm
from fyrbak.web.language import language_of
from fyrbak.web.leader.choice import home_region
from fyrbak.web.library.return_forms import CorrectionForm, ReceivedForm, ReturnForm
from fyrbak.web.pages import page
from fyrbak.web.subject import Field
from fyrbak.web.work import Item, Section

_LISTED = 30  # of the latest registrations, enough to find one's own mistake


@dataclass(frozen=True)
class _Asked:
    """Which region, year, month (None: all of them) and centre (ALL: all of them) an address asks for."""

    regions: tuple[str, ...]
    region: str
    years: tuple[int, ...]
    year: int
    month: date | None
    centre: str
    counts: Counts
    on: date

    @cached_property
    def months(self) -> list[date]:
        """The months of the year that have begun."""
        last = self.on.month if self.year == self.on.year else 12
        return [date(self.year, month, 1) for month in range(1, last + 1)]

    @property
    def address(self) -> str:
        """Region and year as the end of an address."""
        return "?" + urlencode({"region": self.region, "year": self.year})


def _asked(request: Request, on: date) -> _Asked:
    """Read an address. Raises UnknownNameError for a region, a year or a month that cannot be chosen."""
    seen, given = _regions(request.actor), request.GET
    region = given.get("region") or seen[0]
    pick("region", region, seen)
    back, told_of = returned(region), received(region)
    years = sorted({on.year, *(one.day.year for one in back), *(one.month.year for one in told_of)})
    year = given.get("year") or str(on.year)
    pick("year", year, [str(one) for one in years])
    found = counts(back, told_of, int(year))
    month = given.get("month", "")
    pick("month", month, ["", *(str(number) for number in range(1, 13))])
    # Whoever changes the region or the year may leave the centre behind.
    centre = given.get("centre", ALL)
    return _Asked(
        tuple(seen), region, tuple(reversed(years)), int(year),
        date(int(year), int(month), 1) if month else None,
        centre if centre in found.centres else ALL, found, on,
    )  # fmt: skip


def _regions(actor: Actor) -> list[str]:
    """The regions that somebody can look at, the own one first; a unit's is the one it lies in."""
    home = home_region(actor)
    seen = [one.code for one in regions() if actor.sees(one.code)] or [home]
    return sorted(seen, key=lambda code: code != home)


@never_cache
@allowed(Deed.REGISTER_EVENTS, Deed.LEAD_PATHWAYS)
def returns(request: Request) -> HttpResponse:
    """How many referrals were returned, by centre, month and reason."""
    lang = language_of(request)
    words, asked = Words(lang), _asked(request, timezone.localdate())
    when = formats.month_in_text(asked.month, lang) if asked.month else str(asked.year)
    who = asked.centre or words("returns.all_centres").lower()
    tables = (
        told.by_centre(asked.counts, asked.month, when, lang),
        told.by_month(asked.counts, asked.centre, asked.months, f"{who}, {asked.year}", lang),
        told.by_reason(asked.counts, Place(asked.month, asked.centre), who, when, lang),
    )
    return page(
        request, "library/returns", title=words("returns.title"), section="work",
        choices=_fields(asked, words), tables=tables if asked.counts.told else (),
        place=_place(request, words),
        file=reverse("returns_file") + asked.address, may=request.actor.may(Deed.REGISTER_EVENTS),
    )  # fmt: skip


@never_cache
@allowed(Deed.REGISTER_EVENTS, Deed.LEAD_PATHWAYS)
def file(request: Request) -> HttpResponse:
    """All of a region's year as CSV."""
    asked = _asked(request, timezone.localdate())
    rows = told.file_rows(asked.counts, asked.region, asked.year, asked.months)
    return spreadsheet(f"returned-referrals-{asked.region}-{asked.year}.csv", told.COLUMNS, rows)


def _fields(asked: _Asked, words: Words) -> list[Field]:
    lang: Language = formats.language(words.lang)
    names = [(code, words.of(organisation(code), "name")) for code in asked.regions]
    months = [
        (str(one.month), formats.sentence_case(formats.month_in_text(one, lang))) for one in asked.months
    ]
    centre_names = [(one, one) for one in asked.counts.centres]
    found = [
        Field("year", words("returns.year"), str(asked.year), [(str(one), str(one)) for one in asked.years]),
        Field(
            "month", words("returns.month"), str(asked.month.month) if asked.month else "",
            [("", words("returns.whole_year")), *months],
        ),
        Field(
            "centre", words("returns.field.centre"), asked.centre,
            [(ALL, words("returns.all_centres")), *centre_names],
        ),
    ]  # fmt: skip
    return (
        [Field("region", words("returns.region"), asked.region, names), *found] if len(names) > 1 else found
    )


def _place(request: Request, words: Words) -> str:
    return words.of(organisation(request.actor.organisation), "name")


@never_cache
@allowed(Deed.REGISTER_EVENTS)
def register(request: Request) -> HttpResponse:
    """Register that a referral was returned; below, the latest ones, which can be corrected."""
    words, on = Words(language_of(request)), timezone.localdate()
    form = ReturnForm(words, sent(request), initial={"day": on})

    def write(given: dict[str, Any]) -> None:
        services.register_return(
            receiver=_receiver(request), **given, on=on, by_name=request.actor.name, at=timezone.now()
        )

    named = told.titles(words)
    latest = [(one, named.get(one.reason, one.reason)) for one in returned()[:_LISTED]]
    return _ask(
        request, form, write, title=words("returns.new"), lead=words("returns.new.lead"),
        latest=latest, lists=True,
    )  # fmt: skip


@never_cache
@allowed(Deed.REGISTER_EVENTS)
def correct(request: Request, key: UUID) -> HttpResponse:
    """Correct a returned referral, or take it back."""
    words, on, shown = Words(language_of(request)), timezone.localdate(), returned_called(key)
    if shown is None:
        raise OutOfSightError
    request.actor.must(Deed.REGISTER_EVENTS, shown.receiver_id)
    before = {"centre": shown.centre, "day": shown.day, "reason": shown.reason, "shown": shown.version}
    withdraws = "withdraw" in request.POST
    given = before | {"shown": request.POST.get("shown")} if withdraws else sent(request)

    def write(given: dict[str, Any]) -> None:
        who: dict[str, Any] = {"earlier": shown, "by_name": request.actor.name, "at": timezone.now()}
        if withdraws:
            services.withdraw_return(shown=given["shown"], **who)
        else:
            services.correct_return(**given, on=on, **who)

    form = CorrectionForm(words, given, initial=before)
    return _ask(
        request, form, write, title=words("returns.correct.title"), lead=words("returns.correct.lead"),
        withdrawable=shown.version,
    )  # fmt: skip


@never_cache
@allowed(Deed.REGISTER_EVENTS)
def assessed(request: Request) -> HttpResponse:
    """Say how many referrals of a centre were assessed in a month."""
    words, on = Words(language_of(request)), timezone.localdate()
    form = ReceivedForm(words, on, sent(request))

    def write(given: dict[str, Any]) -> None:
        services.tell_received(
            receiver=_receiver(request), **given, on=on, by_name=request.actor.name, at=timezone.now()
        )

    return _ask(
        request, form, write, title=words("returns.received"), lead=words("returns.received.lead")
    )  # fmt: skip


def _receiver(request: Request) -> Organisation:
    """The organisation that the actor assesses referrals for."""
    return Organisation.objects.get(pk=request.actor.organisation)


def _ask(
    request: Request, form: WordedForm, write: Callable[[dict[str, Any]], None], *, title: str, lead: str,
    **content: Any,
) -> HttpResponse:  # fmt: skip
    """Ask, write, and show the list of what is registered. What is refused stays as it was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            write(form.cleaned_data)
            return redirect(f"{reverse('return_new')}?saved=1")
        except FyrbakError as error:
            form.refuse(error)
    words = Words(language_of(request))
    return page(
        request, "library/return", title=title, section="work", status=422 if form.errors else 200, form=form,
        lead=lead, place=_place(request, words), centres=centres(), saved="saved" in request.GET,
        crumbs=((words("returns.title"), reverse("returns")),), **content,
    )  # fmt: skip


def section(actor: Actor, _on: date, lang: Language) -> Section | None:
    """What returned referrals ask of somebody, on the page of one's own work."""
    words, registers = Words(lang), actor.may(Deed.REGISTER_EVENTS)
    if not registers and not actor.may(Deed.LEAD_PATHWAYS):
        return None
    pages = (
        ("return_new", "returns.new"),
        ("returns_received", "returns.received"),
        ("returns", "returns.title"),
    )
    items = (Item(words(key), reverse(name)) for name, key in (pages if registers else pages[-1:]))
    return Section(words("returns.section"), tuple(items), "")
