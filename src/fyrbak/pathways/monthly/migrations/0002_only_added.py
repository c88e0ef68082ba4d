"""What was kept of a month is only ever added to."""

from django.db import migrations

KEPT = """
CREATE FUNCTION monthly_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted: add a new one', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
""" + "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON monthly_{table}"
    " FOR EACH ROW EXECUTE FUNCTION monthly_append_only();\n"
    for table in ("monthlist", "listed")
)


class Migration(migrations.Migration):
    dependencies = [("monthly", "0001_initial")]
    operations = [migrations.RunSQL(KEPT, "DROP FUNCTION monthly_append_only() CASCADE")]
