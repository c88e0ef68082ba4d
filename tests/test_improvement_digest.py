"""The weekly letter: to whom, about what, once a week whatever happens, and nothing of anybody else's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from accounts import SignIn
from accounts import account as account_of
from commands import Command, refused
from fyrbak import settings
from fyrbak.access.models import Account
from fyrbak.access.roles import Role
from fyrbak.access.services import add_account, end_role, give_role
from fyrbak.errors import BadInputError
from fyrbak.goals.improvement import post, sending, services
from fyrbak.goals.improvement.digest import SOURCES, Item
from fyrbak.goals.improvement.models import LetterChoice, SentDigest
from fyrbak.goals.models import GoalPart
from fyrbak.goals.outline import parse_level
from fyrbak.goals.rounds.services import assess, open_round, return_with_question
from fyrbak.goals.year.services import add_group, plan_meetings
from fyrbak.measures.definitions import Text
from fyrbak.records.models import Organisation
from fyrbak.reports.letters import KINDS, letter
from improvement import LATER, NO_NUMBER, call, decide, project
from pages import as_owner
from plans import follow_up, goal, import_north
from post_office import PostOffice, post_office

ON = localdate()
AT = datetime.now(UTC)
WEEK = sending.monday_of(ON)
COUNTED = ("returned", "open_goals", "unready", "corrections")


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    """A mail server, and letters that go to it."""
    with post_office() as made:
        monkeypatch.setenv("FYRBAK_SMTP_URL", made.address)
        yield made


def somebody(name: str, role: Role = Role.REGIONAL_COORDINATOR, organisation: str = "24") -> Account:
    added = add_account(
        username=f"{name.lower()}@x.example", name=name, email=f"{name.lower()}@x.example", at=AT
    )
    place = Organisation.objects.get(pk=organisation)
    give_role(account=added, role=role, organisation=place, valid_from=date(2025, 1, 1), by_name="x", at=AT)
    return added


def something(monkeypatch: pytest.MonkeyPatch, *items: Item) -> None:
    """Let the same things wait for everybody."""
    told = items or (Item("decision", "decision", ("1",), {"text": "Kalla till möte."}, ON),)
    monkeypatch.setattr("fyrbak.goals.improvement.digest.SOURCES", [lambda _actor, _on: told])


def send() -> dict[str, int]:
    return dict(sending.send(on=ON, at=AT, compose=letter, connection=post.connection()))


def log() -> list[tuple[str, str, str]]:
    rows = SentDigest.objects.order_by("id").select_related("account")
    return [(row.account.name, row.outcome, row.reason) for row in rows]


def test_a_letter_a_week(records: str, office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    something(monkeypatch)
    somebody("Anna")
    somebody("Bo")
    assert send() == {"sent": 2}
    assert send() == {}
    assert {str(one["To"]) for one in office.letters} == {"anna@x.example", "bo@x.example"}
    assert log() == [("Anna", "sent", ""), ("Bo", "sent", "")]
    told = sending.send(on=ON + timedelta(weeks=1), at=AT, compose=letter, connection=post.connection())
    assert dict(told) == {"sent": 2}


def test_a_letter_is_text_and_html_and_the_log_keeps_what_it_said(
    records: str, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = ON - timedelta(days=3)
    something(
        monkeypatch,
        Item("open_goals", "round", ("plan", "2025"),
             {"number": 3, "plan": Text(sv="Plan & mål", en="Plan"), "label": "2025"}, late),
    )  # fmt: skip
    somebody("Anna")
    send()
    (arrived,) = office.letters
    week = f"{ON:%V}".lstrip("0")
    assert arrived["Subject"] == f"Vecka {week}: 1 sak väntar på dig"
    text, html = (part.get_content() for part in arrived.iter_parts())
    assert "Mål att bedöma" in text and "3 mål är kvar att bedöma: Plan & mål, 2025." in text
    assert "Skulle ha varit klart" in text and "http://localhost:8000/rounds/plan/2025/" in text
    assert "Plan &amp; mål" in html and "http://localhost:8000/digests/choice/" in html
    (row,) = SentDigest.objects.all()
    assert row.items == [
        {"kind": "open_goals", "text": "3 mål är kvar att bedöma: Plan & mål, 2025.", "day": late.isoformat(),
         "address": "http://localhost:8000/rounds/plan/2025/"}
    ]  # fmt: skip


def test_nothing_waits_so_no_letter(records: str, office: PostOffice) -> None:
    somebody("Anna")
    assert send() == {} and not office.letters and not log()


def test_who_does_not_want_it_or_cannot_get_it_has_none(
    records: str, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    something(monkeypatch)
    off, english, gone, unread = (somebody(name) for name in ("Off", "English", "Gone", "Unread"))
    sending.choose(account=off.pk, pace=LetterChoice.Pace.OFF, lang="sv")
    sending.choose(account=english.pk, pace=LetterChoice.Pace.WEEKLY, lang="en")
    end_role(held=gone.roles.get(), on=ON - timedelta(days=1))
    Account.objects.filter(pk=unread.pk).update(email="")
    monkeypatch.setattr("fyrbak.goals.improvement.digest.SOURCES", SOURCES)
    something(monkeypatch)
    assert send() == {"sent": 1}
    (arrived,) = office.letters
    assert arrived["To"] == "english@x.example" and "waits for you" in arrived["Subject"]


def test_what_failed_is_logged_and_tried_again(
    records: str, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of them fail; the next run sends to those alone."""
    something(monkeypatch)
    for name in ("Anna", "Bo", "Cia", "Dan"):
        somebody(name)
    office.refuses = lambda recipient: recipient[0] in "bd"
    assert send() == {"sent": 2, "failed": 2}
    assert [row for row in log() if row[1] == "failed"] == [
        ("Bo", "failed", "address"), ("Dan", "failed", "address")
    ]  # fmt: skip
    office.refuses = lambda _recipient: False
    assert send() == {"sent": 2}
    assert sorted(str(one["To"])[0] for one in office.letters) == list("abcd")
    assert send() == {}


