"""An edition has another mark when its scale gets another level, so that the levels can be kept with it.

Levels are only ever added (0002). As in 0006 marks come from a sequence, and editions are marked in order.
"""

from django.db import migrations

MARKS = """
CREATE FUNCTION goals_scalelevel_marks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO goals_editionmark (edition_id, mark)
        SELECT edition_id, nextval('goals_editionmarks') FROM (
            SELECT DISTINCT e.id AS edition_id
            FROM changed JOIN goals_planedition e ON e.scale_id = changed.scale_id ORDER BY 1
        ) editions
        ON CONFLICT (edition_id) DO UPDATE SET mark = EXCLUDED.mark;
    RETURN NULL;
END
$$;
CREATE TRIGGER scalelevel_marks_insert AFTER INSERT ON goals_scalelevel REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION goals_scalelevel_marks();
"""


class Migration(migrations.Migration):
    dependencies = [("goals", "0008_statements_of_baselines")]

    operations = [migrations.RunSQL(MARKS, "DROP FUNCTION goals_scalelevel_marks() CASCADE")]
