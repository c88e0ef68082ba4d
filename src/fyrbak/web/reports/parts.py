"""A section of a report: its text with the claims beside it, and adding, moving and taking away sections."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST

from fyrbak.access.roles import Deed
from fyrbak.errors import FyrbakError
from fyrbak.reports.builder import selectors, services
from fyrbak.reports.builder.queries import as_text, from_text
from fyrbak.reports.builder.review import review
from fyrbak.reports.models import Section
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.reports.forms import AS_IT_IS, AddForm, PartForm, query_of, shown_by
from fyrbak.web.reports.reach import draft_of, section_of
from fyrbak.web.reports.rests_on import rests_on
from fyrbak.web.reports.writing import crumbs_to, red_list, shows


@allowed(Deed.BUILD_REPORT)
@require_http_methods(["GET", "POST"])
def part(request: Request, key: int, number: int) -> HttpResponse:
    """One section: write its text, and see what it states and whether that holds."""
    draft, words = draft_of(request.actor, key), Words(language_of(request))
    stored = section_of(draft, number)
    every = selectors.parts(draft)
    here = next((one for one in every if one.key == number), None)
    if here is None:  # it was taken away; the report's page puts it back
        return redirect("report", key)
    stands_on = rests_on(draft)
    seen = {"seen": here.wording, "seen_heading": here.title, "seen_shows": as_text(here.query)}
    shown = {"heading": here.title, "text": here.text, "shows": AS_IT_IS, **seen}
    form, theirs = PartForm(words, request.POST or None, initial=shown), ""
    now_shown = shows(here.query, words) or words("builder.shows.text")
    form.choose("shows", [(AS_IT_IS, now_shown), *shown_by(stands_on.outline, words)])
    if request.method == "POST" and form.is_valid():
        try:
            _save(stored, form.cleaned_data, request.actor.name)
            return redirect("section", key, number)
        except services.ChangedMeanwhileError as error:
            form.refuse(error)
            theirs = "\n\n".join((here.title, here.text, now_shown))
            form.data = sent = request.POST.copy()  # so that saving again means having read theirs
            sent.update({name: "" if value is None else str(value) for name, value in seen.items()})
        except FyrbakError as error:
            form.refuse(error)
    found = review(every, stands_on)
    own = [row for row in red_list(found, words) if row["part"] == here]
    return page(
        request, "reports/section", title=here.title or words("builder.untitled"), section="work",
        crumbs=crumbs_to(draft, words), draft=draft, part=here, form=form, theirs=theirs, red=own,
        status=422 if form.errors else 200,
        settled=[(one.key, one.checked, words.text(one.checked.why))
                 for one in found.of(here) if not one.open],
    )  # fmt: skip


def _save(stored: Section, typed: dict[str, Any], by_name: str) -> None:
    """Keep what was typed, unless somebody else has changed the same meanwhile."""
    seen = from_text(typed["seen_shows"])
    services.rewrite(
        section=stored,
        text=typed["text"].replace("\r\n", "\n"),
        title=typed["heading"],
        query=seen if typed["shows"] == AS_IT_IS else query_of(typed["shows"]),
        seen=typed["seen"],
        seen_title=typed["seen_heading"],
        seen_query=seen,
        by_name=by_name,
        at=now(),
    )


@allowed(Deed.BUILD_REPORT)
@require_POST
def add(request: Request, key: int) -> HttpResponse:
    """Add a section last, and go on to write in it."""
    draft, words = draft_of(request.actor, key), Words(language_of(request))
    outline = rests_on(draft).outline
    form = AddForm(words, request.POST)
    form.choose("shows", shown_by(outline, words))
    if form.is_valid():
        try:
            added = services.add_section(
                draft=draft, title=form.cleaned_data["heading"], query=query_of(form.cleaned_data["shows"])
            )
            return redirect("section", key, added.pk)
        except FyrbakError as error:
            form.refuse(error)
    return page(
        request, "reports/add", title=words("builder.add"), section="work", form=form, draft=draft,
        crumbs=crumbs_to(draft, words), status=422,
    )  # fmt: skip


@allowed(Deed.BUILD_REPORT)
@require_POST
def deed(request: Request, key: int, number: int) -> HttpResponse:
    """Move a section, take it away, or put it back. Nothing of it is lost."""
    draft = draft_of(request.actor, key)
    stored = section_of(draft, number)
    match request.POST.get("deed"):
        case "up":
            services.move_section(section=stored, by=-1)
        case "down":
            services.move_section(section=stored, by=1)
        case "remove":
            services.remove_section(section=stored, at=now())
        case "restore":
            services.restore_section(section=stored)
    return redirect("report", key)
