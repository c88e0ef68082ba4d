"""The demo's review of long waits: one sample of a region's late pathways, most of them judged."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, F

from fyrbak.cli.demo_worklist import demo_region
from fyrbak.pathways.ongoing.models import Case
from fyrbak.pathways.waits.drawing import draw_sample
from fyrbak.pathways.waits.models import Sample
from fyrbak.pathways.waits.reviewing import review_case
from fyrbak.records.models import Organisation

BY = "Demon"
_FOUND = ("no_operation", "no_visit", "no_operation", "medical", "late_referral")  # in turn
_LEFT = 3  # for whoever tries the demo


def demo_waits(*, at: datetime) -> None:
    """Draw where most were late, and judge all but the last. Doing it again changes nothing."""
    if Sample.objects.filter(by_name=BY).exists():
        return
    region = demo_region()
    late = Case.objects.filter(region=region, judged=True, hidden=False, days__gt=F("limit_days"))
    told = late.values_list("pathway", "end_date__year", "end_date__quarter").annotate(n=Count("id"))
    most = max(told, key=lambda one: (one[3], one[:3]), default=None)
    if most is None:
        return
    pathway, year, quarter, _ = most
    sample = draw_sample(
        region=Organisation.objects.get(pk=region), unit=None, pathway=pathway, year=year, quarter=quarter,
        seed=1, by_name=BY, at=at,
    )  # fmt: skip
    for number, drawn in enumerate(sample.drawn.order_by("number")[: max(sample.late - _LEFT, 0)]):
        review_case(drawn=drawn, cause=_FOUND[number % len(_FOUND)], note="", shown=0, by_name=BY, at=at)
