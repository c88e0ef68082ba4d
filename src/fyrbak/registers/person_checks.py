"""What the checks ask of persons, beyond SQL: what an identity number says, and who is told twice."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from fyrbak.records.identity import parse_identities
from fyrbak.registers.primaries import Tumour, primaries
from fyrbak.registers.tumour_files import Tumours

# A rule that needs one of these columns may ask for what :func:`tell` finds out.
ABOUT_PERSONS = ("identity", "patient")
_SEVERAL = """
SELECT alike, patient, topography, morphology, coalesce(behaviour, '3') AS behaviour, laterality,
    incidence_from, incidence_to
FROM known WHERE patient IS NOT NULL AND topography IS NOT NULL AND morphology IS NOT NULL
    AND incidence_from IS NOT NULL AND incidence_to IS NOT NULL
QUALIFY count(*) OVER (PARTITION BY patient) > 1
"""


def tell(tumours: Tumours, today: date) -> None:
    """Make the table ``person``, a row for all records that are alike.

    ``identity_error`` (a key of :data:`fyrbak.records.identity.ERRORS`), ``identity_birth`` and
    ``identity_sex`` (M, F) are what its number says on the day; ``told_twice`` is true of a record that is
    the same tumour of its patient as another, by IARC's rule of 2004.
    """
    numbers = tumours.database.sql("SELECT alike, identity FROM known ORDER BY alike").to_arrow_table()
    said = parse_identities(numbers["identity"], today)
    twice = _told_twice(tumours)
    person = pa.table(
        {
            "alike": numbers["alike"],
            **{f"identity_{name}": said[own] for name, own in _SAID.items()},
            "told_twice": pc.is_in(numbers["alike"], pa.array(twice, pa.int64())),
        }
    )
    tumours.database.register("told", person)
    tumours.database.execute("CREATE OR REPLACE TEMP TABLE person AS SELECT * FROM told")
    tumours.database.unregister("told")


_SAID = {"error": "error", "birth": "birth_date", "sex": "sex"}


def _told_twice(tumours: Tumours) -> list[int]:
    """The records that are the same tumour as another of their patient."""
    if not {"patient", "topography", "morphology", "incidence"} <= set(tumours.columns):
        return []
    rows = tumours.database.sql(_SEVERAL).to_arrow_table().to_pylist()
    known = [
        Tumour(
            row["patient"], str(row["alike"]), row["incidence_from"], row["incidence_to"], row["topography"],
            row["morphology"], row["behaviour"], row["laterality"] or "",
        )
        for row in rows
    ]  # fmt: skip
    return [int(one.tumour) for one in primaries(known, "iarc2004") if one.duplicate]
