"""Nothing is published while somebody may still be heard, or waits for an answer."""

from django.db import migrations

HEARD = """
CREATE FUNCTION catalogue_all_are_heard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM catalogue_consultation WHERE draft_id = NEW.draft_id
        AND last_day >= (NEW.at AT TIME ZONE 'Europe/Stockholm')::date;
    IF FOUND THEN
        RAISE EXCEPTION 'the draft is out for consultation' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM 1 FROM catalogue_comment c JOIN catalogue_consultation o ON o.id = c.consultation_id
        WHERE o.draft_id = NEW.draft_id
        AND NOT EXISTS (SELECT FROM catalogue_answer a WHERE a.comment_id = c.id);
    IF FOUND THEN
        RAISE EXCEPTION 'comments on the draft have no answer' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER publication_after_all_are_heard BEFORE INSERT ON catalogue_publication
    FOR EACH ROW EXECUTE FUNCTION catalogue_all_are_heard();
"""
UNHEARD = """
DROP TRIGGER publication_after_all_are_heard ON catalogue_publication;
DROP FUNCTION catalogue_all_are_heard();
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_guards")]
    operations = [migrations.RunSQL(HEARD, UNHEARD)]
