"""Measures: all of them, one of them cut as the reader asks, and how it is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from fyrbak.measures.definitions import DIMENSIONS, Measure
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.definitions import measures as all_measures
from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.explain import Part, explain
from fyrbak.measures.releases import releases
from fyrbak.measures.results import UNIT_DIMENSIONS
from fyrbak.measures.shown import moves_of, origin_of
from fyrbak.measures.statistics.checks import TooThin
from fyrbak.measures.store import lacking, results_of
from fyrbak.records.organisations import COUNTRY, organisation, regions
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports import figures, formats, funnels, wording
from fyrbak.reports.drawing import Figure, Table
from fyrbak.reports.follow_up import PartView, parts_of
from fyrbak.reports.formats import Language
from fyrbak.reports.names import name_of, part_name
from fyrbak.reports.wording import number_table
from fyrbak.reports.words import Words
from fyrbak.web import cuts, ground
from fyrbak.web.kept import kept
from fyrbak.web.language import language_of
from fyrbak.web.pages import message, page
from fyrbak.web.subject import Field, narrowing, step, subject
from fyrbak.web.views.curve import with_those_waiting

_SHORT_NAMES = ("region", "sex", "age_group", "birth_year")


@kept
def measures(request: HttpRequest) -> HttpResponse:
    """All measures with the country's latest number."""
    opened, lang = ground.snapshot(), language_of(request)
    if opened is None:
        return message(request, "empty", 200)
    words = Words(lang)
    rows = [
        {
            "id": measure.id,
            "title": words.text(measure.title),
            "meaning": words.text(measure.meaning),
            "parts": [(part_name(p.value, words), p.country.now) for p in parts_of(opened, measure, (), {})],
        }
        for measure in all_measures()
    ]
    return page(request, "measures", title=words("page.measures"), section="measures", rows=rows)


@kept
def measure(request: HttpRequest, name: str) -> HttpResponse:
    """One measure, cut and narrowed by what the address says."""
    chosen, opened, lang = measure_named(name), ground.snapshot(), language_of(request)
    if opened is None:
        return message(request, "empty", 200)
    words = Words(lang)
    asked = cuts.question(chosen, request.GET)
    answer = cuts.answer(opened, asked)
    names = cuts.names(asked, answer, words) if answer else {}
    judged = _funnels(asked, answer.parts, names, lang) if answer else []
    drawn = [one for one in judged if isinstance(one, Figure)]
    thin = [words(f"too_thin.{one.reason}", has=one.has, needs=one.needs)
            for one in judged if isinstance(one, TooThin)]  # fmt: skip
    told = {name: value for name, value in request.GET.items() if name != "lang" and value}
    return subject(
        request, "measure", chosen, answer=answer, asked=asked, names=names,
        parts=[(part_name(part.value, words), part) for part in answer.parts] if answer else [],
        tables=[number_table(chosen, part, names, lang) for part in answer.parts] if answer else [],
        by=words.text(DIMENSIONS[asked.by]).lower(), rows_are=words.text(DIMENSIONS[asked.by]),
        against="" if asked.by in UNIT_DIMENSIONS and not asked.narrowed else words("page.against_whole"),
        narrowed=_narrowed(asked, words),
        waiting=with_those_waiting(opened, asked, answer.period, words) if answer else None,
        figures=_figures(asked, answer, names, drawn, lang) if answer else [], thin=thin,
        choices=_choices(asked, answer, words), lacking=lacking(opened, chosen),
        file=f"{reverse('numbers', args=[name])}?{urlencode(told)}",
    )  # fmt: skip


@kept
def definition(request: HttpRequest, name: str) -> HttpResponse:
    """How a measure is counted: words, source, targets, what is left out, how many, and the SQL that ran."""
    chosen, opened = measure_named(name), ground.snapshot()
    if opened is None:
        return message(request, "empty", 200)
    words = Words(language_of(request))
    unit = request.GET.get("unit") or COUNTRY
    period = request.GET.get("period") or _latest(opened, chosen)
    found = explain(opened, name, unit, period) if period else None
    return subject(
        request, "definition", chosen, title=words("page.definition", title=words.text(chosen.title)),
        found=found, unit=unit, period=period,
        moves=_moves(opened, chosen, unit, period, language_of(request)),
        released=wording.given_out([one for one in releases() if one.measure == name], language_of(request)),
        origin=wording.origin(origin_of(opened, chosen), language_of(request)) if found else [],
        definition=wording.definition(chosen, language_of(request)), periods=_periods(opened, chosen),
        who=words("country") if unit == COUNTRY else words.of(organisation(unit), "name"),
        parts=[_explained(part, words) for part in found.parts] if found else [],
        units=[(COUNTRY, words("country")), *((place.code, words.of(place, "name")) for place in regions())],
    )  # fmt: skip


