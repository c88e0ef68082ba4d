"""From the tables of a snapshot to those of the Common Data Model, each as one question over everybody.

Every table of events is made of *events*: rows with ``key`` (by which others find them), ``person_id``,
``day``, ``vocabulary`` and ``source_code``, and the fields that the model wants. :meth:`Source.numbered`
gives them identifiers and concepts. An event without a day, or of a person who was left out, has no place.
"""

from __future__ import annotations

from functools import cached_property

import ibis
import pyarrow as pa
from ibis.expr.types import StringValue, Table

from fyrbak.records.omop.cdm import NO_CONCEPT, concepts
from fyrbak.records.organisations import organisations
from fyrbak.records.people import with_residence
from fyrbak.records.snapshot import Snapshot

# Findings that are measured; the others are observed. Other illnesses are conditions.
_MEASURED = ("laboratory", "receptor", "variant", "vital")
_COMPARATORS = {"<": "less", "<=": "at_most", ">=": "at_least", ">": "more"}


class Source:
    """A snapshot and the concepts of its codes, and what several tables of the model are made from."""

    def __init__(self, snapshot: Snapshot, concepts_of_codes: pa.Table) -> None:
        self.snapshot = snapshot
        self._concepts = snapshot.engine.rows("concepts_of_codes", concepts_of_codes)

    @cached_property
    def people(self) -> Table:
        """The persons that the model has room for: those with a year of birth."""
        persons = self.snapshot.table("person")
        return persons.filter(persons.birth_date.notnull())

    def numbered(self, rows: Table, *, id_: str, concept: str) -> Table:
        """Events of known persons and days, kept, with an identifier each and the concept of their code."""
        known = rows.filter(rows.day.notnull()).semi_join(self.people, "person_id")
        found = known.left_join(self._concepts, ["vocabulary", "source_code"])
        found = found.select(known, concept_id=found.concept_id.fill_null(NO_CONCEPT))
        number = ibis.row_number().over(order_by=found.key) + 1
        return self.snapshot.engine.keep(
            found.mutate(**{id_: number.cast("int64"), concept: found.concept_id})
        )

    @cached_property
    def conditions(self) -> Table:
        """Tumours, by ICD-O-3 where they have it, else by ICD-10; and other illnesses."""
        tumour = self.snapshot.table("tumour")
        whole = (tumour.topography.fill_null("") != "") & (tumour.morphology.fill_null("") != "")
        icdo3 = tumour.morphology + "/" + tumour.behaviour.fill_null("") + "-" + tumour.topography
        tumours = tumour.select(
            "person_id", key=tumour.record_key, day=tumour.start_date, last_day=tumour.end_date,
            vocabulary=ibis.ifelse(whole, "icdo3", "icd10"),
            source_code=ibis.ifelse(whole, icdo3, tumour.code),
            tumour=ibis.literal(True),  # noqa: FBT003
        )  # fmt: skip
        finding = self.snapshot.table("finding")
        illness = finding.filter(finding.kind == "condition")
        illnesses = illness.select(
            "person_id", key=_apart("finding", illness), day=illness.start_date, last_day=illness.end_date,
            vocabulary=illness.code_system, source_code=illness.code, tumour=ibis.literal(False),  # noqa: FBT003
        )  # fmt: skip
        return self.numbered(
            tumours.union(illnesses), id_="condition_occurrence_id", concept="condition_concept_id"
        )

    @cached_property
    def procedures(self) -> Table:
        """What was done: procedures, and radiation to volumes."""
        rows = self.snapshot.table("procedure")
        done = rows.select(
            "person_id", key=_apart("procedure", rows), day=rows.start_date, last_day=rows.end_date,
            vocabulary=rows.code_system, source_code=rows.code, tumour=rows.tumour_key,
            course=ibis.null("string"), modifier_source_value=rows.intent, quantity=ibis.null("int64"),
        )  # fmt: skip
        beam = self.snapshot.table("radiotherapy")
        radiated = beam.select(
            "person_id", key=_apart("radiotherapy", beam), day=beam.start_date, last_day=beam.end_date,
            vocabulary=beam.code_system, source_code=beam.code, tumour=beam.tumour_key,
            course=beam.course_key, modifier_source_value=beam.volume, quantity=beam.fractions.cast("int64"),
        )  # fmt: skip
        return self.numbered(
            done.union(radiated), id_="procedure_occurrence_id", concept="procedure_concept_id"
        )

    @cached_property
    def drugs(self) -> Table:
        """What was given: drugs, not those planned and not given; and vaccines."""
        rows = self.snapshot.table("drug_administration")
        rows = rows.filter(rows.done.fill_null(True))  # noqa: FBT003 - Ibis has no other way to say it
        given = rows.select(
            "person_id", key=_apart("drug", rows), day=rows.start_date, last_day=rows.end_date,
            vocabulary=rows.code_system, source_code=rows.code, course=rows.course_key,
            quantity=rows.dose.cast("float64"), dose_unit_source_value=rows.dose_unit,
            route_source_value=rows.route,
        )  # fmt: skip
        dose = self.snapshot.table("vaccination")
        vaccines = dose.select(
            "person_id", key=_apart("vaccination", dose), day=dose.start_date, last_day=dose.end_date,
            vocabulary=dose.code_system, source_code=dose.code, course=ibis.null("string"),
            quantity=ibis.null("float64"), dose_unit_source_value=ibis.null("string"),
            route_source_value=ibis.null("string"),
        )  # fmt: skip
        return self.numbered(given.union(vaccines), id_="drug_exposure_id", concept="drug_concept_id")

    @cached_property
    def measurements(self) -> Table:
        """Stages, one row for each category, and findings that were measured."""
        stage = self.snapshot.table("stage")
        categories = [_category(stage, name) for name in ("t", "n", "m", "group")]
        finding = self.snapshot.table("finding")
        measured = finding.filter(finding.kind.isin(_MEASURED))
        operators = [(measured.comparator == sign, concepts()[name]) for sign, name in _COMPARATORS.items()]
        values = measured.select(
            "person_id", key=_apart("finding", measured), day=measured.start_date,
            vocabulary=measured.code_system, source_code=measured.code, tumour=measured.tumour_key,
            value_as_number=measured.value.cast("float64"), unit_source_value=measured.value_unit,
            value_source_value=_answer(measured),
            operator_concept_id=ibis.cases(*operators, else_=ibis.null("int64")),
        )  # fmt: skip
        return self.numbered(
            ibis.union(*categories, values), id_="measurement_id", concept="measurement_concept_id"
        )

    @cached_property
    def observations(self) -> Table:
        """Findings that were judged, and the measuring points of pathways."""
        finding = self.snapshot.table("finding")
        judged = finding.filter(finding.kind.notin((*_MEASURED, "condition")))
        answers = judged.select(
            "person_id", key=_apart("finding", judged), day=judged.start_date, vocabulary=judged.code_system,
            source_code=judged.code, value_as_number=judged.value.cast("float64"),
            unit_source_value=judged.value_unit, value_source_value=_answer(judged),
            qualifier_source_value=judged.kind,
        )  # fmt: skip
        event = self.snapshot.table("pathway_event")
        coded = event.code.fill_null("") != ""
        points = event.select(
            "person_id", key=_apart("event", event), day=event.start_date,
            vocabulary=ibis.ifelse(coded, event.code_system, "svf"),
            source_code=ibis.ifelse(coded, event.code, event.pathway + ":" + event.point),
            value_as_number=ibis.null("float64"), unit_source_value=ibis.null("string"),
            value_source_value=event.point, qualifier_source_value=event.pathway,
        )  # fmt: skip
        return self.numbered(answers.union(points), id_="observation_id", concept="observation_concept_id")

    @cached_property
    def episodes(self) -> Table:
        """A disease episode for each tumour, and below it a treatment episode for each of its courses."""
        tumours = self.conditions.filter(self.conditions.tumour)
        diseases = tumours.select(
            "person_id", "key", "day", "last_day", "vocabulary", "source_code", parent=ibis.null("string"),
            episode_concept_id=ibis.literal(concepts()["first_occurrence"], "int64"),
        )  # fmt: skip
        course = self.snapshot.table("treatment_course")
        named = course.code.fill_null("").nullif("").coalesce(course.regimen.nullif(""), course.modality)
        regimens = course.select(
            "person_id", key=_apart("course", course), day=course.start_date, last_day=course.end_date,
            vocabulary=course.code_system, source_code=named, parent=course.tumour_key,
            episode_concept_id=ibis.literal(concepts()["treatment_regimen"], "int64"),
        )  # fmt: skip
        return self.numbered(diseases.union(regimens), id_="episode_id", concept="episode_object_concept_id")

    def of_episode(self, events: Table, link: str, id_: str, field: str, *, course: bool = False) -> Table:
        """Events tied to the episode whose key stands in the column ``link``."""
        of = events.select(event_id=events[id_], link=("course|" + events[link]) if course else events[link])
        joined = of.inner_join(self.episodes.select("episode_id", link="key"), "link")
        return joined.select(
            "episode_id", "event_id",
            episode_event_field_concept_id=ibis.literal(concepts()[field], "int64"),
        )  # fmt: skip

    def residents(self) -> Table:
        """Persons with ``location_id``, the region where they live on the snapshot's last day."""
        people = self.people.mutate(on=ibis.literal(self.snapshot.as_of))
        lived = with_residence(people, self.snapshot.table("residence"), on="on", name="home")
        places = self.snapshot.engine.rows(
            "omop_location", pa.Table.from_pylist(locations(), pa.schema([*_LOCATION]))
        )
        return lived.left_join(places, lived.home == places.location_source_value).select(
            lived, places.location_id
        )


