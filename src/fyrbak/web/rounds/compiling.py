"""The coordinator's work: the matrix of a round, and one goal with everybody's answers to condense."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_GET, require_http_methods

from fyrbak.access.actor import OutOfSightError
from fyrbak.access.roles import Deed
from fyrbak.errors import FyrbakError
from fyrbak.goals import models as m
from fyrbak.goals.rounds import selectors
from fyrbak.goals.rounds.answers import Typed, typed_in
from fyrbak.goals.rounds.listed import Listed
from fyrbak.goals.rounds.services import add_note, condense, return_with_question
from fyrbak.goals.rounds.states import AnswerState, RoundState, state_of
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb, page
from fyrbak.web.rounds.evidence import PinnedLine, pinned_line
from fyrbak.web.rounds.marks import drawn, goal_html
from fyrbak.web.rounds.reach import Reached, part_in, reach_to_run
from fyrbak.web.rounds.tasks import crumbs, standing, step_lines

_WHOLE = 1000  # answers that a page shows at once
# What can be done with a round as it stands.
STEPS = {
    RoundState.COMING: ("close",),
    RoundState.OPEN: ("close",),
    RoundState.CLOSED: ("reopen", "freeze"),
    RoundState.FROZEN: (),
}


@allowed(Deed.RUN_ROUND)
@require_GET
def compile_(request: Request, key: str, label: str) -> HttpResponse:
    """All answers of a round: goals in rows, organisations in columns; of a large one an area at a time."""
    reached, lang = reach_to_run(request.actor, key, label), language_of(request)
    words = Words(lang)
    found = selectors.compilation(
        reached.follow_up, reached.listing.parts, most=_WHOLE, area=request.GET.get("area", "")
    )
    whole = found.shown == found.parts
    names = {row.organisation_id: words.of(row.organisation, "name") for row in found.asked}
    cells = drawn(found.cells.values(), names.values(), reached.scale, lang)
    goals_at = reverse("compile_goal", args=[key, label, "0"]).removesuffix("0/")
    return page(
        request, "rounds/compile", title=words("rounds.compile", label=label), section="work",
        crumbs=crumbs(reached, words), key=key, label=label, state=standing(reached, words),
        deeds=[
            (deed, words(f"rounds.deed.{deed}")) for deed in STEPS[state_of(reached.follow_up, localdate())]
        ],
        areas=() if whole else [(area.number, words.of(area, "name")) for area in found.areas],
        chosen="" if whole else found.shown[0].area.number,
        asked=[(row.short, names[row.organisation_id]) for row in found.asked],
        rows=[
            (
                goal_html(part.number, words.of(part, "text"), goals_at),
                SafeString(
                    "".join(cells[name, found.cells.get((part.pk, code))] for code, name in names.items())
                ),
                found.notes.get(part.pk, 0),
            )
            for part in found.shown
        ],
        given=sum(one.sent for one in found.progress.values()), wanted=len(found.parts) * len(names),
        returned=sum(one.returned for one in found.progress.values()),
        missing=missing_lines(found.asked, found.progress, words), steps=step_lines(reached.follow_up, words),
        plan=words.of(reached.follow_up.edition.plan, "title"), synthetic=reached.follow_up.synthetic,
    )  # fmt: skip


def to_compile(reached: Reached, words: Words) -> Crumb:
    """The way to the matrix of a round."""
    edition, label = reached.follow_up.edition, reached.follow_up.label
    return words("rounds.compile", label=label), reverse("compile", args=[edition.key, label])


def missing_lines(
    asked: Sequence[m.RoundOrganisation], progress: Mapping[str, selectors.Progress], words: Words
) -> list[str]:
    """What each organisation has left to answer, in words; those who are done are not named."""
    names = {row.organisation_id: words.of(row.organisation, "name") for row in asked}
    missing = selectors.missing_in(progress)
    return [words.counted(number, "rounds.left", who=names[code]) for code, number in missing.items()]


@dataclass(frozen=True)
class Trouble:
    """Something that could not be written: in which of the page's forms, why, and the text as typed."""

    form: str
    why: str
    text: str


