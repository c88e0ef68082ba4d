"""The weekly letter: how somebody wants it, and for administrators the log of what was sent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.timezone import localdate

from fyrbak.access.roles import Deed
from fyrbak.goals.improvement import sending
from fyrbak.goals.improvement.models import LetterChoice, SentDigest
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.improvement.asking import ask, sent
from fyrbak.web.improvement.forms import LetterForm
from fyrbak.web.language import language_of
from fyrbak.web.pages import page

_WEEKS = 26  # as many weeks back as the log's form offers


@allowed(Deed.ADMINISTER)
def digests(request: Request) -> HttpResponse:
    """The letters of a week to the accounts that the administrator looks after: sent, or why not."""
    words, week = Words(language_of(request)), _week(request.GET.get("week", ""))
    rows = list(SentDigest.objects.filter(week=week).select_related("account").order_by("-at", "-id"))
    # A letter that failed and was sent later did arrive.
    arrived = {row.account_id for row in rows if row.outcome == SentDigest.Outcome.SENT}
    unsent = {row.account_id for row in rows} - arrived
    return page(
        request, "improvement/digests", title=words("digests.title"), section="work", rows=rows,
        lead=words("digests.lead", sent=len(arrived), unsent=len(unsent)), week=week,
        choices=[{"name": "week", "label": words("digests.week"), "options": _weeks(words),
                  "chosen": week.isoformat()}],
        crumbs=((words("work.title"), reverse("work")),),
    )  # fmt: skip


@allowed()
def choice(request: Request) -> HttpResponse:
    """How the one who has signed in wants the letter."""
    words, account = Words(language_of(request)), int(request.actor.account or 0)
    now = sending.choice_of(account)
    form = LetterForm(words, sent(request), initial={"pace": now.pace, "lang": now.lang})
    form.choose("pace", [(one.value, words(f"digests.pace.{one}")) for one in LetterChoice.Pace])
    form.choose("lang", [("sv", "Svenska"), ("en", "English")])

    def write(given: dict[str, Any]) -> str:
        sending.choose(account=account, pace=LetterChoice.Pace(given["pace"]), lang=given["lang"])
        return reverse("work")

    return ask(
        request, form, write, title=words("digests.choice"), lead=words("digests.choice.lead"),
        section="work", crumbs=((words("work.title"), reverse("work")),),
    )  # fmt: skip


def _week(asked: str) -> date:
    """The Monday of the week asked for; of this week where none is."""
    try:
        return sending.monday_of(date.fromisoformat(asked))
    except ValueError:
        return sending.monday_of(localdate())


def _weeks(words: Words) -> list[tuple[str, str]]:
    this = sending.monday_of(localdate())
    mondays = [this - timedelta(weeks=back) for back in range(_WEEKS)]
    return [
        (day.isoformat(), words("digests.week.of", week=f"{day:%V}".lstrip("0"), year=f"{day:%G}"))
        for day in mondays
    ]
