"""Longer codes, as vocabularies of genetics and of assessments have them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0005_landed_rows"),
    ]

    operations = [
        migrations.AlterField(
            model_name="drugadministration",
            name="code",
            field=models.CharField(blank=True, default="", help_text="code of what happened", max_length=40),
        ),
        migrations.AlterField(
            model_name="finding",
            name="code",
            field=models.CharField(blank=True, default="", help_text="code of what happened", max_length=40),
        ),
        migrations.AlterField(
            model_name="finding",
            name="interpretation",
            field=models.CharField(
                blank=True,
                default="",
                help_text="how it was judged, as a code such as H, L, POS",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="pathwayevent",
            name="code",
            field=models.CharField(blank=True, default="", help_text="code of what happened", max_length=40),
        ),
        migrations.AlterField(
            model_name="procedure",
            name="code",
            field=models.CharField(blank=True, default="", help_text="code of what happened", max_length=40),
        ),
        migrations.AlterField(
            model_name="radiotherapy",
            name="code",
            field=models.CharField(blank=True, default="", help_text="code of what happened", max_length=40),
        ),
        migrations.AlterField(
            model_name="report",
            name="code",
            field=models.CharField(blank=True, default="", help_text="code of what happened", max_length=40),
        ),
        migrations.AlterField(
            model_name="stage",
            name="code",
            field=models.CharField(blank=True, default="", help_text="code of what happened", max_length=40),
        ),
        migrations.AlterField(
            model_name="treatmentcourse",
            name="code",
            field=models.CharField(blank=True, default="", help_text="code of what happened", max_length=40),
        ),
        migrations.AlterField(
            model_name="tumour",
            name="code",
            field=models.CharField(blank=True, default="", help_text="code of what happened", max_length=40),
        ),
        migrations.AlterField(
            model_name="vaccination",
            name="code",
            field=models.CharField(blank=True, default="", help_text="code of what happened", max_length=40),
        ),
    ]
