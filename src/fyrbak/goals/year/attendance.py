"""Who came: by region and year, as a share of the seats, and whether each region was there at all."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from fyrbak.goals.year.models import Attendance, Meeting, SteeringGroup
from fyrbak.records.organisations import organisation, organisations


@dataclass(frozen=True)
class Share:
    """How one organisation's seats were filled at the meetings held in a year.

    ``seats`` counts a seat once for each meeting, ``excused`` those who said they would not come: they are
    not present. ``represented`` counts the meetings with at least one of its seats filled.
    """

    organisation: str
    seats: int
    present: int
    excused: int
    meetings: int
    represented: int

    @property
    def share(self) -> float:
        """The seats filled, as a fraction of all."""
        return self.present / self.seats

    def reaches(self, target: int) -> bool:
        """Whether a target in per cent is reached; 90.0 per cent reaches 90."""
        return 100 * self.present >= target * self.seats


def attendance(group: SteeringGroup, year: int) -> list[Share]:
    """The share of each region, or other organisation outside regions, at the meetings held in a year."""
    told = Attendance.objects.filter(
        meeting__group=group, meeting__year=year, meeting__state=Meeting.State.HELD
    ).values_list("meeting", "member__organisation", "presence")
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for meeting, code, presence in told:
        found[represents(code)].append((meeting, presence))
    order = [place.code for place in organisations()]
    return [_share(code, found[code]) for code in sorted(found, key=order.index)]


def represents(code: str) -> str:
    """The region that an organisation is part of; its own code where it is part of none."""
    place = organisation(code)
    while place.kind in ("unit", "hospital", "municipality") and place.parent:
        place = organisation(place.parent)
    return place.code


def _share(code: str, told: list[tuple[int, str]]) -> Share:
    present = [meeting for meeting, presence in told if presence == Attendance.Presence.PRESENT]
    return Share(
        organisation=code,
        seats=len(told),
        present=len(present),
        excused=sum(presence == Attendance.Presence.EXCUSED for _, presence in told),
        meetings=len({meeting for meeting, _ in told}),
        represented=len(set(present)),
    )
