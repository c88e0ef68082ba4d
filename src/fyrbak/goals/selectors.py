"""Everything that reads stored plans: one function per question, as many queries whatever the size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Count, Exists, OuterRef, Prefetch, Q, QuerySet, When

from fyrbak.definitions import pick
from fyrbak.goals import models as m
from fyrbak.goals import outline as o
from fyrbak.goals.models.link import Standing


def editions() -> QuerySet[m.PlanEdition]:
    """All editions, from the national ones down."""
    levels = m.Plan.Level.values
    place = Case(*(When(plan__level=level, then=order) for order, level in enumerate(levels)))
    return m.PlanEdition.objects.select_related("plan__owner", "scale").order_by(
        place, "plan__owner__order", "id"
    )


@dataclass(frozen=True)
class Holding:
    """An edition with how much it holds, and the round that was opened last."""

    edition: m.PlanEdition
    goals: int
    rounds: int
    latest: m.FollowUpRound | None


def holdings() -> list[Holding]:
    """All editions, from the national ones down, with the number of goals and rounds in each."""
    goals = dict(m.Goal.objects.values_list("area__edition").annotate(Count("id")).order_by())
    rounds = dict(m.FollowUpRound.objects.values_list("edition").annotate(Count("id")).order_by())
    last = m.FollowUpRound.objects.order_by("edition_id", "-id").distinct("edition_id")
    latest = {one.edition_id: one for one in last}
    return [
        Holding(one, goals.get(one.pk, 0), rounds.get(one.pk, 0), latest.get(one.pk)) for one in editions()
    ]


def keys_with_rounds() -> list[tuple[str, bool]]:
    """The key of every edition, the national ones first, and whether it has been followed up. One query."""
    rounds = m.FollowUpRound.objects.filter(edition=OuterRef("pk"))
    return list(editions().annotate(followed_up=Exists(rounds)).values_list("key", "followed_up"))


def edition(key: str) -> m.PlanEdition:
    """The edition with this key. Raises UnknownNameError that offers the nearest one."""
    found = editions().filter(key=key).first()
    return found or editions().get(key=pick("plan", key, list(editions().values_list("key", flat=True))))


def goal_numbers(edition: m.PlanEdition) -> list[str]:
    """The numbers of an edition's goals, in its order."""
    parts = m.GoalPart.objects.filter(goal__area__edition=edition)
    ordered = parts.order_by("goal__area__order", "goal__order", "order")
    return list(ordered.values_list("number", flat=True))


def latest_round(edition: m.PlanEdition) -> m.FollowUpRound | None:
    """The round that tells how an edition stands: the last one frozen, else the last one opened.

    A round in which answers are still being given says little of the plan, and not the same to everybody.
    """
    return edition.rounds.alias(done=Q(frozen_at__isnull=False)).order_by("done", "id").last()


def current_assessments(follow_up: m.FollowUpRound) -> QuerySet[m.Assessment]:
    """The assessments of a round that nothing supersedes: one per part and organisation that has answered."""
    return follow_up.assessments.filter(superseded_by__isnull=True).order_by(
        "part__goal__area__order", "part__goal__order", "part__order", "organisation__order"
    )


def goal_state(follow_up: m.FollowUpRound) -> dict[str, dict[str, o.Level]]:
    """The matrix of a round: by part number, the level of each organisation code that has answered."""
    matrix: dict[str, dict[str, o.Level]] = defaultdict(dict)
    for said in current_assessments(follow_up).select_related("part"):
        matrix[said.part.number][said.organisation_id] = _level(said)
    return dict(matrix)


def history(follow_up: m.FollowUpRound, part: m.GoalPart, organisation: str) -> QuerySet[m.Assessment]:
    """Everything an organisation has said of a part in a round, the current assessment last."""
    return follow_up.assessments.filter(part=part, organisation=organisation).order_by("id")


@dataclass(frozen=True)
class Cascade:
    """Where a part of a goal hangs: the goals it serves, and the goals that serve it."""

    up: tuple[m.GoalLink, ...]
    down: tuple[m.GoalLink, ...]


