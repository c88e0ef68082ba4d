"""Answers and links stand in the order of their keys: the order of the plan would be asked of ten tables."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("goals", "0004_plans_at_work"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="assessment",
            options={"ordering": ("round_id", "part_id", "organisation_id", "at", "id")},
        ),
        migrations.AlterModelOptions(
            name="condensedcomment",
            options={"ordering": ("assessment_id", "id")},
        ),
        migrations.AlterModelOptions(
            name="coordinatornote",
            options={"ordering": ("round_id", "part_id", "at", "id")},
        ),
        migrations.AlterModelOptions(
            name="draft",
            options={"ordering": ("round_id", "part_id")},
        ),
        migrations.AlterModelOptions(
            name="evidencelink",
            options={"ordering": ("part_id", "order", "id")},
        ),
        migrations.AlterModelOptions(
            name="goallink",
            options={"base_manager_name": "ever", "ordering": ("from_part_id", "to_part_id", "kind")},
        ),
        migrations.AlterModelOptions(
            name="pinnedevidence",
            options={"ordering": ("assessment_id", "order"), "verbose_name_plural": "pinned evidence"},
        ),
        migrations.AlterModelOptions(
            name="question",
            options={"ordering": ("assessment_id", "id")},
        ),
        migrations.AlterModelOptions(
            name="roundorganisation",
            options={"ordering": ("round_id", "order")},
        ),
        migrations.AlterModelOptions(
            name="roundstep",
            options={"ordering": ("round_id", "id")},
        ),
    ]
