"""What was said stays said, no call gives out more than it has, and nobody with an interest decides."""

from django.db import migrations

_ONLY_ADDED = (
    "taskstatus", "application", "interest", "decision", "reading", "projectreport", "spread", "sentdigest",
)  # fmt: skip
KEPT = """
CREATE FUNCTION improvement_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted: add a new one', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
""" + "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON improvement_{table}"
    " FOR EACH ROW EXECUTE FUNCTION improvement_append_only();\n"
    for table in _ONLY_ADDED
)

# A call can be taken away while nobody has applied, which the foreign keys see to, but not changed.
# A project becomes public once, and nothing else of it ever changes.
STANDING = """
CREATE TRIGGER call_stays BEFORE UPDATE ON improvement_call
    FOR EACH ROW EXECUTE FUNCTION improvement_append_only();
CREATE TRIGGER project_only_becomes_public BEFORE UPDATE ON improvement_project
    FOR EACH ROW WHEN (OLD.public OR to_jsonb(OLD) - 'public' IS DISTINCT FROM to_jsonb(NEW) - 'public')
    EXECUTE FUNCTION improvement_append_only();
CREATE TRIGGER project_stays BEFORE DELETE ON improvement_project
    FOR EACH ROW EXECUTE FUNCTION improvement_append_only();
"""

# The project's row is locked while something is said that hangs on whether it is decided.
APPLYING = """
CREATE FUNCTION improvement_application_fits() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM improvement_project WHERE id = NEW.project_id FOR UPDATE;
    PERFORM 1 FROM improvement_decision WHERE project_id = NEW.project_id;
    IF FOUND THEN
        RAISE EXCEPTION 'the project is decided: its application stays as it was decided on'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER application_fits BEFORE INSERT ON improvement_application
    FOR EACH ROW EXECUTE FUNCTION improvement_application_fits();
"""

# The call's row is locked first, so that two decisions in the same call wait for each other and add up.
DECIDING = """
CREATE FUNCTION improvement_decision_fits() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    the_call improvement_call%ROWTYPE;
    the_application improvement_application%ROWTYPE;
    granted numeric;
BEGIN
    SELECT call.* INTO the_call FROM improvement_call call
        JOIN improvement_project project ON project.call_id = call.id WHERE project.id = NEW.project_id
        FOR UPDATE OF call;
    PERFORM 1 FROM improvement_project WHERE id = NEW.project_id FOR UPDATE;
    SELECT * INTO the_application FROM improvement_application WHERE project_id = NEW.project_id
        ORDER BY id DESC LIMIT 1;
    IF the_application.id IS DISTINCT FROM NEW.application_id THEN
        RAISE EXCEPTION 'a decision is about the latest version of the application of its project'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.amount > the_application.sought THEN
        RAISE EXCEPTION 'no project is granted more than it applied for' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.supersedes_id IS NOT NULL THEN
        PERFORM 1 FROM improvement_decision WHERE id = NEW.supersedes_id AND project_id = NEW.project_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a decision supersedes one on the same project' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    PERFORM 1 FROM improvement_application
        WHERE project_id = NEW.project_id AND account_id = NEW.account_id;
    IF FOUND THEN
        RAISE EXCEPTION 'nobody decides on an application of their own' USING ERRCODE = 'check_violation';
    END IF;
    IF (SELECT conflict FROM improvement_interest
            WHERE project_id = NEW.project_id AND account_id = NEW.account_id
            ORDER BY id DESC LIMIT 1) IS DISTINCT FROM FALSE THEN
        RAISE EXCEPTION 'who decides has first stated that there is no conflict of interest'
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT coalesce(sum(decision.amount), 0) INTO granted FROM improvement_decision decision
        JOIN improvement_project project ON project.id = decision.project_id
        WHERE project.call_id = the_call.id AND decision.id IS DISTINCT FROM NEW.supersedes_id
            AND NOT EXISTS (
                SELECT FROM improvement_decision later WHERE later.supersedes_id = decision.id);
    IF granted + NEW.amount > the_call.allotted THEN
        RAISE EXCEPTION 'the call would give out more than it was allotted' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.outcome = 'granted' THEN
        UPDATE improvement_project SET public = TRUE WHERE id = NEW.project_id AND NOT public;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER decision_fits BEFORE INSERT ON improvement_decision
    FOR EACH ROW EXECUTE FUNCTION improvement_decision_fits();
"""


def _undo(*functions: str) -> str:
    """Dropping a function with CASCADE drops its triggers too."""
    return ";".join(f"DROP FUNCTION {function}() CASCADE" for function in functions)


class Migration(migrations.Migration):
    dependencies = [("improvement", "0001_initial")]
    operations = [
        migrations.RunSQL(KEPT, _undo("improvement_append_only")),
        migrations.RunSQL(STANDING, migrations.RunSQL.noop),
        migrations.RunSQL(APPLYING, _undo("improvement_application_fits")),
        migrations.RunSQL(DECIDING, _undo("improvement_decision_fits")),
    ]
