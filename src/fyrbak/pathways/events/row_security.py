"""Row security of entries by hand, tasks and files, and the one way for pages to make a row of an event.

Pages see no row of a person whose record nobody has opened, and own nothing. So reading what is known before
an event is registered, and making its row, are functions of the owner. They refuse whoever may not register
events, a person out of sight, and a place that is another's.
"""

from __future__ import annotations

from fyrbak.access.persons import names_of_roles_with
from fyrbak.access.policies import roles_with
from fyrbak.access.roles import Deed
from fyrbak.access.row_security import ADD, Policy, within
from fyrbak.database import PAGES
from fyrbak.records.holding import holds

_REGISTRARS = names_of_roles_with(Deed.REGISTER_EVENTS)
_REGISTERS, _FOLLOWS = roles_with(Deed.REGISTER_EVENTS), roles_with(Deed.FOLLOW_PATHWAYS)
_OF_AN_OWN_TASK = (
    f"EXISTS (SELECT FROM pathway_events_task t WHERE t.key = task_id AND {within('t.organisation_id')})"
)
_OF_AN_OWN_FILE = (
    f"EXISTS (SELECT FROM pathway_events_eventfile f WHERE f.key = file_id AND {within('f.organisation_id')})"
)
_OF_AN_OWN_ROW = (
    f"EXISTS (SELECT FROM pathway_events_refusedrow r WHERE r.id = row_id AND {within('r.organisation_id')})"
)
_HOLDS = holds("e")

# In sight is who has been opened with a reason, and who stands in the own work list.
_IN_SIGHT = f"""
    session_user <> '{PAGES}' OR COALESCE(access_role() IN ({_REGISTRARS}), false) AND (
        whom IN (SELECT access_opened())
        OR EXISTS (SELECT FROM ongoing_case c WHERE c.person_id = whom AND NOT c.hidden
            AND (c.region_id = ANY (access_scope()) OR c.unit_id = ANY (access_scope())))
        OR EXISTS (SELECT FROM pathway_events_task t WHERE t.person_id = whom
            AND t.organisation_id = ANY (access_scope()))
    )
"""
_KNOWN = f"""
CREATE OR REPLACE FUNCTION pathway_events_known(whom bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT ({_IN_SIGHT}) THEN
        RAISE insufficient_privilege USING MESSAGE = 'the person is out of sight';
    END IF;
    RETURN jsonb_build_object(
        'born', (SELECT e.birth_date FROM records_person e JOIN records_person f ON f.pseudonym = e.pseudonym
            WHERE f.id = whom AND {_HOLDS}),
        'death', (SELECT jsonb_build_object('day', e.death_date, 'precision', e.death_precision)
            FROM records_death e WHERE e.person_id = whom AND {_HOLDS} ORDER BY e.death_date DESC LIMIT 1),
        'home', (SELECT e.region_id FROM records_residence e WHERE e.person_id = whom AND {_HOLDS}
            ORDER BY e.start_date DESC LIMIT 1),
        'events', (SELECT COALESCE(jsonb_agg(to_jsonb(x) ORDER BY x.id), '[]') FROM (
            SELECT e.id, e.source_key, e.pathway, e.point, e.start_date, e.start_precision, e.variant,
                e.original_start, e.region_id, e.unit_id, e.method
            FROM records_pathwayevent e WHERE e.person_id = whom AND {_HOLDS}) x));
END
$$
"""

