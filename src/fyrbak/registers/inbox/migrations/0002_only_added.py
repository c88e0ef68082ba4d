"""Messages, and what became of them, are only ever added to."""

from django.db import migrations

KEPT = """
CREATE FUNCTION inbox_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER message_only_added BEFORE UPDATE OR DELETE ON inbox_message
    FOR EACH ROW EXECUTE FUNCTION inbox_only_added();
CREATE TRIGGER outcome_only_added BEFORE UPDATE OR DELETE ON inbox_outcome
    FOR EACH ROW EXECUTE FUNCTION inbox_only_added();
"""


class Migration(migrations.Migration):
    dependencies = [("inbox", "0001_initial")]
    operations = [migrations.RunSQL(KEPT, "DROP FUNCTION inbox_only_added() CASCADE")]
