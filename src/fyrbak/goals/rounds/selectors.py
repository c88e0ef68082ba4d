"""Everything that reads rounds at work: one function per question, as many queries whatever the size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Count, Q, QuerySet

from fyrbak.goals import models as m
from fyrbak.goals.rounds.answers import Typed
from fyrbak.goals.rounds.drafts import drafts_of
from fyrbak.goals.rounds.listed import Listed, ListedArea, listed
from fyrbak.goals.rounds.listed import parts_of as parts_of_edition
from fyrbak.goals.rounds.states import AnswerState, RoundState, answer_state, state_of
from fyrbak.records.models import Organisation

# A practised coordinator answers all 43 goals of a regional plan in under half an hour.
SECONDS_PER_ANSWER = 40
_LEVEL = ("levels", "uncertain", "blank_reason")  # an answer or a draft without its texts
_WITH_ANSWERS = ("questions", "condensed", "evidence")  # what belongs to an answer


def round_named(key: str, label: str) -> m.FollowUpRound | None:
    """The round with this label of the edition with this key, if there is one to be seen."""
    found = m.FollowUpRound.objects.select_related("edition__plan__owner")
    return found.filter(edition__key=key, label=label).first()


def asked_named(key: str, label: str, code: str) -> m.RoundOrganisation | None:
    """One of those asked in the round of this name, with the round; None where there is none to be seen."""
    found = m.RoundOrganisation.objects.select_related("organisation", "round__edition__plan__owner")
    return found.filter(round__edition__key=key, round__label=label, organisation=code).first()


def asked_in(follow_up: m.FollowUpRound) -> list[m.RoundOrganisation]:
    """Those who are asked in a round, in order."""
    return list(follow_up.asked.select_related("organisation"))


def parts_of(follow_up: m.FollowUpRound) -> QuerySet[m.GoalPart]:
    """What is assessed in a round, in the plan's order, with goal and area."""
    return parts_of_edition(follow_up.edition_id)


def current_answers(follow_up: m.FollowUpRound) -> QuerySet[m.Assessment]:
    """The current answer of every part and organisation that has answered."""
    # By key, as the order of the plan would be asked of ten tables.
    return m.Assessment.objects.filter(round=follow_up, superseded_by__isnull=True).order_by("pk")


def _among(about: type[m.Question | m.CondensedComment], *rounds: int) -> Q:
    """Whether rows of a table are about an answer of some rounds: asked once for all answers of a list."""
    return Q(pk__in=about.objects.filter(assessment__round__in=rounds).order_by().values("assessment"))


@dataclass(frozen=True)
class Task:
    """One goal that an organisation is to answer, and how its answer stands.

    ``level`` is that of the draft, else of the answer, without their texts.
    """

    part: Listed
    state: AnswerState
    level: Typed

    @property
    def waits(self) -> bool:
        """Whether something is left to do."""
        return self.state is not AnswerState.SENT


_Level = tuple[Sequence[str], bool, str]  # the columns _LEVEL


