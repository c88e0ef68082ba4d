"""Answering in a file: fetch a form, bring it back, look at what it changes, and send what is chosen.

Between looking and sending nothing is stored: what the file says travels in the page, sealed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fyrbak.access.actor import OutOfSightError
from fyrbak.access.roles import Deed
from fyrbak.errors import FyrbakError
from fyrbak.goals import models as m
from fyrbak.goals.rounds import forms
from fyrbak.goals.rounds.answers import Typed, typed_in, written
from fyrbak.goals.rounds.drafts import save_draft
from fyrbak.goals.rounds.selectors import parts_of
from fyrbak.goals.rounds.services import ConflictError, send_answer
from fyrbak.goals.rounds.states import RoundNotOpenError, RoundState, state_of
from fyrbak.reports.round_files import read_form, write_excel_form, write_word_form
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.downloads import download
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.rounds.evidence import beside_goal
from fyrbak.web.rounds.reach import Reached, reach_to_answer
from fyrbak.web.rounds.tasks import crumbs

_SALT, _OLDEST = "fyrbak.round-file", 24 * 60 * 60
_WRITERS = {"xlsx": write_excel_form, "docx": write_word_form}


@allowed(Deed.ASSESS)
@require_GET
def fetch(request: Request, key: str, label: str, code: str, ending: str) -> HttpResponse:
    """The form of an organisation as Excel or Word."""
    if ending not in _WRITERS:
        raise OutOfSightError
    reached, asked = reach_to_answer(request.actor, key, label, code)
    form = forms.form_of(reached.follow_up, asked, request.actor.account)
    return download(_WRITERS[ending](form, language_of(request)), f"{key}-{code}.{ending}")


@allowed(Deed.ASSESS)
@require_http_methods(["GET", "POST"])
def files(request: Request, key: str, label: str, code: str) -> HttpResponse:
    """Fetch a form or bring one back. What comes back is looked at before anything is written."""
    reached, asked = reach_to_answer(request.actor, key, label, code)
    words = Words(language_of(request))
    why = words("round_files.expired") if "expired" in request.GET else ""
    if request.method == "POST":
        sent = request.FILES.get("file")
        try:
            if sent is not None:
                filled = read_form(sent.read(), sent.name or "")
                found = forms.review(reached.follow_up, asked.organisation, filled)
                return _review(request, reached, asked, found)
            why = words("round_files.none")
        except FyrbakError as error:
            why = words.error(error)
    return page(
        request, "rounds/files", title=words("round_files.title"), section="work", status=422 if why else 200,
        crumbs=(*crumbs(reached, words), _to_list(asked, reached, words)), why=why,
        key=key, label=label, code=code, who=words.of(asked.organisation, "name"),
        is_open=state_of(reached.follow_up, localdate()) is RoundState.OPEN,
        synthetic=reached.follow_up.synthetic,
    )  # fmt: skip


def _review(
    request: Request, reached: Reached, asked: m.RoundOrganisation, found: forms.Review
) -> HttpResponse:
    words, filled = Words(language_of(request)), found.filled
    return page(
        request, "rounds/review", title=words("round_files.review"), section="work",
        crumbs=(*crumbs(reached, words), _to_list(asked, reached, words)), found=found, reached=reached,
        key=reached.follow_up.edition.key, label=reached.follow_up.label, code=asked.organisation_id,
        changes=[_shown(one) for one in found.changes],
        conflicts=[_shown(one) for one in found.conflicts],
        broken=[
            (
                words(f"round_files.place.{filled.origin}", place=one.row.place), one.row.number,
                _fault(one, words), written(one.row.typed),
            )
            for one in found.broken
        ],
        unchanged=words.counted(found.unchanged, "round_files.unchanged"),
        absent=words("round_files.absent", numbers=words.listed(found.absent)) if found.absent else "",
        save=words("round_files.save_chosen") if found.conflicts
        else words.counted(len(found.changes), "round_files.save"),
        sealed=signing.dumps(_told(found), salt=_SALT, compress=True),
        is_open=state_of(reached.follow_up, localdate()) is RoundState.OPEN,
        synthetic=reached.follow_up.synthetic,
    )  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """A change as the page shows it: what holds now, and what the file says."""

    number: str
    text: str
    now: Typed | None
    by_name: str
    new: Typed


def _shown(change: forms.Change) -> Shown:
    said = change.said
    return Shown(
        change.part.number, change.part.text_sv, typed_in(said) if said else None,
        said.by_name if said else "", change.row.typed,
    )  # fmt: skip


def _fault(broken: forms.Broken, words: Words) -> str:
    """Why a row cannot be used, in words."""
    if isinstance(broken.fault, forms.RowFault):
        cell = {"cell": broken.row.cell} if broken.row.cell else {}
        return words(f"round_files.fault.{broken.fault}", **cell)
    return words(f"rounds.fault.{broken.fault}")


def _told(found: forms.Review) -> dict[str, Any]:
    """What the file says and what it was held against, to come back with the choice."""
    return {
        "origin": found.filled.origin,
        "file": found.filled.file_name,
        "rows": [
            {
                "part": one.part.pk,
                "shown": one.said.pk if one.said else None,
                "conflict": one in found.conflicts,
                "typed": asdict(one.row.typed),
            }
            for one in (*found.changes, *found.conflicts)
        ],
    }


@allowed(Deed.ASSESS)
@require_POST
def take_in(request: Request, key: str, label: str, code: str) -> HttpResponse:
    """Send what was looked at. What somebody else was quicker with, or came too late, lies as drafts."""
    reached, asked = reach_to_answer(request.actor, key, label, code)
    try:
        told = signing.loads(request.POST.get("sealed", ""), salt=_SALT, max_age=_OLDEST)
    except signing.BadSignature:
        return redirect(f"{reverse('files', args=[key, label, code])}?expired=1")
    parts = {part.pk: part for part in parts_of(reached.follow_up)}
    sent = kept = 0
    for row in told["rows"]:
        part = parts.get(row["part"])
        if part is None or (row["conflict"] and request.POST.get(f"choice-{part.number}") != "mine"):
            continue
        answer = Typed(**(row["typed"] | {"levels": tuple(row["typed"]["levels"])}))
        names = {
            "follow_up": reached.follow_up, "part": part, "organisation": asked.organisation,
            "account": request.actor.account or 0, "shown": row["shown"], "at": now(),
        }  # fmt: skip
        try:
            send_answer(
                **names, answer=answer, by_name=request.actor.name, file_name=told["file"],
                origin=m.Assessment.Origin(told["origin"]),
                evidence=beside_goal(part, asked, reached.listing).pinned(answer.level(reached.codes)),
            )  # fmt: skip
            sent += 1
        except (ConflictError, RoundNotOpenError):
            save_draft(**names, typed=answer)
            kept += 1
    return redirect(f"{reverse('tasks', args=[key, label, code])}?from_file={sent}&as_drafts={kept}")


def _to_list(asked: m.RoundOrganisation, reached: Reached, words: Words) -> tuple[str, str]:
    follow_up = reached.follow_up
    place = [follow_up.edition.key, follow_up.label, asked.organisation_id]
    return words.of(asked.organisation, "name"), reverse("tasks", args=place)
