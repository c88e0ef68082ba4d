"""Documents in: choose a file, look at the doubtful cells beside what stands in it, store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from fyrbak.access.roles import Deed
from fyrbak.errors import FyrbakError
from fyrbak.goals import models as m
from fyrbak.goals.plans import uploads
from fyrbak.goals.plans.editions import LEVELS
from fyrbak.goals.plans.uploads import Review, ReviewedCell
from fyrbak.records.models import Organisation
from fyrbak.reports import formats
from fyrbak.reports.doubts import doubt
from fyrbak.reports.words import Words, catalogue
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.improvement.asking import sent
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.plans.editions import ask_for_owner
from fyrbak.web.plans.forms import FileForm, StoreForm, UploadForm, WhyForm
from fyrbak.web.plans.reach import crumbs_to, own_upload, owners

_AT_ONCE = 20  # doubtful cells on a page
_KINDS = {
    kind: tuple(level for level in levels if level in (m.Plan.Level.REGIONAL, m.Plan.Level.LOCAL))
    for kind, levels in LEVELS.items()
    if kind != Organisation.Kind.COUNTRY
}


@allowed(Deed.EDIT_PLAN)
def begin(request: Request) -> HttpResponse:
    """Choose a file and say whose plan it is; reviews that were left stand below."""
    words = Words(language_of(request))
    form = UploadForm(words, sent(request), request.FILES or None)
    ask_for_owner(form, request, words, _KINDS)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        request.actor.must(Deed.EDIT_PLAN, typed["owner"])
        owner = next(one for one in owners(request.actor, _KINDS) if one.code == typed["owner"])
        name, data = _content(typed["file"])
        try:
            upload = uploads.begin_upload(
                owner=owner, level=typed["level"], label=typed["label"], name=name, data=data,
                by_name=request.actor.name, at=now(),
            )  # fmt: skip
            return redirect("plan_review", upload.pk)
        except FyrbakError as error:
            form.refuse(error)
    begun = list(uploads.begun(request.actor.scope))
    return page(
        request, "plans/upload", title=words("plans.upload"), section="plans", crumbs=crumbs_to(words),
        status=422 if form.errors else 200, form=form,
        waiting=[one for one in begun if not one.upload.withdrawn_at],
        withdrawn=[one for one in begun if one.upload.withdrawn_at],
    )  # fmt: skip


def _content(file: UploadedFile | None) -> tuple[str, bytes]:
    """A file's name and content, no more than can be kept; nothing when none was chosen."""
    return (file.name or "", file.read(uploads.MOST_BYTES + 1)) if file else ("", b"")


@allowed(Deed.EDIT_PLAN)
def review(request: Request, key: UUID, row: str = "") -> HttpResponse:
    """The doubtful cells that are left, or all cells of one row, each beside what stands in the file."""
    return _review(request, own_upload(request.actor, key), row=row)


def _review(
    request: Request, upload: m.PlanUpload, *, row: str = "", form: StoreForm | None = None,
    file_form: FileForm | None = None, why_form: WhyForm | None = None, fault: str = "",
) -> HttpResponse:  # fmt: skip
    words = Words(language_of(request))
    if upload.edition:
        return redirect("plan_edit", upload.edition.key)
    found = uploads.review(upload)
    shown = found.row(row) if row else found.open[:_AT_ONCE]
    form = form or _store_form(words, None, upload)
    refused = bool(fault or any(one and one.errors for one in (form, file_form, why_form)))
    return page(
        request, "plans/review", title=words("plans.review"), section="plans",
        crumbs=crumbs_to(words, (words("plans.upload"), reverse("plan_upload"))),
        status=422 if refused else 200, upload=upload, found=found, row=row, fault=fault,
        cells=[_cell(cell, words) for cell in shown], left=len(found.open), more=len(found.open) - len(shown),
        answered=found.doubtful - len(found.open),
        unreadable=_unreadable(found, words), earlier=found.document.file if found.document else "",
        left_out=[formats.place(str(one), formats.language(words.lang)) for one in found.document.left_out]
        if found.document else [],
        rows=list(_rows(found)), store=form, file_form=file_form or FileForm(words),
        why_form=why_form or WhyForm(words),
    )  # fmt: skip


