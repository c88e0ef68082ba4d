"""Everything that writes to a draft, one function per deed. All arguments are given by name.

What was written is kept: a text gets a new wording, sections and claims are taken away by a date.
Who and when are always passed in.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from pydantic import ValidationError

from fyrbak.errors import BadInputError, FyrbakError
from fyrbak.goals.models import FollowUpRound, PlanEdition
from fyrbak.records.models import Organisation
from fyrbak.reports.builder.kinds import kind as kind_named
from fyrbak.reports.builder.queries import Query, query_from
from fyrbak.reports.claims import Claim
from fyrbak.reports.claims.prose import places_of, stated_in
from fyrbak.reports.formats import Language
from fyrbak.reports.models import BoundClaim, ReportDraft, Section, Wording

_LONGEST_TITLE = 300


class ChangedMeanwhileError(FyrbakError):
    """Somebody else wrote in the section after it was opened. Nothing is overwritten."""


@transaction.atomic
def begin_report(
    *,
    kind: str,
    owner: Organisation,
    title: str,
    lang: Language,
    edition: PlanEdition,
    round_: FollowUpRound | None,
    year: int,
    by_name: str,
    at: datetime,
) -> ReportDraft:
    """Begin a report with the sections of its kind.

    Raises BadInputError for a title that is empty, too long or states something, a plan that the kind is not
    about, a round of another plan, or none where the kind needs one; UnknownNameError for an unknown kind.
    """
    asked = kind_named(kind)
    title = _titled(title)
    if any(stated_in(title)):
        raise BadInputError(
            "a report's title cannot be checked: it states no number and nothing of all or none. Say it "
            "in a section.",
            word="builder.fault.title_states",
        )
    if edition.plan.level not in asked.plans:
        raise BadInputError(
            "this kind of report is not about such a plan. Choose another plan, or another kind.",
            word="builder.fault.plan",
        )
    if round_ is not None and round_.edition_id != edition.pk:
        raise BadInputError(
            "the round belongs to another plan. Choose one of the plan's own.", word="builder.fault.round"
        )
    if round_ is None and asked.needs_round:
        raise BadInputError(
            "this kind of report needs a round. Open one, or choose another kind.",
            word="builder.fault.no_round",
        )
    draft = ReportDraft.objects.create(
        kind=kind, owner=owner, title=title, lang=lang, edition=edition, round=round_, year=year,
        by_name=by_name, at=at,
    )  # fmt: skip
    for order, begun in enumerate(asked.sections):
        section = Section.objects.create(
            draft=draft,
            order=order,
            title=getattr(begun.title, lang) if begun.title else "",
            query=begun.query.model_dump(mode="json") if begun.query else None,
        )
        if begun.text:
            write_text(
                section=section, text=getattr(begun.text, lang).strip(), seen=None, by_name=by_name, at=at
            )
    return draft


@transaction.atomic
def add_section(*, draft: ReportDraft, title: str, query: Query | None) -> Section:
    """Add a section last. Raises BadInputError for one without heading and data, or too long a heading."""
    if not title.strip() and query is None:
        raise BadInputError(
            "a section needs a heading, or data to show. Give one of them.", word="builder.fault.empty"
        )
    last = draft.sections.aggregate(last=Max("order"))["last"]
    return Section.objects.create(
        draft=draft,
        order=0 if last is None else last + 1,
        title=_titled(title) if title.strip() else "",
        query=query.model_dump(mode="json") if query else None,
    )


@transaction.atomic
def move_section(*, section: Section, by: int) -> None:
    """Let a section change places with the one before it (``by`` -1) or after it (1), if there is one."""
    there = section.draft.sections.filter(removed_at__isnull=True)
    beyond = there.filter(order__lt=section.order) if by < 0 else there.filter(order__gt=section.order)
    other = beyond.order_by("-order" if by < 0 else "order").first()
    if other:
        here, section.order = section.order, other.order
        other.order = here
        Section.objects.bulk_update([section, other], ["order"])


def remove_section(*, section: Section, at: datetime) -> None:
    """Take a section away. Its texts and claims are kept with it."""
    Section.objects.filter(pk=section.pk, removed_at__isnull=True).update(removed_at=at)


def restore_section(*, section: Section) -> None:
    """Put a section back where it stood."""
    Section.objects.filter(pk=section.pk).update(removed_at=None)


@transaction.atomic
def rewrite(
    *,
    section: Section,
    text: str,
    title: str,
    query: Query | None,
    seen: int | None,
    seen_title: str,
    seen_query: Query | None,
    by_name: str,
    at: datetime,
) -> None:
    """Give a section a new text, heading and data at once. What ``seen`` names is what the writer began from.

    What the writer left as it was stays as somebody else may have made it meanwhile. Raises
    ChangedMeanwhileError, with nothing written, where both have changed the same, and BadInputError for too
    long a heading.
    """
    locked = Section.objects.select_for_update().get(pk=section.pk)
    there = query_from(locked.query) if locked.query else None
    if title != seen_title and locked.title not in (seen_title, title):
        raise _changed()
    if query != seen_query and there not in (seen_query, query):
        raise _changed()
    if text or seen:  # an empty text is no first wording
        write_text(section=locked, text=text, seen=seen, by_name=by_name, at=at)
    if title != seen_title:
        retitle(section=locked, title=title)
    if query != seen_query:
        show(section=locked, query=query)


def retitle(*, section: Section, title: str) -> None:
    """Give a section another heading, or none. Raises BadInputError for too long a one."""
    section.title = _titled(title) if title.strip() else ""
    section.save(update_fields=["title"])


def show(*, section: Section, query: Query | None) -> None:
    """Let a section show other data below its text, or none."""
    section.query = query.model_dump(mode="json") if query else None
    section.save(update_fields=["query"])


@transaction.atomic
def write_text(*, section: Section, text: str, seen: int | None, by_name: str, at: datetime) -> Wording:
    """Give a section a new text. ``seen`` is the key of the wording that the writer began from.

    The same text again changes nothing. Raises ChangedMeanwhileError when there is a later wording.
    """
    current = section.wordings.filter(superseded_by__isnull=True).first()
    if current and current.text == text:
        return current
    if (current.pk if current else None) != seen:
        raise _changed()
    try:
        with transaction.atomic():
            return Wording.objects.create(
                section=section, text=text, by_name=by_name, at=at, supersedes=current
            )
    except IntegrityError:
        raise _changed() from None


def _changed() -> ChangedMeanwhileError:
    return ChangedMeanwhileError(
        "somebody wrote in the section meanwhile. Read their text beside yours and save again.",
        word="builder.fault.changed",
    )


def bind_claim(
    *, section: Section, text: str, sentence: str, states: object, by_name: str, at: datetime
) -> BoundClaim:
    """Bind a sentence of a section's text to what it states.

    Raises BadInputError for a sentence that is not in the text, or a statement outside the vocabulary.
    """
    sentence = " ".join(sentence.split())
    if not any(places_of(sentence, text)):
        raise BadInputError(
            "the sentence is not in the section's text. Copy it from there.", word="builder.fault.sentence"
        )
    claim = _claim(sentence, states)
    return BoundClaim.objects.create(
        section=section,
        sentence=sentence,
        states=claim.states.model_dump(mode="json"),
        by_name=by_name,
        at=at,
    )


def _claim(sentence: str, states: object) -> Claim:
    try:
        return Claim.model_validate({"sentence": sentence, "states": states})
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(step) for step in first["loc"][1:]) or "states"
        raise BadInputError(f"the claim cannot be used: {field}: {first['msg']}.") from None


@transaction.atomic
def keep_claim(*, claim: BoundClaim, because: str, by_name: str, at: datetime) -> BoundClaim:
    """Let a claim stand although it does not hold; why is printed. Raises BadInputError without a reason."""
    if not because.strip():
        raise BadInputError(
            "a sentence that does not hold is kept only with a reason. Give it.", word="builder.fault.reason"
        )
    unbind_claim(claim=claim, at=at)
    return BoundClaim.objects.create(
        section=claim.section, sentence=claim.sentence, states=claim.states, kept_because=because.strip(),
        by_name=by_name, at=at,
    )  # fmt: skip


def unbind_claim(*, claim: BoundClaim, at: datetime) -> None:
    """Take a claim away. What it bound has to be bound anew before print."""
    BoundClaim.objects.filter(pk=claim.pk, removed_at__isnull=True).update(removed_at=at)


def _titled(title: str) -> str:
    title = " ".join(title.split())
    if not 0 < len(title) <= _LONGEST_TITLE:
        raise BadInputError(
            f"a heading has 1 to {_LONGEST_TITLE} letters; this has {len(title)}.",
            word="builder.fault.title", most=_LONGEST_TITLE, number=len(title),
        )  # fmt: skip
    return title
