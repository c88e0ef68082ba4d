"""The words of the register: what a notification says, its sources side by side, what sets two apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fyrbak.registers.notifications.models import Doubt, Notification, Tumour
from fyrbak.registers.notifications.rules import FIELDS
from fyrbak.reports import formats
from fyrbak.reports.words import Words, catalogue
from fyrbak.reports.worklist import place_name

_EXACT = {"Y": 4, "M": 7, "D": 10}


@dataclass(frozen=True)
class Cell:
    """What one source, named in the head, says of a field."""

    head: str
    value: str


@dataclass(frozen=True)
class Line:
    """One field: what each source says, what stands, and why."""

    field: str
    cells: tuple[Cell, ...]
    stands: str
    why: str


def side_by_side(
    sources: Sequence[Notification], stands: Mapping[str, Sequence[str]], words: Words
) -> list[Line]:
    """The fields that any source says anything of, a line each. ``stands`` is that of the tumour."""
    lines = []
    for name in FIELDS:
        said = {str(one.key): value_told(one, name, words) for one in sources}
        if any(said.values()):
            key, why = stands.get(name, ("", ""))
            lines.append(
                Line(
                    words(f"register.field.{name}"),
                    tuple(Cell(source_name(one, words), said[str(one.key)] or "–") for one in sources),
                    said.get(key, ""), words(f"register.why.{why}") if why else "",
                )
            )  # fmt: skip
    return lines


def value_told(one: Notification, name: str, words: Words) -> str:
    """What a notification says of a field, in words where the code alone says little; empty if nothing."""
    value = getattr(one, name)
    if isinstance(value, date):
        return value.isoformat()[: _EXACT[one.precision]]
    return code_told(name, value, words)


def code_told(name: str, value: str, words: Words) -> str:
    """A code with its words, where the catalogue has any: ``3, provexcision eller operation med PAD``."""
    key = f"register.{name}.{value}"
    if not value or key not in catalogue():
        return value
    return words(key) if name == "laterality" else f"{value}, {words(key)}"


def source_name(one: Notification, words: Words) -> str:
    """Laboratorium, Norrlands universitetssjukhus; or the quality register's name."""
    kind = words(f"register.kind.{one.kind}")
    of = one.register.upper() or (place_name(one.unit_id, words) if one.unit_id else "")
    return f"{kind}, {of}" if of else kind


def doubt_told(doubt: Doubt, words: Words) -> str:
    """Why two notifications are not certainly of one tumour."""
    one, other = (f"{said[:3]}.{said[3:]}" if doubt.rule == "site" else said for said in doubt.told)
    return words(f"register.doubt.{doubt.rule}", one=one or "–", other=other or "–")


def tumour_title(tumour: Tumour, words: Words) -> str:
    """What a tumour is called: its site, morphology and year."""
    code = "/".join(part for part in (tumour.morphology, tumour.behaviour) if part)
    parts = [tumour.topography or words("register.site.unknown"), code, str(tumour.first.year)]
    return words("register.tumour.title", told=" ".join(part for part in parts if part))


def days_to(due: date, on: date, words: Words) -> str:
    """How many days are left until a day, or have passed since it."""
    days = (due - on).days
    key = "register.days.left" if days >= 0 else "register.days.late"
    return words.counted(abs(days), key)


def version_told(one: Notification, words: Words) -> str:
    """What was done with a version of a notification."""
    return formats.sentence_case(words(f"register.status.{one.status}"))


def errors_of(found: Sequence[Mapping[str, Any]], lang: str) -> list[tuple[str, str]]:
    """The field and the words of each finding that refuses an entry, by the form's own names of fields."""
    return [
        (_FORM_FIELD.get(one["field"], one["field"]), f"{one[lang]} {one[f'mend_{lang}']}") for one in found
    ]


_FORM_FIELD = {"digr": "basis", "incidence": "diagnosed", "age": "diagnosed", "sex": "topography"}
