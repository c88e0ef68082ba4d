"""How new rows take the place of the old: one merge, of one person within the database, of all from a copy.

Pages own nothing, and see no row of a person whose record nobody has opened. So for one person the reading
and the merging are functions of the owner. They refuse whoever may not register events, and persons out of
sight.
"""
# ruff: noqa: S608 - statements are put together from the program's own names

from __future__ import annotations

import re

import pyarrow as pa

from fyrbak.access.persons import names_of_roles_with
from fyrbak.access.roles import Deed
from fyrbak.database import PAGES
from fyrbak.pathways.ongoing.rows import CASES, FAULTS
from fyrbak.records.holding import holds

LOCK = "LOCK TABLE ongoing_case IN SHARE ROW EXCLUSIVE MODE"  # one refresh at a time; readers do not wait
_SQL = {
    pa.int64(): "bigint",
    pa.int32(): "integer",
    pa.string(): "text",
    pa.date32(): "date",
    pa.bool_(): "boolean",
}
_LINKS = ("start_region", "region", "unit", "home_region")


def _columns(schema: pa.Schema) -> str:
    return ", ".join(f'"{field.name}" {_SQL[field.type]}' for field in schema)


def temporary(name: str, schema: pa.Schema) -> str:
    """The statement that makes a place for new rows until the transaction ends."""
    return f"CREATE TEMP TABLE {name} ({_columns(schema)}) ON COMMIT DROP"


def _case_columns() -> dict[str, str]:
    """Each column of a case and what stands in it, of a new row ``n``."""
    links = {f"{name}_id": f"NULLIF(n.{name}, '')" for name in _LINKS}
    plain = {name: f"n.{name}" for name in CASES.names if name not in (*_LINKS, "person_id")}
    return links | plain


_CASE = _case_columns()
_IDENTITY = ("pathway", "ordinal")
# What may have changed; a row that is the same is not written again.
_CHANGING = [name for name in _CASE if name not in _IDENTITY]
# Whose the new rows are, found once: the table of all persons is large, and read in the order of its index.
_PERSONS = (
    """
    CREATE TEMP TABLE new_person ON COMMIT DROP AS
        SELECT p.id, p.pseudonym
        FROM (SELECT person_id FROM new_case UNION SELECT person_id FROM new_fault ORDER BY person_id) n
            JOIN records_person p ON p.pseudonym = n.person_id
        WHERE p.version = 1 AND <of_p>
    """,
    "ANALYZE new_person",
)
_PERSON = "new_person p ON p.pseudonym = n.person_id"

# <of_c> and <of_p> narrow to one person. Those who end come before those who open, since a person has at most
# one open case of a pathway at any moment.
_MERGE_CASES = (
    f"""
    DELETE FROM ongoing_case c WHERE <of_c> AND NOT EXISTS (
        SELECT FROM new_case n JOIN {_PERSON}
        WHERE p.id = c.person_id AND n.pathway = c.pathway AND n.ordinal = c.ordinal)
    """,
    f"""
    INSERT INTO ongoing_case (key, person_id, {", ".join(_CASE)})
        SELECT gen_random_uuid(), p.id, {", ".join(_CASE.values())}
        FROM new_case n JOIN {_PERSON}
        ORDER BY n.end_date IS NULL, n.person_id, n.pathway, n.ordinal
    ON CONFLICT (person_id, pathway, ordinal) DO UPDATE
        SET {", ".join(f"{name} = excluded.{name}" for name in _CHANGING)}
        WHERE ({", ".join(f"ongoing_case.{name}" for name in _CHANGING)})
            IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in _CHANGING)})
    """,
)
_MERGE_CORRECTIONS = (
    f"""
    CREATE TEMP TABLE new_correction ON COMMIT DROP AS
        SELECT p.id AS person_id, n.pathway, n.rule, n."on", max(n.ordinal) AS ordinal,
            md5(concat_ws('|', n."on"::text, string_agg(DISTINCT n.record_key || ' ' || n.told, '|')))
                AS fault,
            COALESCE(array_agg(DISTINCT n.point) FILTER (WHERE n.point IS NOT NULL), '{{}}') AS points,
            COALESCE(array_agg(DISTINCT n.record_key) FILTER (WHERE n.record_key IS NOT NULL), '{{}}')
                AS record_keys,
            NULLIF(max(n.region), '') AS region_id, NULLIF(max(n.unit), '') AS unit_id,
            bool_or(n.hidden) AS hidden
        FROM new_fault n JOIN {_PERSON}
        GROUP BY p.id, n.pathway, n.rule, n."on"
    """,
    """
    UPDATE ongoing_correction c SET gone_at = <at> WHERE <of_c> AND c.gone_at IS NULL AND NOT EXISTS (
        SELECT FROM new_correction n
        WHERE n.person_id = c.person_id AND n.pathway = c.pathway AND n.rule = c.rule AND n.fault = c.fault)
    """,
    """
    INSERT INTO ongoing_correction (person_id, pathway, ordinal, rule, fault, "on", points, record_keys,
            region_id, unit_id, hidden, first_seen, last_seen)
        SELECT person_id, pathway, ordinal, rule, fault, "on", points, record_keys, region_id, unit_id,
            hidden, <at>, <at> FROM new_correction
    ON CONFLICT (person_id, pathway, rule, fault) DO UPDATE SET ordinal = excluded.ordinal,
        region_id = excluded.region_id, unit_id = excluded.unit_id, hidden = excluded.hidden,
        last_seen = excluded.last_seen, gone_at = NULL,
        returned_at = CASE WHEN ongoing_correction.gone_at IS NULL THEN ongoing_correction.returned_at
            ELSE excluded.last_seen END
    """,
)


