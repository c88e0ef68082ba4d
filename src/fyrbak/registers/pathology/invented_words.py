"""What invented reports are about and who writes them: ``content/registers/invented_reports/``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

from pydantic import Field, model_validator

from fyrbak.definitions import Definition, load
from fyrbak.registers.codes import FOLDER

Language = Literal["sv", "en"]
Grading = Literal["nhg", "differentiation", "figo", "who1999", "gleason", "none"]
Accepted = tuple[str, ...]  # the answers that are right; an empty one among them: silence is right as well


class Names(Definition):
    """What something is called in each language."""

    sv: tuple[str, ...] = Field(min_length=1)
    en: tuple[str, ...] = Field(min_length=1)


class Coded(Names):
    """Names of one meaning, with the codes that a reader may answer."""

    code: Accepted = Field(min_length=1)
    behaviour: str = "3"


class Site(Definition):
    """A site of cancers: where in it they sit, what they are and how its reports go."""

    organ: Coded | None = None  # what metastases are said to come from
    places: tuple[Coded, ...]
    specimens: Names
    biopsies: Names
    tumours: tuple[Coded, ...]
    in_situ: tuple[Coded, ...]
    benign: Names
    others: Names  # other tumours that reports of the site deny
    t: tuple[str, ...]
    n: tuple[str, ...]
    size: tuple[int, int]  # mm
    often: int = Field(default=1, ge=1)  # how many times as often as other sites
    grading: Grading
    receptors: bool = False
    thickness: bool = False
    neoadjuvant: bool = False


class Metastasis(Names):
    """A metastasis by where it is found."""

    place: Names


class Subjects(Definition):
    """``sites.yaml``: what reports are about."""

    sites: Mapping[str, Site]
    metastases: tuple[Metastasis, ...]
    unknown_origin: tuple[Coded, ...]
    earlier: Names
    invasive: Names
    biopsies: Names
    levels: Mapping[Language, Mapping[str, tuple[str, ...]]]


class Writer(Definition):
    """An invented pathologist."""

    id: str
    language: Language
    held_out: bool = False
    lines: bool
    sections: tuple[Literal["clinical", "gross", "micro", "diagnosis"], ...]
    headings: Mapping[str, str]
    receptors: Mapping[Literal["er", "pr"], str]
    wording: Mapping[str, tuple[str, ...]]


class Writers(Definition):
    """``writers.yaml``: who writes."""

    writers: tuple[Writer, ...]

    @model_validator(mode="after")
    def _all_can_say_the_same(self) -> Writers:
        wanted = self.writers[0].wording.keys()
        for writer in self.writers:
            if wrong := sorted(writer.wording.keys() ^ wanted):
                raise ValueError(f"{writer.id} and {self.writers[0].id} do not both say {', '.join(wrong)}")
        return self


@cache
def subjects() -> Subjects:
    """What invented reports are about. Raises BadDefinitionError for faulty content."""
    return load(FOLDER / "invented_reports" / "sites.yaml", Subjects)


@cache
def writers() -> tuple[Writer, ...]:
    """All invented pathologists. Raises BadDefinitionError for faulty content."""
    return load(FOLDER / "invented_reports" / "writers.yaml", Writers).writers
