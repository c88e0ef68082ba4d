"""Lists of persons and the access log: the function of the database that shows whom, after it has said so.

A list that is shown is an entry of the kind ``listed``, with whom it showed kept beside it. Numbers come with
that entry alone.
"""
# ruff: noqa: S608 - statements are put together from the program's own names

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from fyrbak.access.persons import names_of_roles_with
from fyrbak.access.roles import Deed
from fyrbak.records.holding import holds


def showing(name: str, *, deed: Deed, in_sight: str, kept: str) -> str:
    """The function ``name(shown, page)`` of the database, which gives person, pseudonym and number.

    ``in_sight`` is a query for the ids of those among ``shown`` whom whoever sits may see, and ``kept`` the
    table in which whom a list showed is kept.
    """
    return f"""
CREATE OR REPLACE FUNCTION {name}(shown bigint[], page text)
RETURNS TABLE (person_id bigint, pseudonym bigint, number text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    seat jsonb := access_seat();
    whom bigint[];
    entry bigint;
BEGIN
    IF NOT COALESCE(seat ->> 'role' IN ({names_of_roles_with(deed)}), false) THEN
        RAISE insufficient_privilege USING MESSAGE = 'the role may not see lists of these persons';
    END IF;
    whom := ARRAY({in_sight});
    INSERT INTO access_entry (kind, account_id, name, role, organisation_id, pseudonym, home, what, why)
        VALUES ('listed', (seat ->> 'account')::bigint, seat ->> 'name', seat ->> 'role',
            seat ->> 'organisation',
            (SELECT p.pseudonym FROM records_person p WHERE cardinality(whom) = 1 AND p.id = whom[1]),
            '', page, '')
        RETURNING id INTO entry;
    INSERT INTO {kept} (entry_id, pseudonyms)
        SELECT entry, COALESCE(array_agg(p.pseudonym ORDER BY p.pseudonym), '{{}}')
        FROM records_person p WHERE p.id = ANY (whom);
    RETURN QUERY SELECT p.id, p.pseudonym, COALESCE((
            SELECT i.number::text FROM records_identity i
            WHERE i.person_id = p.id AND {holds("i")} AND i.valid_to IS NULL
            ORDER BY i.kind = 'pnr' DESC, i.id DESC LIMIT 1), '')
        FROM records_person p WHERE p.id = ANY (whom);
END
$$
"""


def shown(name: str, persons: Sequence[int], *, page: str) -> dict[int, str]:
    """Ask such a function what each of the persons is called to whoever sits now.

    That is the personal number where the records have one, else the pseudonym. ``persons`` are ids of first
    versions; those out of sight are left out, and told by nothing. ``page`` says which list it was.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name}(%s, %s)", [list(persons), page])
        return {person: number or str(pseudonym) for person, pseudonym, number in cursor.fetchall()}
