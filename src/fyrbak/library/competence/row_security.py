"""Row security of competence: sums without people, read by anybody, written by those who follow tasks."""

from __future__ import annotations

from fyrbak.access.policies import roles_with
from fyrbak.access.roles import Deed
from fyrbak.access.row_security import ADD, Policy, within

_OWN = within("organisation_id")
_WRITES = f"{roles_with(Deed.FOLLOW_TASKS)} AND {_OWN}"

POLICIES = {
    "competence_completion": Policy(see="true", write=_WRITES, may=ADD),
    "competence_staffing": Policy(see="true", write=_WRITES, may=ADD),
    # Somebody may have written in a file what nobody else is to read.
    "competence_refusedrow": Policy(see=_WRITES, write=_WRITES, may=ADD),
}
