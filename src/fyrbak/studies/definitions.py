"""What the studies database goes by, from ``content/studies/studies.yaml``."""

from __future__ import annotations

from functools import cache

from pydantic import Field

from fyrbak.definitions import CONTENT, Definition, load

FILE = CONTENT / "studies" / "studies.yaml"


class StaleAfter(Definition):
    """Days after which a status that nobody has confirmed is pointed out."""

    study: int = Field(ge=1)
    place: int = Field(ge=1)


class Rules(Definition):
    """``studies.yaml``. ``to_verify`` is true while the days are only Fyrbåk's own."""

    to_verify: bool
    stale_after_days: StaleAfter
    alike: int = Field(ge=50, le=100)
    sub_goal: str


@cache
def rules() -> Rules:
    """The rules. Raises BadDefinitionError naming file, line and field."""
    return load(FILE, Rules)
