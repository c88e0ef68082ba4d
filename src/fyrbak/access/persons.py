"""Row security of what is known about persons: nobody's record is read without an entry in the access log.

A person's rows are seen only by whoever has opened that person, in that role, within the last half hour,
and the one way to open somebody is ``access_open_person``, which writes the entry first. Within the own
organisation (the person lives there, or has been cared for there) a reason is enough. Otherwise, and where
the record is blocked or the identity protected, the glass has to be broken. Who is not found and who is not
one's own get the same answer.
"""

from __future__ import annotations

import re

from django.apps import apps
from django.db import models

from fyrbak.access.roles import DEEDS, Deed
from fyrbak.access.row_security import Policy
from fyrbak.records.holding import holds
from fyrbak.records.models import Person
from fyrbak.records.models.envelope import ClinicalRecord, Fact

OPEN_FOR = "30 minutes"
SHORTEST_REASON = 10  # letters


def names_of_roles_with(deed: Deed) -> str:
    """The roles that may do something, as a list in SQL."""
    return ", ".join(f"'{role}'" for role, deeds in DEEDS.items() if deed in deeds)


def _tables(below: type[models.Model]) -> list[type[models.Model]]:
    """The models of this kind that are tables."""
    return [model for model in apps.get_models() if issubclass(model, below)]


def _cared_for() -> str:
    """The condition that a person has been cared for in the scope."""
    return " OR ".join(
        f"EXISTS (SELECT FROM {model._meta.db_table} r WHERE r.person_id = chosen.id AND r.CURRENT"
        " AND (r.region_id = ANY (scope) OR r.unit_id = ANY (scope)))"
        for model in _tables(ClinicalRecord)
    )


_OPEN_PERSON = """
CREATE OR REPLACE FUNCTION access_open_person(number text, why text, glass boolean) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    seat jsonb := access_seat();
    scope text[] := access_scope();
    chosen records_person%ROWTYPE;
    lives text := '';
    kind text := 'not-found';
    entry text;
BEGIN
    IF NOT COALESCE(seat ->> 'role' IN (<readers>), false)
        OR glass AND seat ->> 'role' NOT IN (<breakers>) THEN
        RAISE insufficient_privilege USING MESSAGE = 'the role may not open a person''s record';
    END IF;
    IF length(btrim(why)) < <shortest> THEN
        RAISE check_violation USING MESSAGE = 'a person''s record is opened for a stated reason';
    END IF;
    SELECT first.* INTO chosen FROM records_person first WHERE first.version = 1 AND first.pseudonym = (
        SELECT found.pseudonym FROM (
            SELECT p.pseudonym FROM records_person p
                WHERE p.CURRENT AND p.pseudonym = CASE WHEN number ~ '^[0-9]{1,19}$' THEN
                    CASE WHEN number::numeric <= 9223372036854775807 THEN number::bigint END END
            UNION ALL
            SELECT p.pseudonym FROM records_person p
                WHERE p.CURRENT AND p.source_key IN (SELECT code || '|' || number FROM records_source)
            UNION ALL
            SELECT p.pseudonym FROM records_identity i JOIN records_person p ON p.id = i.person_id
                WHERE i.number = access_open_person.number AND i.CURRENT
        ) found LIMIT 1
    );
    IF chosen.id IS NOT NULL THEN
        SELECT COALESCE(r.region_id, '') INTO lives FROM records_residence r
            WHERE r.person_id = chosen.id AND r.CURRENT ORDER BY r.start_date DESC LIMIT 1;
        lives := COALESCE(lives, '');
        IF glass THEN
            kind := 'broke-glass';
        ELSIF (lives = ANY (scope) OR <cared_for>) AND NOT EXISTS (
            SELECT FROM records_person p
                WHERE p.pseudonym = chosen.pseudonym AND p.CURRENT AND p.visibility <> 'normal'
        ) THEN
            kind := 'opened';
        END IF;
    END IF;
    INSERT INTO access_entry (kind, account_id, name, role, organisation_id, pseudonym, home, what, why)
        VALUES (kind, (seat ->> 'account')::bigint, seat ->> 'name', seat ->> 'role', seat ->> 'organisation',
            CASE WHEN kind <> 'not-found' THEN chosen.pseudonym END,
            CASE WHEN kind <> 'not-found' THEN lives ELSE '' END, 'person', btrim(why))
        RETURNING hash INTO entry;
    RETURN CASE WHEN kind <> 'not-found' THEN entry END;
END
$$
"""

