"""How many primary tumours a person has: pairs of records judged by a named counting rule.

``iarc2004``: IARC, IACR and ENCR, International rules for multiple primary cancers, 2004. Only invasive
tumours count, and any of the bladder. ``se``: as the Swedish cancer register counts, which allows several
tumours in one organ: one tumour is the same site to the last digit, side, behaviour and group of morphology,
and what lies in blood or lymph nodes counts once in the body. That reading is to be verified.

Days that are partly unknown are intervals. A record comes after another only if it must; where the intervals
overlap what stands in the records decides, never the order in which they were sent, and the reason says so.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Literal

from fyrbak.definitions import pick
from fyrbak.records.columns import Columns, Names, read_columns
from fyrbak.registers.codes import lines, tumour_codes

Rule = Literal["iarc2004", "se"]
_Answer = bool | None
PRIMARY: _Answer = True
NOT_PRIMARY: _Answer = False
RULES: tuple[Rule, ...] = ("iarc2004", "se")
VERSION = "1"  # goes up when the same records may get another answer
# Column: what it holds. These are the words of the command's help and of the documentation.
COLUMNS: Mapping[str, str] = {
    "patient": "who has the tumour",
    "tumour": "the tumour's own name, each once for a patient",
    "year": "year of diagnosis",
    "month": "month of diagnosis; empty, 0 or 99 if unknown",
    "day": "day of diagnosis; empty, 0 or 99 if unknown",
    "topography": "ICD-O-3 site: C50.4 or C504",
    "morphology": "ICD-O-3 morphology: 8500 or 8500/3",
    "behaviour": "ICD-O-3 behaviour, one digit; may stand in the morphology instead",
    "laterality": "side, for the rule se: R or 1, L or 2; otherwise unknown. May be absent",
}
_SIDES = {"R": "R", "1": "R", "L": "L", "2": "L"}


@dataclass(frozen=True)
class Tumour:
    """One record. ``first`` and ``last`` are the days between which it was diagnosed."""

    patient: str
    name: str
    first: date
    last: date
    topography: str
    morphology: int
    behaviour: str
    side: str = ""

    @property
    def order(self) -> tuple[date, date, str, int, str, str, str]:
        """Earlier records before later ones; what may be either way by what it says."""
        return self.first, self.last, self.topography, self.morphology, self.behaviour, self.side, self.name


@dataclass(frozen=True)
class Judged:
    """Whether a record is a primary of its own; None where no rule can say. ``rule`` names what decided."""

    patient: str
    tumour: str
    primary: _Answer
    rule: str
    reason: str

    @property
    def duplicate(self) -> bool:
        """Whether it is the same tumour as another. What is not invasive is not judged by every rule."""
        return self.primary is False and self.rule != "not_invasive"


@dataclass(frozen=True)
class _Group:
    sv: str
    unspecified_of: frozenset[int]
    anywhere: bool


def primaries(tumours: Sequence[Tumour], rule: Rule) -> list[Judged]:
    """Judge every record, in the order that they were given."""
    found: dict[tuple[str, str], Judged] = {}
    ordered = sorted(tumours, key=lambda one: (one.patient, one.order))
    for _, own in groupby(ordered, key=lambda one: one.patient):
        found |= {(one.patient, one.tumour): one for one in _of_one_person(list(own), rule)}
    return [found[one.patient, one.name] for one in tumours]


def _of_one_person(tumours: Sequence[Tumour], rule: Rule) -> Iterator[Judged]:
    """Each record in turn against the primaries before it; an unspecified one of them learns from it."""
    kept: list[tuple[Tumour, int]] = []
    for one in tumours:
        group = morphology_groups().get(one.morphology)
        if group is None:
            yield _said(one, None, "refused", f"morfologin {one.morphology} hör inte till någon grupp")
            continue
        if rule == "iarc2004" and one.behaviour != "3" and not one.topography.startswith("C67"):
            reason = f"beteende {one.behaviour}: bara invasiva tumörer räknas"
            yield _said(one, NOT_PRIMARY, "not_invasive", reason)
            continue
        at = next((at for at, other in enumerate(kept) if _same(one, group, *other, rule)), None)
        if at is None:
            yield _said(one, PRIMARY, *_alone(one, group, kept, rule))
            kept.append((one, group))
        else:
            other, known = kept[at]
            yield _said(one, NOT_PRIMARY, *_shared(one, group, other, known))
            if group in _groups()[known].unspecified_of:
                kept[at] = other, group


def sets_apart(one: Tumour, other: Tumour, rule: Rule) -> str:
    """What makes two records two tumours: site, behaviour, side or morphology; empty where they are one.

    It is what :func:`primaries` asks of two records, whichever came first. A morphology of no group is apart
    from any other.
    """
    groups = morphology_groups()
    if one.morphology not in groups or other.morphology not in groups:
        return (
            "" if one.morphology == other.morphology and one.topography == other.topography else "morphology"
        )
    group, known = groups[one.morphology], groups[other.morphology]
    return _apart(one, group, other, known, rule) or ("" if _alike(group, known) else "morphology")


def _same(one: Tumour, group: int, other: Tumour, known: int, rule: Rule) -> bool:
    return _alike(group, known) and _same_place(one, group, other, known, rule)


def _alike(group: int, known: int) -> bool:
    """The same group of morphology, or one that the other, unspecified, may turn out to be."""
    groups = _groups()
    return group == known or known in groups[group].unspecified_of or group in groups[known].unspecified_of


def _same_place(one: Tumour, group: int, other: Tumour, known: int, rule: Rule) -> bool:
    return not _apart(one, group, other, known, rule)


def _apart(one: Tumour, group: int, other: Tumour, known: int, rule: Rule) -> str:
    """What keeps two records apart whatever their morphology: site, behaviour or side; empty if nothing."""
    if _groups()[group].anywhere and _groups()[known].anywhere:
        return ""
    if rule == "iarc2004":
        return "" if site_group(one.topography) == site_group(other.topography) else "site"
    if one.topography != other.topography:
        return "site"
    if one.behaviour != other.behaviour:
        return "behaviour"
    return "side" if len({one.side, other.side} - {""}) == 2 else ""


def _alone(one: Tumour, group: int, before: Sequence[tuple[Tumour, int]], rule: Rule) -> tuple[str, str]:
    """Why a record is a primary: the first, or not the same as the one before it that is most like it."""
    if not before:
        return "first", "patientens första tumör som räknas"
    order = ("", "side", "behaviour", "site")
    other, known = min(before, key=lambda pair: order.index(_apart(one, group, pair[0], pair[1], rule)))
    groups = _groups()
    unlike = {
        "": f"grupp {group} ({groups[group].sv}) skild från grupp {known} ({groups[known].sv})",
        "side": f"sida {one.side} skild från {other.side}",
        "behaviour": f"beteende {one.behaviour} skilt från {other.behaviour}",
        "site": f"läge {one.topography} skilt från {other.topography}",
    }
    apart = _apart(one, group, other, known, rule)
    return f"other_{apart or 'morphology'}", f"{unlike[apart]} hos tumör {other.name}{_unsure(one, other)}"


def _shared(one: Tumour, group: int, other: Tumour, known: int) -> tuple[str, str]:
    """Why a record is the same tumour as one before it."""
    groups = _groups()
    alike = (
        f"grupp {group} ({groups[group].sv})"
        if group == known
        else f"grupp {group} ({groups[group].sv}) och {known} ({groups[known].sv}), en av dem ospecificerad"
    )
    if groups[group].anywhere and groups[known].anywhere:
        return (
            "anywhere",
            f"{alike}: räknas en gång i hela kroppen, som tumör {other.name}{_unsure(one, other)}",
        )
    name = "same_group" if group == known else "unspecified"
    return name, f"samma läge och {alike} som tumör {other.name}{_unsure(one, other)}"


def _unsure(one: Tumour, other: Tumour) -> str:
    overlap = one.first <= other.last and (one.first, one.last) != (other.first, other.last)
    return "; vilken som kom först är inte känt" if overlap else ""


def _said(one: Tumour, answer: _Answer, rule: str, reason: str) -> Judged:
    return Judged(one.patient, one.name, answer, rule, reason)


def site_group(topography: str) -> str:
    """The group of sites that a site belongs to; its own three characters where it is a group of its own."""
    return _site_groups().get(topography[:3], topography[:3])


@cache
def _site_groups() -> dict[str, str]:
    return {site: row["group"] for row in lines("primary_sites.csv") for site in row["members"].split()}


@cache
def morphology_groups() -> dict[int, int]:
    """The group of every morphology that is known."""
    return {int(row["morphology"]): int(row["group"]) for row in lines("primary_morphologies.csv")}


@cache
def _groups() -> dict[int, _Group]:
    return {
        int(row["group"]): _Group(
            row["sv"], frozenset(map(int, row["unspecified_of"].split())), row["anywhere"] == "yes"
        )
        for row in lines("primary_groups.csv")
    }


def read_tumours(path: Path, names: Names) -> list[Tumour]:
    """Read the records of a file. Raises BadInputError with the line of the first fault."""
    return tumours_in(read_columns(path, names))


def tumours_in(found: Columns) -> list[Tumour]:
    """The records of a file's columns, in order. Raises BadInputError with the line of the first fault."""
    found.need("patient", "tumour", "year", "topography", "morphology")
    codes = tumour_codes(found)
    sides = [_SIDES.get(word.upper(), "") for word in _optional(found, "laterality")]
    days = _days(found)
    read = [
        Tumour(patient, name, first, last, *code, side)
        for patient, name, (first, last), code, side in zip(
            found.words("patient"), found.words("tumour"), days, codes, sides, strict=True
        )
    ]
    times = Counter((one.patient, one.name) for one in read)
    twice = [times[one.patient, one.name] > 1 for one in read]
    found.refuse("tumour", twice, "stands twice for its patient; give each tumour a name of its own")
    return read


