"""The tables of the records, grouped by what they hold. Every other shape of them is derived from here."""

from fyrbak.records.models.background import Background
from fyrbak.records.models.care import (
    DrugAdministration,
    Procedure,
    Radiotherapy,
    TreatmentCourse,
    Vaccination,
)
from fyrbak.records.models.disease import Stage, Tumour
from fyrbak.records.models.envelope import ClinicalRecord, Fact
from fyrbak.records.models.findings import Finding, Report
from fyrbak.records.models.organisation import Membership, Organisation
from fyrbak.records.models.pathway_event import PathwayEvent
from fyrbak.records.models.person import Death, Identity, Person, Residence
from fyrbak.records.models.provenance import Batch, LandedRows, Refusal, Source

# In the order of intake: a table comes after those it points to. The largest is last, so that all the time
# that the others take is there to make it ready.
FACTS: tuple[type[Fact], ...] = (
    Person,
    Identity,
    Residence,
    Death,
    Tumour,
    Stage,
    Procedure,
    TreatmentCourse,
    Report,
    Finding,
    DrugAdministration,
    Radiotherapy,
    PathwayEvent,
    Vaccination,
    Background,
)

__all__ = [
    "FACTS",
    "Background",
    "Batch",
    "ClinicalRecord",
    "Death",
    "DrugAdministration",
    "Fact",
    "Finding",
    "Identity",
    "LandedRows",
    "Membership",
    "Organisation",
    "PathwayEvent",
    "Person",
    "Procedure",
    "Radiotherapy",
    "Refusal",
    "Report",
    "Residence",
    "Source",
    "Stage",
    "TreatmentCourse",
    "Tumour",
    "Vaccination",
]
