"""The home that a load test runs in: a country of plans, a snapshot, tables given out, and who signs in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain, cycle, islice
from pathlib import Path

from django.test import Client

from fyrbak.access.models import Account
from fyrbak.access.roles import Role
from fyrbak.access.seat import signing_in
from fyrbak.access.services import give_role
from fyrbak.measures.definitions import measures
from fyrbak.measures.releases import release
from fyrbak.measures.store import lacking, results_of
from fyrbak.records.models import Organisation
from fyrbak.records.organisations import COUNTRY, regions_of
from fyrbak.records.prepare import prepare_database
from fyrbak.records.snapshot import Snapshot
from fyrbak.records.synth.generate import checked, generate
from fyrbak.reports.current import set_current
from plan_country import GOALS_OF_AREA, LAST_YEAR, PlanCountry, Size, plan_country, stored_country

AS_OF = date(2025, 6, 30)
AT = datetime(2025, 9, 1, 9, tzinfo=UTC)
PASSWORD = "fyren-lyser-varje-natt"  # noqa: S105 - of invented people
GIVEN_OUT = ("svf_lead_time", "svf_conversion", "svf_inclusion", "hpv_coverage")
_SHOWN_BY: tuple[tuple[str, ...], ...] = ((), ("region",), ("pathway",), ("pathway", "region"))


@dataclass(frozen=True)
class User:
    """Somebody who signs in: user name, role, where it is held, and the cancer centre it belongs to."""

    name: str
    role: Role
    place: str
    centre: str

    @property
    def answers(self) -> bool:
        """Whether the organisation is asked in rounds; the others run rounds of their own plans."""
        return self.role is Role.REGIONAL_COORDINATOR and not self.place.startswith("rcc:")


@dataclass(frozen=True)
class LoadHome:
    """What the walks need to know of the home."""

    users: tuple[User, ...]
    country: PlanCountry
    areas: int
    goals_of_area: int
    year: int = LAST_YEAR
    nation: str = COUNTRY

    def region_of(self, user: User) -> str:
        """A region that the user has to do with."""
        return user.place if user.answers else next(iter(self.country.local))


def make_home(home: Path, *, size: Size, persons: int, users: int, seed: int) -> LoadHome:
    """Fill a home, unless it is filled, with persons, plans, released tables, and so many coordinators."""
    prepare_database(home)
    country = stored_country() or _fill(home / "snapshot", size=size, persons=persons, seed=seed)
    goals = min(size.goals, GOALS_OF_AREA)
    seated = tuple(_coordinators(users, country))
    _give_seats(seated)
    return LoadHome(seated, country, size.goals // goals, goals)


def _fill(snapshot: Path, *, size: Size, persons: int, seed: int) -> PlanCountry:
    """Invent persons and plans, and give tables out."""
    generate(snapshot, checked(persons=persons, seed=seed, regions=(), as_of=AS_OF))
    set_current(snapshot)
    _measure(Snapshot.open(snapshot, verify=False))
    return plan_country(size, seed=seed)


def _measure(opened: Snapshot) -> None:
    """Keep what the first pages ask for, and give some of it out."""
    for one in measures():
        for by in _SHOWN_BY:
            if set(by) <= set(one.cuts) and not lacking(opened, one):
                results_of(opened, one, by)
        for by in _SHOWN_BY[:2]:
            if one.id in GIVEN_OUT:
                release(opened, one, by=by, interval="year", by_whom="Analysgruppen", at=AT)


def _coordinators(users: int, country: PlanCountry) -> Iterator[User]:
    """Two for the nation, one for each cancer centre, and the rest spread over the regions."""
    centres = {place: centre for centre in country.regional for place in _members(centre, country)}
    places: list[tuple[Role, str, str]] = [
        (Role.NATIONAL_COORDINATOR, COUNTRY, next(iter(country.regional)))
    ] * 2
    places += [(Role.REGIONAL_COORDINATOR, centre, centre) for centre in country.regional]
    regional = cycle((Role.REGIONAL_COORDINATOR, place, centre) for place, centre in centres.items())
    for number, seat in enumerate(islice(chain(places, regional), users)):
        yield User(f"samordnare.{number}", *seat)


def _give_seats(users: Sequence[User]) -> None:
    """Let those sign in who cannot yet. All have one password, so that it is scrambled only once."""
    known = set(Account.objects.values_list("username", flat=True))
    scrambled = Account()
    scrambled.set_password(PASSWORD)
    for user in users:
        if user.name in known:
            continue
        account = Account.objects.create(
            username=user.name, name=user.name.title(), password=scrambled.password, added_at=AT
        )
        give_role(
            account=account, role=user.role, organisation=Organisation.objects.get(pk=user.place),
            valid_from=AT.date(), by_name="belastningsprov", at=AT,
        )  # fmt: skip


def _members(centre: str, country: PlanCountry) -> list[str]:
    """The regions of a centre that have plans."""
    return [place.code for place in regions_of(centre) if place.code in country.local]


def signed_in(user: User) -> Client:
    """A client within this process that has signed in."""
    client = Client(SERVER_NAME="localhost")
    with signing_in(user.name):
        account = Account.objects.get(username=user.name)
    client.force_login(account, "fyrbak.access.backends.AccountBackend")
    return client
