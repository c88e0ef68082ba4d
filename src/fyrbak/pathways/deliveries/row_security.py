"""Row security of deliveries: a region's own, for those who deliver."""

from __future__ import annotations

from fyrbak.access.policies import roles_with
from fyrbak.access.roles import Deed
from fyrbak.access.row_security import ADD, Policy, within

_DELIVERS = roles_with(Deed.DELIVER_PATHWAYS)
_OWN = f"{within('region_id')} AND {_DELIVERS}"
_OWN_DELIVERY = "EXISTS (SELECT FROM deliveries_delivery d WHERE d.id = delivery_id)"
_OWN_RECEIPT = "EXISTS (SELECT FROM deliveries_receipt r WHERE r.id = receipt_id)"

POLICIES = {
    # Pages write no identified delivery: the command alone does, where the settings give a reason.
    "deliveries_delivery": Policy(see=_OWN, write=f"{_OWN} AND NOT identified", may=ADD),
    "deliveries_receipt": Policy(see=_OWN_DELIVERY, write=_OWN_DELIVERY, may=ADD),
    "deliveries_refusedrow": Policy(see=_OWN_RECEIPT, write=_OWN_RECEIPT, may=ADD),
    "deliveries_keptfile": Policy(see=_OWN, write=_OWN, may=ADD),
    "deliveries_statement": Policy(see=_OWN, write=_OWN, may=ADD),
}
