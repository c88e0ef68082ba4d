"""A way through the catalogue for tests: people who write and approve, and drafts of breast cancer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from fyrbak.access.models import Account
from fyrbak.access.roles import Role
from fyrbak.access.services import add_account, give_role
from fyrbak.pathways.catalogue import services
from fyrbak.pathways.catalogue.models import Draft
from fyrbak.pathways.catalogue.selectors import draft as draft_told
from fyrbak.pathways.catalogue.selectors import in_force, versions
from fyrbak.pathways.catalogue.texts import written
from fyrbak.pathways.definitions import packaged
from fyrbak.pathways.shapes import Limit, Pathway
from fyrbak.records.models import Organisation
from fyrbak.records.organisations import COUNTRY
from pages import as_owner

BREAST = next(one for one in packaged() if one.id == "brost")
BEGUN = BREAST.version + timedelta(days=1)  # when drafts are begun here
AT = datetime(BEGUN.year, BEGUN.month, BEGUN.day, 12, tzinfo=UTC)
FIRST = BEGUN + timedelta(days=60)  # when they are to hold


def person(name: str, role: Role, organisation: str = COUNTRY) -> Account:
    """Somebody with a role, and a user name made of both."""
    username = f"{name}.{role}.{organisation}".lower().replace(":", "-")
    account = add_account(username=username, name=name, at=AT)
    place = Organisation.objects.get(pk=organisation)
    give_role(account=account, role=role, organisation=place, valid_from=date(2025, 1, 1), by_name="p", at=AT)
    return account


def by(account: Account, at: datetime = AT) -> dict[str, Any]:
    """Who and when, as services take it."""
    return {"account": account.pk, "by_name": account.name, "at": at}


def begun(writer: Account, *, first_day: date = FIRST, organisation: str = COUNTRY) -> Draft:
    """A draft of breast cancer that says what the version in force says."""
    base = in_force(versions("brost"), BEGUN)
    assert base
    return services.start_draft(
        base=base, first_day=first_day, purpose="Ny gräns", organisation=organisation, **by(writer)
    )


def shorter(pathway: Pathway, days: int = 21) -> Pathway:
    """Surgery within fewer days for those whose pathway ends on the version's first day or later."""
    eve = pathway.version - timedelta(days=1)
    old = next(one for one in pathway.limits if one.treatment == "kirurgi" and one.valid_to is None)
    new = Limit(treatment="kirurgi", days=days, valid_from=pathway.version, source="Prövad gräns")
    limits = [one.model_copy(update={"valid_to": eve}) if one is old else one for one in pathway.limits]
    return pathway.model_copy(update={"limits": (*limits, new), "chains": ()})


def rewritten(draft: Draft, writer: Account, *, days: int = 21) -> str:
    """Save the draft with a shorter limit; the text that was saved."""
    now = draft_told(draft.pk, BEGUN)
    assert now
    content = written(shorter(now.pathway, days))
    services.revise(draft=draft, content=content, shown=now.latest.number, **by(writer))
    return content


def end_consultation(draft: str) -> None:
    """Let a draft's consultation have been open in the past alone, which no page can."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE catalogue_consultation SET opens = current_date - 9, last_day = current_date - 2"
            " WHERE draft_id = %s",
            [draft],
        )