def test_a_server_that_hangs_up_half_way_loses_no_letter(
    records: str, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    something(monkeypatch)
    for name in ("Anna", "Bo", "Cia"):
        somebody(name)
    office.hangs_up_after = 1
    assert send() == {"sent": 1, "failed": 2}
    office.hangs_up_after = None
    assert send() == {"sent": 2}
    assert len(office.letters) == 3


@pytest.mark.parametrize(
    ("address", "reason"),
    [("smtp://fyren:fel@127.0.0.1:{port}", "password"), ("smtp://127.0.0.1:1", "unreachable")],
)
def test_a_wrong_password_or_a_server_that_is_down_is_told(
    records: str, office: PostOffice, monkeypatch: pytest.MonkeyPatch, address: str, reason: str
) -> None:
    something(monkeypatch)
    somebody("Anna")
    somebody("Bo")
    monkeypatch.setenv("FYRBAK_SMTP_URL", address.format(port=office.port))
    assert send() == {"failed": 2}
    assert log() == [("Anna", "failed", reason), ("Bo", "failed", reason)]
    monkeypatch.setenv("FYRBAK_SMTP_URL", office.address)
    assert send() == {"sent": 2}


@pytest.mark.parametrize(
    "address", ["post.example", "ftp://x", "smtp://hemligt:x@", "smtp://a:b@c:port", "smtp://a:%C3%A4@c"]
)
def test_an_address_that_is_none_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("FYRBAK_SMTP_URL", address)
    with pytest.raises(BadInputError, match="FYRBAK_SMTP_URL: write it as") as told:
        post.connection()
    assert address not in str(told.value)


def test_without_a_server_letters_are_files_that_mail_programs_open(
    records: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.delenv("FYRBAK_SMTP_URL", raising=False)
    something(monkeypatch)
    anna = somebody("Anna")
    assert send() == {"sent": 1}
    (file,) = (tmp_path / "outbox").iterdir()
    assert file.name == f"{WEEK:%G-W%V}-{anna.pk}.eml"
    assert message_from_bytes(file.read_bytes(), policy=policy.default)["To"] == "anna@x.example"


def test_two_runs_at_once_send_one_letter(
    records: str, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    something(monkeypatch)
    anna = somebody("Anna")
    (reader,) = sending.readers(ON)
    sent = SentDigest.Outcome.SENT
    SentDigest.objects.create(account=anna, week=WEEK, outcome=sent, at=AT)  # the other run was quicker
    monkeypatch.setattr(sending, "readers", lambda _on: iter([reader]))
    assert send() == {} and not office.letters
    with pytest.raises(IntegrityError), transaction.atomic():
        SentDigest.objects.create(account=anna, week=WEEK, outcome=sent, at=AT)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        SentDigest.objects.update(items=[])
    with pytest.raises(IntegrityError), transaction.atomic():
        SentDigest.objects.create(account=anna, week=WEEK + timedelta(days=1), outcome=sent, at=AT)


def test_a_project_to_report_on_waits_until_it_is_reported(records: str, office: PostOffice) -> None:
    somebody("Anna", Role.PROCESS_LEADER)
    somebody("Elsewhere", Role.PROCESS_LEADER, "23")
    about = project(call(), title="Kanariefågel")
    decide(about, 300_000)
    assert send() == {"sent": 1}
    (arrived,) = office.to("anna@x.example")
    text = next(arrived.iter_parts()).get_content()
    assert "Redovisa vad det blev av Kanariefågel." in text
    services.report(project=about, text="Klart.", after=NO_NUMBER, by_name="x", at=LATER)
    told = sending.send(on=ON + timedelta(weeks=1), at=AT, compose=letter, connection=post.connection())
    assert dict(told) == {}


def waits_for(name: str) -> dict[str, int]:
    """By kind, the count of the thing that waits for somebody (0 where it has none); empty for no letter."""
    found = {reader.account.name: reader.items for reader in sending.readers(ON)}
    return {item.kind: int(str(item.names.get("number", 0))) for item in found.get(name, ())}


def test_a_round_reminds_each_of_what_is_their_own_until_it_is_done(records: str) -> None:
    edition = import_north(
        follow_up(goal("1.1", "Ett.", {"RV": "U"}), goal("1.2", "Två.", {"RV": "U"}))
    ).edition
    opened = open_round(
        edition=edition, label="i år", organisations={"24": "RV", "23": "RJH"}, closes=ON + timedelta(days=9),
        by_name="x", at=AT,
    )  # fmt: skip
    for name, role, organisation in (
        ("West", Role.PROCESS_LEADER, "24"), ("North", Role.REGIONAL_COORDINATOR, "rcc:norr"),
        ("Elsewhere", Role.REGIONAL_COORDINATOR, "21"), ("Staff", Role.UNIT_STAFF, "24"),
    ):  # fmt: skip
        somebody(name, role, organisation)
    assert waits_for("West") == {"open_goals": 2}
    assert waits_for("North") == {"unready": 2}
    assert waits_for("Elsewhere") == waits_for("Staff") == {}
    said = [
        assess(
            follow_up=opened, part=part, organisation=Organisation.objects.get(pk="24"),
            level=parse_level("U", ("U", "P", "E")), by_name="x", at=AT,
        )
        for part in GoalPart.objects.filter(goal__area__edition=edition)
    ]  # fmt: skip
    assert waits_for("West") == {} and waits_for("North") == {"unready": 1}
    return_with_question(assessment=said[0], text="Hur vet ni det?", by_name="x", at=AT)
    assert waits_for("West") == {"returned": 1}


def test_a_meeting_that_is_near_waits_for_its_members(records: str) -> None:
    group = add_group(owner=Organisation.objects.get(pk="24"), name="LPO Cancer")
    near, far = ON + timedelta(days=5), ON + timedelta(days=60)
    for day in (near, far):
        plan_meetings(group=group, year=day.year, days=[day])
    somebody("West")
    somebody("Elsewhere", organisation="21")
    (reader,) = sending.readers(ON)
    assert [(item.kind, item.due) for item in reader.items] == [("meeting", near)]
    assert not list(sending.readers(far + timedelta(days=1)))


def test_every_kind_of_thing_has_its_words(records: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names: dict[str, str | int | Text] = {
        "plan": "P", "label": "L", "text": "T", "title": "T", "group": "G", "month": "2026-03",
    }  # fmt: skip
    for number in (1, 2):
        counted = names | {"number": number}
        items = [Item(kind, "work", (), counted if kind in COUNTED else names, ON) for kind in KINDS]
        for lang in ("sv", "en"):
            told = letter(sending.Reader(somebody(f"Anna{number}{lang}"), lang, tuple(items)), ON)
            assert len(told.said) == len(KINDS)


def test_the_command_sends_shows_and_tells_what_failed(
    records: str, office: PostOffice, fyrbak: Command, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    something(monkeypatch)
    somebody("Anna")
    code, said = fyrbak("digest", "send", "--dry-run")
    assert code == 0, said
    assert not office.letters and not log()
    office.refuses = lambda _recipient: True
    refused(fyrbak("digest", "send", "--on", ON.isoformat()), "1 letters were not sent", "/digests/")
    office.refuses = lambda _recipient: False
    code, said = fyrbak("digest", "send")
    assert code == 0, said
    assert len(office.letters) == 1


def test_a_person_chooses_and_an_administrator_sees_what_was_sent(signed_in: SignIn) -> None:
    west = signed_in(Role.PROCESS_LEADER, "24", name="Letterläsare")
    assert west.post("/digests/choice/", {"pace": "off", "lang": "en"}).status_code == 302
    page = west.get("/digests/choice/").content.decode()
    assert page.count("checked") == 2
    with as_owner():
        reader, other = (
            account_of(Role.PROCESS_LEADER, "24", name="Letterläsare"),
            account_of(Role.EDITOR, "21"),
        )
        for one in (reader, other):
            SentDigest.objects.create(account=one, week=WEEK, outcome="failed", reason="password", at=AT)
    seen = signed_in(Role.ADMINISTRATOR, "24").get("/digests/").content.decode()
    assert "Letterläsare" in seen and "Postservern godtog inte lösenordet" in seen and "editor 21" not in seen
    assert west.get("/digests/").status_code == 403
