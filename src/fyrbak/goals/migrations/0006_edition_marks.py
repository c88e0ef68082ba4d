"""Every edition has a mark that changes with its rows, so that pages made of it can be kept at no cost."""

import django.db.models.deletion
from django.db import migrations, models

_BELOW_GOAL = "JOIN goals_goal g ON g.id = {row}.goal_id JOIN goals_area a ON a.id = g.area_id"
_BELOW_PART = "JOIN goals_goalpart p ON p.id = {row} " + _BELOW_GOAL.format(row="p")
# From the changed rows of each table to the area (a) whose edition they belong to.
TABLES = {
    "area": "a",
    "goal": "JOIN goals_area a ON a.id = changed.area_id",
    "goaltarget": _BELOW_GOAL.format(row="changed"),
    "goalpart": _BELOW_GOAL.format(row="changed"),
    "activity": _BELOW_GOAL.format(row="changed"),
    "activityparty": "JOIN goals_activity v ON v.id = changed.activity_id " + _BELOW_GOAL.format(row="v"),
    "evidencelink": _BELOW_PART.format(row="changed.part_id"),
    "goallink": _BELOW_PART.format(row="changed.from_part_id"),
}
# Marks come from a sequence, so that what is rolled back never has the mark of what comes after it. Editions are
# marked in order: two who write to the same ones wait for each other, never both.
_MARK = """
CREATE FUNCTION goals_{table}_marks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO goals_editionmark (edition_id, mark)
        SELECT edition_id, nextval('goals_editionmarks') FROM (
            SELECT DISTINCT a.edition_id FROM changed {path} ORDER BY a.edition_id
        ) editions
        ON CONFLICT (edition_id) DO UPDATE SET mark = EXCLUDED.mark;
    RETURN NULL;
END
$$;
"""
_TRIGGER = """
CREATE TRIGGER {table}_marks_{event} AFTER {event} ON goals_{table} REFERENCING {rows} TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION goals_{table}_marks();
"""
_EVENTS = {"insert": "NEW", "update": "NEW", "delete": "OLD"}
MARKS = "CREATE SEQUENCE goals_editionmarks;" + "".join(
    _MARK.format(table=table, path=path)
    + "".join(_TRIGGER.format(table=table, event=event, rows=rows) for event, rows in _EVENTS.items())
    for table, path in TABLES.items()
)
UNMARKED = "".join(f"DROP FUNCTION goals_{table}_marks() CASCADE;" for table in TABLES) + (
    "DROP SEQUENCE goals_editionmarks;"
)
# Made anew after migrating, with another answer.
STAMP = "DROP FUNCTION IF EXISTS goals_stamp(bigint, bigint)"


class Migration(migrations.Migration):
    dependencies = [("goals", "0005_chains_by_key")]

    operations = [
        migrations.CreateModel(
            name="EditionMark",
            fields=[
                (
                    "edition",
                    models.OneToOneField(
                        help_text="the edition",
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="mark",
                        serialize=False,
                        to="goals.planedition",
                    ),
                ),
                ("mark", models.BigIntegerField(help_text="another number after every change of its rows")),
            ],
        ),
        migrations.RunSQL(MARKS, UNMARKED),
        migrations.RunSQL(STAMP, STAMP),
    ]