def _moves(opened: Snapshot, measure: Measure, unit: str, period: str, lang: Language) -> Table | str:
    """What moved in one number since the snapshot before, or that nothing did; empty without one before."""
    found = moves_of(opened, measure, () if unit == COUNTRY else ("region",))
    if found is None:
        return ""
    own = [move for move in found if (move.unit, move.period) == (unit, period)]
    return wording.moves(own, lang) if own else Words(lang)("restatement.same")


def _latest(opened: Snapshot, measure: Measure) -> str:
    """The latest year that is over, or for a status the latest one; empty where there is nothing to count."""
    found = results_of(opened, measure)
    whole = [result.period for result in found if result.complete or measure.counted == "status"]
    return max(whole or [result.period for result in found], default="")


def _periods(opened: Snapshot, measure: Measure) -> list[str]:
    """The years there are, the latest first."""
    return sorted({result.period for result in results_of(opened, measure)}, reverse=True)


def _explained(part: Part, words: Words) -> dict[str, object]:
    measure = measure_named(part.result.measure)
    texts = {reason.id: words.text(reason.text) for reason in measure.reasons}
    split = measure.split
    value = next((v for v in split.values if v.id == part.result.cut[split.id]), None) if split else None
    rows = [(words("page.rows_in"), _count(part.rows_in, words))]
    rows += [(texts[rule], _count(count, words)) for rule, count in part.left_out.items()]
    rows.append((words("page.rows_counted"), _count(part.counted, words)))
    return {"name": part_name(value, words), "result": part.result, "rows": rows}


def _count(count: int | Suppressed, words: Words) -> str:
    if isinstance(count, Suppressed):
        return formats.sentence_case(count.text(words.lang))
    return formats.integer(count, formats.language(words.lang))


def _figures(
    asked: cuts.Question, answer: cuts.Cut, names: figures.Names, judged: list[Figure], lang: Language
) -> list[Figure]:
    """The figures that suit the measure and the cut, the funnels that were drawn among them."""
    measure, parts = asked.measure, answer.parts
    if measure.split:
        draw = figures.stacked if measure.kind == "days" else figures.panels
        found = [draw(measure, parts, names, lang)]
    else:
        found = [figures.dots(measure, part, names, lang) for part in parts]
        # Years need at least two numbers to be a line, and a panel needs room for its name.
        lines = [part for part in parts if any(unit.change for unit in part.units)]
        found += judged
        if asked.by in _SHORT_NAMES:
            pathway = asked.narrowed.get("pathway", "")
            found += [figures.years(measure, part, names, lang, pathway) for part in lines]
    words = Words(lang)
    return [_headed(one, words("organisation"), words.text(DIMENSIONS[asked.by])) for one in found]


def _funnels(
    asked: cuts.Question, parts: Sequence[PartView], names: figures.Names, lang: Language
) -> list[Figure | TooThin]:
    """Places against the whole they belong to, or why there are too few for that."""
    if asked.by not in UNIT_DIMENSIONS:
        return []
    judged = (funnels.of_part(asked.measure, part, names, asked.by, lang) for part in parts)
    return [one for one in judged if one]


def _headed(figure: Figure, general: str, heading: str) -> Figure:
    """The figure with its table's rows called by what they are."""
    headings = tuple(heading if one == general else one for one in figure.table.headings)
    return replace(figure, table=replace(figure.table, headings=headings))


def _narrowed(asked: cuts.Question, words: Words) -> list[str]:
    return [
        f"{words.text(DIMENSIONS[name])}: {name_of(name, value, words)}"
        for name, value in asked.narrowed.items()
    ]


def _choices(asked: cuts.Question, answer: cuts.Cut | None, words: Words) -> list[Field]:
    """The fields of the form: what to show by, what to narrow, and which period."""
    ways = [(name, words.text(DIMENSIONS[name])) for name in asked.measure.dimensions]
    fields = [Field("by", words("page.by"), asked.by, ways), *narrowing(asked, words), step(asked, words)]
    if answer:
        periods = [("", words("page.latest")), *((p, p) for p in reversed(answer.periods))]
        fields.append(Field("period", words("period"), asked.period, periods))
    return fields
