"""What was sent and answered stays as it was; an invitation is answered once."""

from django.db import migrations

KEPT = """
CREATE FUNCTION prem_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER round_append_only BEFORE UPDATE OR DELETE ON prem_round
    FOR EACH ROW EXECUTE FUNCTION prem_append_only();
CREATE TRIGGER answer_append_only BEFORE UPDATE OR DELETE ON prem_answer
    FOR EACH ROW EXECUTE FUNCTION prem_append_only();
CREATE TRIGGER invitation_stays BEFORE DELETE ON prem_invitation
    FOR EACH ROW EXECUTE FUNCTION prem_append_only();
CREATE TRIGGER invitation_is_answered_once BEFORE UPDATE ON prem_invitation
    FOR EACH ROW
    WHEN (OLD.answered OR to_jsonb(OLD) - 'answered' IS DISTINCT FROM to_jsonb(NEW) - 'answered')
    EXECUTE FUNCTION prem_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("prem", "0001_initial")]
    operations = [migrations.RunSQL(KEPT, "DROP FUNCTION prem_append_only() CASCADE")]
