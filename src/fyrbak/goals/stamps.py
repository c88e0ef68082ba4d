"""Whether a plan is as it was when it was last read, so that what was made of it can be kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from fyrbak.goals.models import FollowUpRound, PlanEdition

# Reads as the owner: only numbers come out, the same for everybody. Triggers give an edition another mark
# when a row below it changes. Answers and notes are only added to, so the sum of their numbers tells, in
# whatever order they land.
FUNCTION = """
    CREATE OR REPLACE FUNCTION goals_stamp(edition bigint, open_round bigint) RETURNS bigint[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT ARRAY[
            (SELECT mark FROM goals_editionmark WHERE edition_id = edition),
            (SELECT sum(id)::bigint FROM goals_assessment WHERE round_id = open_round),
            (SELECT sum(id)::bigint FROM goals_coordinatornote WHERE round_id = open_round)
        ]
    $$
"""


# The same for the cascade: adopted editions as they are, each with its mark.
CASCADE = """
    CREATE OR REPLACE FUNCTION goals_cascade_stamp() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT bit_xor(hashtextextended(concat_ws(' ', e::text, k.mark), 0))
        FROM goals_planedition e LEFT JOIN goals_editionmark k ON k.edition_id = e.id
        WHERE e.status <> 'draft'
    $$
"""


def cascade_stamp() -> int | None:
    """Changes whenever the cascade of the adopted plans does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT goals_cascade_stamp()")
        (found,) = cursor.fetchone()
    return None if found is None else int(found)


@dataclass(frozen=True)
class Mark:
    """An edition in one state of its rows: ``number`` is another after every change of them."""

    database: str  # one process may ask several, as tests do
    edition: int
    number: int | None


def marks(editions: Iterable[int]) -> dict[int, Mark]:
    """The state of each edition's rows. One query."""
    database = str(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT edition, (goals_stamp(edition, NULL))[1] FROM unnest(%s::bigint[]) AS edition",
            [sorted(set(editions))],
        )
        return {edition: Mark(database, edition, number) for edition, number in cursor.fetchall()}


def stamp(edition: PlanEdition, follow_up: FollowUpRound | None) -> tuple[int | None, ...]:
    """Changes whenever something of an edition, or something said in one of its rounds, does."""
    open_one = follow_up.pk if follow_up and not follow_up.frozen_at else None
    with connection.cursor() as cursor:
        cursor.execute("SELECT goals_stamp(%s, %s)", [edition.pk, open_one])
        (found,) = cursor.fetchone()
    return edition.pk, follow_up.pk if follow_up else None, *found
