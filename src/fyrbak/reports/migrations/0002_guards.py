"""What was written stays written, and what was frozen stays frozen."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION reports_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted: add a new one', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER wording_append_only BEFORE UPDATE OR DELETE ON reports_wording
    FOR EACH ROW EXECUTE FUNCTION reports_append_only();
CREATE TRIGGER frozenreport_append_only BEFORE UPDATE OR DELETE ON reports_frozenreport
    FOR EACH ROW EXECUTE FUNCTION reports_append_only();
CREATE TRIGGER frozenfile_append_only BEFORE UPDATE OR DELETE ON reports_frozenfile
    FOR EACH ROW EXECUTE FUNCTION reports_append_only();
CREATE TRIGGER reportrelease_append_only BEFORE UPDATE OR DELETE ON reports_reportrelease
    FOR EACH ROW EXECUTE FUNCTION reports_append_only();

-- The name of a frozen report is the hash over its data, whoever writes it.
CREATE FUNCTION reports_named_by_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sha256 <> encode(sha256(convert_to(NEW.data, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'the name of a frozen report is the hash over its data'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER frozenreport_named_by_content BEFORE INSERT ON reports_frozenreport
    FOR EACH ROW EXECUTE FUNCTION reports_named_by_content();

-- A section or a claim may be taken away and put back; nothing of it is deleted, and a claim is never reworded.
CREATE TRIGGER section_is_kept BEFORE DELETE ON reports_section
    FOR EACH ROW EXECUTE FUNCTION reports_append_only();
CREATE TRIGGER boundclaim_is_kept BEFORE DELETE ON reports_boundclaim
    FOR EACH ROW EXECUTE FUNCTION reports_append_only();
CREATE TRIGGER boundclaim_as_it_was BEFORE UPDATE ON reports_boundclaim
    FOR EACH ROW WHEN (
        (OLD.section_id, OLD.sentence, OLD.states, OLD.kept_because, OLD.by_name, OLD.at)
        IS DISTINCT FROM (NEW.section_id, NEW.sentence, NEW.states, NEW.kept_because, NEW.by_name, NEW.at)
    ) EXECUTE FUNCTION reports_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [
        migrations.RunSQL(
            GUARDS,
            "DROP FUNCTION reports_append_only() CASCADE; DROP FUNCTION reports_named_by_content() CASCADE;",
        )
    ]
