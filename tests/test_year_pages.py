"""The pages of the year: what each role sees and writes, what goes wrong, how much a page asks."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import count
from typing import TypeVar

import docx
import pytest
from django.test import Client
from django.utils import timezone

from accounts import SignIn
from fyrbak.access.roles import Role
from fyrbak.goals.year import proceedings, services
from fyrbak.goals.year.models import Decision, Meeting, SteeringGroup
from groups import BY, DAYS, FOLLOW_UPS, a_group, a_member, action_plan
from pages import as_owner

pytestmark = pytest.mark.usefixtures("filled")
COORDINATOR = Role.REGIONAL_COORDINATOR
_numbers = count(1)
T = TypeVar("T")


@pytest.fixture
def coordinator(signed_in: SignIn) -> Client:
    """Whoever runs the groups of region 21."""
    return signed_in(COORDINATOR, "21")


@pytest.fixture
def group(filled: None) -> SteeringGroup:
    """A group of region 21 with a plan, three seats (one of region 24), and a meeting today."""
    today = timezone.localdate()
    with as_owner():
        made = a_group(name=f"LPO påhittad {next(_numbers)}", edition=action_plan())
        days = {day.replace(year=today.year) for day in DAYS} | {today}
        services.plan_meetings(group=made, year=today.year, days=days, place="Videomöte")
        services.add_standing(group=made, title="Föregående protokoll")
        a_member(made, "ordförande", chairs=True)
        a_member(made, "processledare", name="Kim Påhittad")
        a_member(made, "patientföreträdare", "24")
    return made


@pytest.fixture
def meeting(group: SteeringGroup) -> Meeting:
    """The group's meeting today."""
    return stored(lambda: group.meetings.get(day=timezone.localdate()))


def stored(question: Callable[[], T]) -> T:
    """What is in the database, whoever may see it."""
    with as_owner():
        return question()


def at(meeting: Meeting, place: str = "") -> str:
    return f"/meetings/{meeting.pk}/{place}"


def test_a_stranger_is_sent_to_sign_in_and_another_region_finds_nothing(
    group: SteeringGroup, meeting: Meeting, signed_in: SignIn
) -> None:
    addresses = [f"/groups/{group.pk}/", at(meeting), at(meeting, "minutes/"), f"/groups/{group.pk}/members/"]
    for address in addresses:
        assert Client().get(address).status_code == 302
        assert signed_in(COORDINATOR, "12").get(address).status_code == 404
    assert group.name_sv not in signed_in(COORDINATOR, "12").get("/groups/").content.decode()


def test_who_has_a_seat_reads_and_only_the_owners_side_writes(
    group: SteeringGroup, meeting: Meeting, signed_in: SignIn
) -> None:
    guest = signed_in(COORDINATOR, "24")
    assert group.name_sv in guest.get("/groups/").content.decode()
    assert guest.get(at(meeting)).status_code == 200
    assert guest.get(at(meeting, "agenda/")).status_code == 404
    assert guest.post(f"/groups/{group.pk}/members/", {"function": "insmugglad"}).status_code == 404
    nurse = signed_in(Role.UNIT_STAFF, "21")
    assert nurse.get(at(meeting)).status_code == 200
    assert nurse.get(at(meeting, "agenda/")).status_code == 403
    assert stored(group.members.count) == 3


def test_the_wheel_shows_what_falls_on_each_meeting_and_what_needs_a_choice(
    group: SteeringGroup, coordinator: Client
) -> None:
    shown = coordinator.get(f"/groups/{group.pk}/").content.decode()
    assert "1 aktivitet har ingen rytm" in shown
    assert "Föregående protokoll" in shown
    assert "Påhittad aktivitet 1" in shown
    assert coordinator.get(f"/groups/{group.pk}/?year=1999").status_code == 404
    assert "Year wheel" in coordinator.get(f"/groups/{group.pk}/?lang=en").content.decode()


def test_the_reading_of_words_can_be_chosen(group: SteeringGroup, coordinator: Client) -> None:
    page = coordinator.get(f"/groups/{group.pk}/rhythms/").content.decode()
    assert all(words in page for words in FOLLOW_UPS)
    assert "rytm saknas" in page
    # The page's own link: the plan may have other editions, with another activity under the same number.
    row = page[page.index('id="activity-2.1.5"') :]
    address = row[row.index('href="') + len('href="') :].partition('"')[0]
    wrong = coordinator.post(address, {"kind": "times", "times": "två"})
    assert wrong.status_code == 422
    assert 'href="#times"' in wrong.content.decode()
    assert 'value="två"' in wrong.content.decode()
    wrong = coordinator.post(address, {"kind": "times", "times": "2", "meetings": ["1"]})
    assert "Kryssa lika många" in wrong.content.decode()
    assert (
        coordinator.post(address, {"kind": "times", "times": "2", "meetings": ["1", "3"]}).status_code == 302
    )
    assert "rytm saknas" not in coordinator.get(f"/groups/{group.pk}/rhythms/").content.decode()


