"""The sources whose records are notifications. What was said of a source is only ever added to."""

import django.db.models.deletion
from django.db import migrations, models

KEPT = """
CREATE TRIGGER notifyingsource_append_only BEFORE UPDATE OR DELETE ON notifications_notifyingsource
    FOR EACH ROW EXECUTE FUNCTION notifications_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0004_yearly_stays"),
        ("records", "0006_longer_codes"),
    ]

    operations = [
        migrations.CreateModel(
            name="NotifyingSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(help_text="code of the source", max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("clinic", "klinik"),
                            ("pathology", "laboratorium"),
                            ("none", "anmäler inte"),
                        ],
                        help_text="who reports through it",
                        max_length=9,
                    ),
                ),
                ("by_name", models.CharField(help_text="who said so", max_length=200)),
                ("at", models.DateTimeField(help_text="when")),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        help_text="the region that answers for it",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.organisation",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(KEPT, "DROP TRIGGER notifyingsource_append_only ON notifications_notifyingsource"),
    ]
