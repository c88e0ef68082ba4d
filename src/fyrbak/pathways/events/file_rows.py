"""Rows of a file of events: what each says in the layout's terms, and what is said of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fyrbak.pathways.events.codes import code_of, meaning_of
from fyrbak.pathways.events.known import calendar_day
from fyrbak.pathways.events.sheets import SentRow, names
from fyrbak.pathways.events.walk import Event

SKEW = timedelta(minutes=10)  # clocks of two systems may differ by this much
LAYOUT = (
    "record_key", "person_id", "pathway", "point", "code", "start_date", "region", "unit", "variant",
    "original_start", "status", "recorded_at",
)  # fmt: skip
ROW_WORDS = {
    "other_region": (
        "Raden gäller en annan region och togs inte emot. Be den regionen skicka den.",
        "The row is of another region and was not taken in. Ask that region to send it.",
    ),
    "recorded_early": (
        "Raden är registrerad före dagen då den hände. Kontrollera klockan i systemet, och dagen.",
        "The row was recorded before the day it happened. Check the clock of the system, and the day.",
    ),
    "twice": (
        "Raden står två gånger i filen och räknas en gång. Ingenting behöver göras.",
        "The row stands twice in the file and counts once. Nothing needs to be done.",
    ),
    "columns": (
        "Raden har inte lika många fält som rubriken. Rätta den och skicka den igen.",
        "The row has not as many fields as the heading. Correct it and send it again.",
    ),
}


@dataclass(frozen=True)
class Told:
    """What is said of one row, in both languages: what is wrong and what to do. Nobody is named."""

    line: int
    rule: str
    sv: str
    en: str
    pathway: str = ""
    point: str = ""
    day: str = ""


class FileRow:
    """One row read: what it says in the layout's terms. What cannot be read stays as it was written."""

    def __init__(self, row: SentRow, own: str, at: datetime) -> None:
        said = row.said
        self.line, self.person = row.line, said["person_id"]
        meaning = meaning_of(said.get("code", ""))
        self.pathway, self.point = meaning or (
            said.get("pathway", "") or said.get("code", "")[:24],
            said.get("point", "").zfill(2) if said.get("point") else said.get("code", "")[-2:],
        )
        self.unit = said.get("unit", "")
        self.region = said.get("region", "").zfill(2) if said.get("region") else own
        self.variant, self.status = said.get("variant", ""), said.get("status", "")
        self.status = names().status.get(self.status.lower(), self.status)
        self.day = _day(said["start_date"], at)
        self.original_start = _day(said.get("original_start", ""), at)
        self.recorded_at = _day(said.get("recorded_at", ""), at)
        self.key = said.get("record_key", "")
        self.keyed = bool(self.key)

    def named(self, person: int | None) -> FileRow:
        """The row with a key: its own, or what it says, with our number of the person in place of theirs."""
        if not self.keyed:
            whom = str(person or f"line {self.line}")
            told = "|".join((whom, self.pathway, self.point, self.day, self.region))
            self.key = f"row-{hashlib.sha256(told.encode()).hexdigest()[:20]}"
        return self

    @property
    def recorded_early(self) -> bool:
        """Whether the row was recorded before what it tells of: the clocks of two systems differ."""
        recorded, day = _read(self.recorded_at), _read(self.day)
        return recorded is not None and day is not None and recorded < day

    def event(self, source: str) -> Event:
        """The row as an event, for the rules."""
        return Event(
            self.pathway, self.point, _read(self.day), f"{source}|{self.key}", variant=self.variant,
            original_start=_read(self.original_start), region=self.region, unit=self.unit,
        )  # fmt: skip

    def told(self, rule: str, sv: str = "", en: str = "") -> Told:
        """What is said of the row; of a rule of files, its own words."""
        words = (sv, en) if sv else ROW_WORDS[rule]
        return Told(self.line, rule, *words, self.pathway, self.point, self.day)

    def written(self, persons: Mapping[str, str]) -> list[str]:
        """The row in the columns of :data:`LAYOUT`, with the person by the key that ``persons`` gives."""
        code = code_of(self.pathway, self.point)
        return [
            self.key, persons.get(self.person, self.person), self.pathway, self.point, code, self.day,
            self.region, self.unit, self.variant, self.original_start, self.status, self.recorded_at,
        ]  # fmt: skip


def _day(text: str, at: datetime) -> str:
    """The calendar day in Sweden of a day or a moment as written; what is neither stays as it is.

    A moment that lies ahead by less than clocks may differ is now.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is None:
        return moment.date().isoformat()
    return calendar_day(at if at < moment <= at + SKEW else moment).isoformat()


def _read(day: str) -> date | None:
    try:
        return date.fromisoformat(day)
    except ValueError:
        return None
