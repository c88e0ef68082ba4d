"""SVF-PREM: who is asked, that an answer comes once and names nobody, and the results beside the country."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from fyrbak.errors import BadInputError
from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.prem import Compared, Share, results
from fyrbak.pathways.deliveries.cases import Month
from fyrbak.pathways.deliveries.models import KeptFile
from fyrbak.pathways.prem import selectors, services
from fyrbak.pathways.prem.models import Answer, Invitation, Round
from fyrbak.pathways.prem.rule import prem
from fyrbak.pathways.prem.sending import chosen, hash_of_code
from fyrbak.pathways.run import run
from fyrbak.records.snapshot import Snapshot
from measure_snapshots import synthetic

AT = datetime(2025, 6, 12, 9, tzinfo=UTC)
ON = AT.date()
MAY = Month(date(2025, 5, 1))
WHO: dict[str, Any] = {"by_name": "Provet", "at": AT}
WELL = dict.fromkeys(prem().questions, 5)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with synthetic(tmp_path_factory.mktemp("prem"), persons=10_000, regions=("24",)) as path:
        yield Snapshot.open(path)


@pytest.fixture
def sent(records: str, snapshot: Snapshot) -> Round:
    made, new = services.send(snapshot=snapshot, region="24", month=MAY, **WHO)
    assert new
    return made


def codes(of: Round) -> list[str]:
    return [line.split(";")[1] for line in selectors.sending_list(of).splitlines()[1:]]


def test_the_rule_chooses_and_each_is_asked_once(sent: Round, snapshot: Snapshot) -> None:
    found = run(snapshot).episodes
    found = found.filter((found.region == "24") & found.end_date.between(MAY.first, MAY.last))
    closed = snapshot.engine.answer(found.filter(found.outcome != "open")).to_pylist()
    deaths = snapshot.engine.answer(snapshot.table("death"))["person_id"].to_pylist()
    expected = {
        one["person_id"]
        for one in closed
        if one["person_id"] not in deaths
        and one["end_point"] not in prem().rule.not_points
        and one["age"] >= 18
    }
    asked = list(sent.invitations.values_list("person", flat=True))
    assert sorted(asked) == sorted(expected)
    assert len(asked) >= 5
    assert sum(sent.left_out.values()) == len({one["person_id"] for one in closed}) - len(expected)


def test_protected_and_young_are_never_asked(snapshot: Snapshot) -> None:
    rule = prem().rule
    everybody = chosen(snapshot, "24", MAY, rule)
    old = chosen(snapshot, "24", MAY, rule.model_copy(update={"adults_from": 200}))
    assert old.persons == ()
    assert old.left_out["young"] >= len(everybody.persons)

    class Guarded:
        engine, manifest, id, as_of, path = (
            snapshot.engine, snapshot.manifest, snapshot.id, snapshot.as_of, snapshot.path,
        )  # fmt: skip

        def __getattr__(self, name: str) -> object:
            return getattr(snapshot, name)

        def table(self, name: str) -> object:
            rows = snapshot.table(name)
            return (
                rows.mutate(visibility=rows.visibility.replace("normal", "protected"))
                if name == "person"
                else rows
            )

    guarded = chosen(Guarded(), "24", MAY, rule)  # type: ignore[arg-type]
    assert guarded.persons == ()
    assert guarded.left_out["protected"] >= len(everybody.persons)


def test_a_month_is_sent_once_and_nobody_is_asked_again_within_a_year(
    sent: Round, snapshot: Snapshot
) -> None:
    first = selectors.sending_list(sent)
    again, new = services.send(snapshot=snapshot, region="24", month=MAY, **WHO)
    assert (again, new) == (sent, False)
    assert selectors.sending_list(again) == first
    asked = sent.invitations.values_list("person", flat=True)
    lately = services._asked_lately(tuple(asked), MAY.first - timedelta(days=365))
    assert lately == set(asked)
    assert not services._asked_lately(tuple(asked), MAY.first + timedelta(days=1))


@pytest.mark.parametrize(
    ("month", "since"), [("2024-03", "2023-03"), ("2023-03", "2022-03"), ("2025-02", "2024-02")]
)
def test_a_leap_day_lets_nobody_be_asked_twice_within_a_year(month: str, since: str) -> None:
    first, found = date.fromisoformat(f"{month}-01"), date.fromisoformat(f"{since}-01")
    assert prem().rule.asked_lately_from(first) == found


def test_an_answer_comes_once_and_names_nobody(sent: Round) -> None:
    code = codes(sent)[0]
    assert selectors.state_of_code(hash_of_code(code), ON) == "open"
    assert services.answer(code=code, given={"fraga_1": 4}, on=ON) == "open"
    assert services.answer(code=code.upper(), given=WELL, on=ON) == "answered"
    assert services.answer(code="finns-inte", given=WELL, on=ON) == "unknown"
    late = sent.closes + timedelta(days=1)
    assert services.answer(code=codes(sent)[1], given=WELL, on=late) == "closed"
    (only,) = Answer.objects.all()
    assert only.given == {"fraga_1": 4}
    names = {field.name for field in Answer._meta.fields}
    assert names == {"id", "round", "how", "given"}  # no person, no code, no day
    assert not Invitation.objects.filter(code_sha256__contains=code).exists()
    hashes = Invitation.objects.values_list("code_sha256", flat=True)
    assert hashlib.sha256(code.encode()).hexdigest() in hashes


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({}, "answer_empty"),
        ({"fraga_1": 6}, "answer_scale"),
        ({"fraga_1": 0}, "answer_scale"),
        ({"x": 1}, "answer_question"),
    ],
)
def test_an_answer_is_within_the_questionnaire(sent: Round, given: dict[str, int], word: str) -> None:
    with pytest.raises(BadInputError) as told:
        services.answer(code=codes(sent)[0], given=given, on=ON)
    assert told.value.word == f"reporting.fault.{word}"
    assert not Answer.objects.exists()


def test_a_file_enters_what_is_right_and_keeps_what_is_not(sent: Round) -> None:
    heading = ";".join(["kod", *prem().questions])
    own = codes(sent)
    lines = [
        f"{own[0]};5;5;5;5;5;5;5",
        f"{own[1]};4;;;;;;",
        f"{own[0]};1;1;1;1;1;1;1",  # twice
        "nobody;5;5;5;5;5;5;5",
        f"{own[2]};9;5;5;5;5;5;5",
        f"{own[3]};;;;;;;",
        f"{own[4]};5;5",  # half a line
        f"{own[5]};{'5' * 5_000};5;5;5;5;5;5",
    ]
    content = "\n".join([heading, *lines, "", ""]).encode()
    taken = services.take_answer_file(region="24", name="svar.csv", content=content, **WHO)
    assert taken.accepted == Answer.objects.count() == 2
    assert [(fault.line, fault.word.removeprefix("reporting.fault.")) for fault in taken.faults] == [
        (4, "code_twice"), (5, "code_unknown"), (6, "answer_scale"), (7, "answer_empty"), (8, "line_cut_off"),
        (9, "answer_scale"),
    ]  # fmt: skip
    (kept,) = KeptFile.objects.all()
    assert bytes(kept.content).decode().splitlines() == [heading, *lines[2:]]
    again = services.take_answer_file(region="24", name="svar.csv", content=content, **WHO)
    assert (again.accepted, Answer.objects.count()) == (0, 2)
    other = services.take_answer_file(region="23", name="svar.csv", content=content, **WHO)
    assert {fault.word for fault in other.faults} >= {"reporting.fault.code_unknown"}
    for broken, word in ((b"a;b\n", "columns"), (b"\xff\xfe", "not_text"), (b"5" * 200_000, "not_text")):
        with pytest.raises(BadInputError):
            services.take_answer_file(region="24", name="svar.csv", content=broken, **WHO)
        assert KeptFile.objects.filter(fault=f"reporting.fault.{word}", region="24").exists()


def test_what_was_answered_stays(sent: Round) -> None:
    services.answer(code=codes(sent)[0], given=WELL, on=ON)
    deeds = (
        lambda: Answer.objects.update(given={}),
        lambda: Invitation.objects.filter(answered=True).update(answered=False),
        lambda: Invitation.objects.filter(answered=False).update(person=1),
        lambda: Round.objects.update(closes=ON),
    )
    for deed in deeds:
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            deed()


def shaped(region: str, asked: int, answers: list[int]) -> None:
    """A round of 2024 in which so many were asked, and each answer says one thing of the whole."""
    about = Round.objects.create(
        region_id=region, month=date(2024, 3, 1), rule="1", snapshot="s", closes=date(2024, 6, 1), key=b"k",
        by_name="x", at=AT,
    )  # fmt: skip
    Invitation.objects.bulk_create(
        Invitation(round=about, person=n, code_sha256=f"{region}-{n}", answered=n < len(answers))
        for n in range(asked)
    )
    Answer.objects.bulk_create(
        Answer(id=uuid.uuid4(), round=about, how="form", given={"fraga_1": value}) for value in answers
    )


def test_vasterbotten_2024_is_reproduced(records: str) -> None:
    """About one point above the country in overall impression, almost four in response rate."""
    shaped("24", 1000, [5] * 385 + [2] * 65)
    shaped("01", 9000, [4] * 3110 + [3] * 570)
    response, overall, *rest = results(2024, "24", reads={"24"})
    assert isinstance(response.own, Share)
    assert response.own.n == 1000
    assert response.difference
    assert 100 * response.difference.value == pytest.approx(3.7, abs=0.05)
    assert overall.difference
    assert 100 * overall.difference.value == pytest.approx(1.0, abs=0.2)
    assert response.difference.lower > 0
    assert overall.difference.lower < 0 < overall.difference.upper  # a point that decides nothing
    assert [one.difference for one in rest] == [None] * 6


def hidden(one: Compared) -> tuple[bool, bool]:
    return isinstance(one.own, Suppressed), isinstance(one.country, Suppressed)


def test_small_groups_are_hidden_and_so_is_what_gives_them_back(records: str) -> None:
    shaped("24", 40, [5] * 3)
    shaped("01", 400, [5] * 100 + [1] * 100)
    _, overall, *_ = results(2024, "24", reads={"24"})
    assert hidden(overall) == (True, False)
    assert overall.difference is None
    _, from_stockholm, *_ = results(2024, "01", reads={"01"})
    assert hidden(from_stockholm) == (False, True)  # the rest of the country is three persons
    # Whoever may open both would take Stockholm from the country that stands beside Västerbotten.
    _, by_both, *_ = results(2024, "24", reads={"24", "01"})
    assert hidden(by_both) == (True, True)
    shaped("25", 400, [5] * 50 + [1] * 50)
    _, beside_norrbotten, *_ = results(2024, "25", reads={"24", "25"})
    assert hidden(beside_norrbotten) == (False, False)  # Stockholm is unseen, and large
    _, by_all, *_ = results(2024, "25", reads={"24", "01", "25"})
    assert hidden(by_all) == (False, True)
    _, elsewhere, *_ = results(2023, "01", reads={"01"})
    assert elsewhere.own == Share(0, 0, None, None, None)
