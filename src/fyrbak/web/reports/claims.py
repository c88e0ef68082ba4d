"""Binding a sentence to what it states, and answering a claim that does not hold."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from fyrbak.access.roles import Deed
from fyrbak.errors import FyrbakError
from fyrbak.reports.builder import selectors, services
from fyrbak.reports.builder.review import review
from fyrbak.reports.claims.prose import sentences, stated_in
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.reports.forms import FIELDS, ClaimForm, KeepForm
from fyrbak.web.reports.reach import claim_of, draft_of, section_of
from fyrbak.web.reports.rests_on import rests_on
from fyrbak.web.reports.writing import crumbs_to


@allowed(Deed.BUILD_REPORT)
@require_http_methods(["GET", "POST"])
def bind(request: Request, key: int, number: int) -> HttpResponse:
    """First which sentence and in which way it states something, then what it states."""
    draft, words = draft_of(request.actor, key), Words(language_of(request))
    stored = section_of(draft, number)
    here = next((one for one in selectors.parts(draft) if one.key == stored.pk), None)
    if here is None:
        return redirect("report", key)
    stands_on = rests_on(draft)
    kind, sentence = request.GET.get("kind", ""), request.GET.get("sentence", "")
    form = None
    if kind in FIELDS and sentence:
        form = ClaimForm(words, kind, stands_on, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                services.bind_claim(
                    section=stored, text=here.said, sentence=sentence, states=form.states(),
                    by_name=request.actor.name, at=now(),
                )  # fmt: skip
                return redirect("section", key, number)
            except FyrbakError as error:
                form.refuse(error)
    bound = [one.claim.sentence for one in here.claims]
    more = {one.sentence for one in review([here], stands_on).loose if one.beside}
    free = [one for one in sentences(here.said) if one not in bound or one in more]
    return page(
        request, "reports/bind", title=words("builder.bind"), section="work", form=form, draft=draft,
        crumbs=(*crumbs_to(draft, words),
                (here.title or words("builder.untitled"), reverse("section", args=[key, number]))),
        sentences=[(one, one in more or any(stated_in(one))) for one in free], sentence=sentence, kind=kind,
        kinds=[(name, words(f"claim.kind.{name}")) for name in FIELDS],
        chosen=words(f"claim.kind.{kind}") if kind in FIELDS else "",
        status=422 if form and form.errors else 200,
    )  # fmt: skip


@allowed(Deed.BUILD_REPORT)
@require_http_methods(["GET", "POST"])
def claim(request: Request, key: int, number: int) -> HttpResponse:
    """A claim: whether it holds and why; keep it with a reason, or take it away."""
    draft, words = draft_of(request.actor, key), Words(language_of(request))
    stored = claim_of(draft, number)
    form = KeepForm(words, request.POST if "keep" in request.POST else None)
    if request.method == "POST":
        try:
            if "unbind" in request.POST:
                services.unbind_claim(claim=stored, at=now())
                return redirect("section", key, stored.section_id)
            if form.is_valid():
                services.keep_claim(
                    claim=stored, because=form.cleaned_data["because"], by_name=request.actor.name, at=now()
                )
                return redirect("report", key)
        except FyrbakError as error:
            form.refuse(error)
    found = review(selectors.parts(draft), rests_on(draft))
    here = next((one for one in found.claims if one.key == number), None)
    if here is None:  # its section was taken away
        return redirect("report", key)
    return page(
        request, "reports/claim", title=words("builder.claim"), section="work", form=form, draft=draft,
        crumbs=crumbs_to(draft, words), one=here, why=words.text(here.checked.why),
        kind=words(f"claim.kind.{here.checked.claim.states.kind}"), status=422 if form.errors else 200,
    )  # fmt: skip
