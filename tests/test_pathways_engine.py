"""One test per rule of the engine: what is odd is named, what is usual is found."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pathway_tables import AS_OF, find

BORN = [{"person_id": 1, "sex": "F", "birth_date": date(1960, 2, 29)}]


def events(*lines: str, pathway: str = "brost") -> list[dict[str, Any]]:
    """Events of person 1, each written as: date point [name=value ...]; ``-`` for no date."""
    rows = []
    for line in lines:
        day, point, *rest = line.split()
        row: dict[str, Any] = {"person_id": 1, "pathway": pathway, "point": point}
        row |= {
            "start_date": None if day == "-" else date.fromisoformat(day),
            **dict(w.split("=") for w in rest),
        }
        if "original_start" in row:
            row["original_start"] = date.fromisoformat(row["original_start"])
        rows.append(row)
    return rows


def rules(findings: list[dict[str, Any]]) -> list[str]:
    return sorted(row["rule"] for row in findings)


@pytest.mark.parametrize(
    ("lines", "rule", "found"),
    [
        (["2024-01-10 50"], "end_without_start", 0),
        (["2024-01-10 50", "2024-01-20 10"], "end_before_start", 1),
        (["2024-01-10 10", "2024-01-20 50", "2024-01-25 52"], "second_end", 1),
        (["2024-01-10 10", "2024-01-12 10", "2024-01-25 52"], "start_while_open", 1),
        (["2024-01-10 10", "2024-01-25 99"], "unknown_point", 1),
        (["2024-01-10 10", "- 50"], "date_missing", 1),
        (["2024-01-10 10", "2026-01-01 50"], "future_date", 1),
        (["2024-01-10 91"], "date_missing", 0),
        (["2024-01-10 91 original_start=2024-01-11"], "date_missing", 0),
        (["2024-01-10 10", "2024-02-01 56"], "point_not_valid", 1),
    ],
)
def test_odd_sequences_are_named(lines: list[str], rule: str, found: int) -> None:
    episodes, findings = find(events(*lines), persons=BORN)
    assert (rules(findings), len(episodes)) == ([rule], found)
    assert all(row["text_sv"] and row["text_en"] for row in findings)


def test_unknown_pathway_is_named() -> None:
    assert rules(find(events("2024-01-10 10", pathway="lungan"), persons=BORN)[1]) == ["unknown_pathway"]


def test_first_start_and_first_end_hold() -> None:
    (episode,), findings = find(
        events("2024-01-10 10", "2024-01-12 10", "2024-01-20 50", "2024-01-25 52"), persons=BORN
    )
    assert (episode["start_date"], episode["end_date"]) == (date(2024, 1, 10), date(2024, 1, 20))
    assert {row["episode_key"] for row in findings} == {episode["episode_key"]} == {"1-brost-1"}


def test_last_day_of_the_data_counts_and_the_day_after_does_not() -> None:
    on_the_day = events("2025-12-01 10", f"{AS_OF} 50")
    after = events("2025-12-01 10", "2026-01-01 50")
    assert [find(rows, persons=BORN)[0][0]["outcome"] for rows in (on_the_day, after)] == ["treated", "open"]


def test_open_episode_says_where_it_was_last_seen() -> None:
    (episode,), _ = find(
        events("2024-01-10 10 region=23", "2024-01-15 25 region=24 unit=24-nus-kir"), persons=BORN
    )
    columns = ("outcome", "start_region", "region", "hospital", "limit_state", "days", "within")
    assert [episode[c] for c in columns] == ["open", "23", "24", "24-nus", "not_applicable", None, None]


def test_transfer_keeps_the_start_and_ends_nothing() -> None:
    (episode,), findings = find(
        events(
            "2024-01-10 10 region=23",
            "2024-01-20 90 region=23",
            "2024-01-20 91 region=24 original_start=2024-01-10",
            "2024-02-01 50 region=24",
        ),
        persons=BORN,
    )
    assert (episode["days"], episode["received"], episode["start_region"], episode["region"]) == (
        22,
        True,
        "23",
        "24",
    )
    assert not findings


def test_received_patient_without_known_start_begins_at_the_original_start() -> None:
    (episode,), findings = find(
        events("2024-01-20 91 region=24 original_start=2024-01-05", "2024-02-01 50 region=24"), persons=BORN
    )
    assert (episode["start_date"], episode["days"], episode["start_region"]) == (date(2024, 1, 5), 27, "")
    assert not findings


@pytest.mark.parametrize(
    ("own", "original", "start", "region"),
    [
        ("2024-01-20 10 region=24", "2024-01-05", date(2024, 1, 5), ""),  # the receiving region's own start
        (
            "2024-01-06 10 region=23",
            "2024-01-05",
            date(2024, 1, 5),
            "23",
        ),  # the sending region's, a day apart
        ("2024-01-06 10 region=23", "2024-01-08", date(2024, 1, 6), "23"),  # the earliest holds
        ("2024-01-06 10 region=23", "2024-01-21", date(2024, 1, 6), "23"),  # later than the transfer itself
    ],
)
def test_start_of_a_received_patient_is_the_earliest_that_is_told(
    own: str, original: str, start: date, region: str
) -> None:
    (episode,), findings = find(
        events(own, f"2024-01-20 91 region=24 original_start={original}", "2024-02-01 50 region=24"),
        persons=BORN,
    )
    assert (episode["start_date"], episode["start_region"]) == (start, region)
    assert (episode["days"], episode["received"]) == ((date(2024, 2, 1) - start).days, True)
    assert not findings


@pytest.mark.parametrize(
    ("lines", "day"),
    [
        (["2024-01-01 10 start_precision=M", "2024-01-20 50"], date(2024, 1, 1)),
        (["2024-01-10 10", "2024-02-01 50 start_precision=M"], date(2024, 2, 1)),
        (["2024-01-01 10 start_precision=Y", "2024-02-01 50 start_precision=M"], date(2024, 1, 1)),
    ],
)
def test_a_day_that_is_not_exact_is_counted_and_judges_nobody(lines: list[str], day: date) -> None:
    (episode,), (finding,) = find(events(*lines), persons=BORN)
    columns = ("outcome", "limit_state", "judged", "days", "limit_days", "within", "overshoot")
    assert [episode[c] for c in columns] == ["treated", "missing", False, None, None, None, None]
    assert "not known exactly" in episode["rule"]
    assert (finding["rule"], finding["date"], finding["episode_key"]) == (
        "date_not_exact",
        day,
        episode["episode_key"],
    )


def test_only_the_start_and_the_end_need_an_exact_day() -> None:
    (visited,), findings = find(
        events("2024-01-10 10", "2024-01-11 25 start_precision=M", "2024-02-01 50"), persons=BORN
    )
    assert (visited["days"], visited["judged"], findings) == (22, True, [])
    (received,), findings = find(
        events("2024-01-20 10 start_precision=M", "2024-01-20 91 original_start=2024-01-10", "2024-02-01 50"),
        persons=BORN,
    )
    assert (received["days"], received["judged"], findings) == (22, True, [])


def test_original_start_before_an_earlier_end_moves_no_later_start() -> None:
    found, _ = find(
        events("2024-01-05 10", "2024-02-01 50", "2024-02-20 10", "2024-02-22 91 original_start=2024-01-03"),
        persons=BORN,
    )
    assert [episode["start_date"] for episode in found] == [date(2024, 1, 5), date(2024, 2, 20)]


def test_received_again_after_the_end_is_the_same_episode_and_is_named() -> None:
    episodes, findings = find(
        events("2024-01-05 10", "2024-02-01 50", "2024-02-03 91 original_start=2024-01-05"), persons=BORN
    )
    assert (len(episodes), rules(findings)) == (1, ["start_while_open"])


def test_two_pathways_at_once_are_two_episodes() -> None:
    episodes, findings = find(
        events("2024-01-10 10", "2024-02-01 50") + events("2024-01-15 10", "2024-01-20 78", pathway="lunga"),
        persons=BORN,
    )
    assert [(e["pathway"], e["outcome"]) for e in episodes] == [("brost", "treated"), ("lunga", "closed")]
    assert not findings


def test_milestones_are_the_first_of_their_kind_inside_the_episode() -> None:
    (episode,), _ = find(
        events(
            "2024-01-08 25",
            "2024-01-10 10",
            "2024-01-12 25",
            "2024-01-14 25",
            "2024-01-20 35",
            "2024-01-22 44",
            "2024-01-23 40",
            "2024-02-01 50",
            "2024-02-05 35",
        ),
        persons=BORN,
    )
    columns = ("visit_date", "conference_date", "decision_date")
    assert [episode[c] for c in columns] == [date(2024, 1, 12), date(2024, 1, 20), date(2024, 1, 22)]


@pytest.mark.parametrize(
    ("precision", "point", "outcome"),
    [
        ("D", "50", "open"),
        ("D", "78", "open"),
        ("D", "74", "closed"),
        ("M", "50", "treated"),
        ("Y", "50", "treated"),
    ],
)
def test_after_death_only_other_medical_reasons_end_a_pathway(
    precision: str, point: str, outcome: str
) -> None:
    death = [{"person_id": 1, "death_date": date(2024, 1, 15), "death_precision": precision}]
    (episode,), findings = find(events("2024-01-10 10", f"2024-01-20 {point}"), persons=BORN, deaths=death)
    assert episode["outcome"] == outcome
    assert rules(findings) == (["event_after_death"] if outcome == "open" else [])


def test_the_day_of_death_itself_counts() -> None:
    death = [{"person_id": 1, "death_date": date(2024, 1, 20), "death_precision": "D"}]
    (episode,), findings = find(events("2024-01-10 10", "2024-01-20 50"), persons=BORN, deaths=death)
    assert (episode["outcome"], findings) == ("treated", [])


@pytest.mark.parametrize(
    ("start", "age"), [("2024-02-28", 63), ("2024-02-29", 64), ("2023-02-28", 62), ("2023-03-01", 63)]
)
def test_age_is_completed_years_also_for_a_leap_day(start: str, age: int) -> None:
    assert find(events(f"{start} 10"), persons=BORN)[0][0]["age"] == age


def test_eighteenth_birthday_is_of_age() -> None:
    young = [{"person_id": 1, "sex": "M", "birth_date": date(2006, 1, 10)}]
    of_age, _ = find(events("2024-01-10 10", "2024-01-20 50"), persons=young)
    minor, findings = find(events("2024-01-09 10", "2024-01-20 50"), persons=young)
    assert (of_age[0]["judged"], minor[0]["judged"], rules(findings)) == (True, False, ["under_age"])
    assert (minor[0]["limit_days"], minor[0]["within"]) == (35, None)


def test_unknown_person_is_an_adult_of_unknown_sex() -> None:
    (episode,), _ = find(events("2024-01-10 10", "2024-01-20 50"))
    assert (episode["sex"], episode["age"], episode["judged"]) == ("U", None, True)


def test_home_is_where_the_person_lived_at_the_end() -> None:
    homes = [
        {"person_id": 1, "region": "23", "start_date": date(1990, 1, 1), "end_date": date(2024, 1, 31)},
        {"person_id": 1, "region": "24", "start_date": date(2024, 2, 1), "end_date": None},
    ]
    ended = events("2024-01-10 10", "2024-02-01 50")
    assert find(ended, persons=BORN, residences=homes)[0][0]["home_region"] == "24"
    assert find(ended[:1], persons=BORN, residences=homes)[0][0]["home_region"] == "23"
    assert find(ended, persons=BORN, residences=homes[:1])[0][0]["home_region"] == ""


def test_overshoot_is_measured_beyond_the_limit() -> None:
    (late,), _ = find(events("2024-01-02 10", "2024-02-13 50"), persons=BORN)
    assert (late["days"], late["within"], late["overshoot"]) == (42, False, pytest.approx(0.2))
    (in_time,), _ = find(events("2024-01-02 10", "2024-02-06 50"), persons=BORN)
    assert (in_time["within"], in_time["overshoot"]) == (True, None)


def test_same_day_points_are_taken_in_the_order_of_care() -> None:
    (episode,), findings = find(events("2024-01-02 50", "2024-01-02 25", "2024-01-02 10"), persons=BORN)
    assert (episode["days"], episode["visit_date"], findings) == (0, date(2024, 1, 2), [])


def test_rule_says_why_there_is_no_limit() -> None:
    def rule(*lines: str, pathway: str) -> str:
        return find(events(*lines, pathway=pathway), persons=BORN)[0][0]["rule"].split(": ", 1)[1]

    assert rule("2024-01-02 10", pathway="brost") == "open, no limit applies"
    assert rule("2024-01-02 10", "2024-01-09 78", pathway="brost").startswith("closed without treatment")
    assert "awaits confirmation" in rule("2024-01-02 10", "2024-01-30 50", pathway="lunga")
    assert "value is not known" in rule("2024-01-02 10", "2024-01-30 58", pathway="brost")
    assert "counts from referral received" in rule("2024-01-02 10", "2024-01-30 50", pathway="sarkom")
    assert "variant is not stated" in rule("2024-01-02 10", "2024-01-30 54", pathway="hjarna")
    assert "no known limit was in force" in rule("2018-01-02 10", "2018-01-30 78", pathway="aos")


def test_a_variant_that_the_pathway_lacks_is_named_and_not_taken_for_another() -> None:
    lines = ("2024-01-02 10", "2024-02-09 50 variant=utökad")
    (episode,), (finding,) = find(events(*lines, pathway="bukspottkortel"), persons=BORN)
    assert (episode["variant"], episode["limit_state"], episode["judged"]) == ("", "missing", False)
    assert finding["rule"] == "unknown_variant"
    (mended,), none = find(
        events(*lines[:1], lines[1].replace("ö", "o"), pathway="bukspottkortel"), persons=BORN
    )
    assert (mended["variant"], mended["limit_days"], none) == ("utokad", 43, [])
