"""From a symptom to a pathway: the same finding in other words gives the same answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from fyrbak.errors import BadDefinitionError
from fyrbak.library import symptoms
from fyrbak.library.symptoms import search


def nearest(question: str) -> str:
    """Id of the nearest pathway; empty when nothing is near."""
    matches = search(question).matches
    return matches[0].pathway.id if matches else ""


def test_three_ways_of_saying_the_same_give_the_same_answer() -> None:
    ways = ("blod i urinen", "makroskopisk hematuri", "kissar blod")
    answers = [[match.pathway.id for match in search(way).matches[:2]] for way in ways]
    assert answers == [["urinblasa", "njure"]] * 3


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("knöl i bröstet", "brost"),  # as listed
        ("bröstknöl", "brost"),  # a compound
        ("bröstknölar", "brost"),  # with an ending
        ("BRÖST KNÖL", "brost"),  # another order of words, other letters
        ("heamturi", "urinblasa"),  # a spelling mistake
        ("viktnedgng", "aos"),
        ("testikelknöl", "testikel"),
        ("knuta i stenen", "testikel"),
        ("tarmcancer", "tjock_andtarm"),
        ("blod i bajset", "tjock_andtarm"),
    ],
)
def test_words_are_read_as_people_write_them(question: str, expected: str) -> None:
    assert nearest(question) == expected


@pytest.mark.parametrize(
    "question", ["", "   ", "i och på", "xyzzy", "?!", "vaccination mot gula febern i Peru"]
)
def test_a_question_that_says_nothing_has_no_certain_answer(question: str) -> None:
    matches = search(question).matches
    assert all(match.likeness < 0.5 for match in matches)


def test_a_child_is_never_given_a_pathway_without_being_said_to_be_one() -> None:
    assert search("knöl på halsen", age=17).child
    assert not search("knöl på halsen", age=18).child
    assert not search("knöl på halsen").child


def test_a_finding_that_leads_nowhere_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "findings.yaml"
    file.write_text(
        symptoms.FILE.read_text(encoding="utf-8").replace("leads_to: [hudmelanom]", "leads_to: [hudmelnom]"),
        encoding="utf-8",
    )
    monkeypatch.setattr(symptoms, "FILE", file)
    symptoms.findings.cache_clear()
    try:
        with pytest.raises(BadDefinitionError, match="'hudmelnom' is not a pathway"):
            symptoms.findings()
    finally:
        symptoms.findings.cache_clear()


@pytest.mark.parametrize(
    ("question", "child"),
    [
        ("min son 8 år har huvudvärk", True),
        ("5-åring med huvudvärk", True),
        ("11-årig flicka med blåmärken", True),
        ("7 år gammal med knöl", True),
        ("kvinna 16 år knöl i bröstet", True),
        ("patient 14 år blåmärken", True),
        ("15-års kille knöl i pungen", True),
        ("tonåring med knöl på halsen", True),
        ("spädbarn med blåmärken", True),
        ("7 mån gammal bebis med blåmärken", True),
        ("nio år gammal pojke med huvudvärk", True),
        ("10 år gammalt barn med huvudvärk", True),
        ("10 år gammalt födelsemärke som ändrat färg", False),
        ("3 år gammal fläck som växer", False),
        ("rökt 10-årigt hosta blod", False),
        ("mor till 5-åring knöl i bröstet", False),
        ("mamma till en 5-åring med knöl i bröstet", False),
        ("ammar bebis, knöl i bröstet", False),
        ("10 år gammalt födelsemärke har ändrat färg hos 65-åring", False),
        ("kvinna 3 år efter bröstcancer", False),
        ("kvinna 67 år blod i avföringen", False),
        ("min son 40 år har blod i urinen", False),
        ("hosta sedan 3 år", False),
        ("blod i urinen i 2 år", False),
        ("fött barn för 2 år sedan", False),
        ("knöl i bröstet, fick barn 2 år sedan", False),
    ],
)
def test_an_age_in_the_words_is_the_patients_age(question: str, child: bool) -> None:
    assert search(question).child is child
    assert search(question, age=45).child is False, "what was asked for goes before"
