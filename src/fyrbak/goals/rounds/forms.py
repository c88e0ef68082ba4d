"""A round on paper: what an organisation is asked, as a form that is filled in elsewhere and comes back.

The form is plain values; ``reports.round_files`` writes it as Excel and Word and reads them back. Each goal
carries a reference that says which answer it was made from, so that what has changed on both sides since then
is found, and so that a row that somebody has broken is not taken for another.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fyrbak.errors import BadInputError
from fyrbak.goals import models as m
from fyrbak.goals.rounds.answers import Fault, Typed, typed_in
from fyrbak.goals.rounds.before import Earlier, answers_before
from fyrbak.goals.rounds.drafts import drafts_of
from fyrbak.goals.rounds.listed import listing
from fyrbak.goals.rounds.selectors import current_answers, parts_of
from fyrbak.records.models import Organisation

SIGN = "fyrbak-round/1"  # what a form begins with, so that no other file is taken for one


@dataclass(frozen=True)
class Head:
    """Which round and organisation a form belongs to."""

    key: str
    label: str
    code: str

    def written(self) -> str:
        """As it stands in a file."""
        return "|".join((SIGN, self.key, self.label, self.code))


def read_head(text: str) -> Head | None:
    """The head that a file begins with; None for a file that is no form."""
    parts = text.strip().split("|")
    return Head(*parts[1:]) if parts[0] == SIGN and len(parts) == 4 else None


@dataclass(frozen=True)
class Asked:
    """One goal of a form. ``shown`` is the number of the answer that the organisation had given by then."""

    part: m.GoalPart
    shown: int | None
    typed: Typed
    earlier: Earlier | None
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """All that an organisation is asked in a round."""

    follow_up: m.FollowUpRound
    asked: m.RoundOrganisation
    scale: tuple[m.ScaleLevel, ...]
    goals: tuple[Asked, ...]

    @property
    def head(self) -> Head:
        """What it belongs to."""
        return head_of(self.follow_up, self.asked.organisation_id)

    def reference(self, goal: Asked) -> str:
        """What a row says of itself: goal, answer, and a mark that shows whether both belong here."""
        return _reference(self.head, goal.part, goal.shown)


def head_of(follow_up: m.FollowUpRound, code: str) -> Head:
    """The head of the forms of a round and an organisation."""
    return Head(follow_up.edition.key, follow_up.label, code)


def _reference(head: Head, part: m.GoalPart, shown: int | None) -> str:
    said = f"{part.pk}-{shown or 0}"
    mark = hashlib.sha256(f"{head.written()}|{said}|{part.number}".encode()).hexdigest()[:6]
    return f"{said}-{mark}"


def form_of(follow_up: m.FollowUpRound, asked: m.RoundOrganisation, account: int | None = None) -> Form:
    """What an organisation is asked, with its answers, or what the account has typed over them."""
    organisation = asked.organisation
    answers = {
        said.part_id: said
        for said in current_answers(follow_up).filter(organisation=organisation).prefetch_related("questions")
    }
    drafts = {} if account is None else {d.part_id: d for d in drafts_of(follow_up, organisation, account)}
    before = answers_before(follow_up, organisation, listing(follow_up).parts)

    def goal(part: m.GoalPart) -> Asked:
        said, draft = answers.get(part.pk), drafts.get(part.pk)
        kept = draft or said
        return Asked(
            part,
            said.pk if said else None,
            typed_in(kept) if kept else Typed(),
            before.get(part.pk),
            tuple(question.text for question in said.questions.all()) if said else (),
        )

    goals = tuple(goal(part) for part in parts_of(follow_up))
    return Form(follow_up, asked, tuple(follow_up.edition.scale.levels.all()), goals)


class RowFault(StrEnum):
    """Why a row that came back cannot be used. The words are in ``reports/texts/round_files.yaml``."""

    NO_REFERENCE = "no_reference"
    BROKEN_REFERENCE = "broken_reference"
    OTHER_GOAL = "other_goal"
    TWICE = "twice"
    EMPTIED = "emptied"
    UNREADABLE_REASON = "unreadable_reason"
    UNREADABLE_TICK = "unreadable_tick"


@dataclass(frozen=True)
class Row:
    """One goal as it came back. ``place`` is where in the file it stands, as its program names places.

    ``fault`` says what could not be read of its cells, ``cell`` what stood there.
    """

    place: str
    reference: str
    number: str
    typed: Typed
    fault: RowFault | None = None
    cell: str = ""


@dataclass(frozen=True)
class Filled:
    """A form as it came back."""

    head: Head
    rows: tuple[Row, ...]
    origin: m.Assessment.Origin
    file_name: str


@dataclass(frozen=True)
class Change:
    """A row that says something new. ``said`` is the current answer, ``shown`` the one it was made from."""

    row: Row
    part: m.GoalPart
    said: m.Assessment | None
    shown: m.Assessment | None


@dataclass(frozen=True)
class Broken:
    """A row that cannot be used: where it stands, why, and what stood there."""

    row: Row
    fault: RowFault | Fault


@dataclass(frozen=True)
class Review:
    """What a form that came back would change. Nothing of it is written."""

    filled: Filled
    changes: tuple[Change, ...]
    conflicts: tuple[Change, ...]
    broken: tuple[Broken, ...]
    unchanged: int
    absent: tuple[str, ...] = field(default=())


def review(follow_up: m.FollowUpRound, organisation: Organisation, filled: Filled) -> Review:
    """Hold a form that came back against what is stored now. Four queries.

    A row that nobody has touched changes nothing, whatever has been answered since. A row that somebody has
    touched is a change, or a conflict where the answer has changed as well. Raises BadInputError for a form
    of another plan, round or organisation.
    """
    _belongs(filled.head, head_of(follow_up, organisation.code))
    scale = list(follow_up.edition.scale.levels.values_list("code", flat=True))
    answers = m.Assessment.objects.filter(round=follow_up, organisation=organisation).order_by("pk")
    by_number = {said.pk: said for said in answers}
    current = {said.part_id: said for said in by_number.values()}  # the last of each part
    references = _References(filled.head, {part.pk: part for part in parts_of(follow_up)}, by_number)
    found: dict[str, list[Change]] = {"change": [], "conflict": [], "same": []}
    broken, seen = [], Counter[int]()
    for row in filled.rows:
        where = references.read(row)
        if isinstance(where, RowFault):
            broken.append(Broken(row, where))
            continue
        part, shown = where
        seen[part.pk] += 1
        change = Change(row, part, current.get(part.pk), shown)
        fault = RowFault.TWICE if seen[part.pk] > 1 else row.fault or _fault(change, scale)
        if fault:
            broken.append(Broken(row, fault))
        else:
            found[_kind(change)].append(change)
    absent = (part.number for pk, part in references.parts.items() if pk not in seen)
    return Review(
        filled,
        tuple(found["change"]),
        tuple(found["conflict"]),
        tuple(broken),
        len(found["same"]),
        tuple(absent),
    )


def _belongs(head: Head, wanted: Head) -> None:
    """Raise BadInputError for a form of something else, saying of what."""
    for name in ("key", "label", "code"):
        theirs, ours = getattr(head, name), getattr(wanted, name)
        if theirs != ours:
            raise BadInputError(
                f"the file is a form of another {name}: {theirs}, not {ours}. Choose the file of this round.",
                word=f"round_files.other.{name}",
                **({"theirs": theirs} if name == "label" else {}),
            )


@dataclass(frozen=True)
class _References:
    """What the references of a form may point to."""

    head: Head
    parts: Mapping[int, m.GoalPart]
    answers: Mapping[int, m.Assessment]

    def read(self, row: Row) -> tuple[m.GoalPart, m.Assessment | None] | RowFault:
        """The goal that a row is about and the answer that it was made from, or why that cannot be told."""
        if not row.reference:
            return RowFault.NO_REFERENCE
        pieces = row.reference.split("-")
        if len(pieces) != 3 or not (pieces[0].isdecimal() and pieces[1].isdecimal()):
            return RowFault.BROKEN_REFERENCE
        part, shown = self.parts.get(int(pieces[0])), self.answers.get(int(pieces[1]))
        if part is None:
            return RowFault.OTHER_GOAL
        if _reference(self.head, part, int(pieces[1]) or None) != row.reference or part.number != row.number:
            return RowFault.BROKEN_REFERENCE
        return part, shown


def _fault(change: Change, scale: list[str]) -> RowFault | Fault | None:
    """What hinders a touched row from being an answer."""
    if _kind(change) == "same":
        return None
    return RowFault.EMPTIED if change.row.typed.empty else change.row.typed.fault(scale)


def _kind(change: Change) -> str:
    """Whether a row changes nothing, changes the answer, or contradicts one that came meanwhile."""
    base, now = (typed_in(one) if one else Typed() for one in (change.shown, change.said))
    if change.row.typed in (base, now):
        return "same"
    return "change" if change.said == change.shown else "conflict"
