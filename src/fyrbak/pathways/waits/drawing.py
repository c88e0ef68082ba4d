"""Drawing a sample of the late: by a seed, so that anybody who has the same pathways draws the same ones."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from fyrbak.errors import BadInputError
from fyrbak.pathways.definitions import pathway as pathway_named
from fyrbak.pathways.ongoing.models import Case
from fyrbak.pathways.waits.models import Drawn, Sample
from fyrbak.records.models import Organisation

SIZE = 20  # enough to see what is common, few enough for an afternoon
MOST_SEED = 2_147_483_647
_COPIED = (
    "person_id", "ordinal", "unit_id", "start_date", "visit_date", "conference_date", "decision_date",
    "end_date", "days", "limit_days", "treatment",
)  # fmt: skip


def late_cases(
    *, region: Organisation, unit: Organisation | None, pathway: str, year: int, quarter: int
) -> QuerySet[Case]:
    """The late pathways that ended in a quarter, as far as they are seen."""
    begins = date(year, 3 * quarter - 2, 1)
    after = date(year + quarter // 4, 3 * quarter % 12 + 1, 1)
    found = Case.objects.filter(
        region=region, pathway=pathway, judged=True, hidden=False, days__gt=F("limit_days"),
        end_date__gte=begins, end_date__lt=after,
    )  # fmt: skip
    return found.filter(Q(unit=unit) | Q(unit__parent=unit)) if unit else found


def late_quarters() -> list[tuple[str, int, int]]:
    """The pathways, years and quarters in which late pathways ended, as far as they are seen. One query."""
    late = Case.objects.filter(judged=True, hidden=False, days__gt=F("limit_days"))
    told = late.values_list("pathway", "end_date__year", "end_date__quarter")
    return sorted(set(told.distinct()))


@transaction.atomic
def draw_sample(
    *, region: Organisation, unit: Organisation | None, pathway: str, year: int, quarter: int, seed: int,
    by_name: str, at: datetime,
) -> Sample:  # fmt: skip
    """Draw at most :data:`SIZE` of a quarter's late pathways.

    Raises BadInputError where there are none, for a quarter or a seed that is none, and for a draw that has
    been made before; UnknownNameError for a pathway.
    """
    pathway_named(pathway)
    if quarter not in range(1, 5) or not 2000 <= year <= 2200:
        raise BadInputError(
            "the quarter is not one. Choose a year and a quarter.", word="waits.fault.quarter"
        )
    if not 0 <= seed <= MOST_SEED:
        raise BadInputError(
            f"the seed is not from 0 to {MOST_SEED}.", word="waits.fault.seed", most=MOST_SEED
        )
    found = late_cases(region=region, unit=unit, pathway=pathway, year=year, quarter=quarter)
    late = sorted(found, key=lambda case: _place(case, seed))
    if not late:
        raise BadInputError(
            "no late pathway ended in the quarter. Choose another quarter or pathway.",
            word="waits.fault.none",
        )
    try:
        with transaction.atomic():
            sample = Sample.objects.create(
                key=uuid.uuid4(), region=region, unit=unit, pathway=pathway, year=year, quarter=quarter,
                seed=seed, late=len(late), by_name=by_name, at=at,
            )  # fmt: skip
    except IntegrityError:
        raise BadInputError(
            "a sample of the quarter has been drawn. Open it, or choose another quarter.",
            word="waits.fault.drawn",
        ) from None
    Drawn.objects.bulk_create(
        Drawn(
            key=uuid.uuid4(), sample=sample, number=number, **{name: getattr(case, name) for name in _COPIED}
        )
        for number, case in enumerate(late[:SIZE], start=1)
    )
    return sample


def _place(case: Case, seed: int) -> str:
    """Where a case stands in the draw: by a hash of the seed and of what the case is."""
    what = f"{seed}|{case.person_id}|{case.pathway}|{case.ordinal}"
    return hashlib.sha256(what.encode()).hexdigest()
