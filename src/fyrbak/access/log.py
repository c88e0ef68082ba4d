"""The access log: opening a person's record, reading it, reviewing who did, and verifying that all is there.

What is written is written by the database (see ``persons.py``), which knows who sits at the connection. The
hash of an entry is SHA-256 over a JSON list of its fields, the last of which is the hash of the entry
before.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from fyrbak.access.actor import Actor
from fyrbak.access.models import Entry
from fyrbak.access.persons import SHORTEST_REASON
from fyrbak.errors import BadInputError
from fyrbak.records.identity import IdentityError, holds_number, parse_identity

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ReasonMissingError(BadInputError):
    """A record is opened, and an opening reviewed, for a stated reason."""


def open_person(*, number: str, why: str, glass: bool = False, on: date) -> str | None:
    """Open a person's record for a while, for whoever sits at the connection; return the opening's handle.

    ``number`` is a pseudonym, a key of a source, or a personal identity number as it is read on the day
    ``on``. With ``glass`` the record may be anybody's. None when nobody is found, or it is not one's own to
    open: these are not told apart. Every attempt is an entry. Raises ReasonMissingError.
    """
    _must_say_why(why)
    opening: str | None = _asked("SELECT access_open_person(%s, %s, %s)", _sought(number, on), why, glass)
    return opening


def note_export(*, actor: Actor, whom: int | None, what: str, why: str) -> None:
    """Write down that somebody took records out with the numbers of persons, before they are given.

    ``whom`` is a pseudonym, None where there are many, and ``what`` says of whom. Raises ReasonMissingError.
    """
    _must_say_why(why)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO access_entry"
            " (kind, account_id, name, role, organisation_id, pseudonym, home, what, why)"
            " VALUES (%s, %s, %s, %s, %s, %s, '', %s, %s)",
            [Entry.Kind.LISTED, actor.account, actor.name, actor.role, actor.organisation, whom, what, why],
        )


def _must_say_why(why: str) -> None:
    if len(why.strip()) < SHORTEST_REASON:
        raise ReasonMissingError(
            f"a record is opened for a stated reason of at least {SHORTEST_REASON} letters.",
            word="access.error.reason",
            letters=SHORTEST_REASON,
        )
    if holds_number(why):
        raise ReasonMissingError(
            "the reason holds a personal number. Write it without; the log knows whom it is about.",
            word="access.error.number",
        )


def _sought(number: str, on: date) -> str:
    """The number as it is stored: a personal number in its long form, any other as it is typed."""
    typed = number.strip()
    try:
        return parse_identity(typed, on).number12
    except IdentityError:
        return typed


def read_person(*, opening: str, page: str) -> int | None:
    """The pseudonym of the person that was opened, and an entry that the page was read.

    None when the opening is another's, was made in another role, or has passed.
    """
    pseudonym: int | None = _asked("SELECT access_read_person(%s, %s)", opening, page)
    return pseudonym


def review(*, opening: str, note: str) -> bool:
    """Mark an opening as reviewed, with a note. False when it is out of sight, or the reviewer's own.

    Raises ReasonMissingError without a note.
    """
    if not note.strip():
        raise ReasonMissingError("write what the review came to.", word="access.error.note")
    return bool(_asked("SELECT access_review(%s, %s)", opening, note))


def openings() -> QuerySet[Entry]:
    """What a reviewer looks through, the latest first: openings and attempts, with what came of them."""
    looked_at = (Entry.Kind.OPENED, Entry.Kind.BROKE_GLASS, Entry.Kind.NOT_FOUND)
    found = Entry.objects.filter(kind__in=looked_at).select_related("organisation")
    return found.prefetch_related(Prefetch("later", Entry.objects.order_by("id")))


def unreviewed() -> QuerySet[Entry]:
    """The openings and attempts that nobody has reviewed."""
    return openings().exclude(Exists(Entry.objects.filter(about=OuterRef("pk"), kind=Entry.Kind.REVIEWED)))


@dataclass(frozen=True)
class Verified:
    """What became of a verification. ``broken`` is the number of the first entry that is not as it was."""

    entries: int
    head: str
    broken: int | None


def verify() -> Verified:
    """Compute all hashes anew. Only the owner of the tables sees all entries.

    Whoever keeps ``head`` can tell later whether entries at the end have been removed: it must still be
    there.
    """
    count, before = 0, ""
    for count, entry in enumerate(Entry.objects.order_by("id").iterator(), start=1):
        if (entry.pk, entry.before, entry.hash) != (count, before, hash_of(entry)):
            return Verified(count, before, entry.pk)
        before = entry.hash
    return Verified(count, before, None)


def is_whole() -> bool:
    """Whether no entry has been changed or taken out, as the database finds it. For those who see a part."""
    return bool(_asked("SELECT access_log_is_whole()"))


def hash_of(entry: Entry) -> str:
    """The hash of an entry's fields and the hash before it, as the database computes it."""
    fields = [
        entry.pk, (entry.at - _EPOCH) // timedelta(microseconds=1), entry.kind, entry.account_id, entry.name,
        entry.role, entry.organisation_id, entry.pseudonym, entry.home, entry.what, entry.why, entry.about_id,
        entry.before,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


def _asked(statement: str, *values: str | bool) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        (answer,) = cursor.fetchone()
    return answer
