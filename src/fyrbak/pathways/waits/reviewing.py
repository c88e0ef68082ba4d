"""What a reviewer writes of a case, and what is read of samples."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from fyrbak.errors import BadInputError
from fyrbak.pathways.waits.causes import cause as cause_named
from fyrbak.pathways.waits.models import Drawn, Review, Sample

LONGEST_NOTE = 2000


def review_case(*, drawn: Drawn, cause: str, note: str, shown: int, by_name: str, at: datetime) -> Review:
    """Say why a pathway came late; ``shown`` is the version that the reviewer had before them, 0 for none.

    Raises UnknownNameError for a cause, BadInputError without the words that a cause needs, and where
    somebody else has judged in between.
    """
    known, text = cause_named(cause), note.strip()
    if known.text and not text:
        raise BadInputError("say in words what the cause was.", word="waits.fault.note")
    if len(text) > LONGEST_NOTE:
        raise BadInputError(f"the note is longer than {LONGEST_NOTE} letters.", word="waits.fault.long")
    try:
        with transaction.atomic():
            return Review.objects.create(
                drawn=drawn, version=shown + 1, cause=known.id, note=text, by_name=by_name, at=at
            )
    except IntegrityError:
        raise BadInputError(
            "somebody else has judged the case. Read that first.", word="waits.fault.meanwhile"
        ) from None


@dataclass(frozen=True)
class Counted:
    """A sample and how many of its cases have which cause; those not judged yet have none (``""``)."""

    sample: Sample
    causes: dict[str, int]

    @property
    def drawn(self) -> int:
        return sum(self.causes.values())

    @property
    def judged(self) -> int:
        return self.drawn - self.causes.get("", 0)


def samples() -> list[Counted]:
    """The samples that are seen, the latest quarter first, with their counts. Two queries."""
    found = _counted()
    order = ("-year", "-quarter", "region__order", "pathway", "seed")
    every = Sample.objects.select_related("region", "unit").order_by(*order)
    return [Counted(sample, found[sample.pk]) for sample in every]


def unjudged() -> int:
    """How many cases of the samples that are seen nobody has judged. One query."""
    return sum(causes.get("", 0) for causes in _counted().values())


def _counted() -> dict[int, dict[str, int]]:
    """By sample, how many of its cases have which cause."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sample_id, cause, n FROM waits_counted()")
        for sample, cause, n in cursor.fetchall():
            found[sample][cause] = n
    return found


def summed() -> dict[tuple[str, str], dict[str, int]]:
    """By region and pathway: how many judged cases have which cause. One query; small counts as they are."""
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute("SELECT region_id, pathway, cause, n FROM waits_summed()")
        for region, pathway, cause, n in cursor.fetchall():
            found[region, pathway][cause] = n
    return dict(found)


def latest(drawn: Drawn) -> Review | None:
    """The judgement that holds."""
    return drawn.reviews.order_by("version").last()
