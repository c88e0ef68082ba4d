"""Invented files of a register: linked cases, and a breast register's own answers. Nobody in them exists.

The same seed invents the same cases. What the methods must find is known: coverage by region, a unit that
falls silent, the law of the delays, the number that no source has.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np

EXTRACT = date(2025, 4, 4)
NORTH = {"23": 0.86, "25": 0.76, "24": 0.88, "22": 0.84}  # coverage by region that the cases come to
_TYPICAL_DAYS, _SPREAD = 75.0, 0.9  # median and logarithmic spread of the days to registration
_UNREACHABLE = 0.02


def linked_rows(
    rng: np.random.Generator,
    *,
    cases: int = 4000,
    first_year: int = 2021,
    regions: Mapping[str, float] = NORTH,
    register: str = "nkbc",
    extract: date = EXTRACT,
    silent: str = "22-a",
    silent_from: date = date(2025, 1, 6),
) -> list[dict[str, object]]:
    """Linked cases of one register, even over days until the extract, and over regions with units a and b.

    ``silent`` is a unit that sends nothing from a day on. Three sources know each case by chance alone.
    """
    first, last = date(first_year, 1, 1).toordinal(), extract.toordinal()
    places = list(regions)
    rows: list[dict[str, object]] = []
    for _ in range(cases):
        region = places[rng.integers(len(places))]
        unit = f"{region}-{'a' if rng.random() < 0.7 else 'b'}"
        day = date.fromordinal(int(rng.integers(first, last + 1)))
        delay = int(rng.lognormal(np.log(_TYPICAL_DAYS), _SPREAD))
        reported = day + timedelta(days=delay)
        out = rng.random() < _UNREACHABLE
        sent = not (unit == silent and reported >= silent_from)
        in_quality = bool(rng.random() < regions[region] and reported <= extract and sent and not out)
        in_cancer, in_patient = bool(rng.random() < 0.97), bool(rng.random() < 0.8)
        if not (in_quality or in_cancer or in_patient):
            continue
        operated = rng.random() < 0.9
        rows.append(
            {
                "register": register, "diagnosis": day, "region": region, "unit": unit,
                "age": int(np.clip(rng.normal(63, 13), 25, 99)), "cancer_register": int(in_cancer),
                "quality_register": int(in_quality), "source_inpatient": int(in_patient),
                "reported": reported if in_quality else "",
                "unreachable": ("protected" if rng.random() < 0.5 else "declined") if out else "",
                "form_surgery": int(rng.random() < 0.93) if in_quality and operated else "",
                "form_postoperative": int(rng.random() < 0.78) if in_quality and operated else "",
                "extract": extract,
            }
        )  # fmt: skip
    return rows


def breast_rows(
    rng: np.random.Generator, *, cases: int = 1500, years: Sequence[int] = (2021, 2022, 2023, 2024)
) -> list[dict[str, object]]:
    """Cases of an invented breast register, with some answers missing and some days in the wrong order."""
    first, last = date(min(years), 1, 1).toordinal(), date(max(years), 12, 31).toordinal()
    rows: list[dict[str, object]] = []

    def say(share: float, missing: float = 0.04) -> str:
        return "" if rng.random() < missing else "yes" if rng.random() < share else "no"

    def after(day: date, shape: float) -> date:
        return day + timedelta(days=int(rng.gamma(shape, 6)))

    for _ in range(cases):
        diagnosis = date.fromordinal(int(rng.integers(first, last + 1)))
        region = list(NORTH)[rng.integers(len(NORTH))]
        suspicion = diagnosis - timedelta(days=int(rng.gamma(3, 4)))
        invasive, preoperative = say(0.88, 0.01), say(0.2, 0.01)
        surgery = diagnosis + timedelta(days=int(rng.gamma(4, 6 if preoperative != "yes" else 40)))
        operated = bool(rng.random() < 0.9)
        start = diagnosis + timedelta(days=int(rng.gamma(4, 5)))
        if rng.random() < 0.01:
            suspicion = surgery + timedelta(days=30)
        kind = "conserving" if rng.random() < 0.64 else "mastectomy"
        chemotherapy = say(0.35)
        rows.append(
            {
                "diagnosis": diagnosis, "region": region, "unit": f"{region}-a",
                "age": int(np.clip(rng.normal(63, 13), 25, 99)),
                "suspicion": suspicion, "biopsy": suspicion + timedelta(days=int(rng.gamma(2, 2))),
                "specialist_visit": suspicion + timedelta(days=int(rng.gamma(2, 2))),
                "discussion": diagnosis + timedelta(days=int(rng.gamma(2, 3))),
                "surgery": surgery if operated else "",
                "preoperative": preoperative,
                "preoperative_start": start if preoperative == "yes" else "",
                "first_treatment": start if preoperative == "yes" else surgery if operated else "",
                "chemotherapy_start": after(surgery, 5) if chemotherapy == "yes" else "",
                "radiotherapy_start": after(surgery, 6),
                "invasive": invasive, "screening_detected": say(0.63), "contact_nurse": say(0.97),
                "care_plan": say(0.9, 0.1), "conference_before": say(0.98), "conference_after": say(0.97),
                "diagnosis_before_surgery": say(0.92), "surgery_kind": kind if operated else "",
                "reconstruction": say(0.14), "reoperation": say(0.11), "sentinel_node": say(0.95),
                "tumour_mm": int(rng.gamma(3, 7)),
                "ki67": "" if rng.random() < 0.04 else int(rng.gamma(2, 12)),
                "grade": ["1", "2", "3", ""][rng.choice(4, p=[0.2, 0.48, 0.28, 0.04])],
                "er": ["positive", "negative", ""][rng.choice(3, p=[0.85, 0.13, 0.02])],
                "pr": ["positive", "negative", ""][rng.choice(3, p=[0.72, 0.26, 0.02])],
                "her2": ["positive", "negative", ""][rng.choice(3, p=[0.14, 0.84, 0.02])],
                "chemotherapy": chemotherapy, "postoperative_chemotherapy": chemotherapy,
                "radiotherapy": say(0.88), "endocrine": say(0.9), "anti_her2": say(0.92),
                "node_metastasis": say(0.3), "clinical_nodes": say(0.25), "distant_metastases": say(0.05),
                "her2_ihc": ["0", "1", "2", "3", ""][rng.choice(5, p=[0.3, 0.34, 0.2, 0.13, 0.03])],
                "her2_ish": ["amplified", "not_amplified", ""][rng.choice(3, p=[0.2, 0.6, 0.2])],
                "chemotherapy_completed": say(0.85), "sex": "female" if rng.random() < 0.992 else "male",
                **_followed(rng, diagnosis),
            }
        )  # fmt: skip
    return rows


def _followed(rng: np.random.Generator, diagnosis: date) -> dict[str, object]:
    """How long a patient was seen: until death, the extract, or for few a day on which they left."""
    death = diagnosis + timedelta(days=int(rng.exponential(9000)))
    last = (
        min(EXTRACT, diagnosis + timedelta(days=int(rng.integers(30, 3000))))
        if rng.random() < 0.02
        else EXTRACT
    )
    return {"last_seen": min(death, last), "died": "yes" if death <= last else "no"}


def common_rows(
    rng: np.random.Generator,
    *,
    cases: int = 1500,
    first_year: int = 2021,
    last_year: int = 2024,
    days: float = 30.0,
) -> list[dict[str, object]]:
    """Cases of any invented register, as the common indicators ask; ``days`` are usual to treatment."""
    first, last = date(first_year, 1, 1).toordinal(), date(last_year, 12, 31).toordinal()
    rows: list[dict[str, object]] = []

    def say(share: float) -> str:
        return "" if rng.random() < 0.06 else "yes" if rng.random() < share else "no"

    for _ in range(cases):
        suspicion = date.fromordinal(int(rng.integers(first, last + 1)))
        treated = suspicion + timedelta(days=int(rng.gamma(4, days / 4)))
        rows.append(
            {
                "diagnosis": suspicion + timedelta(days=int(rng.gamma(3, 4))), "suspicion": suspicion,
                "region": list(NORTH)[rng.integers(len(NORTH))], "first_treatment": treated,
                "surgery": treated if rng.random() < 0.5 else "", "contact_nurse": say(0.94),
                "care_plan": say(0.85), "conference_before": say(0.96),
            }
        )  # fmt: skip
    return rows


def write_rows(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    """Write rows as a file that the commands read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path
