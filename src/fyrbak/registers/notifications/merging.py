"""Notifications of one person become tumours: pairs judged by the rule ``se``, and what people ruled.

What is not known in one report may be what the other says. So before two reports are held against each other
by :func:`fyrbak.registers.primaries.sets_apart` the unknown parts of each are filled in from the other. Then

* nothing sets them apart, and nothing had to be filled in: one tumour;
* nothing sets them apart, but something had to be filled in: one tumour if their diagnoses can be near in
  time and no other tumour could be meant, otherwise a doubt;
* something sets them apart: two tumours; a doubt if a laboratory and a clinic tell of the same organ near in
  time and differ in a single thing.

Reports join tumours in an order that follows from what they say, the fullest first, so that it makes no
difference in which order they came. What a registrar ruled of two reports goes before every rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum
from functools import cache, cached_property

from fyrbak.registers import primaries
from fyrbak.registers.notifications.rules import notification_rules

RULE: primaries.Rule = "se"
LABORATORIES = ("pathology", "autopsy")
_UNKNOWN_SITE = "C809"


@dataclass(frozen=True)
class Report:
    """What merging asks of a notification. Codes without dots; unknown parts are blank, morphology 0."""

    key: str
    kind: str
    first: date
    last: date
    topography: str
    morphology: int
    behaviour: str
    side: str

    @cached_property
    def order(self) -> tuple[object, ...]:
        """The fullest reports before those that leave more open; alike ones by what they say."""
        site_open = 2 * (self.topography in ("", _UNKNOWN_SITE)) or self.topography.endswith("9")
        open_parts = (
            int(site_open)
            + 2 * (not self.morphology)
            + _unspecified(self.morphology)
            + (not self.behaviour)
            + (not self.side)
        )
        return (
            open_parts, self.first, self.last, self.topography, self.morphology, self.behaviour, self.side,
            self.key,
        )  # fmt: skip

    @property
    def of_laboratory(self) -> bool:
        return self.kind in LABORATORIES


class Verdict(IntEnum):
    """What two reports are to each other; of several pairs the highest decides."""

    MAY_BE_SAME = 1
    DOUBT = 2
    APART = 3
    SAME = 4
    RULED_APART = 5


@dataclass(frozen=True)
class Judged:
    """A verdict on two reports with what decided it, and what the one and the other say there."""

    verdict: Verdict
    rule: str
    told: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Doubt:
    """Two reports that may be of one tumour; ``rule`` says what keeps it from being certain."""

    one: str
    other: str
    rule: str
    told: tuple[str, str]


@dataclass(frozen=True)
class Merged:
    """The tumours of a person, each as its reports, and what waits to be decided."""

    tumours: tuple[tuple[Report, ...], ...]
    doubts: tuple[Doubt, ...]


Rulings = Mapping[tuple[str, str], bool]  # the two keys, the lesser first: whether they are of one tumour


def merge(reports: Iterable[Report], rulings: Rulings | None = None) -> Merged:
    """The tumours of one person, by rule ``se`` and by what was ruled, in an order of the reports' own."""
    ruled = rulings or {}
    tumours: list[list[Report]] = []
    doubts: list[Doubt] = []
    for block in _ruled_together(sorted(reports, key=lambda one: one.order), ruled):
        judged = [_of_groups(block, tumour, ruled) for tumour in tumours]
        joins = _at(judged, Verdict.SAME) or _at(judged, Verdict.MAY_BE_SAME)
        several = joins if len(joins) > 1 else []
        for at in sorted({*several, *_at(judged, Verdict.DOUBT)}):
            one, other, it = judged[at]
            doubts.append(_doubt(one, other, it.rule if it.verdict is Verdict.DOUBT else "several", it.told))
        if len(joins) == 1:
            tumours[joins[0]].extend(block)
        else:
            tumours.append(list(block))
    return Merged(tuple(map(tuple, tumours)), tuple(_between(doubts, tumours)))


def _at(judged: Sequence[tuple[Report, Report, Judged]], verdict: Verdict) -> list[int]:
    """Which of the tumours have a verdict."""
    return [at for at, (_, _, it) in enumerate(judged) if it.verdict is verdict]


