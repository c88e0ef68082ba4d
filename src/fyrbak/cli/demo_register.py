"""The demo's cancer register: what laboratories and clinics have reported of invented tumours."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta

REGIONS = ("24", "25")
_SINCE = date(2024, 1, 1)
_MOST = 400  # tumours a region
_HEADING = (
    "Nyckel", "Person", "Källa", "Diagnosdatum", "Läge", "Morfologi", "Beteende", "Sida", "Diagnosgrund",
    "Enhet", "Remittent", "Text",
)  # fmt: skip
# Of every so many tumours one: the clinic has not reported, the laboratory has not, they differ about the
# site, or the side is missing.
_NO_CLINIC, _NO_LABORATORY, _DIFFER, _NO_SIDE = 9, 14, 23, 17
_BROKEN = ("x", "saknas", "klinik", "2025-02-31", "C50.4", "8500", "3", "", "3", "", "", "")


def demo_register(*, at: datetime, on: date) -> None:
    """Take in a file from each region. Doing it again changes nothing."""
    from fyrbak.records.organisations import hospitals
    from fyrbak.registers.notifications.files import take_in_notifications
    from fyrbak.registers.notifications.models import NotificationFile

    if NotificationFile.objects.exists():
        return
    for region in REGIONS:
        clinic = f"{hospitals(region)[0].code}-kir"
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";", lineterminator="\n")
        writer.writerows([_HEADING, *_rows(region, clinic), _BROKEN])
        take_in_notifications(
            content=out.getvalue().encode(), name=f"demo-{region}.csv", source="demo", region=region,
            by_name="demo", at=at, on=on,
        )  # fmt: skip


def _rows(region: str, clinic: str) -> Iterator[tuple[str, ...]]:
    """A report from the laboratory and one from the clinic of each tumour, save where one is missing."""
    from fyrbak.records.models import Tumour

    found = Tumour.objects.filter(
        known_to=None, region=region, start_date__gte=_SINCE, start_precision="D", code__regex="^C[0-7]"
    ).exclude(status="retracted")
    for number, one in enumerate(found.select_related("person").order_by("pk")[:_MOST], start=1):
        who, day = str(one.person.pseudonym), one.start_date or _SINCE
        side = "" if number % _NO_SIDE == 0 or one.laterality == "U" else one.laterality
        seen_site = _site(one.code)
        site = f"{seen_site[:-1]}1" if number % _DIFFER == 0 else seen_site
        told = f"Provet visar {one.morphology}/{one.behaviour} i {seen_site}. Påhittat utlåtande."
        seen = (day + timedelta(days=5)).isoformat()
        if number % _NO_LABORATORY:
            yield (
                f"{region}-l{number}", who, "laboratorium", seen, seen_site, one.morphology,
                one.behaviour, "", "", "", clinic, told,
            )  # fmt: skip
        if number % _NO_CLINIC:
            yield (
                f"{region}-k{number}", who, "klinik", day.isoformat(), site, "", "", side,
                one.basis or "3", clinic, "", "",
            )  # fmt: skip


def _site(icd10: str) -> str:
    """The site of an invented solid tumour: ICD-10 has the same, save that melanoma has a code of its own."""
    code = icd10.replace("C43", "C44")
    return code if "." in code else f"{code}.9"
