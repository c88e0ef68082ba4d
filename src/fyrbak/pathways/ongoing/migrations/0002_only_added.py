"""What people wrote beside the read model, and what was shown to whom, is only ever added to."""

from django.db import migrations

_ONLY_ADDED = ("closing", "booking", "cancellation", "listed", "refresh")
KEPT = """
CREATE FUNCTION ongoing_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted: add a new one', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
""" + "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON ongoing_{table}"
    " FOR EACH ROW EXECUTE FUNCTION ongoing_append_only();\n"
    for table in _ONLY_ADDED
)


class Migration(migrations.Migration):
    dependencies = [("ongoing", "0001_initial")]
    operations = [migrations.RunSQL(KEPT, "DROP FUNCTION ongoing_append_only() CASCADE")]
