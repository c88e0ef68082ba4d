"""What can be written of a group's year, what is refused, and what the database holds fast whoever writes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from fyrbak.errors import BadInputError
from fyrbak.goals.models import Goal
from fyrbak.goals.plans.editions import copy_edition
from fyrbak.goals.year import proceedings, services
from fyrbak.goals.year.agenda import Proposal, propose_agenda
from fyrbak.goals.year.cadence import Cadence, Kind
from fyrbak.goals.year.into_plan import add_to_plan, goals_to_add_to
from fyrbak.goals.year.models import AgendaItem, Attendance, Decision, DecisionStatus, Meeting, Rhythm
from fyrbak.goals.year.selectors import activity_of, open_decisions
from fyrbak.reports.minutes import minutes
from fyrbak.reports.minutes import proceedings as happened
from fyrbak.reports.papers.paper import Paragraph
from groups import BY, DAYS, NOW, a_group, a_member, a_year, action_plan

pytestmark = pytest.mark.usefixtures("records")
HELD_AT = datetime(2026, 12, 31, 12, tzinfo=UTC)
PAPER = "{}"


def hold(meeting: Meeting) -> None:
    """Tell everybody present and freeze the minutes."""
    seats = proceedings.seats_at(meeting)
    proceedings.record_attendance(meeting=meeting, presences={seat.pk: "present" for seat in seats})
    proceedings.freeze_minutes(meeting=meeting, compose=lambda _: PAPER, by_name=BY, at=HELD_AT)


def refused(words: str) -> AbstractContextManager[object]:
    return pytest.raises(BadInputError, match=words)


def test_a_group_has_a_name_of_its_own_and_a_target_that_can_be_reached() -> None:
    a_group()
    with refused("already has a group"):
        a_group()
    with refused("no name"):
        a_group(name=" ")
    with refused("between 1 and 100"):
        a_group(name="En annan", target=120)


def test_meetings_are_numbered_through_the_year() -> None:
    group = a_group()
    assert [(one.number, one.day) for one in a_year(group)] == list(enumerate(DAYS, 1))
    (extra,) = services.plan_meetings(group=group, year=2026, days=[date(2027, 1, 20)])
    assert extra.number == 7
    with refused("outside the year"):
        services.plan_meetings(group=group, year=2026, days=[date(2027, 3, 1)])
    with refused("already meets"):
        services.plan_meetings(group=group, year=2026, days=[DAYS[0]])


def test_a_moved_meeting_keeps_its_number_and_its_history() -> None:
    meeting = a_year(a_group())[1]
    day = date(2026, 4, 17)
    with refused("Say why"):
        services.move_meeting(meeting=meeting, day=day, place="", reason=" ", by_name=BY, at=NOW)
    moved = services.move_meeting(meeting=meeting, day=day, place="Sal 1", reason="Krock", by_name=BY, at=NOW)
    assert (moved.number, moved.day, moved.place) == (2, day, "Sal 1")
    change = moved.changes.get()
    assert (change.from_day, change.to_day, change.reason) == (DAYS[1], day, "Krock")


def test_a_cancelled_meeting_cannot_be_written_or_moved() -> None:
    meeting = a_year(a_group())[1]
    services.cancel_meeting(meeting=meeting, reason="Sjukdom", by_name=BY, at=NOW)
    with refused("was cancelled"):
        proceedings.add_by_hand(meeting=meeting, title="Något", by_name=BY, at=NOW)
    with refused("was cancelled"):
        services.move_meeting(meeting=meeting, day=DAYS[1], place="", reason="Ångrat", by_name=BY, at=NOW)


def test_nothing_is_put_on_an_agenda_twice() -> None:
    meeting = a_year(a_group())[0]
    one, two = Proposal("standing:1", "standing", "Ett"), Proposal("standing:2", "standing", "Två")
    proceedings.put_on_agenda(meeting=meeting, proposals=[one], by_name=BY, at=NOW)
    proceedings.put_on_agenda(meeting=meeting, proposals=[two], dropped=True, by_name=BY, at=NOW)
    assert proceedings.put_on_agenda(meeting=meeting, proposals=[one, two, two], by_name=BY, at=NOW) == []
    proceedings.add_by_hand(meeting=meeting, title="Övrigt", by_name=BY, at=NOW)
    with refused("on the agenda already"):
        proceedings.add_by_hand(meeting=meeting, title=" övrigt ", by_name=BY, at=NOW)


def test_items_move_up_and_down_and_what_was_kept_off_comes_back_last() -> None:
    meeting = a_year(a_group())[0]
    items = [
        proceedings.add_by_hand(meeting=meeting, title=title, by_name=BY, at=NOW) for title in ("A", "B", "C")
    ]

    def titles() -> list[str]:
        return list(meeting.agenda.filter(dropped=False).values_list("title", flat=True))

    proceedings.move_item(item=items[2], steps=-1)
    assert titles() == ["A", "C", "B"]
    proceedings.move_item(item=items[0], steps=-1)
    assert titles() == ["A", "C", "B"]
    proceedings.drop_item(item=items[0], by_name=BY, at=NOW)
    assert titles() == ["C", "B"]
    proceedings.take_back(item=items[0], by_name=BY, at=NOW)
    assert titles() == ["C", "B", "A"]


def test_what_closes_a_meeting_stays_last_until_it_is_moved() -> None:
    group = a_group()
    meeting = a_year(group)[0]
    for title, closes in (("Övrigt", True), ("Läget", False)):
        services.add_standing(group=group, title=title, closes=closes)
    proposals = propose_agenda(meeting, on=meeting.day)
    assert [one.title for one in proposals] == ["Läget", "Övrigt"]
    proceedings.put_on_agenda(meeting=meeting, proposals=proposals, by_name=BY, at=NOW)
    added = proceedings.add_by_hand(meeting=meeting, title="Ledtider", by_name=BY, at=NOW)
    proceedings.drop_item(item=added, by_name=BY, at=NOW)
    proceedings.take_back(item=added, by_name=BY, at=NOW)

    def titles() -> list[str]:
        return list(meeting.agenda.filter(dropped=False).values_list("title", flat=True))

    assert titles() == ["Läget", "Ledtider", "Övrigt"]
    proceedings.move_item(item=meeting.agenda.get(title="Övrigt"), steps=-1)
    proceedings.add_by_hand(meeting=meeting, title="Nästa möte", by_name=BY, at=NOW)
    assert titles() == ["Läget", "Övrigt", "Ledtider", "Nästa möte"]


def test_minutes_say_who_was_there_and_end_a_decision_before_its_owner() -> None:
    group = a_group()
    meeting, owner = a_year(group)[0], a_member(group, "ordförande")
    item = proceedings.add_by_hand(meeting=meeting, title="Ledtider", by_name=BY, at=NOW)
    for text in ("Se över flödet", "Vem kallar?"):
        proceedings.decide(item=item, text=text, owner=owner, due=DAYS[2], by_name=BY, at=NOW)

    def told() -> list[str]:
        return [block.text for block in minutes(happened(meeting)).blocks if isinstance(block, Paragraph)]

    assert "Ingen närvaro är antecknad." in told() and not any("0 av 0" in line for line in told())
    assert any(line.startswith("Se över flödet. Ansvarig: ") for line in told())
    assert any(line.startswith("Vem kallar? Ansvarig: ") for line in told())
    proceedings.record_attendance(meeting=meeting, presences={owner.pk: "present"})
    assert "1 av 1 närvarande." in told()


def test_what_two_people_write_at_once_is_never_lost() -> None:
    meeting = a_year(a_group())[0]
    item = proceedings.add_by_hand(meeting=meeting, title="Ledtider", by_name=BY, at=NOW)
    blank = ("", "")
    proceedings.write_note(item=item, outcome="done", note="Min text", seen=blank, by_name=BY, at=NOW)
    with pytest.raises(proceedings.ChangedMeanwhileError) as raised:
        proceedings.write_note(item=item, outcome="", note="Annan text", seen=blank, by_name="B", at=NOW)
    assert raised.value.item.note == "Min text"
    proceedings.write_note(item=item, outcome="done", note="Min text ", seen=blank, by_name="B", at=NOW)
    both = "Min text och annan text"
    proceedings.write_note(
        item=item, outcome="done", note=both, seen=("done", "Min text"), by_name="B", at=NOW
    )
    item.refresh_from_db()
    assert item.note == both
    with refused("has been written under"):
        proceedings.drop_item(item=item, by_name=BY, at=NOW)


def test_attendance_is_told_for_seats_of_the_day_alone() -> None:
    group = a_group()
    meeting = a_year(group)[0]
    member = a_member(group, "verksamhetschef")
    gone = a_member(group, "slutat")
    services.end_member(member=gone, last_day=date(2026, 1, 31))
    proceedings.record_attendance(meeting=meeting, presences={member.pk: "absent"})
    proceedings.record_attendance(meeting=meeting, presences={member.pk: "present"})
    assert Attendance.objects.get().presence == "present"
    with refused("seat on the day"):
        proceedings.record_attendance(meeting=meeting, presences={gone.pk: "present"})
    with refused("seat on the day"):
        proceedings.record_attendance(meeting=meeting, presences={member.pk: "kanske"})
    with refused("cannot be"):
        services.end_member(member=member, last_day=date(2025, 1, 1))


def test_a_decided_activity_has_an_owner_and_a_day_and_a_note_has_neither() -> None:
    group = a_group()
    meeting = a_year(group)[0]
    owner, stranger = a_member(group, "processledare"), a_member(a_group("24"), "någon annan")
    due = meeting.day + timedelta(days=30)

    item = proceedings.add_by_hand(meeting=meeting, title="Ledtider", by_name=BY, at=NOW)

    def decide(text: str, **also: object) -> Decision:
        return proceedings.decide(item=item, text=text, by_name=BY, at=NOW, **also)  # type: ignore[arg-type]

    assert decide("Noteras.").kind == "note"
    made = decide("Se över flödet.", owner=owner, due=due)
    assert (made.kind, made.number) == ("activity", 2)
    for also, words in (
        ({"owner": owner}, "both an owner and a day"),
        ({"due": due}, "both an owner and a day"),
        ({"owner": stranger, "due": due}, "no seat"),
        ({"owner": owner, "due": meeting.day - timedelta(days=1)}, "before the meeting"),
    ):
        with refused(words):
            decide("Något.", **also)
    with refused("already"):
        decide("Noteras.")
    proceedings.report_decision(decision=made, state="done", comment="", by_name=BY, at=NOW)
    with refused("for a reason"):
        proceedings.report_decision(decision=made, state="dropped", comment=" ", by_name=BY, at=NOW)
    assert DecisionStatus.objects.get().state == "done"


def test_minutes_wait_for_the_day_and_for_everybodys_attendance() -> None:
    group = a_group()
    meeting = a_year(group)[0]
    a_member(group, "verksamhetschef")
    with refused("not until"):
        proceedings.freeze_minutes(
            meeting=meeting, compose=lambda _: PAPER, by_name=BY, at=datetime(2026, 1, 1, tzinfo=UTC)
        )
    with refused("not told for 1"):
        proceedings.freeze_minutes(meeting=meeting, compose=lambda _: PAPER, by_name=BY, at=HELD_AT)


def test_minutes_are_composed_once_nobody_else_can_write() -> None:
    meeting = a_year(a_group())[0]
    before: list[str] = []

    def compose(held: Meeting) -> str:
        before.extend(query["sql"] for query in asked.captured_queries)
        return PAPER

    with CaptureQueriesContext(connection) as asked:
        proceedings.freeze_minutes(meeting=meeting, compose=compose, by_name=BY, at=HELD_AT)
    assert any("FOR UPDATE" in sql and Meeting._meta.db_table in sql for sql in before)


def test_nothing_of_a_held_meeting_changes_however_it_is_tried() -> None:
    group = a_group()
    meeting = a_year(group)[0]
    a_member(group, "verksamhetschef")
    item = proceedings.add_by_hand(meeting=meeting, title="Ledtider", by_name=BY, at=NOW)
    proceedings.decide(item=item, text="Noteras.", by_name=BY, at=NOW)
    hold(meeting)
    with refused("are frozen"):
        proceedings.write_note(item=item, outcome="", note="Efteråt", seen=("", ""), by_name=BY, at=NOW)
    for statement in (
        "UPDATE year_agendaitem SET note = 'x'", "DELETE FROM year_agendaitem",
        "UPDATE year_attendance SET presence = 'absent'", "DELETE FROM year_attendance",
        "UPDATE year_decision SET text = 'x'", "DELETE FROM year_decision",
        "UPDATE year_minutes SET sha256 = 'x'", "DELETE FROM year_minutes",
        "UPDATE year_meeting SET state = 'planned' WHERE state = 'held'",
        "UPDATE year_meeting SET day = day + 1 WHERE state = 'held'",
        ("INSERT INTO year_decision (meeting_id, number, kind, text, by_name, at)"
        " SELECT id, 9, 'note', 'x', 'x', now() FROM year_meeting WHERE state = 'held'"),
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_database_holds_what_belongs_together() -> None:
    group, other = a_group(), a_group("24")
    meeting = a_year(group)[0]
    stranger = a_member(other, "någon annan")
    item = proceedings.add_by_hand(meeting=meeting, title="Ledtider", by_name=BY, at=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        Attendance.objects.create(meeting=meeting, member=stranger, presence="present")
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.create(
            meeting=meeting,
            item=item,
            number=1,
            kind="activity",
            text="x",
            owner=stranger,
            due=meeting.day,
            by_name="x",
            at=NOW,
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        Meeting.objects.filter(pk=meeting.pk).update(state="held")
    with pytest.raises(DatabaseError), transaction.atomic():
        AgendaItem.objects.create(
            meeting=meeting, key="", order=0, title="", why="by-hand", by_name="x", at=NOW
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        meeting.delete()


def test_the_groups_own_reading_of_words_is_added_and_never_changed() -> None:
    edition = action_plan()
    group = a_group(edition=edition)
    lineage = edition.areas.get().goals.get().activities.first().lineage  # type: ignore[union-attr]
    twice = Cadence(Kind.TIMES, 2)
    with refused("Choose as many"):
        services.read_rhythm(group=group, activity=lineage, cadence=twice, meetings=[1], by_name=BY, at=NOW)
    services.read_rhythm(group=group, activity=lineage, cadence=twice, meetings=[1, 6], by_name=BY, at=NOW)
    services.read_rhythm(
        group=group, activity=lineage, cadence=Cadence(Kind.EVERY_MEETING), by_name=BY, at=NOW
    )
    assert Rhythm.objects.count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        Rhythm.objects.update(times=3)


def test_standing_items_return_once_each() -> None:
    group = a_group()
    item = services.add_standing(group=group, title="Föregående protokoll")
    with refused("returns already"):
        services.add_standing(group=group, title="Föregående protokoll ")
    services.end_standing(item=item, last_day=date(2026, 5, 1))
    services.add_standing(group=group, title="Föregående protokoll", meetings=[1])


def test_a_decided_activity_becomes_a_row_of_the_plans_draft_once() -> None:
    edition = action_plan()
    group = a_group(edition=edition)
    meeting = a_year(group)[0]
    owner = a_member(group, "processledare")
    item = proceedings.add_by_hand(meeting=meeting, title="Ledtider", by_name=BY, at=NOW)
    due = meeting.day + timedelta(days=30)
    made = proceedings.decide(item=item, text="Se över flödet.", owner=owner, due=due, by_name=BY, at=NOW)
    note = proceedings.decide(item=item, text="Noteras.", by_name=BY, at=NOW)
    adopted = Goal.objects.get(area__edition=edition)
    with refused("no draft"):
        add_to_plan(decision=made, goal=adopted, by_name=BY, at=NOW)
    draft = copy_edition(edition=edition, label="2028–2030", at=NOW)
    goal = goals_to_add_to(group).get()
    with refused("not a note"):
        add_to_plan(decision=note, goal=goal, by_name=BY, at=NOW)
    done = DecisionStatus.State.DONE
    proceedings.report_decision(decision=made, state=done, comment="", by_name=BY, at=NOW)
    row = add_to_plan(decision=made, goal=goal, by_name=BY, at=NOW)
    assert (row.activity, row.goal.area.edition) == ("Se över flödet.", draft)
    assert not open_decisions(group), "what is done is not opened by standing in the plan"
    assert activity_of(made) == row
    with refused("already"):
        add_to_plan(decision=made, goal=goal, by_name=BY, at=NOW)
