"""The database refuses to change or delete what is known; it only lets a version be closed."""

from django.db import migrations

FACTS = (
    "person",
    "identity",
    "residence",
    "death",
    "tumour",
    "stage",
    "procedure",
    "treatmentcourse",
    "pathwayevent",
    "vaccination",
)

FUNCTION = """
CREATE FUNCTION records_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unclosed record;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.known_to IS NULL AND NEW.known_to IS NOT NULL THEN
        unclosed := NEW;
        unclosed.known_to := NULL;
        IF unclosed IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed or deleted: add a new version', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION records_append_only()"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER {fact}_append_only BEFORE UPDATE OR DELETE ON records_{fact}"
                " FOR EACH ROW EXECUTE FUNCTION records_append_only()",
                f"DROP TRIGGER {fact}_append_only ON records_{fact}",
            )
            for fact in FACTS
        ),
    ]
