"""Row security of this room's own tables, of the records, and of what Django and its apps keep."""

from __future__ import annotations

from fyrbak.access import persons
from fyrbak.access.roles import Deed
from fyrbak.access.row_security import CHANGE, REMOVE, Open, Policy, within


def roles_with(deed: Deed) -> str:
    """The condition that the role in use allows a deed."""
    return f"(SELECT access_role()) IN ({persons.names_of_roles_with(deed)})"


_ADMINISTERS = roles_with(Deed.ADMINISTER)
# Whoever signs in is known by the name that was typed or that a provider gives, and afterwards by the number
# in the session: one account at a time, never a list.
_SIGNING_IN = "current_setting('fyrbak.signing_in', true)"
_KNOWN = (
    f"(username = {_SIGNING_IN} OR id::text = {_SIGNING_IN}"
    f" OR subject <> '' AND 'subject:' || subject = {_SIGNING_IN})"
)
_OWN = "id = (SELECT access_account())"

POLICIES = persons.POLICIES | {
    # Administrators see the accounts that they look after, and those with a role in their organisations.
    "access_account": Policy(
        see=f"{_KNOWN} OR {_OWN} OR {_ADMINISTERS}"
        f" AND ({within('organisation_id')} OR id IN (SELECT access_accounts_within()))",
        write=f"{_KNOWN} OR {_OWN} OR {_ADMINISTERS} AND {within('organisation_id')}",
    ),
    "access_roleheld": Policy(
        see=f"account_id = (SELECT access_account()) OR {_ADMINISTERS} AND {within('organisation_id')}",
        write=f"{_ADMINISTERS} AND {within('organisation_id')}",
    ),
    # One's own doings, and for reviewers those in their organisations and with those who live there.
    "access_entry": Policy(
        see=f"account_id = (SELECT access_account()) OR {roles_with(Deed.REVIEW_ACCESS)}"
        f" AND ({within('organisation_id')} OR {within('home')})"
    ),
}

OPEN = {
    "records_organisation": Open("who organises care is public"),
    "records_membership": Open("which health-care region a region belongs to is public"),
    "django_session": Open("a session is found by its own secret key alone", REMOVE),
    "axes_accessattempt": Open("counted before anybody has signed in; no page shows them", REMOVE),
    "axes_accessattemptexpiration": Open("counted before anybody has signed in; no page shows them", REMOVE),
    "axes_accesslog": Open("written when somebody signs in or out; no page shows it", CHANGE),
}

CLOSED = persons.CLOSED | {
    "access_seal": "the secret that seats are sealed with",
    "axes_accessfailurelog": "not in use",
    "auth_group": "not in use: what may be done stands in the table of roles",
    "auth_group_permissions": "not in use",
    "auth_permission": "not in use",
    "django_content_type": "not in use",
    "django_migrations": "which migrations have run",
    "records_source": "deliveries are taken in by commands",
    "records_batch": "deliveries are taken in by commands",
    "records_landedrows": "deliveries are taken in by commands",
    "records_refusal": "refused rows hold what a source wrote of persons; commands show them",
}

FUNCTIONS = (
    *persons.FUNCTIONS,
    # The accounts that hold or have held a role in the actor's organisations.
    """
    CREATE OR REPLACE FUNCTION access_accounts_within() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT account_id FROM access_roleheld
        WHERE organisation_id = ANY ((SELECT access_scope())::text[])
    $$
    """,
    # The account of a session, before anybody sits: one by its number, as the policy above allows as well.
    """
    CREATE OR REPLACE FUNCTION access_account_of_session(number bigint) RETURNS SETOF access_account
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT * FROM access_account WHERE id = number AND is_active
    $$
    """,
)
