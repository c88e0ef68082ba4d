"""Lists of persons and the access log: what is shown is an entry first, and numbers come with it alone."""
# ruff: noqa: S608 - statements are put together from the program's own names

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from fyrbak.access.persons import names_of_roles_with
from fyrbak.access.roles import Deed

_SHOW = f"""
CREATE OR REPLACE FUNCTION ongoing_show(shown bigint[], page text)
RETURNS TABLE (person_id bigint, pseudonym bigint, number text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    seat jsonb := access_seat();
    whom bigint[];
    entry bigint;
BEGIN
    IF NOT COALESCE(seat ->> 'role' IN ({names_of_roles_with(Deed.FOLLOW_PATHWAYS)}), false) THEN
        RAISE insufficient_privilege USING MESSAGE = 'the role may not see whose pathways are ongoing';
    END IF;
    whom := ARRAY(
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
    );
    INSERT INTO access_entry (kind, account_id, name, role, organisation_id, pseudonym, home, what, why)
        VALUES ('listed', (seat ->> 'account')::bigint, seat ->> 'name', seat ->> 'role',
            seat ->> 'organisation',
            (SELECT p.pseudonym FROM records_person p WHERE cardinality(whom) = 1 AND p.id = whom[1]),
            '', page, '')
        RETURNING id INTO entry;
    INSERT INTO ongoing_listed (entry_id, pseudonyms)
        SELECT entry, COALESCE(array_agg(p.pseudonym ORDER BY p.pseudonym), '{{}}')
        FROM records_person p WHERE p.id = ANY (whom);
    RETURN QUERY SELECT p.id, p.pseudonym, COALESCE((
            SELECT i.number::text FROM records_identity i
            WHERE i.person_id = p.id AND i.known_to IS NULL AND i.status <> 'retracted' AND i.valid_to IS NULL
            ORDER BY i.kind = 'pnr' DESC, i.id DESC LIMIT 1), '')
        FROM records_person p WHERE p.id = ANY (whom);
END
$$
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
FUNCTIONS = (_SHOW, _HIDDEN)


def show(persons: Sequence[int], *, page: str) -> dict[int, str]:
    """What each of the persons is called to whoever sits now, written into the access log as it is told.

    That is the personal number where the records have one, else the pseudonym. ``persons`` are ids of first
    versions; those out of sight are left out, and told by nothing. ``page`` says which list it was.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ongoing_show(%s, %s)", [list(persons), page])
        return {person: number or str(pseudonym) for person, pseudonym, number in cursor.fetchall()}


def hidden() -> int:
    """How many ongoing cases of the own organisation are in no list, blocked or of protected identity."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ongoing_hidden()")
        return int(cursor.fetchone()[0])
