"""The demo's competence: invented completions and staffing, with a source that says so."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from fyrbak.library.competence.definitions import courses, specialities
from fyrbak.library.competence.models import Staffing
from fyrbak.library.competence.services import tell_completions, tell_staffing
from fyrbak.records.models import Organisation

BY = "Demon"
SOURCE = "Påhittade uppgifter i demon"
_TELLS = 0.6  # the share of counts that are known: the others are missing, as in life


def demo_competence(*, seed: int, at: datetime, on: date) -> None:
    """Tell of some regions and years, but not of what a document speaks. Doing it again changes nothing."""
    if Staffing.objects.filter(by_name=BY).exists():
        return
    rng = np.random.default_rng(seed)
    who: dict[str, Any] = {"source": SOURCE, "on": on, "by_name": BY, "at": at}
    stated = {one.course for one in courses().statements}
    spoken_of = {(region, one.speciality) for one in specialities().said for region in one.regions}
    year, day = on.year - 1, on - timedelta(days=30)
    for region in Organisation.objects.filter(kind="region").order_by("pk"):
        for course in courses().courses:
            if course.id not in stated and rng.random() < _TELLS:
                period: dict[str, Any] = {"begins": date(year, 1, 1), "ends": date(year, 12, 31)}
                number = int(rng.poisson(120))
                tell_completions(organisation=region, course=course.id, number=number, **period, **who)
        for speciality in specialities().specialities:
            if (region.pk, speciality.id) not in spoken_of and rng.random() < _TELLS:
                counts = _counts(rng, speciality.id == "contact_nurse")
                tell_staffing(organisation=region, speciality=speciality.id, day=day, **counts, **who)


def _counts(rng: np.random.Generator, common: bool) -> dict[str, Any]:
    """How many are employed, and what else is known of them; nurses are many more than any specialists."""
    headcount = int(rng.poisson(40 if common else 6))
    return {
        "headcount": headcount,
        "full_time": Decimal(str(round(headcount * float(rng.uniform(0.7, 1.0)), 1))),
        "retiring": int(rng.binomial(headcount, 0.2)) if rng.random() < _TELLS else None,
        "vacant": Decimal(int(rng.poisson(1))) if rng.random() < _TELLS else None,
    }
