"""Reading the catalogue, each in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from fyrbak.pathways.catalogue.models import (
    Answer,
    Approval,
    Comment,
    Consultation,
    Draft,
    ReviewDay,
    Revision,
    Version,
)
from fyrbak.pathways.catalogue.texts import trusted
from fyrbak.pathways.shapes import Pathway

NEEDED = 2  # how many approve a revision before it can be published


def versions(pathway: str) -> list[Version]:
    """All versions of a pathway, the latest first."""
    return list(Version.objects.filter(pathway=pathway).order_by("-day", "packaged", "-id"))


def in_force(known: Iterable[Version], on: date) -> Version | None:
    """Of a pathway's versions, the one that holds on a day; None before the first."""
    return next((version for version in known if version.day <= on), None)


def all_in_force(on: date) -> dict[str, Version]:
    """The version of each pathway that holds on a day, without its text."""
    latest = Version.objects.filter(day__lte=on).order_by("pathway", "-day", "packaged", "-id")
    return {version.pathway: version for version in latest.distinct("pathway").defer("content")}


def review_days(on: date) -> dict[str, ReviewDay]:
    """By when the version in force of each pathway is to be looked over, where a day has been decided."""
    held = {version.pk: pathway for pathway, version in all_in_force(on).items()}
    latest = ReviewDay.objects.filter(version__in=held).order_by("version_id", "-id").distinct("version_id")
    return {held[row.version_id]: row for row in latest}


def review_of(version: Version) -> ReviewDay | None:
    """By when a version is to be looked over; None where no day has been decided."""
    return version.review_days.order_by("-id").first()


def coming(on: date) -> dict[str, date]:
    """The first day of the next version of each pathway that has one published."""
    later = Version.objects.filter(day__gt=on, packaged=False).order_by("pathway", "day")
    return dict(later.distinct("pathway").values_list("pathway", "day"))


class State(StrEnum):
    """How far a draft has come."""

    WRITING = "writing"  # it can be written on, put out for consultation, or approved
    CONSULTING = "consulting"  # everybody may say something of it
    ANSWERING = "answering"  # comments wait for an answer
    APPROVED = "approved"  # it can be published
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Said:
    """A comment with the answer that holds, and those before it."""

    comment: Comment
    answers: tuple[Answer, ...]

    @property
    def answer(self) -> Answer | None:
        return self.answers[-1] if self.answers else None


@dataclass(frozen=True)
class Told:
    """A draft with all that has been written and said of it, as it stands on a day."""

    draft: Draft
    on: date
    revisions: tuple[Revision, ...]
    consultations: tuple[Consultation, ...]
    said: tuple[Said, ...]

    @property
    def latest(self) -> Revision:
        """The revision that holds."""
        return self.revisions[-1]

    @cached_property
    def pathway(self) -> Pathway:
        """What it says now."""
        return trusted(self.latest.content)

    @property
    def approvals(self) -> tuple[Approval, ...]:
        """Those who have approved what it says now."""
        return tuple(self.latest.approvals.all())

    @property
    def writers(self) -> frozenset[int]:
        """The accounts that have written on it."""
        return frozenset(revision.account_id for revision in self.revisions)

    @property
    def consultation(self) -> Consultation | None:
        """The consultation that is open, if one is."""
        return next((one for one in self.consultations if one.opens <= self.on <= one.last_day), None)

    @property
    def unanswered(self) -> tuple[Said, ...]:
        """The comments that nobody has answered."""
        return tuple(one for one in self.said if one.answer is None)

    @property
    def state(self) -> State:
        """How far it has come."""
        if hasattr(self.draft, "publication"):
            return State.PUBLISHED
        if hasattr(self.draft, "withdrawal"):
            return State.WITHDRAWN
        if self.consultation:
            return State.CONSULTING
        if self.unanswered:
            return State.ANSWERING
        return State.APPROVED if len(self.approvals) >= NEEDED else State.WRITING

    @property
    def open(self) -> bool:
        """Whether anything more can be done with it."""
        return self.state not in (State.PUBLISHED, State.WITHDRAWN)


def drafts(pathway: str = "", *, ended: bool = True) -> QuerySet[Draft]:
    """Drafts that the reader sees, the latest first: of a pathway or of all."""
    found = Draft.objects.filter(pathway=pathway) if pathway else Draft.objects.all()
    return found if ended else found.filter(Q(publication=None) & Q(withdrawal=None))


def told(found: QuerySet[Draft], on: date) -> list[Told]:
    """The drafts with all that belongs to them."""
    rows = found.select_related("organisation", "base", "publication__version", "withdrawal")
    rows = rows.prefetch_related("revisions__approvals", "consultations__comments__answers")
    rows = rows.prefetch_related("consultations__comments__organisation", "consultations__comments__revision")
    return [_told(row, on) for row in rows]


def draft(key: UUID, on: date) -> Told | None:
    """The draft at an address; None where there is none, or none that the reader sees."""
    return next(iter(told(Draft.objects.filter(pk=key), on)), None)


def _told(row: Draft, on: date) -> Told:
    consultations = tuple(row.consultations.all())
    return Told(
        row,
        on,
        tuple(row.revisions.all()),
        consultations,
        tuple(
            Said(comment, tuple(comment.answers.all()))
            for one in consultations
            for comment in one.comments.all()
        ),
    )


def latest_day(pathway: str) -> date | None:
    """The first day of the latest version of a pathway."""
    found: date | None = Version.objects.filter(pathway=pathway).aggregate(day=Max("day"))["day"]
    return found
