"""Codes of tumours as files have them, and the register's tables of codes."""

from __future__ import annotations

import csv

from fyrbak.definitions import CONTENT
from fyrbak.records.columns import Columns

FOLDER = CONTENT / "registers"
BEHAVIOURS = ("0", "1", "2", "3", "6", "9")


def lines(name: str) -> list[dict[str, str]]:
    """The rows of a table of codes."""
    text = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in text if not line.startswith("#")))


def tumour_codes(found: Columns) -> list[tuple[str, int, str]]:
    """Site, morphology and behaviour of each row of ICD-O-3: C50.4 or C504; 8500/3, or 8500 and 3.

    Raises BadInputError with the line of the first code that is none.
    """
    topography = [word.upper().replace(".", "") for word in found.words("topography")]
    found.refuse(
        "topography", [not _is_site(word) for word in topography], "not an ICD-O-3 site such as C50.4"
    )
    return [(site, *code) for site, code in zip(topography, morphology_codes(found), strict=True)]


def morphology_codes(found: Columns) -> list[tuple[int, str]]:
    """Morphology and behaviour of each row of ICD-O-3: 8500/3, or 8500 and 3.

    Raises BadInputError with the line of the first code that is none.
    """
    codes = [word.partition("/") for word in found.words("morphology")]
    wrong = [not (len(code) == 4 and code.isdecimal()) for code, _, _ in codes]
    found.refuse("morphology", wrong, "not an ICD-O-3 morphology such as 8500/3")
    own = found.optional("behaviour").tolist() if found.has("behaviour") else [""] * len(found)
    behaviour = [told or behind for told, (_, _, behind) in zip(own, codes, strict=True)]
    where = "behaviour" if found.has("behaviour") else "morphology"
    none = [word not in BEHAVIOURS for word in behaviour]
    found.refuse(where, none, f"no behaviour: give one of {', '.join(BEHAVIOURS)}")
    return [(int(code), how) for (code, _, _), how in zip(codes, behaviour, strict=True)]


def _is_site(word: str) -> bool:
    return len(word) == 4 and word[0] == "C" and word[1:].isdecimal()
