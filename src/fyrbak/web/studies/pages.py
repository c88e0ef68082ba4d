"""What anybody can read of studies: search, one study, open and included by region and year, and targets."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.definitions import pick
from fyrbak.goals.improvement.task_list import task_list
from fyrbak.records.organisations import regions
from fyrbak.reports import studies as told
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.studies.counts import RegionYear, by_region, years_told
from fyrbak.studies.definitions import rules
from fyrbak.studies.models import Status
from fyrbak.studies.search import Question, search
from fyrbak.studies.selectors import Standing, StudyTold, included, studies, study_called, targets, to_confirm
from fyrbak.web.allowed import Request
from fyrbak.web.downloads import spreadsheet
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb, page
from fyrbak.web.subject import Field
from fyrbak.web.work import Item, Section

MOST_LETTERS = 200
_LISTED = 100


def find(request: Request) -> HttpResponse:
    """Search by words, diagnosis, region, for whom and status."""
    words, on = Words(language_of(request)), timezone.localdate()
    choices = _choices(request, words)
    chosen = {field.name: field.chosen for field in choices}
    question = Question(words=request.GET.get("q", "")[:MOST_LETTERS], **chosen)
    whole = studies()
    found = search(question, whole)
    return page(
        request, "studies/find", title=words("studies.title"), section="pathways", choices=choices,
        question=question.words, most=MOST_LETTERS, whole=len(whole),
        count=words.counted(len(found), "studies.found"),
        found=[_listed(one, question.region, on, words) for one in found[:_LISTED]],
        more=max(0, len(found) - _LISTED), listed=_LISTED,
        may=request.actor.may(Deed.FOLLOW_TASKS),
    )  # fmt: skip


def study(request: Request, key: UUID) -> HttpResponse:
    """One study: what it is, where it is open, and all that was said of how it stands."""
    words, on, found = Words(language_of(request)), timezone.localdate(), study_called(key)
    if found is None:
        raise Http404
    name, lang = told.title(found.what, words)
    return page(
        request, "studies/study", title=name, title_lang=lang, section="pathways", crumbs=crumbs(words),
        found=found, what=found.what, diagnoses=told.diagnoses(found.what, words),
        kind=words(f"studies.kind.{found.what.kind}"), whom=words(f"studies.whom.{told.whom(found.what)}"),
        registrations=told.register_addresses(found.registrations),
        whole=_standing(words("studies.whole"), found.standing, on, words),
        places=[
            _standing(told.place_name(code, words), one, on, words) for code, one in found.places.items()
        ],
        history=_history(found, words), owns=may_describe(request.actor, found),
        may=request.actor.may(Deed.FOLLOW_TASKS), saved="saved" in request.GET,
    )  # fmt: skip


def counts(request: Request) -> HttpResponse:
    """Open studies and persons included, by region, of a year."""
    lang = language_of(request)
    words, (year, years, rows) = Words(lang), _counted(request)
    return page(
        request, "studies/counts", title=words("studies.counts"), section="pathways", crumbs=crumbs(words),
        choices=[_year_field(year, years, words)],
        table=told.counts_table(rows, year, lang),
        file=f"{reverse('studies_counts_file')}?{urlencode({'year': year})}",
    )  # fmt: skip


def counts_file(request: Request) -> HttpResponse:
    """The same as CSV."""
    year, _, rows = _counted(request)
    return spreadsheet(f"studies-{year}.csv", told.COUNT_COLUMNS, told.count_rows(rows))


def aims(request: Request) -> HttpResponse:
    """The 21 regions' targets, with the outcome of a year beside."""
    lang = language_of(request)
    words, found, (year, years, rows) = Words(lang), targets(), _counted(request)
    outcomes = {one.region: one for one in rows}
    own = [code for code in found if request.actor.may(Deed.FOLLOW_TASKS, code)]
    return page(
        request, "studies/targets", title=words("studies.targets"), section="pathways", crumbs=crumbs(words),
        choices=[_year_field(year, years, words)],
        state=told.targets_state(found, words), table=told.targets_table(found, outcomes, year, lang),
        own=[(code, told.place_name(code, words)) for code in own],
        sub_goal=rules().sub_goal, plan=task_list().plan, saved="saved" in request.GET,
        file=f"{reverse('studies_targets_file')}?{urlencode({'year': year})}",
    )  # fmt: skip


