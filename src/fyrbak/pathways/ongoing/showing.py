"""Lists of persons and the access log: what is shown is an entry first, and numbers come with it alone."""
# ruff: noqa: S608 - statements are put together from the program's own names

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from fyrbak.access.lists import showing, shown
from fyrbak.access.persons import names_of_roles_with
from fyrbak.access.roles import Deed

_IN_SIGHT = """
        SELECT DISTINCT o.person_id FROM (
            SELECT c.person_id, c.region_id, c.unit_id, c.hidden FROM ongoing_case c
                WHERE c.person_id = ANY (shown)
            UNION ALL
            SELECT c.person_id, c.region_id, c.unit_id, c.hidden FROM ongoing_correction c
                WHERE c.person_id = ANY (shown)
            UNION ALL
            SELECT t.person_id, t.organisation_id, NULL, false FROM pathway_events_task t
                WHERE t.person_id = ANY (shown)
        ) o WHERE NOT o.hidden AND (o.region_id = ANY (access_scope()) OR o.unit_id = ANY (access_scope()))
"""
_HIDDEN = f"""
CREATE OR REPLACE FUNCTION ongoing_hidden() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM ongoing_case c
    WHERE c.hidden AND c.end_date IS NULL AND access_role() IN ({names_of_roles_with(Deed.FOLLOW_PATHWAYS)})
        AND (c.region_id = ANY ((SELECT access_scope())::text[])
            OR c.unit_id = ANY ((SELECT access_scope())::text[]))
$$
"""
FUNCTIONS = (
    showing("ongoing_show", deed=Deed.FOLLOW_PATHWAYS, in_sight=_IN_SIGHT, kept="ongoing_listed"),
    _HIDDEN,
)


def show(persons: Sequence[int], *, page: str) -> dict[int, str]:
    """What each of the persons is called to whoever sits now, written into the access log as it is told.

    ``persons`` are ids of first versions; those out of sight are left out. ``page`` says which list it was.
    """
    return shown("ongoing_show", persons, page=page)


def hidden() -> int:
    """How many ongoing cases of the own organisation are in no list, blocked or of protected identity."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ongoing_hidden()")
        return int(cursor.fetchone()[0])
