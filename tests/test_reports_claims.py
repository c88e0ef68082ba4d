"""Claims: what the summary of a report says is held against the round, and what contradicts it is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyrbak.definitions import load
from fyrbak.errors import BadDefinitionError
from fyrbak.goals import outline as o
from fyrbak.goals.document_outline import outline_of_document
from fyrbak.goals.documents import read_document
from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.results import Result
from fyrbak.reports.claims import Checked, Claim, ClaimList, check_claims
from fyrbak.reports.claims.prose import places_of, sentence_with, sentences, stated_in, unbound
from plans import NORTH, follow_up, goal, real_document

SUMMARY = Path(__file__).parent / "data" / "claims_follow_up_2024.yaml"
LEVELS = ("U", "P", "E", "P/U", "P?", "")


@pytest.fixture(scope="module")
def real() -> o.PlanOutline:
    return outline_of_document(read_document(real_document("004")), round_label="2024")


@pytest.fixture(scope="module")
def summary(real: o.PlanOutline) -> dict[str, Checked]:
    """The real summary's claims by their sentences."""
    claims = load(SUMMARY, ClaimList).claims
    return {checked.claim.sentence: checked for checked in check_claims(claims, real)}


def of(summary: dict[str, Checked], words: str) -> Checked:
    [found] = [checked for sentence, checked in summary.items() if words in sentence]
    return found


def north(*goals: Any) -> o.PlanOutline:
    return outline_of_document(follow_up(*goals))


def claim(**states: Any) -> Claim:
    return Claim.model_validate({"sentence": "Något sägs.", "states": states})


def check(outline: o.PlanOutline, *results: Result, **states: Any) -> Checked:
    [checked] = check_claims([claim(**states)], outline, results)
    return checked


# The real document


def test_seven_goals_are_reached_by_all_four_not_eight(summary: dict[str, Checked]) -> None:
    eight = of(summary, "Åtta mål")
    assert eight.holds == "no"
    assert eight.why.sv.startswith("Det är 7 mål: 1.2, 1.4, 1.8, 2.4, 4.5, 6.5 och 6.6.")
    assert "4.4" in eight.why.sv.partition("Blankt räknas inte")[2]


def test_all_four_with_one_blank_is_not_all_four(summary: dict[str, Checked]) -> None:
    young = of(summary, "stödfunktion")
    assert young.holds == "no"
    assert "Inget svar från Region Norrbotten" in young.why.sv
    assert "No answer from Region Norrbotten" in young.why.en or "Norrbotten" in young.why.en


def test_the_summary_and_the_comment_give_different_lead_times(summary: dict[str, Checked]) -> None:
    own, highest = of(summary, "45 %"), of(summary, "högsta andelen")
    assert own.holds == "no" and "46" in own.why.sv and "Västernorrland" in own.why.sv
    assert highest.holds == "no"
    assert "Norrbotten har 49" in highest.why.sv and "Västernorrland har 46" in highest.why.sv


def test_one_deviates_while_all_say_reached(summary: dict[str, Checked]) -> None:
    deviates = of(summary, "avviker")
    assert deviates.holds == "no"
    assert deviates.why.sv.startswith("4 av 4 säger U")


def test_what_holds_and_what_cannot_be_told(summary: dict[str, Checked]) -> None:
    expected = {
        "Tarmscreening": "yes", "Prostatatestning": "yes", "lokalt programområde": "yes", "41 %": "yes",
        "ligger över riket": "yes", "minst 70 %": "yes", "Mellan 60 och 71": "yes", "täckningsgraden": "yes",
        "34 %": "cannot_tell", "49 %": "cannot_tell", "inklusionsmålet": "cannot_tell",
        "Var fjärde": "cannot_tell",
    }  # fmt: skip
    assert {words: of(summary, words).holds for words in expected} == expected


def test_sixty_is_not_more_than_sixty(summary: dict[str, Checked]) -> None:
    more = of(summary, "mer än 60 %")
    assert more.holds == "no"
    assert "Norrbotten 60" in more.why.sv


def test_every_reason_is_one_line_in_both_languages(summary: dict[str, Checked]) -> None:
    for checked in summary.values():
        for text in (checked.why.sv, checked.why.en):
            assert text and "\n" not in text and "{" not in text


# Levels


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(NORTH, st.sampled_from(LEVELS))), min_size=1, max_size=8))
def test_the_count_of_goals_at_a_level_is_the_one_that_holds(rounds: list[dict[str, str]]) -> None:
    outline = north(*(goal(f"1.{n}", f"Mål {n}.", levels) for n, levels in enumerate(rounds, start=1)))
    for by, quantifier in (("all", all), ("any", any), ("none", lambda found: not any(found))):
        counted = sum(quantifier(level == "U" for level in levels.values()) for levels in rounds)
        for value in range(len(rounds) + 1):
            found = check(outline, kind="goals_at_level", level="U", by=by, value=value)
            assert (found.holds == "yes") == (value == counted)