_LOCATION = (
    ("location_id", pa.int64()), ("county", pa.string()), ("location_source_value", pa.string()),
    ("country_source_value", pa.string()),
)  # fmt: skip


def locations() -> list[dict[str, object]]:
    """The regions as places."""
    return [
        {"location_id": number, "county": one.name_sv, "location_source_value": one.code,
         "country_source_value": "SE"}
        for number, one in enumerate((one for one in organisations() if one.kind == "region"), 1)
    ]  # fmt: skip


def care_sites() -> list[dict[str, object]]:
    """Hospitals and units, each in its region."""
    places = {str(one["location_source_value"]): one["location_id"] for one in locations()}
    return [
        {"care_site_id": number, "care_site_name": one.name_sv, "location_id": places.get(one.code[:2]),
         "care_site_source_value": one.code}
        for number, one in enumerate((one for one in organisations() if one.kind in ("hospital", "unit")), 1)
    ]  # fmt: skip


def observed(source: Source) -> Table:
    """One period a person: from the first residence known to the last day that could be seen."""
    as_of = source.snapshot.as_of
    homes = source.snapshot.table("residence")
    lived = homes.group_by("person_id").aggregate(
        first=homes.start_date.min(),
        last=(homes.end_date.count() == homes.count()).ifelse(homes.end_date.max(), ibis.literal(as_of)),
    )
    death = source.snapshot.table("death")
    died = death.group_by("person_id").aggregate(died=death.death_date.min())
    people = source.people.left_join(lived, "person_id").left_join(died, "person_id")
    first = people.first.coalesce(people.birth_date)
    last = ibis.least(people.last.coalesce(ibis.literal(as_of)), people.died.coalesce(ibis.literal(as_of)))
    people = people.select("person_id", first_day=first, last_day=ibis.greatest(first, last))
    number = ibis.row_number().over(order_by=people.person_id) + 1
    return people.mutate(observation_period_id=number.cast("int64"))


def _apart(table: str, rows: Table) -> StringValue:
    """A key that no row of another table has."""
    return f"{table}|" + rows.record_key


def _category(stage: Table, name: str) -> Table:
    rows = stage.filter(stage[name].fill_null("") != "")
    return rows.select(
        "person_id", key=f"stage-{name}|" + rows.record_key, day=rows.start_date,
        vocabulary=rows.system + ":" + rows.edition, source_code=rows.basis + name.upper() + ":" + rows[name],
        tumour=rows.tumour_key, value_as_number=ibis.null("float64"), unit_source_value=ibis.null("string"),
        value_source_value=rows[name], operator_concept_id=ibis.null("int64"),
    )  # fmt: skip


def _answer(finding: Table) -> StringValue:
    """The answer as a code or in words; blank where it is a number."""
    return finding.value_code.nullif("").coalesce(finding.value_text)
