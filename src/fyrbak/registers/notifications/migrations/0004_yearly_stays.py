"""A yearly file that was sent stays as it was."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_yearlydelivery")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER yearlydelivery_append_only BEFORE UPDATE OR DELETE ON notifications_yearlydelivery"
            " FOR EACH ROW EXECUTE FUNCTION notifications_append_only()",
            "DROP TRIGGER yearlydelivery_append_only ON notifications_yearlydelivery",
        )
    ]