# Whoever opened a person reads on for a while; each page that is shown is an entry of its own.
_READ_PERSON = """
CREATE OR REPLACE FUNCTION access_read_person(opening text, page text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    opened access_entry%ROWTYPE;
BEGIN
    SELECT * INTO opened FROM access_entry e WHERE e.hash = opening AND e.id IN (SELECT access_openings());
    IF opened.id IS NOT NULL THEN
        INSERT INTO access_entry
            (kind, account_id, name, role, organisation_id, pseudonym, home, what, why, about_id)
            VALUES ('read', opened.account_id, opened.name, opened.role, opened.organisation_id,
                opened.pseudonym, opened.home, page, opened.why, opened.id);
    END IF;
    RETURN opened.pseudonym;
END
$$
"""

_OPENINGS = """
CREATE OR REPLACE FUNCTION access_openings() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT e.id FROM access_entry e
    WHERE e.account_id = (SELECT access_account()) AND e.role = (SELECT access_role())
        AND e.organisation_id = (SELECT access_seat() ->> 'organisation')
        AND e.kind IN ('opened', 'broke-glass') AND e.at > now() - interval '<open_for>'
$$
"""

_OPENED = """
CREATE OR REPLACE FUNCTION access_opened() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.id FROM access_entry e JOIN records_person p ON p.pseudonym = e.pseudonym
    WHERE e.id IN (SELECT access_openings())
$$
"""

# A review is an entry as well, by somebody else than the one who opened the record.
_REVIEW = """
CREATE OR REPLACE FUNCTION access_review(opening text, note text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    seat jsonb := access_seat();
    opened access_entry%ROWTYPE;
BEGIN
    IF NOT COALESCE(seat ->> 'role' IN (<reviewers>), false) THEN
        RAISE insufficient_privilege USING MESSAGE = 'the role may not review the access log';
    END IF;
    SELECT * INTO opened FROM access_entry e WHERE e.hash = opening
        AND (e.organisation_id = ANY (access_scope()) OR e.home = ANY (access_scope()));
    IF opened.id IS NULL OR opened.account_id = (seat ->> 'account')::bigint THEN
        RETURN false;
    END IF;
    INSERT INTO access_entry
        (kind, account_id, name, role, organisation_id, pseudonym, home, what, why, about_id)
        VALUES ('reviewed', (seat ->> 'account')::bigint, seat ->> 'name', seat ->> 'role',
            seat ->> 'organisation', opened.pseudonym, opened.home, 'access-log', btrim(note), opened.id);
    RETURN true;
END
$$
"""

_WORDS = {
    "readers": names_of_roles_with(Deed.READ_PERSON),
    "breakers": names_of_roles_with(Deed.BREAK_GLASS),
    "reviewers": names_of_roles_with(Deed.REVIEW_ACCESS),
    "shortest": str(SHORTEST_REASON),
    "cared_for": _cared_for(),
    "open_for": OPEN_FOR,
}


def _filled_in(function: str) -> str:
    """The function with the roles that may, and with what holds now for ``CURRENT`` of a row."""
    told = re.sub("<([a-z_]+)>", lambda found: _WORDS[found[1]], function)
    return re.sub(r"(\w+)\.CURRENT", lambda found: holds(found[1]), told)


FUNCTIONS = tuple(map(_filled_in, (_OPENINGS, _OPENED, _OPEN_PERSON, _READ_PERSON, _REVIEW)))
POLICIES = {
    model._meta.db_table: Policy(
        see=f"{'id' if model is Person else 'person_id'} IN (SELECT access_opened())"
    )
    for model in _tables(Fact)
    if model._meta.model_name != "identity"
}
CLOSED = {"records_identity": "a number finds its person through access_open_person alone"}
