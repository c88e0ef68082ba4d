"""What was notified, decided and sent is only ever added to, and one version follows the other."""
# ruff: noqa: S608 - statements are put together from the migration's own names

from django.db import migrations

_ONLY_ADDED = ("notification", "notificationfile", "refusedrow", "ruling", "reminder", "closing", "listed")
KEPT = """
CREATE FUNCTION notifications_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted: add a new one', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE FUNCTION notifications_one_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before notifications_notification%ROWTYPE;
BEGIN
    SELECT * INTO before FROM notifications_notification n WHERE n.id = NEW.replaces_id;
    IF (before.key, before.source_key, before.person_id, before.kind, before.version + 1)
        IS DISTINCT FROM (NEW.key, NEW.source_key, NEW.person_id, NEW.kind, NEW.version::integer)
        OR before.received_at > NEW.received_at THEN
        RAISE EXCEPTION 'a version follows the one before it, of the same notification and person'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER notification_one_follows BEFORE INSERT ON notifications_notification
    FOR EACH ROW WHEN (NEW.version > 1) EXECUTE FUNCTION notifications_one_follows();
""" + "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON notifications_{table}"
    " FOR EACH ROW EXECUTE FUNCTION notifications_append_only();\n"
    for table in _ONLY_ADDED
)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]
    operations = [
        migrations.RunSQL(
            KEPT,
            "DROP FUNCTION notifications_append_only() CASCADE;"
            " DROP FUNCTION notifications_one_follows() CASCADE",
        )
    ]
