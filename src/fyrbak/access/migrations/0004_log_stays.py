"""The access log only grows, in one chain: each entry's hash covers the entry and the hash before it."""

from django.db import migrations

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
    NEW.hash := encode(sha256(convert_to(json_build_array(
        NEW.id, (extract(epoch FROM NEW.at) * 1000000)::bigint, NEW.kind, NEW.account_id, NEW.name, NEW.role,
        NEW.organisation_id, NEW.pseudonym, NEW.home, NEW.what, NEW.why, NEW.about_id, NEW.before
    )::text, 'UTF8')), 'hex');
    RETURN NEW;
END
$$;
CREATE TRIGGER entry_chained BEFORE INSERT ON access_entry
    FOR EACH ROW EXECUTE FUNCTION access_entry_chained();
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
        migrations.RunSQL(CHAIN, "DROP FUNCTION access_entry_chained() CASCADE"),
        migrations.RunSQL(STAYS, "DROP FUNCTION access_entry_stays() CASCADE"),
    ]
