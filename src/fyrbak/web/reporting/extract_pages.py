"""The frozen extract beside today, and the conditions of the agreement that are judged from it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.timezone import now

from fyrbak.access.roles import Deed
from fyrbak.errors import FyrbakError
from fyrbak.measures.conditions import Judged, agreement, agreements, judged, payment, told_of
from fyrbak.measures.definitions import measure
from fyrbak.measures.extracts import Beside, Extract, Frozen, beside, extract, extracts, reasons_at_hand
from fyrbak.pathways.deliveries import services
from fyrbak.records.organisations import COUNTRY, organisation
from fyrbak.reports import formats
from fyrbak.reports.formats import Language
from fyrbak.reports.restated import moved, reason_text
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.improvement.asking import ask, sent
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.reporting.forms import StatementForm
from fyrbak.web.reporting.frame import choices, chosen_region, crumbs, own_regions, shown_snapshot
from fyrbak.web.whole_numbers import whole_number


@allowed(Deed.DELIVER_PATHWAYS)
def frozen(request: Request) -> HttpResponse:
    """A year's frozen numbers beside today's for a region and the country, and why they have moved.

    To find out why, all rows are compared. Whoever is the first to ask for it says so, and waits.
    """
    lang = language_of(request)
    words, region, every = Words(lang), chosen_region(request), extracts()
    asked = request.GET.get("year", "")
    about = next((one for one in every if str(one.year) == asked), every[0] if every else None)
    rows, fault, why = [], "", True
    if about:
        try:
            shown = shown_snapshot()
            why = "why" in request.GET or reasons_at_hand(about, shown)
            rows = [
                _row(one, words, lang, why=why)
                for one in beside(about, shown, why=why)
                if one.frozen.unit in (region, COUNTRY)
            ]
        except FyrbakError as error:
            fault = words.error(error)
    years = [(str(one.year), str(one.year)) for one in every]
    year = {
        "name": "year",
        "label": words("reporting.year"),
        "options": years,
        "chosen": str(about.year) if about else "",
    }
    return page(
        request, "reporting/extract", title=words("reporting.extract"), section="work", about=about,
        fault=fault, rows=rows, why_at="" if why else _why_at(request),
        facts_of=_facts(about, words, lang) if about else [], crumbs=crumbs(words),
        choices=[*choices(request, region, words), year] if about else [],
    )  # fmt: skip


@allowed(Deed.DELIVER_PATHWAYS)
def conditions(request: Request) -> HttpResponse:
    """The conditions of a year: how each of the reader's regions stands, and what has been published."""
    lang = language_of(request)
    words, years = Words(lang), list(agreements())
    asked = whole_number(request.GET.get("year", ""))
    about = agreement(asked if asked in years else years[-1])
    fault, held = "", None
    try:
        held = extract(about.year)
    except FyrbakError as error:
        fault = words.error(error)
    rows = []
    for one in own_regions(request):
        found = judged(about, one.code, held, told_of(one.code, about.year))
        rows.append(
            {
                "code": one.code,
                "name": words.of(one, "name"),
                "payment": payment(found),
                "cells": [_cell(judgement, words, lang) for judgement in found],
                "states": any(j.condition.kind == "statement" for j in found),
            }
        )
    return page(
        request, "reporting/conditions", section="work",
        title=words("reporting.conditions.title", year=about.year), about=about,
        rows=rows, fault=fault, headings=[getattr(one.text, lang) for one in about.conditions],
        published=[
            {name: getattr(getattr(one, name), lang) for name in ("period", "text", "source")}
            for one in about.published
        ],
        measured=formats.day_in_text(held.measured, lang) if held else "",
        frozen=formats.day_in_text(held.frozen, lang) if held else "",
        held=held, crumbs=crumbs(words),
        choices=[
            {
                "name": "year", "label": words("reporting.year"), "chosen": str(about.year),
                "options": [(str(year), str(year)) for year in years],
            }
        ],
    )  # fmt: skip


