"""Organisations as content: the country, six RCC, 21 regions, some municipalities, hospitals and units.

Everything that names an organisation takes it from here: intake (to check codes), pages (to show names), the
database (which is filled from :func:`organisations`). Regions stand in official order, by county code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from pydantic import model_validator

from fyrbak.definitions import CONTENT, Definition, load, pick
from fyrbak.errors import UnknownNameError

COUNTRY = "SE"
FILE = CONTENT / "organisations" / "sweden.yaml"


@dataclass(frozen=True)
class Organisation:
    """One organisation. ``kind`` is country, rcc, region, municipality, hospital or unit."""

    code: str
    kind: str
    name_sv: str
    name_en: str
    short: str
    parent: str | None
    order: int
    to_verify: bool


@dataclass(frozen=True)
class Membership:
    """A region or municipality that belongs to an RCC. Open dates mean always so, or still so."""

    member: str
    rcc: str
    valid_from: date | None
    valid_to: date | None

    def holds(self, on: date | None) -> bool:
        """Whether it holds on a day; without a day, whether it holds still."""
        if on is None:
            return self.valid_to is None
        begun = self.valid_from is None or self.valid_from <= on
        return begun and (self.valid_to is None or on <= self.valid_to)


class _Named(Definition):
    name_sv: str
    name_en: str


class _Country(_Named):
    code: str


class _Rcc(_Named):
    code: str
    to_verify: tuple[str, ...] = ()


class _Unit(_Named):
    slug: str


class _Hospital(Definition):
    slug: str
    name: str


class _Joined(Definition):
    code: str
    rcc: str | None = None
    rcc_from: date | None = None
    rcc_to: date | None = None


class _Municipality(_Joined):
    name: str


class _Region(_Joined):
    name_sv: str
    name_en: str
    short: str
    to_verify: tuple[str, ...] = ()
    municipalities: tuple[_Municipality, ...] = ()
    hospitals: tuple[_Hospital, ...]


class _Sweden(Definition):
    country: _Country
    rcc: tuple[_Rcc, ...]
    units: tuple[_Unit, ...]
    regions: tuple[_Region, ...]

    @model_validator(mode="after")
    def _consistent(self) -> _Sweden:
        known = {rcc.code for rcc in self.rcc}
        for place in (*self.regions, *(m for region in self.regions for m in region.municipalities)):
            if place.rcc is not None and place.rcc not in known:
                raise ValueError(f"{place.code}: the RCC '{place.rcc}' is not in the list")
        for region in self.regions:
            if (region.rcc is None) != bool(region.municipalities):
                raise ValueError(f"{region.code}: give either an RCC or the municipalities that divide it")
            slugs = [hospital.slug for hospital in region.hospitals]
            if len(slugs) != len(set(slugs)):
                raise ValueError(f"{region.code}: two hospitals have the same slug")
        return self


@cache
def _sweden() -> _Sweden:
    return load(FILE, _Sweden)


@cache
def organisations() -> tuple[Organisation, ...]:
    """All organisations; one always comes after the one it is part of. ``order`` follows the same order."""
    sweden = _sweden()
    found: list[Organisation] = []

    def add(
        code: str, kind: str, sv: str, en: str, parent: str | None, *, verify: bool, short: str = ""
    ) -> None:
        found.append(Organisation(code, kind, sv, en, short, parent, len(found), verify))

    add(COUNTRY, "country", sweden.country.name_sv, sweden.country.name_en, None, verify=False)
    for rcc in sweden.rcc:
        add(rcc.code, "rcc", rcc.name_sv, rcc.name_en, COUNTRY, verify=bool(rcc.to_verify))
    for region in sweden.regions:
        unsure = bool(region.to_verify)
        add(region.code, "region", region.name_sv, region.name_en, COUNTRY, verify=unsure, short=region.short)
        for town in region.municipalities:
            unsure = "municipalities" in region.to_verify
            add(town.code, "municipality", town.name, town.name, region.code, verify=unsure)
        for hospital in region.hospitals:
            code, name = f"{region.code}-{hospital.slug}", hospital.name
            add(code, "hospital", name, name, region.code, verify=True)
            for unit in sweden.units:
                names = (f"{name}, {unit.name_sv}", f"{name}, {unit.name_en}")
                add(f"{code}-{unit.slug}", "unit", *names, code, verify=True)
    return tuple(found)


@cache
def memberships() -> tuple[Membership, ...]:
    """Who belongs to which RCC: regions, and municipalities where a region is split."""
    places: list[_Joined] = []
    for region in _sweden().regions:
        places += region.municipalities or (region,)
    return tuple(Membership(p.code, p.rcc, p.rcc_from, p.rcc_to) for p in places if p.rcc)


@cache
def _by_code() -> dict[str, Organisation]:
    return {organisation.code: organisation for organisation in organisations()}


def organisation(code: str) -> Organisation:
    """The organisation with this code. Raises UnknownNameError that offers the nearest code."""
    return _by_code()[pick("organisation", code, list(_by_code()))]


@cache
def regions() -> tuple[Organisation, ...]:
    """The 21 regions in official order."""
    return tuple(o for o in organisations() if o.kind == "region")


def region(code: str) -> Organisation:
    """The region with this two-digit county code. Raises UnknownNameError."""
    return _by_code()[pick("region", code, [r.code for r in regions()])]


def hospitals(region: str | None = None) -> tuple[Organisation, ...]:
    """The hospitals of a region, or of the country."""
    return tuple(o for o in organisations() if o.kind == "hospital" and region in (None, o.parent))


def rcc_of(region: str, municipality: str | None = None, on: date | None = None) -> str | None:
    """Code of the RCC that a place belongs to on a day (without one: now).

    None where the answer needs a municipality, as in Halland, and none of the known ones is given.
    """
    for place in (municipality, region):
        for membership in memberships():
            if membership.member == place and membership.holds(on):
                return membership.rcc
    return None


def regions_of(rcc: str) -> tuple[Organisation, ...]:
    """The regions that belong to an RCC, whole or in part."""
    members = {m.member for m in memberships() if m.rcc == rcc}
    members |= {o.parent or "" for o in organisations() if o.kind == "municipality" and o.code in members}
    return tuple(r for r in regions() if r.code in members)


@cache
def within(code: str) -> frozenset[str]:
    """Codes of an organisation and of all that is part of it. Of a region that is split between two RCC each
    has its own municipalities."""
    parts = {o.code for o in organisations() if o.parent == code}
    parts |= {m.member for m in memberships() if m.rcc == code}
    return frozenset({code}).union(*map(within, parts))


def by_short(short: str, rcc: str) -> Organisation:
    """The region that an RCC's own documents call by a short name, such as RV in ``rcc:norr``.

    Short names repeat between health-care regions, so the RCC must be given. Raises UnknownNameError.
    """
    candidates = {r.short: r for r in regions_of(rcc)}
    if not candidates:
        raise UnknownNameError(f"unknown RCC '{rcc}': known: {', '.join(r.code for r in _sweden().rcc)}.")
    return candidates[pick(f"short name in {rcc}", short, list(candidates))]
