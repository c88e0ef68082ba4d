"""Editions: a new plan, the next edition as a copy of the last one, and the day a draft is adopted."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.text import slugify

from fyrbak.errors import BadInputError
from fyrbak.goals import models as m
from fyrbak.goals.document_outline import SCALE
from fyrbak.goals.plans.changes import opened
from fyrbak.goals.plans.faults import FieldError, refuse
from fyrbak.goals.plans.rows import Values, area_values, store_areas, whole
from fyrbak.goals.storing import stored_scale
from fyrbak.records.models import Organisation

Level = m.Plan.Level
# Which plans an organisation can own, by its kind.
LEVELS: dict[str, tuple[Level, ...]] = {
    Organisation.Kind.COUNTRY: (Level.NATIONAL_STRATEGY, Level.DIRECTION, Level.AGREEMENT),
    Organisation.Kind.RCC: (Level.REGIONAL, Level.LOCAL),
    Organisation.Kind.REGION: (Level.LOCAL, Level.REGIONAL),
}
_LONGEST_LABEL = 60
_LONGEST_TITLE = 400


@transaction.atomic
def new_plan(
    *,
    owner: Organisation,
    level: str,
    title_sv: str,
    title_en: str = "",
    label: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
    at: datetime,
) -> m.PlanEdition:
    """Begin a plan as an empty draft. A plan of that name gets one more edition.

    Raises FaultyError for fields that lack what they need, or an owner that has no plans on the level.
    """
    title_sv, label = title_sv.strip(), label.strip()
    faults = _period_faults(label, valid_from, valid_to)
    if level not in LEVELS.get(owner.kind, ()):
        faults.append(FieldError("level", f"{owner} has no plans on that level.", word="plans.fault.level"))
    if not 0 < len(title_sv) <= _LONGEST_TITLE or len(title_en) > _LONGEST_TITLE:
        faults.append(
            FieldError(
                "title_sv", f"the title needs 1 to {_LONGEST_TITLE} letters.",
                word="plans.fault.title", most=_LONGEST_TITLE,
            )
        )  # fmt: skip
    refuse(faults)
    plan, _ = m.Plan.objects.get_or_create(
        level=level, owner=owner, title_sv=title_sv, defaults={"title_en": title_en.strip()}
    )
    return _draft(plan, label, valid_from, valid_to, at, scale=stored_scale(SCALE))


@transaction.atomic
def copy_edition(
    *,
    edition: m.PlanEdition,
    label: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
    at: datetime,
) -> m.PlanEdition:
    """Begin the next edition as a draft that says the same. Rows keep their lineage, links hold there too.

    Raises FaultyError for a label or period that cannot be, BadInputError when the edition has a next one.
    """
    refuse(_period_faults(label.strip(), valid_from, valid_to))
    after = m.PlanEdition.objects.filter(supersedes=edition).first()
    if after:
        raise BadInputError(
            f"{edition} already has a next edition, {after.label}. Go on with that.",
            word="plans.fault.copied", label=after.label,
        )  # fmt: skip
    draft = _draft(edition.plan, label.strip(), valid_from, valid_to, at, scale=edition.scale)
    draft.supersedes = edition
    draft.save(update_fields=["supersedes"])
    store_areas(
        draft,
        [(area.order, _as_new(area_values(area))) for area in whole(m.Area.objects.filter(edition=edition))],
    )
    return draft


@transaction.atomic
def adopt(*, edition: m.PlanEdition, by_name: str, on: date) -> m.PlanEdition:
    """Adopt a draft. From then on its rows stay, and everybody sees them.

    Raises BadInputError when it is adopted already, or holds no goal.
    """
    draft = opened(edition, draft_only=True)
    if not m.Goal.objects.filter(area__edition=draft).exists():
        raise BadInputError(
            "the draft holds no goal yet. Add one before the plan is adopted.", word="plans.fault.no_goals"
        )
    draft.status, draft.adopted_on, draft.adopted_by = m.PlanEdition.Status.ADOPTED, on, by_name
    draft.save(update_fields=["status", "adopted_on", "adopted_by"])
    return draft


def _draft(
    plan: m.Plan, label: str, valid_from: date | None, valid_to: date | None, at: datetime, *, scale: m.Scale
) -> m.PlanEdition:
    return m.PlanEdition.objects.create(
        plan=plan,
        key=_free_key(plan, label),
        label=label,
        valid_from=valid_from,
        valid_to=valid_to,
        scale=scale,
        status=m.PlanEdition.Status.DRAFT,
        imported_at=at,
    )


def _period_faults(label: str, valid_from: date | None, valid_to: date | None) -> list[FieldError]:
    faults = []
    if not 0 < len(label) <= _LONGEST_LABEL:
        faults.append(
            FieldError(
                "label", f"the edition needs a name of 1 to {_LONGEST_LABEL} letters.",
                word="plans.fault.label", most=_LONGEST_LABEL,
            )
        )  # fmt: skip
    if valid_from and valid_to and valid_to < valid_from:
        faults.append(
            FieldError("valid_to", "the plan would end before it begins.", word="plans.fault.period")
        )
    return faults


def _free_key(plan: m.Plan, label: str) -> str:
    """An address of its own: whose plan, on which level, which edition, with a number where that is taken.

    The owner's code comes first, so that only the owner's own editions can have taken it.
    """
    stem = slugify(f"{plan.owner_id.replace(':', '-')} {plan.level} {label.replace('–', '-')}")[:52]
    taken = set(m.PlanEdition.objects.filter(key__startswith=stem).values_list("key", flat=True))
    keys = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 2))
    return next(key for key in keys if key not in taken)


def _as_new(values: Values) -> Values:
    """An area for the next edition: first versions, without places in the last one's source or doubts."""
    goals = [
        goal
        | {"version": 1, "source": "", "doubtful": ""}
        | {"activities": [row | {"version": 1, "lines": {}, "doubtful": {}} for row in goal["activities"]]}
        for goal in values["goals"]
    ]
    return values | {"version": 1, "goals": goals}
