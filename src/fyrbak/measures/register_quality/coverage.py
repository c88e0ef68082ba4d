"""Coverage: how much of what the cancer register knows the quality register has, too.

Same years and same rules: the file holds the cases that are the register's to have. Persons with a protected
identity and those who declined are in the cancer register alone, so that 100 % may be out of reach; how far
it is out of reach is told where the file says who they are, and is never assumed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from fyrbak.measures.disclosure import protected
from fyrbak.measures.register_quality.linked import Flags, Linked
from fyrbak.measures.register_quality.registers import quality_register
from fyrbak.measures.register_quality.shares import WHOLE, Counts, Place, Share, shares
from fyrbak.records.columns import Whole, Words


@dataclass(frozen=True)
class Coverage:
    """Coverage of a register (``form`` empty) or of one of its later forms, in a year and a group.

    ``of`` the cases that are to be there: in the cancer register, or those for whom the form is due.
    ``ceiling`` is the share that can be reached at all: None where the file does not say who is out of reach,
    and where so few are that it would tell of them.
    """

    register: str
    form: str
    year: int
    group: str
    of: Share
    ceiling: float | None
    extract: date


def coverage(linked: Linked, by: str = "", *, small: bool = False) -> list[Coverage]:
    """Coverage of the register and of its forms by year, of all and of each group of ``by``."""
    known = quality_register(linked.register)
    found = list(_of(linked, "", linked.in_cancer, linked.in_quality, known.levels, by, small=small))
    for name, answers in linked.forms.items():
        levels = known.form(name).levels
        found += _of(linked, name, answers != "", answers == "1", levels, by, small=small)
    return found


def beyond(linked: Linked) -> int:
    """How many cases the quality register has that the cancer register has not. They are never coverage."""
    return int((linked.in_quality & ~linked.in_cancer).sum())


def _of(
    linked: Linked, form: str, due: Flags, there: Flags, levels: tuple[float, ...], by: str, *, small: bool
) -> Iterator[Coverage]:
    counts = counted(linked.year, linked.groups(by), due, due & there, by)
    ceilings = _ceilings(linked, due, counts, by, small=small) if not form else {}
    found = shares(counts, by, levels, parents=linked.parents(by), small=small)
    for (year, group), of in found.items():
        ceiling = None if of.suppressed else ceilings.get((year, group))
        yield Coverage(linked.register, form, year, group, of, ceiling, linked.extract)


def counted(year: Whole, groups: Words, of: Flags, hits: Flags, by: str) -> Counts:
    """How many there are and how many have it, by year: of everybody, and of each group where cut."""
    told = Counter(zip(year[of].tolist(), groups[of].tolist(), hits[of].tolist(), strict=True))
    found: dict[Place, tuple[int, int]] = {}
    for (own_year, group, hit), number in told.items():
        for place in {(own_year, WHOLE), (own_year, group if by else WHOLE)}:
            n, k = found.get(place, (0, 0))
            found[place] = (n + number, k + number * hit)
    return found


def _ceilings(linked: Linked, due: Flags, counts: Counts, by: str, *, small: bool) -> dict[Place, float]:
    """The share within reach, where it may be told: the others are hidden like any small count."""
    if linked.unreachable is None:
        return {}
    out = counted(linked.year, linked.groups(by), due, due & (linked.unreachable != ""), by)
    told: dict[Place, float] = {}
    for year in sorted({year for year, _ in counts}):
        few = {group: hits for (at, group), (_, hits) in out.items() if at == year}
        shown = few if small else protected(few, total=WHOLE)
        for group, number in shown.items():
            if isinstance(number, int):
                told[year, group] = 1 - number / counts[year, group][0]
    return told