def _optional(found: Columns, name: str) -> list[str]:
    return found.optional(name).tolist() if found.has(name) else [""] * len(found)


def _days(found: Columns) -> list[tuple[date, date]]:
    """The first and the last day that each diagnosis can have been."""
    years = found.whole("year")
    found.refuse("year", (years < 1900) | (years > 2200), "not a year such as 2019")
    months, days = (_optional(found, name) for name in ("month", "day"))
    parts = [(_part(month, 12), _part(day, 31)) for month, day in zip(months, days, strict=True)]
    for at, (name, most) in enumerate((("month", 12), ("day", 31))):
        if found.has(name):
            wrong = [part[at] is None for part in parts]
            found.refuse(name, wrong, f"not a number from 1 to {most}; leave it empty if unknown")
    spans = [_span(int(year), month or 0, day or 0) for year, (month, day) in zip(years, parts, strict=True)]
    if found.has("day"):
        found.refuse("day", [span is None for span in spans], "a day that the month does not have")
    return [span for span in spans if span]


def _part(text: str, most: int) -> int | None:
    """A month or day; 0 for an unknown one, None for what is neither."""
    if text in ("", "0", "00", "99"):
        return 0
    return int(text) if text.isdecimal() and int(text) <= most else None


def _span(year: int, month: int, day: int) -> tuple[date, date] | None:
    if not month:
        return date(year, 1, 1), date(year, 12, 31)
    last = monthrange(year, month)[1]
    if not day:
        return date(year, month, 1), date(year, month, last)
    return (date(year, month, day),) * 2 if day <= last else None


def is_unspecified(morphology: int) -> bool:
    """Whether a morphology may turn out to be another: carcinoma, lymphoma or leukaemia without more."""
    group = morphology_groups().get(morphology)
    return group is not None and bool(_groups()[group].unspecified_of)


def rule_named(name: str) -> Rule:
    """A counting rule. Raises UnknownNameError with the nearest name."""
    pick("rule", name, list(RULES))
    return "iarc2004" if name == "iarc2004" else "se"
