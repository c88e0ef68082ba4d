"""What was said stays said, what was frozen stays frozen, and a level is always one of its plan's scale."""

from django.db import migrations

# Assessments and notes are only ever added. So are the levels that past answers rest on and those who were asked,
# and an edition keeps its scale.
SAID = """
CREATE FUNCTION goals_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted: add a new one', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER assessment_append_only BEFORE UPDATE OR DELETE ON goals_assessment
    FOR EACH ROW EXECUTE FUNCTION goals_append_only();
CREATE TRIGGER coordinatornote_append_only BEFORE UPDATE OR DELETE ON goals_coordinatornote
    FOR EACH ROW EXECUTE FUNCTION goals_append_only();
CREATE TRIGGER scalelevel_append_only BEFORE UPDATE OR DELETE ON goals_scalelevel
    FOR EACH ROW EXECUTE FUNCTION goals_append_only();
CREATE TRIGGER roundorganisation_append_only BEFORE UPDATE OR DELETE ON goals_roundorganisation
    FOR EACH ROW EXECUTE FUNCTION goals_append_only();
CREATE TRIGGER planedition_keeps_its_scale BEFORE UPDATE ON goals_planedition
    FOR EACH ROW WHEN (OLD.scale_id <> NEW.scale_id) EXECUTE FUNCTION goals_append_only();
"""

# The round's row is locked while something is said in it, so nothing slips in while it is being frozen.
SAYING = """
CREATE FUNCTION goals_may_be_said() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_round goals_followupround%ROWTYPE;
BEGIN
    SELECT * INTO the_round FROM goals_followupround WHERE id = NEW.round_id FOR SHARE;
    IF the_round.frozen_at IS NOT NULL THEN
        RAISE EXCEPTION 'the round % is frozen', the_round.label USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM 1 FROM goals_goalpart part JOIN goals_goal goal ON goal.id = part.goal_id
        JOIN goals_area area ON area.id = goal.area_id
        WHERE part.id = NEW.part_id AND area.edition_id = the_round.edition_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the goal does not belong to the plan of round %', the_round.label
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER assessment_may_be_said BEFORE INSERT ON goals_assessment
    FOR EACH ROW EXECUTE FUNCTION goals_may_be_said();
CREATE TRIGGER coordinatornote_may_be_said BEFORE INSERT ON goals_coordinatornote
    FOR EACH ROW EXECUTE FUNCTION goals_may_be_said();
"""

ASSESSING = """
CREATE FUNCTION goals_assessment_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT NEW.levels <@ (
        SELECT array_agg(level.code) FROM goals_followupround round
        JOIN goals_planedition edition ON edition.id = round.edition_id
        JOIN goals_scalelevel level ON level.scale_id = edition.scale_id WHERE round.id = NEW.round_id
    ) THEN
        RAISE EXCEPTION 'the level % is not on the scale of the plan', NEW.levels
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM 1 FROM goals_roundorganisation
        WHERE round_id = NEW.round_id AND organisation_id = NEW.organisation_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the organisation % is not asked in this round', NEW.organisation_id
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.supersedes_id IS NOT NULL THEN
        PERFORM 1 FROM goals_assessment WHERE id = NEW.supersedes_id AND round_id = NEW.round_id
            AND part_id = NEW.part_id AND organisation_id = NEW.organisation_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'an assessment supersedes one by the same organisation of the same goal'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER assessment_fits BEFORE INSERT ON goals_assessment
    FOR EACH ROW EXECUTE FUNCTION goals_assessment_fits();
"""

FROZEN = """
CREATE FUNCTION goals_round_stays_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.frozen_at IS NOT NULL THEN
        RAISE EXCEPTION 'the round % is frozen', OLD.label USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER followupround_stays_frozen BEFORE UPDATE OR DELETE ON goals_followupround
    FOR EACH ROW EXECUTE FUNCTION goals_round_stays_frozen();

CREATE FUNCTION goals_wording_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    edition bigint;
BEGIN
    IF TG_TABLE_NAME = 'goals_goalpart' THEN
        SELECT area.edition_id INTO edition FROM goals_goal goal
            JOIN goals_area area ON area.id = goal.area_id WHERE goal.id = OLD.goal_id;
    ELSIF TG_TABLE_NAME = 'goals_goal' THEN
        SELECT area.edition_id INTO edition FROM goals_area area WHERE area.id = OLD.area_id;
    ELSE
        edition := OLD.edition_id;
    END IF;
    PERFORM 1 FROM goals_followupround WHERE edition_id = edition AND frozen_at IS NOT NULL;
    IF FOUND THEN
        RAISE EXCEPTION 'the goal was followed up in a frozen round: make a new edition'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER area_wording_stays BEFORE UPDATE OR DELETE ON goals_area
    FOR EACH ROW EXECUTE FUNCTION goals_wording_stays();
CREATE TRIGGER goal_wording_stays BEFORE UPDATE OR DELETE ON goals_goal
    FOR EACH ROW EXECUTE FUNCTION goals_wording_stays();
CREATE TRIGGER goalpart_wording_stays BEFORE UPDATE OR DELETE ON goals_goalpart
    FOR EACH ROW EXECUTE FUNCTION goals_wording_stays();
"""


def _undo(*functions: str) -> str:
    """Dropping a function with CASCADE drops its triggers too."""
    return ";".join(f"DROP FUNCTION {function}() CASCADE" for function in functions)


class Migration(migrations.Migration):
    dependencies = [("goals", "0001_initial")]
    operations = [
        migrations.RunSQL(SAID, _undo("goals_append_only")),
        migrations.RunSQL(SAYING, _undo("goals_may_be_said")),
        migrations.RunSQL(ASSESSING, _undo("goals_assessment_fits")),
        migrations.RunSQL(FROZEN, _undo("goals_round_stays_frozen", "goals_wording_stays")),
    ]
