"""Who entered what and why, and what became of a task or a file, is never changed or deleted."""

from django.db import migrations

_ONLY_ADDED = ("registration", "task", "taskstep", "eventfile", "fileoutcome")
KEPT = """
CREATE FUNCTION pathway_events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted: add a new one', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
""" + "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON pathway_events_{table}"
    " FOR EACH ROW EXECUTE FUNCTION pathway_events_append_only();\n"
    for table in _ONLY_ADDED
)
GONE = "".join(f"DROP TRIGGER {table}_append_only ON pathway_events_{table};\n" for table in _ONLY_ADDED)


class Migration(migrations.Migration):
    dependencies = [("pathway_events", "0001_initial")]
    operations = [migrations.RunSQL(KEPT, GONE + "DROP FUNCTION pathway_events_append_only();")]
