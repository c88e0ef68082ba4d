"""Several sources may say where a goal began: their statements stand side by side."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("goals", "0007_answers_of_one_asked")]

    operations = [
        migrations.AddField(
            model_name="goaltarget",
            name="statements",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="where it started, by source: text_sv, text_en, source, dated, to_verify",
            ),
        ),
    ]
