"""One goal a page: what was said last time, what data say, the answer, its drafts and its history."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, localtime, now
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fyrbak.access.roles import Deed
from fyrbak.goals import models as m
from fyrbak.goals.rounds import selectors
from fyrbak.goals.rounds.answers import Fault, Typed, typed, typed_in
from fyrbak.goals.rounds.before import Earlier, answers_before
from fyrbak.goals.rounds.drafts import discard_draft, drafts_of, save_draft, save_while_typing
from fyrbak.goals.rounds.listed import Listed
from fyrbak.goals.rounds.services import ConflictError, send_answer
from fyrbak.goals.rounds.states import AnswerState, RoundNotOpenError, RoundState, state_of
from fyrbak.reports import formats
from fyrbak.reports.answering import Beside, told
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.rounds.evidence import beside_goal, objections, pinned_line
from fyrbak.web.rounds.marks import reasons
from fyrbak.web.rounds.reach import Reached, part_in, reach_to_answer
from fyrbak.web.rounds.tasks import crumbs, standing

REASON = "reason:"  # what the choice of a reason begins with, beside the codes of levels
GUIDE = 300  # letters; about three sentences


@dataclass(frozen=True)
class Place:
    """One goal that somebody answers for an organisation."""

    reached: Reached
    asked: m.RoundOrganisation
    part: Listed
    account: int

    @cached_property
    def names(self) -> dict[str, Any]:
        """What services ask for of it."""
        return {
            "follow_up": self.reached.follow_up,
            "part": m.GoalPart.objects.get(pk=self.part.pk),
            "organisation": self.asked.organisation,
            "account": self.account,
        }

    @property
    def address(self) -> list[str]:
        """The parts of its address."""
        edition, label = self.reached.follow_up.edition, self.reached.follow_up.label
        return [edition.key, label, self.asked.organisation_id, self.part.number]

    @property
    def shown_as(self) -> dict[str, Any]:
        """The same for templates, by name."""
        return dict(zip(("key", "label", "code", "number"), self.address, strict=True))

    @cached_property
    def beside(self) -> Beside:
        """What data say of it."""
        return beside_goal(self.part, self.asked, self.reached.listing)

    @cached_property
    def tasks(self) -> selectors.TaskList:
        """All that the organisation is to answer."""
        parts = self.reached.listing.parts
        return selectors.task_list(self.reached.follow_up, self.asked.organisation, self.account, parts)

    @cached_property
    def chain(self) -> list[m.Assessment]:
        """What the organisation has answered, the current answer last."""
        return selectors.answers_given(self.reached.follow_up, self.part.pk, self.asked.organisation)

    @cached_property
    def current(self) -> m.Assessment | None:
        """The current answer, if there is one."""
        if self.part.pk not in self.tasks.sent:
            return None
        answers = selectors.current_answers(self.reached.follow_up)
        return answers.filter(part=self.part.pk, organisation=self.asked.organisation).first()

    @property
    def questions(self) -> list[m.Question]:
        """What somebody has asked about the current answer."""
        returned = self.tasks.states[self.part.pk] is AnswerState.RETURNED
        return list(self.current.questions.all()) if self.current and returned else []

    @property
    def draft(self) -> m.Draft | None:
        """What the account has typed and not sent."""
        if self.part.pk not in self.tasks.typed:
            return None
        follow_up, organisation = self.reached.follow_up, self.asked.organisation
        return drafts_of(follow_up, organisation, self.account).filter(part=self.part.pk).first()

    def earlier(self) -> Earlier | None:
        """What the organisation said of the goal in the round before."""
        found = answers_before(self.reached.follow_up, self.asked.organisation, [self.part])
        return found.get(self.part.pk)


def _place(request: Request, key: str, label: str, code: str, number: str) -> Place:
    reached, asked = reach_to_answer(request.actor, key, label, code)
    return Place(reached, asked, part_in(reached, number), request.actor.account or 0)


@allowed(Deed.ASSESS)
@require_http_methods(["GET", "POST"])
def answer(request: Request, key: str, label: str, code: str, number: str) -> HttpResponse:
    """One goal: what was said last time, what data say, and the organisation's answer."""
    place = _place(request, key, label, code, number)
    if request.method != "POST":
        draft = place.draft
        if draft is None:
            said = place.current
            return _shown(request, place, typed_in(said) if said else Typed(), said.pk if said else None)
        return _shown(request, place, typed_in(draft), draft.based_on_id, draft=draft)
    match request.POST.get("action"):
        case "theirs":
            discard_draft(**place.names)
            return redirect("answer", *place.address)
        case "before":
            earlier, said = place.earlier(), place.current
            if earlier:
                save_draft(**place.names, typed=earlier.typed, shown=said.pk if said else None, at=now())
            return redirect("answer", *place.address)
        case "draft":
            save_draft(**place.names, typed=typed_of(request.POST), shown=_shown_one(request.POST), at=now())
            return redirect(f"{reverse('answer', args=place.address)}?kept=1")
        case _:
            return _send(request, place)


