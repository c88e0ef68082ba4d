"""A row of a region's own in every table that row security guards, with words that must never be seen
elsewhere.

The rows are made from the models, so that tables which come later are covered by themselves. They stand for
what is not public: drafts, open rounds, what is being written. Triggers are off while they are planted;
what the database checks of a single row holds.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction

from fyrbak.access.row_security import Policy, rules
from fyrbak.pathways.catalogue.texts import written
from fyrbak.pathways.definitions import packaged
from fyrbak.records.models import Organisation

AT = datetime(2025, 5, 5, 12, tzinfo=UTC)


def _hash(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()


def _lung(word: str) -> str:
    """A definition that holds the word."""
    lung = next(one for one in packaged() if one.id == "lunga")
    return written(lung.model_copy(update={"notes": (word,)}))


# Where the first choice, a plain value or a canary would not do. By table and field.
STATES: dict[str, Any] = {
    "access_account.username": lambda word: f"{word}@region.example".lower(),
    "access_entry.hash": _hash,
    "access_roleheld.role": "editor",
    "catalogue_draft.pathway": "lunga",
    "catalogue_revision.content": _lung,
    "deliveries_delivery.layout": "1",
    "deliveries_delivery.why_identified": "",
    "deliveries_keptfile.fault": "reporting.fault.no_data",
    "goals_goallink.ended_by": "",
    "goals_goallink.ended_why": "",
    "goals_goaltarget.operator": ">=",
    "goals_goaltarget.value": 1.0,
    "goals_planedition.status": "draft",
    "goals_planupload.withdrawn_by": "",
    "goals_planupload.withdrawn_why": "",
    "goals_uploadfile.fault": {"word": "x"},
    "improvement_sentdigest.reason": "",
    "improvement_spread.whom": "",
    "monthly_listed.refused": None,
    "monthly_monthlist.month": AT.date().replace(day=1),
    "notifications_doubt.told": ["", ""],
    "notifications_doubt.rule": "several",
    "notifications_finding.severity": "query",
    "notifications_finding.field": "topography",
    "notifications_notification.file": None,
    "notifications_notification.kind": "pathology",
    "notifications_notification.register": "",
    "notifications_notificationfile.rows": 3,
    "notifications_reminder.awaited": "clinic",
    "notifications_ruling.one": uuid.UUID(int=0),
    "notifications_tumour.awaited": "",
    "ongoing_case.outcome": "open",
    "pathway_events_fileoutcome.report": {"rows": []},
    "pathology_review_proposal.start": 0,
    "records_background.year": 2020,
    "records_drugadministration.tumour_link": "unknown",
    "records_finding.comparator": "",
    "records_finding.tumour_link": "unknown",
    "records_finding.value_unit": "",
    "records_person.pseudonym": lambda word: int("".join(filter(str.isdigit, word))),
    "records_procedure.tumour_link": "unknown",
    "records_radiotherapy.tumour_link": "unknown",
    "records_report.tumour_link": "unknown",
    "records_stage.tumour_link": "unknown",
    "records_treatmentcourse.tumour_link": "unknown",
    "reports_frozenreport.sha256": _hash,
    "year_decision.kind": "note",
    "year_decision.owner": None,
    "returns_received.month": AT.date().replace(day=1),
    "studies_included.year": 2024,
    "studies_statustold.place": None,
    "studies_targettold.known": "none",
    "studies_description.adults": True,
    "waits_drawn.days": 2,
    "waits_drawn.limit_days": 1,
    "waits_sample.quarter": 1,
}

GIVING_OUT = {"reports_reportrelease"}  # whose rows make others public
TWINS = {"goals_goallink.to_part"}  # a link leads to another row than it comes from


def canary(region: str) -> str:
    """The word that stands in every row of a region."""
    return f"Kanarie{region}fågel"


class Planted:
    """The rows of one region, by model."""

    def __init__(self, region: str) -> None:
        self.region, self.word = region, canary(region)
        self.rows: dict[type[models.Model], models.Model] = {}

    def __getitem__(self, name: str) -> Any:
        """The row of a model, such as ``goals.PlanEdition``."""
        return self.rows[apps.get_model(name)]

    def row(self, model: type[models.Model]) -> models.Model:
        """The region's row of a model, made with the rows it points to the first time."""
        if model not in self.rows:
            self.rows[model] = self._made(model)
        return self.rows[model]

    def _made(self, model: type[models.Model]) -> models.Model:
        if model._meta.db_table in rules().open:
            return self._open(model)
        policy, word = rules().policies.get(model._meta.db_table), self.word
        if policy and _anybody_reads(policy):
            self.word = f"Prov{self.region}"
        values: dict[str, Any] = {}
        for field in model._meta.concrete_fields:
            if field.primary_key and field.get_internal_type().endswith("AutoField"):
                continue
            place = f"{model._meta.db_table}.{field.name}"
            values[field.attname] = self._twin(field) if place in TWINS else self._value(field)
        self.word = word
        made = model(**values)
        made.save_base(raw=True, force_insert=True)
        return made

    def _open(self, model: type[models.Model]) -> models.Model:
        """A row of a table that anybody reads: without the word."""
        found = model._default_manager.first()
        if found is None:
            found = model(pk="prov")
            found.save_base(raw=True, force_insert=True)
        return found

    def _twin(self, field: Any) -> Any:
        """A second row of the model that a field points to."""
        there = field.related_model
        assert isinstance(there, type)
        word, self.word = self.word, f"{self.word}2"
        twin = self._made(there)
        self.word = word
        return getattr(twin, field.target_field.attname)

    def _value(self, field: models.Field[Any, Any]) -> Any:
        place = f"{field.model._meta.db_table}.{field.name}"
        if place in STATES:
            state = STATES[place]
            return state(self.word) if callable(state) else state
        if isinstance(field, models.ForeignKey):
            return self._link(field)
        if field.choices:
            return next(value for value, _ in field.flatchoices if value != "")
        if field.null:
            return None
        return self._plain(field)

    def _link(self, field: models.ForeignKey[Any, Any]) -> Any:
        there = field.related_model
        assert isinstance(there, type)
        if there is Organisation:
            return self.region
        if there is field.model:
            return None
        if field.null and there._meta.app_label == "records":
            return None
        target = self.row(there)
        return getattr(target, field.target_field.attname)

    def _plain(self, field: models.Field[Any, Any]) -> Any:
        if isinstance(field, models.CharField | models.TextField):
            word = self.word if field.max_length is None else self.word[-field.max_length :]
            return word.lower().replace("å", "a") if isinstance(field, models.SlugField) else word
        plain: dict[type[models.Field[Any, Any]], Any] = {
            models.BooleanField: False,
            models.DateTimeField: AT,
            models.DateField: AT.date(),
            models.UUIDField: uuid.uuid5(uuid.NAMESPACE_OID, f"{field.model._meta.db_table} {self.region}"),
            models.BinaryField: self.word.encode(),
            models.FloatField: 1.0,
            models.IntegerField: 1,
        }
        if isinstance(field, ArrayField | models.JSONField):
            return field.get_default() or ({} if isinstance(field, models.JSONField) else [])
        return next(value for kind, value in plain.items() if isinstance(field, kind))


@contextmanager
def _without_triggers() -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield


def plant(planted: Planted, *, public: bool = False) -> Planted:
    """Plant a row of the region's own in every guarded table, or first in those that anybody reads."""
    with _without_triggers():
        for model in apps.get_models(include_auto_created=True):
            policy = rules().policies.get(model._meta.db_table)
            if policy and model._meta.db_table not in GIVING_OUT and (_anybody_reads(policy) or not public):
                planted.row(model)
    return planted


def _anybody_reads(policy: Policy) -> bool:
    """Whether a rule says outright that the table is public."""
    return policy.see == "true"
