"""Row security of the review: with the notification whose text it is about."""

from __future__ import annotations

from fyrbak.access.policies import roles_with
from fyrbak.access.roles import Deed
from fyrbak.access.row_security import ADD, Policy

_WRITES = roles_with(Deed.WRITE_REGISTER)  # texts are of persons
_OF_OWN = f"{_WRITES} AND EXISTS (SELECT FROM notifications_notification n WHERE n.id = notification_id)"
_OF_A_READING = "EXISTS (SELECT FROM pathology_review_readtext r WHERE r.id = reading_id)"
_OF_A_PROPOSAL = "EXISTS (SELECT FROM pathology_review_proposal p WHERE p.id = proposal_id)"

POLICIES = {
    "pathology_review_readtext": Policy(see=_OF_OWN, write=_OF_OWN, may=ADD),
    "pathology_review_proposal": Policy(see=_OF_A_READING, write=_OF_A_READING, may=ADD),
    "pathology_review_decision": Policy(see=_OF_A_PROPOSAL, write=_OF_A_PROPOSAL, may=ADD),
}
