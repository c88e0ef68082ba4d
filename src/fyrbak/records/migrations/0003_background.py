"""What statistics say of persons, as append-only as the other facts (0002 has the function)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="Background",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "gäller"),
                            ("corrected", "rättar en tidigare version"),
                            ("retracted", "tar tillbaka en tidigare version"),
                        ],
                        default="active",
                        help_text="truth of the row",
                        max_length=9,
                    ),
                ),
                (
                    "version",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="1 for the first version of the row, then 2, 3, ..."
                    ),
                ),
                (
                    "recorded_at",
                    models.DateField(blank=True, help_text="the day the source recorded it", null=True),
                ),
                ("known_from", models.DateTimeField(help_text="when it became known to us")),
                (
                    "known_to",
                    models.DateTimeField(
                        blank=True, help_text="when a later row replaced it; blank if current", null=True
                    ),
                ),
                (
                    "source_key",
                    models.CharField(
                        db_collation="C",
                        help_text="<source>|<the row's key at the source>, the same for all its versions",
                        max_length=60,
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("manual", "för hand"),
                            ("transfer", "direktöverföring"),
                            ("text", "ur text"),
                            ("derived", "härledd"),
                            ("patient", "av patienten"),
                        ],
                        default="transfer",
                        help_text="how it was captured",
                        max_length=8,
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            ("normal", "öppen i vården"),
                            ("blocked", "spärrad av patienten"),
                            ("protected", "skyddad identitet"),
                        ],
                        default="normal",
                        help_text="who may see it",
                        max_length=9,
                    ),
                ),
                (
                    "year",
                    models.PositiveSmallIntegerField(help_text="calendar year, as things stood at its end"),
                ),
                (
                    "education",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("pre_secondary", "förgymnasial"),
                            ("upper_secondary", "gymnasial"),
                            ("post_secondary", "eftergymnasial"),
                            ("", "okänd"),
                        ],
                        default="",
                        help_text="highest education completed; blank if unknown",
                        max_length=15,
                    ),
                ),
                (
                    "income",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "lägsta femtedelen"),
                            (2, "andra femtedelen"),
                            (3, "tredje femtedelen"),
                            (4, "fjärde femtedelen"),
                            (5, "högsta femtedelen"),
                        ],
                        help_text="fifth of disposable income among adults; blank if unknown",
                        null=True,
                    ),
                ),
                (
                    "birth_country",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sweden", "Sverige"),
                            ("nordic", "övriga Norden"),
                            ("eu", "övriga EU"),
                            ("other", "övriga världen"),
                            ("", "okänt"),
                        ],
                        default="",
                        help_text="where the person was born; blank if unknown",
                        max_length=6,
                    ),
                ),
                (
                    "municipality_group",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="kind of municipality as the source states it; blank if unknown",
                        max_length=20,
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        help_text="the delivery it came in",
                        on_delete=django.db.models.deletion.PROTECT,
                        to="records.batch",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        help_text="who it is about",
                        on_delete=django.db.models.deletion.PROTECT,
                        to="records.person",
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="the version that this one corrects or retracts",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="records.background",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["person"], name="records_bac_person__6c3d12_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("known_to__isnull", True)),
                        fields=("source_key",),
                        name="background_one_current_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("known_to__isnull", True),
                            ("known_to__gte", models.F("known_from")),
                            _connector="OR",
                        ),
                        name="background_known_runs_forward",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("replaces__isnull", True), ("status", "active"), ("version", 1)),
                            models.Q(
                                models.Q(("status", "active"), _negated=True),
                                ("replaces__isnull", False),
                                ("version__gt", 1),
                            ),
                            _connector="OR",
                        ),
                        name="background_replacement_names_its_row",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year__range", (1900, 2200))), name="background_year_is_a_year"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("income__isnull", True), ("income__range", (1, 5)), _connector="OR"
                        ),
                        name="background_income_is_a_fifth",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            "CREATE TRIGGER background_append_only BEFORE UPDATE OR DELETE ON records_background"
            " FOR EACH ROW EXECUTE FUNCTION records_append_only()",
            "DROP TRIGGER background_append_only ON records_background",
        ),
    ]
