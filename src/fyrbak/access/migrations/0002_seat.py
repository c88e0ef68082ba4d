"""Who sits at a connection, and what they see: decided by the database, from the roles that are held today.

``access_enter`` writes the seat into the connection's own settings with a seal that only the database can
make, so that nobody takes a seat by writing the setting. All later questions read the sealed seat.
"""

from django.db import migrations

SEAL = """
CREATE TABLE access_seal (secret text NOT NULL);
INSERT INTO access_seal
    SELECT string_agg(gen_random_uuid()::text, '') FROM generate_series(1, 4);

CREATE FUNCTION access_sealed(seat text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT encode(sha256(convert_to(secret || seat, 'UTF8')), 'hex') FROM access_seal
$$;
REVOKE ALL ON FUNCTION access_sealed(text) FROM PUBLIC;
"""

TODAY = """
CREATE FUNCTION access_today() RETURNS date
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT (now() AT TIME ZONE 'Europe/Stockholm')::date
$$;
"""

# An organisation and all that is part of it: a region has hospitals and municipalities, these have units, a
# regional cancer centre has those who are its members on the day, and the country has everything.
SCOPE_OF = """
CREATE FUNCTION access_scope_of(organisation text, day date) RETURNS text[]
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH RECURSIVE inside(code) AS (
        SELECT code FROM records_organisation WHERE code = organisation
        UNION
        SELECT part.code FROM inside CROSS JOIN LATERAL (
            SELECT o.code FROM records_organisation o WHERE o.parent_id = inside.code
            UNION ALL
            SELECT m.member_id FROM records_membership m
            WHERE m.rcc_id = inside.code AND (m.valid_from IS NULL OR m.valid_from <= day)
                AND (m.valid_to IS NULL OR m.valid_to >= day)
        ) part
    )
    SELECT array_agg(code ORDER BY code) FROM inside
$$;
"""

ENTER = """
CREATE FUNCTION access_enter(account bigint, held bigint) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    seat jsonb;
BEGIN
    SELECT jsonb_build_object(
            'account', a.id, 'name', a.name, 'held', h.id, 'role', h.role, 'organisation', h.organisation_id,
            'scope', to_jsonb(access_scope_of(h.organisation_id, access_today())))
        INTO seat
        FROM access_account a JOIN access_roleheld h ON h.account_id = a.id
        WHERE a.id = access_enter.account AND a.is_active AND h.valid_from <= access_today()
            AND (h.valid_to IS NULL OR h.valid_to >= access_today())
        ORDER BY h.id = access_enter.held DESC NULLS LAST, h.id LIMIT 1;
    PERFORM set_config('fyrbak.seat', COALESCE(seat::text, ''), false),
        set_config('fyrbak.seal', COALESCE(access_sealed(seat::text), ''), false);
    RETURN seat;
END
$$;

CREATE FUNCTION access_seat() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN current_setting('fyrbak.seal', true) = access_sealed(current_setting('fyrbak.seat', true))
        THEN current_setting('fyrbak.seat', true)::jsonb END
$$;
"""

QUESTIONS = """
CREATE FUNCTION access_scope() RETURNS text[]
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT ARRAY(SELECT jsonb_array_elements_text(access_seat() -> 'scope'))
$$;
CREATE FUNCTION access_account() RETURNS bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT (access_seat() ->> 'account')::bigint
$$;
CREATE FUNCTION access_role() RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT access_seat() ->> 'role'
$$;
"""

# What somebody was, and when, stays known; only the last day of a role can be set.
HISTORY = """
CREATE FUNCTION access_role_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unended record;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        unended := NEW;
        unended.valid_to := OLD.valid_to;
        IF unended IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a role that was held stays known: end it, and give another'
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER roleheld_stays BEFORE UPDATE OR DELETE ON access_roleheld
    FOR EACH ROW EXECUTE FUNCTION access_role_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = [
        migrations.RunSQL(SEAL, "DROP FUNCTION access_sealed(text); DROP TABLE access_seal"),
        migrations.RunSQL(TODAY, "DROP FUNCTION access_today()"),
        migrations.RunSQL(SCOPE_OF, "DROP FUNCTION access_scope_of(text, date)"),
        migrations.RunSQL(ENTER, "DROP FUNCTION access_seat(); DROP FUNCTION access_enter(bigint, bigint)"),
        migrations.RunSQL(
            QUESTIONS,
            "DROP FUNCTION access_scope(); DROP FUNCTION access_account(); DROP FUNCTION access_role()",
        ),
        migrations.RunSQL(HISTORY, "DROP FUNCTION access_role_stays() CASCADE"),
    ]
