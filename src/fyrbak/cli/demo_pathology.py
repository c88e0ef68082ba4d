"""The demo's pathology reports in words: a few invented ones that are read, and wait to be reviewed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import numpy as np

_SOURCE = "demo-svar"
_REGIONS = ("24", "25")
_EACH = 6  # reports a region
_INVENTED = 300  # to choose fitting ones from
_HEADING = ("Nyckel", "Person", "Källa", "Diagnosdatum", "Remittent", "Text")


def demo_pathology(*, seed: int, at: datetime, on: date) -> None:
    """Take in invented reports about invented tumours, and read what has come. Again, it changes nothing."""
    from fyrbak.records.organisations import hospitals
    from fyrbak.registers.notifications.files import take_in_notifications
    from fyrbak.registers.notifications.models import NotificationFile
    from fyrbak.registers.pathology_review.services import read_all

    if not NotificationFile.objects.filter(source=_SOURCE).exists():
        for region in _REGIONS:
            out = io.StringIO()
            clinic = f"{hospitals(region)[0].code}-kir"
            csv.writer(out, delimiter=";", lineterminator="\n").writerows(
                [_HEADING, *_rows(region, clinic, seed)]
            )
            take_in_notifications(
                content=out.getvalue().encode(), name=f"svar-{region}.csv", source=_SOURCE, region=region,
                by_name="demo", at=at, on=on,
            )  # fmt: skip
    for _ in read_all(at=at):
        pass


def _rows(region: str, clinic: str, seed: int) -> Iterator[tuple[str, ...]]:
    """A report for each of some tumours whose organ (C50, C61) is that of an invented report."""
    from fyrbak.records.models import Tumour
    from fyrbak.registers.pathology.invented import invented_reports

    tumours = Tumour.objects.filter(known_to=None, region=region, start_precision="D", code_system="icd10")
    waiting = list(tumours.select_related("person").order_by("-start_date", "pk")[:_INVENTED])
    number = 0
    for report in invented_reports(_INVENTED, np.random.default_rng((seed, int(region)))):
        site = report.labels.get("topography", ("",))[0][:3]
        one = next((one for one in waiting if site and one.code.startswith(site)), None)
        if one is None or number == _EACH:
            continue
        waiting.remove(one)
        number += 1
        seen = ((one.start_date or date.min) + timedelta(days=5)).isoformat()
        yield f"{region}-{number}", str(one.person.pseudonym), "laboratorium", seen, clinic, report.text
