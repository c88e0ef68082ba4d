"""Row security of returned referrals: seen by those who register or lead pathways, written by the former."""

from __future__ import annotations

from fyrbak.access.policies import roles_with
from fyrbak.access.roles import Deed
from fyrbak.access.row_security import ADD, Policy, within

_REGISTERS, _LEADS = roles_with(Deed.REGISTER_EVENTS), roles_with(Deed.LEAD_PATHWAYS)
_OWN = within("receiver_id")
_SEEN = Policy(see=f"({_REGISTERS} OR {_LEADS}) AND {_OWN}", write=f"{_REGISTERS} AND {_OWN}", may=ADD)

POLICIES = {"returns_returned": _SEEN, "returns_received": _SEEN}