def test_a_group_is_started_and_planned_on_its_pages(coordinator: Client) -> None:
    assert coordinator.get("/groups/new/").status_code == 200
    typed = {"owner": "21", "name": f"Ny grupp {next(_numbers)}", "target": "90 procent", "plan": ""}
    wrong = coordinator.post("/groups/new/", typed)
    assert wrong.status_code == 422
    assert typed["name"] in wrong.content.decode()
    made = coordinator.post("/groups/new/", typed | {"target": "90"})
    assert made.status_code == 302
    address = made["Location"]
    assert coordinator.post("/groups/new/", typed | {"target": "90", "owner": "24"}).status_code == 404
    days = "2031-02-10\n2031-13-01"
    wrong = coordinator.post(f"{address}meetings/", {"year": "2031", "days": days})
    assert "2031-13-01 är ingen dag" in wrong.content.decode()
    assert days in wrong.content.decode()
    coordinator.post(f"{address}meetings/", {"year": "2031", "days": "2031-02-10\n\n2031-04-10"})
    assert "2031-04-10" in coordinator.get(f"{address}?year=2031").content.decode()
    coordinator.post(f"{address}standing/", {"title": "Övrigt", "numbers": "1, 2", "closes": "on"})
    shown = coordinator.get(f"{address}standing/").content.decode()
    assert "Övrigt" in shown and "1, 2, sist" in shown
    coordinator.post(
        f"{address}members/", {"function": "ordförande", "organisation": "21", "valid_from": "2031-01-01"}
    )
    assert "ordförande" in coordinator.get(f"{address}members/").content.decode()
    assert coordinator.post(f"{address}edit/", {"name": ""}).status_code == 422
    assert coordinator.get(f"{address}edit/").status_code == 200


def test_a_meeting_goes_from_proposals_to_frozen_minutes(meeting: Meeting, coordinator: Client) -> None:
    page = coordinator.get(at(meeting, "agenda/")).content.decode()
    assert "Föregående protokoll" in page
    assert "Vid varje möte" in page
    keys = [f"standing:{one.pk}" for one in stored(lambda: list(meeting.group.standing.all()))]
    coordinator.post(at(meeting, "agenda/"), {"put": "1", "key": keys})
    coordinator.post(at(meeting, "agenda/"), {"title": "Ledtider i höst"})
    again = coordinator.post(at(meeting, "agenda/"), {"title": "Ledtider i höst"})
    assert again.status_code == 422
    first, second = stored(lambda: list(meeting.agenda.filter(dropped=False)))
    coordinator.post(at(meeting, "agenda/"), {"up": second.pk})
    assert stored(lambda: [one.pk for one in meeting.agenda.all()]) == [second.pk, first.pk]

    address = at(meeting, f"items/{second.pk}/")
    owner = stored(lambda: meeting.group.members.get(function="processledare"))
    typed = {
        "note": "Vi pratade\r\nom flödet.", "outcome": "done", "seen_note": "", "seen_outcome": "",
        "text": "Se över flödet.", "owner": str(owner.pk), "due": "", "next": "1",
    }  # fmt: skip
    wrong = coordinator.post(address, typed)
    assert wrong.status_code == 422
    assert "Se över flödet." in wrong.content.decode()
    stored(second.refresh_from_db)
    assert second.note == ""  # nothing of it was written
    due = timezone.localdate().replace(month=12, day=31).isoformat()
    written = coordinator.post(address, typed | {"due": due})
    assert written["Location"] == at(meeting, f"items/{first.pk}/")

    early = coordinator.post(at(meeting, "minutes/"), {"sure": "on"})
    assert "Närvaron saknas för 3" in early.content.decode()
    seats = {f"seat-{one.pk}": "present" for one in stored(lambda: list(meeting.group.members.all()))}
    coordinator.post(at(meeting, "attendance/"), seats)
    assert coordinator.post(at(meeting, "minutes/"), {}).status_code == 422
    assert coordinator.post(at(meeting, "minutes/"), {"sure": "on"}).status_code == 302

    page = coordinator.get(at(meeting, "minutes/")).content.decode()
    assert "3 av 3 närvarande." in page
    assert "om flödet." in page
    word = docx.Document(io.BytesIO(coordinator.get(at(meeting, "minutes.docx")).content))
    told = "\n".join(one.text for one in word.paragraphs)
    assert word.core_properties.language == "sv-SE"
    assert "om flödet." in told
    assert [row.cells[0].text for row in word.tables[0].rows][:2] == ["Ledamot", "ordförande"]
    assert "Kim Påhittad, processledare" in word.tables[1].rows[1].cells[2].text
    assert coordinator.get(at(meeting, "minutes.pdf")).content.startswith(b"%PDF")
    for page_of in ("agenda/", "attendance/", "change/"):
        assert coordinator.get(at(meeting, page_of))["Location"] == at(meeting, "")
    assert "Protokollet är låst" in coordinator.post(address, typed | {"due": due}).content.decode()

    decision = stored(lambda: Decision.objects.get(meeting=meeting))
    waits = coordinator.get("/work/").content.decode()
    assert "Se över flödet." not in waits  # the seat is in somebody else's name
    coordinator.post(f"/decisions/{decision.pk}/", {"state": "done", "comment": "Klart nu."})
    assert "Klart nu." in coordinator.get(f"/decisions/{decision.pk}/").content.decode()
    assert coordinator.post(f"/decisions/{decision.pk}/", {"text": "Annat"}).status_code == 422
    shown = coordinator.get(f"/groups/{meeting.group_id}/").content.decode()
    assert "100,0" in shown
    assert "målet nått" in shown


