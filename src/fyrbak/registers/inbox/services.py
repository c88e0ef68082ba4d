"""Messages kept, and taken in by whoever owns the tables: pages can do the one, commands the other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

import numpy as np
from django.db.models import QuerySet

from fyrbak.errors import BadInputError
from fyrbak.records.fhir.landing import sender, take_in_message
from fyrbak.records.fhir.mapping import Listed, rows_of
from fyrbak.records.fhir.reading import names_in, resources_of
from fyrbak.records.organisations import organisations
from fyrbak.registers.inbox.models import Message, Outcome

NAME = "message.json"


def checked(content: bytes) -> tuple[int, list[Listed]]:
    """Read a message whole: how many resources it has, and those of them that become no record.

    Raises BadInputError for what is no FHIR, or holds no resource.
    """
    named = names_in(resources_of(content, NAME))
    count, listed = 0, list[Listed]()
    for sent in resources_of(content, NAME):
        count += 1
        if isinstance(told := rows_of(sent, named), Listed):
            listed.append(told)
    if not count:
        raise BadInputError(f"{NAME}: there is no resource in it. Send at least one.")
    return count, listed


def receive(*, content: bytes, organisation: str, by_name: str, at: datetime) -> Message:
    """Keep a message that has been checked, until it is taken in."""
    region = next(one.code for one in organisations() if one.code == organisation).partition("-")[0]
    return Message.objects.create(
        organisation_id=organisation, source=f"fhir-{region.replace(':', '-')}"[:20],
        region=region if region.isdigit() else "", sha256=hashlib.sha256(content).hexdigest(),
        content=content, by_name=by_name, at=at,
    )  # fmt: skip


def waiting() -> QuerySet[Message]:
    """The messages that nothing has become of yet, the oldest first."""
    return Message.objects.filter(outcome=None).order_by("at", "key")


def take_in_waiting(*, pseudonyms: np.random.Generator, clock: Callable[[], datetime]) -> list[Outcome]:
    """Take in the messages that wait, each in a transaction of its own, and keep what became of it."""
    return [_taken_in(message, pseudonyms, clock()) for message in waiting()]


def _taken_in(message: Message, pseudonyms: np.random.Generator, at: datetime) -> Outcome:
    try:
        result = take_in_message(
            content=bytes(message.content), name=f"{message.key}.json", source=sender(message.source),
            landed_at=at, pseudonyms=pseudonyms, region=message.region,
        )  # fmt: skip
    except BadInputError as error:
        return Outcome.objects.create(
            message=message, landed=0, unchanged=0, refused=0, listed=0, fault=str(error), at=at
        )
    intake, listed = result.intake, sum(tally.listed for tally in result.types.values())
    return Outcome.objects.create(
        message=message, batch_id=intake.batch, landed=intake.total("landed"), at=at,
        unchanged=intake.total("unchanged"), refused=intake.total("refused"), listed=listed,
    )  # fmt: skip