@dataclass(frozen=True)
class TaskList:
    """All that an organisation is to answer in a round, in the plan's order.

    By part, ``sent`` has whether somebody has asked about the answer, and its level; ``typed`` the draft's.
    """

    parts: tuple[Listed, ...]
    sent: Mapping[int, tuple[bool, _Level]]
    typed: Mapping[int, _Level]

    @cached_property
    def states(self) -> dict[int, AnswerState]:
        """By part, how the answer stands."""
        return {
            part.pk: answer_state(
                sent=part.pk in self.sent,
                returned=part.pk in self.sent and self.sent[part.pk][0],
                drafted=part.pk in self.typed,
            )
            for part in self.parts
        }

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """The same, one by one."""
        return tuple(self._task(part) for part in self.parts)

    def _task(self, part: Listed) -> Task:
        _, said = self.sent.get(part.pk, (False, ((), False, "")))
        levels, uncertain, reason = self.typed.get(part.pk, said)
        return Task(part, self.states[part.pk], Typed(tuple(levels), uncertain, reason))

    def by_area(self) -> Iterator[tuple[ListedArea, list[Task]]]:
        """The tasks of each area."""
        areas: dict[ListedArea, list[Task]] = defaultdict(list)
        for task in self.tasks:
            areas[task.part.area].append(task)
        return iter(areas.items())

    def count(self, state: AnswerState) -> int:
        """How many tasks stand so."""
        return sum(one is state for one in self.states.values())

    @property
    def minutes_left(self) -> int:
        """About how long the rest takes a practised coordinator, in whole minutes; at least one if any."""
        return -(-sum(task.waits for task in self.tasks) * SECONDS_PER_ANSWER // 60)

    def after(self, number: str) -> Task | None:
        """The next task that waits, after the goal with this number and then from the beginning."""
        place = next((at for at, task in enumerate(self.tasks) if task.part.number == number), -1)
        return next((task for task in (*self.tasks[place + 1 :], *self.tasks[:place]) if task.waits), None)

    @property
    def first(self) -> Task | None:
        """What to begin with: what was returned, then the first that waits."""
        returned = (task for task in self.tasks if task.state is AnswerState.RETURNED)
        return next(returned, None) or self.after("")


def task_list(
    follow_up: m.FollowUpRound, organisation: Organisation, account: int, parts: tuple[Listed, ...]
) -> TaskList:
    """What an organisation is to answer in a round, with what the account has typed. Two queries.

    ``parts`` is what the round asks about.
    """
    answers = current_answers(follow_up).filter(organisation=organisation)
    answers = answers.annotate(returned=_among(m.Question, follow_up.pk))
    drafts = drafts_of(follow_up, organisation, account)
    return TaskList(
        parts,
        {
            part: (returned, said)
            for part, returned, *said in answers.values_list("part", "returned", *_LEVEL)
        },
        {part: said for part, *said in drafts.values_list("part", *_LEVEL)},
    )


def answers_given(follow_up: m.FollowUpRound, part: int, organisation: Organisation) -> list[m.Assessment]:
    """What an organisation said of a goal in a round, the first first, with what belongs to each answer."""
    chain = m.Assessment.objects.filter(round=follow_up, part=part, organisation=organisation)
    return list(chain.prefetch_related(*_WITH_ANSWERS).order_by("pk"))


@dataclass(frozen=True)
class Voiced:
    """What one organisation says of a goal in a round; nothing before it has answered."""

    asked: m.RoundOrganisation
    current: m.Assessment | None

    @property
    def condensed(self) -> m.CondensedComment | None:
        """The comment as it is to be printed, if somebody has condensed the current one."""
        wordings = list(self.current.condensed.all()) if self.current else []
        return wordings[-1] if wordings else None

    @property
    def state(self) -> AnswerState:
        returned = bool(self.current and self.current.questions.all())
        return answer_state(sent=self.current is not None, returned=returned, drafted=False)


def voices(follow_up: m.FollowUpRound, part: int) -> list[Voiced]:
    """What everybody who is asked says of a goal, with what belongs to each answer. Five queries."""
    said = current_answers(follow_up).filter(part=part).prefetch_related(*_WITH_ANSWERS)
    current = {one.organisation_id: one for one in said}
    return [Voiced(row, current.get(row.organisation_id)) for row in asked_in(follow_up)]


@dataclass(frozen=True)
class Cell:
    """One answer as a matrix shows it: its level, whether it has words, and what has been done with it.

    ``level`` is the answer without its texts, so that many answers have the same cell.
    """

    level: Typed
    commented: bool
    returned: bool
    condensed: bool


@dataclass(frozen=True)
class Progress:
    """How far an organisation has come in a round: goals asked about, answers sent, and returned of those."""

    goals: int
    sent: int
    returned: int


@dataclass(frozen=True)
class Compilation:
    """A round as a matrix of goals and organisations. ``cells`` by part and organisation code.

    ``shown`` are the parts that have cells: all, or those of one area. ``progress`` is of the whole round.
    """

    follow_up: m.FollowUpRound
    asked: tuple[m.RoundOrganisation, ...]
    progress: dict[str, Progress]
    parts: tuple[Listed, ...]
    shown: tuple[Listed, ...]
    cells: dict[tuple[int, str], Cell]
    notes: dict[int, int]

    @property
    def areas(self) -> tuple[ListedArea, ...]:
        """The areas of the plan, in its order."""
        return tuple(dict.fromkeys(part.area for part in self.parts))


def compilation(
    follow_up: m.FollowUpRound, parts: tuple[Listed, ...], *, most: int | None = None, area: str = ""
) -> Compilation:
    """The current answers of a round that asks about ``parts``, without their texts. Six queries.

    Where there may be more than ``most``, they are those of one area: the one with this number, or the first.
    """
    asked, shown = asked_in(follow_up), parts
    if most is not None and len(parts) * len(asked) > most:
        known = {part.area.number for part in parts}
        chosen = area if area in known else parts[0].area.number
        shown = tuple(part for part in parts if part.area.number == chosen)
    answers = current_answers(follow_up)
    if shown != parts:
        answers = answers.filter(part__in=[part.pk for part in shown])
    notes = follow_up.notes.order_by().values_list("part").annotate(Count("pk"))
    marked = answers.annotate(
        has_words=~Q(comment=""),
        was_returned=_among(m.Question, follow_up.pk),
        was_condensed=_among(m.CondensedComment, follow_up.pk),
    )
    rows = marked.values_list("part", "organisation", *_LEVEL, "has_words", "was_returned", "was_condensed")
    return Compilation(
        follow_up,
        tuple(asked),
        _progress_of(asked, {follow_up.edition_id: len(parts)}),
        parts,
        shown,
        {
            (part, code): Cell(Typed(tuple(levels), uncertain, reason), *how)
            for part, code, levels, uncertain, reason, *how in rows
        },
        dict(notes),
    )


def condensed_texts(follow_up: m.FollowUpRound) -> dict[tuple[str, str], str]:
    """By goal number and organisation code, the comments that the coordinator has condensed. One query."""
    wordings = m.CondensedComment.objects.filter(
        assessment__round=follow_up, assessment__superseded_by__isnull=True, superseded_by__isnull=True
    )
    return {
        (number, code): text
        for number, code, text in wordings.values_list(
            "assessment__part__number", "assessment__organisation", "text"
        )
    }


@dataclass(frozen=True)
class AtWork:
    """A round that is not frozen, with the progress of those that it asks in a scope, by code in order."""

    follow_up: m.FollowUpRound
    state: RoundState
    progress: dict[str, Progress]


def rounds_at_work(scope: frozenset[str], on: date) -> list[AtWork]:
    """The rounds that are not frozen and ask somebody in a scope. Three queries where no plan has changed."""
    rows = list(
        m.RoundOrganisation.objects.filter(organisation__in=scope, round__frozen_at__isnull=True)
        .select_related("round__edition__plan")
        .order_by("round__closes", "round", "order")
    )
    by_round: dict[m.FollowUpRound, dict[str, Progress]] = defaultdict(dict)
    for row, progress in zip(rows, _progress(rows, _goals(rows)), strict=True):
        by_round[row.round][row.organisation_id] = progress
    return [AtWork(one, state_of(one, on), asked) for one, asked in by_round.items()]


def progress_of(asked: Sequence[m.RoundOrganisation]) -> dict[str, Progress]:
    """By organisation code, how far each of those asked in a round has come. Two queries."""
    return _progress_of(asked, _goals(asked))


def _progress_of(asked: Sequence[m.RoundOrganisation], goals: Mapping[int, int]) -> dict[str, Progress]:
    return {row.organisation_id: one for row, one in zip(asked, _progress(asked, goals), strict=True)}


def missing_in(progress: Mapping[str, Progress]) -> dict[str, int]:
    """By code, how many answers an organisation has left to give; those who are done are not there."""
    return {code: one.goals - one.sent for code, one in progress.items() if one.goals > one.sent}


def _goals(rows: Sequence[m.RoundOrganisation]) -> dict[int, int]:
    """By edition, how many parts of goals are asked about. One query where no plan has changed."""
    return {edition: len(parts) for edition, parts in listed(row.round.edition_id for row in rows).items()}


def _progress(rows: Sequence[m.RoundOrganisation], goals: Mapping[int, int]) -> list[Progress]:
    """How far each of those asked has come, in the order given; ``goals`` by edition. One query."""
    rounds = {row.round_id for row in rows}
    answers = m.Assessment.objects.filter(
        round__in=rounds,
        organisation__in={row.organisation_id for row in rows},
        superseded_by__isnull=True,
    )
    counted = answers.order_by().values_list("round", "organisation")
    found = {
        (round_, code): (sent, returned)
        for round_, code, sent, returned in counted.annotate(
            sent=Count("pk"), returned=Count("pk", filter=_among(m.Question, *rounds))
        )
    }
    return [
        Progress(goals[row.round.edition_id], *found.get((row.round_id, row.organisation_id), (0, 0)))
        for row in rows
    ]


def editions_to_follow_up(scope: frozenset[str]) -> QuerySet[m.PlanEdition]:
    """The adopted editions of plans that a scope owns, the latest first."""
    return (
        m.PlanEdition.objects.filter(plan__owner__in=scope, status=m.PlanEdition.Status.ADOPTED)
        .select_related("plan__owner")
        .order_by("plan__level", "plan__owner__order", "-pk")
    )


def steps_of(follow_up: m.FollowUpRound) -> list[m.RoundStep]:
    """What has been done with a round, the first first."""
    return list(follow_up.steps.all())
