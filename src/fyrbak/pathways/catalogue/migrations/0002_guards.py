"""What was said stays said, and nothing is published that two others than its writers have not approved."""

from django.db import migrations

_TABLES = (
    "version", "reviewday", "draft", "revision", "consultation", "comment", "answer", "approval", "publication",
    "withdrawal",
)  # fmt: skip
KEPT = """
CREATE FUNCTION catalogue_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted: add a new one', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
""" + "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON catalogue_{table}"
    " FOR EACH ROW EXECUTE FUNCTION catalogue_append_only();\n"
    for table in _TABLES
)

# Whoever adds something to a draft locks it first, so that two who act at once come one after the other.
OPEN_DRAFT = """
CREATE FUNCTION catalogue_open_draft(draft uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM catalogue_draft WHERE id = draft FOR UPDATE;
    PERFORM 1 FROM catalogue_publication WHERE draft_id = draft
        UNION ALL SELECT 1 FROM catalogue_withdrawal WHERE draft_id = draft;
    IF FOUND THEN
        RAISE EXCEPTION 'the draft has been published or laid down: it stays as it is'
            USING ERRCODE = 'restrict_violation';
    END IF;
END
$$;
CREATE FUNCTION catalogue_latest_revision(draft uuid) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id FROM catalogue_revision WHERE draft_id = draft ORDER BY number DESC LIMIT 1
$$;
"""

WRITING = """
CREATE FUNCTION catalogue_revision_fits() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM catalogue_open_draft(NEW.draft_id);
    IF NEW.number <> 1 + (SELECT coalesce(max(number), 0) FROM catalogue_revision WHERE draft_id = NEW.draft_id)
    THEN
        RAISE EXCEPTION 'somebody has saved the draft meanwhile' USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER revision_fits BEFORE INSERT ON catalogue_revision
    FOR EACH ROW EXECUTE FUNCTION catalogue_revision_fits();

CREATE FUNCTION catalogue_withdrawal_fits() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM catalogue_open_draft(NEW.draft_id);
    RETURN NEW;
END
$$;
CREATE TRIGGER withdrawal_fits BEFORE INSERT ON catalogue_withdrawal
    FOR EACH ROW EXECUTE FUNCTION catalogue_withdrawal_fits();
"""

CONSULTING = """
CREATE FUNCTION catalogue_consultation_fits() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM catalogue_open_draft(NEW.draft_id);
    PERFORM 1 FROM catalogue_consultation WHERE draft_id = NEW.draft_id AND last_day >= NEW.opens;
    IF FOUND THEN
        RAISE EXCEPTION 'the draft is out for consultation already' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER consultation_fits BEFORE INSERT ON catalogue_consultation
    FOR EACH ROW EXECUTE FUNCTION catalogue_consultation_fits();

CREATE FUNCTION catalogue_comment_fits() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    the_consultation catalogue_consultation%ROWTYPE;
BEGIN
    SELECT * INTO the_consultation FROM catalogue_consultation WHERE id = NEW.consultation_id;
    PERFORM catalogue_open_draft(the_consultation.draft_id);
    IF (NEW.at AT TIME ZONE 'Europe/Stockholm')::date
            NOT BETWEEN the_consultation.opens AND the_consultation.last_day THEN
        RAISE EXCEPTION 'the consultation is not open on that day' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM 1 FROM catalogue_revision WHERE id = NEW.revision_id AND draft_id = the_consultation.draft_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a comment is about a revision of the same draft' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER comment_fits BEFORE INSERT ON catalogue_comment
    FOR EACH ROW EXECUTE FUNCTION catalogue_comment_fits();
"""

