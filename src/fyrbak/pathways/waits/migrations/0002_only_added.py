"""What was drawn, and what was judged of it, is only ever added to."""

from django.db import migrations

KEPT = """
CREATE FUNCTION waits_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted: add a new one', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
""" + "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON waits_{table}"
    " FOR EACH ROW EXECUTE FUNCTION waits_append_only();\n"
    for table in ("sample", "drawn", "review")
)


class Migration(migrations.Migration):
    dependencies = [("waits", "0001_initial")]
    operations = [migrations.RunSQL(KEPT, "DROP FUNCTION waits_append_only() CASCADE")]
