"""My work: what burns stands first."""

from __future__ import annotations

from datetime import date

from fyrbak.web.work import Item, Section, soonest_first


def _section(title: str, *due: date | None) -> Section:
    return Section(title, tuple(Item("att göra", "/", due=day) for day in due), "")


def test_sections_stand_by_their_nearest_last_day() -> None:
    sections = [
        _section("inget att göra"),
        _section("ingen dag", None),
        _section("i december", None, date(2026, 12, 1)),
        _section("inget heller"),
        _section("försenat", date(2027, 1, 22), date(2026, 6, 13)),
        _section("ingen dag heller", None),
    ]
    assert [one.title for one in soonest_first(sections)] == [
        "försenat", "i december", "ingen dag", "ingen dag heller", "inget att göra", "inget heller",
    ]  # fmt: skip
