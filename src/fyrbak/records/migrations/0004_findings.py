"""Reports, findings, drugs given and radiotherapy; longer keys, as messages between systems have them."""

import django.db.models.deletion
from django.db import migrations, models

FACTS = ("report", "finding", "drugadministration", "radiotherapy")


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0003_background"),
    ]

    operations = [
        migrations.AlterField(
            model_name="background",
            name="source_key",
            field=models.CharField(
                db_collation="C",
                help_text="<source>|<the row's key at the source>, the same for all its versions",
                max_length=120,
            ),
        ),
        migrations.AlterField(
            model_name="death",
            name="source_key",
            field=models.CharField(
                db_collation="C",
                help_text="<source>|<the row's key at the source>, the same for all its versions",
                max_length=120,
            ),
        ),
        migrations.AlterField(
            model_name="identity",
            name="source_key",
            field=models.CharField(
                db_collation="C",
                help_text="<source>|<the row's key at the source>, the same for all its versions",
                max_length=120,
            ),
        ),
        migrations.AlterField(
            model_name="pathwayevent",
            name="code",
            field=models.CharField(blank=True, default="", help_text="code of what happened", max_length=30),
        ),
        migrations.AlterField(
            model_name="pathwayevent",
            name="source_key",
            field=models.CharField(
                db_collation="C",
                help_text="<source>|<the row's key at the source>, the same for all its versions",
                max_length=120,
            ),
        ),
        migrations.AlterField(
            model_name="person",
            name="source_key",
            field=models.CharField(
                db_collation="C",
                help_text="<source>|<the row's key at the source>, the same for all its versions",
                max_length=120,
            ),
        ),
        migrations.AlterField(
            model_name="procedure",
            name="code",
            field=models.CharField(blank=True, default="", help_text="code of what happened", max_length=30),
        ),
        migrations.AlterField(
            model_name="procedure",
            name="source_key",
            field=models.CharField(
                db_collation="C",
                help_text="<source>|<the row's key at the source>, the same for all its versions",
                max_length=120,
            ),
        ),
        migrations.AlterField(
            model_name="residence",
            name="source_key",
            field=models.CharField(
                db_collation="C",
                help_text="<source>|<the row's key at the source>, the same for all its versions",
                max_length=120,
            ),
        ),
        migrations.AlterField(
            model_name="stage",
            name="code",
            field=models.CharField(blank=True, default="", help_text="code of what happened", max_length=30),
        ),
        migrations.AlterField(
            model_name="stage",
            name="source_key",
            field=models.CharField(
                db_collation="C",
                help_text="<source>|<the row's key at the source>, the same for all its versions",
                max_length=120,
            ),
        ),
        migrations.AlterField(
            model_name="treatmentcourse",
            name="code",
            field=models.CharField(blank=True, default="", help_text="code of what happened", max_length=30),
        ),
        migrations.AlterField(
            model_name="treatmentcourse",
            name="source_key",
            field=models.CharField(
                db_collation="C",
                help_text="<source>|<the row's key at the source>, the same for all its versions",
                max_length=120,
            ),
        ),
        migrations.AlterField(
            model_name="tumour",
            name="code",
            field=models.CharField(blank=True, default="", help_text="code of what happened", max_length=30),
        ),
        migrations.AlterField(
            model_name="tumour",
            name="source_key",
            field=models.CharField(
                db_collation="C",
                help_text="<source>|<the row's key at the source>, the same for all its versions",
                max_length=120,
            ),
        ),
        migrations.AlterField(
            model_name="vaccination",
            name="code",
            field=models.CharField(blank=True, default="", help_text="code of what happened", max_length=30),
        ),
        migrations.AlterField(
            model_name="vaccination",
            name="source_key",
            field=models.CharField(
                db_collation="C",
                help_text="<source>|<the row's key at the source>, the same for all its versions",
                max_length=120,
            ),
        ),
        migrations.CreateModel(
            name="Report",
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
                        max_length=120,
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
                    "start_date",
                    models.DateField(
                        blank=True, help_text="day it happened or began; blank if unknown", null=True
                    ),
                ),
                (
                    "start_precision",
                    models.CharField(
                        choices=[("Y", "år"), ("M", "månad"), ("D", "dag")],
                        default="D",
                        help_text="how exact the start is",
                        max_length=1,
                    ),
                ),
                ("end_date", models.DateField(blank=True, help_text="day it ended", null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("point", "en dag"),
                            ("ended", "avslutad"),
                            ("ongoing", "pågår"),
                            ("unknown", "okänt"),
                        ],
                        default="point",
                        help_text="point or interval",
                        max_length=7,
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        blank=True, default="", help_text="code of what happened", max_length=30
                    ),
                ),
                (
                    "code_system",
                    models.CharField(
                        blank=True, default="", help_text="kva, icd10, icdo3, atc, ...", max_length=12
                    ),
                ),
                (
                    "code_version",
                    models.CharField(
                        blank=True, default="", help_text="edition of the code system", max_length=10
                    ),
                ),
                (
                    "verbatim",
                    models.CharField(
                        blank=True, default="", help_text="the text as received", max_length=200
                    ),
                ),
                (
                    "tumour_link",
                    models.CharField(
                        choices=[("stated", "angiven"), ("derived", "härledd"), ("unknown", "okänd")],
                        default="unknown",
                        help_text="how the link is known",
                        max_length=7,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pathology", "patologi"),
                            ("imaging", "bilddiagnostik"),
                            ("laboratory", "laboratorium"),
                            ("other", "annat"),
                        ],
                        help_text="kind of examination",
                        max_length=10,
                    ),
                ),
                (
                    "text",
                    models.TextField(blank=True, default="", help_text="the report in words, as received"),
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
                        help_text="whose fact it is",
                        on_delete=django.db.models.deletion.PROTECT,
                        to="records.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="region where it happened (two-digit county code)",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.organisation",
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
                        to="records.report",
                    ),
                ),
                (
                    "tumour",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="the tumour it belongs to",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="records.tumour",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="hospital or unit where it happened",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.organisation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Finding",
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
                        max_length=120,
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
                    "start_date",
                    models.DateField(
                        blank=True, help_text="day it happened or began; blank if unknown", null=True
                    ),
                ),
                (
                    "start_precision",
                    models.CharField(
                        choices=[("Y", "år"), ("M", "månad"), ("D", "dag")],
                        default="D",
                        help_text="how exact the start is",
                        max_length=1,
                    ),
                ),
                ("end_date", models.DateField(blank=True, help_text="day it ended", null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("point", "en dag"),
                            ("ended", "avslutad"),
                            ("ongoing", "pågår"),
                            ("unknown", "okänt"),
                        ],
                        default="point",
                        help_text="point or interval",
                        max_length=7,
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        blank=True, default="", help_text="code of what happened", max_length=30
                    ),
                ),
                (
                    "code_system",
                    models.CharField(
                        blank=True, default="", help_text="kva, icd10, icdo3, atc, ...", max_length=12
                    ),
                ),
                (
                    "code_version",
                    models.CharField(
                        blank=True, default="", help_text="edition of the code system", max_length=10
                    ),
                ),
                (
                    "verbatim",
                    models.CharField(
                        blank=True, default="", help_text="the text as received", max_length=200
                    ),
                ),
                (
                    "tumour_link",
                    models.CharField(
                        choices=[("stated", "angiven"), ("derived", "härledd"), ("unknown", "okänd")],
                        default="unknown",
                        help_text="how the link is known",
                        max_length=7,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("laboratory", "laboratorieprov"),
                            ("receptor", "receptor eller tumörmarkör"),
                            ("variant", "genetisk variant"),
                            ("performance", "funktionsstatus"),
                            ("disease_status", "sjukdomsstatus"),
                            ("adverse_event", "biverkning"),
                            ("condition", "annan sjukdom"),
                            ("vital", "kroppsmått"),
                            ("other", "annat"),
                        ],
                        help_text="kind of finding",
                        max_length=14,
                    ),
                ),
                (
                    "value",
                    models.DecimalField(
                        blank=True,
                        decimal_places=8,
                        help_text="the number; blank if there is none",
                        max_digits=20,
                        null=True,
                    ),
                ),
                (
                    "comparator",
                    models.CharField(
                        blank=True,
                        choices=[("<", "mindre än"), ("<=", "högst"), (">=", "minst"), (">", "mer än")],
                        default="",
                        help_text="how the true value stands to the number; blank if it is the number",
                        max_length=2,
                    ),
                ),
                (
                    "value_unit",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="UCUM unit of the number; blank if it has none",
                        max_length=24,
                    ),
                ),
                (
                    "value_code",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="the answer as a code; blank if it is none",
                        max_length=40,
                    ),
                ),
                (
                    "value_system",
                    models.CharField(
                        blank=True, default="", help_text="code system of the answer", max_length=12
                    ),
                ),
                (
                    "value_text",
                    models.CharField(
                        blank=True, default="", help_text="the answer in words, as received", max_length=200
                    ),
                ),
                (
                    "interpretation",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="how the laboratory judged it, such as H, L, POS",
                        max_length=4,
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
                        help_text="whose fact it is",
                        on_delete=django.db.models.deletion.PROTECT,
                        to="records.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="region where it happened (two-digit county code)",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.organisation",
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
                        to="records.finding",
                    ),
                ),
                (
                    "tumour",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="the tumour it belongs to",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="records.tumour",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="hospital or unit where it happened",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.organisation",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="the report it stands in",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="records.report",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DrugAdministration",
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
                        max_length=120,
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
                    "start_date",
                    models.DateField(
                        blank=True, help_text="day it happened or began; blank if unknown", null=True
                    ),
                ),
                (
                    "start_precision",
                    models.CharField(
                        choices=[("Y", "år"), ("M", "månad"), ("D", "dag")],
                        default="D",
                        help_text="how exact the start is",
                        max_length=1,
                    ),
                ),
                ("end_date", models.DateField(blank=True, help_text="day it ended", null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("point", "en dag"),
                            ("ended", "avslutad"),
                            ("ongoing", "pågår"),
                            ("unknown", "okänt"),
                        ],
                        default="point",
                        help_text="point or interval",
                        max_length=7,
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        blank=True, default="", help_text="code of what happened", max_length=30
                    ),
                ),
                (
                    "code_system",
                    models.CharField(
                        blank=True, default="", help_text="kva, icd10, icdo3, atc, ...", max_length=12
                    ),
                ),
                (
                    "code_version",
                    models.CharField(
                        blank=True, default="", help_text="edition of the code system", max_length=10
                    ),
                ),
                (
                    "verbatim",
                    models.CharField(
                        blank=True, default="", help_text="the text as received", max_length=200
                    ),
                ),
                (
                    "tumour_link",
                    models.CharField(
                        choices=[("stated", "angiven"), ("derived", "härledd"), ("unknown", "okänd")],
                        default="unknown",
                        help_text="how the link is known",
                        max_length=7,
                    ),
                ),
                (
                    "dose",
                    models.DecimalField(
                        blank=True,
                        decimal_places=8,
                        help_text="amount given at this time; blank if not stated",
                        max_digits=20,
                        null=True,
                    ),
                ),
                (
                    "dose_unit",
                    models.CharField(
                        blank=True, default="", help_text="UCUM unit of the dose", max_length=24
                    ),
                ),
                (
                    "route",
                    models.CharField(
                        blank=True, default="", help_text="code of the way it was given", max_length=20
                    ),
                ),
                ("done", models.BooleanField(default=True, help_text="no: it was planned and not given")),
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
                    "course",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="the treatment course it was part of",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.treatmentcourse",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        help_text="whose fact it is",
                        on_delete=django.db.models.deletion.PROTECT,
                        to="records.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="region where it happened (two-digit county code)",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.organisation",
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
                        to="records.drugadministration",
                    ),
                ),
                (
                    "tumour",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="the tumour it belongs to",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="records.tumour",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="hospital or unit where it happened",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.organisation",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["person"], name="drugadministration_person")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("known_to__isnull", True)),
                        fields=("source_key",),
                        name="drugadministration_one_current_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("known_to__isnull", True),
                            ("known_to__gte", models.F("known_from")),
                            _connector="OR",
                        ),
                        name="drugadministration_known_runs_forward",
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
                        name="drugadministration_replacement_names_its_row",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("end_date__isnull", True),
                            ("start_date__isnull", True),
                            ("end_date__gte", models.F("start_date")),
                            _connector="OR",
                        ),
                        name="drugadministration_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("tumour__isnull", True), ("tumour_link", "unknown")),
                            models.Q(
                                ("tumour__isnull", False), models.Q(("tumour_link", "unknown"), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="drugadministration_link_is_known_when_linked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("dose__isnull", True), ("dose__gte", 0), _connector="OR"),
                        name="drugadministration_dose_is_an_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("dose__isnull", True),
                            models.Q(("dose_unit", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="drugadministration_dose_has_a_unit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Radiotherapy",
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
                        max_length=120,
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
                    "start_date",
                    models.DateField(
                        blank=True, help_text="day it happened or began; blank if unknown", null=True
                    ),
                ),
                (
                    "start_precision",
                    models.CharField(
                        choices=[("Y", "år"), ("M", "månad"), ("D", "dag")],
                        default="D",
                        help_text="how exact the start is",
                        max_length=1,
                    ),
                ),
                ("end_date", models.DateField(blank=True, help_text="day it ended", null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("point", "en dag"),
                            ("ended", "avslutad"),
                            ("ongoing", "pågår"),
                            ("unknown", "okänt"),
                        ],
                        default="point",
                        help_text="point or interval",
                        max_length=7,
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        blank=True, default="", help_text="code of what happened", max_length=30
                    ),
                ),
                (
                    "code_system",
                    models.CharField(
                        blank=True, default="", help_text="kva, icd10, icdo3, atc, ...", max_length=12
                    ),
                ),
                (
                    "code_version",
                    models.CharField(
                        blank=True, default="", help_text="edition of the code system", max_length=10
                    ),
                ),
                (
                    "verbatim",
                    models.CharField(
                        blank=True, default="", help_text="the text as received", max_length=200
                    ),
                ),
                (
                    "tumour_link",
                    models.CharField(
                        choices=[("stated", "angiven"), ("derived", "härledd"), ("unknown", "okänd")],
                        default="unknown",
                        help_text="how the link is known",
                        max_length=7,
                    ),
                ),
                (
                    "volume",
                    models.CharField(
                        blank=True, default="", help_text="the irradiated volume as received", max_length=100
                    ),
                ),
                (
                    "dose_gy",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="physical dose given to the volume in all, in gray; blank if not stated",
                        max_digits=9,
                        null=True,
                    ),
                ),
                (
                    "fractions",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="number of fractions given; blank if not stated", null=True
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
                    "course",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="the treatment course it was part of",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.treatmentcourse",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        help_text="whose fact it is",
                        on_delete=django.db.models.deletion.PROTECT,
                        to="records.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="region where it happened (two-digit county code)",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.organisation",
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
                        to="records.radiotherapy",
                    ),
                ),
                (
                    "tumour",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="the tumour it belongs to",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="records.tumour",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="hospital or unit where it happened",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.organisation",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["person"], name="radiotherapy_person")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("known_to__isnull", True)),
                        fields=("source_key",),
                        name="radiotherapy_one_current_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("known_to__isnull", True),
                            ("known_to__gte", models.F("known_from")),
                            _connector="OR",
                        ),
                        name="radiotherapy_known_runs_forward",
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
                        name="radiotherapy_replacement_names_its_row",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("end_date__isnull", True),
                            ("start_date__isnull", True),
                            ("end_date__gte", models.F("start_date")),
                            _connector="OR",
                        ),
                        name="radiotherapy_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("tumour__isnull", True), ("tumour_link", "unknown")),
                            models.Q(
                                ("tumour__isnull", False), models.Q(("tumour_link", "unknown"), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="radiotherapy_link_is_known_when_linked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("dose_gy__isnull", True), ("dose_gy__gte", 0), _connector="OR"),
                        name="radiotherapy_dose_is_an_amount",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["person"], name="report_person"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                condition=models.Q(("known_to__isnull", True)),
                fields=("source_key",),
                name="report_one_current_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("known_to__isnull", True), ("known_to__gte", models.F("known_from")), _connector="OR"
                ),
                name="report_known_runs_forward",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("replaces__isnull", True), ("status", "active"), ("version", 1)),
                    models.Q(
                        models.Q(("status", "active"), _negated=True),
                        ("replaces__isnull", False),
                        ("version__gt", 1),
                    ),
                    _connector="OR",
                ),
                name="report_replacement_names_its_row",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("end_date__isnull", True),
                    ("start_date__isnull", True),
                    ("end_date__gte", models.F("start_date")),
                    _connector="OR",
                ),
                name="report_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("tumour__isnull", True), ("tumour_link", "unknown")),
                    models.Q(("tumour__isnull", False), models.Q(("tumour_link", "unknown"), _negated=True)),
                    _connector="OR",
                ),
                name="report_link_is_known_when_linked",
            ),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(fields=["person"], name="finding_person"),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.UniqueConstraint(
                condition=models.Q(("known_to__isnull", True)),
                fields=("source_key",),
                name="finding_one_current_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("known_to__isnull", True), ("known_to__gte", models.F("known_from")), _connector="OR"
                ),
                name="finding_known_runs_forward",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("replaces__isnull", True), ("status", "active"), ("version", 1)),
                    models.Q(
                        models.Q(("status", "active"), _negated=True),
                        ("replaces__isnull", False),
                        ("version__gt", 1),
                    ),
                    _connector="OR",
                ),
                name="finding_replacement_names_its_row",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("end_date__isnull", True),
                    ("start_date__isnull", True),
                    ("end_date__gte", models.F("start_date")),
                    _connector="OR",
                ),
                name="finding_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("tumour__isnull", True), ("tumour_link", "unknown")),
                    models.Q(("tumour__isnull", False), models.Q(("tumour_link", "unknown"), _negated=True)),
                    _connector="OR",
                ),
                name="finding_link_is_known_when_linked",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("value__isnull", False),
                    models.Q(("comparator", ""), ("value_unit", "")),
                    _connector="OR",
                ),
                name="finding_comparator_and_unit_are_of_a_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("value_code", ""), models.Q(("value_system", ""), _negated=True), _connector="OR"
                ),
                name="finding_value_code_names_its_system",
            ),
        ),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER {fact}_append_only BEFORE UPDATE OR DELETE ON records_{fact}"
                " FOR EACH ROW EXECUTE FUNCTION records_append_only()",
                f"DROP TRIGGER {fact}_append_only ON records_{fact}",
            )
            for fact in FACTS
        ),
    ]
