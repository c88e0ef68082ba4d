"""A snapshot written as the tables of the Common Data Model, as Parquet or CSV, and accounted for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import ibis
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from ibis.expr.types import Table

from fyrbak.errors import BadInputError
from fyrbak.records.omop import tables
from fyrbak.records.omop.cdm import NO_CONCEPT, concepts, fields, read_concepts, shaped
from fyrbak.records.omop.tables import Source
from fyrbak.records.snapshot import Snapshot

Form = Literal["parquet", "csv"]
ACCOUNT = "export.json"
# Tables of the layout that become events, with the column of their day.
_EVENTS = ("tumour", "procedure", "radiotherapy", "drug_administration", "vaccination", "stage", "finding",
           "pathway_event", "treatment_course")  # fmt: skip
_NO_VOCABULARY = "none: source codes"


@dataclass(frozen=True)
class Exported:
    """Rows written by table of the model; rows of the layout without a day, and persons without a birth date.

    ``unmapped`` is how many events have concept 0.
    """

    rows: Mapping[str, int]
    without_day: Mapping[str, int]
    without_birth: int
    unmapped: int


def export(
    snapshot: Snapshot,
    out: Path,
    *,
    on: date,
    holder: str,
    concepts_file: Path | None = None,
    form: Form = "parquet",
) -> Exported:
    """Write every table of the model, made from a snapshot, into the new folder ``out``.

    ``on`` is the day of the export, ``holder`` who answers for the data, ``concepts_file`` says which concept
    a code means (:func:`fyrbak.records.omop.cdm.read_concepts`). Raises BadInputError when the folder exists.
    """
    known = read_concepts(concepts_file)
    if out.exists():
        raise BadInputError(f"{out}: is there already. Give the name of a new folder.")
    out.mkdir(parents=True)
    source = Source(snapshot, known)
    rows = {}
    for name in fields():
        path = out / f"{name}.parquet"
        snapshot.engine.write(shaped(name, _question(source, name, on, holder, known)), path)
        rows[name] = pq.read_metadata(path).num_rows
        if form == "csv":
            _as_csv(path)
    done = Exported(rows, _without_day(source), _without_birth(source), _unmapped(source))
    (out / ACCOUNT).write_text(json.dumps(_account(snapshot, done), indent=1) + "\n", encoding="utf-8")
    return done


def _question(source: Source, name: str, on: date, holder: str, known: pa.Table) -> Table:
    """The rows of one table of the model."""
    made: dict[str, Callable[[], Table]] = {
        "person": lambda: _persons(source),
        "observation_period": lambda: _periods(source),
        "death": lambda: _deaths(source),
        "condition_occurrence": lambda: _events(source.conditions, "condition", "condition_end_date"),
        "procedure_occurrence": lambda: _events(source.procedures, "procedure", "procedure_end_date"),
        "drug_exposure": lambda: _drugs(source.drugs),
        "measurement": lambda: _measurements(source),
        "observation": lambda: _events(source.observations, "observation"),
        "episode": lambda: _episodes(source),
        "episode_event": lambda: _episode_events(source),
        "location": lambda: _constant(source, name, tables.locations()),
        "care_site": lambda: _constant(source, name, tables.care_sites()),
        "cdm_source": lambda: _constant(source, name, [_described(source.snapshot, on, holder, known)]),
    }
    return made[name]()


def _literal(name: str) -> ibis.Value:
    return ibis.literal(concepts()[name], "int64")


def _persons(source: Source) -> Table:
    people = source.residents()
    precision = people.birth_precision.fill_null("D")
    day, month = precision == "D", precision != "Y"
    return people.mutate(
        gender_concept_id=ibis.cases(
            (people.sex == "F", _literal("female")), (people.sex == "M", _literal("male")), else_=NO_CONCEPT
        ),
        year_of_birth=people.birth_date.year(),
        month_of_birth=month.ifelse(people.birth_date.month(), None),
        day_of_birth=day.ifelse(people.birth_date.day(), None),
        race_concept_id=ibis.literal(NO_CONCEPT),
        ethnicity_concept_id=ibis.literal(NO_CONCEPT),
        person_source_value=people.person_id.cast("string"),
        gender_source_value=people.sex,
    )


def _periods(source: Source) -> Table:
    periods = tables.observed(source)
    return periods.mutate(
        observation_period_start_date=periods.first_day,
        observation_period_end_date=periods.last_day,
        period_type_concept_id=_literal("registry"),
    )


def _deaths(source: Source) -> Table:
    death = source.snapshot.table("death").semi_join(source.people, "person_id")
    first = death.group_by("person_id").aggregate(
        day=death.death_date.min(), cause=death.underlying_cause.max()
    )
    return first.mutate(
        death_date=first.day, death_type_concept_id=_literal("registry"), cause_source_value=first.cause
    )


def _events(rows: Table, kind: str, last: str | None = None) -> Table:
    """What the tables of events call alike, each with its own kind before the name."""
    day = (
        "procedure_date" if kind == "procedure" else f"{kind}_date" if last is None else f"{kind}_start_date"
    )
    own = {
        day: rows.day,
        f"{kind}_type_concept_id": _literal("registry"),
        f"{kind}_source_value": rows.source_code,
        f"{kind}_source_concept_id": ibis.literal(NO_CONCEPT),
    }
    return rows.mutate(**own, **({last: rows.last_day} if last else {}))


def _drugs(rows: Table) -> Table:
    given = _events(rows, "drug", "verbatim_end_date")
    return given.mutate(
        drug_exposure_start_date=given.day, drug_exposure_end_date=given.last_day.coalesce(given.day)
    )


def _measurements(source: Source) -> Table:
    measured = _events(source.measurements, "measurement")
    of = source.conditions.select("condition_occurrence_id", tumour_named="key")
    found = measured.left_join(of, measured.tumour == of.tumour_named)
    return found.select(
        measured,
        measurement_event_id=of.condition_occurrence_id,
        meas_event_field_concept_id=of.condition_occurrence_id.notnull().ifelse(
            _literal("condition_field"), None
        ),
    )


def _episodes(source: Source) -> Table:
    own = source.episodes
    above = own.view().select(episode_parent_id="episode_id", above="key")
    episodes = own.left_join(above, own.parent == above.above).select(own, above.episode_parent_id)
    return episodes.mutate(
        episode_start_date=episodes.day,
        episode_end_date=episodes.last_day,
        episode_type_concept_id=_literal("registry"),
        episode_source_value=episodes.source_code,
        episode_source_concept_id=ibis.literal(NO_CONCEPT),
    )


def _episode_events(source: Source) -> Table:
    """What belongs to a disease episode by its tumour, and to a treatment episode by its course."""
    tumours = source.conditions.filter(source.conditions.tumour)
    return ibis.union(
        source.of_episode(tumours, "key", "condition_occurrence_id", "condition_field"),
        source.of_episode(source.measurements, "tumour", "measurement_id", "measurement_field"),
        source.of_episode(source.procedures, "tumour", "procedure_occurrence_id", "procedure_field"),
        source.of_episode(
            source.procedures, "course", "procedure_occurrence_id", "procedure_field", course=True
        ),
        source.of_episode(source.drugs, "course", "drug_exposure_id", "drug_field", course=True),
    )


def _constant(source: Source, name: str, rows: list[dict[str, object]]) -> Table:
    return source.snapshot.engine.rows(f"omop_{name}", pa.Table.from_pylist(rows))


def _described(snapshot: Snapshot, on: date, holder: str, known: pa.Table) -> dict[str, object]:
    """What the export says of itself. Invented persons are said to be invented."""
    invented = "Invented persons. " if snapshot.synthetic else ""
    return {
        "cdm_source_name": snapshot.title or snapshot.id,
        "cdm_source_abbreviation": snapshot.id,
        "cdm_holder": holder,
        "source_description": f"{invented}Fyrbåk snapshot {snapshot.id}, as of {snapshot.as_of}. Concept 0 "
        "where no concept is known for a code; the codes of the source stand in the source values.",
        "cdm_etl_reference": f"fyrbak {version('fyrbak')}",
        "source_release_date": snapshot.as_of,
        "cdm_release_date": on,
        "cdm_version": concepts().version,
        "cdm_version_concept_id": concepts()["cdm_version"],
        "vocabulary_version": "by a file of concepts" if known.num_rows else _NO_VOCABULARY,
    }


def _without_day(source: Source) -> dict[str, int]:
    """Rows of each table that the model has no place for, since it asks for a day."""
    found = {}
    for name in _EVENTS:
        rows = source.snapshot.table(name)
        found[name] = _count(source, rows.filter(rows.start_date.isnull()))
    return {name: count for name, count in found.items() if count}


def _without_birth(source: Source) -> int:
    return _count(source, source.snapshot.table("person").anti_join(source.people, "person_id"))


def _unmapped(source: Source) -> int:
    events = (source.conditions, source.procedures, source.drugs, source.measurements, source.observations)
    return sum(_count(source, rows.filter(rows.concept_id == NO_CONCEPT)) for rows in events)


def _count(source: Source, rows: Table) -> int:
    return int(source.snapshot.engine.answer(rows.aggregate(n=rows.count()))["n"][0].as_py())


def _as_csv(path: Path) -> None:
    """The same table as CSV in place of Parquet, piece by piece."""
    with pq.ParquetFile(path) as file, pacsv.CSVWriter(path.with_suffix(".csv"), file.schema_arrow) as writer:
        for piece in file.iter_batches():
            writer.write_batch(piece)
    path.unlink()


def _account(snapshot: Snapshot, done: Exported) -> dict[str, object]:
    return {
        "cdm_version": concepts().version,
        "snapshot": snapshot.id,
        "as_of": str(snapshot.as_of),
        "rows": dict(done.rows),
        "rows_without_a_day": dict(done.without_day),
        "persons_without_a_birth_date": done.without_birth,
        "events_with_concept_0": done.unmapped,
        "concepts_to_verify": [*concepts().unverified],
    }