def test_mixed_and_uncertain_levels_are_not_the_level() -> None:
    outline = north(goal("1.1", "Ett mål.", {"RJH": "U", "RN": "U/E", "RV": "U?", "RVN": ""}))
    one = check(outline, kind="places_at_level", goal="1.1", level="U", value=1)
    assert one.holds == "yes"
    assert "U/E" in one.why.sv and "U?" in one.why.sv and "Västernorrland" in one.why.sv
    assert check(outline, kind="places_at_level", goal="1.1", level="E", value=0).holds == "yes"


@pytest.mark.parametrize(
    ("what", "value"), [("goals", 2), ("organisations", 4), ("answers", 7), ("blank", 1), ("comments", 1)]
)
def test_counts_of_a_round(what: str, value: int) -> None:
    outline = north(
        goal("1.1", "Ett.", {"RJH": "U", "RN": "P", "RV": "E", "RVN": ""}, {"RN": "Halvvägs."}),
        goal("1.2", "Två.", dict.fromkeys(NORTH, "U")),
    )
    assert check(outline, kind="count", what=what, value=value).holds == "yes"
    assert check(outline, kind="count", what=what, value=value + 1).holds == "no"


@pytest.mark.parametrize(
    "states",
    [
        {"kind": "places_at_level", "goal": "9.9", "level": "U"},
        {"kind": "places_at_level", "goal": "1.1", "level": "U", "organisations": ["Skåne"]},
        {"kind": "value", "figure": {"measure": "svf_leadtime"}, "organisation": "RN", "value": 1},
    ],
)
def test_a_name_that_does_not_exist_cannot_be_told(states: dict[str, Any]) -> None:
    found = check(north(), **states)
    assert found.holds == "cannot_tell" and "unknown" in found.why.sv


# Figures


def result(unit: str, value: float | None, low: float = 0.0, high: float = 1.0, year: int = 2024) -> Result:
    return Result(
        measure="svf_lead_time", version="1", period=str(year), period_start=date(year, 1, 1),
        period_end=date(year, 12, 31), unit=unit, cut={}, n=100, numerator=40, denominator=100, value=value,
        lower=low, upper=high, snapshot="s", complete=True,
    )  # fmt: skip


LEAD_TIME = {"measure": "svf_lead_time"}
FOUR = (
    result("23", 0.34, 0.30, 0.38), result("25", 0.493, 0.46, 0.53), result("24", 0.41, 0.38, 0.44),
    result("22", 0.46, 0.43, 0.49), result("SE", 0.44, 0.43, 0.45),
)  # fmt: skip


@pytest.mark.parametrize(
    ("states", "holds"),
    [
        ({"kind": "value", "organisation": "RN", "value": 49}, "yes"),
        ({"kind": "value", "organisation": "RN", "value": Decimal("49.3")}, "yes"),
        ({"kind": "value", "organisation": "RN", "value": 50}, "no"),
        ({"kind": "value", "organisation": "SE", "operator": ">", "value": 44}, "no"),
        ({"kind": "places_passing", "passing": ">=", "limit": 41, "value": 3}, "yes"),
        ({"kind": "places_passing", "passing": ">=", "limit": 80, "value": 0}, "yes"),
        ({"kind": "extreme", "which": "lowest", "organisation": "RJH"}, "cannot_tell"),
        ({"kind": "extreme", "which": "lowest", "organisation": "RV"}, "no"),
        ({"kind": "compared", "organisation": "RN", "how": "higher"}, "yes"),
        ({"kind": "compared", "organisation": "RN", "how": "lower"}, "no"),
        ({"kind": "compared", "organisation": "RVN", "how": "higher"}, "cannot_tell"),
        ({"kind": "range", "lowest": 34, "highest": 49}, "yes"),
        ({"kind": "range", "lowest": 34, "highest": 60}, "no"),
        ({"kind": "range", "lowest": 40, "highest": 49}, "no"),
    ],
)
def test_figures_of_a_measure(states: dict[str, Any], holds: str) -> None:
    found = check(north(), *FOUR, figure=LEAD_TIME, **states)
    assert found.holds == holds, found.why


def test_a_hidden_number_is_never_told() -> None:
    hidden = replace(result("25", None), suppression=Suppressed("small"))
    found = check(north(), hidden, kind="value", figure=LEAD_TIME, organisation="RN", value=3)
    assert found.holds == "cannot_tell" and "visas inte" in found.why.sv


