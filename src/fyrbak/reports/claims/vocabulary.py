"""The small vocabulary in which a sentence of a report is bound to what it rests on.

A claim is a sentence in words and the same thing as data, such as *goal 4.4 has the level U in all regions*.
Organisations are named by their code or by the short name that the plan gives them; none named means all that
the round asks. A new way of claiming is one more class here and one more function in ``checking``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from fyrbak.definitions import Definition

Operator = Literal["=", ">=", ">", "<=", "<"]
All = Literal["all"]
Organisations = tuple[str, ...]


class MeasureFigure(Definition):
    """A measure's number, in its latest complete year if no ``period`` is given. Shares are in per cent."""

    measure: str
    cut: dict[str, str] = {}
    period: str = ""


class SaidFigure(Definition):
    """A number that stands in the comments on a goal: the first one after the word ``after``, if given.

    An organisation's number is looked for in its own comment, and beside its short name in the remarks of
    others. ``unit`` is ``%``, or empty for a plain number.
    """

    goal: str
    after: str = ""
    unit: Literal["%", ""] = "%"


Figure = MeasureFigure | SaidFigure


class GoalsAtLevel(Definition):
    """So many goals have a level in all organisations (in any, in none)."""

    kind: Literal["goals_at_level"] = "goals_at_level"
    level: str
    by: Literal["all", "any", "none"] = "all"
    organisations: Organisations = ()
    operator: Operator = "="
    value: int


class PlacesAtLevel(Definition):
    """A goal has a level in so many organisations, or in all."""

    kind: Literal["places_at_level"] = "places_at_level"
    goal: str
    level: str
    organisations: Organisations = ()
    operator: Operator = "="
    value: int | All = "all"


class ValueOf(Definition):
    """An organisation's figure has a value. It is held against as many decimals as are written."""

    kind: Literal["value"] = "value"
    figure: Figure
    organisation: str
    operator: Operator = "="
    value: Decimal


class PlacesPassing(Definition):
    """So many organisations, or all, have a figure on one side of a limit."""

    kind: Literal["places_passing"] = "places_passing"
    figure: Figure
    passing: Operator
    limit: Decimal
    organisations: Organisations = ()
    operator: Operator = "="
    value: int | All = "all"


class Extreme(Definition):
    """An organisation has the highest, or the lowest, figure of all."""

    kind: Literal["extreme"] = "extreme"
    which: Literal["highest", "lowest"]
    figure: Figure
    organisation: str
    organisations: Organisations = ()


class Compared(Definition):
    """An organisation's figure is higher, or lower, than another's; than the country's if none is named."""

    kind: Literal["compared"] = "compared"
    figure: Figure
    organisation: str
    how: Literal["higher", "lower"]
    than: str = "SE"


class Between(Definition):
    """The organisations' figures run from a lowest to a highest value."""

    kind: Literal["range"] = "range"
    figure: Figure
    lowest: Decimal
    highest: Decimal
    organisations: Organisations = ()


class Same(Definition):
    """Two places give the same figure of an organisation."""

    kind: Literal["same"] = "same"
    figures: tuple[Figure, Figure]
    organisation: str


class Moved(Definition):
    """A measure has risen, or fallen, in all organisations since its first year."""

    kind: Literal["moved"] = "moved"
    figure: MeasureFigure
    how: Literal["higher", "lower"]
    organisations: Organisations = ()


class Counted(Definition):
    """The plan with its round has so many of something."""

    kind: Literal["count"] = "count"
    what: Literal["goals", "areas", "organisations", "activities", "answers", "blank", "comments"]
    operator: Operator = "="
    value: int


class Unchecked(Definition):
    """Nothing here can check the sentence. Whoever reads the report is told so, and why."""

    kind: Literal["unchecked"] = "unchecked"
    why: str = Field(min_length=1)


Statement = Annotated[
    GoalsAtLevel
    | PlacesAtLevel
    | ValueOf
    | PlacesPassing
    | Extreme
    | Compared
    | Between
    | Same
    | Moved
    | Counted
    | Unchecked,
    Field(discriminator="kind"),
]


class Claim(Definition):
    """A sentence and what it states. ``where`` says whose words they are, when they are not the report's own.

    ``kept_because`` is why the sentence stands although it does not hold; the report prints it.
    """

    sentence: str = Field(min_length=1)
    states: Statement
    where: str = ""
    kept_because: str = ""


class ClaimList(Definition):
    """A file of claims about one plan with its round."""

    claims: list[Claim] = Field(min_length=1)
