"""What was read and decided is only ever added to, and each decision follows the one before it."""
# ruff: noqa: S608 - statements are put together from the migration's own names

from django.db import migrations

_TABLES = ("readtext", "proposal", "decision")
KEPT = """
CREATE FUNCTION pathology_review_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted: add a new one', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE FUNCTION pathology_review_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version <> 1 + (SELECT count(*) FROM pathology_review_decision d WHERE d.proposal_id = NEW.proposal_id)
    THEN
        RAISE EXCEPTION 'a decision follows the one before it' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER decision_follows BEFORE INSERT ON pathology_review_decision
    FOR EACH ROW EXECUTE FUNCTION pathology_review_follows();
""" + "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON pathology_review_{table}"
    " FOR EACH ROW EXECUTE FUNCTION pathology_review_append_only();\n"
    for table in _TABLES
)


class Migration(migrations.Migration):
    dependencies = [("pathology_review", "0001_initial")]
    operations = [
        migrations.RunSQL(
            KEPT,
            "DROP FUNCTION pathology_review_append_only() CASCADE;"
            " DROP FUNCTION pathology_review_follows() CASCADE",
        )
    ]
