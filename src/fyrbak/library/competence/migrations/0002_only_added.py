"""What is told of competence is only ever added to, and no two periods of one count overlap."""

from django.db import migrations

KEPT = """
CREATE FUNCTION competence_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted: add a new one', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE FUNCTION competence_no_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('completion ' || NEW.organisation_id || NEW.course, 0));
    IF NEW.number IS NOT NULL AND EXISTS (
        SELECT FROM competence_completion c
        WHERE c.organisation_id = NEW.organisation_id AND c.course = NEW.course
          AND c.begins <= NEW.ends AND NEW.begins <= c.ends AND (c.begins, c.ends) <> (NEW.begins, NEW.ends)
          AND c.number IS NOT NULL AND NOT EXISTS (
            SELECT FROM competence_completion later
            WHERE later.organisation_id = c.organisation_id AND later.course = c.course
              AND (later.begins, later.ends) = (c.begins, c.ends) AND later.version > c.version
        )
    ) THEN
        RAISE EXCEPTION 'periods of one course and organisation never overlap'
            USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER completion_no_overlap BEFORE INSERT ON competence_completion
    FOR EACH ROW EXECUTE FUNCTION competence_no_overlap();
CREATE TRIGGER completion_append_only BEFORE UPDATE OR DELETE ON competence_completion
    FOR EACH ROW EXECUTE FUNCTION competence_append_only();
CREATE TRIGGER staffing_append_only BEFORE UPDATE OR DELETE ON competence_staffing
    FOR EACH ROW EXECUTE FUNCTION competence_append_only();
CREATE TRIGGER refusedrow_append_only BEFORE UPDATE OR DELETE ON competence_refusedrow
    FOR EACH ROW EXECUTE FUNCTION competence_append_only();
"""
UNDONE = "DROP FUNCTION competence_append_only() CASCADE; DROP FUNCTION competence_no_overlap() CASCADE"


class Migration(migrations.Migration):
    dependencies = [("competence", "0001_initial")]
    operations = [migrations.RunSQL(KEPT, UNDONE)]
