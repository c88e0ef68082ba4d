"""Everything that reads drafts and frozen reports: one function per question, with as many queries always."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from fyrbak.errors import UnknownNameError
from fyrbak.goals import models as m
from fyrbak.goals.selectors import outline_of_edition
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports.builder.ground import Ground
from fyrbak.reports.builder.layouts import Condensed
from fyrbak.reports.builder.queries import Query, query_from
from fyrbak.reports.claims import Claim
from fyrbak.reports.models import BoundClaim, FrozenReport, ReportDraft, Section, Wording

# The number of a section stands before a capital; one before a small letter counts something.
_NUMBERED = re.compile(r"^\d+(?:\.\d+)*\.?\s+(?=[A-ZÅÄÖ])")


@dataclass(frozen=True)
class Bound:
    """A claim of a section, and the key it is stored by."""

    key: int
    claim: Claim


@dataclass(frozen=True)
class Part:
    """A section as it stands now. ``wording`` is the key of its current text, None before there is any."""

    key: int
    title: str
    text: str
    wording: int | None
    query: Query | None
    claims: tuple[Bound, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing below its heading; then it is not printed."""
        return not self.text.strip() and self.query is None

    @property
    def heading(self) -> str:
        """Its title without the number that it may begin with."""
        return _NUMBERED.sub("", self.title)

    @property
    def said(self) -> str:
        """All words that a reader is told: the heading and the text."""
        return f"{self.heading}\n\n{self.text}"


def drafts(organisations: Iterable[str]) -> QuerySet[ReportDraft]:
    """The drafts of these organisations, the latest first."""
    found = ReportDraft.objects.filter(owner__in=list(organisations))
    return found.select_related("owner", "edition__plan", "round").prefetch_related(
        Prefetch("frozen", FrozenReport.objects.defer("data"))
    )


def begun(organisation: str) -> QuerySet[ReportDraft]:
    """The drafts of an organisation that have not been frozen, the latest first."""
    return ReportDraft.objects.filter(owner=organisation, frozen__isnull=True)


def draft(key: int) -> ReportDraft:
    """The draft with this key. Raises UnknownNameError."""
    found = ReportDraft.objects.select_related("owner", "edition__plan", "edition__scale", "round")
    try:
        return found.get(pk=key)
    except ReportDraft.DoesNotExist:
        raise UnknownNameError(f"unknown report '{key}': see `fyrbak report list`.") from None


def parts(draft: ReportDraft) -> list[Part]:
    """The sections of a draft in order, without those taken away, in three queries."""
    return [_part(section) for section in _sections(draft).filter(removed_at__isnull=True)]


def removed(draft: ReportDraft) -> list[Part]:
    """The sections that were taken away and can be put back."""
    return [_part(section) for section in _sections(draft).filter(removed_at__isnull=False)]


def _sections(draft: ReportDraft) -> QuerySet[Section]:
    return draft.sections.order_by("order").prefetch_related(
        Prefetch("wordings", Wording.objects.filter(superseded_by__isnull=True), to_attr="current"),
        Prefetch("claims", BoundClaim.objects.filter(removed_at__isnull=True), to_attr="bound"),
    )


def _part(section: Section) -> Part:
    wordings: list[Wording] = section.current  # type: ignore[attr-defined]
    bound: list[BoundClaim] = section.bound  # type: ignore[attr-defined]
    return Part(
        key=section.pk,
        title=section.title,
        text=wordings[0].text if wordings else "",
        wording=wordings[0].pk if wordings else None,
        query=query_from(section.query) if section.query else None,
        claims=tuple(Bound(row.pk, claim_of(row)) for row in bound),
    )


def claim_of(row: BoundClaim) -> Claim:
    """A stored claim as the checker reads it."""
    return Claim.model_validate(
        {"sentence": row.sentence, "states": row.states, "kept_because": row.kept_because}
    )


def ground_of(draft: ReportDraft, snapshot: Snapshot | None) -> Ground:
    """What a draft rests on now: its plan with its round, and the numbers of a snapshot."""
    outline = outline_of_edition(draft.edition, draft.round)
    return Ground(outline, draft.year, condensed_comments(draft.round), snapshot)


def condensed_comments(follow_up: m.FollowUpRound | None) -> Condensed:
    """The coordinator's wordings of a round's current answers, by goal number and organisation."""
    if follow_up is None:
        return {}
    rows = m.CondensedComment.objects.filter(
        superseded_by__isnull=True,
        assessment__round=follow_up,
        assessment__superseded_by__isnull=True,
    ).values_list("assessment__part__number", "assessment__organisation", "text")
    return {(number, organisation): text for number, organisation, text in rows}


def frozen(organisations: Iterable[str]) -> QuerySet[FrozenReport]:
    """The frozen reports of these organisations, the latest first, without their data."""
    return FrozenReport.objects.defer("data").filter(owner__in=list(organisations)).select_related("owner")


def frozen_report(prefix: str) -> FrozenReport:
    """The frozen report whose hash begins so. Raises UnknownNameError for none, or for more than one."""
    found = list(FrozenReport.objects.defer("data").filter(sha256__startswith=prefix)[:2]) if prefix else []
    if len(found) != 1:
        what = "several begin so; give more of its letters" if found else "see `fyrbak report list`"
        raise UnknownNameError(f"unknown frozen report '{prefix}': {what}.")
    return found[0]


def released_reports() -> QuerySet[FrozenReport]:
    """The frozen reports that have been given out, the latest first, without their data."""
    given_out = FrozenReport.objects.defer("data").filter(release__isnull=False)
    return given_out.select_related("owner", "release").order_by("-release__at", "sha256")


def released_report(prefix: str) -> FrozenReport:
    """The report that has been given out and whose hash begins so. Raises UnknownNameError."""
    found = list(released_reports().filter(sha256__startswith=prefix)[:2]) if prefix else []
    if len(found) != 1:
        raise UnknownNameError(f"unknown report '{prefix}': see the list of those that have been given out.")
    return found[0]
