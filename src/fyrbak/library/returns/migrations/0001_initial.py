"""Referrals that were returned, and how many were assessed."""

import django.db.models.deletion
from django.db import migrations, models


def _id():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _receiver():
    return models.ForeignKey(
        help_text="who assesses the referrals",
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="records.organisation",
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = [("records", "0003_background")]

    operations = [
        migrations.CreateModel(
            name="Returned",
            fields=[
                ("id", _id()),
                (
                    "key",
                    models.UUIDField(help_text="what it is called in addresses, the same in all versions"),
                ),
                ("version", models.PositiveSmallIntegerField(help_text="1, 2, ...")),
                (
                    "centre",
                    models.CharField(help_text="the primary-care centre that sent it", max_length=80),
                ),
                ("day", models.DateField(help_text="when it was returned")),
                ("reason", models.CharField(help_text="id of the reason that weighed most", max_length=24)),
                ("withdrawn", models.BooleanField(help_text="whether it was registered by mistake")),
                ("by_name", models.CharField(help_text="who registered it", max_length=120)),
                ("at", models.DateTimeField(help_text="when")),
                ("receiver", _receiver()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("receiver", "key", "version"), name="returned_version_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Received",
            fields=[
                ("id", _id()),
                (
                    "centre",
                    models.CharField(help_text="the primary-care centre that sent them", max_length=80),
                ),
                ("month", models.DateField(help_text="first day of the month")),
                (
                    "number",
                    models.PositiveIntegerField(
                        help_text="referrals assessed, returned ones among them; blank where it is not known",
                        null=True,
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(help_text="1, 2, ...")),
                ("by_name", models.CharField(help_text="who told it", max_length=120)),
                ("at", models.DateTimeField(help_text="when")),
                ("receiver", _receiver()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("receiver", "centre", "month", "version"), name="received_version_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="received_in_a_month"),
                ],
            },
        ),
    ]
