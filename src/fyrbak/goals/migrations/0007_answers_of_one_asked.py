"""Lists of one organisation's answers in a round read these alone, not those of everybody asked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("goals", "0006_edition_marks")]

    operations = [
        migrations.AddIndex(
            model_name="assessment",
            index=models.Index(fields=["round", "organisation"], name="assessment_of_one_asked"),
        ),
    ]
