"""What may follow what: worked examples of the rules, and the rules against the engine on any sequence."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from event_sequences import DAYS, ON, sequences, written
from fyrbak.pathways.definitions import measuring_points, pathway, pathways
from fyrbak.pathways.events.codes import code_of, codes, meaning_of
from fyrbak.pathways.events.consequences import consequence
from fyrbak.pathways.events.rules import (
    Allowed,
    Refused,
    RuleExample,
    Situation,
    admit,
    judge,
    may_follow,
    rules,
)
from fyrbak.pathways.events.walk import Event, walk
from fyrbak.reports.events import led_to
from fyrbak.reports.words import Words
from pathway_tables import find

EXAMPLES = [(rule.id, example) for rule in rules().values() for example in rule.examples]
THOROUGH = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def situation(example: RuleExample) -> Situation:
    known = tuple(written(text, f"k{number}") for number, text in enumerate(example.known))
    return Situation(example.today, known, example.born, example.died, example.followed_up)


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=[f"{rule}: {e.title}" for rule, e in EXAMPLES])
def test_worked_examples(rule: str, example: RuleExample) -> None:
    verdict = judge(situation(example), written(example.proposed))
    if isinstance(verdict, Refused):
        assert (example.verdict, verdict.reason.rule.id) == ("refused", rule)
        told = [verdict.reason]
    else:
        assert example.verdict == ("asked" if verdict.asked else "allowed")
        told = list(verdict.asked)
        assert all(reason.rule.id == rule for reason in told)
    for reason in told:
        for lang in ("sv", "en"):
            assert "{" not in reason.said(lang) + reason.mend(lang)


def test_every_rule_has_an_example_that_breaks_it() -> None:
    assert {rule for rule, example in EXAMPLES if example.verdict != "allowed"} == set(rules())


def test_the_words_name_the_days_and_the_pathway() -> None:
    known = (written("lunga 2024-01-02 10", "a"), written("lunga 2024-01-30 50", "b"))
    second = judge(Situation(ON, known), written("lunga 2024-02-09 54"))
    assert isinstance(second, Refused)
    assert second.reason.said("sv") == "Lungcancer är redan avslutat, 2024-01-30."
    child = judge(Situation(ON, (), date(2010, 5, 1)), written("lunga 2024-01-02 10"))
    assert isinstance(child, Refused)
    assert "Ring närmaste barnklinik" in child.reason.mend("sv")
    assert "the same day" in child.reason.mend("en")


def test_what_may_follow_an_open_pathway() -> None:
    known = (written("lunga 2024-01-02 10", "a"),)
    offered = may_follow(Situation(ON, known), pathway("lunga"))
    allowed = {point for point, verdict in offered.items() if isinstance(verdict, Allowed)}
    assert {"05", "25", "35", "40", "50", "78", "90"} <= allowed
    assert isinstance(offered["10"], Refused)
    assert not allowed & {"42", "56", "65"}


def test_what_was_forgotten_may_be_added_to_an_ended_pathway() -> None:
    known = (written("lunga 2024-01-02 10", "a"), written("lunga 2024-01-30 50", "b"))
    offered = may_follow(Situation(ON, known), pathway("lunga"))
    allowed = {point for point, verdict in offered.items() if isinstance(verdict, Allowed)}
    assert {"25", "35", "10"} <= allowed
    assert not allowed & {"50", "54", "78"}


def as_rows(events: list[Event]) -> list[dict[str, Any]]:
    return [
        {
            "person_id": 1, "pathway": e.pathway, "point": e.point, "start_date": e.day, "record_key": e.key,
            "variant": e.variant, "original_start": e.original_start, "region": e.region,
        }
        for e in events
    ]  # fmt: skip


def found_by_engine(events: list[Event], born: date, died: date | None) -> tuple[Any, Any]:
    deaths = [{"person_id": 1, "death_date": died, "death_precision": "D"}] if died else []
    return find(
        as_rows(events), persons=[{"person_id": 1, "sex": "F", "birth_date": born}], deaths=deaths, as_of=ON
    )


@THOROUGH
@given(sequences(), st.dates(date(2004, 1, 1), date(2007, 1, 1)), st.none() | DAYS)
def test_verdicts_agree_with_the_engine(events: list[Event], born: date, died: date | None) -> None:
    verdicts = list(admit(Situation(ON, (), born, died), events))
    accepted = [event for event, verdict in verdicts if isinstance(verdict, Allowed)]
    assert found_by_engine(accepted, born, died)[1] == []
    if found_by_engine(events, born, died)[1]:
        assert len(accepted) < len(events)


@THOROUGH
@given(sequences(), st.none() | DAYS)
def test_the_walk_finds_the_engines_episodes(events: list[Event], died: date | None) -> None:
    known = Situation(ON, tuple(events), date(1960, 5, 17), died)
    found, findings = found_by_engine(events, date(1960, 5, 17), died)
    names = {e.pathway for e in events}
    ways = {name: walk(known.of(name)) for name in names}
    mine = {
        (name, one.start, one.end.day if one.end else None, one.received)
        for name, way in ways.items()
        for one in way.episodes
    }
    theirs = {(e["pathway"], e["start_date"], e["end_date"], e["received"]) for e in found}
    assert mine == theirs
    for episode in found:
        if episode["end_date"] is not None:
            end = next(
                one.end
                for one in ways[episode["pathway"]].episodes
                if one.start == episode["start_date"] and one.end
            )
            told = consequence(known, end)
            assert (told.kind, told.days, told.limit) == ("ends", episode["days"], episode["limit_days"])
    strays = sorted(
        (name, event.day, rule) for name, way in ways.items() for event, rule in way.strays if event.day
    )
    by_place = {"start_while_open", "second_end", "end_before_start", "end_without_start"}
    odd = [(f["pathway"], f["date"], f["rule"]) for f in findings if f["rule"] in by_place]
    assert sorted(s for s in strays if s[2] in by_place) == sorted(odd)


@THOROUGH
@given(sequences(), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_state(events: list[Event], chance: random.Random) -> None:
    known = Situation(ON, tuple(events))
    shuffled = list(events)
    chance.shuffle(shuffled)
    for name in {e.pathway for e in events}:
        assert walk(known.of(name)) == walk(replace(known, events=tuple(shuffled)).of(name))
    assert list(admit(Situation(ON), events)) == list(admit(Situation(ON), shuffled))


def test_codes_lead_both_ways() -> None:
    assert meaning_of(" vc010 ") == ("lunga", "10")
    assert meaning_of("ZZ999") is None
    assert all(code_of(*meaning) == code for code, meaning in codes().items())
    prefixes = sum(p.kva_prefix is not None for p in pathways())
    assert len(codes()) == prefixes * len(measuring_points())


def test_a_year_later_the_same_pathway_may_start_again() -> None:
    known = (written("lunga 2022-01-02 10", "a"), written("lunga 2022-01-30 78", "b"))
    assert isinstance(judge(Situation(ON, known), written("lunga 2024-01-02 10")), Allowed)
    assert isinstance(judge(Situation(ON, known), Event("lunga", "10", ON + timedelta(days=1))), Refused)


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("brost 2024-07-07 50", "Förloppet avslutas. 34 dagar, gräns 35."),
        ("brost 2024-07-17 50", "Förloppet avslutas. 44 dagar, gräns 35. Det är 9 dagar för sent."),
        ("brost 2024-06-04 78", "Förloppet avslutas. 1 dag."),
        ("brost 2024-06-11 25", "Förloppet som startade 3\xa0juni 2024 har händelsen den dagen. 8 dagar."),
    ],
)
def test_what_it_leads_to_is_told_before_it_is_saved(end: str, words: str) -> None:
    known = (written("brost 2024-06-03 10", "a"),)
    event = written(end)
    assert led_to(consequence(Situation(date(2024, 12, 1), known), event), event, Words("sv")) == words
