"""What everybody may read of the goals: rounds that are frozen, and nothing that is still being said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, Max, Prefetch, QuerySet, When

from fyrbak.definitions import pick
from fyrbak.goals import models as m
from fyrbak.goals import outline as o


def frozen_rounds() -> QuerySet[m.FollowUpRound]:
    """The frozen rounds, from plans close to care up to the national ones, the latest round of each first."""
    levels = list(reversed(m.Plan.Level.values))
    place = Case(*(When(edition__plan__level=level, then=order) for order, level in enumerate(levels)))
    return (
        m.FollowUpRound.objects.filter(frozen_at__isnull=False)
        .select_related("edition__plan__owner", "edition__scale")
        .order_by(place, "edition__plan__owner__order", "edition__plan_id", "-edition_id", "-id")
    )


def frozen_round(key: str, label: str = "") -> m.FollowUpRound:
    """A frozen round of the edition with this key, by default its latest. Raises UnknownNameError."""
    found = list(frozen_rounds().filter(edition__key=key))
    if not found:
        pick("plan", key, sorted({one.edition.key for one in frozen_rounds()}))
    by_label = {one.label: one for one in found}
    return by_label[pick("round", label, list(by_label))] if label else found[0]


@dataclass(frozen=True)
class Frozen:
    """How much has been frozen, and when last. Frozen rounds stay, so this tells all that is new."""

    rounds: int
    at: datetime | None


def frozen() -> Frozen:
    """The state of what is frozen, in one query."""
    found = m.FollowUpRound.objects.filter(frozen_at__isnull=False).aggregate(
        n=Count("id"), at=Max("frozen_at")
    )
    return Frozen(found["n"], found["at"])


@dataclass(frozen=True)
class Said:
    """What one organisation said in one round, as numbers of goals: by level code, and the rest.

    ``mixed`` counts mixed and uncertain levels, ``blank`` those without any.
    """

    round: m.FollowUpRound
    by_code: tuple[tuple[m.ScaleLevel, int], ...]
    mixed: int
    blank: int

    @property
    def all(self) -> int:
        """The number of goals that the organisation was asked about and answered, blanks included."""
        return sum(number for _, number in self.by_code) + self.mixed + self.blank


def said_by(organisation: str) -> list[Said]:
    """What an organisation said in the latest frozen round of every plan that asks it. Three queries."""
    latest: dict[int, m.FollowUpRound] = {}
    for one in (
        frozen_rounds().filter(asked__organisation=organisation).prefetch_related("edition__scale__levels")
    ):
        latest.setdefault(one.edition.plan_id, one)
    answers: dict[int, Counter[str]] = {one.pk: Counter() for one in latest.values()}
    current = m.Assessment.objects.filter(
        round__in=answers, organisation=organisation, superseded_by__isnull=True
    )
    for held, levels, uncertain in current.values_list("round", "levels", "uncertain"):
        plain = levels[0] if len(levels) == 1 and not uncertain else "mixed" if levels else "blank"
        answers[held][plain] += 1
    return [
        Said(
            one,
            tuple((level, answers[one.pk][level.code]) for level in one.edition.scale.levels.all()),
            answers[one.pk]["mixed"],
            answers[one.pk]["blank"],
        )
        for one in latest.values()
    ]


@dataclass(frozen=True)
class Turn:
    """One frozen round in the history of a goal: by organisation code, its level."""

    round: m.FollowUpRound
    levels: dict[str, o.Level]


def history_of(edition: m.PlanEdition, number: str) -> list[Turn]:
    """All frozen rounds in which a goal was assessed, in this edition and others, the oldest first.

    A goal is the same in two editions when its lineage is, and its part has the same place. Three queries.
    """
    part = m.GoalPart.objects.select_related("goal").get(goal__area__edition=edition, number=number)
    current = m.Assessment.objects.filter(
        part__goal__lineage=part.goal.lineage, part__order=part.order,
        round__frozen_at__isnull=False, superseded_by__isnull=True,
    )  # fmt: skip
    found: dict[int, dict[str, o.Level]] = {}
    answers = current.order_by().values_list(
        "round", "organisation", "levels", "uncertain", "blank_reason", "raw_level"
    )
    for held, organisation, levels, uncertain, reason, raw in answers:
        found.setdefault(held, {})[organisation] = o.Level(tuple(levels), uncertain, reason or None, raw)
    rounds = frozen_rounds().filter(pk__in=found).prefetch_related("edition__scale__levels")
    return [Turn(one, found[one.pk]) for one in sorted(rounds, key=lambda one: (one.edition_id, one.pk))]


def rows_of(follow_up: m.FollowUpRound) -> Iterator[dict[str, object]]:
    """A frozen round as plain rows: every answer, then every remark, in the plan's order. Three queries.

    Who answered stays out: an organisation speaks, not a person.
    """
    edition = follow_up.edition
    of_round = {
        "plan": edition.plan.title_sv, "edition": edition.key, "owner": edition.plan.owner_id,
        "round": follow_up.label, "synthetic": follow_up.synthetic or edition.synthetic,
    }  # fmt: skip
    places = ("part__goal__area__order", "part__goal__order", "part__order")
    printed = Prefetch("condensed", m.CondensedComment.objects.filter(superseded_by__isnull=True))
    answers = (
        follow_up.assessments.filter(superseded_by__isnull=True)
        .select_related("part__goal__area", "organisation")
        .prefetch_related(printed)
        .order_by(*places, "organisation__order")
    )
    for said in answers:
        yield of_round | _of_part(said.part) | {
            "kind": "answer", "organisation": said.organisation_id, "name": said.organisation.name_sv,
            "level": "/".join(said.levels), "uncertain": said.uncertain, "blank_reason": said.blank_reason,
            "text": said.comment, "printed": next((one.text for one in said.condensed.all()), ""),
        }  # fmt: skip
    for note in follow_up.notes.select_related("part__goal__area").order_by(*places, "id"):
        yield of_round | _of_part(note.part) | {
            "kind": "remark", "organisation": note.organisation_id or "", "name": note.voice, "level": "",
            "uncertain": False, "blank_reason": "", "text": note.text, "printed": "",
        }  # fmt: skip


def _of_part(part: m.GoalPart) -> dict[str, object]:
    return {"area": part.goal.area.number, "goal": part.number, "goal_text": part.text_sv}
