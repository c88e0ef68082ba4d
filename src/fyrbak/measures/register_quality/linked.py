"""The linked file: a row for each case that any source knows, with which of the sources it is in.

It is what a register gets back when it is held against the cancer register, with the days on which reports
came. One file may hold several registers; one of a single register needs no column for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fyrbak.errors import BadInputError
from fyrbak.measures.register_quality.shares import UNKNOWN, WHOLE
from fyrbak.measures.tallies import AGES_OF
from fyrbak.records.columns import SEX, Columns, Names, Whole, Words, read_columns
from fyrbak.records.organisations import regions

Flags = NDArray[np.bool_]

COLUMNS = {
    "diagnosis": "day of diagnosis, 2024-03-31; where days are not asked for, `year` will do",
    "cancer_register": "1 or yes where the cancer register has the case, else 0 or no",
    "quality_register": "the same of the quality register",
    "extract": "day on which the sources were read, the same in all rows; or give --extract",
    "register": "which quality register; without it the file's name",
    "region": "region by code (24) or name, as both sources assign it",
    "unit": "unit that reports",
    "age": "completed years at diagnosis",
    "sex": "1 or male, 2 or female",
    "site": "site or kind of tumour",
    "reported": "day on which the first report came to the quality register; empty where none has",
    "unreachable": "why the quality register can never have the case: protected or declined; else empty",
    "form_...": "a later form, such as form_surgery: 1 it is there, 0 it is lacking, empty it is not due",
    "source_...": "a further source, such as source_inpatient: 1 or 0; with one, completeness is by three",
}
CUTS = ("region", "unit", "age", "sex", "site")
UNREACHABLE = ("protected", "declined")
_YES = dict.fromkeys(("1", "yes", "ja", "true"), "1") | dict.fromkeys(("0", "no", "nej", "false"), "0")
_EPOCH = date(1970, 1, 1)
NEVER = -1  # a day that has not come


@dataclass(frozen=True)
class Linked:
    """The cases of one register. Days are counted from 1970; arrays are (cases,).

    ``reported`` is NEVER where no report has come. ``unreachable`` is None where the file does not say.
    ``forms`` hold "1", "0" and "" for not due. ``cuts`` hold each case's group by the name of the cut.
    """

    register: str
    path: Path
    extract: date
    year: Whole
    diagnosis: Whole
    reported: Whole
    in_cancer: Flags
    in_quality: Flags
    unreachable: Words | None
    forms: Mapping[str, Words]
    sources: Mapping[str, Flags]
    cuts: Mapping[str, Words]

    def groups(self, by: str) -> Words:
        """Each case's group; everybody's is WHOLE. Raises BadInputError for a cut that the file lacks."""
        if not by:
            return np.full(self.year.size, WHOLE, object)
        if by not in self.cuts:
            raise BadInputError(
                f"{self.path}: no column {by} to cut by. It has {', '.join(self.cuts) or 'none'}. Add it."
            )
        return self.cuts[by]

    def parents(self, by: str) -> dict[str, str]:
        """The region of each unit, where the file tells both; empty for other cuts."""
        return regions_of_units(self.cuts) if by == "unit" else {}


def read_linked(
    path: Path, names: Names, *, extract: date | None = None, needs: tuple[str, ...] = ()
) -> list[Linked]:
    """Read a file, one :class:`Linked` for each register in it. ``needs`` names columns that must be there.

    Raises BadInputError with the line of the first fault: a case in no source, a day after the extract, two
    extracts of one register.
    """
    found = read_columns(path, names)
    found.need("cancer_register", "quality_register", *needs)
    if not found.has("diagnosis") and not found.has("year"):
        found.need("diagnosis")
    registers = found.words("register") if found.has("register") else np.full(len(found), path.stem, object)
    in_cancer, in_quality = (_flags(found, name) for name in ("cancer_register", "quality_register"))
    sources = {name.removeprefix("source_"): _flags(found, name) for name in _named(found, "source_")}
    nowhere = ~(in_cancer | in_quality)
    for flags in sources.values():
        nowhere &= ~flags
    found.refuse("cancer_register", nowhere, "the case is in no source; leave the row out")
    days = _extracts(found, registers, extract)
    diagnosis = found.days("diagnosis") if found.has("diagnosis") else np.zeros(len(found), np.int64)
    reported = found.days("reported", empty=NEVER) if found.has("reported") else np.full(len(found), NEVER)
    for name, when in (("diagnosis", diagnosis), ("reported", reported)):
        found.refuse(name, when > days, "after the extract; correct the day, or --extract")
    year = years_of(diagnosis) if found.has("diagnosis") else found.whole("year", least=1900)
    unreachable = _reasons(found)
    forms = {name.removeprefix("form_"): _answers(found, name) for name in _named(found, "form_")}
    cuts = {name: groups for name in CUTS if found.has(name) for groups in [group_of(found, name)]}
    told = []
    for register in sorted(set(registers.tolist())):
        own = registers == register
        told.append(
            Linked(
                register, path, date.fromordinal(_EPOCH.toordinal() + int(days[own][0])), year[own],
                diagnosis[own], reported[own], in_cancer[own], in_quality[own],
                None if unreachable is None else unreachable[own],
                {name: form[own] for name, form in forms.items()},
                {name: flags[own] for name, flags in sources.items()},
                {name: groups[own] for name, groups in cuts.items()},
            )
        )  # fmt: skip
    return told


def group_of(found: Columns, name: str) -> Words:
    """A cut's groups as they are shown: regions by code, ages in groups, and UNKNOWN for what is empty."""
    if name == "region":
        known = {
            word: one.code for one in regions() for word in _names_of(one.code, one.name_sv, one.name_en)
        }
        words = found.optional(name)
        places = [UNKNOWN if not word else known.get(word.lower()) for word in words]
        found.refuse(name, [place is None for place in places], "no region; write its code or name")
        return np.array(places, object)
    if name == "age":
        words = found.optional(name)
        found.refuse(name, [bool(word) and not word.isdecimal() for word in words], "not completed years")
        return np.array([age_group(int(word)) if word else UNKNOWN for word in words], object)
    if name == "sex":
        words = found.optional(name)
        coded = [SEX.get(word.lower()) if word else UNKNOWN for word in words]
        found.refuse(name, [word is None for word in coded], "write 1 or male, 2 or female")
        return np.array(coded, object)
    words = found.optional(name)
    found.refuse(name, words == WHOLE, f"'{WHOLE}' stands for everybody; call it something else")
    return np.array([word or UNKNOWN for word in words], object)