@allowed(Deed.RUN_ROUND)
@require_http_methods(["GET", "POST"])
def compile_goal(request: Request, key: str, label: str, number: str) -> HttpResponse:
    """One goal with what everybody says of it; texts to print beside the originals, questions and remarks."""
    reached = reach_to_run(request.actor, key, label)
    part = part_in(reached, number)
    if request.method != "POST":
        return _shown(request, reached, part, None)
    sent = request.POST
    form = f"{sent.get('action', '')}-{sent.get('answer', '')}"
    try:
        _written(request, reached, part, sent)
    except OutOfSightError:
        raise
    except FyrbakError as error:
        why = Words(language_of(request)).error(error)
        return _shown(request, reached, part, Trouble(form, why, sent.get("text", "")), status=409)
    return redirect(f"{reverse('compile_goal', args=[key, label, number])}?done={form}#{form}")


def _written(request: Request, reached: Reached, listed: Listed, sent: QueryDict) -> None:
    """Do what one of the page's forms asks for."""
    part = m.GoalPart.objects.get(pk=listed.pk)
    by_name, at, text = request.actor.name, now(), sent.get("text", "")
    if sent.get("action") == "note":
        add_note(
            follow_up=reached.follow_up, part=part, organisation=reached.owner, text=text,
            by_name=by_name, at=at,
        )  # fmt: skip
        return
    said = _answer(reached, part, sent.get("answer", ""))
    if sent.get("action") == "return":
        return_with_question(assessment=said, text=text, by_name=by_name, at=at)
    else:
        shown = sent.get("shown", "")
        number = int(shown) if shown.isdecimal() else None
        condense(assessment=said, text=text, shown=number, by_name=by_name, at=at)


def _answer(reached: Reached, part: m.GoalPart, number: str) -> m.Assessment:
    """The answer with this number, of this goal and round. Raises OutOfSightError."""
    found = m.Assessment.objects.filter(round=reached.follow_up, part=part).select_related("round", "part")
    said = found.filter(pk=number).first() if number.isdecimal() else None
    if said is None:
        raise OutOfSightError
    return said


@dataclass(frozen=True)
class Shown:
    """What one organisation says of the goal, with the coordinator's two texts as far as they are typed.

    ``number`` is the answer's, as forms send it; empty before there is one.
    """

    code: str
    name: str
    said: m.Assessment | None
    number: str
    typed: Typed | None
    returned: bool
    condensed: m.CondensedComment | None
    to_print: str
    asking: str
    pins: list[PinnedLine]


def _shown_voice(voiced: selectors.Voiced, trouble: Trouble | None, words: Words) -> Shown:
    """An organisation's answer as the page shows it; a text that could not be written stands in its form."""
    said, condensed = voiced.current, voiced.condensed
    unwritten = {trouble.form: trouble.text} if trouble else {}
    number = str(said.pk) if said else ""
    to_print = condensed.text if condensed else said.comment if said else ""
    return Shown(
        code=voiced.asked.organisation_id,
        name=words.of(voiced.asked.organisation, "name"),
        said=said,
        number=number,
        typed=typed_in(said) if said else None,
        returned=voiced.state is AnswerState.RETURNED,
        condensed=condensed,
        to_print=unwritten.get(f"condense-{number}", to_print),
        asking=unwritten.get(f"return-{number}", ""),
        pins=[pinned_line(one, formats.language(words.lang)) for one in said.evidence.all()] if said else [],
    )


def _shown(
    request: Request, reached: Reached, part: Listed, trouble: Trouble | None, status: int = 200
) -> HttpResponse:
    words, follow_up = Words(language_of(request)), reached.follow_up
    state = state_of(follow_up, localdate())
    numbers = reached.listing.numbers
    at = numbers.index(part.number)
    return page(
        request, "rounds/compile_goal", title=words("rounds.compile_goal", number=part.number),
        section="work", crumbs=(*crumbs(reached, words), to_compile(reached, words)), status=status,
        reached=reached, part=part, text=words.of(part, "text"), trouble=trouble,
        area=f"{part.area.number} {words.of(part.area, 'name')}",
        before=numbers[at - 1] if at else "", after=numbers[at + 1] if at + 1 < len(numbers) else "",
        voices=[_shown_voice(one, trouble, words) for one in selectors.voices(follow_up, part.pk)],
        notes=follow_up.notes.filter(part=part.pk), owner=words.of(reached.owner, "name"),
        new_note=trouble.text if trouble and trouble.form == "note-" else "",
        key=follow_up.edition.key, label=follow_up.label, state=standing(reached, words),
        is_open=state is RoundState.OPEN, is_frozen=state is RoundState.FROZEN,
        done=request.GET.get("done", ""), synthetic=follow_up.synthetic,
    )  # fmt: skip
