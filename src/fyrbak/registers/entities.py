"""Which NORDCAN entity a tumour belongs to, and the sums that it counts in.

The ICD-10 code decides, and for tumours of brain and bladder and for basal cell carcinoma the morphology as
well. The tables are content (``nordcan_icd10.csv``, ``nordcan_morphologies.csv``, ``nordcan_older.csv``). A
code that they lack, or that stands for several entities, is refused with the reason; nothing is guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from fyrbak.registers.codes import lines

Edition = Literal["icd7", "icd8", "icd9"]
EDITIONS: tuple[Edition, ...] = ("icd7", "icd8", "icd9")
ALL = 980
NOT_COUNTED = {888: "basalcellscancer räknas inte i NORDCAN", 999: "räknas inte i NORDCAN"}
_SUMS = ("all", "all_but_skin", "all_but_common", "wide", "group")  # the widest first
_MOST_KEPT = 1 << 16


@dataclass(frozen=True)
class Entity:
    """One entity or sum. ``sex`` is empty for both; ``weights`` names the ages of its survival."""

    id: int
    name_sv: str
    name_en: str
    sex: str
    weights: str
    survival: bool


@dataclass(frozen=True)
class Placed:
    """The entity of a tumour, and all that it counts in: its sums, the widest first, and itself.

    ``entity`` is None where none can be said. What NORDCAN does not count has an entity, 888 or 999, and
    counts in nothing. ``reason`` (Swedish) says why a tumour counts in nothing.
    """

    entity: int | None
    counts_in: tuple[int, ...]
    reason: str = ""


@dataclass(frozen=True)
class _Rule:
    """What morphology decides of tumours that their code places in ``site``; of all where it is None."""

    site: int | None
    morphologies: frozenset[int]
    behaviours: frozenset[str]
    entity: int

    def fits(self, site: int, morphology: int | None, behaviour: str) -> bool:
        return (
            self.site in (None, site)
            and (not self.morphologies or morphology in self.morphologies)
            and (not self.behaviours or behaviour in self.behaviours)
        )


@lru_cache(maxsize=_MOST_KEPT)
def placed(icd10: str, morphology: int | None = None, behaviour: str = "") -> Placed:
    """The entity of an ICD-10 code without dot; ``morphology`` and ``behaviour`` of ICD-O-3, where known.

    A category that the table does not divide may come with a last digit, as in the Swedish edition: C649.
    """
    known = _codes().get(icd10) or (_codes().get(icd10[:3]) if icd10[:3] not in _divided() else None)
    if known is None:
        return Placed(None, (), f"koden {icd10} finns inte i NORDCAN:s tabell")
    decided = (rule.entity for rule in _rules() if rule.fits(known[-1], morphology, behaviour))
    entity = next(decided, known[-1])
    if entity in NOT_COUNTED:
        return Placed(entity, (), NOT_COUNTED[entity])
    return Placed(entity, tuple(dict.fromkeys((*known, entity))))


def placed_older(code: str, edition: Edition) -> Placed:
    """The entity of a code of an older edition: that of the ICD-10 codes it corresponds to, if it is one."""
    found = {placed(icd10) for icd10 in _older(edition).get(code, ())}
    if not found:
        return Placed(None, (), f"koden {code} finns inte i tabellen för {edition.upper()}")
    if len(found) > 1:
        several = ", ".join(str(one) for one in sorted(one.entity or 0 for one in found))
        return Placed(None, (), f"koden {code} i {edition.upper()} står för flera entiteter: {several}")
    return found.pop()


@cache
def entities() -> Mapping[int, Entity]:
    """Every entity and sum by its number, in NORDCAN's order."""
    return {
        int(row["entity"]): Entity(
            int(row["entity"]), row["sv"], row["en"], row["sex"], row["weights"], row["survival"] == "yes"
        )
        for row in lines("nordcan_entities.csv")
    }


@cache
def parts() -> Mapping[int, tuple[int, ...]]:
    """The sums whose parts do not overlap, each with its parts: 980 by main groups, a main group by entities.

    An entity of its own is a main group with itself as its only part.
    """
    found: dict[int, set[int]] = defaultdict(set)
    for row in lines("nordcan_icd10.csv"):
        if row["all"]:
            group, entity = row["group"] or row["entity"], row["entity"] or row["group"]
            found[ALL].add(int(group))
            found[int(group)] |= _decided_of(int(entity)) or {int(entity)}
    order = list(entities())
    return {whole: tuple(sorted(own, key=order.index)) for whole, own in found.items()}


@cache
def sums() -> Mapping[int, tuple[int, ...]]:
    """The sums that overlap with others, each with its main groups: all but skin, all but the common, and
    those wider than a main group."""
    found: dict[int, set[int]] = defaultdict(set)
    for row in lines("nordcan_icd10.csv"):
        for name in ("all_but_skin", "all_but_common", "wide"):
            if row[name]:
                found[int(row[name])].add(int(row["group"] or row["entity"]))
    order = list(entities())
    return {whole: tuple(sorted(found[whole], key=order.index)) for whole in sorted(found, key=order.index)}


def _decided_of(site: int) -> set[int]:
    """The entities that morphology decides among at a site."""
    return {rule.entity for rule in _rules() if rule.site == site} - NOT_COUNTED.keys()


@cache
def _codes() -> Mapping[str, tuple[int, ...]]:
    """The sums of every code, the widest first, and then its entity: the main group where it has no other."""
    return {
        row["icd10"]: tuple(int(row[name]) for name in (*_SUMS, "entity") if row[name])
        for row in lines("nordcan_icd10.csv")
    }


@cache
def _divided() -> frozenset[str]:
    """The categories that the table has codes within."""
    return frozenset(code[:3] for code in _codes() if len(code) > len("C64"))


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(
        _Rule(
            int(row["site"]) if row["site"] else None,
            frozenset(code for span in row["morphologies"].split() for code in _span(span)),
            frozenset(row["behaviours"].split()),
            int(row["entity"]),
        )
        for row in lines("nordcan_morphologies.csv")
    )


def _span(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


@cache
def _older(edition: Edition) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in lines("nordcan_older.csv"):
        if row[edition]:
            found[row[edition]].add(row["icd10"])
    return {code: frozenset(codes) for code, codes in found.items()}
