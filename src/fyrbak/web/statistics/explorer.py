"""One question of the statistics at a time: a figure, its table and a sentence, and the same as a file."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from fyrbak.measures.registry.entity_questions import (
    SERIES,
    Question,
    answer,
    cuts,
    has_region,
    periods,
    question,
    statistics_of,
    ways,
)
from fyrbak.measures.registry.entity_rates import Shown, nodes
from fyrbak.measures.registry.entity_rows import SEXES, places, sex_of
from fyrbak.measures.registry.entity_statistics import Origin, kept, state
from fyrbak.measures.registry.entity_survival import TIMES
from fyrbak.records.organisations import COUNTRY, organisation
from fyrbak.reports import entity_statistics as told
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.web import ground
from fyrbak.web.downloads import spreadsheet
from fyrbak.web.kept import kept_while
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.subject import Field

_CERVIX = 190
_NAMED = ("name", *Shown._fields, "snapshot", "definition")


def _state(_request: HttpRequest) -> Hashable | None:
    facts = ground.facts()
    return state(facts.id) if facts else None


@kept_while(_state)
def explorer(request: HttpRequest) -> HttpResponse:
    """The statistics that the address asks for; without one, new cases of all sites by year."""
    lang = language_of(request)
    words, facts = Words(lang), ground.facts()
    found = kept(facts.id) if facts else None
    if found is None or not found[0].num_rows:
        return page(request, "statistics/explorer", title=words("explorer.heading"), section="measures")
    table, origin = found
    asked = question(table, request.GET)
    rows, whole = answer(table, asked)
    address = urlencode(asked.address)
    return page(
        request, "statistics/explorer", title=words("explorer.heading"), section="measures",
        choices=_fields(table, asked, words), figure=told.figure(asked, rows, whole, lang),
        sentence=told.sentence(asked, whole, lang), file=f"{reverse('statistics_numbers')}?{address}",
        both_sexes=bool(request.GET.get("sex")) and not asked.sex and asked.region != COUNTRY,
        threshold=asked.entity == _CERVIX and asked.statistic == "incidence",
        how=_how(origin, asked, words),
    )  # fmt: skip


def numbers(request: HttpRequest) -> HttpResponse:
    """The numbers of the page as a file: one row for each, hidden ones without numbers."""
    facts = ground.facts()
    found = kept(facts.id) if facts else None
    if facts is None or found is None:
        raise Http404
    table, origin = found
    asked, words = question(table, request.GET), Words(language_of(request))
    rows, whole = answer(table, asked)
    both = {"snapshot": facts.id, "definition": origin.definition}

    def named(row: Shown) -> dict[str, Any]:
        label = told.of_whom(asked, words) if row is whole else told.named(row, asked.by, words)
        return {"name": label, **row._asdict(), **both}

    shown = rows if asked.by in SERIES or whole is None else [*rows, whole]
    return spreadsheet(f"{asked.statistic}-{asked.entity}-{facts.id}.csv", _NAMED, map(named, shown))


def _fields(table: pa.Table, asked: Question, words: Words) -> list[Field]:
    """A field for each part of the question that can be answered in more than one way."""
    everywhere = (COUNTRY, formats.sentence_case(words("explorer.all_places")))
    own_places = [(code, words.of(organisation(code), "name")) for code in places()]
    sexes = [(sex, told.sex_name(sex, words)) for sex in ("", *SEXES)]
    options: dict[str, list[tuple[str, str]]] = {
        "statistic": [(name, words(f"explorer.{name}")) for name in statistics_of(table)],
        "entity": [(str(node.entity), _entity(node.entity, node.level, words)) for node in nodes()],
        "by": [(name, words(f"explorer.by.{name}")) for name in cuts(asked.statistic, asked.entity)],
        "region": [everywhere, *own_places] if has_region(asked.statistic, asked.by, asked.entity) else [],
        "sex": [] if asked.by in ("region", "sex") or sex_of(asked.entity) else sexes,
        "period": [(one, told.period_told(one, asked, words)) for one in periods(table, asked)],
        "way": [
            (way, told.way_option(asked.statistic, way, words))
            for way in ways(table, asked.statistic, asked.region, asked.by, asked.sex)
        ],
        "time": [(str(time), words.counted(time, "explorer.after")) for time in TIMES],
    }
    if asked.statistic != "survival" or asked.by == "time":
        options["time"] = []
    return [
        Field(name, words(f"explorer.{name}"), asked.address[name], own)
        for name, own in options.items()
        if len(own) > 1
    ]


def _entity(entity: int, level: int, words: Words) -> str:
    """The name, set in under its main group."""
    name = told.entity_name(entity, words)
    return f"– {name}" if level > 1 else formats.sentence_case(name)


def _how(origin: Origin, asked: Question, words: Words) -> list[str]:
    """How the numbers were counted."""
    lines = [
        words(
            "explorer.how.entities",
            number=formats.integer(origin.left_out.get("no_entity", 0), formats.language(words.lang)),
        ),
        words("explorer.how.people", years=f"{origin.years[0]}–{origin.years[-1]}"),
    ]
    if asked.statistic == "survival":
        lines.append(
            words("explorer.how.given_table", name=origin.life_table)
            if origin.life_table
            else words("explorer.how.own_table")
        )
    return [*lines, words("explorer.how.small"), words("explorer.how.version", version=origin.definition)]