def cascade(part: m.GoalPart) -> Cascade:
    """The links of a part upwards and downwards, with the plans they lead to."""
    links = m.GoalLink.objects.select_related(
        "from_part__goal__area__edition__plan", "to_part__goal__area__edition__plan"
    )
    return Cascade(tuple(links.filter(from_part=part)), tuple(links.filter(to_part=part)))


def unserved(upper: m.PlanEdition, lower: m.PlanEdition) -> QuerySet[m.GoalPart]:
    """The goals of a plan that no goal of a plan below it serves: gaps in the cascade."""
    return (
        m.GoalPart.objects.filter(goal__area__edition=upper)
        .exclude(links_down__from_part__goal__area__edition=lower)
        .order_by("goal__area__order", "goal__order", "order")
    )


def orphans(edition: m.PlanEdition) -> QuerySet[m.GoalPart]:
    """The goals of a plan that serve no goal of another plan."""
    return m.GoalPart.objects.filter(goal__area__edition=edition, links_up__isnull=True).order_by(
        "goal__area__order", "goal__order", "order"
    )


def outline_of_edition(
    edition: m.PlanEdition, follow_up: m.FollowUpRound | None = None, *, only: str = ""
) -> o.PlanOutline:
    """A stored edition with a round (by default the latest) in the shape that reports and pages read.

    ``only`` is the number of the one goal that is wanted; without such a goal there are no areas.
    """
    chosen = follow_up or latest_round(edition)
    said, notes = _said(chosen, only), _notes(chosen, only)
    asked = chosen.asked.select_related("organisation") if chosen else ()
    return o.PlanOutline(
        id=edition.key,
        level=edition.plan.level,
        title_sv=edition.plan.title_sv,
        title_en=edition.plan.title_en,
        owner=edition.plan.owner_id,
        round_label=chosen.label if chosen else "",
        synthetic=edition.synthetic or bool(chosen and chosen.synthetic),
        source=edition.source,
        sha256=edition.sha256,
        scale=stored_meanings(edition.scale),
        organisations=tuple(
            o.Voice(row.organisation_id, row.short, row.organisation.name_sv, row.organisation.name_en)
            for row in asked
        ),
        areas=tuple(_area(area, said, notes) for area in _areas(edition, only)),
    )


def stored_meanings(scale: m.Scale) -> tuple[o.LevelMeaning, ...]:
    """The levels of a stored scale in order."""
    return tuple(
        o.LevelMeaning(
            code=level.code,
            label_sv=level.label_sv,
            label_en=level.label_en,
            order=level.order,
            reached=level.reached,
            started=level.started,
            symbol=level.symbol,
            token=level.token,
        )
        for level in scale.levels.all()
    )


def _areas(edition: m.PlanEdition, only: str) -> Iterable[m.Area]:
    """The areas with everything below them, or with one goal alone, in a fixed number of queries."""
    areas, goals, parts = edition.areas.all(), m.Goal.objects.all(), m.GoalPart.objects.all()
    if only:
        areas, goals = areas.filter(goals__parts__number=only), goals.filter(parts__number=only)
        parts = parts.filter(number=only)
    parts = parts.order_by("order").prefetch_related(
        "evidence",
        Prefetch(
            "links_up",
            m.GoalLink.objects.filter(
                to_part__goal__area__edition__plan__level=m.Plan.Level.NATIONAL_STRATEGY
            ).select_related("to_part"),
        ),
    )
    goals = (
        goals.order_by("order")
        .select_related("target")
        .prefetch_related(
            Prefetch("parts", parts), Prefetch("activities", m.Activity.objects.prefetch_related("parties"))
        )
    )
    return areas.prefetch_related(Prefetch("goals", goals))


def _said(follow_up: m.FollowUpRound | None, only: str) -> dict[int, tuple[o.Assessment, ...]]:
    """The current assessments by part, in the round's order of organisations."""
    found: dict[int, list[o.Assessment]] = defaultdict(list)
    if follow_up:
        order = dict(follow_up.asked.values_list("organisation_id", "order"))
        current = follow_up.assessments.filter(superseded_by__isnull=True, **_about(only)).order_by("id")
        rows = current.values_list(
            "part_id", "organisation_id", "levels", "uncertain", "blank_reason", "raw_level", "comment",
            "lines", "doubtful",
        )  # fmt: skip
        for row in sorted(rows, key=lambda row: order[row[1]]):
            part, organisation, levels, uncertain, blank, raw, comment, lines, doubtful = row
            level = o.Level(tuple(levels), uncertain, blank or None, raw)
            found[part].append(o.Assessment(organisation, level, comment, lines, doubtful))
    return {part: tuple(answers) for part, answers in found.items()}


