"""Kinds of reports, as content: what a new draft begins with, and which plans it can be about."""

from __future__ import annotations

from functools import cache

from pydantic import Field

from fyrbak.definitions import CONTENT, Definition, load, pick
from fyrbak.measures.definitions import Text
from fyrbak.reports.builder.queries import Query

FILE = CONTENT / "reports" / "kinds.yaml"


class SectionBegun(Definition):
    """A section that a new draft has from the beginning."""

    title: Text | None = None
    text: Text | None = None
    query: Query | None = None


class ReportKind(Definition):
    """A kind of report. ``plans`` are the levels of plans that it can be about."""

    id: str = Field(pattern=r"^[a-z-]{1,20}$")
    title: Text
    about: Text
    plans: tuple[str, ...] = Field(min_length=1)
    needs_round: bool = False
    landscape: bool = False
    sections: tuple[SectionBegun, ...]


class _Kinds(Definition):
    kinds: list[ReportKind] = Field(min_length=1)


@cache
def kinds() -> dict[str, ReportKind]:
    """All kinds by id. Raises BadDefinitionError naming file, line and field."""
    return {kind.id: kind for kind in load(FILE, _Kinds).kinds}


def kind(name: str) -> ReportKind:
    """The kind with this id. Raises UnknownNameError that offers the nearest one."""
    return kinds()[pick("kind of report", name, list(kinds()))]
