"""What coordinators tell of studies: each organisation of its own studies, places and target."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from fyrbak.access.actor import Actor, OutOfSightError
from fyrbak.access.roles import Deed
from fyrbak.errors import FyrbakError
from fyrbak.records.models import Organisation
from fyrbak.records.organisations import organisations, region
from fyrbak.reports import studies as told
from fyrbak.reports.words import Words
from fyrbak.studies import services
from fyrbak.studies.described import FIELDS
from fyrbak.studies.files import COLUMNS, take_in
from fyrbak.studies.models import RefusedRow, Status, Study
from fyrbak.studies.selectors import StudyTold, included, refused_rows, study_called, target_history
from fyrbak.studies.services import LikelyDuplicateError, Teller
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.improvement.asking import ask, sent
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.studies.forms import (
    ChangeForm,
    FileForm,
    IncludedForm,
    StatusForm,
    StudyForm,
    TargetForm,
)
from fyrbak.web.studies.pages import crumbs, may_describe

_KINDS = ("region", "hospital")  # units are told of in files: there are too many to choose among
_REFUSED_SHOWN = 100


@never_cache
@allowed(Deed.FOLLOW_TASKS)
def new(request: Request) -> HttpResponse:
    """Register a study. Those that it may be the same as are shown, and it is asked whether it is another."""
    words, data = Words(language_of(request)), sent(request)
    begins = {"day": timezone.localdate()}
    form = StudyForm(words, data, asks_if_distinct="distinct" in request.POST, initial=begins)
    near: tuple[services.Alike, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            study = services.register_study(
                owner=Organisation.objects.get(pk=request.actor.organisation), told=form.described(),
                registrations=given["registrations"], status=given["status"], day=given["day"],
                source=given["source"], distinct=given.get("distinct", False), teller=_teller(request),
            )  # fmt: skip
            return redirect(_saved(study.pk))
        except LikelyDuplicateError as error:
            near = error.alike
            form = StudyForm(words, data, asks_if_distinct=True)
            form.refuse(error)
        except FyrbakError as error:
            form.refuse(error)
    return page(
        request, "studies/new", title=words("studies.new"), section="work", crumbs=crumbs(words), form=form,
        status=422 if form.errors else 200, lead=words("studies.new.lead"), alike=near,
    )  # fmt: skip


@never_cache
@allowed(Deed.FOLLOW_TASKS)
def describe(request: Request, key: UUID) -> HttpResponse:
    """Say anew what a study is."""
    words, found = Words(language_of(request)), _known(key)
    request.actor.must(Deed.FOLLOW_TASKS, found.owner)
    before = {name: getattr(found.what, name) for name in FIELDS} | {
        "registrations": ", ".join(found.registrations), "whom": told.whom(found.what),
        "shown": found.version,
    }  # fmt: skip
    form = ChangeForm(words, sent(request), initial=before)

    def write(given: dict[str, Any]) -> str:
        services.describe_study(
            study=Study.objects.get(pk=key), shown=given["shown"], told=form.described(),
            registrations=given["registrations"], teller=_teller(request),
        )  # fmt: skip
        return _saved(key)

    return ask(
        request, form, write, title=words("studies.describe"), lead=words("studies.describe.lead"),
        **_about(found, words),
    )  # fmt: skip


@never_cache
@allowed(Deed.FOLLOW_TASKS)
def state(request: Request, key: UUID) -> HttpResponse:
    """Say, or confirm, how a study stands as a whole or in a place of one's own."""
    words, found = Words(language_of(request)), _known(key)
    whole = [("", words("studies.whole"))] if may_describe(request.actor, found) else []
    begins = {"day": timezone.localdate(), "status": Status.OPEN}
    form = StatusForm(words, [*whole, *_places(request.actor, words)], sent(request), initial=begins)
    form.fields["place"].required = not whole

    def write(given: dict[str, Any]) -> str:
        services.tell_status(
            **(given | {"place": _place(request, given["place"])}), study=Study.objects.get(pk=key),
            teller=_teller(request),
        )  # fmt: skip
        return _saved(key)

    return ask(
        request, form, write, title=words("studies.state"), lead=words("studies.state.lead"),
        **_about(found, words),
    )  # fmt: skip


