"""My follow-up: a round, and the list of goals that an organisation is to answer in it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate, localtime, now
from django.views.decorators.http import require_GET, require_POST

from fyrbak.access.roles import Deed
from fyrbak.goals.models import FollowUpRound
from fyrbak.goals.rounds import selectors
from fyrbak.goals.rounds.before import round_before
from fyrbak.goals.rounds.drafts import begin_with_answers_before
from fyrbak.goals.rounds.states import AnswerState, RoundState, state_of
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb, page
from fyrbak.web.rounds.marks import drawn_levels
from fyrbak.web.rounds.reach import Reached, reach, reach_to_answer


@allowed(Deed.ASSESS, Deed.RUN_ROUND)
@require_GET
def round_(request: Request, key: str, label: str) -> HttpResponse:
    """A round: the list of one's own organisation, or the choice of whom to answer for."""
    reached, words = reach(request.actor, key, label), Words(language_of(request))
    if len(reached.asked) == 1 and not reached.runs_it:
        return redirect("tasks", key, label, reached.asked[0].organisation_id)
    progress = selectors.progress_of(reached.asked)
    return page(
        request, "rounds/round", title=words("rounds.round", label=label), section="work",
        crumbs=((words("work.title"), reverse("work")),), key=key, label=label,
        reached=reached, state=standing(reached, words),
        rows=[
            (row, words.of(row.organisation, "name"), progress[row.organisation_id]) for row in reached.asked
        ],
        plan=words.of(reached.follow_up.edition.plan, "title"), steps=step_lines(reached.follow_up, words),
        synthetic=reached.follow_up.synthetic,
    )  # fmt: skip


@allowed(Deed.ASSESS)
@require_GET
def tasks(request: Request, key: str, label: str, code: str) -> HttpResponse:
    """What an organisation is to answer, by area, with how each answer stands and one next step."""
    reached, asked = reach_to_answer(request.actor, key, label, code)
    words, follow_up = Words(language_of(request)), reached.follow_up
    found = selectors.task_list(
        follow_up, asked.organisation, request.actor.account or 0, reached.listing.parts
    )
    is_open = state_of(follow_up, localdate()) is RoundState.OPEN
    states = {state: words(f"rounds.state.{state}") for state in AnswerState}
    levels = drawn_levels((one.level for one in found.tasks), reached.scale, formats.language(words.lang))
    return page(
        request, "rounds/tasks", title=words("rounds.mine"), section="work", crumbs=crumbs(reached, words),
        goals_at=reverse("answer", args=[key, label, code, "0"]).removesuffix("0/"),
        found=found, key=key, label=label, code=code, is_open=is_open,
        before=round_before(follow_up) if found.count(AnswerState.NOT_STARTED) else None,
        who=words.of(asked.organisation, "name"), plan=words.of(follow_up.edition.plan, "title"),
        told=" ".join((standing(reached, words), *_counted(found, words, is_open=is_open))),
        areas=[
            (
                f"{area.number} {words.of(area, 'name')}",
                [(one, words.of(one.part, "text"), levels[one.level], states[one.state]) for one in below],
            )
            for area, below in found.by_area()
        ],
        sent=request.GET.get("sent", ""), begun=request.GET.get("begun", ""), synthetic=follow_up.synthetic,
        from_file=list(_from_file(request, words)),
    )  # fmt: skip


def _from_file(request: Request, words: Words) -> Iterator[str]:
    """What became of a file that has just come back."""
    for name, key in (("from_file", "round_files.saved"), ("as_drafts", "round_files.kept")):
        number = request.GET.get(name, "")
        if number.isdecimal() and (int(number) or name == "from_file"):
            yield words.counted(int(number), key)


def _counted(found: selectors.TaskList, words: Words, *, is_open: bool) -> Iterator[str]:
    """How far the organisation has come, and about how long the rest takes."""
    sent, total = found.count(AnswerState.SENT), len(found.tasks)
    yield words("rounds.sent_of", sent=sent, total=total)
    for state in (AnswerState.RETURNED, AnswerState.DRAFT):
        if number := found.count(state):
            yield words.counted(number, f"rounds.counted.{state}")
    if is_open and sent < total:
        yield words.counted(found.minutes_left, "rounds.minutes")


@allowed(Deed.ASSESS)
@require_POST
def begin(request: Request, key: str, label: str, code: str) -> HttpResponse:
    """Take the answers of the round before as drafts, to be looked at one by one."""
    reached, asked = reach_to_answer(request.actor, key, label, code)
    begun = begin_with_answers_before(
        follow_up=reached.follow_up, organisation=asked.organisation,
        account=request.actor.account or 0, at=now(),
    )  # fmt: skip
    return redirect(f"{reverse('tasks', args=[key, label, code])}?{urlencode({'begun': begun})}")


def crumbs(reached: Reached, words: Words) -> tuple[Crumb, ...]:
    """The way down to what belongs to a round."""
    edition, label = reached.follow_up.edition, reached.follow_up.label
    return (
        (words("work.title"), reverse("work")),
        (words("rounds.round", label=label), reverse("round", args=[edition.key, label])),
    )


def standing(reached: Reached, words: Words) -> str:
    """How a round stands today, and until when, in a sentence."""
    follow_up, lang = reached.follow_up, formats.language(words.lang)
    state = state_of(follow_up, localdate())
    if state is RoundState.COMING and follow_up.opens:
        return words("rounds.is.coming_on", day=formats.day_in_text(follow_up.opens, lang))
    if state is RoundState.OPEN and follow_up.closes:
        return words("rounds.is.open_until", day=formats.day_in_text(follow_up.closes, lang))
    return words(f"rounds.is.{state}")


def step_lines(follow_up: FollowUpRound, words: Words) -> list[str]:
    """What has been done with a round, by whom, when and why, in words."""
    return [
        words(
            f"rounds.step.{one.kind}", who=one.by_name,
            at=formats.moment(localtime(one.at), formats.language(words.lang)),
        )
        + (f" {one.reason}" if one.reason else "")
        for one in selectors.steps_of(follow_up)
    ]  # fmt: skip