# A row is new, or a new version of one of the own organisation. Each is a batch of its own, so that what was
# known at a moment can be asked for as of any other delivery.
_RECORD = f"""
CREATE OR REPLACE FUNCTION pathway_events_record(entry jsonb) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    whom bigint := (entry ->> 'person')::bigint;
    moment timestamptz := (entry ->> 'at')::timestamptz;
    place text := entry ->> 'region';
    source text := 'hand-' || place;
    old records_pathwayevent%ROWTYPE;
    landed bigint;
    made bigint;
BEGIN
    IF NOT ({_IN_SIGHT}) THEN
        RAISE insufficient_privilege USING MESSAGE = 'the person is out of sight';
    END IF;
    IF session_user = '{PAGES}' AND NOT COALESCE(
        place = ANY (access_scope()) OR entry ->> 'unit' = ANY (access_scope()), false) THEN
        RAISE insufficient_privilege USING MESSAGE = 'events are registered in the own organisation';
    END IF;
    IF moment < (SELECT max(landed_at) FROM records_batch) THEN
        RAISE EXCEPTION 'a delivery has landed at a later time than the clock says'
            USING ERRCODE = 'datetime_field_overflow';
    END IF;
    IF entry ->> 'replaces' IS NOT NULL THEN
        SELECT e.* INTO old FROM records_pathwayevent e
            WHERE e.id = (entry ->> 'replaces')::bigint AND e.person_id = whom AND {_HOLDS} FOR UPDATE;
        IF old.id IS NULL THEN
            RAISE serialization_failure USING MESSAGE = 'the event has been changed meanwhile';
        END IF;
        IF session_user = '{PAGES}' AND NOT COALESCE(
            old.region_id = ANY (access_scope()) OR old.unit_id = ANY (access_scope()), false) THEN
            RAISE insufficient_privilege USING MESSAGE = 'the event belongs to another organisation';
        END IF;
        UPDATE records_pathwayevent SET known_to = moment WHERE id = old.id;
    END IF;
    INSERT INTO records_source (code, name, synthetic)
        SELECT source, 'För hand: ' || o.name_sv,
            COALESCE((SELECT bool_and(s.synthetic) FROM records_source s), false)
        FROM records_organisation o WHERE o.code = place ON CONFLICT DO NOTHING;
    INSERT INTO records_batch
        (source_id, content_hash, landed_at, as_of, rows_read, rows_landed, rows_unchanged, rows_refused)
        VALUES (source, encode(sha256(convert_to(entry::text, 'UTF8')), 'hex'), moment,
            (entry ->> 'day')::date, 1, 1, 0, 0)
        RETURNING id INTO landed;
    INSERT INTO records_pathwayevent (status, version, replaces_id, recorded_at, known_from, batch_id,
            source_key, method, visibility, person_id, start_date, start_precision, state, code, code_system,
            code_version, verbatim, region_id, unit_id, pathway, point, variant, original_start)
        VALUES (entry ->> 'status', COALESCE(old.version, 0) + 1, old.id, (entry ->> 'on')::date, moment,
            landed, COALESCE(old.source_key, source || '|' || (entry ->> 'key')), 'manual',
            COALESCE(old.visibility, 'normal'), whom, (entry ->> 'day')::date, 'D', 'point',
            entry ->> 'code', CASE WHEN entry ->> 'code' = '' THEN '' ELSE 'kva' END, '', '', place,
            entry ->> 'unit', entry ->> 'pathway', entry ->> 'point', entry ->> 'variant',
            (entry ->> 'original_start')::date)
        RETURNING id INTO made;
    RETURN made;
END
$$
"""

POLICIES = {
    "pathway_events_registration": Policy(
        see=f"{_FOLLOWS} AND {within('organisation_id')}",
        write=f"{_REGISTERS} AND {within('organisation_id')}",
        may=ADD,
    ),
    "pathway_events_task": Policy(
        see=f"{_FOLLOWS} AND {within('organisation_id')}",
        write=f"{_REGISTERS} AND {within('organisation_id')}",
        may=ADD,
    ),
    "pathway_events_taskstep": Policy(
        see=_OF_AN_OWN_TASK, write=f"{_REGISTERS} AND {_OF_AN_OWN_TASK}", may=ADD
    ),
    "pathway_events_eventfile": Policy(
        see=f"{_REGISTERS} AND {within('organisation_id')}",
        write=f"{_REGISTERS} AND {within('organisation_id')}",
        may=ADD,
    ),
    # The command that takes in a file keeps what it refused; pages let a row be.
    "pathway_events_refusedrow": Policy(see=f"({_FOLLOWS} OR {_REGISTERS}) AND {within('organisation_id')}"),
    "pathway_events_refusedrowstep": Policy(
        see=_OF_AN_OWN_ROW, write=f"state = 'closed' AND {_REGISTERS} AND {_OF_AN_OWN_ROW}", may=ADD
    ),
    # A page answers for a file that it refuses; what became of a file, by the command that takes it in.
    "pathway_events_fileoutcome": Policy(
        see=_OF_AN_OWN_FILE, write=f"batch_id IS NULL AND {_REGISTERS} AND {_OF_AN_OWN_FILE}", may=ADD
    ),
}
FUNCTIONS = (_KNOWN, _RECORD)
