"""SVF-PREM for those who send it: rounds, the list to send, answers on paper, and the results."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_GET, require_POST

from fyrbak.access.roles import Deed
from fyrbak.errors import FyrbakError
from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.prem import Compared, Share, results
from fyrbak.pathways.deliveries.cases import month as month_named
from fyrbak.pathways.deliveries.models import KeptFile
from fyrbak.pathways.deliveries.selectors import kept_files, months
from fyrbak.pathways.prem import selectors, services
from fyrbak.pathways.prem.models import Round
from fyrbak.pathways.prem.rule import prem
from fyrbak.records.organisations import organisation
from fyrbak.reports import formats
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.web import ground
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.reporting.delivery_pages import nothing
from fyrbak.web.reporting.frame import (
    brought,
    choices,
    chosen_region,
    crumbs,
    fetched,
    month_in_words,
    own_regions,
    shown_snapshot,
)
from fyrbak.web.whole_numbers import whole_number

_MONTHS = 12


@allowed(Deed.DELIVER_PATHWAYS)
def prem_page(request: Request) -> HttpResponse:
    """Rounds, and a year's response rate and dimensions beside the country's."""
    return _page(request, chosen_region(request))


def _page(request: Request, region: str, *, fault: str = "", told: str = "") -> HttpResponse:
    lang = language_of(request)
    words, facts, rounds = Words(lang), ground.facts(), list(selectors.rounds(region))
    years = sorted({one.month.year for one in rounds}, reverse=True)
    asked = whole_number(request.GET.get("year", ""))
    year = asked if asked in years else (years[0] if years else 0)
    done = {one.month for one in rounds}
    reads = [one.code for one in own_regions(request)]
    unsent = [
        (str(one.month), month_in_words(one.month.first, words))
        for one in (months(region, facts.as_of, _MONTHS) if facts else [])
        if one.month.first not in done
    ]
    chosen = [
        {
            "name": "year",
            "label": words("reporting.year"),
            "options": [(str(y), str(y)) for y in years],
            "chosen": str(year),
        }
    ]
    return page(
        request, "reporting/prem", title=words("reporting.prem"), section="work", region=region, fault=fault,
        told=told, who=words.of(organisation(region), "name"), unsent=unsent, rule=prem().rule, year=year,
        rounds=[_round(one, words, lang) for one in rounds[:_MONTHS]], status=422 if fault else 200,
        results=[_compared(one, words, lang) for one in results(year, region, reads=reads)] if year else [],
        choices=[*choices(request, region, words), *(chosen if years else [])], crumbs=crumbs(words),
        kept=[
            {"name": one.name, "fault": words(one.fault, **one.names), "at": one.at}
            for one in kept_files(region, KeptFile.Kind.ANSWERS)[:20]
        ],
    )  # fmt: skip


@allowed(Deed.DELIVER_PATHWAYS)
@require_POST
def send(request: Request) -> HttpResponse:
    """Choose who is asked about a month's closed pathways."""
    region, words = chosen_region(request), Words(language_of(request))
    try:
        services.send(
            snapshot=shown_snapshot(), region=region, month=month_named(request.POST.get("month", "")),
            by_name=request.actor.name, at=now(),
        )  # fmt: skip
    except FyrbakError as error:
        return _page(request, region, fault=words.error(error))
    return redirect(f"{reverse('prem')}?region={region}")


@allowed(Deed.DELIVER_PATHWAYS)
@require_POST
def answers(request: Request) -> HttpResponse:
    """Take in answers on paper."""
    region, words = chosen_region(request), Words(language_of(request))
    try:
        name, content = brought(request)
        taken = services.take_answer_file(
            region=region, name=name, content=content, by_name=request.actor.name, at=now()
        )
    except FyrbakError as error:
        return _page(request, region, fault=words.error(error))
    told = words("reporting.answers.taken", accepted=taken.accepted, refused=len(taken.faults))
    lines = [words("reporting.answers.line", line=one.line, why=words(one.word)) for one in taken.faults[:20]]
    return _page(request, region, told=" ".join([told, *lines]))


@allowed(Deed.DELIVER_PATHWAYS)
@require_GET
def sending_list(request: Request, number: int) -> HttpResponse:
    """The list of a round: pseudonyms and codes, nothing of why."""
    about = Round.objects.filter(pk=number).first() or nothing()
    request.actor.must(Deed.DELIVER_PATHWAYS, about.region_id)
    content = selectors.sending_list(about).encode()
    return fetched(content, f"svf-prem-{about.region_id}-{about.month:%Y-%m}.csv")


def _round(one: Any, words: Words, lang: Language) -> dict[str, Any]:
    left = [
        words(f"reporting.left_out.{name}", number=formats.integer(number, lang))
        for name, number in sorted(one.left_out.items())
    ]
    return {
        "round": one,
        "month": month_in_words(one.month, words),
        "asked": formats.integer(one.asked, lang),
        "answered": formats.integer(one.answered, lang),
        "closes": formats.day_in_table(one.closes),
        "left_out": ", ".join(left),
    }


def _compared(one: Compared, words: Words, lang: Language) -> dict[str, str]:
    name = words.text(one.dimension.title) if one.dimension else words("reporting.response")
    told = ""
    if one.difference:
        ends = (formats.signed(100 * end, lang) for end in (one.difference.lower, one.difference.upper))
        told = words(
            "reporting.points", points=formats.signed(100 * one.difference.value, lang),
            interval=words("reporting.to", **dict(zip(("low", "high"), ends, strict=True))),
        )  # fmt: skip
    return {
        "name": name, "own": _share(one.own, words, lang), "country": _share(one.country, words, lang),
        "difference": told or words("reporting.no_difference"),
        "to_verify": words("reporting.to_verify") if one.dimension and one.dimension.to_verify else "",
    }  # fmt: skip


def _share(share: Share | Suppressed, words: Words, lang: Language) -> str:
    if isinstance(share, Suppressed):
        return words("reporting.hidden")
    if share.value is None:
        return words("not_reported")
    ends = (formats.decimal(100 * (end or 0), 1, lang) for end in (share.lower, share.upper))
    rests = words("of", part=formats.integer(share.hits, lang), whole=formats.integer(share.n, lang))
    return f"{formats.percent(share.value, lang)} ({'–'.join(ends)}) · {rests}"
