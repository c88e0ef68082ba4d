"""Whether a plan is as it was when it was last read, so that what was made of it can be kept."""

from __future__ import annotations

from django.db import connection

from fyrbak.goals.models import FollowUpRound, PlanEdition

# Reads as the owner: only a hash comes out, and each table's own policy would be asked row by row. It is over
# the rows below the edition, whatever their order; answers and notes are only added to, so their last numbers
# tell.
FUNCTION = """
    CREATE OR REPLACE FUNCTION goals_stamp(edition bigint, open_round bigint) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN (
            WITH area AS (SELECT * FROM goals_area WHERE edition_id = edition),
                 goal AS (SELECT * FROM goals_goal WHERE area_id IN (SELECT id FROM area)),
                 part AS (SELECT * FROM goals_goalpart WHERE goal_id IN (SELECT id FROM goal))
            SELECT bit_xor(hashtextextended(told, 0)) FROM (
                SELECT area::text AS told FROM area
                UNION ALL SELECT goal::text FROM goal
                UNION ALL SELECT part::text FROM part
                UNION ALL SELECT t::text FROM goals_goaltarget t WHERE goal_id IN (SELECT id FROM goal)
                UNION ALL SELECT a::text FROM goals_activity a WHERE goal_id IN (SELECT id FROM goal)
                UNION ALL SELECT e::text FROM goals_evidencelink e WHERE part_id IN (SELECT id FROM part)
                UNION ALL SELECT l::text FROM goals_goallink l WHERE from_part_id IN (SELECT id FROM part)
                UNION ALL SELECT 'said ' || max(id) FROM goals_assessment WHERE round_id = open_round
                UNION ALL SELECT 'noted ' || max(id) FROM goals_coordinatornote WHERE round_id = open_round
            ) rows
        );
    END
    $$
"""


# The same for the cascade: adopted editions, every link, and how many activities there are.
CASCADE = """
    CREATE OR REPLACE FUNCTION goals_cascade_stamp() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT bit_xor(hashtextextended(told, 0)) FROM (
            SELECT e::text AS told FROM goals_planedition e WHERE status <> 'draft'
            UNION ALL SELECT l::text FROM goals_goallink l
            UNION ALL SELECT 'activities ' || count(*) || ' ' || max(id) FROM goals_activity
        ) rows
    $$
"""


def cascade_stamp() -> int | None:
    """Changes whenever the cascade of the adopted plans does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT goals_cascade_stamp()")
        (found,) = cursor.fetchone()
    return None if found is None else int(found)


def stamp(edition: PlanEdition, follow_up: FollowUpRound | None) -> tuple[int | None, ...]:
    """Changes whenever something of an edition, or something said in one of its rounds, does."""
    open_one = follow_up.pk if follow_up and not follow_up.frozen_at else None
    with connection.cursor() as cursor:
        cursor.execute("SELECT goals_stamp(%s, %s)", [edition.pk, open_one])
        (found,) = cursor.fetchone()
    return edition.pk, follow_up.pk if follow_up else None, found
