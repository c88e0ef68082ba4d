"""The national quality registers as content: their names, and the levels that they have published."""

from __future__ import annotations

from functools import cache

from fyrbak.definitions import CONTENT, Definition, load
from fyrbak.measures.definitions import Source, Text
from fyrbak.measures.register_quality.levels import Levels

FILE = CONTENT / "registers" / "quality_registers.yaml"


class Form(Definition):
    """A later form of a register, such as the one about surgery, with levels of its own."""

    id: str
    title: Text
    levels: Levels = ()


class QualityRegister(Definition):
    """A quality register. ``levels`` are those of its coverage; empty where none is known."""

    id: str
    title: Text
    area: str
    levels: Levels = ()
    forms: tuple[Form, ...] = ()
    source: Source | None = None
    to_verify: bool = False

    def form(self, name: str) -> Form:
        """A form by its id; one that the content does not know has its id for a title, and no levels."""
        known = next((form for form in self.forms if form.id == name), None)
        return known or Form(id=name, title=Text(sv=name, en=name))


class _Registers(Definition):
    registers: tuple[QualityRegister, ...]


@cache
def quality_registers() -> dict[str, QualityRegister]:
    """Every register by id, in the order of the content. Raises BadDefinitionError with file and line."""
    return {one.id: one for one in load(FILE, _Registers).registers}


def quality_register(name: str) -> QualityRegister:
    """A register by id; one that the content does not know has its id for a title, and no levels."""
    return quality_registers().get(name) or QualityRegister(id=name, title=Text(sv=name, en=name), area="")
