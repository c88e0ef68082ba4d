"""A review of a document can be withdrawn, with a reason; then it stays as it is."""

from django.db import migrations, models

STAYS = """
CREATE TRIGGER planupload_stays_withdrawn BEFORE UPDATE ON goals_planupload
    FOR EACH ROW WHEN (OLD.withdrawn_at IS NOT NULL) EXECUTE FUNCTION goals_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("goals", "0009_levels_in_marks")]

    operations = [
        migrations.AddField(
            model_name="planupload",
            name="withdrawn_why",
            field=models.TextField(blank=True, default="", help_text="why nobody goes on with it"),
        ),
        migrations.AddField(
            model_name="planupload",
            name="withdrawn_by",
            field=models.CharField(blank=True, default="", help_text="who withdrew it", max_length=120),
        ),
        migrations.AddField(
            model_name="planupload",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, help_text="when it was withdrawn", null=True),
        ),
        migrations.AddConstraint(
            model_name="planupload",
            constraint=models.CheckConstraint(
                name="planupload_withdrawn_with_reason",
                condition=models.Q(withdrawn_at=None, withdrawn_why="", withdrawn_by="")
                | models.Q(withdrawn_at__isnull=False, edition=None)
                & ~models.Q(withdrawn_why="")
                & ~models.Q(withdrawn_by=""),
            ),
        ),
        migrations.RunSQL(STAYS, "DROP TRIGGER planupload_stays_withdrawn ON goals_planupload"),
    ]