def _send(request: Request, place: Place) -> HttpResponse:
    """Send the answer and go on; where that cannot be, keep what was typed and say why."""
    written, shown = typed_of(request.POST), _shown_one(request.POST)
    fault = written.fault(place.reached.codes)
    if fault:
        save_draft(**place.names, typed=written, shown=shown, at=now())
        return _shown(request, place, written, shown, fault=fault, status=422)
    try:
        evidence = place.beside.pinned(written.level(place.reached.codes))
        by_name = request.actor.name
        send_answer(**place.names, answer=written, shown=shown, evidence=evidence, by_name=by_name, at=now())
    except (ConflictError, RoundNotOpenError) as error:
        draft = save_draft(**place.names, typed=written, shown=shown, at=now())
        closed = Words(language_of(request)).error(error) if isinstance(error, RoundNotOpenError) else ""
        return _shown(request, place, written, shown, draft=draft, closed=closed, status=409)
    following = place.tasks.after(place.part.number)
    key, label, code, number = place.address
    onward = (
        reverse("answer", args=[key, label, code, following.part.number])
        if following
        else reverse("tasks", args=[key, label, code])
    )
    return redirect(f"{onward}?{urlencode({'sent': number})}")


def _shown(
    request: Request,
    place: Place,
    written: Typed,
    shown: int | None,
    *,
    draft: m.Draft | None = None,
    fault: Fault | None = None,
    closed: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of one goal with ``written`` in its form. Where another answer came after ``shown``, both."""
    lang = language_of(request)
    words, said, follow_up = Words(lang), place.current, place.reached.follow_up
    theirs = said if said and said.pk != shown and typed_in(said) != written else None  # came meanwhile
    numbers = place.reached.listing.numbers
    at = numbers.index(place.part.number)
    goal, who = words("rounds.goal", number=place.part.number), words.of(place.asked.organisation, "name")
    state = state_of(follow_up, localdate())
    return page(
        request, "rounds/answer", title=f"{goal}, {who}", section="work", status=status,
        crumbs=(*crumbs(place.reached, words), _to_list(place, words)),
        synthetic=follow_up.synthetic, place=place, goal=goal, who=who, **place.shown_as,
        text=words.of(place.part, "text"), text_lang="sv" if lang == "sv" or not place.part.text_en else "en",
        area=f"{place.part.area.number} {words.of(place.part.area, 'name')}",
        position=at + 1, total=len(numbers), sent_in_all=place.tasks.count(AnswerState.SENT),
        before=numbers[at - 1] if at else "", after=numbers[at + 1] if at + 1 < len(numbers) else "",
        written=written, draft=draft, fault=words(f"rounds.fault.{fault}") if fault else "", closed=closed,
        said=said, theirs=theirs, their_words=typed_in(theirs) if theirs else None, earlier=place.earlier(),
        questions=place.questions, state=standing(place.reached, words),
        is_open=state is RoundState.OPEN, focus=_focus(place, written),
        levels=_levels(place, written), also=_also(place, written), reasons=_reasons(written, lang),
        evidence=told(place.beside, lang), objections=objections(place.beside, lang), guide=GUIDE,
        sent=request.GET.get("sent", ""), kept="kept" in request.GET,
    )  # fmt: skip


def _focus(place: Place, written: Typed) -> int:
    """Which level the keyboard begins at: the chosen one, else the first; none where a reason is chosen."""
    if written.blank_reason:
        return 0
    first = written.levels[0] if written.levels else ""
    return place.reached.codes.index(first) + 1 if first in place.reached.codes else 1


def _levels(place: Place, written: Typed) -> list[tuple[Typed, str, bool]]:
    """The levels to choose among: each as an answer, its code, and whether it is chosen."""
    first = written.levels[:1]
    return [(Typed((code,)), code, (code,) == first) for code in place.reached.codes]


def _also(place: Place, written: Typed) -> list[tuple[Typed, str, bool]]:
    """The levels that other parts of the goal may have come to."""
    return [(Typed((code,)), code, code in written.levels[1:]) for code in place.reached.codes]


def _reasons(written: Typed, lang: formats.Language) -> list[tuple[str, str, bool]]:
    """The reasons for having no level: the value sent, the words, and whether it is chosen."""
    return [(f"{REASON}{code}", words, code == written.blank_reason) for code, words in reasons(lang)]


@require_POST
def draft(request: Request, key: str, label: str, code: str, number: str) -> HttpResponse:
    """Keep what is being typed, and say when that was done. What is asked from the page while one types."""
    lang = language_of(request)
    said = Words(lang)("rounds.signed_out")
    if request.actor.known:
        place, at = _place(request, key, label, code, number), now()
        kept = save_while_typing(
            **place.names, typed=typed_of(request.POST), shown=_shown_one(request.POST),
            by_name=request.actor.name, at=at,
        )  # fmt: skip
        said = Words(lang)(
            "rounds.kept" if kept else "rounds.nothing_new", at=formats.clock(localtime(at), lang)
        )
    return render(request, "web/rounds/_kept.html", {"said": said})


@allowed(Deed.ASSESS)
@require_GET
def history(request: Request, key: str, label: str, code: str, number: str) -> HttpResponse:
    """All answers of an organisation to a goal in a round, with what was asked, edited and said by data."""
    place, lang = _place(request, key, label, code, number), language_of(request)
    words = Words(lang)
    return page(
        request, "rounds/history", title=words("rounds.history", number=number), section="work",
        crumbs=(*crumbs(place.reached, words), _to_list(place, words)), place=place, **place.shown_as,
        text=words.of(place.part, "text"), who=words.of(place.asked.organisation, "name"),
        synthetic=place.reached.follow_up.synthetic,
        answers=[
            (
                said, typed_in(said), [pinned_line(one, lang) for one in said.evidence.all()],
                words(f"rounds.origin.{said.origin}"),
            )
            for said in reversed(place.chain)
        ],
    )  # fmt: skip


def typed_of(sent: QueryDict) -> Typed:
    """The answer that a form holds, whether or not it could be sent."""
    choice, also = sent.get("level", ""), sent.getlist("also")
    reason = choice.removeprefix(REASON) if choice.startswith(REASON) else ""
    first = [choice] if choice and not reason else []
    return typed(
        levels=[*first, *(code for code in also if code not in first)],
        uncertain="uncertain" in sent,
        blank_reason=reason,
        comment=sent.get("comment", ""),
        explanation=sent.get("explanation", ""),
    )


def _shown_one(sent: QueryDict) -> int | None:
    """The number of the answer that was shown when the writing began."""
    number = sent.get("shown", "")
    return int(number) if number.isdecimal() else None


def _to_list(place: Place, words: Words) -> tuple[str, str]:
    return words.of(place.asked.organisation, "name"), reverse("tasks", args=place.address[:3])
