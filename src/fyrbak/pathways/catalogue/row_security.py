"""Row security of the catalogue.

What has been published is public. A draft is seen by those whose role writes or approves pathways, within
their organisations; everybody who has signed in sees it while it is out for consultation, and whoever said
something then sees it afterwards too. Pathways are the country's, so those who approve do it for the country.
"""

from __future__ import annotations

from fyrbak.access.policies import roles_with
from fyrbak.access.roles import Deed
from fyrbak.access.row_security import ADD, Policy, within
from fyrbak.records.organisations import COUNTRY

TODAY = "(now() AT TIME ZONE 'Europe/Stockholm')::date"

# Drafts that are out for consultation today, or that the actor has commented on. It reads as the owner:
# drafts and what is said of them would ask each other in a circle.
FUNCTIONS = (
    f"""
    CREATE OR REPLACE FUNCTION catalogue_consulted() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT c.draft_id FROM catalogue_consultation c
        WHERE (SELECT access_account()) IS NOT NULL AND (
            {TODAY} BETWEEN c.opens AND c.last_day
            OR EXISTS (SELECT FROM catalogue_comment k
                       WHERE k.consultation_id = c.id AND k.account_id = (SELECT access_account())))
    $$
    """,
)

_WRITES = roles_with(Deed.WRITE_PATHWAY)
_APPROVES = f"{roles_with(Deed.APPROVE_PATHWAY)} AND '{COUNTRY}' = ANY ((SELECT access_scope())::text[])"
_MINE = "account_id = (SELECT access_account())"
_OWN_DRAFTS = f"(SELECT d.id FROM catalogue_draft d WHERE {within('d.organisation_id')})"
_SEEN = "EXISTS (SELECT FROM catalogue_draft d WHERE d.id = draft_id)"
_OPEN = (
    "EXISTS (SELECT FROM catalogue_consultation c WHERE c.id = consultation_id"
    f" AND {TODAY} BETWEEN c.opens AND c.last_day)"
)

POLICIES = {
    "catalogue_version": Policy(see="true", write=f"{_APPROVES} AND NOT packaged", may=ADD),
    "catalogue_reviewday": Policy(see="true", write=f"{_APPROVES} AND {_MINE}", may=ADD),
    "catalogue_draft": Policy(
        see=f"({_WRITES} OR {roles_with(Deed.APPROVE_PATHWAY)}) AND {within('organisation_id')}"
        " OR id IN (SELECT catalogue_consulted())",
        write=f"{_WRITES} AND {within('organisation_id')} AND {_MINE}",
        may=ADD,
    ),
    "catalogue_revision": Policy(
        see=_SEEN, write=f"{_WRITES} AND draft_id IN {_OWN_DRAFTS} AND {_MINE}", may=ADD
    ),
    "catalogue_consultation": Policy(
        see=_SEEN, write=f"{_WRITES} AND draft_id IN {_OWN_DRAFTS} AND {_MINE}", may=ADD
    ),
    "catalogue_comment": Policy(
        see="EXISTS (SELECT FROM catalogue_consultation c WHERE c.id = consultation_id)",
        write=f"{_OPEN} AND {_MINE}",
        may=ADD,
    ),
    "catalogue_answer": Policy(
        see="EXISTS (SELECT FROM catalogue_comment k WHERE k.id = comment_id)",
        write=f"{_WRITES} AND {_MINE} AND EXISTS (SELECT FROM catalogue_comment k"
        " JOIN catalogue_consultation c ON c.id = k.consultation_id"
        f" WHERE k.id = comment_id AND c.draft_id IN {_OWN_DRAFTS})",
        may=ADD,
    ),
    "catalogue_approval": Policy(
        see="EXISTS (SELECT FROM catalogue_revision r WHERE r.id = revision_id)",
        write=f"{_APPROVES} AND {_MINE}",
        may=ADD,
    ),
    "catalogue_publication": Policy(see=_SEEN, write=f"{_APPROVES} AND {_MINE}", may=ADD),
    "catalogue_withdrawal": Policy(
        see=_SEEN, write=f"{_WRITES} AND draft_id IN {_OWN_DRAFTS} AND {_MINE}", may=ADD
    ),
}
