"""Completed courses and staffing: read by those who steer, written by coordinators for their own."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.definitions import pick
from fyrbak.errors import FyrbakError, UnknownNameError
from fyrbak.library.competence import services
from fyrbak.library.competence.definitions import cited, courses, specialities
from fyrbak.library.competence.files import TakenIn, take_in_completions
from fyrbak.library.competence.selectors import counts, refused_rows, staffing
from fyrbak.records.models import Organisation
from fyrbak.reports import competence as told
from fyrbak.reports import formats
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.competence.forms import (
    COUNTED_FOR,
    CompletionFileForm,
    CompletionForm,
    StaffingForm,
    own_places,
)
from fyrbak.web.downloads import spreadsheet
from fyrbak.web.improvement.asking import ask, sent
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.subject import Field
from fyrbak.web.work import Item, Section


@never_cache
@allowed(Deed.ASSESS, Deed.FOLLOW_TASKS)
def completions(request: Request) -> HttpResponse:
    """At least how many have completed each course in a year."""
    lang, found = language_of(request), counts()
    words = Words(lang)
    years = sorted({timezone.localdate().year, *(one.begins.year for one in found)}, reverse=True)
    newest = max((one.begins.year for one in found), default=years[0])
    year = _year(request.GET.get("year") or str(newest), years)
    known = courses()
    return page(
        request, "competence/courses", title=words("competence.courses"), section="work",
        choices=[
            Field("year", words("competence.year"), str(year), [(str(one), str(one)) for one in years])
        ],
        totals=told.totals(found, year, lang), every=told.every_count(found, year, lang),
        missing=words.text(known.missing), missing_source=cited(known.missing_source), year=year,
        may=request.actor.may(Deed.FOLLOW_TASKS), saved="saved" in request.GET,
    )  # fmt: skip


@never_cache
@allowed(Deed.ASSESS, Deed.FOLLOW_TASKS)
def completions_file(request: Request) -> HttpResponse:
    """Every count of a year as CSV."""
    found = counts()
    newest = max((one.begins.year for one in found), default=timezone.localdate().year)
    years = [newest, timezone.localdate().year, *(one.begins.year for one in found)]
    year = _year(request.GET.get("year") or str(newest), years)
    return spreadsheet(f"completions-{year}.csv", told.COUNT_COLUMNS, told.count_rows(found, year))


def _year(text: str, years: list[int]) -> int:
    """A year that can be chosen. Raises UnknownNameError."""
    return int(pick("year", text, [str(one) for one in years]))


@never_cache
@allowed(Deed.FOLLOW_TASKS)
def completion_new(request: Request) -> HttpResponse:
    """Tell how many completed a course."""
    words = Words(language_of(request))

    def write(given: dict[str, Any]) -> str:
        services.tell_completions(**_by(request, given))
        return reverse("competence_courses") + f"?year={given['begins'].year}&saved=1"

    return ask(
        request, CompletionForm(words, request.actor, sent(request)), write, section="work",
        title=words("competence.course_new"), lead=words("competence.course_new.lead"),
        crumbs=((words("competence.courses"), reverse("competence_courses")),),
    )  # fmt: skip


@never_cache
@allowed(Deed.FOLLOW_TASKS)
def completion_file_new(request: Request) -> HttpResponse:
    """Send a file of completions; below, the rows that were refused."""
    words, answer = Words(language_of(request)), None
    form = CompletionFileForm(words, sent(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer = _take_in(request, form)
        except FyrbakError as error:
            form.refuse(error)
    refused = [(one, words(one.fault, **one.names)) for one in refused_rows(request.actor.organisation)]
    return page(
        request, "competence/file", title=words("competence.file"), section="work", form=form,
        status=422 if form.errors else 200, answer=_answer(answer, words), refused=refused,
        lead=words("competence.file.lead", columns=words("competence.file.columns")),
        codes=[(one.id, words.text(one.title)) for one in courses().courses],
        places=own_places(words, request.actor, COUNTED_FOR),
        crumbs=((words("competence.courses"), reverse("competence_courses")),),
    )  # fmt: skip


def _take_in(request: Request, form: CompletionFileForm) -> TakenIn:
    file = form.cleaned_data["file"]
    return take_in_completions(
        content=file.read(), name=file.name, actor=request.actor, on=timezone.localdate(), at=timezone.now(),
        sender=Organisation.objects.get(pk=request.actor.organisation),
    )  # fmt: skip


def _answer(answer: TakenIn | None, words: Words) -> str:
    if answer is None:
        return ""
    return words("competence.file.answer", new=answer.new, known=answer.known, refused=len(answer.refused))


@never_cache
@allowed(Deed.ASSESS, Deed.FOLLOW_TASKS)
def specialists(request: Request) -> HttpResponse:
    """Regions by specialities, or all that is known of one speciality."""
    lang, on = language_of(request), _day(request)
    words, held, known = Words(lang), staffing(on), specialities()
    chosen = request.GET.get("speciality", "")
    pick("speciality", chosen, ["", *(one.id for one in known.specialities)])
    speciality = next((one for one in known.specialities if one.id == chosen), None)
    table = told.of_speciality(held, speciality, lang) if speciality else told.overview(held, lang)
    options = [("", words("competence.all"))]
    options += [(one.id, words.text(one.title)) for one in known.specialities]
    return page(
        request, "competence/staffing", title=words("competence.staffing"), section="work", table=table,
        on=on, choice=Field("speciality", words("competence.speciality"), chosen, options),
        rule=words("competence.few.rule", fewest=known.fewest), said=told.said(words), none=not held,
        day=formats.day_in_text(on, lang), may=request.actor.may(Deed.FOLLOW_TASKS),
        saved="saved" in request.GET,
    )  # fmt: skip


@never_cache
@allowed(Deed.ASSESS, Deed.FOLLOW_TASKS)
def specialists_file(request: Request) -> HttpResponse:
    """All regions and specialities as CSV."""
    on = _day(request)
    return spreadsheet(f"specialists-{on}.csv", told.STAFFING_COLUMNS, told.staffing_rows(staffing(on)))


def _day(request: Request) -> date:
    """The day asked for, today without one. Raises UnknownNameError."""
    given = request.GET.get("on")
    try:
        return date.fromisoformat(given) if given else timezone.localdate()
    except ValueError:
        raise UnknownNameError("the day in the address is none. Write it as 2025-12-31.") from None


@never_cache
@allowed(Deed.FOLLOW_TASKS)
def staffing_new(request: Request) -> HttpResponse:
    """Tell how many there are of a speciality in a region."""
    words = Words(language_of(request))

    def write(given: dict[str, Any]) -> str:
        services.tell_staffing(**_by(request, given))
        return reverse("competence") + f"?speciality={given['speciality']}&saved=1"

    form = StaffingForm(words, request.actor, sent(request), initial={"day": timezone.localdate()})
    return ask(
        request, form, write, section="work",
        title=words("competence.staffing_new"), lead=words("competence.staffing_new.lead"),
        crumbs=((words("competence.staffing"), reverse("competence")),),
    )  # fmt: skip


def _by(request: Request, given: dict[str, Any]) -> dict[str, Any]:
    """What was typed, with whom it is about, who tells it and when. Raises OutOfSightError."""
    request.actor.must(Deed.FOLLOW_TASKS, given["organisation"])
    return given | {
        "organisation": Organisation.objects.get(pk=given["organisation"]),
        "on": timezone.localdate(), "by_name": request.actor.name, "at": timezone.now(),
    }  # fmt: skip


def section(actor: Actor, _on: date, lang: Language) -> Section | None:
    """What competence asks of somebody, on the page of one's own work."""
    words = Words(lang)
    if not actor.may(Deed.ASSESS):
        return None
    pages = (("competence", "competence.staffing"), ("competence_courses", "competence.courses"))
    return Section(
        words("competence.section"), tuple(Item(words(key), reverse(name)) for name, key in pages), ""
    )
