"""What data a section of a report shows, as data: the vocabulary that sections are bound to.

A new way of showing is one more class here and one more function in ``filling``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from fyrbak.definitions import Definition
from fyrbak.errors import BadInputError
from fyrbak.measures.definitions import Text


class Goals(Definition):
    """The table of the follow-up: goals, levels and comments, area by area. No areas named means all."""

    kind: Literal["goals"] = "goals"
    areas: tuple[str, ...] = ()


class Activities(Definition):
    """The table of the action plan, area by area."""

    kind: Literal["activities"] = "activities"
    areas: tuple[str, ...] = ()


class LevelCounts(Definition):
    """How many answers of each level every organisation gave."""

    kind: Literal["level_counts"] = "level_counts"


class GoalsAtLevel(Definition):
    """The goals that have a level in all organisations, in any or in none, as a list."""

    kind: Literal["goals_at_level"] = "goals_at_level"
    level: str
    by: Literal["all", "any", "none"] = "all"


class MeasureNumbers(Definition):
    """A measure's numbers with its figures."""

    kind: Literal["measure"] = "measure"
    measure: str
    cut: dict[str, str] = {}


class Unmeasured(Definition):
    """The goals of the plan that no measure speaks about."""

    kind: Literal["unmeasured"] = "unmeasured"


class NotMeasured(Definition):
    """What cannot be measured here, said plainly."""

    kind: Literal["not_measured"] = "not_measured"
    items: tuple[Text, ...] = Field(min_length=1)


class Projects(Definition):
    """The money for improvement of the report's year: allotted, granted, and to how many projects."""

    kind: Literal["projects"] = "projects"


class Tasks(Definition):
    """How far the tasks that the strategy gives have come, chapter by chapter."""

    kind: Literal["tasks"] = "tasks"


Query = Annotated[
    Goals
    | Activities
    | LevelCounts
    | GoalsAtLevel
    | MeasureNumbers
    | Unmeasured
    | NotMeasured
    | Projects
    | Tasks,
    Field(discriminator="kind"),
]
_QUERY: TypeAdapter[Query] = TypeAdapter(Query)


def as_text(query: Query | None) -> str:
    """A query as text that ``from_text`` reads; empty for none."""
    return query.model_dump_json() if query else ""


def from_text(text: str) -> Query | None:
    """The query of ``as_text``. Raises BadInputError for any other text."""
    try:
        return _QUERY.validate_json(text) if text else None
    except ValidationError:
        raise BadInputError(
            "the page was sent with a query that cannot be read. Open the page anew.",
            word="builder.fault.query",
        ) from None


def query_from(data: object) -> Query:
    """A query from plain values. Raises BadInputError for one that is not in the vocabulary."""
    try:
        return _QUERY.validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "kind"
        raise BadInputError(f"the section's query cannot be used: {field}: {first['msg']}.") from None
