"""How new rows of the read model take the place of the old: one merge, of one person or of everybody.

Pages own nothing. So for one person the reading and the merging are functions of the owner, which refuse
whoever may not write to the register, and persons out of sight.
"""
# ruff: noqa: S608 - statements are put together from the program's own names

from __future__ import annotations

import re

from fyrbak.access.persons import names_of_roles_with
from fyrbak.access.roles import Deed
from fyrbak.database import PAGES
from fyrbak.registers.notifications.known import question
from fyrbak.registers.notifications.models import Doubt, Finding, Tumour

LOCK = "LOCK TABLE notifications_tumour IN SHARE ROW EXCLUSIVE MODE"  # one at a time; readers do not wait
NEW_ROWS = "CREATE TEMP TABLE new_row (kind text, data jsonb) ON COMMIT DROP"
_OWN = ("id", "first_seen", "gone_at")


def _columns(model: type[Tumour] | type[Doubt] | type[Finding]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields if field.column not in _OWN]


def _typed(kind: str) -> str:
    table = f"notifications_{kind}"
    return (
        f"CREATE TEMP TABLE new_{kind} ON COMMIT DROP AS SELECT r.* FROM new_row w,"
        f" jsonb_populate_record(NULL::{table}, w.data) r WHERE w.kind = '{kind}'"
    )


def _quoted(names: list[str], of: str = "") -> str:
    return ", ".join(f'{of}"{name}"' for name in names)


def _replaced(model: type[Tumour] | type[Doubt], same: str, key: str) -> tuple[str, str, str]:
    """The statements that make a table say what the new rows say, and touch no row that says so already."""
    kind, columns = str(model._meta.model_name), _columns(model)
    table, changing = f"notifications_{kind}", [name for name in columns if name not in key.split(", ")]
    return (
        _typed(kind),
        f"DELETE FROM {table} o WHERE <of> AND NOT EXISTS (SELECT FROM new_{kind} n WHERE {same})",
        f"""INSERT INTO {table} AS o ({_quoted(columns)}) SELECT {_quoted(columns)} FROM new_{kind}
            ON CONFLICT ({key}) DO UPDATE SET ({_quoted(changing)}) = ({_quoted(changing, "excluded.")})
            WHERE ({_quoted(changing, "o.")}) IS DISTINCT FROM ({_quoted(changing, "excluded.")})""",
    )


_FOUND = _columns(Finding)
_IDENTITY = "tumour, rule, field, fault"
_FINDINGS = (
    _typed("finding"),
    """UPDATE notifications_finding o SET gone_at = <at> WHERE <of> AND o.gone_at IS NULL AND NOT EXISTS (
        SELECT FROM new_finding n
        WHERE (n.tumour, n.rule, n.field, n.fault) = (o.tumour, o.rule, o.field, o.fault))""",
    f"""INSERT INTO notifications_finding ({_quoted(_FOUND)}, first_seen)
        SELECT {_quoted(_FOUND)}, <at> FROM new_finding ON CONFLICT ({_IDENTITY}) DO UPDATE
        SET gone_at = NULL, areas = excluded.areas, hidden = excluded.hidden, severity = excluded.severity,
            sv = excluded.sv, en = excluded.en, mend_sv = excluded.mend_sv, mend_en = excluded.mend_en""",
)
_STATEMENTS = (
    *_replaced(Tumour, "n.key = o.key", "key"),
    *_replaced(Doubt, "(n.one, n.other) = (o.one, o.other)", "one, other"),
    *_FINDINGS,
)


def replacing(*, at: str, whom: str = "") -> list[str]:
    """The statements that let the rows in ``new_row`` take the place of the old.

    ``at`` and ``whom`` are expressions of SQL: the moment of it, and the person's id; without one: everybody.
    """
    words = {"at": at, "of": f"o.person_id = {whom}" if whom else "true"}
    return [re.sub("<([a-z]+)>", lambda found: words[found[1]], one) for one in _STATEMENTS]


IN_SIGHT = f"""
    session_user <> '{PAGES}'
    OR COALESCE(access_role() IN ({names_of_roles_with(Deed.WRITE_REGISTER)}), false) AND (
        whom IN (SELECT access_opened())
        OR EXISTS (SELECT FROM notifications_tumour t WHERE t.person_id = whom AND NOT t.hidden
            AND (t.region_id = ANY (access_scope()) OR t.areas && access_scope()::varchar[])))
"""
_GUARD = f"""
    IF NOT ({IN_SIGHT}) THEN
        RAISE insufficient_privilege USING MESSAGE = 'the person is out of sight';
    END IF;
"""
_ROWS = f"""
CREATE OR REPLACE FUNCTION notifications_rows(whom bigint) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    {_GUARD}
    {LOCK};
    RETURN ({question("whom")});
END
$$
"""
_REPLACE = f"""
CREATE OR REPLACE FUNCTION notifications_replace(whom bigint, at timestamptz, given jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    {_GUARD}
    DROP TABLE IF EXISTS pg_temp.new_row, pg_temp.new_tumour, pg_temp.new_doubt, pg_temp.new_finding;
    {NEW_ROWS};
    INSERT INTO new_row SELECT x.kind, x.data FROM jsonb_to_recordset(given) AS x (kind text, data jsonb);
    {"; ".join(replacing(at="notifications_replace.at", whom="notifications_replace.whom"))};
    DROP TABLE new_row, new_tumour, new_doubt, new_finding;
END
$$
"""
_INSERTED = [
    "key", "kind", "register", "source_key", "region_id", "unit_id", "referrer_id", "diagnosed", "precision",
    "topography", "morphology", "behaviour", "grade", "laterality", "basis", "t", "n", "m", "edition", "text",
    "complete", "why", "by_name", "received_at",
]  # fmt: skip
_RECORD = f"""
CREATE OR REPLACE FUNCTION notifications_record(given jsonb) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    entry notifications_notification%ROWTYPE
        := jsonb_populate_record(NULL::notifications_notification, given);
    old notifications_notification%ROWTYPE;
    whom bigint := entry.person_id;
BEGIN
    {_GUARD}
    IF session_user = '{PAGES}' AND NOT COALESCE(
        entry.region_id = ANY (access_scope()) OR entry.unit_id = ANY (access_scope()), false) THEN
        RAISE insufficient_privilege USING MESSAGE = 'notifications are entered in the own organisation';
    END IF;
    IF entry.replaces_id IS NOT NULL THEN
        SELECT * INTO old FROM notifications_notification n WHERE n.id = entry.replaces_id FOR UPDATE;
        IF old.id IS NULL OR EXISTS (SELECT FROM notifications_notification n WHERE n.replaces_id = old.id)
        THEN
            RAISE serialization_failure USING MESSAGE = 'the notification has been changed meanwhile';
        END IF;
    END IF;
    INSERT INTO notifications_notification
            (version, replaces_id, status, person_id, file_id, line, {_quoted(_INSERTED)})
        VALUES (COALESCE(old.version, 0) + 1, old.id, entry.status, whom, NULL, NULL,
            {_quoted(_INSERTED, "entry.")});
    RETURN entry.key;
END
$$
"""
FUNCTIONS = (_ROWS, _REPLACE, _RECORD)
