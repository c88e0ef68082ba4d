"""Returned referrals: registered without a patient, corrected by new rows, counted with the few hidden."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts import SignIn
from browser import Given, Then, When
from fyrbak.access.roles import Role
from fyrbak.errors import UnknownNameError
from fyrbak.library.referrals import content, reasons
from fyrbak.library.returns.counts import Counts, Place, Share, counts
from fyrbak.library.returns.models import Received, Returned
from fyrbak.library.returns.selectors import centres, received, returned
from fyrbak.library.returns.services import (
    RefusedReturnError,
    correct_return,
    register_return,
    tell_received,
    withdraw_return,
)
from fyrbak.measures.disclosure import Suppressed
from fyrbak.records.models import Organisation
from pages import as_owner

AT, ON, DAY = datetime(2025, 7, 1, 8, tzinfo=UTC), date(2025, 7, 1), date(2025, 5, 6)
MAY, JUNE = date(2025, 5, 1), date(2025, 6, 1)
HIDDEN = Suppressed()


def back(centre: str, reason: str = "too_dark", day: date = DAY, receiver: str = "24") -> Returned:
    return Returned(centre=centre, reason=reason, day=day, receiver_id=receiver)


def told(centre: str, number: int | None, month: date = MAY, receiver: str = "24") -> Received:
    return Received(centre=centre, month=month, number=number, receiver_id=receiver)


def register(**more: Any) -> Returned:
    given: dict[str, Any] = {
        "receiver": Organisation.objects.get(pk="24"), "centre": "Ersboda", "day": DAY, "reason": "too_dark",
        "on": ON, "by_name": "A", "at": AT,
    }  # fmt: skip
    return register_return(**(given | more))


def tell(number: int | None, **more: Any) -> Received:
    given: dict[str, Any] = {"receiver": Organisation.objects.get(pk="24"), "centre": "Ersboda", "month": MAY}
    return tell_received(**(given | more), number=number, on=ON, by_name="A", at=AT)


def test_the_reasons_are_what_the_check_asks_for_and_faults_of_images() -> None:
    ids = [one.id for one in reasons()]
    assert ids[: len(content().items)] == [item.id for item in content().items]
    assert {"out_of_focus", "too_dark", "wrong_image", "no_scale"} <= set(ids)
    assert content().to_verify


def test_a_correction_is_a_new_row_and_what_is_taken_back_is_not_counted(records: str) -> None:
    first = register(centre="  Ersboda   hälsocentral ")
    second = correct_return(
        earlier=first,
        shown=1,
        centre="ERSBODA HÄLSOCENTRAL",
        day=DAY,
        reason="size",
        on=ON,
        by_name="B",
        at=AT,
    )
    (holds,) = returned()
    assert (holds.reason, holds.version, holds.centre) == ("size", 2, "Ersboda hälsocentral")
    with pytest.raises(RefusedReturnError, match="meanwhile"):
        withdraw_return(earlier=first, shown=1, by_name="C", at=AT)
    withdraw_return(earlier=second, shown=2, by_name="C", at=AT)
    assert returned() == []
    assert Returned.objects.count() == 3
    assert centres() == ["Ersboda hälsocentral"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"centre": "19 121212-1212"}, "centre"),
        ({"centre": "Ersboda 121212"}, "centre"),
        ({"centre": "=Ersboda"}, "centre"),
        ({"centre": " "}, "centre"),
        ({"day": date(2025, 7, 2)}, "day"),
        ({"day": date(2022, 12, 31)}, "day"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(records: str, more: dict[str, Any], field: str) -> None:
    with pytest.raises(RefusedReturnError) as refused:
        register(**more)
    assert refused.value.field == field


def test_a_reason_is_of_the_list_and_a_country_assesses_nothing(records: str) -> None:
    with pytest.raises(UnknownNameError):
        register(reason="bad luck")
    with pytest.raises(RefusedReturnError, match="Change role"):
        register(receiver=Organisation.objects.get(pk="SE"))


def test_the_latest_number_assessed_holds_and_is_no_fewer_than_were_returned(records: str) -> None:
    register()
    register()
    with pytest.raises(RefusedReturnError, match="from 2"):
        tell(1)
    tell(30)
    tell(31)
    (holds,) = received("24")
    assert (holds.number, holds.version) == (31, 2)
    tell(None)
    assert [one.number for one in received()] == [None]
    assert received("25") == []
    for model in (Returned, Received):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()


def test_no_data_is_not_zero_and_a_share_needs_the_number_assessed() -> None:
    found = counts(
        [back("A")] * 10 + [back("B")] * 12, [told("A", 40), told("C", 25), told("C", 0, JUNE)], 2025
    )
    assert found.centres == ("A", "B", "C")
    assert found.returned(Place(MAY, "A")) == 10
    assert found.returned(Place(MAY, "C")) == 0
    assert found.returned(Place(JUNE, "A")) is None
    assert found.returned(Place()) == found.returned(Place(MAY)) == 22
    share = found.share(Place(MAY, "A"))
    assert isinstance(share, Share)
    assert share.value == 0.25
    assert share.lower is not None
    assert share.upper is not None
    assert 0.14 < share.lower < 0.15 < 0.40 < share.upper < 0.41  # Wilson, 10 of 40
    assert found.share(Place(MAY, "B")) is None
    assert found.share(Place(JUNE, "C")) == Share(0)
    assert counts([], [], 2025).returned(Place()) is None


def test_small_counts_are_hidden_with_what_would_give_them_back() -> None:
    rows = [back("A")] * 10 + [back("B")] * 3 + [back("C")] * 12
    found = counts(rows, [told("A", 13), told("B", 40)], 2025)
    shown = [found.returned(Place(MAY, centre)) for centre in "ABC"]
    assert shown[1] == HIDDEN
    assert shown.count(HIDDEN) >= 2 or found.returned(Place(MAY)) == HIDDEN
    assert found.share(Place(MAY, "B")) == HIDDEN
    assert found.share(Place(MAY, "A")) == HIDDEN  # three were not returned


def test_the_parts_shown_never_give_back_a_hidden_part() -> None:
    rows = (
        [back("A", "too_dark")] * 9 + [back("A", "size")] * 2 + [back("B", "too_dark", date(2025, 6, 3))] * 8
    )
    found = counts(rows, [], 2025)
    for month in (MAY, JUNE, None):
        for at, parts in _sums(found, month):
            hidden = [one for one in parts if found.returned(one) == HIDDEN]
            assert len(hidden) != 1 or found.returned(at) == HIDDEN, (at, hidden)


def _sums(found: Counts, month: date | None) -> list[tuple[Place, list[Place]]]:
    """Sums with their parts, by centre and by reason."""
    ids = ["too_dark", "size"]
    by_reason = [(Place(month, one), [Place(month, one, id_) for id_ in ids]) for one in ("", "A", "B")]
    by_centre = [(Place(month, "", id_), [Place(month, one, id_) for one in "AB"]) for id_ in ("", *ids)]
    return by_reason + by_centre


def test_the_number_of_one_of_two_receivers_is_not_the_whole() -> None:
    rows = [back("A")] * 10 + [back("a", receiver="24-nus")] * 10
    assert counts(rows, [told("A", 40)], 2025).share(Place(MAY, "A")) is None
    both = counts(rows, [told("A", 40), told("A", 60, receiver="24-nus")], 2025).share(Place(MAY, "A"))
    assert isinstance(both, Share)
    assert (both.n, both.value) == (100, 0.2)


@pytest.fixture
def filled_returns(filled: None) -> date:
    """Twelve returned referrals of a centre of region 24 in the month of a day, with the number assessed."""
    on = date.today()  # noqa: DTZ011 - pages ask the clock
    with as_owner():
        if not Returned.objects.filter(by_name="prov").exists():
            region = Organisation.objects.get(pk="24")
            for _ in range(12):
                register(receiver=region, centre="Provets hälsocentral", day=on, on=on, by_name="prov")
            tell_received(
                receiver=region,
                centre="Provets hälsocentral",
                month=on,
                number=48,
                on=on,
                by_name="prov",
                at=AT,
            )
    return on


def test_those_who_lead_see_counts_shares_and_a_file(filled_returns: date, signed_in: SignIn) -> None:
    leads = signed_in(Role.PROCESS_LEADER, "24")
    page = leads.get(
        "/symptoms/referral/returned/", {"month": str(filled_returns.month), "lang": "en"}
    ).content.decode()
    for text in ("Provets hälsocentral", "48", "25.0%", "14.9–38.8", "The image is too dark"):
        assert text in page, text
    assert 'href="/symptoms/referral/returned/new/"' not in page
    whole = leads.get("/symptoms/referral/returned/?lang=sv").content.decode()
    assert "Uppgift saknas" in whole or filled_returns.month == 1
    file = leads.get("/symptoms/referral/returned.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file)))
    (one,) = (
        row
        for row in rows
        if row["month"] == f"{filled_returns:%Y-%m}" and row["centre"] and not row["reason"]
    )
    assert (one["state"], one["returned"], one["assessed"], one["share"]) == ("shown", "12", "48", "0.25")
    assert leads.get("/symptoms/referral/returned/new/").status_code == 403
    assert leads.get("/symptoms/referral/returned/?year=1850").status_code == 404
    other = signed_in(Role.PROCESS_LEADER, "25").get("/symptoms/referral/returned/").content.decode()
    assert "Provets" not in other
    assert "registrerad ännu" in other


def test_staff_registers_corrects_and_takes_back(filled: None, signed_in: SignIn) -> None:
    staff, new = signed_in(Role.UNIT_STAFF, "24-nus-kir"), "/symptoms/referral/returned/new/"
    wrong = staff.post(new, {"centre": "121212-1212", "day": "2999-01-01", "reason": "too_dark"})
    assert wrong.status_code == 422
    assert 'href="#id_day"' in wrong.content.decode()
    today = date.today().isoformat()  # noqa: DTZ011 - pages ask the clock
    form = {"centre": "Ålidhems hälsocentral", "day": today, "reason": "too_dark"}
    kept = staff.get(staff.post(new, form).headers["Location"]).content.decode()
    assert "Sparat" in kept
    assert "Bilden är för mörk" in kept
    with as_owner():
        (one,) = returned("24-nus-kir")
    address = f"/symptoms/referral/returned/{one.key}/"
    assert 'value="Ålidhems hälsocentral"' in staff.get(address).content.decode()
    assert staff.post(address, form | {"reason": "size", "shown": "1"}).status_code == 302
    assert "Någon annan" in staff.post(address, form | {"shown": "1"}).content.decode()
    assert signed_in(Role.UNIT_STAFF, "25").get(address).status_code == 404
    number = {"centre": "Ålidhems hälsocentral", "month": f"{today[:7]}-01", "number": "20"}
    assert staff.post("/symptoms/referral/returned/assessed/", number).status_code == 302
    assert staff.post(address, {"withdraw": "1", "shown": "2"}).status_code == 302
    with as_owner():
        assert returned("24-nus-kir") == []
        assert [one.number for one in received("24-nus-kir")] == [20]
    assert "/symptoms/referral/returned/" in staff.get("/work/").content.decode()


@pytest.mark.browser
@pytest.mark.parametrize("path", ["", "new/", "assessed/"])
def test_the_pages_fit_a_phone_and_are_accessible(
    filled_returns: date, given: Given, when: When, then: Then, path: str
) -> None:
    given.a_synthetic_follow_up()
    given.signed_in_as(Role.PATHWAY_COORDINATOR, "24")
    given.a_screen_of(360)
    when.the_reader_opens(f"/symptoms/referral/returned/{path}")
    then.the_page_answers()
    then.the_page_is_accessible()
    then.it_fits_the_screen()
    then.nothing_is_refused_by_the_browser()
