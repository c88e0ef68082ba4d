"""Row security of the year: a group is seen by its owner's organisations and by those that have a seat in it.

Only the owner's side writes. A seat, a meeting and all that is written at one follow their group.
"""

from __future__ import annotations

from fyrbak.access.policies import roles_with
from fyrbak.access.roles import Deed
from fyrbak.access.row_security import ADD, CHANGE, Policy, within

# Asked once for each query. They read as the owner: groups and members would ask each other in a circle.
FUNCTIONS = (
    """
    CREATE OR REPLACE FUNCTION year_own_groups() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT id FROM year_steeringgroup WHERE owner_id = ANY ((SELECT access_scope())::text[])
    $$
    """,
    """
    CREATE OR REPLACE FUNCTION year_seen_groups() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT year_own_groups()
        UNION
        SELECT group_id FROM year_member WHERE organisation_id = ANY ((SELECT access_scope())::text[])
    $$
    """,
)

_RUNS = roles_with(Deed.RUN_MEETING)
_SEEN = "IN (SELECT year_seen_groups())"
_OWN = "IN (SELECT year_own_groups())"


def _of_group(may: str = CHANGE) -> Policy:
    return Policy(see=f"group_id {_SEEN}", write=f"{_RUNS} AND group_id {_OWN}", may=may)


def _of_meeting(may: str = CHANGE) -> Policy:
    meeting = "EXISTS (SELECT FROM year_meeting m WHERE m.id = meeting_id AND m.group_id {})"
    return Policy(see=meeting.format(_SEEN), write=f"{_RUNS} AND {meeting.format(_OWN)}", may=may)


POLICIES = {
    # A group is seen by its owner as soon as it is written, when the functions do not know of it yet.
    "year_steeringgroup": Policy(
        see=f"{within('owner_id')} OR id {_SEEN}", write=f"{_RUNS} AND {within('owner_id')}"
    ),
    "year_member": _of_group(),
    "year_standingitem": _of_group(),
    "year_rhythm": _of_group(ADD),
    "year_meeting": _of_group(),
    "year_meetingchange": _of_meeting(ADD),
    "year_agendaitem": _of_meeting(),
    "year_attendance": _of_meeting(),
    "year_decision": _of_meeting(),
    "year_minutes": _of_meeting(ADD),
    # Whoever owns a decided activity says how far it has come, also from another organisation.
    "year_decisionstatus": Policy(
        see="EXISTS (SELECT FROM year_decision d WHERE d.id = decision_id)",
        write="EXISTS (SELECT FROM year_decision d JOIN year_meeting m ON m.id = d.meeting_id"
        " LEFT JOIN year_member o ON o.id = d.owner_id WHERE d.id = decision_id"
        f" AND ({_RUNS} AND m.group_id {_OWN} OR {within('o.organisation_id')}))",
        may=ADD,
    ),
}