def regions_of_units(cuts: Mapping[str, Words]) -> dict[str, str]:
    """The region that most cases of each unit have; empty where the file lacks either column."""
    if "region" not in cuts or "unit" not in cuts:
        return {}
    pairs = Counter(zip(cuts["unit"].tolist(), cuts["region"].tolist(), strict=True))
    return {unit: region for (unit, region), _ in reversed(pairs.most_common())}


def age_group(age: int) -> str:
    """The group of a completed age, as measures cut by it."""
    groups, oldest = AGES_OF["age_group"]
    return next((group for below, group in groups if age < below), oldest)


def _names_of(*names: str) -> Iterator[str]:
    for name in names:
        yield name.lower()
        yield name.lower().removeprefix("region ")


def _named(found: Columns, prefix: str) -> list[str]:
    return [name for name in found.known() if name.startswith(prefix) and name != prefix]


def _flags(found: Columns, name: str) -> Flags:
    return np.asarray(found.coded(name, _YES, "1 or 0, yes or no") == "1", bool)


def _answers(found: Columns, name: str) -> Words:
    """1, 0, or empty for what is not due."""
    words = [_YES.get(word.lower()) if word else "" for word in found.optional(name)]
    found.refuse(name, [word is None for word in words], "write 1, 0, or nothing where the form is not due")
    return np.array(words, object)


def _reasons(found: Columns) -> Words | None:
    if not found.has("unreachable"):
        return None
    words = found.optional("unreachable")
    found.refuse(
        "unreachable", [bool(w) and w not in UNREACHABLE for w in words], "write protected or declined"
    )
    return words


def _extracts(found: Columns, registers: Words, extract: date | None) -> Whole:
    """The day of each row's extract: the one given, or the column's, which is one for each register."""
    if extract is not None:
        return np.full(len(found), (extract - _EPOCH).days, np.int64)
    if not found.has("extract"):
        raise BadInputError(
            f"{found.path}: no day of the extract. Add the column extract, or give --extract."
        )
    days = found.days("extract")
    for register in set(registers.tolist()):
        own = registers == register
        found.refuse(
            "extract", own & (days != days[own][0]), "another day than that register's first row has"
        )
    return days


def years_of(days: Whole) -> Whole:
    """The calendar year of each day."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
