"""The review of long waits: draws that can be made again, judgements that only grow, sums hiding the few."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from accounts import SignIn
from fyrbak.access.models import Entry
from fyrbak.access.roles import Role
from fyrbak.errors import BadInputError, UnknownNameError
from fyrbak.measures.causes_of_waits import _found
from fyrbak.measures.disclosure import Suppressed
from fyrbak.pathways.ongoing.models import Case
from fyrbak.pathways.waits.causes import causes
from fyrbak.pathways.waits.drawing import SIZE, draw_sample
from fyrbak.pathways.waits.models import Drawn, Review, Sample
from fyrbak.pathways.waits.reviewing import latest, review_case
from fyrbak.records.models import Organisation
from pages import as_owner

AT = datetime(2025, 7, 1, 8, tzinfo=UTC)
QUARTER = {"year": 2025, "quarter": 1}
Draw = Callable[..., Sample]


def case(
    person: int, days: int, *, region: str = "24", pathway: str = "lunga", ended: date = date(2025, 2, 3)
) -> Case:
    """A pathway of somebody that ended after so many days against a limit of 40."""
    return Case(
        key=uuid.uuid4(), person_id=person, pathway=pathway, ordinal=1,
        start_date=ended - timedelta(days=days),
        start_region_id=region, region_id=region, unit_id=f"{region}-nus" if region == "24" else None,
        home_region_id=region, received=False, undated_end=False, end_date=ended, end_point="50",
        outcome="treated", treatment="kirurgi", days=days, limit_days=40, limit_state="known", judged=True,
        sex="F", age=60, rule="", hidden=False,
    )  # fmt: skip


@pytest.fixture
def late(records: str) -> list[Case]:
    """Thirty late pathways of a quarter, among others that are not."""
    made = [case(number, 41 + number) for number in range(30)]
    others = [
        case(100, 40), case(101, 90, region="25"), case(102, 90, pathway="prostata"),
        case(103, 90, ended=date(2025, 4, 1)), case(104, 90, ended=date(2024, 12, 31)),
    ]  # fmt: skip
    return Case.objects.bulk_create([*made, *others])


@pytest.fixture
def draw(late: list[Case]) -> Draw:
    def drawn(**more: Any) -> Sample:
        region = Organisation.objects.get(pk="24")
        fields = {
            "region": region,
            "unit": None,
            "pathway": "lunga",
            **QUARTER,
            "seed": 7,
            "by_name": "A",
            "at": AT,
        }
        return draw_sample(**(fields | more))

    return drawn


def persons(sample: Sample) -> list[int]:
    return list(sample.drawn.order_by("number").values_list("person_id", flat=True))


def test_a_draw_is_of_the_late_of_the_quarter_and_the_same_for_the_same_seed(draw: Draw) -> None:
    first = draw()
    assert first.late == 30
    assert len(persons(first)) == SIZE
    assert set(persons(first)) <= set(range(30))
    one_unit = draw(unit=Organisation.objects.get(pk="24-nus"))
    assert persons(one_unit) == persons(first)
    assert [one.days for one in first.drawn.all()] == [41 + person for person in persons(first)]


def test_another_seed_draws_others(draw: Draw) -> None:
    other = draw(seed=8, unit=Organisation.objects.get(pk="24-nus"))
    assert persons(other) != persons(draw())


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"quarter": 5}, "waits.fault.quarter"),
        ({"seed": -1}, "waits.fault.seed"),
        ({"quarter": 3}, "waits.fault.none"),
    ],
)
def test_what_cannot_be_drawn_is_told(draw: Draw, more: dict[str, int], word: str) -> None:
    with pytest.raises(BadInputError) as told:
        draw(**more)
    assert told.value.word == word


def test_a_quarter_is_drawn_once_and_a_pathway_must_be_one(draw: Draw) -> None:
    draw()
    with pytest.raises(BadInputError, match="has been drawn"):
        draw(seed=8)
    with pytest.raises(UnknownNameError):
        draw(pathway="lunor")


def test_a_judgement_is_added_and_the_latest_holds(draw: Draw) -> None:
    (one, *_) = draw().drawn.all()
    review_case(drawn=one, cause="no_operation", note="", shown=0, by_name="A", at=AT)
    review_case(drawn=one, cause="other", note=" strejk ", shown=1, by_name="B", at=AT)
    found = latest(one)
    assert found
    assert (found.cause, found.note, found.version) == ("other", "strejk", 2)
    with pytest.raises(BadInputError, match="somebody else"):
        review_case(drawn=one, cause="medical", note="", shown=1, by_name="C", at=AT)
    with pytest.raises(BadInputError, match="in words"):
        review_case(drawn=one, cause="other", note=" ", shown=2, by_name="C", at=AT)
    with pytest.raises(UnknownNameError):
        review_case(drawn=one, cause="bad_luck", note="", shown=2, by_name="C", at=AT)
    assert Review.objects.count() == 2


def test_nothing_that_was_drawn_or_judged_is_changed_or_removed(draw: Draw) -> None:
    (one, *_) = draw().drawn.all()
    review_case(drawn=one, cause="medical", note="", shown=0, by_name="A", at=AT)
    for model in (Sample, Drawn, Review):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        Review.objects.update(cause="other")


def test_few_are_hidden_and_so_is_what_would_give_them_back() -> None:
    assert isinstance(_found(causes()[0], Suppressed(), 12).n, Suppressed)
    half = _found(causes()[0], 6, 12)
    assert (half.share, half.lower and half.lower < 0.5, half.upper and half.upper > 0.5) == (0.5, True, True)


@pytest.fixture
def waiting(filled: None) -> None:
    """Late pathways of the quarter before the last, in the filled house."""
    with as_owner():
        if not Case.objects.filter(rule="prov").exists():
            made = [case(9_000_000 + number, 50 + number, ended=_last_quarter()) for number in range(12)]
            for one in made:
                one.rule = "prov"
            Case.objects.bulk_create(made)


def _last_quarter() -> date:
    """A day in the quarter before today's."""
    return date.today().replace(day=1) - timedelta(days=80)  # noqa: DTZ011 - any day in it will do


