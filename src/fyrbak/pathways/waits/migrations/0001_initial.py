"""Samples of late pathways, the cases drawn, and what was found of each."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("records", "0003_background"),
    ]

    operations = [
        migrations.CreateModel(
            name="Sample",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(help_text="what the sample is called in addresses", unique=True)),
                ("pathway", models.CharField(help_text="id of the pathway", max_length=24)),
                ("year", models.PositiveSmallIntegerField(help_text="year of the end")),
                ("quarter", models.PositiveSmallIntegerField(help_text="quarter of the end, 1 to 4")),
                ("seed", models.PositiveIntegerField(help_text="what chance was begun from")),
                (
                    "late",
                    models.PositiveIntegerField(help_text="how many late pathways there were to draw from"),
                ),
                ("by_name", models.CharField(help_text="who drew it", max_length=120)),
                ("at", models.DateTimeField(help_text="when")),
                (
                    "region",
                    models.ForeignKey(
                        help_text="whose pathways",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.organisation",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        help_text="one unit or hospital; blank for the whole region",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Drawn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(help_text="what it is called in addresses", unique=True)),
                ("number", models.PositiveSmallIntegerField(help_text="1, 2, ... in the order of the draw")),
                ("ordinal", models.PositiveSmallIntegerField(help_text="1, 2, ... per person and pathway")),
                ("start_date", models.DateField(help_text="day of the decision on well-founded suspicion")),
                ("visit_date", models.DateField(help_text="first visit", null=True)),
                ("conference_date", models.DateField(help_text="first conference", null=True)),
                ("decision_date", models.DateField(help_text="first decision", null=True)),
                ("end_date", models.DateField(help_text="day of the end")),
                ("days", models.PositiveIntegerField(help_text="days from start to end")),
                ("limit_days", models.PositiveIntegerField(help_text="the limit that judged it")),
                ("treatment", models.CharField(blank=True, help_text="what it ended with", max_length=24)),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        help_text="first version of the person",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.person",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        help_text="unit or hospital of the last event",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.organisation",
                    ),
                ),
                (
                    "sample",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="drawn", to="waits.sample"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(help_text="1, 2, ...; the highest holds")),
                ("cause", models.CharField(help_text="id of the cause", max_length=24)),
                ("note", models.TextField(blank=True, help_text="in words, without naming anybody")),
                ("by_name", models.CharField(help_text="who judged", max_length=120)),
                ("at", models.DateTimeField(help_text="when")),
                (
                    "drawn",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="waits.drawn"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("drawn", "version"), name="review_version_once")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=models.CheckConstraint(
                condition=models.Q(("quarter__range", (1, 4))), name="sample_of_a_quarter"
            ),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=models.UniqueConstraint(
                fields=("region", "unit", "pathway", "year", "quarter"),
                name="sample_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="drawn",
            constraint=models.UniqueConstraint(fields=("sample", "number"), name="drawn_once"),
        ),
        migrations.AddConstraint(
            model_name="drawn",
            constraint=models.UniqueConstraint(
                fields=("sample", "person", "ordinal"), name="drawn_person_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="drawn",
            constraint=models.CheckConstraint(
                condition=models.Q(("days__gt", models.F("limit_days"))), name="drawn_is_late"
            ),
        ),
    ]
