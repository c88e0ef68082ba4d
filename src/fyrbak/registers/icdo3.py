"""ICD-10 to ICD-O-3: every site, morphology and behaviour that a code can come from.

A code of ICD-10 holds less than a pair of ICD-O-3, so the way back has often several ends, and all of them
are told. They are found by going the way there (:func:`fyrbak.registers.icd10.to_icd10`) from every pair, so
that the two directions cannot disagree. A code that nothing leads to is refused with the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fyrbak.records.columns import Names, read_columns
from fyrbak.registers.codes import morphology_codes
from fyrbak.registers.icd10 import SITE_CODES, Morphology, morphologies, sites, to_icd10

# Column: what it holds. These are the words of the command's help and of the documentation.
COLUMNS: Mapping[str, str] = {
    "tumour": "the record's name; the row's number if absent",
    "icd10": "ICD-10: C50.4 or C504",
    "morphology": "ICD-O-3 morphology, 8500/3, if it is known; may be absent",
    "behaviour": "ICD-O-3 behaviour, one digit; may stand in the morphology instead",
}
_SEXES = ("male", "female")
_Pair = tuple[int, str]  # morphology and behaviour


@dataclass(frozen=True)
class Origin:
    """What a code of ICD-10 can come from; empty with the reason (Swedish) where nothing leads to it.

    ``topographies`` and ``behaviours`` are all that can be. ``morphologies`` (8500/3) are told where they
    make the code; empty where the site does, and any morphology of those behaviours may be meant.
    """

    topographies: tuple[str, ...]
    behaviours: tuple[str, ...]
    morphologies: tuple[str, ...]
    reason: str

    @property
    def anywhere(self) -> bool:
        """Whether the code says nothing of the site: every site can be."""
        return len(self.topographies) == len(sites())


@dataclass(frozen=True)
class _Way:
    """Pairs that convert alike, and the sites from which they lead to a code."""

    pairs: tuple[_Pair, ...]
    by_site: bool
    topographies: frozenset[str]


def from_icd10(icd10: str, morphology: int | None = None, behaviour: str = "") -> Origin:
    """What an ICD-10 code without dot can come from; of one morphology or behaviour alone where given.

    A category that the tables do not divide may come with a last digit, as in the Swedish edition: C649.
    """
    found = _ways().get(icd10) or _ways().get(icd10[:3] if icd10[:3] not in _divided() else "")
    if not found:
        divided = icd10 in _divided()
        why = f"{icd10} är delad: ange sista siffran" if divided else f"ingen kod i ICD-O-3 ger {icd10}"
        return Origin((), (), (), why)
    told = [
        (pairs, way)
        for way in found
        if (pairs := [pair for pair in way.pairs if _fits(pair, morphology, behaviour)])
    ]
    if not told:
        asked = "/".join(filter(None, [str(morphology or ""), behaviour]))
        return Origin((), (), (), f"{asked} ger aldrig {icd10}")
    every = sorted({pair for pairs, _ in told for pair in pairs})
    return Origin(
        tuple(sorted(frozenset[str]().union(*(way.topographies for _, way in told)))),
        tuple(sorted({how for _, how in every})),
        () if any(way.by_site for _, way in told) else tuple(f"{code}/{how}" for code, how in every),
        "",
    )


def _fits(pair: _Pair, morphology: int | None, behaviour: str) -> bool:
    return morphology in (None, pair[0]) and behaviour in ("", pair[1])


@cache
def _ways() -> Mapping[str, list[_Way]]:
    """The ways to every code. Pairs that the table converts alike are gone through together."""
    alike: dict[Morphology, list[_Pair]] = defaultdict(list)
    for pair, own in morphologies().items():
        alike[Morphology(own.code, own.sex, unusual=False)].append(pair)
    found: dict[str, list[_Way]] = defaultdict(list)
    for own, pairs in alike.items():
        ends: dict[str, set[str]] = defaultdict(set)
        for site in sites():
            for sex in _SEXES:
                code = to_icd10(site, *pairs[0], sex).icd10
                if code:
                    ends[code].add(site)
        for code, topographies in ends.items():
            found[code].append(_Way(tuple(pairs), own.code in SITE_CODES, frozenset(topographies)))
    return found


@cache
def _divided() -> frozenset[str]:
    """The categories that the tables have codes within."""
    return frozenset(code[:3] for code in _ways() if len(code) > len("C64"))


@dataclass(frozen=True)
class Record:
    """One record of a file: its code, and its morphology and behaviour where they are known."""

    tumour: str
    icd10: str
    morphology: int | None
    behaviour: str


def read_records(path: Path, names: Names) -> list[Record]:
    """Read the records of a file. Raises BadInputError with the line of the first fault."""
    found = read_columns(path, names)
    codes = [word.upper().replace(".", "") for word in found.words("icd10")]
    wrong = [not (3 <= len(code) <= 4 and code[0].isalpha() and code[1:].isalnum()) for code in codes]
    found.refuse("icd10", wrong, "not an ICD-10 code such as C50.4")
    told = morphology_codes(found) if found.has("morphology") else [(None, "")] * len(found)
    named = found.words("tumour").tolist() if found.has("tumour") else map(str, range(1, len(found) + 1))
    return [Record(name, code, *own) for name, code, own in zip(named, codes, told, strict=True)]