@allowed(Deed.DELIVER_PATHWAYS)
def statement(request: Request) -> HttpResponse:
    """Say whether a condition that no data tell is met."""
    words, region = Words(language_of(request)), chosen_region(request)
    asked = whole_number(request.GET.get("year", ""))
    about = agreement(asked or max(agreements()))
    form = StatementForm(words, sent(request))
    own = [one for one in about.conditions if one.kind == "statement"]
    form.choose("condition", [(one.id, words.text(one.text)) for one in own])
    form.choose("met", [(name, words(f"reporting.statement.{name}")) for name in ("yes", "no")])

    def write(given: dict[str, Any]) -> str:
        services.state(
            region=region, year=about.year, condition=given["condition"], met=given["met"] == "yes",
            text=given["text"], by_name=request.actor.name, at=now(),
        )  # fmt: skip
        return f"{reverse('conditions')}?year={about.year}"

    return ask(
        request, form, write, title=words("reporting.statement"), lead=words("reporting.statement.lead"),
        eyebrow=f"{words.of(organisation(region), 'name')}, {about.year}", section="work",
        crumbs=crumbs(words),
    )  # fmt: skip


def _cell(found: Judged, words: Words, lang: Language) -> dict[str, str]:
    value = _value(found.number, lang, words) if found.number and not found.why else ""
    if found.rounds:
        value = words.counted(found.rounds, "reporting.rounds")
    why = words(f"reporting.why.{found.why}") if found.why else ""
    version = words("reporting.version", version=found.number.version) if found.number and value else ""
    kind = "reporting.verdict" if found.condition.required else "reporting.reported"
    return {
        "verdict": words(f"{kind}.{found.verdict}"), "token": _TOKENS[found.verdict], "value": value,
        "why": why, "version": version, "heading": words.text(found.condition.text),
    }  # fmt: skip


_TOKENS = {"met": "moss", "not_met": "brick", "cannot_tell": "amber"}


def _why_at(request: Request) -> str:
    """The same page with the reasons."""
    asked = request.GET.copy()
    asked["why"] = "1"
    return f"?{asked.urlencode()}"


def _row(one: Beside, words: Words, lang: Language, *, why: bool) -> dict[str, Any]:
    about = measure(one.frozen.measure)
    moves = [
        f"{reason_text(move.reason, words)}: {moved(move, move.numerator, words) or words('reporting.none')}"
        for move in one.moves or ()
    ]
    return {
        "measure": words.text(about.title),
        "unit": words.of(organisation(one.frozen.unit), "name"),
        "frozen": _value(one.frozen, lang, words),
        "today": _value(one.today, lang, words) if one.today else words("missing"),
        "moves": moves,
        "why": words(f"reporting.extract.{'later' if not why else 'gone' if one.moves is None else 'same'}"),
    }  # fmt: skip


def _value(number: Frozen, lang: Language, words: Words) -> str:
    """A frozen number with its interval and what it rests on, or the word for why there is none."""
    if number.suppressed:
        return words("reporting.hidden")
    if number.value is None:
        return words("missing")
    ends = [formats.decimal(100 * (end or 0), 1, lang) for end in (number.lower, number.upper)]
    expected = measure(number.measure).kind == "ratio"
    rests = words(
        "of_expected" if expected else "of", part=formats.integer(number.numerator or 0, lang),
        whole=formats.decimal(number.denominator or 0, 1 if expected else 0, lang),
    )  # fmt: skip
    return f"{formats.percent(number.value, lang)} ({'–'.join(ends)}) · {rests}"


def _facts(about: Extract, words: Words, lang: Language) -> list[tuple[str, str]]:
    day = formats.day_in_text(date.fromisoformat(about.day), lang)
    planned = words("reporting.extract.unsure", day=day) if about.day_to_verify else day
    return [
        (words("reporting.extract.day"), planned),
        (words("reporting.extract.at"), formats.day_in_text(about.frozen, lang)),
        (words("reporting.extract.known_at"), formats.day_in_text(about.measured, lang)),
        (words("reporting.extract.about"), words("reporting.extract.months", year=about.year)),
        (words("snapshot"), about.snapshot),
        (words("reporting.extract.hash"), about.hash[:16]),
    ]
