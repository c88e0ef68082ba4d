"""Everything that writes to the catalogue, one function per deed. All arguments are given by name.

Each function checks what a person can mend and says it in one line; the database checks the same once more,
and where two act at once it is the database that decides. Who and when are always passed in.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from fyrbak.pathways.catalogue.models import (
    Answer,
    Approval,
    Comment,
    Consultation,
    Draft,
    Publication,
    ReviewDay,
    Revision,
    Version,
    Withdrawal,
)
from fyrbak.pathways.catalogue.packaged import sha256_of
from fyrbak.pathways.catalogue.publishing import write_published
from fyrbak.pathways.catalogue.rules import BrokenRuleError
from fyrbak.pathways.catalogue.selectors import NEEDED, Told, latest_day, versions
from fyrbak.pathways.catalogue.selectors import draft as draft_told
from fyrbak.pathways.catalogue.texts import read, trusted, written

M = TypeVar("M", bound=models.Model)


@transaction.atomic
def start_draft(
    *,
    base: Version,
    first_day: date,
    purpose: str,
    organisation: str,
    account: int,
    by_name: str,
    at: datetime,
    synthetic: bool = False,
) -> Draft:
    """Begin a draft from a version: the same text, to hold from another day.

    Raises BrokenRuleError without a purpose, or for a day that is not after the latest version's.
    """
    _must_be_told(purpose, "purpose")
    content = written(trusted(base.content).model_copy(update={"version": first_day}))
    _must_come_later(base.pathway, first_day, _day(at))
    draft = Draft.objects.create(
        pathway=base.pathway, base=base, organisation_id=organisation, purpose=purpose.strip(),
        synthetic=synthetic, account_id=account, by_name=by_name, at=at,
    )  # fmt: skip
    _add_revision(draft, 1, content, account, by_name, at)
    return draft


def revise(*, draft: Draft, content: str, shown: int, account: int, by_name: str, at: datetime) -> Revision:
    """Save what a draft says from now on. ``shown`` is the number of the revision that the writer had before
    them, so that nobody overwrites another. A text that changes nothing adds nothing.

    Raises FaultyError for a text with faults, BrokenRuleError when somebody has saved meanwhile, the draft is
    closed, or the first day is not after the latest version's.
    """
    found = read(content, draft.pathway)

    def check() -> None:
        must_be_latest(_open(draft, at), shown)
        _must_come_later(draft.pathway, found.version, _day(at))

    check()
    latest = draft.revisions.get(number=shown)
    if latest.content == content:
        return latest
    return _written(lambda: _add_revision(draft, shown + 1, content, account, by_name, at), check)


def must_be_latest(now: Told, shown: int) -> None:
    """Raise BrokenRuleError when a draft has been saved since its revision number ``shown`` was read."""
    if now.latest.number != shown:
        raise BrokenRuleError(
            "somebody has saved the draft since you opened it. Read what it says now, then write again.",
            word="saved_meanwhile", who=now.latest.by_name,
        )  # fmt: skip


def open_consultation(
    *, draft: Draft, last_day: date, account: int, by_name: str, at: datetime
) -> Consultation:
    """Let everybody who signs in read the draft and say something of it, from today to a last day.

    Raises BrokenRuleError for a day that has been, a draft that is out already, or one that is closed.
    """

    def check() -> None:
        if last_day < _day(at):
            raise BrokenRuleError("the last day has been. Give a later one.", word="past", field="last_day")
        if _open(draft, at).consultation:
            raise BrokenRuleError("the draft is out for consultation already.", word="consulting")

    return _written(
        lambda: Consultation.objects.create(
            draft=draft, opens=_day(at), last_day=last_day, account_id=account, by_name=by_name, at=at
        ),
        check,
    )


def comment(
    *,
    draft: Draft,
    section: Comment.Section,
    text: str,
    organisation: str,
    account: int,
    by_name: str,
    at: datetime,
) -> Comment:
    """Say something of a part of a draft that is out for consultation.

    Raises BrokenRuleError when nothing is said, or the consultation is over.
    """
    _must_be_told(text, "text")
    now = _open(draft, at)
    if now.consultation is None:
        raise BrokenRuleError("the consultation is over.", word="not_consulting")
    return Comment.objects.create(
        consultation=now.consultation, revision=now.latest, section=section, text=text.strip(),
        organisation_id=organisation, account_id=account, by_name=by_name, at=at,
    )  # fmt: skip


def answer(
    *,
    draft: Draft,
    about: Comment,
    outcome: Answer.Outcome,
    text: str,
    account: int,
    by_name: str,
    at: datetime,
) -> Answer:
    """Say what comes of a comment, and why. What was answered before is kept.

    Raises BrokenRuleError without a reason, or when the draft is closed.
    """
    _must_be_told(text, "text")
    _open(draft, at)
    return Answer.objects.create(
        comment=about, outcome=outcome, text=text.strip(), account_id=account, by_name=by_name, at=at
    )


def approve(*, draft: Draft, shown: int, account: int, by_name: str, at: datetime) -> Approval:
    """Approve what a draft says. ``shown`` is the number of the revision that was read.

    Raises BrokenRuleError when it is out for consultation, comments lack answers, it has been changed since,
    or the one who approves has written on it or approved it already.
    """

    def check() -> None:
        now = _open(draft, at)
        if now.latest.number != shown:
            raise BrokenRuleError(
                "the draft has been changed since you opened it. Read what it says now.",
                word="changed_meanwhile",
            )
        _must_be_settled(now)
        if account in now.writers:
            raise BrokenRuleError(
                "you have written on the draft: two others have to approve it.", word="own_draft"
            )
        if any(one.account_id == account for one in now.approvals):
            raise BrokenRuleError("you have approved it already.", word="approved_already")

    def write() -> Approval:
        revision = draft.revisions.get(number=shown)
        return Approval.objects.create(revision=revision, account_id=account, by_name=by_name, at=at)

    return _written(write, check)


def publish(*, draft: Draft, review_by: date, account: int, by_name: str, at: datetime) -> Version:
    """Make the approved draft a version, which holds from the first day that it states.

    Raises BrokenRuleError before two have approved it, when it is out for consultation again or comments lack
    answers, when its first day has passed or is not after the latest version's, when another version has
    been published since it began, or when it would be looked over before it holds.
    """

    def check() -> None:
        now = _open(draft, at)
        if len(now.approvals) < NEEDED:
            raise BrokenRuleError("two have to approve the draft first.", word="not_approved")
        _must_be_settled(now)
        _must_come_later(draft.pathway, now.pathway.version, _day(at))
        _must_rest_on_the_latest(draft)
        if review_by <= now.pathway.version:
            raise BrokenRuleError(
                "the version would be looked over before it holds. Give a later day.",
                word="review_early", field="review_by",
            )  # fmt: skip

    def write() -> Version:
        revision = draft.revisions.order_by("-number")[0]
        version = Version.objects.create(
            pathway=draft.pathway, day=trusted(revision.content).version, sha256=revision.sha256,
            content=revision.content, by_name=by_name, at=at,
        )  # fmt: skip
        done = {"account_id": account, "by_name": by_name, "at": at}
        Publication.objects.create(draft=draft, revision=revision, version=version, **done)
        ReviewDay.objects.create(version=version, day=review_by, **done)
        return version

    version = _written(write, check)
    write_published()
    return version


def _must_be_settled(now: Told) -> None:
    """Nobody is still to be heard or answered. Raises BrokenRuleError."""
    if now.consultation:
        raise BrokenRuleError("wait until the consultation is over.", word="consulting")
    if now.unanswered:
        raise BrokenRuleError(
            f"{len(now.unanswered)} comments have no answer. Answer them first.",
            word="unanswered", number=len(now.unanswered),
        )  # fmt: skip


def withdraw(*, draft: Draft, why: str, account: int, by_name: str, at: datetime) -> Withdrawal:
    """Lay a draft down; it stays to be read. Raises BrokenRuleError without a reason, or once closed."""
    _must_be_told(why, "why")
    return _written(
        lambda: Withdrawal.objects.create(
            draft=draft, why=why.strip(), account_id=account, by_name=by_name, at=at
        ),
        lambda: _open(draft, at),
    )


def set_review_day(
    *, version: Version, day: date, why: str, account: int, by_name: str, at: datetime
) -> ReviewDay:
    """Say by when a version is to be looked over next, and what was found now.

    Raises BrokenRuleError for a day that has been, or when it is not said what was found.
    """
    _must_be_told(why, "why")
    if day <= _day(at):
        raise BrokenRuleError("the day has been. Give a later one.", word="past", field="day")
    return ReviewDay.objects.create(
        version=version, day=day, why=why.strip(), account_id=account, by_name=by_name, at=at
    )


def _add_revision(
    draft: Draft, number: int, content: str, account: int, by_name: str, at: datetime
) -> Revision:
    return Revision.objects.create(
        draft=draft, number=number, content=content, sha256=sha256_of(content), account_id=account,
        by_name=by_name, at=at,
    )  # fmt: skip


def _written(write: Callable[[], M], check: Callable[[], object]) -> M:
    """Check and write. What the database refuses since somebody else was quicker is told by checking anew."""
    check()
    try:
        with transaction.atomic():
            return write()
    except IntegrityError:
        check()
        raise


def _open(draft: Draft, at: datetime) -> Told:
    """The draft as it stands. Raises BrokenRuleError once it has been published or laid down."""
    now = draft_told(draft.pk, _day(at))
    if now is None or not now.open:
        raise BrokenRuleError("the draft has been published or laid down: it stays as it is.", word="closed")
    return now


def _must_rest_on_the_latest(draft: Draft) -> None:
    """A draft that began from an earlier version would undo in silence what has been changed since."""
    latest = versions(draft.pathway)[0]
    if draft.base != latest:
        raise BrokenRuleError(
            f"version {latest.day} has been published since the draft began, and the draft would undo it. "
            "Begin a draft from that version, and write in what this one says.",
            word="undoes", day=latest.day.isoformat(),
        )  # fmt: skip


def _must_come_later(pathway: str, first_day: date, on: date) -> None:
    latest = latest_day(pathway)
    if first_day < on or (latest is not None and first_day <= latest):
        raise BrokenRuleError(
            f"{first_day} is too early: a version holds from today at the earliest, and after {latest}.",
            word="too_early", field="first_day", day=first_day.isoformat(),
            latest=latest.isoformat() if latest else "–",
        )  # fmt: skip


def _must_be_told(text: str, field: str) -> None:
    if not text.strip():
        raise BrokenRuleError(f"write something in '{field}'.", word="needed", field=field)


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()
