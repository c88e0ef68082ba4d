"""Every doubt that a reader of documents can have is said in the language of the page."""

from __future__ import annotations

import re

import pytest

from fyrbak.goals.documents import read_document
from fyrbak.reports.doubts import doubt
from fyrbak.reports.words import Words, catalogue
from plans import real_document

SV = Words("sv")


@pytest.mark.parametrize("start", ["003", "004"])
def test_doubts_about_the_real_documents_are_said_in_swedish(start: str) -> None:
    doubts = [one.cell.doubtful or "" for one in read_document(real_document(start)).doubts()]
    assert doubts and not [why for why in doubts if doubt(why, SV) == why]


def test_what_a_doubt_is_filled_in_with_is_kept() -> None:
    told = doubt("where the line ends 'when' and begins 'responsible' is a guess", SV)
    assert told == "var raden slutar ”När” och börjar ”Ansvarig” är en gissning"
    assert doubt("'a' and 'b' were joined, as no space stands between them", Words("en")).startswith(
        "'a' and 'b'"
    )
    assert doubt("two readings", SV) == "two readings"


@pytest.mark.parametrize("key", [key for key in catalogue() if key.startswith("doubt.")])
def test_each_doubt_is_found_by_its_own_words(key: str) -> None:
    english = catalogue()[key].en
    names = dict.fromkeys(re.findall(r"{(\w+)}", english), "x")
    assert doubt(english.format(**names), SV) == SV(key, **names)