def test_a_sample_is_drawn_looked_at_judged_and_summed(waiting: None, signed_in: SignIn) -> None:
    day = _last_quarter()
    quarter = f"{day.year}-Q{(day.month + 2) // 3}"
    reviewer = signed_in(Role.PATHWAY_COORDINATOR, "24")
    form = {"pathway": "lunga", "quarter": quarter, "seed": "3", "unit": ""}
    address = reviewer.post("/svf/waits/", form).headers["Location"]
    assert "12 av 12 sena förlopp" in reviewer.get(address).content.decode()
    assert "finns redan" in reviewer.post("/svf/waits/", form).content.decode()
    with as_owner():
        cases = list(Drawn.objects.filter(person_id__gte=9_000_000).order_by("number"))
        listed = Entry.objects.filter(what="svf-waits").count()
    page = f"/svf/waits/cases/{cases[0].key}/"
    assert "dagar mot gränsen 40" in reviewer.get(page).content.decode()
    refused = reviewer.post(page, {"cause": "other", "note": "", "shown": "0"})
    assert refused.status_code == 400
    assert "egna ord" in refused.content.decode()
    for number, one in enumerate(cases):
        cause = "no_operation" if number < 7 else "medical"
        assert (
            reviewer.post(f"/svf/waits/cases/{one.key}/", {"cause": cause, "shown": "0"}).status_code == 302
        )
    with as_owner():
        assert listed == 1
        assert Entry.objects.filter(what="svf-waits-case").count() >= 2
    told = reviewer.get("/svf/waits/?lang=en").content.decode()
    assert "12 of 12" in told
    assert "No time for an operation" in told
    assert "58.3%" in told
    leads = signed_in(Role.PROCESS_LEADER, "24")
    assert "12 av 12" in leads.get("/svf/waits/").content.decode()
    assert leads.get(page).status_code == 403
    elsewhere = signed_in(Role.PATHWAY_COORDINATOR, "25")
    assert elsewhere.get(page).status_code == elsewhere.get(address).status_code == 404
    assert "lung" not in elsewhere.get("/svf/waits/").content.decode().split("</form>")[-1]


def test_a_form_that_makes_no_sense_is_answered_in_words(waiting: None, signed_in: SignIn) -> None:
    reviewer: Client = signed_in(Role.PATHWAY_COORDINATOR, "24")
    for form in (
        {},
        {"pathway": "lunga", "quarter": "x", "seed": "1"},
        {"pathway": "lunga", "quarter": "2025-Q1", "seed": "ett"},
    ):
        answer = reviewer.post("/svf/waits/", form)
        assert answer.status_code in (200, 404)
        assert "Traceback" not in answer.content.decode()
