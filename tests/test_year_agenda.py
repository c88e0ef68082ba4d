"""What is proposed for a meeting and why, that nothing comes twice, and that nothing put off is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from fyrbak.cli.demo_year import demo_year
from fyrbak.goals.models import Activity, PlanEdition
from fyrbak.goals.outline import parse_level
from fyrbak.goals.rounds.services import assess, current_answer, open_round, return_with_question
from fyrbak.goals.year import proceedings, selectors, services, signals
from fyrbak.goals.year.agenda import Proposal, propose_agenda
from fyrbak.goals.year.attendance import attendance
from fyrbak.goals.year.cadence import Cadence, Kind
from fyrbak.goals.year.models import Meeting
from fyrbak.goals.year.signals import Signal
from fyrbak.goals.year.wheel import Due
from fyrbak.measures.definitions import Measure
from fyrbak.measures.results import Result
from fyrbak.reports.agendas import reason
from fyrbak.reports.papers.paper import canonical, paper_from
from groups import BY, a_group, a_member, a_year, action_plan, organisation
from plans import AT, NORTH, follow_up, import_north
from shown_results import CONVERSION, LEAD_TIME, by_region, months, result

pytestmark = pytest.mark.usefixtures("records")


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 14, tzinfo=UTC)


def proposed(meeting: Meeting, on: date | None = None, found: Sequence[Signal] = ()) -> dict[str, Proposal]:
    """The proposals by their titles, seen from the day of the meeting."""
    return {one.title: one for one in propose_agenda(meeting, on=on or meeting.day, signals=found)}


def hold(meeting: Meeting, *, leave: str = "") -> None:
    """Take up everything proposed, deal with all but what is left, freeze the minutes."""
    now = at(meeting.day)
    proceedings.put_on_agenda(
        meeting=meeting, proposals=propose_agenda(meeting, on=meeting.day), by_name=BY, at=now
    )
    for item in meeting.agenda.all():
        if not (leave and leave in item.title):
            proceedings.write_note(item=item, outcome="done", note="", seen=("", ""), by_name=BY, at=now)
    seats = {seat.pk: "present" for seat in proceedings.seats_at(meeting)}
    proceedings.record_attendance(meeting=meeting, presences=seats)
    proceedings.freeze_minutes(meeting=meeting, compose=lambda _: "{}", by_name=BY, at=now)


def test_twice_a_year_is_on_exactly_two_agendas_and_a_missed_one_is_late_at_the_next_meeting() -> None:
    group = a_group(edition=action_plan("2 ggr/år"))
    meetings, title = a_year(group), "2.1.1 Påhittad aktivitet 1"
    assert [title in proposed(one, meetings[0].day) for one in meetings] == [
        False, True, False, False, True, False,
    ]  # fmt: skip
    hold(meetings[0])
    hold(meetings[1], leave=title)
    late = proposed(meetings[2])[title]
    assert late.why == "overdue"
    assert reason(late.why, late.facts, "sv").startswith("Skulle ha följts upp 10\u00a0april 2026.")
    hold(meetings[2])
    assert title not in proposed(meetings[3])
    assert proposed(meetings[4])[title].why == "planned"


def test_continuous_asks_for_a_comment_once_per_meeting_and_is_never_late() -> None:
    group = a_group(edition=action_plan("Fortlöpande"))
    meetings, title = a_year(group), "2.1.1 Påhittad aktivitet 1"
    hold(meetings[0], leave=title)
    again = proposed(meetings[1])[title]
    assert again.why == "comment"
    now = at(meetings[1].day)
    proceedings.put_on_agenda(meeting=meetings[1], proposals=[again], by_name=BY, at=now)
    assert title not in proposed(meetings[1])


def test_the_groups_own_reading_goes_before_the_words() -> None:
    edition = action_plan("Enligt särskild ordning")
    group = a_group(edition=edition)
    meetings = a_year(group)
    assert all(not proposed(one) for one in meetings)
    lineage = Activity.objects.get(goal__area__edition=edition).lineage
    services.read_rhythm(
        group=group, activity=lineage, cadence=Cadence(Kind.TIMES, 2), meetings=[1, 6], by_name=BY,
        at=at(meetings[0].day),
    )  # fmt: skip
    start = meetings[0].day
    assert [bool(proposed(one, start)) for one in meetings] == [True, False, False, False, False, True]


def test_standing_items_return_and_are_not_proposed_again() -> None:
    group = a_group()
    services.add_standing(group=group, title="Föregående protokoll")
    services.add_standing(group=group, title="Verksamhetsplan", meetings=[1])
    first, second, *_ = a_year(group)
    assert list(proposed(first)) == ["Föregående protokoll", "Verksamhetsplan"]
    assert list(proposed(second)) == ["Föregående protokoll"]
    hold(first)
    assert propose_agenda(first, on=first.day) == []


def test_what_was_put_off_or_not_reached_comes_back_and_what_was_kept_off_does_not() -> None:
    group = a_group()
    first, second, third, *_ = a_year(group)
    now = at(first.day)
    for title in ("Hanns inte med", "Sköts upp", "Klart"):
        proceedings.add_by_hand(meeting=first, title=title, by_name=BY, at=now)
    dropped = proceedings.add_by_hand(meeting=first, title="Avstått", by_name=BY, at=now)
    proceedings.drop_item(item=dropped, by_name=BY, at=now)
    proceedings.write_note(
        item=first.agenda.get(title="Klart"), outcome="done", note="", seen=("", ""), by_name=BY, at=now
    )
    proceedings.write_note(
        item=first.agenda.get(title="Sköts upp"),
        outcome="postponed",
        note="",
        seen=("", ""),
        by_name=BY,
        at=now,
    )
    proceedings.freeze_minutes(meeting=first, compose=lambda _: "{}", by_name=BY, at=now)
    assert {one.title: one.why for one in propose_agenda(second, on=second.day)} == dict.fromkeys(
        ("Hanns inte med", "Sköts upp"), "postponed"
    )
    hold(second)
    assert not proposed(third)


def test_a_decision_that_is_late_is_proposed_until_it_is_done() -> None:
    group = a_group()
    first, second, third, *_ = a_year(group)
    now = at(first.day)
    owner = a_member(group, "processledare")
    item = proceedings.add_by_hand(meeting=first, title="Flödet", by_name=BY, at=now)
    due = first.day + timedelta(days=30)
    made = proceedings.decide(item=item, text="Se över flödet.", owner=owner, due=due, by_name=BY, at=now)
    hold(first)
    assert proposed(second)["Se över flödet."].why == "decision"
    proceedings.report_decision(decision=made, state="done", comment="", by_name=BY, at=at(second.day))
    assert not proposed(third)


def two_rounds() -> PlanEdition:
    """The northern plan with one frozen-like round from a document and a later one that RV has answered."""
    first = import_north(follow_up())
    edition = first.edition
    later = open_round(
        edition=edition, label="2025", organisations=dict(zip(("23", "25", "24", "22"), NORTH, strict=True)),
        by_name=BY, at=at(date(2026, 1, 2)),
    )  # fmt: skip
    part = edition.areas.get().goals.get().parts.get()
    assess(
        follow_up=later, part=part, organisation=organisation("24"), level=parse_level("U", ["U", "P", "E"]),
        by_name=BY, at=at(date(2026, 1, 3)),
    )  # fmt: skip
    return edition


def test_a_changed_level_and_a_returned_answer_are_proposed_with_their_reasons_and_once() -> None:
    edition = two_rounds()
    later = edition.rounds.order_by("id").last()
    part = edition.areas.get().goals.get().parts.get()
    assert later is not None
    answer = current_answer(later, part, organisation("24"))
    assert answer is not None
    return_with_question(assessment=answer, text="Hur vet ni det?", by_name=BY, at=at(date(2026, 1, 4)))
    rcc, local = a_group("rcc:norr", name="Styrgrupp", edition=edition), a_group("24", name="LPO")
    for group in (rcc, local):
        first, second, *_ = a_year(group)
        found = propose_agenda(first, on=first.day)
        assert [one.why for one in found] == ["returned", "level"]
        words = [reason(one.why, one.facts, "sv") for one in found]
        assert "Hur vet ni det?" in words[0]
        assert words[1] == "Region Västerbotten har gått från P? till U på mål 1.1 i uppföljningen 2025."
        hold(first)
        assert not proposed(second)
    assert not proposed(a_year(a_group("12", name="Annan region"))[0])


def test_a_signal_is_proposed_once_with_what_stands_out() -> None:
    group = a_group()
    first, second, *_ = a_year(group)
    signal = Signal("svf_lead_time", "", "21", "2026-01", "control.rule.outside.below", "Ledtid, Gävleborg")
    one = proposed(first, found=[signal])[signal.title]
    assert "under nedre gränsen" in reason(one.why, one.facts, "sv")
    assert "below the lower limit" in reason(one.why, one.facts, "en")
    proceedings.put_on_agenda(meeting=first, proposals=[one], dropped=True, by_name=BY, at=at(first.day))
    assert not proposed(second, found=[signal])
    assert proposed(second, found=[replace(signal, period="2026-02")])


def test_signals_are_the_latest_period_of_a_chart_and_units_far_outside_the_funnel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    falls = [replace(one, unit="21") for one in months([50, 52, 51, 49] * 5 + [5])]
    steady = [replace(one, unit="12") for one in months([50, 52, 51, 49] * 5 + [50])]
    hits, n = [52, 49, 101, 198, 26, 74, 20], [100.0, 100.0, 200.0, 400.0, 50.0, 150.0, 100.0]
    units = by_region(hits, n)

    def results_of(
        _snapshot: object, measure: Measure, by: Sequence[str] = (), interval: str = "year"
    ) -> list[Result]:
        if measure is LEAD_TIME:
            return [*falls, *steady] if interval == "month" else []
        if interval != "year":
            return []
        return units if by else [result(520, 1100)]

    monkeypatch.setattr(signals, "results_of", results_of)
    found = signals.signals(None, [LEAD_TIME, CONVERSION], ["12", "21", units[-1].unit])  # type: ignore[arg-type]
    assert [(one.measure, one.unit, one.rule) for one in found] == [
        ("svf_lead_time", "21", "control.rule.outside.below"),
        ("svf_conversion", units[-1].unit, "funnel.verdict.alarm.low"),
    ]


def test_who_came_is_told_by_region_with_seats_and_meetings() -> None:
    group = a_group("rcc:norr", name="Styrgrupp")
    seats = [a_member(group, "ledamot", code) for code in ("24", "24-nus", "22", "rcc:norr")]
    first, second, *_ = a_year(group)
    for meeting, presences in ((first, "pppp"), (second, "pepa")):
        words = {"p": "present", "e": "excused", "a": "absent"}
        told = {seat.pk: words[one] for seat, one in zip(seats, presences, strict=True)}
        proceedings.record_attendance(meeting=meeting, presences=told)
        proceedings.freeze_minutes(meeting=meeting, compose=lambda _: "{}", by_name=BY, at=at(meeting.day))
    found = {one.organisation: one for one in attendance(group, 2026)}
    assert list(found) == ["rcc:norr", "22", "24"]
    west = found["24"]
    assert (west.present, west.seats, west.excused, west.represented, west.meetings) == (3, 4, 1, 2, 2)
    assert not west.reaches(90)
    assert west.reaches(75)
    assert found["22"].reaches(100)
    assert attendance(group, 2025) == []


def test_a_group_follows_the_latest_adopted_edition() -> None:
    edition = action_plan()
    group = a_group(edition=edition)
    assert selectors.edition_followed(group) == edition
    PlanEdition.objects.create(
        plan=edition.plan, key="utkast", label="2028–2030", scale=edition.scale, imported_at=AT,
        status=PlanEdition.Status.DRAFT, valid_from=date(2028, 1, 1),
    )  # fmt: skip
    assert selectors.edition_followed(group) == edition
    assert selectors.edition_followed(a_group("24")) is None


def test_the_made_up_group_shows_a_year_that_hangs_together() -> None:
    on = date(2026, 11, 22)
    group = demo_year(on=on)
    assert demo_year(on=on) == group
    spokes = selectors.wheel(group, on).year(2026)
    assert [one.meeting.state for one in spokes] == ["held"] * 5 + ["planned"]
    assert not spokes[0].of(Due.OVERDUE)
    assert spokes[1].of(Due.OVERDUE)
    assert all(not one.of(Due.OVERDUE) for one in spokes[2:])
    paper = paper_from(spokes[1].meeting.minutes.content.encode())
    assert "Ta fram ett förslag" in canonical(paper).decode()
    assert [one.decision.text for one in selectors.open_decisions(group)] == [
        "Ta fram ett förslag till gemensam rutin för återbesök."
    ]
    (share,) = attendance(group, 2026)
    assert (share.present, share.seats) == (27, 30)
    assert share.reaches(90)