def aims_file(request: Request) -> HttpResponse:
    """The same as CSV."""
    year, _, rows = _counted(request)
    outcomes = {one.region: one for one in rows}
    return spreadsheet(
        f"study-targets-{year}.csv", told.TARGET_COLUMNS, told.target_rows(targets(), outcomes)
    )


def crumbs(words: Words) -> tuple[Crumb, ...]:
    """The way to the pages below the search."""
    return ((words("studies.title"), reverse("studies")),)


def may_describe(actor: Actor, found: StudyTold) -> bool:
    """Whether somebody may say what a study is, and how it stands as a whole."""
    return actor.may(Deed.FOLLOW_TASKS, found.owner)


def section(actor: Actor, on: date, lang: Language) -> Section | None:
    """What studies ask of a coordinator: places and studies whose status nobody has confirmed for long."""
    if not actor.may(Deed.FOLLOW_TASKS):
        return None
    words = Words(lang)
    items = [
        Item(
            told.title(what, words)[0], reverse("study", args=[key]),
            words.counted(number, "studies.to_confirm"),
        )
        for key, what, number in to_confirm(actor.sees, on)
    ]  # fmt: skip
    ways = (
        ("study_new", "studies.new"),
        ("studies_file", "studies.file"),
        ("studies_targets", "studies.targets"),
    )
    return Section(
        words("studies.section"), (*items, *(Item(words(key), reverse(name)) for name, key in ways)), ""
    )


def _choices(request: Request, words: Words) -> list[Field]:
    """The fields of the search. Raises UnknownNameError for what cannot be chosen."""
    options = {
        "diagnosis": told.diagnosis_options(words),
        "region": [(one.code, words.of(one, "name")) for one in regions()],
        "whom": [(one, words(f"studies.whom.{one}")) for one in ("adults", "children")],
        "status": [(one.value, words(f"studies.status.{one}")) for one in Status],
    }
    fields = []
    for name, own in options.items():
        chosen = request.GET.get(name, "")
        pick(name, chosen, ["", *(value for value, _ in own)])
        fields.append(
            Field(name, words(f"studies.choose.{name}"), chosen, [("", words("studies.choose.any")), *own])
        )
    return fields


def _listed(found: StudyTold, region: str, on: date, words: Words) -> dict[str, Any]:
    """A study in the list. It may be out of date in a region where one is chosen, else as a whole."""
    name, lang = told.title(found.what, words)
    standings = found.in_region(region) if region else [found.standing]
    return {
        "key": found.key, "title": name, "lang": lang, "sponsor": found.what.sponsor,
        "diagnoses": told.diagnoses(found.what, words),
        "whom": words(f"studies.whom.{told.whom(found.what)}"),
        "standing": told.standing(found.standing, words),
        "regions": words.listed([words.of(one, "name") for one in regions() if one.code in found.regions]),
        "stale": any(one.is_stale(on) for one in standings),
    }  # fmt: skip


def _standing(where: str, one: Standing, on: date, words: Words) -> dict[str, Any]:
    return {
        "where": where, "status": words(f"studies.status.{one.status}"), "since": one.since,
        "confirmed": one.confirmed, "source": one.last.source, "stale": one.is_stale(on),
    }  # fmt: skip


def _history(found: StudyTold, words: Words) -> list[dict[str, Any]]:
    """All that was told of how it stands, the latest first."""
    every = [(words("studies.whole"), found.standing)]
    every += [(told.place_name(code, words), one) for code, one in found.places.items()]
    rows = [
        {
            "day": row.day,
            "where": where,
            "status": words(f"studies.status.{row.status}"),
            "source": row.source,
        }
        for where, standing in every
        for row in standing.history
    ]
    return sorted(rows, key=lambda row: row["day"], reverse=True)


def _counted(request: Request) -> tuple[int, list[int], list[RegionYear]]:
    """The year that an address asks for, those that can be chosen, and the regions' counts of it.

    Unless a year is asked for it is the latest that any count is told of. Raises UnknownNameError for a year
    that nothing can be told of.
    """
    on, known, told_of = timezone.localdate(), studies(), included()
    years = years_told(known, told_of, on)
    latest = max((one.year for one in told_of), default=on.year)
    year = int(pick("year", request.GET.get("year") or str(latest), [str(one) for one in years]))
    return year, years, by_region(known, told_of, year, on)


def _year_field(year: int, years: list[int], words: Words) -> Field:
    return Field("year", words("studies.field.year"), str(year), [(str(one), str(one)) for one in years])