@never_cache
@allowed(Deed.FOLLOW_TASKS)
def took_part(request: Request, key: UUID) -> HttpResponse:
    """Say how many were included in a place of one's own in a year."""
    words, found = Words(language_of(request)), _known(key)
    begins = {"year": timezone.localdate().year - 1}
    form = IncludedForm(words, _places(request.actor, words), sent(request), initial=begins)

    def write(given: dict[str, Any]) -> str:
        services.tell_included(
            **(given | {"place": _place(request, given["place"])}), study=Study.objects.get(pk=key),
            teller=_teller(request),
        )  # fmt: skip
        return f"{reverse('study_included', args=[key])}?saved=1"

    own = [
        (told.place_name(one.place_id, words), one)
        for one in included(key)
        if request.actor.sees(one.place_id)
    ]
    return ask(
        request, form, write, title=words("studies.took_part"), lead=words("studies.took_part.lead"),
        template="studies/included", own=own, saved="saved" in request.GET, **_about(found, words),
    )  # fmt: skip


@never_cache
@allowed(Deed.FOLLOW_TASKS)
def target(request: Request, code: str) -> HttpResponse:
    """Say what a region has decided on taking part in studies, or that nothing is decided."""
    request.actor.must(Deed.FOLLOW_TASKS, region(code).code)
    words, history = Words(language_of(request)), target_history(code)
    latest = history[0] if history else None
    fields = ("known", "text", "number", "unit", "period", "decided", "source")
    before = {name: getattr(latest, name) for name in fields} if latest else {}
    form = TargetForm(words, sent(request), initial=before | {"shown": latest.version if latest else 0})

    def write(given: dict[str, Any]) -> str:
        services.tell_target(region=Organisation.objects.get(pk=code), **given, teller=_teller(request))
        return f"{reverse('studies_targets')}?saved=1"

    return ask(
        request, form, write, title=words("studies.target"), lead=words("studies.target.lead"),
        eyebrow=told.place_name(code, words), section="work",
        crumbs=(*crumbs(words), (words("studies.targets"), reverse("studies_targets"))),
    )  # fmt: skip


@never_cache
@allowed(Deed.FOLLOW_TASKS)
def file(request: Request) -> HttpResponse:
    """Send a file of studies; below, the rows that were refused, with the reason."""
    words = Words(language_of(request))
    form = FileForm(words, *((request.POST, request.FILES) if request.method == "POST" else ()))
    done = ""
    if request.method == "POST" and form.is_valid():
        try:
            taken = take_in(
                content=form.cleaned_data["file"].read(),
                sender=Organisation.objects.get(pk=request.actor.organisation),
                scope=request.actor.scope, teller=_teller(request),
            )  # fmt: skip
            done = words("studies.file.done", rows=taken.rows, refused=taken.refused)
        except FyrbakError as error:
            form.refuse(error)
    refused = refused_rows(request.actor.organisation)[:_REFUSED_SHOWN]
    return page(
        request, "studies/file", title=words("studies.file"), section="work", crumbs=crumbs(words), form=form,
        status=422 if form.errors else 200, done=done, columns=COLUMNS,
        refused=[(one, _reason(one, words)) for one in refused],
    )  # fmt: skip


def _reason(row: RefusedRow, words: Words) -> str:
    """Why a row was refused, after the name of the column where that is one."""
    if not row.fault:
        return row.line
    column = row.names.get("column")
    return f"{column}: {words(row.fault, **row.names)}" if column else words(row.fault, **row.names)


def _known(key: UUID) -> StudyTold:
    found = study_called(key)
    if found is None:
        raise Http404
    return found


def _teller(request: Request) -> Teller:
    return Teller(by_name=request.actor.name, at=timezone.now(), on=timezone.localdate())


def _saved(key: UUID) -> str:
    return f"{reverse('study', args=[key])}?saved=1"


def _places(actor: Actor, words: Words) -> list[tuple[str, str]]:
    """The regions and hospitals that somebody speaks for."""
    own = [one for one in organisations() if one.kind in _KINDS and actor.sees(one.code)]
    return [(one.code, told.place_name(one.code, words)) for one in own]


def _place(request: Request, code: str) -> Organisation | None:
    """The place that was chosen; None for the study as a whole. Raises OutOfSightError for another's."""
    if not code:
        return None
    if not request.actor.sees(code):
        raise OutOfSightError
    return Organisation.objects.get(pk=code)


def _about(found: StudyTold, words: Words) -> dict[str, Any]:
    """What the forms about a study have in common."""
    name, _ = told.title(found.what, words)
    way = (*crumbs(words), (name, reverse("study", args=[found.key])))
    return {"eyebrow": name, "section": "work", "crumbs": way}
