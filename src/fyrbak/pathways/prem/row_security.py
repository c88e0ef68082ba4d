"""Row security of SVF-PREM: rounds and who was asked are a region's own; whoever has a code may answer once.

Somebody who answers has no account. The two functions they reach take the hash of the code, and tell nothing
of whom it was sent to. ``prem_sums`` adds up all regions, since each holds itself against the country; what
is shown of it passes disclosure control.
"""

from __future__ import annotations

from fyrbak.access.policies import roles_with
from fyrbak.access.roles import Deed
from fyrbak.access.row_security import ADD, Policy, within

_OWN = f"{within('region_id')} AND {roles_with(Deed.DELIVER_PATHWAYS)}"
_OWN_ROUND = "EXISTS (SELECT FROM prem_round r WHERE r.id = round_id)"

POLICIES = {
    "prem_round": Policy(see=_OWN, write=_OWN, may=ADD),
    "prem_invitation": Policy(see=_OWN_ROUND, write=_OWN_ROUND, may=ADD),
    "prem_answer": Policy(see=_OWN_ROUND),
}

# A person answers well in a dimension when the mean of what they answered in it is as good as `positive`.
_SUMS = """
    SELECT dimension, count(*), count(*) FILTER (WHERE mean >= positive) FROM (
        SELECT a.id, dimensions ->> q.key AS dimension, avg(q.value::integer) AS mean
        FROM prem_answer a JOIN prem_round r ON r.id = a.round_id, jsonb_each_text(a.given) q
        WHERE r.month BETWEEN first AND last AND (region = '' OR r.region_id = region)
        GROUP BY a.id, dimensions ->> q.key
    ) answered WHERE dimension IS NOT NULL GROUP BY dimension
    UNION ALL
    SELECT '', count(*), count(*) FILTER (WHERE i.answered)
    FROM prem_invitation i JOIN prem_round r ON r.id = i.round_id
    WHERE r.month BETWEEN first AND last AND (region = '' OR r.region_id = region)
"""
_TAKES = "(first date, last date, dimensions jsonb, positive integer, region text)"

FUNCTIONS = (
    f"""
    CREATE OR REPLACE FUNCTION prem_sums{_TAKES} RETURNS TABLE (dimension text, n bigint, hits bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$ {_SUMS} $$
    """,
    f"""
    CREATE OR REPLACE FUNCTION prem_own_sums{_TAKES} RETURNS TABLE (dimension text, n bigint, hits bigint)
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$ {_SUMS} $$
    """,
    """
    CREATE OR REPLACE FUNCTION prem_state(code text, today date) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT COALESCE((
            SELECT CASE WHEN i.answered THEN 'answered' WHEN r.closes < today THEN 'closed' ELSE 'open' END
            FROM prem_invitation i JOIN prem_round r ON r.id = i.round_id WHERE i.code_sha256 = code
        ), 'unknown')
    $$
    """,
    # Of two who answer with one code at the same time the second waits, and finds it answered.
    """
    CREATE OR REPLACE FUNCTION prem_take(code text, today date, answer_id uuid, way text, answers jsonb)
    RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        asked prem_invitation%ROWTYPE;
        state text;
    BEGIN
        SELECT * INTO asked FROM prem_invitation WHERE code_sha256 = code FOR UPDATE;
        state := prem_state(code, today);
        IF state = 'open' THEN
            UPDATE prem_invitation SET answered = true WHERE id = asked.id;
            INSERT INTO prem_answer (id, round_id, how, given)
                VALUES (answer_id, asked.round_id, way, answers);
        END IF;
        RETURN state;
    END
    $$
    """,
)
