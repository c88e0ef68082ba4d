"""Courses, specialities and what documents say of them, from ``content/library/``."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Self

from pydantic import Field, model_validator

from fyrbak.definitions import CONTENT, Definition, load, pick
from fyrbak.measures.definitions import Source
from fyrbak.pathways.shapes import Title

COURSES_FILE = CONTENT / "library" / "courses.yaml"
SPECIALITIES_FILE = CONTENT / "library" / "specialities.yaml"


class Course(Definition):
    """A course. What no document says is None."""

    id: str
    title: Title
    owner: str
    audience: Title | None = None
    address: str | None = Field(default=None, pattern="https://.+")
    version: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    source: Source

    def given(self, begins: date, ends: date) -> bool:
        """Whether the course was given on any day of a period; both days are part of it."""
        return (self.valid_from or begins) <= ends and begins <= (self.valid_to or ends)


class Statement(Definition):
    """How many a document says have completed a course in a period; both days are part of it."""

    course: str
    organisation: str
    begins: date
    ends: date
    number: int = Field(ge=0)
    source: Source
    note: Title | None = None
    to_verify: bool = False


class Courses(Definition):
    """``courses.yaml``. ``missing`` is why every number is a lower bound."""

    missing: Title
    missing_source: Source
    courses: tuple[Course, ...]
    statements: tuple[Statement, ...]

    def called(self, course: str) -> Course:
        """The course with an id. Raises UnknownNameError."""
        pick("course", course, [one.id for one in self.courses])
        return next(one for one in self.courses if one.id == course)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        ids = [one.id for one in self.courses]
        if len(ids) != len(set(ids)):
            raise ValueError("two courses have the same id")
        for one in self.statements:
            if one.course not in ids:
                raise ValueError(f"a statement is about the course '{one.course}', which is not among them")
            if one.begins > one.ends or one.begins.year != one.ends.year:
                raise ValueError(f"the period of {one.course} is not within one year")
        return self


class Speciality(Definition):
    """A profession or a speciality that is followed."""

    id: str
    title: Title


class Said(Definition):
    """What a document says in words of a speciality in some regions."""

    regions: tuple[str, ...]
    speciality: str
    text: Title
    source: Source


class Specialities(Definition):
    """``specialities.yaml``. Fewer than ``fewest`` is few."""

    to_verify: bool
    fewest: int = Field(ge=1)
    specialities: tuple[Speciality, ...]
    said: tuple[Said, ...]

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        ids = [one.id for one in self.specialities]
        if len(ids) != len(set(ids)):
            raise ValueError("two specialities have the same id")
        strange = [one.speciality for one in self.said if one.speciality not in ids]
        if strange:
            raise ValueError(f"something is said of '{strange[0]}', which is not among the specialities")
        return self


def cited(source: Source) -> str:
    """The document and the place in it, as one text."""
    return ", ".join(filter(None, (source.title, source.section)))


@cache
def courses() -> Courses:
    """The courses. Raises BadDefinitionError."""
    return load(COURSES_FILE, Courses)


@cache
def specialities() -> Specialities:
    """The specialities. Raises BadDefinitionError."""
    return load(SPECIALITIES_FILE, Specialities)
