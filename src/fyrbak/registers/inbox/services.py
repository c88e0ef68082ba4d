"""Messages kept, and taken in by whoever owns the tables: pages can do the one, commands the other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from fyrbak.errors import BadInputError
from fyrbak.records.fhir.landing import sender, take_in_message
from fyrbak.records.fhir.mapping import Listed, rows_of
from fyrbak.records.fhir.reading import names_in, resources_of
from fyrbak.records.intake.batch import NotNowError
from fyrbak.records.organisations import organisations
from fyrbak.registers.inbox.models import Message, Outcome, Release
from fyrbak.registers.notifications.entries import NotificationError
from fyrbak.registers.notifications.files import take_in_notifications
from fyrbak.registers.notifications.foresight import foresee
from fyrbak.registers.notifications.recorded import notifying, spoken_of

LARGEST = 10 << 20  # bytes of a message
NAME = "message.json"
_FHIR = (".json", ".ndjson")  # how files of FHIR end
_BY = "fyrbak register inbox"


@dataclass(frozen=True)
class Seen:
    """What a file would do, as far as it can be told without asking who anybody is.

    ``refused`` and ``doubtful`` have where something stands and what is said of it in Swedish and English;
    ``settled`` resources say nothing that records hold, and need no mending.
    """

    read: int
    fit: int
    settled: int
    refused: tuple[tuple[str, str, str], ...]
    doubtful: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Checked:
    """What a message holds: how many resources, and those of them that become no record."""

    resources: int
    listed: tuple[Listed, ...]


def checked(content: bytes, name: str = NAME) -> Checked:
    """Read a message whole. Raises BadInputError for what is no FHIR, too large, or holds no resource."""
    if len(content) > LARGEST:
        raise BadInputError(
            f"{name}: larger than {LARGEST >> 20} MB. Send it in parts.", word="register.error.file_large",
            most=LARGEST >> 20,
        )  # fmt: skip
    named = names_in(resources_of(content, name))
    count, listed = 0, list[Listed]()
    for sent in resources_of(content, name):
        count += 1
        if isinstance(told := rows_of(sent, named), Listed):
            listed.append(told)
    if not count:
        raise BadInputError(f"{name}: there is no resource in it. Send at least one.", word="fhir.error.none")
    return Checked(count, tuple(listed))


def receive(
    *, content: bytes, organisation: str, by_name: str, at: datetime, name: str = "", source: str = ""
) -> Message:
    """Keep a message until it is taken in.

    ``name`` is that of a file sent on a page, which is looked through and waits until it is released;
    ``source`` says whose keys its rows have, of those of the own region. What is FHIR belongs to the source
    of the region. Raises BadInputError for a file that cannot be used.
    """
    region = next(one.code for one in organisations() if one.code == organisation).partition("-")[0]
    place, fhir = region.replace(":", "-"), not name or name.lower().endswith(_FHIR)
    if not fhir and not source:
        raise NotificationError("say which system the file comes from.", word="file_source", field="source")
    message = Message(
        form=Message.Form.FHIR if fhir else Message.Form.NOTIFICATIONS, name=Path(name).name[:200],
        organisation_id=organisation, source=f"fhir-{place}"[:20] if fhir else f"{place}-{source}"[:40],
        region=region if region.isdigit() else "", sha256=hashlib.sha256(content).hexdigest(),
        content=content, by_name=by_name, at=at,
    )  # fmt: skip
    if name:
        foreseen(message=message, on=localdate(at))
    message.save(force_insert=True)
    return message


def foreseen(*, message: Message, on: date) -> Seen:
    """What a file would do. ``on`` is the day after which days lie in the future. Raises BadInputError."""
    content = bytes(message.content)
    if message.form == Message.Form.FHIR:
        return _foreseen_resources(content, message.name)
    rows = foresee(content=content, name=message.name, region=message.organisation_id, on=on)
    refused, doubtful = (
        tuple((str(line), words.sv, words.en) for line, words in told)
        for told in (rows.refused, rows.doubtful)
    )
    return Seen(rows.rows, rows.fit, 0, refused, doubtful)


def _foreseen_resources(content: bytes, name: str) -> Seen:
    found = checked(content, name)
    refused = tuple((one.key, one.sv, one.en) for one in found.listed if one.mendable)
    settled = len(found.listed) - len(refused)
    return Seen(found.resources, found.resources - len(found.listed), settled, refused)


def release(*, message: Message, by_name: str, at: datetime) -> Release:
    """Let a file that was sent on a page be taken in. Doing it again changes nothing."""
    return Release.objects.get_or_create(message=message, defaults={"by_name": by_name, "at": at})[0]


def waiting() -> QuerySet[Message]:
    """The messages to be taken in that nothing has become of yet, the oldest first."""
    wanted = Q(name="") | Q(release__isnull=False)
    return Message.objects.filter(wanted, outcome=None).order_by("at", "key")


def unreleased() -> QuerySet[Message]:
    """The files that wait for somebody to say whether they are to be taken in."""
    return Message.objects.exclude(name="").filter(outcome=None, release=None)


def take_in_waiting(
    *, pseudonyms: np.random.Generator, clock: Callable[[], datetime], on: date
) -> list[Outcome]:
    """Take in the messages that wait, each in a transaction of its own, and keep what became of it.

    ``on`` is the calendar day. Who comes while another takes in waits, and takes in what is left.
    """
    with _one_at_a_time():
        outcomes = [_taken_in(message, pseudonyms, clock(), on) for message in waiting()]
    return [one for one in outcomes if one is not None]


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock('inbox_message'::regclass::oid::bigint)")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock('inbox_message'::regclass::oid::bigint)")


def _taken_in(message: Message, pseudonyms: np.random.Generator, at: datetime, on: date) -> Outcome | None:
    """What became of a message; None for one that waits on, because another delivery is being taken in."""
    try:
        if message.form == Message.Form.FHIR:
            return _landed(message, pseudonyms, at)
        return _notified(message, at, on)
    except NotNowError:
        return None
    except BadInputError as error:
        return Outcome.objects.create(
            message=message, landed=0, unchanged=0, refused=0, listed=0, fault=str(error), at=at
        )


def _landed(message: Message, pseudonyms: np.random.Generator, at: datetime) -> Outcome:
    """Resources become records. What a region's systems send are its clinics' notifications, until it is
    said otherwise of the source."""
    ending = Path(message.name or NAME).suffix
    result = take_in_message(
        content=bytes(message.content), name=f"{message.key}{ending}",
        source=sender(message.source), landed_at=at, pseudonyms=pseudonyms, region=message.region,
    )  # fmt: skip
    if message.region and not spoken_of(message.source):
        notifying(source=message.source, kind="clinic", region=message.region, by_name=_BY, at=at)
    intake, listed = result.intake, sum(tally.listed for tally in result.types.values())
    return Outcome.objects.create(
        message=message, batch_id=intake.batch, landed=intake.total("landed"), at=at,
        unchanged=intake.total("unchanged"), refused=intake.total("refused"), listed=listed,
    )  # fmt: skip


def _notified(message: Message, at: datetime, on: date) -> Outcome:
    """Rows of a file become notifications. A file that has come before says what became of it then."""
    taken = take_in_notifications(
        content=bytes(message.content), name=message.name, source=message.source,
        region=message.organisation_id, by_name=message.by_name, at=at, on=on,
    )  # fmt: skip
    file = taken.file
    counts = (0, file.rows, 0) if taken.known else (file.landed, file.unchanged, file.refused)
    landed, unchanged, refused = counts
    return Outcome.objects.create(
        message=message, file=file, landed=landed, unchanged=unchanged, refused=refused, listed=0, at=at
    )
