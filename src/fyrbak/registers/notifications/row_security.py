"""Row security of notifications: tumours of those who live, or are notified, in the own organisation.

Who has a protected identity is in no list. What has been notified and decided of a person is seen with the
person's tumours. Rows of notifications are made by a function of the owner, which refuses other places.
"""

from __future__ import annotations

from fyrbak.access.lists import showing
from fyrbak.access.policies import roles_with
from fyrbak.access.roles import Deed
from fyrbak.access.row_security import ADD, Policy, within
from fyrbak.registers.notifications import replacing

_WRITES = roles_with(Deed.WRITE_REGISTER)  # persons are named here; who only reads sees sums elsewhere
_IN_AREA = f"({within('region_id')} OR areas && ((SELECT access_scope())::varchar[]))"
_OWN = f"{_WRITES} AND NOT hidden AND {_IN_AREA}"
_OF_OWN = f"{_WRITES} AND person_id IN (SELECT t.person_id FROM notifications_tumour t)"
_OF_A_FINDING = "EXISTS (SELECT FROM notifications_finding f WHERE f.id = finding_id)"
_OF_A_FILE = "EXISTS (SELECT FROM notifications_notificationfile f WHERE f.id = file_id)"

POLICIES = {
    "notifications_tumour": Policy(see=_OWN),
    "notifications_doubt": Policy(see=_OWN),
    "notifications_finding": Policy(see=_OWN),
    "notifications_notification": Policy(see=_OF_OWN),
    "notifications_ruling": Policy(see=_OF_OWN, write=_OF_OWN, may=ADD),
    "notifications_reminder": Policy(see=_OF_OWN, write=_OF_OWN, may=ADD),
    "notifications_closing": Policy(see=_OF_A_FINDING, write=f"{_WRITES} AND {_OF_A_FINDING}", may=ADD),
    "notifications_notificationfile": Policy(see=f"{_WRITES} AND {within('region_id')}"),
    "notifications_refusedrow": Policy(see=f"{_WRITES} AND {_OF_A_FILE}"),
}
CLOSED = {
    "notifications_notifyingsource": "said and read by commands",
    "notifications_yearlydelivery": "made and shown by a command",
    "notifications_listed": "who stood in a list is read by those who answer a patient's question",
}
_SHOWN = """
    SELECT DISTINCT t.person_id FROM notifications_tumour t WHERE t.person_id = ANY (shown) AND NOT t.hidden
        AND (t.region_id = ANY (access_scope()) OR t.areas && access_scope()::varchar[])
"""
FUNCTIONS = (
    *replacing.FUNCTIONS,
    showing("notifications_show", deed=Deed.WRITE_REGISTER, in_sight=_SHOWN, kept="notifications_listed"),
)
