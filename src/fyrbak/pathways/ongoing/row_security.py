"""Row security of those who follow pathways: cases and corrections of the own organisation.

What is blocked by the patient, and who has a protected identity, is in no list. Bookings are seen with the
case. A list that is shown is an entry in the access log, written before it gives any number.
"""

from __future__ import annotations

from fyrbak.access.policies import roles_with
from fyrbak.access.roles import Deed
from fyrbak.access.row_security import ADD, Open, Policy, within
from fyrbak.pathways.ongoing import merging, showing

_FOLLOWS = roles_with(Deed.FOLLOW_PATHWAYS)
_REGISTERS = roles_with(Deed.REGISTER_EVENTS)
_OWN = f"NOT hidden AND ({within('region_id')} OR {within('unit_id')})"
_OF_A_CASE = (
    "EXISTS (SELECT FROM ongoing_case c WHERE c.person_id = ongoing_booking.person_id"
    " AND c.pathway = ongoing_booking.pathway)"
)
_OF_A_BOOKING = "EXISTS (SELECT FROM ongoing_booking b WHERE b.id = booking_id)"
_OF_A_CORRECTION = "EXISTS (SELECT FROM ongoing_correction c WHERE c.id = correction_id)"

POLICIES = {
    "ongoing_case": Policy(see=f"{_FOLLOWS} AND {_OWN}"),
    "ongoing_correction": Policy(see=f"{_FOLLOWS} AND {_OWN}"),
    "ongoing_closing": Policy(see=_OF_A_CORRECTION, write=f"{_REGISTERS} AND {_OF_A_CORRECTION}", may=ADD),
    "ongoing_booking": Policy(see=_OF_A_CASE, write=f"{_REGISTERS} AND {_OF_A_CASE}", may=ADD),
    "ongoing_cancellation": Policy(see=_OF_A_BOOKING, write=f"{_REGISTERS} AND {_OF_A_BOOKING}", may=ADD),
}
OPEN = {"ongoing_refresh": Open("when all lists were last made, and from what, is nobody's own")}
CLOSED = {"ongoing_listed": "who stood in a list is read by those who answer a patient's question"}
FUNCTIONS = (*merging.FUNCTIONS, *showing.FUNCTIONS)
