"""Row security of messages: those who may send them see the own organisation's, and what became of them."""

from __future__ import annotations

from fyrbak.access.policies import roles_with
from fyrbak.access.roles import Deed
from fyrbak.access.row_security import ADD, Policy, within

_SENDS = f"({roles_with(Deed.WRITE_REGISTER)} OR {roles_with(Deed.REGISTER_EVENTS)})"
_OWN = f"{_SENDS} AND {within('organisation_id')}"
_OF_OWN = "EXISTS (SELECT FROM inbox_message m WHERE m.key = message_id)"

POLICIES = {
    "inbox_message": Policy(see=_OWN, write=_OWN, may=ADD),
    "inbox_release": Policy(see=_OF_OWN, write=_OF_OWN, may=ADD),
    "inbox_outcome": Policy(see=_OF_OWN),
}
