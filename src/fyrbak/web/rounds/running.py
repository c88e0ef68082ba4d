"""Opening, closing, opening again and freezing a round. Each is asked once, and says what it means."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_GET, require_http_methods

from fyrbak.access.actor import OutOfSightError
from fyrbak.access.roles import Deed
from fyrbak.errors import FyrbakError
from fyrbak.goals.models import FollowUpRound
from fyrbak.goals.rounds import selectors
from fyrbak.goals.rounds.asking import asked_by
from fyrbak.goals.rounds.services import close_round, freeze_round, open_round, reopen_round
from fyrbak.goals.rounds.states import state_of
from fyrbak.records.organisations import organisation
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.rounds.compiling import STEPS, missing_lines, to_compile
from fyrbak.web.rounds.reach import reach_to_run
from fyrbak.web.rounds.tasks import crumbs


@allowed(Deed.RUN_ROUND)
@require_GET
def new(request: Request) -> HttpResponse:
    """Which plan to follow up."""
    words = Words(language_of(request))
    editions = [
        (edition, words.of(edition.plan, "title"), words.of(edition.plan.owner, "name"))
        for edition in selectors.editions_to_follow_up(request.actor.scope)
    ]
    return page(
        request, "rounds/new", title=words("rounds.new"), section="work", editions=editions,
        crumbs=((words("work.title"), reverse("work")),),
    )  # fmt: skip


@allowed(Deed.RUN_ROUND)
@require_http_methods(["GET", "POST"])
def open_(request: Request, key: str) -> HttpResponse:
    """Who is asked, and until when. Opening asks all of them for every goal of the plan."""
    edition = selectors.editions_to_follow_up(request.actor.scope).filter(key=key).first()
    if edition is None:
        raise OutOfSightError
    request.actor.must(Deed.RUN_ROUND, edition.plan.owner_id)
    words, sent, why = Words(language_of(request)), request.POST, ""
    could = asked_by(edition)
    chosen = sent.getlist("asked") if request.method == "POST" else list(could)
    days = {name: _day(sent.get(name, "")) for name in ("opens", "closes")}
    if request.method == "POST":
        wrong = [name for name, day in days.items() if day is None and sent.get(name)]
        try:
            if not wrong:
                opened = open_round(
                    edition=edition, label=sent.get("label", "").strip(), opens=days["opens"] or localdate(),
                    closes=days["closes"], by_name=request.actor.name, at=now(),
                    organisations={code: short for code, short in could.items() if code in chosen},
                )  # fmt: skip
                return redirect("round", edition.key, opened.label)
            why = words("rounds.error.day")
        except FyrbakError as error:
            why = words.error(error)
    return page(
        request, "rounds/open", title=words("rounds.open"), section="work",
        status=422 if why else 200, why=why,
        crumbs=((words("work.title"), reverse("work")), (words("rounds.new"), reverse("round_new"))),
        edition=edition, plan=words.of(edition.plan, "title"), sent=sent, today=localdate(),
        asked=[(code, words.of(organisation(code), "name"), code in chosen) for code in could],
    )  # fmt: skip


@allowed(Deed.RUN_ROUND)
@require_http_methods(["GET", "POST"])
def step(request: Request, key: str, label: str, deed: str) -> HttpResponse:
    """Close, open again or freeze, once somebody has seen what it means."""
    reached, words = reach_to_run(request.actor, key, label), Words(language_of(request))
    follow_up, sent, why = reached.follow_up, request.POST, ""
    if deed not in STEPS[state_of(follow_up, localdate())]:
        return redirect("compile", key, label)
    if request.method == "POST":
        try:
            _done(request, deed, reached.follow_up)
            return redirect("compile", key, label)
        except FyrbakError as error:
            why = words.error(error)
    asked = selectors.asked_in(follow_up)
    progress = selectors.progress_of(asked)
    return page(
        request, "rounds/step", title=words(f"rounds.{deed}", label=label), section="work", deed=deed,
        crumbs=(*crumbs(reached, words), to_compile(reached, words)), why=why,
        key=key, label=label, missing=missing_lines(asked, progress, words),
        returned=sum(one.returned for one in progress.values()), sent=sent,
        meaning=words(f"rounds.{deed}.means"), now=words(f"rounds.{deed}.now"),
        status=422 if why else 200, plan=words.of(follow_up.edition.plan, "title"),
        synthetic=follow_up.synthetic,
    )  # fmt: skip


def _done(request: Request, deed: str, follow_up: FollowUpRound) -> None:
    by_name, at, reason = request.actor.name, now(), request.POST.get("reason", "")
    match deed:
        case "close":
            close_round(follow_up=follow_up, by_name=by_name, at=at, reason=reason)
        case "reopen":
            closes = _day(request.POST.get("closes", ""))
            reopen_round(follow_up=follow_up, closes=closes, by_name=by_name, at=at, reason=reason)
        case "freeze":
            freeze_round(follow_up=follow_up, by_name=by_name, at=at)


def _day(text: str) -> date | None:
    """The day that a field holds; None where it holds none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
