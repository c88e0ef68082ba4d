"""The yearly file to the national register: a row a tumour, checked first, the same again for the same rows.

Basal cell carcinomas are a file of their own, with a day of its own. A tumour that waits for a decision, that
a rule finds impossible or that lacks something mandatory is held back and counted by why.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db import transaction
from django.db.models import Q
from pydantic import model_validator

from fyrbak.database import take_turns
from fyrbak.definitions import Definition, load
from fyrbak.records.models import Person
from fyrbak.registers.codes import FOLDER
from fyrbak.registers.icd10 import to_icd10
from fyrbak.registers.notifications.made import VALUES
from fyrbak.registers.notifications.models import Tumour, YearlyDelivery
from fyrbak.registers.notifications.rules import laboratory_alone
from fyrbak.registers.notifications.selectors import open_findings

_FACTS = {"row", "year", "diagnosed", "home", "sex", "birth", "icd10", "sources", *VALUES}
_DIGITS = 20
WAITS, IMPOSSIBLE = "waits", "impossible"


class Column(Definition):
    """One column: its name in the file, and which fact it holds."""

    name: str
    of: str
    mandatory: bool = False


class Layout(Definition):
    """How the file looks."""

    version: str
    source: str
    to_verify: bool = False
    delimiter: str
    columns: tuple[Column, ...]

    @model_validator(mode="after")
    def _knows_its_facts(self) -> Layout:
        if strange := {column.of for column in self.columns} - _FACTS:
            raise ValueError(f"no fact '{min(strange)}'. Known: {', '.join(sorted(_FACTS))}")
        return self


@cache
def layout() -> Layout:
    """The layout. Raises BadDefinitionError with file and line."""
    return load(FOLDER / "yearly_delivery.yaml", Layout)


@dataclass(frozen=True)
class Proposed:
    """A year's file as it would be sent; ``held_back`` counts what is not in it, by why."""

    content: bytes
    rows: int
    held_back: Mapping[str, int]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def propose(*, region: str, year: int, basal_cell: bool = False) -> Proposed:
    """A year's file, to be looked at before it is sent."""
    found = [
        one
        for one in Tumour.objects.filter(region=region, first__year=year)
        if laboratory_alone(one.topography, one.morphology) == basal_cell
    ]
    impossible = set(open_findings().filter(severity="invalid").values_list("tumour", flat=True))
    persons = _persons({one.person_id for one in found})
    held_back: Counter[str] = Counter()
    rows = []
    for one in found:
        facts = _facts(one, persons.get(one.person_id), year)
        lacks = [column.name for column in layout().columns if column.mandatory and not facts[column.of]]
        why = WAITS if one.waits else IMPOSSIBLE if one.key in impossible else lacks[0] if lacks else ""
        if why:
            held_back[why] += 1
        else:
            rows.append([facts[column.of] for column in layout().columns])
    return Proposed(_written(sorted(rows)), len(rows), dict(sorted(held_back.items())))


@transaction.atomic
def deliver(
    *, region: str, year: int, basal_cell: bool = False, by_name: str, at: datetime
) -> tuple[YearlyDelivery, bool]:
    """Make a year's file and keep it as it is sent; the delivery, and whether it is new.

    Where the same rows have been delivered already, that delivery is given back, byte for byte.
    """
    take_turns(f"yearly delivery {region} {year}")
    file = propose(region=region, year=year, basal_cell=basal_cell)
    before = (
        YearlyDelivery.objects.filter(region=region, year=year, basal_cell=basal_cell)
        .order_by("version")
        .last()
    )
    if before is not None and before.sha256 == file.sha256:
        return before, False
    made = YearlyDelivery.objects.create(
        region_id=region, year=year, basal_cell=basal_cell, version=before.version + 1 if before else 1,
        supersedes=before, layout=layout().version, rows=file.rows, held_back=file.held_back,
        sha256=file.sha256, content=file.content, by_name=by_name, at=at,
    )  # fmt: skip
    return made, True


def _persons(ids: set[int]) -> dict[int, Person]:
    """Who each person is now, by the id of the first version."""
    first = dict(Person.objects.filter(pk__in=ids).values_list("pseudonym", "pk"))
    now = Person.objects.filter(Q(known_to=None) & ~Q(status="retracted"), pseudonym__in=first)
    return {first[one.pseudonym]: one for one in now}


def _facts(one: Tumour, person: Person | None, year: int) -> dict[str, str]:
    sex = {"M": "male", "F": "female"}.get(person.sex, "") if person else ""
    code = None
    if one.topography and one.morphology and one.behaviour:
        code = to_icd10(one.topography.replace(".", ""), int(one.morphology), one.behaviour, sex).icd10
    exact = 10 if one.first == one.last else 7 if one.first.month == one.last.month else 4
    return {name: str(getattr(one, name)) for name in VALUES} | {
        "row": hashlib.sha256(f"{year}|{one.key}".encode()).hexdigest()[:_DIGITS],
        "year": str(year), "diagnosed": one.first.isoformat()[:exact], "home": str(one.region_id),
        "sex": {"male": "1", "female": "2"}.get(sex, ""), "icd10": code or "",
        "birth": str(person.birth_date.year) if person and person.birth_date else "",
        "sources": str(len(one.notifications)),
    }  # fmt: skip


def _written(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=layout().delimiter, lineterminator="\n")
    writer.writerow(column.name for column in layout().columns)
    writer.writerows(rows)
    return out.getvalue().encode()
