"""What the rows of a large delivery say alike. It is only ever added to."""

import django.db.models.deletion
from django.db import migrations, models

KEPT = """
CREATE FUNCTION records_landed_rows_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what landed rows say alike is never changed or deleted'
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER landed_rows_kept BEFORE UPDATE OR DELETE ON records_landedrows
    FOR EACH ROW EXECUTE FUNCTION records_landed_rows_kept()
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0004_findings")]
    operations = [
        migrations.CreateModel(
            name="LandedRows",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table", models.CharField(help_text="the table they are in", max_length=40)),
                ("first_id", models.BigIntegerField(help_text="the least of the ids that they have")),
                ("last_id", models.BigIntegerField(help_text="the greatest of the ids that they have")),
                (
                    "constants",
                    models.JSONField(
                        help_text="the columns that have one value in all of them, with that value as text;"
                        " null for none"
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        help_text="the delivery",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="landed_rows",
                        to="records.batch",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "table"), name="landed_rows_of_a_batch_once"),
                    models.CheckConstraint(
                        condition=models.Q(("last_id__gte", models.F("first_id"))),
                        name="landed_rows_have_ids",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEPT, "DROP FUNCTION records_landed_rows_kept() CASCADE"),
    ]
