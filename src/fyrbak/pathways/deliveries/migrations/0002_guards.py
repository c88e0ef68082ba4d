"""What was sent, answered and said stays as it was."""

from django.db import migrations

_TABLES = ("delivery", "receipt", "refusedrow", "keptfile", "statement")
KEPT = """
CREATE FUNCTION deliveries_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted: add a new one', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
""" + "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON deliveries_{table}"
    " FOR EACH ROW EXECUTE FUNCTION deliveries_append_only();\n"
    for table in _TABLES
)


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0001_initial")]
    operations = [migrations.RunSQL(KEPT, "DROP FUNCTION deliveries_append_only() CASCADE")]