def merging(*, at: str, person: str = "") -> list[str]:
    """The statements that merge ``new_case`` and ``new_fault``, of one person or of everybody.

    ``at`` and ``person`` are expressions of SQL: the moment of the refresh, and the person's id.
    """
    of_one = {"of_c": f"c.person_id = {person}", "of_p": f"p.id = {person}"}
    words = {"at": at} | (of_one if person else {"of_c": "true", "of_p": "true"})
    return [
        re.sub("<([a-z_]+)>", lambda found: words[found[1]], statement)
        for statement in (*_PERSONS, *_MERGE_CASES, *_MERGE_CORRECTIONS)
    ]


_GUARD = f"""
    IF session_user = '{PAGES}' AND NOT (
        COALESCE(access_role() IN ({names_of_roles_with(Deed.REGISTER_EVENTS)}), false)
        AND (EXISTS (SELECT FROM records_pathwayevent e WHERE e.person_id = whom
                AND (e.region_id = ANY (access_scope()) OR e.unit_id = ANY (access_scope())))
            OR EXISTS (SELECT FROM ongoing_case c WHERE c.person_id = whom
                AND (c.region_id = ANY (access_scope()) OR c.unit_id = ANY (access_scope()))))
    ) THEN
        RAISE insufficient_privilege USING MESSAGE = 'the role may not change this person''s pathways';
    END IF;
"""
# The columns of each table that the engine and the lists ask for, as the layout calls them.
READ = {
    "person": "birth_date birth_precision sex visibility",
    "pathway_event": "record_key pathway point start_date start_precision variant original_start region unit"
    " visibility",
    "residence": "region start_date end_date",
    "death": "death_date death_precision",
    "treatment_course": "modality start_date",
}
_STORED = {"record_key": "source_key", "region": "region_id", "unit": "unit_id"}


def _rows_of(table: str) -> str:
    columns = ", ".join(f"r.{_STORED.get(name, name)} AS {name}" for name in READ[table].split())
    whose = "r.pseudonym = it.pseudonym" if table == "person" else "r.person_id = whom"
    return (
        f"'{table}', (SELECT COALESCE(jsonb_agg(to_jsonb(x)), '[]') FROM (SELECT it.pseudonym AS person_id,"
        f" {columns} FROM records_{table.replace('_', '')} r WHERE {whose} AND {holds('r')}) x)"
    )


_ROWS = f"""
CREATE OR REPLACE FUNCTION ongoing_rows(whom bigint) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    it records_person%ROWTYPE;
BEGIN
    {_GUARD}
    {LOCK};
    SELECT * INTO it FROM records_person WHERE id = whom AND version = 1;
    RETURN jsonb_build_object('as_of', (SELECT max(as_of) FROM records_batch),
        {", ".join(map(_rows_of, READ))});
END
$$
"""
_MERGED = f"""
CREATE OR REPLACE FUNCTION ongoing_merge(whom bigint, at timestamptz, cases jsonb, faults jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    {_GUARD}
    DROP TABLE IF EXISTS pg_temp.new_case, pg_temp.new_fault, pg_temp.new_person,
        pg_temp.new_correction;
    CREATE TEMP TABLE new_case ON COMMIT DROP AS
        SELECT * FROM jsonb_to_recordset(cases) AS x ({_columns(CASES)});
    CREATE TEMP TABLE new_fault ON COMMIT DROP AS
        SELECT * FROM jsonb_to_recordset(faults) AS x ({_columns(FAULTS)});
    {"; ".join(merging(at="at", person="whom"))};
    DROP TABLE new_case, new_fault, new_person, new_correction;
END
$$
"""
FUNCTIONS = (_ROWS, _MERGED)
