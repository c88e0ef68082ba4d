"""Making a database ready: its tables, and the organisations that rows point to."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import transaction

from fyrbak.database import address, ensure_database
from fyrbak.records import organisations as content


def prepare_database(home: Path | None = None) -> str:
    """Start the server if need be, bring its tables up to date, load the organisations; return its address.

    Doing it again changes nothing. ``home`` is the folder of the embedded server.
    """
    ensure_database(home)
    with _garbage_seldom():
        call_command("migrate", verbosity=0, interactive=False)
    load_organisations()
    return address()


@contextmanager
def _garbage_seldom() -> Iterator[None]:
    """Look for garbage seldom: what migrations build again and again costs a quarter less time, no memory."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def load_organisations() -> None:
    """Bring organisations and memberships in step with the content. What the content dropped stays known."""
    from fyrbak.records.models import Membership, Organisation

    rows = [
        Organisation(
            code=o.code,
            kind=o.kind,
            name_sv=o.name_sv,
            name_en=o.name_en,
            short=o.short,
            parent_id=o.parent,
            order=o.order,
            to_verify=o.to_verify,
        )
        for o in content.organisations()
    ]
    fields = ("kind", "name_sv", "name_en", "short", "parent", "order", "to_verify")
    with transaction.atomic():
        Organisation.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=("code",), update_fields=fields
        )
        Membership.objects.all().delete()
        Membership.objects.bulk_create(
            Membership(member_id=m.member, rcc_id=m.rcc, valid_from=m.valid_from, valid_to=m.valid_to)
            for m in content.memberships()
        )
