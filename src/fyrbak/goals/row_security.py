"""Row security of the goals: what is adopted and frozen is public, drafts and open rounds are not.

A draft edition is seen by those who have its plan's owner in scope, an open round also by those it asks.
Answers and notes of an open round are seen by the answering organisation and by whoever has the plan's owner
in scope.
"""

from __future__ import annotations

from fyrbak.access.policies import roles_with
from fyrbak.access.roles import Deed
from fyrbak.access.row_security import ADD, REMOVE, Open, Policy, within
from fyrbak.goals.stamps import CASCADE as CASCADE_STAMP
from fyrbak.goals.stamps import FUNCTION as STAMP


def _hidden(name: str, rows: str) -> str:
    """A function that tells which rows belong to a draft of somebody else's plan."""
    return f"""
    CREATE OR REPLACE FUNCTION goals_hidden_{name}() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$ {rows} $$
    """


_DRAFTED = "WHERE a.edition_id IN (SELECT goals_hidden_editions())"
# Little is in drafts of others, and all else below an edition is seen by everybody. So this is asked, once in
# each query: to ask of every row whether goal, area, edition and plan are seen costs more than the rest.
HIDDEN = (
    _hidden(
        "editions",
        "SELECT e.id FROM goals_planedition e JOIN goals_plan p ON p.id = e.plan_id WHERE e.status = 'draft'"
        f" AND ({within('p.owner_id')}) IS NOT TRUE",
    ),
    _hidden("areas", f"SELECT a.id FROM goals_area a {_DRAFTED}"),
    _hidden("goals", f"SELECT g.id FROM goals_goal g JOIN goals_area a ON a.id = g.area_id {_DRAFTED}"),
    _hidden(
        "parts",
        "SELECT p.id FROM goals_goalpart p JOIN goals_goal g ON g.id = p.goal_id"
        f" JOIN goals_area a ON a.id = g.area_id {_DRAFTED}",
    ),
    _hidden(
        "activities",
        "SELECT v.id FROM goals_activity v JOIN goals_goal g ON g.id = v.goal_id"
        f" JOIN goals_area a ON a.id = g.area_id {_DRAFTED}",
    ),
)

# These are asked once for each query. They read as the owner, since the tables' own policies ask them.
FUNCTIONS = (
    """
    CREATE OR REPLACE FUNCTION goals_own_editions() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT e.id FROM goals_planedition e JOIN goals_plan p ON p.id = e.plan_id
        WHERE p.owner_id = ANY ((SELECT access_scope())::text[])
    $$
    """,
    """
    CREATE OR REPLACE FUNCTION goals_published_plans() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT plan_id FROM goals_planedition WHERE status <> 'draft'
    $$
    """,
    """
    CREATE OR REPLACE FUNCTION goals_asked_rounds() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT round_id FROM goals_roundorganisation
        WHERE organisation_id = ANY ((SELECT access_scope())::text[])
    $$
    """,
    """
    CREATE OR REPLACE FUNCTION goals_whole_rounds() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT r.id FROM goals_followupround r
        WHERE r.frozen_at IS NOT NULL OR r.edition_id IN (SELECT goals_own_editions())
    $$
    """,
    STAMP,
    CASCADE_STAMP,
    *HIDDEN,
)

OWN_EDITION = "edition_id IN (SELECT goals_own_editions())"
WHOLE_ROUND = "round_id IN (SELECT goals_whole_rounds())"


def _in(parent: str, column: str) -> str:
    """The condition that the row which a column points to is seen."""
    return f"EXISTS (SELECT FROM {parent} parent WHERE parent.id = {column})"


def _shown(what: str, column: str) -> str:
    """The condition that the row which a column points to is not in a draft of somebody else's."""
    return f"{column} NOT IN (SELECT goals_hidden_{what}())"


def _own(table: str) -> str:
    """The condition that a row below an edition belongs to an edition of one's own."""
    goal = (
        "EXISTS (SELECT FROM goals_goal g JOIN goals_area a ON a.id = g.area_id"
        " WHERE g.id = {goal} AND a.edition_id IN (SELECT goals_own_editions()))"
    )
    part = (
        "EXISTS (SELECT FROM goals_goalpart p WHERE p.id = {part} AND " + goal.format(goal="p.goal_id") + ")"
    )
    return {
        "goal": "EXISTS (SELECT FROM goals_area a WHERE a.id = area_id"
        " AND a.edition_id IN (SELECT goals_own_editions()))",
        "below goal": goal.format(goal="goal_id"),
        "below part": part.format(part="part_id"),
        "link": part.format(part="from_part_id"),
        "party": "EXISTS (SELECT FROM goals_activity v WHERE v.id = activity_id AND "
        + goal.format(goal="v.goal_id")
        + ")",
    }[table]


def _of_answer(condition: str) -> str:
    """The condition that a row about an answer is about one of which something holds."""
    return (
        "EXISTS (SELECT FROM goals_assessment said JOIN goals_followupround r ON r.id = said.round_id"
        f" WHERE said.id = assessment_id AND ({condition}))"
    )


