"""What is typed, sent, asked and condensed in a round: nothing is overwritten, nothing typed is lost."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from fyrbak.errors import BadInputError, FyrbakError
from fyrbak.goals.importing import load_plan
from fyrbak.goals.models import (
    Assessment,
    CondensedComment,
    Draft,
    FollowUpRound,
    PinnedEvidence,
    Plan,
    PlanEdition,
    Question,
    RoundStep,
)
from fyrbak.goals.outline import Level
from fyrbak.goals.rounds import drafts, selectors, services
from fyrbak.goals.rounds.answers import Fault, Typed, typed, typed_in, written
from fyrbak.goals.rounds.asking import asked_by
from fyrbak.goals.rounds.before import answers_before, round_before
from fyrbak.goals.rounds.listed import listing
from fyrbak.goals.rounds.services import ConflictError
from fyrbak.goals.rounds.states import AnswerState, RoundNotOpenError, RoundState, answer_state, state_of
from fyrbak.reports.words import Words, catalogue
from plans import AT
from rounds import ANSWER, OPENS, opened, part, region, round_at_work, send

ME, LATER = 7, AT + timedelta(days=1)
SCALE = ("U", "P", "E")


def keep(round_: FollowUpRound, what: Typed, *, shown: int | None = None, account: int = ME) -> Draft | None:
    return drafts.save_draft(
        follow_up=round_, part=part(round_), organisation=region(), account=account, typed=what,
        shown=shown, at=LATER,
    )  # fmt: skip


def asked(said: Assessment, text: str = "Vilken klinik?") -> Question:
    return services.return_with_question(assessment=said, text=text, by_name="Samordnaren", at=LATER)


def closed(round_: FollowUpRound) -> FollowUpRound:
    return services.close_round(follow_up=round_, by_name="Samordnaren", at=LATER, reason="Alla har svarat.")


def frozen(round_: FollowUpRound) -> FollowUpRound:
    return services.freeze_round(follow_up=round_, by_name="Samordnaren", at=LATER)


@pytest.mark.parametrize(
    ("what", "fault"),
    [
        ({}, Fault.NO_LEVEL),
        ({"levels": ["X"]}, Fault.OFF_SCALE),
        ({"levels": ["U", "U"]}, Fault.SAME_LEVEL_TWICE),
        ({"levels": ["U"], "blank_reason": "cannot_assess"}, Fault.LEVEL_AND_REASON),
        ({"blank_reason": "too_busy"}, Fault.UNKNOWN_REASON),
        ({"blank_reason": "not_stated"}, Fault.UNKNOWN_REASON),
        ({"blank_reason": "cannot_assess", "uncertain": True}, Fault.UNCERTAIN_BLANK),
        ({"levels": ["U", "E"], "uncertain": True}, None),
        ({"blank_reason": "not_applicable"}, None),
    ],
)
def test_an_answer_is_a_level_on_the_scale_or_a_reason(what: dict[str, Any], fault: Fault | None) -> None:
    answer = typed(**what)
    assert answer.fault(SCALE) is fault
    if fault:
        assert f"rounds.fault.{fault}" in catalogue()
        with pytest.raises(BadInputError, match=fault):
            answer.level(SCALE)


def test_what_is_written_is_what_is_meant() -> None:
    assert written(typed(levels=["U", "E"], uncertain=True)) == "U/E?"
    assert typed(levels=["P"]).level(SCALE) == Level(("P",), raw="P")
    assert typed(blank_reason="cannot_assess").level(SCALE) == Level(blank_reason="cannot_assess")


@given(st.text(), st.lists(st.text(st.characters(exclude_characters="\r\n"))))
def test_a_text_is_tidied_once_and_for_all(text: str, lines: list[str]) -> None:
    once = typed(comment=text)
    assert typed(comment=once.comment) == once
    assert (
        typed(comment="\r\n".join(lines))
        == typed(comment="\n".join(lines))
        == typed(comment="\r".join(lines))
    )


def test_a_sent_answer_spends_the_draft_and_keeps_what_data_said(records: str) -> None:
    round_ = round_at_work()
    keep(round_, ANSWER)
    number = PinnedEvidence(
        order=0, measure="svf_lead_time", version="1", snapshot="abc", period="2024", n=1615, numerator=662,
        denominator=1615, value=0.41, lower=0.386, upper=0.434, verdict="missed", contradicts=True,
    )  # fmt: skip
    said = services.send_answer(
        follow_up=round_, part=part(round_), organisation=region(), answer=ANSWER, shown=None,
        evidence=[number], account=ME, by_name="Cancersamordnaren", at=LATER,
    )  # fmt: skip
    assert typed_in(said) == ANSWER
    assert (said.origin, said.by_name, said.supersedes) == ("page", "Cancersamordnaren", None)
    assert not Draft.objects.exists()
    assert said.evidence.get().value == 0.41


def test_the_same_answer_twice_is_one_unless_it_replies_to_a_question(records: str) -> None:
    round_ = round_at_work()
    first = send(round_, ANSWER)
    assert send(round_, ANSWER) == first  # the button was pressed twice
    assert send(round_, ANSWER, shown=first.pk) == first
    asked(first)
    reply = send(round_, ANSWER, shown=first.pk)
    assert reply.supersedes == first


def test_two_at_once_lose_nothing(records: str) -> None:
    round_ = round_at_work()
    theirs = send(round_, ANSWER)
    mine = typed(levels=["U"], comment="Alla är igång.")
    with pytest.raises(ConflictError, match=r"goal 1\.1: somebody else has answered meanwhile"):
        send(round_, mine)
    assert list(Assessment.objects.filter(round=round_)) == [theirs]
    chosen = send(round_, mine, shown=theirs.pk)
    assert [typed_in(one) for one in selectors.answers_given(round_, part(round_).pk, region())] == [
        ANSWER,
        mine,
    ]
    assert chosen.supersedes == theirs


def test_the_database_tells_who_was_quicker_between_look_and_write(
    records: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_ = round_at_work()
    send(round_, ANSWER)
    monkeypatch.setattr(services, "current_answer", lambda *_: None)  # as it was a moment ago
    with pytest.raises(ConflictError):
        send(round_, typed(levels=["U"]))
    monkeypatch.setattr(services, "must_be_open", lambda *_: None)
    closed(round_)
    with pytest.raises(RoundNotOpenError, match="is closed"):
        send(round_, typed(levels=["U"]), number="1.2")


@pytest.mark.parametrize(
    ("change", "on", "state"),
    [
        ({}, OPENS, RoundState.OPEN),
        ({}, OPENS - timedelta(days=1), RoundState.COMING),
        ({"opens": None}, date(1999, 1, 1), RoundState.OPEN),
        ({"closes": date(2025, 5, 31)}, date(2025, 5, 31), RoundState.OPEN),
        ({"closes": date(2025, 5, 31)}, date(2025, 6, 1), RoundState.CLOSED),
        ({"closed_at": AT}, OPENS, RoundState.CLOSED),
        ({"closed_at": AT, "frozen_at": AT}, OPENS, RoundState.FROZEN),
    ],
)
def test_a_round_comes_opens_closes_and_freezes(change: dict[str, Any], on: date, state: RoundState) -> None:
    round_ = FollowUpRound(**({"label": "2025", "opens": OPENS} | change))
    assert state_of(round_, on) is state
    assert f"rounds.is.{state}" in catalogue()


def test_a_draft_is_kept_in_a_round_that_has_closed(records: str) -> None:
    round_ = round_at_work()
    keep(round_, typed(levels=["U"], comment="Halvskrivet"))
    closed(round_)
    with pytest.raises(RoundNotOpenError) as refused:
        send(round_, ANSWER)
    assert "har stängts" in Words("sv").error(refused.value)
    kept = keep(round_, typed(levels=["U"], comment="Halvskrivet, och lite till"))
    assert kept is not None
    assert kept.comment == "Halvskrivet, och lite till"
    frozen(round_)
    assert drafts.drafts_of(round_, region(), ME).get().comment == "Halvskrivet, och lite till"


def test_a_draft_is_one_for_each_writer_and_may_be_unfinished(records: str) -> None:
    round_ = round_at_work()
    keep(round_, typed(levels=["X"], blank_reason="?", comment="Inte klar"))
    keep(round_, typed(comment="En kollegas"), account=8)
    assert [draft.account for draft in Draft.objects.order_by("account")] == [ME, 8]
    assert keep(round_, Typed()) is None
    assert Draft.objects.get().account == 8
    said = send(round_, ANSWER)
    assert keep(round_, ANSWER, shown=said.pk) is None
    foreign = send(round_, ANSWER, code="25")
    kept = keep(round_, ANSWER, shown=foreign.pk)
    assert kept is not None
    assert kept.based_on is None  # another's answer was never shown


def test_what_a_page_sends_too_late_does_not_come_back_as_a_draft(records: str) -> None:
    round_ = round_at_work()
    said = send(round_, ANSWER)

    def while_typing(
        by_name: str, shown: int | None, comment: str = "Två av", level: str = "P"
    ) -> Draft | None:
        return drafts.save_while_typing(
            follow_up=round_, part=part(round_), organisation=region(), account=ME, shown=shown,
            typed=typed(levels=[level], comment=comment), by_name=by_name, at=LATER,
        )  # fmt: skip

    assert while_typing(said.by_name, None) is None
    assert not Draft.objects.exists()
    assert while_typing("En kollega", None) is not None
    assert while_typing(said.by_name, said.pk) is not None
    for another_window in ({"comment": "Två av tre, men"}, {"comment": "Två", "level": "U"}):
        Draft.objects.all().delete()
        assert while_typing(said.by_name, None, **another_window) is not None
        assert while_typing(said.by_name, None) is None
        assert Draft.objects.get().comment == another_window["comment"], "what came late takes nothing away"


def test_what_a_page_sends_while_the_answer_is_on_its_way_in_is_no_draft_either(records: str) -> None:
    round_ = round_at_work()
    named: Any = {
        "follow_up": round_,
        "part": part(round_),
        "organisation": region(),
        "account": ME,
        "shown": None,
    }

    def while_typing() -> None:
        drafts.save_while_typing(**named, typed=typed(levels=["P"]), by_name="Anna Ek", at=LATER)
        connection.close()

    aside = threading.Thread(target=while_typing)
    with transaction.atomic():
        services.send_answer(**named, answer=ANSWER, by_name="Anna Ek", at=LATER)
        aside.start()
        aside.join(0.5)
        waits = aside.is_alive()
    aside.join(30)
    assert waits
    assert not Draft.objects.exists()


def test_a_round_begins_from_the_one_before_as_drafts(records: str) -> None:
    round_ = round_at_work()
    send(round_, ANSWER, number="1.2")
    keep(round_, typed(comment="Påbörjat"))

    def begin() -> int:
        return drafts.begin_with_answers_before(follow_up=round_, organisation=region(), account=ME, at=LATER)

    assert begin() == 1  # 1.1 is begun and 1.2 is sent
    assert begin() == 0
    new = Draft.objects.get(part__number="1.3")
    assert (new.levels, new.comment, new.based_on) == (["P"], "", None)
    assert Draft.objects.get(part__number="1.1").comment == "Påbörjat"
    closed(round_)
    with pytest.raises(RoundNotOpenError):
        begin()


def test_the_round_before_is_found_in_the_edition_before_by_lineage(records: str) -> None:
    first = round_at_work()
    send(first, ANSWER)
    old = part(first)
    edition = PlanEdition.objects.create(
        plan=first.edition.plan, key="later", label="2025–2027", scale=first.edition.scale, imported_at=AT,
        supersedes=first.edition,
    )  # fmt: skip
    area = edition.areas.create(number="7", order=0, name_sv="Nytt nummer")
    goal = area.goals.create(number="7.4", order=0, text_sv="Samma mål.", lineage=old.goal.lineage)
    same = goal.parts.create(number="7.4", text_sv="Samma mål.")
    later = services.open_round(
        edition=edition, label="2026", organisations={"24": "RV"}, by_name="x", at=LATER
    )
    assert round_before(later) == first
    earlier = answers_before(later, region(), listing(later).parts)[same.pk]
    assert (earlier.label, earlier.typed) == ("2025", ANSWER)
    oldest = first.edition.rounds.get(label="2024")
    assert answers_before(oldest, region(), listing(oldest).parts) == {}  # nothing came before


def test_a_question_waits_until_a_new_answer_replies(records: str) -> None:
    round_ = round_at_work()
    first = send(round_, ANSWER)
    asked(first)
    found = selectors.task_list(round_, region(), ME, listing(round_).parts)
    assert found.first is not None
    assert (found.first.part.number, found.count(AnswerState.RETURNED)) == ("1.1", 1)
    send(round_, typed(levels=["P"], comment="Kirurgkliniken."), shown=first.pk)
    assert selectors.task_list(round_, region(), ME, listing(round_).parts).count(AnswerState.RETURNED) == 0
    with pytest.raises(ConflictError):
        asked(first)
    with pytest.raises(BadInputError, match="the question is empty"):
        asked(send(round_, ANSWER, number="1.2"), text="  ")
    closed(round_)
    with pytest.raises(RoundNotOpenError):
        asked(Assessment.objects.get(part__number="1.2", round=round_))


def test_a_condensed_comment_stands_beside_the_original(records: str) -> None:
    round_ = round_at_work()
    said = send(round_, ANSWER)

    def condense(text: str, shown: int | None) -> CondensedComment:
        return services.condense(assessment=said, text=text, shown=shown, by_name="Samordnaren", at=LATER)

    first = condense("Två av tre igång.", None)
    assert condense("Två av tre igång.", None) == first
    with pytest.raises(ConflictError, match="has been changed meanwhile") as refused:
        condense("2/3.", None)
    assert "Samordnaren har ändrat" in Words("sv").error(refused.value)
    closed(round_)  # the coordinator goes on when nobody answers any more
    second = condense("Två kliniker av tre är igång.", first.pk)
    assert second.supersedes == first
    assert selectors.condensed_texts(round_) == {("1.1", "24"): "Två kliniker av tre är igång."}
    assert Assessment.objects.get(pk=said.pk).comment == ANSWER.comment
    frozen(round_)
    with pytest.raises(RoundNotOpenError, match="is frozen"):
        condense("För sent.", second.pk)


def test_a_round_closes_opens_again_and_freezes_and_remembers_who(records: str) -> None:
    round_ = round_at_work()
    send(round_, ANSWER)

    def reopen(closes: date | None) -> FollowUpRound:
        return services.reopen_round(
            follow_up=round_, closes=closes, by_name="Samordnaren", at=LATER, reason="RN behöver tid."
        )

    with pytest.raises(BadInputError, match="only a closed one"):
        reopen(None)
    closed(round_)
    with pytest.raises(BadInputError, match="closed already"):
        closed(round_)
    with pytest.raises(BadInputError, match="has passed"):
        reopen(date(2025, 5, 1))
    reopen(date(2025, 7, 1))
    send(round_, ANSWER, number="1.2")
    frozen(round_)
    with pytest.raises(BadInputError, match="frozen already"):
        frozen(round_)
    steps = selectors.steps_of(round_)
    assert [one.kind for one in steps] == ["opened", "closed", "reopened", "frozen"]
    assert (steps[2].by_name, steps[2].reason) == ("Samordnaren", "RN behöver tid.")


@pytest.mark.parametrize("model", [RoundStep, Question, CondensedComment, PinnedEvidence])
def test_what_belongs_to_an_answer_is_never_changed(records: str, model: Any) -> None:
    round_ = round_at_work()
    said = send(round_, ANSWER)
    asked(said)
    services.condense(assessment=said, text="Kort.", shown=None, by_name="x", at=LATER)
    PinnedEvidence.objects.create(
        assessment=said, order=0, measure="m", version="1", snapshot="s", period="2024"
    )
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        model.objects.all().delete()
    frozen(round_)
    if model is not RoundStep:
        row = model.objects.first()
        row.pk, row.supersedes_id, row.order = None, None, 9
        with pytest.raises(IntegrityError, match=r"frozen|one_first"), transaction.atomic():
            row.save(force_insert=True)


def test_a_hidden_number_is_pinned_without_numbers(records: str) -> None:
    said = send(round_at_work(), ANSWER)
    hidden = PinnedEvidence(
        assessment=said, order=0, measure="m", version="1", snapshot="s", period="2024", suppressed=True, n=3
    )
    with pytest.raises(IntegrityError, match="hidden_has_no_numbers"), transaction.atomic():
        hidden.save()


def test_only_an_adopted_plan_is_followed_up_and_somebody_is_asked(records: str) -> None:
    edition = round_at_work().edition
    with pytest.raises(BadInputError, match="asks nobody"):
        services.open_round(edition=edition, label="2026", organisations={}, by_name="x", at=AT)
    edition.status = PlanEdition.Status.DRAFT
    with pytest.raises(BadInputError, match="is a draft"):
        opened(edition, "2026")


def test_those_are_asked_whom_the_plan_concerns(records: str) -> None:
    north = round_at_work().edition
    assert asked_by(north) == {"23": "RJH", "25": "RN", "24": "RV", "22": "RVN"}
    assert len(asked_by(load_plan("strategy-2", at=AT).edition)) == 21
    own = Plan.objects.create(level="local", owner=region(), title_sv="Egen plan", title_en="Own plan")
    edition = own.editions.create(key="own", label="2025", scale=north.scale, imported_at=AT)
    assert asked_by(edition) == {"24": "RV"}


def test_the_matrix_says_what_is_missing(records: str) -> None:
    round_ = round_at_work()
    asked(send(round_, ANSWER))
    for number in ("1.1", "1.2", "1.3"):
        send(round_, ANSWER, number=number, code="25")
    found = selectors.compilation(round_, listing(round_).parts)
    assert selectors.missing_in(found.progress) == {"23": 3, "24": 2, "22": 3}
    assert sum(one.returned for one in found.progress.values()) == 1
    assert found.cells[part(round_).pk, "24"] == selectors.Cell(
        typed(levels=["P"]), commented=True, returned=True, condensed=False
    )
    at_work = selectors.rounds_at_work(frozenset({"24"}), date(2025, 6, 1))
    assert [(one.follow_up.label, one.state) for one in at_work] == [("2025", "open"), ("2024", "open")]
    assert at_work[0].progress == {"24": selectors.Progress(goals=3, sent=1, returned=1)}
    assert found.progress["25"].sent == 3


def test_the_next_task_is_the_next_that_waits_and_then_from_the_beginning(records: str) -> None:
    round_ = round_at_work()
    send(round_, ANSWER, number="1.2")
    found = selectors.task_list(round_, region(), ME, listing(round_).parts)
    following = {number: found.after(number) for number in ("1.1", "1.3")}
    assert {number: task.part.number for number, task in following.items() if task} == {
        "1.1": "1.3", "1.3": "1.1",
    }  # fmt: skip
    assert found.minutes_left == 2
    for number in ("1.1", "1.3"):
        send(round_, ANSWER, number=number)
    done = selectors.task_list(round_, region(), ME, listing(round_).parts)
    assert (done.first, done.after("1.1"), done.minutes_left) == (None, None, 0)


def test_a_returned_answer_stays_returned_while_its_reply_is_a_draft() -> None:
    assert answer_state(sent=True, returned=True, drafted=True) is AnswerState.RETURNED
    assert answer_state(sent=True, returned=False, drafted=True) is AnswerState.DRAFT
    assert {f"rounds.state.{state}" for state in AnswerState} <= set(catalogue())


def test_every_error_is_said_in_both_languages(records: str) -> None:
    round_ = round_at_work()
    now = datetime.now(UTC)
    deeds = (
        lambda: services.open_round(
            edition=round_.edition, label="a/b", organisations={"24": "RV"}, by_name="x", at=now
        ),
        lambda: services.open_round(
            edition=round_.edition, label="2025", organisations={"24": "RV"}, by_name="x", at=now
        ),
        lambda: services.add_note(
            follow_up=round_, part=part(round_), organisation=region(), text="", by_name="x", at=now
        ),
    )
    for deed in deeds:
        with pytest.raises(FyrbakError) as refused:
            deed()
        assert refused.value.word in catalogue()
        assert Words("sv").error(refused.value) != str(refused.value)
