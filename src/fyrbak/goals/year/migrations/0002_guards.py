"""A held meeting stays as its minutes say, a group's rows stay within the group, and history is only added to."""

from django.db import migrations

# The meeting's row is locked while something is written at it, so nothing slips in while its minutes are frozen.
# The checks look at the meeting whoever writes, also where row security lets nobody but the group's owner lock it.
AT_MEETING = """
CREATE FUNCTION year_meeting_is_open() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    at_meeting bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.meeting_id ELSE NEW.meeting_id END;
    the_state text;
BEGIN
    SELECT state INTO the_state FROM year_meeting WHERE id = at_meeting FOR SHARE;
    IF the_state <> 'planned' THEN
        RAISE EXCEPTION 'the meeting is %', the_state USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.meeting_id <> OLD.meeting_id THEN
        RAISE EXCEPTION 'rows of % stay at their meeting', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER agendaitem_while_planned BEFORE INSERT OR UPDATE OR DELETE ON year_agendaitem
    FOR EACH ROW EXECUTE FUNCTION year_meeting_is_open();
CREATE TRIGGER attendance_while_planned BEFORE INSERT OR UPDATE OR DELETE ON year_attendance
    FOR EACH ROW EXECUTE FUNCTION year_meeting_is_open();
CREATE TRIGGER decision_while_planned BEFORE INSERT OR UPDATE OR DELETE ON year_decision
    FOR EACH ROW EXECUTE FUNCTION year_meeting_is_open();
CREATE TRIGGER minutes_while_planned BEFORE INSERT ON year_minutes
    FOR EACH ROW EXECUTE FUNCTION year_meeting_is_open();
CREATE TRIGGER meetingchange_while_planned BEFORE INSERT ON year_meetingchange
    FOR EACH ROW EXECUTE FUNCTION year_meeting_is_open();
"""

SAME_GROUP = """
CREATE FUNCTION year_of_same_group() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    somebody bigint;
BEGIN
    IF TG_TABLE_NAME = 'year_attendance' THEN
        somebody := NEW.member_id;
    ELSE
        somebody := NEW.owner_id;
        PERFORM 1 FROM year_agendaitem WHERE id = NEW.item_id AND meeting_id <> NEW.meeting_id;
        IF FOUND THEN
            RAISE EXCEPTION 'a decision is made under an item of its own meeting' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    PERFORM 1 FROM year_member seat JOIN year_meeting meeting ON meeting.id = NEW.meeting_id
        WHERE seat.id = somebody AND seat.group_id <> meeting.group_id;
    IF FOUND THEN
        RAISE EXCEPTION 'the member has no seat in the group of the meeting' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER attendance_of_same_group BEFORE INSERT OR UPDATE ON year_attendance
    FOR EACH ROW EXECUTE FUNCTION year_of_same_group();
CREATE TRIGGER decision_of_same_group BEFORE INSERT OR UPDATE ON year_decision
    FOR EACH ROW EXECUTE FUNCTION year_of_same_group();
"""

# A meeting is held when its minutes are frozen, and is never anything else afterwards. Nor is a cancelled one.
HELD = """
CREATE FUNCTION year_meeting_keeps_its_end() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'planned' OR NEW.group_id <> OLD.group_id THEN
        RAISE EXCEPTION 'the meeting is %, and meetings are never deleted', OLD.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.state = 'held') <> EXISTS (SELECT FROM year_minutes WHERE meeting_id = NEW.id) THEN
        RAISE EXCEPTION 'a meeting is held when its minutes are frozen' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER meeting_keeps_its_end BEFORE UPDATE OR DELETE ON year_meeting
    FOR EACH ROW EXECUTE FUNCTION year_meeting_keeps_its_end();
"""

ONLY_ADDED = """
CREATE TRIGGER minutes_append_only BEFORE UPDATE OR DELETE ON year_minutes
    FOR EACH ROW EXECUTE FUNCTION goals_append_only();
CREATE TRIGGER meetingchange_append_only BEFORE UPDATE OR DELETE ON year_meetingchange
    FOR EACH ROW EXECUTE FUNCTION goals_append_only();
CREATE TRIGGER decisionstatus_append_only BEFORE UPDATE OR DELETE ON year_decisionstatus
    FOR EACH ROW EXECUTE FUNCTION goals_append_only();
CREATE TRIGGER rhythm_append_only BEFORE UPDATE OR DELETE ON year_rhythm
    FOR EACH ROW EXECUTE FUNCTION goals_append_only();
"""
_TABLES = ("minutes", "meetingchange", "decisionstatus", "rhythm")
ADDED_FREELY = ";".join(f"DROP TRIGGER {table}_append_only ON year_{table}" for table in _TABLES)


class Migration(migrations.Migration):
    dependencies = [("year", "0001_initial"), ("goals", "0002_guards")]
    operations = [
        migrations.RunSQL(AT_MEETING, "DROP FUNCTION year_meeting_is_open() CASCADE"),
        migrations.RunSQL(SAME_GROUP, "DROP FUNCTION year_of_same_group() CASCADE"),
        migrations.RunSQL(HELD, "DROP FUNCTION year_meeting_keeps_its_end() CASCADE"),
        migrations.RunSQL(ONLY_ADDED, ADDED_FREELY),
    ]
