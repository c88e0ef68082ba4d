"""Money for improvement: what is refused, what is kept, and that sums agree when several decide at once."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from fyrbak.access.invented import add_invented_accounts
from fyrbak.cli.demo_projects import demo_projects
from fyrbak.errors import UnknownNameError
from fyrbak.goals.improvement import models as m
from fyrbak.goals.improvement import selectors, services
from fyrbak.goals.improvement.readings import Number
from fyrbak.goals.improvement.rules import BrokenRuleError
from fyrbak.reports.words import Words
from improvement import (
    AT,
    DAYS,
    LATER,
    NO_NUMBER,
    account,
    call,
    decide,
    project,
    proposal,
    ruling,
    unconflicted,
)


def test_rcc_norrs_money_of_2024_adds_up(records: str) -> None:
    """18.8 million kronor to just over sixty projects: all of it is given out, none too much."""
    of = call()
    amounts = [300_000] * 61 + [250_000, 250_000]
    projects = [project(of, title=f"Projekt {number}") for number in range(len(amounts) + 2)]
    for one, amount in zip(projects, [*amounts, 0, 0], strict=True):
        decide(one, amount)
    sums = selectors.sums(of)
    assert (sums.granted, sums.left) == (18_800_000, 0) == (sum(amounts), 0)
    assert (sums.granted_projects, sums.declined_projects, sums.waiting_projects) == (63, 2, 0)
    with pytest.raises(BrokenRuleError, match="the call has 0 kronor left"):
        decide(project(of), 1)


def test_what_is_left_is_said(records: str) -> None:
    of = call(allotted=500_000)
    decide(project(of), 300_000)
    waiting = project(of)
    sums = selectors.sums(of)
    assert (sums.granted, sums.left, sums.waiting_projects) == (300_000, 200_000, 1)
    with pytest.raises(BrokenRuleError, match="200000 kronor left") as refused:
        decide(waiting, 200_001)
    assert refused.value.field == "amount"
    decide(waiting, 200_000)
    assert selectors.sums(of).left == 0


def test_a_correction_takes_the_place_of_the_decision_and_keeps_it(records: str) -> None:
    of = call(allotted=300_000)
    granted = project(of)
    first = decide(granted, 300_000)
    second = decide(granted, 100_000)
    assert selectors.sums(of).left == 200_000
    assert second.supersedes == first
    assert [one.amount for one in granted.decisions.all()] == [300_000, 100_000]
    third = decide(granted, 0)
    assert selectors.current_decision(granted) == third
    assert selectors.sums(of).left == 300_000
    granted.refresh_from_db()
    assert granted.public, "what was once granted is not hidden again"


def test_two_who_decide_at_once_cannot_give_out_more_than_there_is(records: str) -> None:
    of = call(allotted=300_000)
    projects = [project(of, title=title) for title in ("Ett", "Två")]
    deciders = [unconflicted(one) for one in projects]
    both = threading.Barrier(2)
    told: list[str] = []

    def give(about: m.Project, who: int) -> None:
        both.wait(10)
        try:
            services.decide(
                project=about, application=selectors.latest_application(about), ruling=ruling(300_000),
                corrects=None, account=who, by_name="x", at=LATER,
            )  # fmt: skip
            told.append("granted")
        except BrokenRuleError as refused:
            told.append(str(refused))
        finally:
            connection.close()

    threads = [threading.Thread(target=give, args=pair) for pair in zip(projects, deciders, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told) == [
        "granted",
        "the call has 0 kronor left. Grant less, or correct another decision first.",
    ]
    assert selectors.sums(of).granted == 300_000


def test_a_decision_on_what_somebody_else_has_decided_meanwhile_is_refused(records: str) -> None:
    about = project(call())
    decide(about, 100_000)
    with pytest.raises(BrokenRuleError, match="somebody has decided since you opened the page"):
        decide(about, 200_000, corrects=None)


def test_a_decision_on_an_application_that_was_changed_meanwhile_is_refused(records: str) -> None:
    about = project(call())
    read = selectors.latest_application(about)
    services.amend(
        project=about, proposal=proposal(sought=400_000), before=NO_NUMBER, account=account("Sökande"),
        by_name="Sökande", at=LATER,
    )  # fmt: skip
    with pytest.raises(BrokenRuleError, match="changed since you opened the page"):
        decide(about, 100_000, application=read)
    assert [one.sought for one in about.applications.all()] == [300_000, 400_000]
    decide(about, 400_000)
    with pytest.raises(BrokenRuleError, match="stays as it was"):
        services.amend(
            project=about, proposal=proposal(), before=DAYS, account=account("Sökande"), by_name="S", at=LATER
        )


def test_who_has_not_stated_their_interest_does_not_decide(records: str) -> None:
    about = project(call())
    with pytest.raises(BrokenRuleError, match="state first"):
        decide(about, 1, account=account("Tyst"))


def test_who_has_a_conflict_of_interest_does_not_decide(records: str) -> None:
    about = project(call())
    who = unconflicted(about)
    services.state_interest(
        project=about, person="Beslutande", conflict=True, why="Gift med sökanden.", account=who,
        by_name="Beslutande", at=LATER,
    )  # fmt: skip
    with pytest.raises(BrokenRuleError, match="you have stated a conflict"):
        decide(about, 1, account=who)
    assert [(one.person, one.conflict) for one in selectors.interests(about)] == [("Beslutande", True)]
    assert about.interests.count() == 2


def test_a_conflict_is_not_taken_back_by_its_owner(records: str) -> None:
    about, who = project(call()), account("Beslutande")
    for owner, name in ((who, "Beslutande"), (None, "Ledamot utan konto")):
        state = partial(
            services.state_interest, project=about, person=name, account=owner, by_name=name, at=LATER
        )
        state(conflict=True, why="Gift med sökanden.")
        with pytest.raises(BrokenRuleError, match="not taken back"):
            state(conflict=False)
    with pytest.raises(BrokenRuleError, match="you have stated a conflict"):
        decide(about, 1, account=who)
    assert [one.conflict for one in selectors.interests(about)] == [True, True]


def test_a_conflict_is_told(records: str) -> None:
    with pytest.raises(BrokenRuleError, match="say what the conflict"):
        services.state_interest(project=project(call()), person="B", conflict=True, by_name="B", at=LATER)


def test_nobody_decides_on_their_own_application(records: str) -> None:
    about = project(call())
    with pytest.raises(BrokenRuleError, match="somebody else has to decide"):
        decide(about, 1, by="Sökande")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"amount": 300_001}, "no more can be granted than"),
        ({"amount": 0}, "a grant has an amount"),
        ({"report_by": None}, "by when the result"),
        ({"report_by": date(2024, 5, 1)}, "by when the result"),
        ({"day": date(2024, 5, 3)}, "in the future"),
        ({"reason": "  "}, "has a reason"),
        ({"outcome": m.Decision.Outcome.DECLINED}, "no money and no report"),
    ],
)
def test_a_decision_that_is_not_whole_is_refused(records: str, change: dict[str, Any], words: str) -> None:
    with pytest.raises(BrokenRuleError, match=words):
        decide(project(call()), 1, ruling=replace(ruling(100_000), **change))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"organisation": "24"}, "only a regional cancer centre"),
        ({"title": " "}, "needs a name"),
        ({"allotted": 0}, "at least one krona"),
        ({"closes": date(2024, 2, 1)}, "before it opens"),
    ],
)
def test_a_call_that_is_not_whole_is_refused(records: str, change: dict[str, Any], words: str) -> None:
    with pytest.raises(BrokenRuleError, match=words):
        call(**change)


def test_a_call_is_there_once_and_goes_away_only_while_nobody_has_applied(records: str) -> None:
    of = call()
    with pytest.raises(BrokenRuleError, match="already"):
        call()
    services.remove_call(call=of)
    again = call()
    project(again)
    with pytest.raises(BrokenRuleError, match="has to stay"):
        services.remove_call(call=again)


@pytest.mark.parametrize("organisation", ["24", "24-nus", "24-nus-kir", "23", "rcc:norr"])
def test_a_call_reaches_its_health_care_region(records: str, organisation: str) -> None:
    assert project(call(), organisation=organisation).organisation_id == organisation


@pytest.mark.parametrize("organisation", ["21", "rcc:syd", "01"])
def test_a_call_reaches_nobody_outside(records: str, organisation: str) -> None:
    with pytest.raises(BrokenRuleError, match="outside the health-care region"):
        project(call(), organisation=organisation)
    assert project(call(organisation="SE"), organisation=organisation)


def test_a_closed_call_takes_only_what_its_owner_enters_late(records: str) -> None:
    of = call(opens=date(2024, 1, 1), closes=date(2024, 2, 1))
    with pytest.raises(BrokenRuleError, match="from 2024-01-01 to 2024-02-01"):
        project(of)
    late = services.apply(
        call=of, organisation="24", proposal=proposal(), before=DAYS, late=True, account=account("Sökande"),
        by_name="S", at=AT,
    )  # fmt: skip
    assert late.applications.count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": ""}, "lacks its title"),
        ({"plan": " "}, "lacks its plan"),
        ({"sought": 0}, "at least one krona"),
        ({"before": Number()}, "or say why there is none"),
        ({"before": Number(value=DAYS.value, unit="dagar")}, "which period"),
        ({"before": Number(value=DAYS.value, period="2023")}, "the unit"),
    ],
)
def test_an_application_that_is_not_whole_leaves_nothing(
    records: str, change: dict[str, Any], words: str
) -> None:
    of = call()
    with pytest.raises(BrokenRuleError, match=words):
        project(of, **change)
    assert not m.Project.objects.exists()


def test_a_measure_that_does_not_exist_is_answered_with_the_nearest(records: str) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'svf_lead_time'"):
        project(call(), measure="svf_ledtime")


def test_a_granted_project_reports_what_came_of_it_and_who_uses_it(records: str) -> None:
    about = project(call())
    with pytest.raises(BrokenRuleError, match="not been granted"):
        services.report(project=about, text="Klart.", after=DAYS, by_name="S", at=LATER)
    decide(about, 300_000)
    assert [one.project for one in selectors.unreported(["24"], date(2025, 2, 1))] == [about]
    assert not selectors.unreported(["24"], date(2025, 1, 31))
    assert not selectors.unreported(["23"], date(2025, 2, 1))
    after = Number(value=DAYS.value - 7 if DAYS.value else None, unit="dagar", n=150, period="2024")
    services.report(project=about, text="Det gick fortare.", after=after, by_name="S", at=LATER)
    services.spread(project=about, organisation="23", text="Flödet.", by_name="S", at=LATER)
    services.spread(project=about, whom="Vitalis", text="Föredrag.", by_name="S", at=LATER)
    with pytest.raises(BrokenRuleError, match="say who uses it"):
        services.spread(project=about, organisation="23", whom="båda", text="x", by_name="S", at=LATER)
    told = selectors.told(m.Project.objects.all())[0]
    assert (told.state, told.granted) == ("reported", 300_000)
    assert told.before.value == 21 and told.after is not None and told.after.value == 14
    assert len(told.spreads) == 2
    assert not selectors.unreported(["24"], date(2026, 1, 1))


@pytest.mark.parametrize(
    "model",
    [m.TaskStatus, m.Application, m.Interest, m.Decision, m.Reading, m.ProjectReport, m.Spread],
)
def test_what_was_said_is_never_changed_or_deleted(records: str, model: Any) -> None:
    about = project(call())
    decide(about, 1)
    services.report(project=about, text="Klart.", after=NO_NUMBER, by_name="S", at=LATER)
    services.spread(project=about, whom="Alla", text="x", by_name="S", at=LATER)
    services.state_status(
        task="screening-1", organisation="SE", state=m.TaskStatus.State.PLANNED, by_name="S", at=LATER
    )
    assert model.objects.exists()
    for deed in (
        lambda: model.objects.update(by_name="annan"),
        lambda: model.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
            deed()


def test_calls_and_projects_stay_as_they_are(records: str) -> None:
    about = project(call())
    for deed in (
        lambda: m.Call.objects.update(allotted=1),
        lambda: m.Project.objects.update(organisation="23"),
        lambda: m.Project.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
            deed()
    decide(about, 1)
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        m.Project.objects.update(public=False)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"amount": 500_000}, "more than it applied for"),
        ({"by": "Sökande"}, "an application of their own"),
        ({"by": "Tyst"}, "no conflict of interest"),
    ],
)
def test_the_database_refuses_what_the_service_does(records: str, change: dict[str, Any], words: str) -> None:
    about = project(call())
    unconflicted(about)
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        m.Decision.objects.create(
            project=about, application=selectors.latest_application(about), outcome="granted",
            amount=change.get("amount", 1), day=date(2024, 5, 2), report_by=date(2025, 1, 1), reason="x",
            account_id=account(change.get("by", "Beslutande")), by_name="x", at=LATER,
        )  # fmt: skip


def test_reading_projects_takes_the_same_queries_however_many_they_are(
    records: str, django_assert_num_queries: Any
) -> None:
    of = call()
    first = project(of)
    decide(first, 1)
    services.spread(project=first, organisation="23", text="Flödet.", by_name="S", at=LATER)
    with django_assert_num_queries(7):
        selectors.told(m.Project.objects.all())
    for number in range(5):
        decide(project(of, title=f"P {number}"), 1)
    with django_assert_num_queries(7):
        assert len(selectors.told(m.Project.objects.all())) == 6
    with django_assert_num_queries(3):
        selectors.sums_of(selectors.calls())


def test_a_rule_is_told_in_the_language_of_the_reader(records: str) -> None:
    with pytest.raises(BrokenRuleError) as refused:
        decide(project(call(allotted=100)), 200)
    for lang in ("sv", "en"):
        assert "100" in Words(lang).error(refused.value)


def test_the_demo_is_whole_marked_as_invented_and_made_once(records: str, tmp_path: Path) -> None:
    add_invented_accounts(home=tmp_path, at=AT)
    for _ in range(2):
        demo_projects(on=date(2026, 11, 22))
    told = {one.application.title: one for one in selectors.told(m.Project.objects.all())}
    assert Counter(one.state for one in told.values()) == {
        "granted": 2, "reported": 1, "declined": 1, "waiting": 1,
    }  # fmt: skip
    assert all(one.project.call.synthetic for one in told.values())
    closed, opened = sorted(selectors.calls(), key=lambda one: one.year)
    assert (selectors.sums(closed).left, selectors.sums(opened).left) == (0, 2_000_000)
    assert m.TaskStatus.objects.count() == m.TaskStatus.objects.filter(synthetic=True).count() == 6
