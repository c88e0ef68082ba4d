"""What was registered of returned referrals is only ever added to."""

from django.db import migrations

KEPT = """
CREATE FUNCTION returns_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted: add a new one', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
""" + "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON returns_{table}"
    " FOR EACH ROW EXECUTE FUNCTION returns_append_only();\n"
    for table in ("returned", "received")
)


class Migration(migrations.Migration):
    dependencies = [("returns", "0001_initial")]
    operations = [migrations.RunSQL(KEPT, "DROP FUNCTION returns_append_only() CASCADE")]