def _about(only: str) -> dict[str, str]:
    """What narrows answers and notes to one goal."""
    return {"part__number": only} if only else {}


def _notes(follow_up: m.FollowUpRound | None, only: str) -> dict[int, tuple[o.Note, ...]]:
    found: dict[int, list[o.Note]] = defaultdict(list)
    told = follow_up.notes.filter(**_about(only)).select_related("organisation") if follow_up else ()
    for note in told:
        known = note.organisation
        voice = (
            o.Voice(known.code, known.short or known.name_sv, known.name_sv, known.name_en)
            if known
            else o.Voice("", note.voice, note.voice, note.voice)
        )
        found[note.part_id].append(o.Note(voice, note.text, note.lines, note.doubtful))
    return {part: tuple(notes) for part, notes in found.items()}


def _level(said: m.Assessment) -> o.Level:
    return o.Level(tuple(said.levels), said.uncertain, said.blank_reason or None, said.raw_level)


def _area(
    area: m.Area, said: dict[int, tuple[o.Assessment, ...]], notes: dict[int, tuple[o.Note, ...]]
) -> o.Area:
    return o.Area(
        area.number,
        area.name_sv,
        area.name_en,
        area.overall_goal_sv,
        area.overall_goal_en,
        goals=tuple(
            _goal(goal, part, said.get(part.pk, ()), notes.get(part.pk, ()))
            for goal in area.goals.all()
            for part in goal.parts.all()
        ),
    )


def _goal(
    goal: m.Goal, part: m.GoalPart, said: tuple[o.Assessment, ...], notes: tuple[o.Note, ...]
) -> o.Goal:
    target: m.GoalTarget | None = getattr(goal, "target", None)
    return o.Goal(
        number=part.number,
        text_sv=part.text_sv,
        text_en=part.text_en,
        title_sv=goal.title_sv,
        title_en=goal.title_en,
        assessments=said,
        notes=notes,
        evidence=tuple(
            o.Evidence(
                link.measure,
                link.role,
                link.why_sv,
                link.why_en,
                link.dims,
                suggested=link.standing == Standing.SUGGESTED,
            )
            for link in part.evidence.all()
        ),
        activities=tuple(_activity(row) for row in goal.activities.all()),
        target=_target(target) if target else None,
        links=tuple(
            o.Link(
                link.to_part.number,
                link.rationale_sv,
                link.rationale_en,
                suggested=link.standing == Standing.SUGGESTED,
            )
            for link in part.links_up.all()
        ),
        theme_sv=goal.theme_sv,
        theme_en=goal.theme_en,
        actor_sv=goal.actor_sv,
        actor_en=goal.actor_en,
        baseline=_baseline(target) if target else (),
        source=goal.source,
        doubtful=goal.doubtful,
    )


def _target(target: m.GoalTarget) -> o.Target:
    return o.Target(
        target.kind, target.operator, target.value, target.unit_sv, target.unit_en, target.deadline
    )


def _baseline(target: m.GoalTarget) -> tuple[o.Statement, ...]:
    plain = (o.Statement(target.baseline_sv, target.baseline_en),) if target.baseline_sv else ()
    return (*plain, *(o.Statement(**said) for said in target.statements))


def _activity(row: m.Activity) -> o.Activity:
    return o.Activity(
        number=row.number,
        activity=row.activity,
        how=row.how,
        who=row.who,
        when=row.when,
        responsible=row.responsible,
        follow_up=row.follow_up,
        time_frame=row.time_frame,
        parties=tuple(
            o.Party(party.role, party.raw_text, party.organisation_id or "") for party in row.parties.all()
        ),
        lines=row.lines,
        doubtful=row.doubtful,
    )
