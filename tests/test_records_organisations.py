from __future__ import annotations

from datetime import date

import pytest

from fyrbak.errors import UnknownNameError
from fyrbak.records import organisations as org


def test_the_country_has_six_rcc_and_21_regions_in_official_order() -> None:
    kinds = [o.kind for o in org.organisations()]
    assert (kinds.count("country"), kinds.count("rcc"), kinds.count("region")) == (1, 6, 21)
    codes = [r.code for r in org.regions()]
    assert codes == sorted(codes)
    assert codes[0] == "01"
    assert codes[-4:] == ["22", "23", "24", "25"]


def test_codes_are_unique_and_parents_come_first() -> None:
    seen: set[str] = set()
    for organisation in org.organisations():
        assert organisation.code not in seen
        assert organisation.parent is None or organisation.parent in seen
        seen.add(organisation.code)
    assert [o.order for o in org.organisations()] == list(range(len(seen)))


def test_every_hospital_lies_in_its_region_and_awaits_confirmation() -> None:
    for hospital in org.hospitals():
        assert hospital.code.startswith(f"{hospital.parent}-")
        assert hospital.to_verify
    assert "24-nus" in [h.code for h in org.hospitals("24")]
    assert all(org.hospitals(r.code) for r in org.regions())
    assert org.organisation("24-nus-kir").parent == "24-nus"


def test_halland_is_split_by_municipality() -> None:
    assert org.rcc_of("13") is None
    assert org.rcc_of("13", "1384", date(2025, 1, 1)) == "rcc:vast"
    assert org.rcc_of("13", "1380", date(2025, 1, 1)) == "rcc:syd"
    assert "13" in [r.code for r in org.regions_of("rcc:syd")]
    assert "13" in [r.code for r in org.regions_of("rcc:vast")]


def test_what_is_within_an_organisation() -> None:
    assert org.within("rcc:norr") <= org.within("SE") == {one.code for one in org.organisations()}
    assert not org.within("rcc:syd") & org.within("rcc:vast"), "each has its own municipalities of Halland"
    assert org.within("13") & org.within("rcc:syd") and "13" not in org.within("rcc:syd")
    assert org.within("22-sundsvall") < org.within("22")


def test_every_other_region_belongs_to_one_rcc() -> None:
    assert all(org.rcc_of(r.code) for r in org.regions() if r.code != "13")
    assert [r.code for r in org.regions_of("rcc:norr")] == ["22", "23", "24", "25"]


@pytest.mark.parametrize(("short", "code"), [("RVN", "22"), ("RJH", "23"), ("RV", "24"), ("RN", "25")])
def test_short_names_of_the_north(short: str, code: str) -> None:
    assert org.by_short(short, "rcc:norr").code == code


def test_unknown_names_are_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'RVN'"):
        org.by_short("RVNN", "rcc:norr")
    with pytest.raises(UnknownNameError, match="unknown RCC 'rcc:nord'"):
        org.by_short("RV", "rcc:nord")
    with pytest.raises(UnknownNameError, match="unknown region '99'"):
        org.region("99")


def test_a_dated_membership_holds_between_its_days() -> None:
    membership = org.Membership("99", "rcc:norr", date(2020, 1, 1), date(2021, 12, 31))
    assert membership.holds(date(2020, 1, 1))
    assert membership.holds(date(2021, 12, 31))
    assert not membership.holds(date(2022, 1, 1))
    assert not membership.holds(date(2019, 12, 31))
    assert not membership.holds(None)
