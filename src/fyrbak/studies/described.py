"""What a study is, as it is told: checked whole before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from fyrbak.definitions import pick
from fyrbak.pathways.definitions import pathways
from fyrbak.studies.models import Description, Kind, longest
from fyrbak.studies.refusals import RefusedStudyError, checked_text


@dataclass(frozen=True)
class Described:
    """A study in words. ``diagnoses`` are ids of pathways; none means all cancer."""

    title_sv: str
    title_en: str
    sponsor: str
    kind: str
    diagnoses: tuple[str, ...]
    adults: bool
    children: bool
    contact: str


FIELDS = tuple(field.name for field in fields(Described))


def described(row: Description) -> Described:
    """A stored version as what it says."""
    values = {name: getattr(row, name) for name in FIELDS}
    return Described(**(values | {"diagnoses": tuple(row.diagnoses)}))


def checked(told: Described) -> Described:
    """The same with single spaces and diagnoses in order.

    Raises RefusedStudyError at the field; UnknownNameError for a kind or a diagnosis.
    """
    pick("kind", told.kind, Kind.values)
    known = [one.id for one in pathways()]
    for one in told.diagnoses:
        pick("diagnosis", one, known)
    if not (told.adults or told.children):
        raise RefusedStudyError(
            "the study is for nobody. Say whether adults, children or both can take part.",
            word="nobody", field="adults",
        )  # fmt: skip
    return replace(
        told,
        title_sv=_text(told.title_sv, "title_sv"),
        title_en=_text(told.title_en, "title_en") if told.title_en.strip() else "",
        sponsor=_text(told.sponsor, "sponsor"),
        contact=_text(told.contact, "contact"),
        diagnoses=tuple(sorted(set(told.diagnoses))),
    )


def _text(text: str, field: str) -> str:
    return checked_text(text, field, longest(Description, field))
