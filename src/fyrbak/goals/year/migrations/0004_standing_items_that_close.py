"""Some standing items, such as other business, stand after all else on an agenda."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("year", "0003_decisions_in_plans")]

    operations = [
        migrations.AddField(
            model_name="standingitem",
            name="closes",
            field=models.BooleanField(
                default=False, help_text="whether it stands after all else on an agenda"
            ),
        ),
    ]
