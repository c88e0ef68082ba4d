import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("records", "0006_longer_codes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "key",
                    models.UUIDField(
                        default=uuid.uuid4,
                        help_text="what it is called in addresses",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        help_text="code of the source that its records belong to", max_length=20
                    ),
                ),
                (
                    "region",
                    models.CharField(help_text="where things happened that do not say where", max_length=2),
                ),
                ("sha256", models.CharField(help_text="hash of its bytes", max_length=64)),
                ("content", models.BinaryField(help_text="its bytes")),
                ("by_name", models.CharField(help_text="the account that sent it", max_length=200)),
                ("at", models.DateTimeField(help_text="when it came")),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        help_text="who sent it",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Outcome",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        help_text="which message",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="outcome",
                        serialize=False,
                        to="inbox.message",
                    ),
                ),
                (
                    "batch_id",
                    models.BigIntegerField(
                        help_text="the delivery it became; blank if refused whole", null=True
                    ),
                ),
                ("landed", models.PositiveIntegerField(help_text="rows that became records")),
                ("unchanged", models.PositiveIntegerField(help_text="rows that were known already")),
                ("refused", models.PositiveIntegerField(help_text="rows kept aside with a reason")),
                ("listed", models.PositiveIntegerField(help_text="resources that became no row")),
                (
                    "fault",
                    models.TextField(blank=True, help_text="why it was refused whole; blank if it was not"),
                ),
                ("at", models.DateTimeField(help_text="when it was taken in")),
            ],
        ),
    ]
