"""ICD-O-3 to ICD-10: by site, or by what the morphology says where it has a code of its own.

The tables are content (``icd10_morphologies.csv``, ``icd10_lists.csv``, ``topographies.csv``). A pair that
they have no code for is refused with the reason; nothing is guessed. The way back is in
:mod:`fyrbak.registers.icdo3`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fyrbak.records.columns import SEX, Columns, Names, read_columns
from fyrbak.registers.codes import lines, tumour_codes

# Column: what it holds. These are the words of the command's help and of the documentation.
COLUMNS: Mapping[str, str] = {
    "tumour": "the record's name; the row's number if absent",
    "topography": "ICD-O-3 site: C50.4 or C504",
    "morphology": "ICD-O-3 morphology: 8500 or 8500/3",
    "behaviour": "ICD-O-3 behaviour, one digit; may stand in the morphology instead",
    "sex": "1 or male, 2 or female; may be absent, but some codes differ by it",
}
SITE_CODES = ("malignant", "benign", "in_situ", "uncertain", "metastatic")


@dataclass(frozen=True)
class Code:
    """An ICD-10 code without dot, or None with the reason (Swedish). ``unusual`` pairs are seldom seen."""

    icd10: str | None
    unusual: bool
    reason: str


@dataclass(frozen=True)
class _Line:
    site: str
    male: str
    female: str
    sex: str


def to_icd10(topography: str, morphology: int, behaviour: str, sex: str = "") -> Code:
    """The ICD-10 code of a tumour; ``sex`` is male, female or empty for unknown."""
    found = morphologies().get((morphology, behaviour))
    if found is None:
        return Code(None, unusual=True, reason=f"{morphology}/{behaviour} finns inte i tabellen")
    if topography not in sites():
        return Code(None, found.unusual, f"läget {topography} finns inte i ICD-O-3")
    code, of = found.code, found.sex
    if code.startswith("list:"):
        line = next(
            one for one in _lists()[code.removeprefix("list:")] if topography[1:].startswith(one.site)
        )
        if line.male != line.female and not sex:
            return Code(None, found.unusual, "koden skiljer sig mellan män och kvinnor: ange kön")
        code, of = line.female if sex == "female" else line.male, line.sex
    if (of, sex) in (("F", "male"), ("M", "female")):
        return Code(None, found.unusual, f"koden {code} gäller bara det andra könet")
    if code in SITE_CODES:
        code = sites()[topography][code]
    code = code.replace("-", topography[3])
    if not code.strip("#?"):  # the table of sites marks so what has no code
        return Code(None, found.unusual, f"{morphology}/{behaviour} i {topography} har ingen kod i ICD-10")
    return Code(code, found.unusual, "")


@dataclass(frozen=True)
class Record:
    """One record of a file, with the codes that are converted."""

    tumour: str
    topography: str
    morphology: int
    behaviour: str
    sex: str


def read_records(path: Path, names: Names) -> list[Record]:
    """Read the records of a file. Raises BadInputError with the line of the first fault."""
    return records_in(read_columns(path, names))


def records_in(found: Columns) -> list[Record]:
    """The records of a file's columns. Raises BadInputError with the line of the first fault."""
    codes = tumour_codes(found)
    sex = (
        found.coded("sex", SEX, "male or female, or 1 or 2").tolist()
        if found.has("sex")
        else [""] * len(found)
    )
    named = found.words("tumour").tolist() if found.has("tumour") else map(str, range(1, len(found) + 1))
    return [Record(name, *code, own) for name, code, own in zip(named, codes, sex, strict=True)]


@dataclass(frozen=True)
class Morphology:
    """What a morphology and behaviour convert to: a code, a column of the sites, or a list."""

    code: str
    sex: str
    unusual: bool


@cache
def morphologies() -> dict[tuple[int, str], Morphology]:
    """Every pair of morphology and behaviour that the table has."""
    return {
        (int(row["morphology"]), row["behaviour"]): Morphology(
            row["code"], row["sex"], row["unusual"] == "yes"
        )
        for row in lines("icd10_morphologies.csv")
    }


@cache
def _lists() -> dict[str, list[_Line]]:
    found: dict[str, list[_Line]] = {}
    for row in lines("icd10_lists.csv"):
        found.setdefault(row["list"], []).append(_Line(row["site"], row["male"], row["female"], row["sex"]))
    return found


@cache
def sites() -> dict[str, dict[str, str]]:
    """Every site of ICD-O-3 with its code for each kind of behaviour."""
    return {row["topography"]: row for row in lines("topographies.csv")}