def _cell(cell: ReviewedCell, words: Words) -> dict[str, Any]:
    field, _, voice = cell.field.partition(".")
    label = words(f"plans.cell.{field}")
    return {
        "cell": cell,
        "label": f"{label} {voice}".strip(),
        "place": formats.place(str(cell.read.place), formats.language(words.lang)),
        "why": doubt(cell.read.doubtful or "", words),
        "lines": max(2, cell.text.count("\n") + 1, len(cell.text) // 60),
    }


def _rows(found: Review) -> Iterator[tuple[str, str, int]]:
    """Every row and area of the document: its number, its first words, how many of its cells are left."""
    first: dict[str, str] = {}
    left: dict[str, int] = {}
    for cell in found.cells:
        first.setdefault(cell.row, cell.text)
        left[cell.row] = left.get(cell.row, 0) + cell.open
    yield from ((number, text, left[number]) for number, text in first.items())


def _unreadable(found: Review, words: Words) -> str:
    """Why the latest file could not be read, in the reader's language."""
    fault = found.latest.fault
    if not fault:
        return ""
    known = fault["word"] in catalogue()
    return words(fault["word"], **fault["names"]) if known else str(fault["line"])


def _store_form(words: Words, typed: Any, upload: m.PlanUpload) -> StoreForm:
    form = StoreForm(words, typed, initial={"standing": "draft"})
    form.choose("standing", [(one, words(f"plans.store.{one}")) for one in ("draft", "adopted")])
    earlier = m.PlanEdition.objects.filter(
        plan__owner=upload.owner, plan__level=upload.level, superseded_by__isnull=True
    ).select_related("plan")
    form.choose("follows", [("", words("plans.store.nothing")), *((one.key, str(one)) for one in earlier)])
    return form


@require_POST
@allowed(Deed.EDIT_PLAN)
def answer(request: Request, key: UUID) -> HttpResponse:
    """Say what one cell holds, and go on to the next doubtful one."""
    upload = own_upload(request.actor, key)
    row, field, back = (request.POST.get(name, "") for name in ("row", "field", "back"))
    try:
        uploads.answer(
            upload=upload, row=row, field=field, text=request.POST.get("text", ""),
            by_name=request.actor.name, at=now(),
        )  # fmt: skip
    except FyrbakError as error:
        return _review(request, upload, row=back, fault=Words(language_of(request)).error(error))
    return redirect("plan_review_row", key, back) if back else redirect("plan_review", key)


@require_POST
@allowed(Deed.EDIT_PLAN)
def accept(request: Request, key: UUID) -> HttpResponse:
    """Say that all that is left was read right."""
    upload = own_upload(request.actor, key)
    try:
        uploads.accept_rest(upload=upload, by_name=request.actor.name, at=now())
    except FyrbakError as error:
        return _review(request, upload, fault=Words(language_of(request)).error(error))
    return redirect("plan_review", key)


@require_POST
@allowed(Deed.EDIT_PLAN)
def another_file(request: Request, key: UUID) -> HttpResponse:
    """Bring another file for the same review."""
    upload = own_upload(request.actor, key)
    form = FileForm(Words(language_of(request)), request.POST, request.FILES)
    if form.is_valid():
        name, data = _content(form.cleaned_data["file"])
        try:
            uploads.bring_file(upload=upload, name=name, data=data, by_name=request.actor.name, at=now())
            return redirect("plan_review", key)
        except FyrbakError as error:
            form.refuse(error)
    return _review(request, upload, file_form=form)


@require_POST
@allowed(Deed.EDIT_PLAN)
def store(request: Request, key: UUID) -> HttpResponse:
    """Make the reviewed document an edition."""
    upload = own_upload(request.actor, key)
    form = _store_form(Words(language_of(request)), request.POST, upload)
    if form.is_valid():
        typed = form.cleaned_data
        follows = m.PlanEdition.objects.filter(key=typed["follows"]).first() if typed["follows"] else None
        try:
            edition = uploads.store(
                upload=upload, adopted=typed["standing"] == "adopted", follows=follows,
                by_name=request.actor.name, at=now(),
            ).edition  # fmt: skip
            return redirect("plan_edit", edition.key)
        except FyrbakError as error:
            return _review(request, upload, form=form, fault=Words(language_of(request)).error(error))
    return _review(request, upload, form=form)


@require_POST
@allowed(Deed.EDIT_PLAN)
def withdraw(request: Request, key: UUID) -> HttpResponse:
    """Say that nobody goes on with a review."""
    upload = own_upload(request.actor, key)
    form = WhyForm(Words(language_of(request)), request.POST)
    if form.is_valid():
        try:
            uploads.withdraw(
                upload=upload, why=form.cleaned_data["why"], by_name=request.actor.name, at=now()
            )
            return redirect("plan_upload")
        except FyrbakError as error:
            form.refuse(error)
    return _review(request, upload, why_form=form)
