"""The list of a month is kept once; what becomes of its rows is seen on it, and the next list follows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import DatabaseError, transaction

from deliveries import event, layout_folder, person, take
from fyrbak.pathways.events.files import as_sent, send_file, take_in_file
from fyrbak.pathways.monthly.keeping import keep_month
from fyrbak.pathways.monthly.models import Listed, MonthList
from fyrbak.pathways.monthly.selectors import Now, fate, latest_left, month_of, months, rows_of
from fyrbak.pathways.ongoing.models import Correction
from fyrbak.pathways.ongoing.refresh import refresh_person
from fyrbak.pathways.ongoing.services import close
from fyrbak.records.models import Person
from fyrbak.records.organisations import regions
from fyrbak.reports.worklist import faults_told

JULY, AUGUST = date(2025, 7, 1), date(2025, 8, 1)
AT = datetime(2025, 7, 1, 9, tzinfo=UTC)
START = date(2025, 5, 1)
FAULTY = ("left", "mended", "closed", "back")  # a pathway of its own for each, all ended without a start


def _pathway(name: str) -> str:
    return dict(zip(FAULTY, ("lunga", "brost", "njure", "prostata"), strict=True))[name]


def _ended(name: str, **more: Any) -> dict[str, Any]:
    return event(name, 1, "50", pathway=_pathway(name), start_date=START, unit="24-nus") | more


def _deliver(folder: Path, *events: dict[str, Any], **more: Any) -> None:
    take(layout_folder(folder, {"pathway_event": list(events)} | more))


def _refreshed(at: datetime) -> None:
    refresh_person(person=Person.objects.get(version=1).pk, at=at)


def _kept(month: date, at: datetime) -> int | None:
    return keep_month(on=month + timedelta(days=4), told=faults_told(), at=at)


def _fates(month: date) -> dict[str, str]:
    found = month_of(month)
    assert found is not None
    return {row.correction.record_keys[0][2:]: fate(row).now for row in rows_of(found) if row.correction}


def _was(month: date) -> dict[str, str]:
    rows = Listed.objects.filter(list__month=month, correction__isnull=False).select_related("correction")
    return {row.correction.record_keys[0][2:]: row.was for row in rows if row.correction}


@pytest.fixture
def july(records: str, tmp_path: Path) -> None:
    """The list of July: four pathways that were ended without a start, at one hospital."""
    _deliver(tmp_path / "july", *map(_ended, FAULTY), person=[person(1)])
    _refreshed(AT)
    assert _kept(JULY, AT) == len(FAULTY)


def test_a_list_is_kept_once_with_what_its_rules_said(july: None) -> None:
    assert _kept(JULY, AT + timedelta(days=9)) is None
    assert MonthList.objects.exclude(place="24-nus").count() == len(regions())  # a region's may be empty
    kept = MonthList.objects.get(place="24-nus")
    assert kept.at == AT
    assert kept.told["end_without_start"]["en"] == faults_told()["end_without_start"]["en"]
    assert _was(JULY) == dict.fromkeys(FAULTY, "new")
    assert latest_left({"24", "24-nus"}) == (JULY, len(FAULTY))
    assert latest_left({"25"}) == (JULY, 0)


def test_the_list_says_what_became_of_each_row_and_the_next_one_follows(july: None, tmp_path: Path) -> None:
    gone = [_ended(name, version=2, status="retracted") for name in ("mended", "back")]
    _deliver(tmp_path / "mended", *gone)
    _refreshed(AT + timedelta(days=2))
    closed = Correction.objects.get(pathway=_pathway("closed"))
    close(correction=closed, why="Vårdad i Norge", by_name="Maja Lind", at=AT + timedelta(days=3))
    assert _fates(JULY) == {"left": Now.LEFT, "mended": Now.MENDED, "closed": Now.CLOSED, "back": Now.MENDED}
    _deliver(tmp_path / "again", _ended("back", version=3))  # the same fault once more, and another
    _deliver(tmp_path / "new", event("other", 1, "50", pathway="lunga", start_date=START + timedelta(9)))
    _refreshed(AT + timedelta(days=4))
    assert _fates(JULY) | {"mended": "mended"} == _fates(JULY)
    assert (_fates(JULY)["back"], latest_left({"24-nus"})) == (Now.BACK, (JULY, 2))
    assert _kept(AUGUST, AT + timedelta(days=30)) == 3
    assert _was(AUGUST) == {"left": "left", "back": "back", "other": "new"}  # what was let be stays away
    assert months() == [AUGUST, JULY]
    assert _fates(AUGUST)["back"] == Now.LEFT


def test_refused_rows_of_files_are_on_the_list(july: None, tmp_path: Path) -> None:
    def sent(day: str, days: int) -> None:
        at = AT + timedelta(days=days)
        content = f"Radnr;Personnummer;KVÅ-kod;Datum;Region\n4;1;VC010;{day};24\n".encode()
        file = as_sent(content=content, name="juni.csv", region="24", rows=None, by_name="Maja", at=at)
        take_in_file(
            sent=send_file(sent=file), pseudonyms=np.random.default_rng(1), at=at, source="a",
        )  # fmt: skip

    sent("2025-05-32", 1)
    assert _kept(AUGUST, AT + timedelta(days=30)) == len(FAULTY) + 1
    row = Listed.objects.get(refused__isnull=False)
    assert (row.list.place_id, row.was, fate(row).now) == ("24", "new", Now.LEFT)
    sent("2025-05-30", 31)
    assert fate(Listed.objects.get(pk=row.pk)).now == Now.MENDED


@pytest.mark.parametrize("model", [MonthList, Listed])
def test_what_was_kept_is_never_changed(july: None, model: Any) -> None:
    for change in (lambda: model.objects.update(id=1), model.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
