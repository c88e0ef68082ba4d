"""Links from tables of other rooms to the records."""

from __future__ import annotations

from django.db import models

from fyrbak.records.models.organisation import Organisation
from fyrbak.records.models.person import Person


def whose(
    help_text: str = "first version of the person", *, index: bool = True
) -> models.ForeignKey[Person, Person]:
    """The first version of a person, which is never removed.

    The database does not hold this link by itself: the first delivery empties the tables of the records to
    land faster, and PostgreSQL refuses that for tables that others are bound to.
    """
    return models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=index,
        help_text=help_text,
    )  # fmt: skip


def place(help_text: str, *, null: bool = False) -> models.ForeignKey[Organisation, Organisation]:
    """A region, a hospital or a unit. Nobody asks an organisation what points to it, so there is no index."""
    return models.ForeignKey(
        Organisation, null=null, blank=null, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text=help_text,
    )  # fmt: skip