APPROVING = """
CREATE FUNCTION catalogue_approval_fits() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    the_draft uuid := (SELECT draft_id FROM catalogue_revision WHERE id = NEW.revision_id);
BEGIN
    PERFORM catalogue_open_draft(the_draft);
    IF NEW.revision_id <> catalogue_latest_revision(the_draft) THEN
        RAISE EXCEPTION 'the draft has been changed: approve what it says now' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM 1 FROM catalogue_revision WHERE draft_id = the_draft AND account_id = NEW.account_id;
    IF FOUND THEN
        RAISE EXCEPTION 'nobody approves what they have written themselves' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM 1 FROM catalogue_consultation WHERE draft_id = the_draft
        AND last_day >= (NEW.at AT TIME ZONE 'Europe/Stockholm')::date;
    IF FOUND THEN
        RAISE EXCEPTION 'the draft is out for consultation' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER approval_fits BEFORE INSERT ON catalogue_approval
    FOR EACH ROW EXECUTE FUNCTION catalogue_approval_fits();
"""

# The versions of the pathway are locked too, so that of two drafts the later one sees what the other became.
PUBLISHING = """
CREATE FUNCTION catalogue_publication_fits() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    the_revision catalogue_revision%ROWTYPE;
    the_version catalogue_version%ROWTYPE;
    the_pathway text := (SELECT pathway FROM catalogue_draft WHERE id = NEW.draft_id);
BEGIN
    PERFORM 1 FROM catalogue_version WHERE pathway = the_pathway ORDER BY id FOR UPDATE;
    PERFORM catalogue_open_draft(NEW.draft_id);
    SELECT * INTO the_revision FROM catalogue_revision WHERE id = NEW.revision_id;
    SELECT * INTO the_version FROM catalogue_version WHERE id = NEW.version_id;
    IF the_revision.draft_id <> NEW.draft_id OR the_revision.id <> catalogue_latest_revision(NEW.draft_id) THEN
        RAISE EXCEPTION 'what is published is the latest revision of the draft' USING ERRCODE = 'check_violation';
    END IF;
    IF (SELECT count(DISTINCT account_id) FROM catalogue_approval WHERE revision_id = the_revision.id) < 2 THEN
        RAISE EXCEPTION 'two have to approve what is published' USING ERRCODE = 'check_violation';
    END IF;
    IF the_version.packaged OR the_version.pathway <> the_pathway
            OR the_version.content <> the_revision.content OR the_version.sha256 <> the_revision.sha256 THEN
        RAISE EXCEPTION 'a version is what was approved, word for word' USING ERRCODE = 'check_violation';
    END IF;
    IF the_version.day <= (SELECT max(day) FROM catalogue_version
                           WHERE pathway = the_pathway AND id <> the_version.id) THEN
        RAISE EXCEPTION 'a version begins after the one before it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER publication_fits BEFORE INSERT ON catalogue_publication
    FOR EACH ROW EXECUTE FUNCTION catalogue_publication_fits();

CREATE FUNCTION catalogue_version_is_published() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM catalogue_publication WHERE version_id = NEW.id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a version comes with the program or from an approved draft'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER version_is_published AFTER INSERT ON catalogue_version
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NOT NEW.packaged)
    EXECUTE FUNCTION catalogue_version_is_published();
"""


def _undo(*functions: str) -> str:
    """Dropping a function with CASCADE drops its triggers too."""
    return ";".join(f"DROP FUNCTION {function} CASCADE" for function in functions)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]
    operations = [
        migrations.RunSQL(KEPT, _undo("catalogue_append_only()")),
        migrations.RunSQL(OPEN_DRAFT, _undo("catalogue_open_draft(uuid)", "catalogue_latest_revision(uuid)")),
        migrations.RunSQL(WRITING, _undo("catalogue_revision_fits()", "catalogue_withdrawal_fits()")),
        migrations.RunSQL(CONSULTING, _undo("catalogue_consultation_fits()", "catalogue_comment_fits()")),
        migrations.RunSQL(APPROVING, _undo("catalogue_approval_fits()")),
        migrations.RunSQL(
            PUBLISHING, _undo("catalogue_publication_fits()", "catalogue_version_is_published()")
        ),
    ]