def test_a_measure_that_moved() -> None:
    earlier = [replace(result(code, 0.2, 0.19, 0.21, 2023)) for code in ("23", "25", "24", "22")]
    states = {"kind": "moved", "figure": LEAD_TIME, "organisations": ["RN", "RVN"]}
    assert check(north(), *earlier, *FOUR, **states, how="higher").holds == "yes"
    assert check(north(), *earlier, *FOUR, **states, how="lower").holds == "no"
    assert check(north(), *FOUR, **states, how="higher").holds == "cannot_tell"


def test_a_comment_against_a_measure() -> None:
    comments = {"RN": "Ledtiden: 48 % av patienterna."}
    outline = north(goal("1.1", "Ledtid.", dict.fromkeys(NORTH, "P"), comments))
    figures = [LEAD_TIME, {"goal": "1.1", "after": "ledtid"}]
    found = check(outline, *FOUR, kind="same", figures=figures, organisation="RN")
    assert found.holds == "no" and "48" in found.why.sv and "49,3" in found.why.sv


def test_a_report_that_contradicts_itself() -> None:
    figure = {"goal": "1.1"}
    claims = [
        claim(kind="value", figure=figure, organisation="RN", value=48),
        claim(kind="value", figure=figure, organisation="RN", value=49),
    ]
    outline = north(goal("1.1", "Ledtid.", dict.fromkeys(NORTH, "P")))
    assert [checked.holds for checked in check_claims(claims, outline)] == ["no", "no"]


def test_a_fault_in_a_file_of_claims_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "claims.yaml"
    path.write_text("claims:\n  - sentence: Något.\n    states: {kind: levels, value: 3}\n", encoding="utf-8")
    with pytest.raises(BadDefinitionError, match=r"claims\.yaml:3: claims\.0\.states"):
        load(path, ClaimList)


# Prose


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("RN når 49 % och RVN 45 procent.", ["49 %", "45 procent"]),
        ("Andelen var 23–27 % i norr.", ["23–27 %"]),
        ("Den 26 maj 2025 gällde mål 4.4 i planen 2022–2024, se figur 2.", []),
        ("Samtliga fyra regioner och alla regioner.", ["Samtliga fyra regioner", "alla regioner"]),
        ("Alla cancerpatienter erbjuds stöd.", ["Alla cancerpatienter"]),
        ("Alla vet att det tar tid.", []),
        (
            "Målet är nått hos alla. Varje region och de flesta kvinnor.",
            ["hos alla", "Varje region", "de flesta"],
        ),
        ("Enligt mål 95 % men mål 4.4 och mål 5 nås.", ["95 %"]),
        ("År 2024 vaccinerades 2024 kvinnor, 2025 nya fall.", ["2024", "2025"]),
        (
            "Tretton mål, tjugofem regioner och forty-three goals.",
            ["Tretton mål", "tjugofem regioner", "forty-three goals"],
        ),
        ("Högst 5 dagar, minst två veckor, den högsta andelen.", ["Högst 5", "minst två veckor", "högsta"]),
        (
            "Under 2024 hade ingen region och en enda region mer än 3 dagar.",
            ["ingen region", "en enda region", "mer än 3"],
        ),
        (
            "Var fjärde patient, en tredjedel, fördubblades, dubbelt.",
            ["Var fjärde", "en tredjedel", "fördubblades", "dubbelt"],
        ),
        ("Sju mål nås; en av regionerna avviker.", ["Sju mål", "en av regionerna"]),
        ("RN ligger högst, 1 234 567 kronor.", ["högst", "1 234 567"]),
        ("Ökade med en till tre procentenheter.", ["tre procentenheter"]),
        ("No region; all four regions; 64.7% in total.", ["No region", "all four regions", "64.7%"]),
    ],
)
def test_numbers_and_sweeping_words_are_found(text: str, found: list[str]) -> None:
    assert [stated.words for stated in stated_in(text)] == found


def test_a_sentence_binds_what_stands_in_it_whatever_the_line_breaks() -> None:
    text = "RN når 49 %\ninom ledtiden. RV når 41 %."
    assert [stated.words for stated in unbound(text, ["RN når 49 % inom ledtiden."])] == ["41 %"]
    assert unbound(text, ["RN når 49 % inom ledtiden.", "RV når 41 %."]) == []
    assert [s.words for s in unbound(text, ["något annat"])] == ["49 %", "41 %"]


SAID = {"goal": "3.3", "after": "ledtid"}
HIGHEST = {"kind": "extreme", "which": "highest", "figure": SAID, "organisation": "RN"}


