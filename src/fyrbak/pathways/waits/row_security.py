"""Row security of the review of long waits: samples for those who lead, cases for those who follow too."""

from __future__ import annotations

from fyrbak.access.policies import roles_with
from fyrbak.access.roles import Deed
from fyrbak.access.row_security import ADD, Policy, within

_LEADS, _FOLLOWS = roles_with(Deed.LEAD_PATHWAYS), roles_with(Deed.FOLLOW_PATHWAYS)
_PLACE = f"({within('region_id')} OR {within('unit_id')})"
_OF_A_SAMPLE = "EXISTS (SELECT FROM waits_sample s WHERE s.id = sample_id)"
_OF_A_CASE = "EXISTS (SELECT FROM waits_drawn d WHERE d.id = drawn_id)"
_REVIEWS = f"{_LEADS} AND {_FOLLOWS}"

POLICIES = {
    "waits_sample": Policy(see=f"{_LEADS} AND {_PLACE}", write=f"{_REVIEWS} AND {_PLACE}", may=ADD),
    "waits_drawn": Policy(
        see=f"{_FOLLOWS} AND {_OF_A_SAMPLE}", write=f"{_REVIEWS} AND {_OF_A_SAMPLE}", may=ADD
    ),
    "waits_review": Policy(see=_OF_A_CASE, write=f"{_REVIEWS} AND {_OF_A_CASE}", may=ADD),
}

# Whoever leads sees how many cases of a sample have which cause, and none of the cases.
_COUNTED = f"""
CREATE OR REPLACE FUNCTION waits_counted()
RETURNS TABLE (sample_id bigint, cause text, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.id, COALESCE(latest.cause, ''), count(*)
    FROM waits_sample s JOIN waits_drawn d ON d.sample_id = s.id
    LEFT JOIN LATERAL (
        SELECT r.cause FROM waits_review r WHERE r.drawn_id = d.id ORDER BY r.version DESC LIMIT 1
    ) latest ON true
    WHERE {_LEADS} AND (s.region_id = ANY (access_scope()) OR s.unit_id = ANY (access_scope()))
    GROUP BY 1, 2
$$
"""
# A pathway that has been drawn twice, for a region and for a unit of it, is one case, as judged last.
_SUMMED = f"""
CREATE OR REPLACE FUNCTION waits_summed()
RETURNS TABLE (region_id text, pathway text, cause text, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT judged.region_id, judged.pathway, judged.cause, count(*) FROM (
        SELECT DISTINCT ON (s.region_id, s.pathway, d.person_id, d.ordinal) s.region_id, s.pathway, r.cause
        FROM waits_sample s JOIN waits_drawn d ON d.sample_id = s.id JOIN waits_review r ON r.drawn_id = d.id
        WHERE {_LEADS} AND (s.region_id = ANY (access_scope()) OR s.unit_id = ANY (access_scope()))
        ORDER BY s.region_id, s.pathway, d.person_id, d.ordinal, r.id DESC
    ) judged GROUP BY 1, 2, 3
$$
"""
FUNCTIONS = (_COUNTED, _SUMMED)
