"""What is read of studies: what holds now, and what has been told before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from fyrbak.records.organisations import organisation, regions
from fyrbak.studies.definitions import rules
from fyrbak.studies.described import Described, described
from fyrbak.studies.models import (
    Description,
    Included,
    RefusedRow,
    Registration,
    Status,
    StatusTold,
    Study,
    TargetTold,
)


@dataclass(frozen=True)
class Standing:
    """How a study stands, as a whole or in a place.

    ``history`` is what was told, by day. ``since`` is the first day of the status that holds, ``confirmed``
    the last day of which anybody has told it.
    """

    history: tuple[StatusTold, ...]

    @property
    def last(self) -> StatusTold:
        """What was told of the latest day."""
        return self.history[-1]

    @property
    def status(self) -> str:
        """The status that holds."""
        return self.last.status

    @property
    def since(self) -> date:
        """The first day of the status that holds."""
        since = self.last.day
        for one in reversed(self.history):
            if one.status != self.status:
                break
            since = one.day
        return since

    @property
    def confirmed(self) -> date:
        """The last day of which the status was told."""
        return self.last.day

    def is_stale(self, on: date) -> bool:
        """Whether nobody has confirmed it for too long. What is closed stays closed."""
        days = rules().stale_after_days
        longest = days.place if self.last.place_id else days.study
        return self.status != Status.CLOSED and self.confirmed < on - timedelta(longest)

    def was_open(self, year: int, on: date) -> bool:
        """Whether it was open for inclusion some day of a year, up to ``on``."""
        first, last = date(year, 1, 1), min(date(year, 12, 31), on)
        ends = [*(one.day for one in self.history[1:]), date.max]
        return any(
            one.status == Status.OPEN and one.day <= last and end > first
            for one, end in zip(self.history, ends, strict=True)
        )


@dataclass(frozen=True)
class StudyTold:
    """A study as it is known: what it is, its numbers, and how it stands as a whole and by place."""

    key: UUID
    owner: str
    version: int
    what: Described
    registrations: tuple[str, ...]
    standing: Standing
    places: dict[str, Standing]

    @property
    def regions(self) -> frozenset[str]:
        """The regions that it has a place in."""
        return frozenset(region_of(place) for place in self.places)

    def in_region(self, region: str) -> list[Standing]:
        """How it stands in the places of a region."""
        return [standing for place, standing in self.places.items() if region_of(place) == region]


def region_of(place: str) -> str:
    """The region that a region, hospital or unit is or lies in. Raises UnknownNameError."""
    found = organisation(place)
    while found.kind != "region" and found.parent:
        found = organisation(found.parent)
    return found.code


def studies(keys: Sequence[UUID] | None = None) -> list[StudyTold]:
    """All studies, or those with some keys, by title. Four queries."""
    chosen = {} if keys is None else {"study__in": keys}
    owners = dict(
        (Study.objects.all() if keys is None else Study.objects.filter(pk__in=keys)).values_list(
            "key", "owner_id"
        )
    )
    numbers: dict[UUID, list[str]] = defaultdict(list)
    for study, number in (
        Registration.objects.filter(**chosen).order_by("number").values_list("study", "number")
    ):
        numbers[study].append(number)
    standings = _standings(
        StatusTold.objects.filter(**chosen).order_by("study_id", "place_id", "day", "-version")
        .distinct("study_id", "place_id", "day")
    )  # fmt: skip
    latest = Description.objects.filter(**chosen).order_by("study_id", "-version").distinct("study_id")
    found = [
        StudyTold(
            one.study_id, owners[one.study_id], one.version, described(one), tuple(numbers[one.study_id]),
            standings[one.study_id][None], _in_order(standings[one.study_id]),
        )
        for one in latest
        if None in standings[one.study_id]
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.what.title_sv.casefold())


def study_called(key: UUID) -> StudyTold | None:
    """The study that an address names, if there is one. Four queries."""
    return next(iter(studies([key])), None)


def _standings(rows: Iterable[StatusTold]) -> dict[UUID, dict[str | None, Standing]]:
    """What was told by study and place; rows come by day."""
    told: dict[UUID, dict[str | None, list[StatusTold]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        told[row.study_id][row.place_id].append(row)
    found: dict[UUID, dict[str | None, Standing]] = defaultdict(dict)
    for study, places in told.items():
        found[study] = {place: Standing(tuple(history)) for place, history in places.items()}
    return found


def _in_order(standings: dict[str | None, Standing]) -> dict[str, Standing]:
    """The places alone, in official order."""
    places = sorted((place for place in standings if place), key=lambda place: organisation(place).order)
    return {place: standings[place] for place in places}


def to_confirm(sees: Callable[[str], bool], on: date) -> list[tuple[UUID, Described, int]]:
    """Studies of which nobody has confirmed for too long how they stand, by title, and in how many places.

    ``sees`` says of whose studies and places: a study as a whole is its owner's. One query, or two.
    """
    latest = StatusTold.objects.order_by("study_id", "place_id", "-day", "-version")
    old = Counter(
        one.study_id
        for one in latest.distinct("study_id", "place_id").select_related("study")
        if sees(one.place_id or one.study.owner_id) and Standing((one,)).is_stale(on)
    )
    what = dict(descriptions(old)) if old else {}
    by_title = sorted(old, key=lambda key: what[key].title_sv.casefold())
    return [(key, what[key], old[key]) for key in by_title]


def study_with(registrations: Iterable[str]) -> set[UUID]:
    """The keys of the studies that have any of some numbers. One query."""
    rows = Registration.objects.filter(number__in=tuple(registrations))
    return set(rows.values_list("study_id", flat=True))


def descriptions(keys: Iterable[UUID] | None = None) -> list[tuple[UUID, Described]]:
    """What all studies are, or those with some keys. One query."""
    found = Description.objects.all() if keys is None else Description.objects.filter(study__in=keys)
    latest = found.order_by("study_id", "-version").distinct("study_id")
    return [(one.study_id, described(one)) for one in latest]


def included(study: UUID | None = None) -> list[Included]:
    """The counts that hold, of a study or of all, by place and year. One query."""
    key = ("study_id", "place_id", "year")
    rows = Included.objects.filter(study=study) if study else Included.objects.all()
    latest = rows.order_by(*key, "-version").distinct(*key)
    return sorted(
        (one for one in latest if one.number is not None),
        key=lambda one: (organisation(one.place_id).order, one.year),
    )


def targets() -> dict[str, TargetTold | None]:
    """What each of the regions has told of its target, in official order; None where nothing is told."""
    latest = TargetTold.objects.order_by("region_id", "-version").distinct("region_id")
    told = {one.region_id: one for one in latest}
    return {one.code: told.get(one.code) for one in regions()}


def target_history(region: str) -> list[TargetTold]:
    """All that a region has told of its target, the latest first. One query."""
    return list(TargetTold.objects.filter(region=region).order_by("-version"))


def refused_rows(sender: str) -> list[RefusedRow]:
    """The rows of an organisation's files that were refused, the latest first. One query."""
    return list(RefusedRow.objects.filter(sender=sender).order_by("-at", "place"))
