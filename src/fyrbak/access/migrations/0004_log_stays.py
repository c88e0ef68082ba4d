"""The access log only grows, in one chain: each entry's hash covers the entry and the hash before it."""

from django.db import migrations

HASH = """
CREATE FUNCTION access_hash_of(entry access_entry) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT encode(sha256(convert_to(json_build_array(
        entry.id, (extract(epoch FROM entry.at) * 1000000)::bigint, entry.kind, entry.account_id, entry.name,
        entry.role, entry.organisation_id, entry.pseudonym, entry.home, entry.what, entry.why, entry.about_id,
        entry.before
    )::text, 'UTF8')), 'hex')
$$;
"""

# One entry at a time, so that there is one chain. Number, moment and hashes are given here, whatever is sent.
CHAIN = """
CREATE FUNCTION access_entry_chained() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last access_entry%ROWTYPE;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('access_entry'));
    SELECT * INTO last FROM access_entry ORDER BY id DESC LIMIT 1;
    NEW.id := COALESCE(last.id, 0) + 1;
    NEW.at := clock_timestamp();
    NEW.before := COALESCE(last.hash, '');
    NEW.hash := access_hash_of(NEW);
    RETURN NEW;
END
$$;
CREATE TRIGGER entry_chained BEFORE INSERT ON access_entry
    FOR EACH ROW EXECUTE FUNCTION access_entry_chained();
"""

# Whether the chain is whole, for whoever sees only a part of it: the number of entries is not told.
WHOLE = """
CREATE FUNCTION access_log_is_whole() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT NOT EXISTS (
        SELECT FROM (SELECT e, lag(e.hash, 1, '') OVER (ORDER BY e.id) AS before,
            row_number() OVER (ORDER BY e.id) AS place FROM access_entry e) chain
        WHERE (e).id <> place OR (e).before <> chain.before OR (e).hash <> access_hash_of(e)
    )
$$;
"""

STAYS = """
CREATE FUNCTION access_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entries of the access log are never changed or removed'
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER entry_stays BEFORE UPDATE OR DELETE ON access_entry
    FOR EACH ROW EXECUTE FUNCTION access_entry_stays();
CREATE TRIGGER entry_stays_whole BEFORE TRUNCATE ON access_entry
    FOR EACH STATEMENT EXECUTE FUNCTION access_entry_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0003_log")]
    operations = [
        migrations.RunSQL(HASH, "DROP FUNCTION access_hash_of(access_entry) CASCADE"),
        migrations.RunSQL(CHAIN, "DROP FUNCTION access_entry_chained() CASCADE"),
        migrations.RunSQL(WHOLE, "DROP FUNCTION access_log_is_whole()"),
        migrations.RunSQL(STAYS, "DROP FUNCTION access_entry_stays() CASCADE"),
    ]
