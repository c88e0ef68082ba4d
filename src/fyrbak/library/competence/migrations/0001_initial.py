"""Completed courses, staffing, and rows of files that were refused."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("records", "0006_longer_codes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Completion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(help_text="where the count comes from", max_length=200)),
                ("version", models.PositiveSmallIntegerField(help_text="1, 2, ...")),
                ("by_name", models.CharField(help_text="who told it", max_length=120)),
                ("at", models.DateTimeField(help_text="when")),
                ("course", models.CharField(help_text="id of the course", max_length=40)),
                ("begins", models.DateField(help_text="first day of the period")),
                ("ends", models.DateField(help_text="last day of the period")),
                (
                    "number",
                    models.PositiveIntegerField(
                        help_text="completions; blank where it is taken back", null=True
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        help_text="whom it is about",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "course", "begins", "ends", "version"),
                        name="completion_version_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("begins__lte", models.F("ends")), ("begins__year", models.F("ends__year"))
                        ),
                        name="completion_within_a_year",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RefusedRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256", models.CharField(help_text="hash of the file", max_length=64)),
                ("line", models.PositiveIntegerField(help_text="line in the file, the first is 1")),
                ("row", models.CharField(help_text="the row as it was written", max_length=500)),
                (
                    "fault",
                    models.CharField(help_text="key of the words that say what is wrong", max_length=60),
                ),
                ("names", models.JSONField(default=dict, help_text="what the words are filled in with")),
                ("by_name", models.CharField(help_text="who sent it", max_length=120)),
                ("at", models.DateTimeField(help_text="when")),
                (
                    "organisation",
                    models.ForeignKey(
                        help_text="who sent the file",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "sha256", "line"), name="competence_refused_row_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Staffing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(help_text="where the count comes from", max_length=200)),
                ("version", models.PositiveSmallIntegerField(help_text="1, 2, ...")),
                ("by_name", models.CharField(help_text="who told it", max_length=120)),
                ("at", models.DateTimeField(help_text="when")),
                (
                    "speciality",
                    models.CharField(help_text="id of the profession or speciality", max_length=40),
                ),
                ("day", models.DateField(help_text="the day that the counts describe")),
                ("headcount", models.PositiveIntegerField(help_text="people employed", null=True)),
                (
                    "full_time",
                    models.DecimalField(
                        decimal_places=1, help_text="full-time equivalents", max_digits=7, null=True
                    ),
                ),
                (
                    "retiring",
                    models.PositiveIntegerField(
                        help_text="of the people employed, those who reach retirement within five years",
                        null=True,
                    ),
                ),
                (
                    "vacant",
                    models.DecimalField(
                        decimal_places=1,
                        help_text="vacant posts, in full-time equivalents",
                        max_digits=7,
                        null=True,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        help_text="whom it is about",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "speciality", "day", "version"), name="staffing_version_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("retiring", None), ("retiring__lte", models.F("headcount")), _connector="OR"
                        ),
                        name="staffing_retiring_among_employed",
                    ),
                ],
            },
        ),
    ]