def value(of: object) -> dict[str, object]:
    return {"kind": "value", "figure": SAID, "organisation": "RN", "value": of}


def passing(**states: object) -> dict[str, object]:
    return {"kind": "places_passing", "figure": SAID, "passing": ">=", "limit": 70} | states


def at_level(**states: object) -> dict[str, object]:
    return {"kind": "places_at_level", "goal": "3.3", "level": "U"} | states


@pytest.mark.parametrize(
    ("sentence", "states", "left"),
    [
        ("I Norrbotten utreddes 90 %.", value(49), ["90 %"]),
        ("I Norrbotten utreddes 49 %.", value("49.3"), []),
        ("I Norrbotten utreddes 49,3 %.", value(49), ["49,3 %"]),
        ("I Västerbotten utreddes 49 %.", value(49), ["Västerbotten"]),
        ("RN:s mål 2.4 gav 49 %.", value(49), ["mål 2.4"]),
        ("Norrbotten är lägst.", HIGHEST, ["lägst"]),
        ("Norrbotten är bäst.", HIGHEST, []),
        ("Tre av fyra regioner nådde minst 70 %; en region nådde inte dit.", passing(value=3), []),
        ("Alla fyra regioner nådde minst 70 %.", passing(value=3), ["Alla fyra regioner"]),
        ("Alla regioner låg under 70 %.", passing(), ["under 70 %"]),
        ("Tre regioner, bland dem Norrbotten, har nått målet.", at_level(value=3), ["Norrbotten"]),
        ("De flesta regioner har nått mål 3.3.", at_level(value=3), []),
        ("Hälften av regionerna har nått mål 3.3.", at_level(value=3), ["Hälften"]),
        ("Ingen region har nått mål 3.3.", at_level(value=0), []),
        ("Minst två regioner har nått mål 3.3.", at_level(operator=">=", value=2), []),
        ("Alla regioner har fått 17 nya läkare.", {"kind": "unchecked", "why": "Det räknas inte här."}, []),
    ],
)
def test_a_claim_frees_only_what_it_says_itself(
    sentence: str, states: dict[str, object], left: list[str]
) -> None:
    outline = north(goal("3.3", "Ledtid.", dict.fromkeys(NORTH, "U")), goal("2.4", "Svar.", {}))
    claim = Claim.model_validate({"sentence": sentence, "states": states})
    [checked] = check_claims([claim], outline)
    assert [stated.words for stated in checked.unsaid] == left


def test_a_number_with_more_digits_than_any_figure_is_only_not_said() -> None:
    outline = north(goal("3.3", "Ledtid.", dict.fromkeys(NORTH, "U")))
    long = f"I Norrbotten 0,{'1' * 60} % och {'9' * 60} %."
    [checked] = check_claims([Claim.model_validate({"sentence": long, "states": value(49)})], outline)
    assert [len(stated.words) for stated in checked.unsaid] == [64, 62]


def test_a_sentence_with_two_claims_says_what_both_say() -> None:
    outline = north(
        goal("3.3", "Ledtid.", dict.fromkeys(NORTH, "P"), {"RN": "Ledtid 49 %.", "RV": "Ledtid 41 %."})
    )
    sentence = "Norrbotten når 49 % och Västerbotten 41 %."
    claims = [
        Claim.model_validate(
            {"sentence": sentence,
             "states": {"kind": "value", "figure": SAID, "organisation": place, "value": value}}
        )
        for place, value in (("RN", 49), ("RV", 41))
    ]  # fmt: skip
    assert [found.unsaid for found in check_claims(claims, outline)] == [(), ()]
    [alone] = check_claims(claims[:1], outline)
    assert [stated.words for stated in alone.unsaid] == ["Västerbotten", "41 %"]


def test_sentences_end_with_their_mark_their_paragraph_or_their_point() -> None:
    text = "RN når 49 % t.ex. i mars. RV når\n41 %.\n\nRubrik\n- en punkt om 3 mål\n- en annan"
    assert sentences(text) == [
        "RN når 49 % t.ex. i mars.", "RV når 41 %.", "Rubrik", "en punkt om 3 mål", "en annan",
    ]  # fmt: skip
    assert [sentence_with(stated, text) for stated in stated_in(text)] == [
        "RN når 49 % t.ex. i mars.", "RV når 41 %.", "en punkt om 3 mål",
    ]  # fmt: skip


@given(st.text("ab R0123456789,.%\n–- ", max_size=60))
def test_any_text_can_be_searched(text: str) -> None:
    for stated in stated_in(text):
        assert text[stated.start : stated.end].strip() == stated.words
        assert stated.words.split()[0] in sentence_with(stated, text)
    for sentence in sentences(text):
        assert any(places_of(sentence, text))