def test_what_two_write_at_once_is_shown_side_by_side(meeting: Meeting, coordinator: Client) -> None:
    with as_owner():
        item = proceedings.add_by_hand(meeting=meeting, title="Ledtider", by_name=BY, at=timezone.now())
        proceedings.write_note(
            item=item, outcome="", note="Deras ord", seen=("", ""), by_name="Robin", at=timezone.now()
        )
    typed = {"note": "Mina ord", "outcome": "done", "seen_note": "", "seen_outcome": ""}
    page = coordinator.post(at(meeting, f"items/{item.pk}/"), typed)
    assert page.status_code == 422
    shown = page.content.decode()
    assert "Robin skrev medan du skrev" in shown
    assert "Deras ord" in shown
    assert ">Mina ord</textarea>" in shown
    assert (
        coordinator.post(
            at(meeting, f"items/{item.pk}/"), typed | {"note": "Bådas ord", "seen_note": "Deras ord"}
        ).status_code
        == 302
    )


def test_my_work_shows_my_meetings_and_my_decisions(
    group: SteeringGroup, meeting: Meeting, signed_in: SignIn
) -> None:
    with as_owner():
        item = proceedings.add_by_hand(meeting=meeting, title="Ledtider", by_name=BY, at=timezone.now())
        owner = group.members.get(function="processledare")
        proceedings.decide(
            item=item, text=f"Uppdrag {group.pk}", owner=owner, due=meeting.day, by_name=BY, at=timezone.now()
        )
    mine = signed_in(COORDINATOR, "21", name="Kim Påhittad").get("/work/").content.decode()
    assert f"Uppdrag {group.pk}" in mine
    assert group.name_sv in mine
    assert f"Uppdrag {group.pk}" not in signed_in(COORDINATOR, "24").get("/work/").content.decode()


def test_a_meeting_is_moved_and_cancelled_with_a_reason(group: SteeringGroup, coordinator: Client) -> None:
    other = stored(lambda: group.meetings.exclude(day=timezone.localdate()).order_by("day")[0])
    typed = {"day": other.day.replace(day=20).isoformat(), "place": "Sal 1", "reason": ""}
    assert coordinator.post(at(other, "change/"), typed).status_code == 422
    assert coordinator.post(at(other, "change/"), typed | {"reason": "Krock"}).status_code == 302
    assert "Krock" in coordinator.get(at(other)).content.decode()
    assert coordinator.post(at(other, "change/"), {"cancel": "1", "cancel_reason": "Sjuk"}).status_code == 422
    coordinator.post(at(other, "change/"), {"cancel": "1", "cancel_reason": "Sjuk", "sure": "on"})
    assert "inställt" in coordinator.get(at(other)).content.decode()


@pytest.mark.parametrize(
    ("place", "most"),
    [
        ("/groups/", 12),
        ("/groups/{group}/", 24),
        ("/groups/{group}/rhythms/", 18),
        ("/meetings/{meeting}/", 16),
        ("/meetings/{meeting}/agenda/", 34),
        ("/meetings/{meeting}/minutes/", 16),
    ],
)
def test_a_page_asks_the_database_a_bounded_number_of_questions(
    place: str, most: int, group: SteeringGroup, meeting: Meeting, coordinator: Client,
    django_assert_max_num_queries: object,
) -> None:  # fmt: skip
    address = place.format(group=group.pk, meeting=meeting.pk)
    coordinator.get(address)
    with django_assert_max_num_queries(most):  # type: ignore[operator]
        assert coordinator.get(address).status_code == 200
