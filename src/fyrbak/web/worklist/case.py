"""One case: where it stands, what it is held against and why, what is booked, what is odd; booking a step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from fyrbak.access.roles import Deed
from fyrbak.measures.breach import Risk
from fyrbak.measures.risk_kept import risks
from fyrbak.measures.worklist import Waiting, Worklist
from fyrbak.pathways.definitions import treatments
from fyrbak.pathways.ongoing.missing import kinds, lacking
from fyrbak.pathways.ongoing.models import Booking, Case, Correction, Step
from fyrbak.pathways.ongoing.selectors import case_with, corrections_of, standing_bookings
from fyrbak.pathways.ongoing.services import book as write_booking
from fyrbak.pathways.ongoing.services import cancel as write_cancellation
from fyrbak.pathways.ongoing.showing import show
from fyrbak.records.models import Organisation
from fyrbak.records.organisations import hospitals
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.reports.worklist import (
    days_left,
    fault_told,
    limits_told,
    pathway_title,
    place_name,
    points_told,
    risk_interval,
    risk_told,
    variant_title,
    who,
)
from fyrbak.web import ground
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.improvement.asking import ask, sent
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb, page
from fyrbak.web.worklist.forms import BookingForm


@dataclass(frozen=True)
class Moment:
    """A step of the pathway in the order of time: registered, booked or still to come."""

    words: str
    day: date | None
    of_pathway: int | None
    state: str
    booking: Booking | None = None


@allowed(Deed.FOLLOW_PATHWAYS)
def case(request: Request, key: UUID) -> HttpResponse:
    """Everything about one pathway of one person. Reading it is an entry in the access log."""
    words, on, found = Words(language_of(request)), ground.today(), case_with(key)
    bookings = standing_bookings([found])[found.pk]
    line = Worklist(on, risks(on)).of(found, bookings) if found.is_open else None
    (name,) = show([found.person_id], page=f"svf/cases/{key}").values()
    return page(
        request, "worklist/case", title=pathway_title(found.pathway, words), section="work",
        case=found, who=who(name),
        place=place_name(found.unit_id or found.region_id, words), start_place=_start_place(found, words),
        on=on, day=found.day(on), moments=list(_moments(found, bookings, on, words)),
        state=_state(found, line, words), left=days_left(line, words) if line else "",
        limits=limits_told(line.limits, line.day, words) if line else [],
        risk=risk_told(line.risk, words) if line else "",
        interval=risk_interval(line.risk, words) if line and line.risk else "",
        parts=_parts(line.risk, words) if line and line.risk else [],
        lacks=[kind for kind in kinds() if lacking(kind, Case.objects.filter(pk=found.pk), on).exists()],
        corrections=[(row, _faulty(row, words)) for row in corrections_of(found)],
        variant=variant_title(found.pathway, found.variant, words) if found.variant else "",
        version=found.rule.partition("@")[2].partition(":")[0],
        may_write=request.actor.may(Deed.REGISTER_EVENTS), register_at=_register_at(found),
        crumbs=_crumbs(words),
    )  # fmt: skip


def _register_at(found: Case) -> str:
    """Where the next event is registered by hand."""
    try:
        return reverse("svf_event", args=[found.key])
    except NoReverseMatch:
        return ""


def _start_place(found: Case, words: Words) -> str:
    """Where it began, if that was elsewhere."""
    elsewhere = found.start_region_id and found.start_region_id != found.region_id
    return place_name(found.start_region_id, words) if elsewhere else ""


def _moments(found: Case, bookings: list[Booking], on: date, words: Words) -> Iterator[Moment]:
    """The start and each step: when it was, when it is booked, or that nothing is known."""
    yield Moment(words("worklist.step.start"), found.start_date, 0, words("worklist.registered"))
    for step in Step:
        day = found.registered(step)
        booked = next((one for one in bookings if one.step == step), None)
        name = words(f"worklist.step.{step}" if step != Step.TREATMENT else "worklist.step.end")
        if day is not None:
            yield Moment(name, day, found.day(day), words("worklist.registered"))
        elif booked is not None:
            passed = words("worklist.booked.passed" if booked.day < on else "worklist.booked")
            yield Moment(name, booked.day, (booked.day - found.start_date).days, passed, booked)
        elif found.is_open:
            yield Moment(name, None, None, words("worklist.not_booked"))


def _state(found: Case, line: Waiting | None, words: Words) -> str:
    """How it stands, in one sentence."""
    if line is not None:
        key = "worklist.state.late" if line.late else "worklist.state.open"
        return words(key, day=line.day, step=words(f"worklist.step.{line.next_step}").lower())
    end = formats.day_in_text(found.end_date or found.start_date, formats.language(words.lang))
    if found.outcome != "treated":
        return words("worklist.state.closed", end=end)
    name = words.text(treatments()[found.treatment].title).lower()
    if found.limit_days is None or found.days is None:
        return words("worklist.state.no_limit", end=end, treatment=name)
    key = "in_time" if found.days <= found.limit_days else "was_late"
    return words(
        f"worklist.state.{key}", end=end, treatment=name, days=found.days, limit=found.limit_days
    )  # fmt: skip


def _faulty(row: Correction, words: Words) -> dict[str, str]:
    """A correction in words: which points, what is wrong, how it is mended."""
    return {**fault_told(row.rule, words), "points": points_told(row, words)}


def _parts(risk: Risk, words: Words) -> list[tuple[str, str]]:
    """The four ways in which those who stood there went on, as shares."""
    lang = formats.language(words.lang)
    shares = {"late": risk.late, "in_time": risk.in_time, "closed": risk.closed, "unjudged": risk.unjudged}
    return [
        (words(f"worklist.went_on.{name}"), formats.percent(share, lang, 0))
        for name, share in shares.items()
        if share is not None
    ]


def _crumbs(words: Words) -> tuple[Crumb, ...]:
    return ((words("work.title"), reverse("work")), (words("worklist.title"), reverse("svf_worklist")))


@allowed(Deed.REGISTER_EVENTS)
def book(request: Request, key: UUID) -> HttpResponse:
    """Give a step of the pathway a day."""
    words, found = Words(language_of(request)), case_with(key)
    form = BookingForm(words, sent(request), initial={"step": found.next_step})
    left = [step for step in Step if found.registered(step) is None]
    form.choose("step", [(step.value, words(f"worklist.step.{step}")) for step in left])
    places = [(one.code, words.of(one, "name")) for one in hospitals(found.region_id or "")]
    form.choose("unit", [("", words("worklist.book.nowhere")), *places])

    def write(given: dict[str, Any]) -> str:
        unit = Organisation.objects.get(pk=given["unit"]) if given["unit"] else None
        write_booking(
            case=found, step=Step(given["step"]), day=given["day"], unit=unit,
            by_name=request.actor.name, at=now(),
        )  # fmt: skip
        return reverse("svf_case", args=[key])

    here = (pathway_title(found.pathway, words), reverse("svf_case", args=[key]))
    return ask(
        request, form, write, title=words("worklist.book"), lead=words("worklist.book.lead"), section="work",
        crumbs=(*_crumbs(words), here),
    )  # fmt: skip


@require_POST
@allowed(Deed.REGISTER_EVENTS)
def cancel(request: Request, key: UUID, number: int) -> HttpResponse:
    """A booking is no longer kept."""
    found = case_with(key)
    booking = Booking.objects.filter(pk=number, person=found.person_id, pathway=found.pathway).first()
    if booking is None:
        raise Http404
    write_cancellation(booking=booking, by_name=request.actor.name, at=now())
    return redirect("svf_case", key)
