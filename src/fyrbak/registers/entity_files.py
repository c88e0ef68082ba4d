"""Files of tumours or deaths by NORDCAN entity: each record placed, or all of them counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fyrbak.errors import BadInputError
from fyrbak.records.columns import SEX, Columns, Names, Words, read_columns
from fyrbak.registers.codes import morphology_codes
from fyrbak.registers.entities import EDITIONS, Placed, entities, placed, placed_older
from fyrbak.registers.icd10 import Record, records_in, to_icd10
from fyrbak.registers.primaries import Rule, primaries, tumours_in

# Column: what it holds. These are the words of the command's help and of the documentation.
COLUMNS: Mapping[str, str] = {
    "tumour": "the record's name; the row's number if absent",
    "topography": "ICD-O-3 site: C50.4 or C504; it is converted to ICD-10",
    "icd10": "ICD-10 instead: C50.4 or C504",
    "morphology": "ICD-O-3 morphology: 8500 or 8500/3; may be absent beside icd10",
    "behaviour": "ICD-O-3 behaviour, one digit; may stand in the morphology instead",
    "sex": "1 or male, 2 or female; may be absent, but some codes differ by it",
    "icd9, icd8, icd7": "a code of an older edition instead, such as that of a death",
}


@dataclass(frozen=True)
class Row:
    """One record with its ICD-10 code, if it has one, and its entity; ``counts_in`` with spaces between."""

    tumour: str
    icd10: str | None
    entity: int | None
    name: str | None
    counts_in: str
    reason: str


@dataclass(frozen=True)
class Counted:
    """Records counted: how many of each entity or sum and group, and what was left out, by why.

    ``refused`` are those that have no entity, ``same_tumour`` those that the rule finds to be another's.
    """

    rows: list[dict[str, str | int]]
    refused: int
    not_counted: int
    same_tumour: int


def entity_rows(path: Path, names: Names) -> list[Row]:
    """Place every record of a file. Raises BadInputError with the line of the first fault."""
    found = read_columns(path, names)
    named = found.words("tumour").tolist() if found.has("tumour") else map(str, range(1, len(found) + 1))
    return [_row(name, icd10, own) for name, (icd10, own) in zip(named, _placed(found), strict=True)]


def entity_counts(path: Path, names: Names, by: Sequence[str], rule: Rule | None) -> Counted:
    """Count the records of a file by entity and by some of its columns, in each sum that they count in.

    With a counting ``rule`` a record that is the same tumour as another does not count. Raises BadInputError
    with the line of the first fault, and for a column of ``by`` that the file lacks.
    """
    found = read_columns(path, names)
    found.need(*by)
    keys = [_words(found, name) for name in by]
    groups = list(zip(*keys, strict=True)) if keys else [()] * len(found)
    placed_ones = [own for _, own in _placed(found)]
    judged = primaries(tumours_in(found), rule) if rule else []
    same = [one.duplicate for one in judged] or [False] * len(found)
    told = [(group, own) for group, own, one in zip(groups, placed_ones, same, strict=True) if not one]
    counts = Counter((entity, *group) for group, own in told for entity in own.counts_in)
    order = {entity: at for at, entity in enumerate(entities())}
    rows = [
        dict(zip(("entity", *by, "n"), (*key, n), strict=True))
        for key, n in sorted(counts.items(), key=lambda one: (order[one[0][0]], one[0][1:]))
    ]
    return Counted(
        rows,
        refused=sum(own.entity is None for _, own in told),
        not_counted=sum(own.entity is not None and not own.counts_in for _, own in told),
        same_tumour=sum(same),
    )


def _placed(found: Columns) -> Iterator[tuple[str | None, Placed]]:
    """The ICD-10 code and the entity of each row, from the codes that the file has."""
    older = [edition for edition in EDITIONS if found.has(edition)]
    if found.has("topography"):
        return (_converted(one) for one in records_in(found))
    if found.has("icd10"):
        return _by_icd10(found)
    if older:
        codes = (_plain(word) for word in found.words(older[0]))
        return ((None, placed_older(code, older[0])) for code in codes)
    raise BadInputError(
        f"{found.path}: no codes: give topography and morphology, or icd10, or one of {', '.join(EDITIONS)}."
    )


def _converted(one: Record) -> tuple[str | None, Placed]:
    code = to_icd10(one.topography, one.morphology, one.behaviour, one.sex)
    if code.icd10 is None:
        return None, Placed(None, (), code.reason)
    return code.icd10, placed(code.icd10, one.morphology, one.behaviour)


def _by_icd10(found: Columns) -> Iterator[tuple[str, Placed]]:
    codes = [_plain(word) for word in found.words("icd10")]
    if not found.has("morphology"):
        return ((code, placed(code)) for code in codes)
    told = morphology_codes(found)
    return ((code, placed(code, *histology)) for code, histology in zip(codes, told, strict=True))


def _plain(word: str) -> str:
    return word.upper().replace(".", "")


def _words(found: Columns, name: str) -> Words:
    return found.coded("sex", SEX, "male or female, or 1 or 2") if name == "sex" else found.words(name)


def _row(name: str, icd10: str | None, own: Placed) -> Row:
    entity = entities()[own.entity].name_sv if own.entity else None
    return Row(name, icd10, own.entity, entity, " ".join(map(str, own.counts_in)), own.reason)
