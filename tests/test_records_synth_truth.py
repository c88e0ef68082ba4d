"""The truth, on cases small enough to be counted by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import django
import numpy as np
import pytest

django.setup()

from fyrbak.records.synth.background import EDUCATIONS, UNKNOWN, Background, Years  # noqa: E402
from fyrbak.records.synth.calendar import NEVER, number  # noqa: E402
from fyrbak.records.synth.calibration import calibration  # noqa: E402
from fyrbak.records.synth.disease import Tumours, codes, diseases  # noqa: E402
from fyrbak.records.synth.episodes import Episodes  # noqa: E402
from fyrbak.records.synth.facts import facts_of  # noqa: E402
from fyrbak.records.synth.pathways import AOS, pathways  # noqa: E402
from fyrbak.records.synth.population import ABROAD, Population  # noqa: E402
from fyrbak.records.synth.truth import Truth  # noqa: E402

REGIONS = ("23", "24")
AS_OF = date(2025, 6, 30)
JAMTLAND, VASTERBOTTEN = 0, 1


def _population(*persons: dict[str, Any]) -> Population:
    """Persons with ``born``, and if needed ``male``, ``died``, ``home`` and ``moved`` (day, place)."""
    places, moves = [], []
    for person in persons:
        day, place = person.get("moved", (None, ABROAD))
        places.append([person.get("home", JAMTLAND), place, ABROAD])
        moves.append([number(person["born"]), number(day) if day else NEVER, NEVER])
    return Population(
        1,
        np.array([number(person["born"]) for person in persons]),
        np.array([person.get("male", False) for person in persons]),
        np.array(places),
        np.array(moves),
        np.array([number(person["died"]) if "died" in person else NEVER for person in persons]),
    )


def _episodes(*rows: dict[str, Any]) -> Episodes:
    """Episodes with ``pathway``, ``start``, and if ended ``end`` and ``point``; other steps by name."""
    content = pathways()
    names = content.variant_names()

    def day(name: str) -> np.ndarray[Any, Any]:
        return np.array([number(row[name]) if name in row else NEVER for row in rows], np.int64)

    def value(name: str, default: int) -> np.ndarray[Any, Any]:
        return np.array([row.get(name, default) for row in rows], np.int64)

    return Episodes(
        who=value("who", 0),
        pathway=np.array([content.index(row["pathway"]) for row in rows], np.int64),
        start=day("start"),
        end=day("end"),
        point=value("point", 0),
        variant=np.array([names.index(row.get("variant", "")) for row in rows], np.int64),
        begun=value("begun", JAMTLAND),
        place=value("place", JAMTLAND),
        sent=day("sent"),
        visit=day("visit"),
        conference=day("conference"),
        decision=day("decision"),
        talk=value("talk", 40),
        marked=np.zeros(len(rows), np.bool_),
        tumour=np.full(len(rows), -1),
    )


def _tumours(*rows: tuple[int, str, date, int]) -> Tumours:
    """Tumours by person, pathway, day and place."""
    groups = [sorted(calibration().pathways).index(name) for _, name, _, _ in rows]
    return Tumours(
        np.array([row[0] for row in rows], np.int64),
        np.array(groups, np.int64),
        np.array([number(row[2]) for row in rows], np.int64),
        np.array([codes().index(next(iter(diseases()[group].codes))) for group in groups], np.int64),
        np.zeros(len(rows), np.int64),
        np.array([row[3] for row in rows], np.int64),
    )


def _background(people: Population, first: int = 2020, *known: list[str]) -> Background:
    """For each person the education of the rows of ``first``, the year after, ...: ``-`` is no row."""
    years = max(map(len, known), default=0)
    held = np.full((len(people), years + 1), UNKNOWN)
    for who, row in enumerate(known):
        for step, education in enumerate(row):
            held[who, step + 1] = held[who, step] if education == "-" else EDUCATIONS.index(education)
    nothing = np.array([], np.int64)
    rows = Years(nothing, nothing, nothing, nothing, nothing, nothing, nothing > 0)
    return Background(rows, first, held)


def _told(
    people: Population,
    episodes: Episodes,
    tumours: Tumours | None = None,
    doses: dict[int, date] | None = None,
    background: Background | None = None,
    times: int = 1,
) -> Truth:
    """The truth when it has been told these facts, once or several times."""
    first = np.full(len(people), NEVER)
    for who, day in (doses or {}).items():
        first[who] = number(day)
    truth = Truth(pathways(), REGIONS, number(AS_OF))
    facts = facts_of(pathways(), people, episodes, number(AS_OF))
    for _ in range(times):
        truth.add(people, tumours or _tumours(), episodes, facts, first, background or _background(people))
    return truth


def _truth(
    people: Population,
    episodes: Episodes,
    tumours: Tumours | None = None,
    doses: dict[int, date] | None = None,
) -> dict[str, dict[tuple[str, str, str], tuple[Any, Any]]]:
    """Every measure as {(period, unit, words of the cut): (numerator or n, denominator or value)}."""
    return {
        measure: {
            (row["period"], row["unit"], " ".join(row["cut"].values())): (
                row.get("numerator", row.get("n")),
                row.get("denominator", row.get("value")),
            )
            for row in rows
        }
        for measure, rows in _told(people, episodes, tumours, doses).measures().items()
    }


ADULT = {"born": date(1960, 1, 1)}
CHILD = {"born": date(2010, 1, 1)}


def test_lead_time_counts_judged_episodes_by_the_end_and_the_closing_region() -> None:
    breast = {"pathway": "brost", "point": 50}
    found = _truth(
        _population(ADULT, CHILD),
        _episodes(
            {**breast, "start": date(2023, 12, 1), "end": date(2024, 1, 5)},  # 35 days, the limit of 2024
            {**breast, "start": date(2023, 11, 26), "end": date(2023, 12, 31)},  # 35 days, the limit was 28
            {**breast, "start": date(2024, 1, 1), "end": date(2024, 2, 6), "place": VASTERBOTTEN},  # 36 days
            {**breast, "start": date(2024, 1, 1), "end": date(2024, 1, 2), "point": 58},  # no limit known
            {**breast, "start": date(2024, 1, 1), "end": date(2024, 1, 2), "point": 78},  # no treatment
            {**breast, "start": date(2025, 6, 1)},  # open
            {**breast, "start": date(2024, 3, 1), "end": date(2024, 3, 9), "who": 1},  # a child
            {"pathway": AOS, "start": date(2024, 3, 1), "end": date(2024, 3, 23), "point": 78},  # 22 days
        ),
    )
    lead_time = found["svf_lead_time"]
    assert lead_time["2024", "SE", ""] == (2, 3)
    assert lead_time["2024", "23", ""] == (2, 2)
    assert lead_time["2024", "24", ""] == (0, 1)
    assert lead_time["2023", "SE", ""] == (0, 1)
    assert lead_time["2024", "SE", AOS] == (1, 1)
    assert found["svf_overshoot"]["2024", "SE", "0-25"] == (1, 3)
    assert found["svf_overshoot"]["2023", "SE", "0-25"] == (1, 1)
    assert found["svf_conversion"]["2024", "SE", ""] == (4, 6)
    assert found["svf_count"]["2023", "SE", ""] == (2, None)
    assert found["svf_count"]["2025", "23", ""] == (1, None)


@pytest.mark.parametrize(
    ("days", "band"), [(36, "0-25"), (43, "0-25"), (44, "25-50"), (53, "50-75"), (61, "50-75"), (62, "75+")]
)
def test_a_late_episode_falls_in_one_band(days: int, band: str) -> None:
    """The limit is 35: a quarter beyond it is 43.75 days, half 52.5, three quarters 61.25."""
    end = date(2024, 6, 1)
    start = date.fromordinal(end.toordinal() - days)
    episodes = _episodes({"pathway": "brost", "point": 50, "start": start, "end": end})
    found = _truth(_population(ADULT), episodes)["svf_overshoot"]
    hits = {
        cut: hit
        for (year, unit, cut), (hit, base) in found.items()
        if (year, unit, base) == ("2024", "23", 1)
    }
    assert hits == {name: int(name == band) for name in ("0-25", "25-50", "50-75", "75+")}


def test_quantiles_are_the_smallest_days_that_reach_the_share() -> None:
    lengths = [10, 20, 30, 40]
    episodes = _episodes(
        *(
            {
                "pathway": "lunga",
                "point": 52,
                "start": date(2024, 1, 1),
                "end": date(2024, 1, 1 + length % 31),
            }
            for length in (9, 19, 29)
        ),
        {"pathway": "lunga", "point": 52, "start": date(2024, 1, 1), "end": date(2024, 2, 9)},
        {"pathway": AOS, "point": 78, "start": date(2024, 1, 1), "end": date(2024, 1, 2)},
    )
    found = _truth(_population(ADULT), episodes)
    assert found["svf_days_median"]["2024", "SE", ""] == (len(lengths), 19)
    assert found["svf_days_p90"]["2024", "SE", ""] == (4, 39)
    assert found["svf_days_median"]["2024", "24", ""] == (0, None)


def test_blocks_need_both_days_and_may_not_run_backwards() -> None:
    one = {"pathway": "lunga", "point": 52, "start": date(2024, 1, 1), "end": date(2024, 2, 1)}
    found = _truth(
        _population(ADULT),
        _episodes(
            {
                **one,
                "visit": date(2024, 1, 8),
                "conference": date(2024, 1, 18),
                "decision": date(2024, 1, 15),
            },
            {**one, "conference": date(2024, 1, 10), "decision": date(2024, 1, 12)},
            {**one, "point": 78, "visit": date(2024, 1, 2)},
        ),
    )["svf_days_per_block"]
    assert found["2024", "23", "start_visit"] == (1, 7)
    assert found["2024", "23", "visit_conference"] == (1, 10)
    assert found["2024", "23", "conference_decision"] == (1, 2)
    assert found["2024", "23", "decision_treatment"] == (2, 17)


def test_inclusion_follows_residence_and_the_three_years_before() -> None:
    treated = {"pathway": "brost", "point": 50, "start": date(2024, 1, 1), "end": date(2024, 2, 1)}
    people = _population(ADULT, {**ADULT, "moved": (date(2024, 1, 15), VASTERBOTTEN)}, CHILD)
    found = _truth(
        people,
        _episodes(treated, {**treated, "who": 1}, {**treated, "point": 78}),
        _tumours(
            (0, "brost", date(2021, 1, 1), JAMTLAND),
            (0, "lunga", date(2023, 12, 31), JAMTLAND),
            (0, "lunga", date(2020, 12, 31), JAMTLAND),  # too early for 2024
            (0, "lunga", date(2024, 1, 1), JAMTLAND),  # the year itself
            (2, "lymfom", date(2022, 1, 1), JAMTLAND),  # a child
            (1, "brost", date(2022, 5, 5), VASTERBOTTEN),
        ),
    )["svf_inclusion"]
    assert found["2024", "23", ""] == (1, pytest.approx(2 / 3))
    assert found["2024", "24", ""] == (1, pytest.approx(1 / 3))
    assert found["2024", "SE", ""] == (2, pytest.approx(1))
    assert ("2020", "SE", "") not in found
    assert ("2021", "SE", "") in found


def test_hpv_coverage_counts_women_of_the_cohort_where_they_live_on_the_last_day() -> None:
    woman = {"born": date(1996, 5, 5)}
    people = _population(
        woman,
        woman,
        {**woman, "moved": (date(2025, 7, 1), VASTERBOTTEN)},  # moves the day after the last
        {**woman, "moved": (date(2025, 6, 30), VASTERBOTTEN)},
        {**woman, "died": date(2025, 6, 30)},
        {**woman, "male": True},
        {"born": date(2000, 1, 1)},
        {"born": date(1994, 1, 1)},
        {"born": date(1999, 12, 31), "home": VASTERBOTTEN},
    )
    doses = {0: date(2025, 6, 30), 1: date(2024, 12, 31), 4: date(2021, 1, 1), 6: date(2021, 1, 1)}
    found = _truth(people, _episodes(), doses=doses)["hpv_coverage"]
    assert found["2025", "23", ""] == (2, 4)
    assert found["2025", "24", ""] == (0, 2)
    assert found["2025", "SE", ""] == (2, 6)
    assert found["2024", "23", ""] == (2, 6)


def test_education_is_that_of_the_latest_year_before_the_event() -> None:
    breast = {"pathway": "brost", "point": 50}
    late = {**breast, "start": date(2022, 1, 1), "end": date(2022, 6, 1)}
    early = {**breast, "start": date(2022, 1, 1), "end": date(2022, 1, 3)}
    woman = {"born": date(1996, 5, 5)}
    people = _population(woman, woman, woman)
    post, upper = "post_secondary", "upper_secondary"
    known = _background(people, 2020, [upper, "-", post], ["-", "-", post], [upper, "", post])
    episodes = _episodes(late, early, {**early, "who": 1}, {**early, "who": 2})
    found = {
        measure: {
            (row["period"], row["cut"]["education"]): (row["numerator"], row["denominator"]) for row in rows
        }
        for measure, rows in _told(people, episodes, doses={0: date(2022, 1, 1)}, background=known)
        .divided()
        .items()
    }
    assert found["svf_lead_time"]["2022", upper] == (1, 2)
    assert found["svf_lead_time"]["2022", "unknown"] == (2, 2)
    assert found["svf_lead_time"]["2022", post] == (0, 0)
    assert found["hpv_coverage"]["2021", upper] == (0, 2)
    assert found["hpv_coverage"]["2022", upper] == (1, 1)
    assert found["hpv_coverage"]["2022", "unknown"] == (0, 2)
    assert found["hpv_coverage"]["2025", post] == (1, 3)


def _day_by_day(people: Population) -> dict[tuple[str, str, str], int]:
    """Days at risk by (year, unit, age group), each day looked at on its own."""
    found: dict[tuple[str, str, str], int] = {}
    for who in np.flatnonzero(~people.male):
        born = date(1970, 1, 1) + timedelta(days=int(people.birth[who]))
        for day in range(number(date(2020, 1, 1)), number(AS_OF) + 1):
            if not people.present(np.array([who]), np.array([day]))[0]:
                continue
            on = date(1970, 1, 1) + timedelta(days=day)
            age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
            group = "85+" if age >= 85 else f"{age // 5 * 5}-{age // 5 * 5 + 4}"
            place = REGIONS[int(people.place(np.array([who]), np.array([day]))[0])]
            for unit in ("SE", place):
                key = (str(on.year), unit, group)
                found[key] = found.get(key, 0) + 1
    return found


def test_days_at_risk_are_those_of_women_alive_and_resident_at_the_age_of_the_day() -> None:
    people = _population(
        {"born": date(1980, 2, 29)},  # turns 45 on 1 March 2025
        {"born": date(1935, 7, 1), "died": date(2023, 7, 1)},
        {"born": date(2022, 12, 31), "moved": (date(2024, 2, 29), VASTERBOTTEN)},
        {"born": date(1990, 1, 1), "moved": (date(2021, 5, 5), ABROAD)},
        {"born": date(1990, 1, 1), "male": True},
    )
    tumours = _tumours(
        (0, "livmoderhals", date(2025, 2, 28), JAMTLAND),
        (0, "livmoderhals", date(2025, 3, 1), JAMTLAND),
        (1, "livmoderhals", date(2019, 12, 31), JAMTLAND),  # before the first year
        (2, "aggstock", date(2024, 3, 1), VASTERBOTTEN),
    )
    rows = _told(people, _episodes(), tumours, times=2).rates()["cervical_incidence"]
    found = {(row["period"], row["unit"], row["cut"]["age_group_5"]): row for row in rows}
    assert {key: row["denominator"] for key, row in found.items() if row["denominator"]} == {
        key: 2 * days for key, days in _day_by_day(people).items()
    }
    cases = {key: row["numerator"] for key, row in found.items() if row["numerator"] and key[1] == "SE"}
    assert cases == {("2025", "SE", "40-44"): 2, ("2025", "SE", "45-49"): 2}
    assert found["2025", "23", "45-49"]["numerator"] == 2
    assert len(found) == 6 * 3 * 18


def test_pieces_add_up() -> None:
    treated = {"pathway": "brost", "point": 50, "start": date(2024, 1, 1), "end": date(2024, 2, 1)}
    tumours = _tumours((0, "brost", date(2022, 1, 1), JAMTLAND))
    found = _told(_population(ADULT), _episodes(treated), tumours, times=2).measures()
    row = next(r for r in found["svf_lead_time"] if r["period"] == "2024" and r["unit"] == "23")
    assert (row["numerator"], row["denominator"]) == (2, 2)
    row = next(r for r in found["svf_inclusion"] if r["period"] == "2024" and r["unit"] == "23")
    assert (row["numerator"], row["denominator"]) == (2, pytest.approx(2 / 3))
