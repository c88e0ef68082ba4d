"""What was told of studies is only ever added to."""

from django.db import migrations

KEPT = """
CREATE FUNCTION studies_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted: add a new one', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
""" + "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON studies_{table}"
    " FOR EACH ROW EXECUTE FUNCTION studies_append_only();\n"
    for table in (
        "study", "registration", "description", "statustold", "included", "targettold", "refusedrow",
    )
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("studies", "0001_initial")]
    operations = [migrations.RunSQL(KEPT, "DROP FUNCTION studies_append_only() CASCADE")]
