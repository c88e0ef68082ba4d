"""Files that are sent on a page lie in the inbox, too, and wait until somebody wants them taken in."""

import django.db.models.deletion
from django.db import migrations, models

KEPT = """
CREATE TRIGGER release_only_added BEFORE UPDATE OR DELETE ON inbox_release
    FOR EACH ROW EXECUTE FUNCTION inbox_only_added();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0002_only_added"),
        ("notifications", "0005_notifying_source"),
    ]

    operations = [
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        help_text="which file",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="release",
                        serialize=False,
                        to="inbox.message",
                    ),
                ),
                ("by_name", models.CharField(help_text="who wants it", max_length=200)),
                ("at", models.DateTimeField(help_text="when")),
            ],
        ),
        migrations.AddField(
            model_name="message",
            name="form",
            field=models.CharField(
                choices=[("fhir", "FHIR"), ("notifications", "fil med anmälningar")],
                default="fhir",
                help_text="what it holds",
                max_length=13,
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="name",
            field=models.CharField(
                blank=True,
                default="",
                help_text="name of the file; blank if a system sent it",
                max_length=200,
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="source",
            field=models.CharField(help_text="code of the source that its records belong to", max_length=40),
        ),
        migrations.AddField(
            model_name="outcome",
            name="file",
            field=models.ForeignKey(
                db_index=False,
                help_text="the file of notifications that it became",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="notifications.notificationfile",
            ),
        ),
        migrations.AlterField(
            model_name="outcome",
            name="landed",
            field=models.PositiveIntegerField(help_text="rows that became records or notifications"),
        ),
        migrations.RunSQL(KEPT, "DROP TRIGGER release_only_added ON inbox_release"),
    ]
