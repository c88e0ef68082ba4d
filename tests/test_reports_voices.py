"""When a level and data contradict each other: every case of the rule, and what must hold for all of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyrbak.goals.outline import Level, parse_level
from fyrbak.measures.results import Verdict
from fyrbak.reports.voices import standing

REACHED = {"U": True, "P": False, "E": False}


@pytest.mark.parametrize(
    ("level", "verdicts", "kind", "against"),
    [
        # A certain level against one measure
        ("U", ["missed"], "level_says_more", "a"),
        ("U", ["met"], "agree", ""),
        ("U", ["likely_met"], "agree", ""),
        ("U", ["cannot_tell"], "data_cannot_tell", ""),
        ("P", ["met"], "data_say_more", "a"),
        ("E", ["met"], "data_say_more", "a"),
        ("P", ["likely_met"], "data_cannot_tell", ""),
        ("P", ["cannot_tell"], "data_cannot_tell", ""),
        ("P", ["missed"], "agree", ""),
        ("E", ["missed"], "agree", ""),
        # One missed part is enough against "reached"; all must be met against "not reached"
        ("U", ["met", "missed"], "level_says_more", "b"),
        ("U", ["missed", None], "level_says_more", "a"),
        ("U", ["met", None], "data_cannot_tell", ""),
        ("P", ["met", "missed"], "agree", ""),
        ("P", ["met", "likely_met"], "data_cannot_tell", ""),
        ("P", ["met", None], "data_cannot_tell", ""),
        ("P", ["met", "met"], "data_say_more", "ab"),
        # Mixed levels speak of parts
        ("U/E", ["met", "missed"], "agree", ""),
        ("U/E", ["likely_met", "missed"], "agree", ""),
        ("U/E", ["missed", "missed"], "level_says_more", "ab"),
        ("P/U", ["met", "met"], "data_say_more", "ab"),
        ("U/E", ["missed"], "data_cannot_tell", ""),
        ("U/E", ["met"], "data_cannot_tell", ""),
        ("U/E", ["missed", "cannot_tell"], "data_cannot_tell", ""),
        ("E/P", ["met", "met"], "data_say_more", "ab"),
        ("E/P", ["met"], "data_say_more", "a"),
        ("E/P", ["missed"], "agree", ""),
        # Uncertain and blank levels are never contradicted
        ("U?", ["missed"], "level_uncertain", ""),
        ("P?", ["met"], "level_uncertain", ""),
        ("", ["missed"], "no_level", ""),
        ("", [], "no_level", ""),
        # Nothing to hold the level against
        ("U", [], "no_verdict", ""),
        ("U", [None], "no_verdict", ""),
        ("P?", [None, None], "no_verdict", ""),
    ],
)  # fmt: skip
def test_the_rule(level: str, verdicts: list[Verdict | None], kind: str, against: str) -> None:
    found = standing(parse_level(level, list(REACHED)), REACHED, dict(zip("ab", verdicts, strict=False)))
    assert (found.kind, "".join(found.measures)) == (kind, against)
    assert found.differs == bool(against)


def test_an_organisation_that_was_not_asked_has_no_level() -> None:
    assert standing(None, REACHED, {"a": "missed"}).kind == "no_level"


_CODES = st.lists(st.sampled_from("UPE"), min_size=1, max_size=3, unique=True)
_VERDICTS = st.lists(st.sampled_from(["met", "likely_met", "cannot_tell", "missed", None]), max_size=2)


@given(_CODES, st.booleans(), _VERDICTS)
def test_what_is_unclear_never_contradicts(
    codes: list[str], uncertain: bool, verdicts: list[Verdict | None]
) -> None:
    found = standing(Level(tuple(codes), uncertain), REACHED, dict(zip("ab", verdicts, strict=False)))
    firm = {"met", "missed"} & set(verdicts)
    assert not (found.differs and (uncertain or not firm))
    assert all(dict(zip("ab", verdicts, strict=False))[name] in firm for name in found.measures)


@given(_CODES, _VERDICTS)
def test_the_order_of_letters_does_not_matter(codes: list[str], verdicts: list[Verdict | None]) -> None:
    named = dict(zip("ab", verdicts, strict=False))
    one, other = Level(tuple(codes)), Level(tuple(reversed(codes)))
    assert standing(one, REACHED, named) == standing(other, REACHED, named)
