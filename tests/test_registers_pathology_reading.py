"""Reading pathology reports: what is proposed, where it stands, and what is left alone."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyrbak.registers.pathology.reading import LEAST, read_report
from fyrbak.registers.pathology.text import Meaning, parted
from fyrbak.registers.pathology.words import pathology_words
from fyrbak.registers.record_checks import check_one

BREAST = """Klinisk uppgift: Tidigare opererad för malignt melanom. Nu knöl i vänster bröst.
Material: Mastektomi vänster bröst.
Mikroskopi: ER 95 %, PR positiv, HER2 1+, Ki-67 22 %.
Utlåtande: Invasivt duktalt carcinom, NHG II. Tumörstorlek 2,3 x 1,4 cm. Resektionsränderna är fria.
Metastas i 2 av 14 lymfkörtlar. pT2 pN1a."""


def values(text: str) -> dict[str, str]:
    return {one.field: one.value for one in read_report(text).proposals}


def test_a_report_is_read_whole_and_each_value_points_at_its_words() -> None:
    assert values(BREAST) == {
        "topography": "C509",
        "morphology": "8500",
        "behaviour": "3",
        "grade": "2",
        "tnm_prefix": "p",
        "t": "2",
        "n": "1a",
        "er": "95 %",
        "pr": "positive",
        "her2": "1+",
        "ki67": "22",
        "margins": "free",
        "nodes_positive": "2",
        "nodes_examined": "14",
        "size_mm": "23",
    }
    words = {one.field: BREAST[one.start : one.end] for one in read_report(BREAST).proposals}
    assert words["morphology"] == "Invasivt duktalt carcinom"
    assert words["margins"] == "Resektionsränderna är fria"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Utlåtande: Kolonadenocarcinom, måttligt differentierat.", {"morphology": "8140", "grade": "2"}),
        ("Diagnosis: Lung, upper lobe: adenokarcinom", {"topography": "C341"}),
        (
            "PAD: Skivepitelcancer in situ i cervix.",
            {"topography": "C539", "morphology": "8070", "behaviour": "2"},
        ),
        (
            "Utlåtande: Lågt differentierat skivepitelcarcinom. Ej radikalt exciderat.",
            {"margins": "involved"},
        ),
        ("Diagnosis: Melanoma. Completely excised.", {"morphology": "8720", "margins": "free"}),
    ],
)
def test_words_as_they_bend_and_join(text: str, expected: dict[str, str]) -> None:
    assert expected.items() <= values(text).items()


@pytest.mark.parametrize(
    "text",
    [
        "Utlåtande: Inga tecken till adenocarcinom.",
        "Utlåtande: Normal slemhinna utan hållpunkter för dysplasi, skivepitelcancer eller lymfom.",
        "Diagnosis: No evidence of malignant melanoma.",
        "Anamnes: Adenocarcinom i kolon 2019.",
        "Utlåtande: Adenocarcinom kan uteslutas.",
        "Utlåtande: Tidigare behandlad för skivepitelcancer.",
    ],
)
def test_what_is_denied_or_past_is_not_proposed(text: str) -> None:
    assert "morphology" not in values(text)


@pytest.mark.parametrize(
    ("text", "field", "why"),
    [
        ("Utlåtande: Misstänkt adenocarcinom.", "morphology", "uncertain"),
        ("Utlåtande: Adenocarcinom kan inte uteslutas.", "morphology", "uncertain"),
        ("Utlåtande: Seminom. Skivepitelcancer.", "morphology", "several"),
        ("Utlåtande: Seminom i bröst.", "morphology", "pair"),
    ],
)
def test_where_unsure_it_abstains_and_says_why(text: str, field: str, why: str) -> None:
    reading = read_report(text)
    assert reading.value(field) is None
    assert why in {one.why for one in reading.abstained if one.field == field}


def test_where_a_metastasis_went_is_not_where_the_tumour_began() -> None:
    assert "topography" not in values("Utlåtande: Levermetastas av adenocarcinom.")
    assert values("Utlåtande: Metastas av adenocarcinom i lever, primärt kolon.").get("topography") != "C220"


def test_sections_are_known_by_their_headings() -> None:
    kinds = [section.kind for section in parted(BREAST).sections]
    assert kinds == ["history", "material", "microscopy", "diagnosis"]
    assert parted("Adenocarcinom.").sections[0].kind == ""


TERMS = sorted(term for one in pathology_words().morphologies for term in one.terms)


@given(st.sampled_from(TERMS), st.sampled_from(sorted(pathology_words().cues.negated.before)))
def test_no_term_is_proposed_behind_a_cue_that_denies(term: str, cue: str) -> None:
    text = f"Utlåtande: Vi ser {cue} {term}."
    assert parted(text).meaning(text.index(term), text.index(term) + len(term)) is not Meaning.STATED
    assert read_report(text).value("morphology") is None


@given(st.text())
def test_any_text_is_read_the_same_each_time(text: str) -> None:
    reading = read_report(text)
    assert reading == read_report(text)
    for one in reading.proposals:
        assert 0 <= one.start < one.end <= len(text) and LEAST <= one.confidence <= 1
    assert len({one.field for one in reading.proposals}) == len(reading.proposals)


def test_codes_of_the_words_are_codes_of_the_register() -> None:
    for site in pathology_words().sites:
        assert not check_one({"topography": site.code}, today=date.max), site
    for one in pathology_words().morphologies:
        assert not check_one({"morphology": one.code, "behaviour": one.behaviour}, today=date.max), one
