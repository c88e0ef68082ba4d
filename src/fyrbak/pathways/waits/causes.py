"""The causes that a late pathway may have, as content."""

from __future__ import annotations

from functools import cache
from typing import Literal

from fyrbak.definitions import CONTENT, Definition, load, pick
from fyrbak.pathways.shapes import Title

FILE = CONTENT / "waits" / "causes.yaml"


class Cause(Definition):
    """Why a pathway came late. ``text`` says that it must be told in words as well."""

    id: str
    about: Literal["patient", "medicine", "capacity", "organisation", "data"]
    title: Title
    text: bool = False


class _Causes(Definition):
    to_verify: bool
    causes: tuple[Cause, ...]


@cache
def causes() -> tuple[Cause, ...]:
    """All causes in their order. Raises BadDefinitionError with file, line and field."""
    return load(FILE, _Causes).causes


def cause(name: str) -> Cause:
    """One cause. Raises UnknownNameError that offers the nearest."""
    pick("cause", name, [one.id for one in causes()])
    return next(one for one in causes() if one.id == name)