_ANSWERS_OWN = within("said.organisation_id")
_RUNS_ROUND = "r.edition_id IN (SELECT goals_own_editions())"

POLICIES = {
    "goals_plan": Policy(
        see=f"{within('owner_id')} OR id IN (SELECT goals_published_plans())", write=within("owner_id")
    ),
    "goals_planedition": Policy(
        see=f"status <> 'draft' OR plan_id IN (SELECT id FROM goals_plan WHERE {within('owner_id')})",
        write=f"plan_id IN (SELECT id FROM goals_plan WHERE {within('owner_id')})",
    ),
    "goals_area": Policy(see=_shown("editions", "edition_id"), write=OWN_EDITION, may=REMOVE),
    "goals_goal": Policy(see=_shown("areas", "area_id"), write=_own("goal"), may=REMOVE),
    "goals_goaltarget": Policy(see=_shown("goals", "goal_id"), write=_own("below goal"), may=REMOVE),
    "goals_goalpart": Policy(see=_shown("goals", "goal_id"), write=_own("below goal"), may=REMOVE),
    "goals_activity": Policy(see=_shown("goals", "goal_id"), write=_own("below goal"), may=REMOVE),
    "goals_activityparty": Policy(see=_shown("activities", "activity_id"), write=_own("party"), may=REMOVE),
    "goals_evidencelink": Policy(see=_shown("parts", "part_id"), write=_own("below part"), may=REMOVE),
    "goals_goallink": Policy(
        see=f"{_shown('parts', 'from_part_id')} AND {_shown('parts', 'to_part_id')}",
        write=_own("link"),
        may=REMOVE,
    ),
    "goals_followupround": Policy(
        see=f"frozen_at IS NOT NULL OR {OWN_EDITION} OR id IN (SELECT goals_asked_rounds())",
        write=OWN_EDITION,
    ),
    "goals_roundorganisation": Policy(
        see=_in("goals_followupround", "round_id"),
        write=(
            "EXISTS (SELECT FROM goals_followupround r WHERE r.id = round_id"
            " AND r.edition_id IN (SELECT goals_own_editions()))"
        ),
        may=ADD,
    ),
    # The round is asked first: it answers for most rows, at less cost than a search in a long list of places.
    "goals_assessment": Policy(
        see=f"{WHOLE_ROUND} OR {within('organisation_id')}", write=within("organisation_id"), may=ADD
    ),
    "goals_coordinatornote": Policy(
        see=f"{WHOLE_ROUND} OR {within('organisation_id')}", write=within("organisation_id"), may=ADD
    ),
    # Who did what with a round is for those who answer in it or run it, also when it is frozen.
    "goals_roundstep": Policy(
        see="EXISTS (SELECT FROM goals_followupround r WHERE r.id = round_id"
        f" AND ({_RUNS_ROUND} OR r.id IN (SELECT goals_asked_rounds())))",
        write=f"EXISTS (SELECT FROM goals_followupround r WHERE r.id = round_id AND {_RUNS_ROUND})",
        may=ADD,
    ),
    # What somebody types is nobody else's until it is sent.
    "goals_draft": Policy(
        see=f"account = (SELECT access_account()) AND {within('organisation_id')}",
        write=f"account = (SELECT access_account()) AND {within('organisation_id')}",
        may=REMOVE,
    ),
    "goals_pinnedevidence": Policy(
        see=_in("goals_assessment", "assessment_id"), write=_of_answer(_ANSWERS_OWN), may=ADD
    ),
    # A question stays between those who ask and those who answer.
    "goals_question": Policy(
        see=_of_answer(f"{_ANSWERS_OWN} OR {_RUNS_ROUND}"), write=_of_answer(_RUNS_ROUND), may=ADD
    ),
    "goals_condensedcomment": Policy(
        see=_in("goals_assessment", "assessment_id"), write=_of_answer(_RUNS_ROUND), may=ADD
    ),
    # Functions are the same for all, as organisations are: a title, never a name.
    "goals_function": Policy(see="true", write=roles_with(Deed.EDIT_PLAN)),
    # Why a goal was dropped belongs to the adopted plan. What else was done to its rows is its owner's own.
    "goals_planchange": Policy(
        see=f"{OWN_EDITION} OR kind = 'goal' AND deed IN ('removed', 'dropped')"
        " AND EXISTS (SELECT FROM goals_planedition e WHERE e.id = edition_id AND e.status <> 'draft')",
        write=OWN_EDITION,
        may=ADD,
    ),
    "goals_planupload": Policy(see=within("owner_id"), write=within("owner_id")),
    "goals_uploadfile": Policy(
        see=_in("goals_planupload", "upload_id"), write=_in("goals_planupload", "upload_id"), may=ADD
    ),
    "goals_uploadanswer": Policy(
        see=_in("goals_planupload", "upload_id"), write=_in("goals_planupload", "upload_id"), may=ADD
    ),
}

OPEN = {
    "goals_scale": Open("levels and their words are the same for all"),
    "goals_scalelevel": Open("levels and their words are the same for all"),
}

CLOSED = {"goals_editionmark": "asked through goals_stamp and goals_cascade_stamp alone"}
