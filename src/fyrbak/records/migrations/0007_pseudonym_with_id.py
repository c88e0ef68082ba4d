"""The id beside a person's pseudonym in the index, so that many are found without reading the table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0006_longer_codes"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="person",
            name="person_pseudonym_stands_for_one",
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                name="person_pseudonym_stands_for_one", fields=("pseudonym", "version"), include=("id",)
            ),
        ),
    ]
