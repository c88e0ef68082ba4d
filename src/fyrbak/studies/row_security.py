"""Row security of studies: read by anybody, since nothing is about a person.

The owner of a study describes it and says how it stands as a whole; each region speaks for its own places.
Pages hide small counts of those included.
"""

from __future__ import annotations

from fyrbak.access.policies import roles_with
from fyrbak.access.roles import Deed
from fyrbak.access.row_security import ADD, Policy, within

_WRITES = roles_with(Deed.FOLLOW_TASKS)
_OWN_STUDY = f"study_id IN (SELECT key FROM studies_study WHERE {within('owner_id')})"


def _by(whose: str) -> Policy:
    return Policy(see="true", write=f"{_WRITES} AND {whose}", may=ADD)


POLICIES = {
    "studies_study": _by(within("owner_id")),
    "studies_registration": _by(_OWN_STUDY),
    "studies_description": _by(_OWN_STUDY),
    "studies_statustold": _by(f"CASE WHEN place_id IS NULL THEN {_OWN_STUDY} ELSE {within('place_id')} END"),
    "studies_included": _by(within("place_id")),
    "studies_targettold": _by(within("region_id")),
    # Somebody may have written in a file what nobody else is to read.
    "studies_refusedrow": Policy(
        see=f"{_WRITES} AND {within('sender_id')}", write=f"{_WRITES} AND {within('sender_id')}", may=ADD
    ),
}
