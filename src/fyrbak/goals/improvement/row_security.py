"""Row security of the improvement work.

What is said of the strategy's tasks is public, as the strategy is. A project is public from the day it is
granted money; before that, and if it never is, it is seen by those whose project it is and by those who
decide. Who had a conflict of interest is seen by those who decide alone. Letters belong to whom they are
sent to.
"""

from __future__ import annotations

from fyrbak.access.policies import roles_with
from fyrbak.access.roles import Deed
from fyrbak.access.row_security import ADD, Policy, within

_SEEN = "EXISTS (SELECT FROM improvement_project p WHERE p.id = project_id)"
_OWN = f"EXISTS (SELECT FROM improvement_project p WHERE p.id = project_id AND {within('p.organisation_id')})"
_DECIDED_HERE = (
    "EXISTS (SELECT FROM improvement_project p JOIN improvement_call c ON c.id = p.call_id"
    f" WHERE p.id = project_id AND {within('c.organisation_id')})"
)
_OWN_CALLS = f"SELECT id FROM improvement_call WHERE {within('organisation_id')}"
_DECIDES = f"{_DECIDED_HERE} AND {roles_with(Deed.DECIDE_PROJECT)}"
_MINE = "account_id = (SELECT access_account())"

POLICIES = {
    "improvement_taskstatus": Policy(see="true", write=within("organisation_id"), may=ADD),
    "improvement_call": Policy(see="true", write=within("organisation_id"), may="INSERT, DELETE"),
    "improvement_project": Policy(
        see=f"public OR {within('organisation_id')} OR call_id IN ({_OWN_CALLS})",
        write=within("organisation_id"),
        may=ADD,
    ),
    "improvement_application": Policy(see=_SEEN, write=f"{_OWN} AND {_MINE}", may=ADD),
    "improvement_interest": Policy(see=_DECIDED_HERE, write=_DECIDES, may=ADD),
    "improvement_decision": Policy(see=_SEEN, write=f"{_DECIDES} AND {_MINE}", may=ADD),
    "improvement_reading": Policy(see=_SEEN, write=_OWN, may=ADD),
    "improvement_projectreport": Policy(see=_SEEN, write=_OWN, may=ADD),
    "improvement_spread": Policy(see=_SEEN, write=_OWN, may=ADD),
    "improvement_letterchoice": Policy(see=_MINE, write=_MINE),
    # Letters are sent, and the log of them written, by the command.
    "improvement_sentdigest": Policy(
        see=f"{_MINE} OR {roles_with(Deed.ADMINISTER)} AND account_id IN (SELECT access_accounts_within())"
    ),
}
