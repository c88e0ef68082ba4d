"""Row security of the months' lists: those of the own organisation, for whoever follows pathways.

A row shows as long as its correction does: what the patient has blocked since is on no list, of any month.
"""

from __future__ import annotations

from fyrbak.access.policies import roles_with
from fyrbak.access.roles import Deed
from fyrbak.access.row_security import Policy, within

_FOLLOWS = roles_with(Deed.FOLLOW_PATHWAYS)
_OF_A_LIST = "EXISTS (SELECT FROM monthly_monthlist m WHERE m.id = list_id)"
_IN_SIGHT = (
    "(EXISTS (SELECT FROM ongoing_correction c WHERE c.id = correction_id)"
    " OR EXISTS (SELECT FROM pathway_events_refusedrow r WHERE r.id = refused_id))"
)

POLICIES = {
    "monthly_monthlist": Policy(see=f"{_FOLLOWS} AND {within('place_id')}"),
    "monthly_listed": Policy(see=f"{_OF_A_LIST} AND {_IN_SIGHT}"),
}