def judge(one: Report, other: Report) -> Judged:
    """What two reports are to each other by the rule alone, the same whichever is given first."""
    mine, theirs = _filled(one, other), _filled(other, one)
    apart = primaries.sets_apart(mine, theirs, RULE)
    near = _can_be_near(one, other)
    if apart:
        if near and _seen_differently(one, other, apart, mine, theirs):
            return Judged(Verdict.DOUBT, apart, (_said(one, apart), _said(other, apart)))
        return Judged(Verdict.APART, apart, (_said(one, apart), _said(other, apart)))
    if _whole(one, mine) and _whole(other, theirs):
        return Judged(Verdict.SAME, "same")
    return (
        Judged(Verdict.MAY_BE_SAME, "near")
        if near
        else Judged(Verdict.DOUBT, "long_apart", (one.first.isoformat(), other.first.isoformat()))
    )


def _of_groups(
    block: Sequence[Report], tumour: Sequence[Report], ruled: Rulings
) -> tuple[Report, Report, Judged]:
    """The pair that decides between reports and a tumour, with its verdict."""
    pairs = ((one, other, _judged(one, other, ruled)) for one in block for other in tumour)
    return max(pairs, key=lambda pair: pair[2].verdict)


def _judged(one: Report, other: Report, ruled: Rulings) -> Judged:
    if ruled.get(pair_of(one.key, other.key)) is False:
        return Judged(Verdict.RULED_APART, "ruled")
    return judge(one, other)


def pair_of(one: str, other: str) -> tuple[str, str]:
    """Two keys in the order in which pairs are named."""
    return (one, other) if one < other else (other, one)


def _ruled_together(reports: Sequence[Report], ruled: Rulings) -> Iterator[list[Report]]:
    """The reports in their order, those ruled to be of one tumour together with the first of them."""
    block_of: dict[str, list[Report]] = {one.key: [one] for one in reports}
    for (one, other), same in ruled.items():
        if same and one in block_of and other in block_of and block_of[one] is not block_of[other]:
            block_of[one].extend(block_of[other])
            for report in block_of[other]:
                block_of[report.key] = block_of[one]
    told: set[str] = set()
    for report in reports:
        if report.key not in told:
            block = sorted(block_of[report.key], key=lambda it: it.order)
            told |= {it.key for it in block}
            yield block


def _filled(one: Report, other: Report) -> primaries.Tumour:
    """The one with its unknown parts as the other has them."""
    site = one.topography
    if site in ("", _UNKNOWN_SITE) or (site.endswith("9") and site[:3] == other.topography[:3]):
        site = other.topography or site
    return primaries.Tumour(
        "", one.key, one.first, one.last, site, one.morphology or other.morphology,
        one.behaviour or other.behaviour, one.side,
    )  # fmt: skip


def _whole(one: Report, filled: primaries.Tumour) -> bool:
    """Whether nothing had to be filled in."""
    as_it_stood = (one.topography, one.morphology, one.behaviour)
    return as_it_stood == (filled.topography, filled.morphology, filled.behaviour)


def _seen_differently(
    one: Report, other: Report, apart: str, mine: primaries.Tumour, theirs: primaries.Tumour
) -> bool:
    """Whether a laboratory and a clinic differ in one thing alone about the same organ."""
    if one.of_laboratory == other.of_laboratory or mine.topography[:3] != theirs.topography[:3]:
        return False
    given = {
        "site": {"topography": theirs.topography},
        "behaviour": {"behaviour": theirs.behaviour},
        "morphology": {"morphology": theirs.morphology},
        "side": {"side": theirs.side},
    }
    return not primaries.sets_apart(replace(mine, **given[apart]), theirs, RULE)  # type: ignore[arg-type]


def _said(one: Report, apart: str) -> str:
    """What a report says of what sets two apart."""
    words = {"site": one.topography, "behaviour": one.behaviour, "side": one.side}
    return words.get(apart, str(one.morphology or ""))


def _can_be_near(one: Report, other: Report) -> bool:
    within = timedelta(days=notification_rules().merging.near_days)
    return one.first <= other.last + within and other.first <= one.last + within


def _doubt(one: Report, other: Report, rule: str, told: tuple[str, str]) -> Doubt:
    if one.key < other.key:
        return Doubt(one.key, other.key, rule, told)
    return Doubt(other.key, one.key, rule, (told[1], told[0]))


def _between(doubts: Sequence[Doubt], tumours: Sequence[Sequence[Report]]) -> Iterator[Doubt]:
    """The doubts between two tumours; one whose reports came together after all is none."""
    place = {report.key: at for at, tumour in enumerate(tumours) for report in tumour}
    return (
        one for one in sorted(doubts, key=lambda it: (it.one, it.other)) if place[one.one] != place[one.other]
    )


@cache
def _unspecified(morphology: int) -> int:
    return int(primaries.is_unspecified(morphology))
