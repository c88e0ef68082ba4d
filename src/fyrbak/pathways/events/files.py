"""Files of events: kept as they were sent, taken in as any other delivery, and answered row by row.

Whoever may register events sends a file on a page, where it is read and kept. It lands through the intake,
which pages may not do: a command takes in the files that wait. What lands is judged by the same rules as the
forms, and what is impossible is told with what to do about it; it stays in the records as it was sent, and
counts nowhere.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Q, QuerySet

from fyrbak.pathways.events.errors import EntryError
from fyrbak.pathways.events.file_rows import LAYOUT, ROW_WORDS, FileRow, Told
from fyrbak.pathways.events.known import calendar_day, known
from fyrbak.pathways.events.models import EventFile, FileOutcome
from fyrbak.pathways.events.refused import keep_refused
from fyrbak.pathways.events.rules import Refused, Situation, admit, judge
from fyrbak.pathways.events.sheets import Sheet, read_sheet
from fyrbak.pathways.events.tasks import ask_for_refused, settle
from fyrbak.pathways.ongoing.refresh import refresh_persons
from fyrbak.records.identity import IdentityError, parse_identity
from fyrbak.records.intake import take_in
from fyrbak.records.intake.mapping import Mapping as FileMapping
from fyrbak.records.models import Identity, Person, Source

AT_ONCE = 200  # persons whose lists are made anew at once; the lists of more are made anew together
_CURRENT = Q(known_to__isnull=True) & ~Q(status="retracted")


@dataclass(frozen=True)
class Report:
    """What became of a file. ``fault`` is the key of the words for one that was refused whole."""

    read: int = 0
    landed: int = 0
    unchanged: int = 0
    refused: int = 0
    known: bool = False
    persons: int = 0
    later: bool = False  # the lists are made anew with everybody's, not at once
    fault: str = ""
    names: dict[str, Any] = field(default_factory=dict)
    rows: tuple[Told, ...] = ()

    @classmethod
    def of(cls, outcome: FileOutcome) -> Report:
        """The report that was kept."""
        rows = tuple(Told(**row) for row in outcome.report["rows"])
        return cls(**{**outcome.report, "rows": rows})


def as_sent(
    *, content: bytes, name: str, region: str, rows: int | None, by_name: str, at: datetime
) -> EventFile:
    """A file as somebody sends it, not kept yet. ``rows`` is how many the sender says that it has."""
    return EventFile(
        organisation_id=region, name=Path(name).name[:200], sha256=hashlib.sha256(content).hexdigest(),
        content=content, source=f"region-{region}", rows=rows, by_name=by_name, at=at,
    )  # fmt: skip


def send_file(*, sent: EventFile) -> EventFile:
    """Keep a file until it is taken in. One that cannot be used is kept too, and answered at once."""
    sent.save(force_insert=True)
    try:
        _checked(sent, sent.at)
    except EntryError as error:
        report = Report(fault=error.word, names=dict(error.names))
        FileOutcome.objects.create(file=sent, report=asdict(report), at=sent.at)
    return sent


def waiting() -> QuerySet[EventFile]:
    """The files that nothing has become of yet, the oldest first."""
    return EventFile.objects.filter(outcome=None).order_by("at")


def take_in_file(
    *, sent: EventFile, pseudonyms: np.random.Generator, at: datetime, source: str = "", keep: bool = True
) -> Report:
    """Take in a file that waits, and keep what is said of it. With ``keep`` false nothing is written.

    ``source`` says whose keys name the persons, where that is not the region's own system.
    Raises EntryError for a file that cannot be used.
    """
    sheet = _checked(sent, at)
    source = source or _source_of(sent)
    personal = all(_is_number(row.said["person_id"], at) for row in sheet.rows)
    lines = [FileRow(row, sent.organisation_id, at) for row in sheet.rows]
    own = [line for line in lines if line.region == sent.organisation_id]
    refused: list[tuple[FileRow | None, Told]] = [
        (line, line.told("other_region")) for line in lines if line.region != sent.organisation_id
    ]
    refused += [(None, Told(number, "columns", *ROW_WORDS["columns"])) for number in sheet.broken]
    told = [line.told("recorded_early") for line in own if line.recorded_early]
    persons = _persons(source, own, personal=personal)
    own, twice = _once([line.named(persons.get(line.person)) for line in own])
    told += [line.told("twice") for line in twice]
    with TemporaryDirectory(prefix="fyrbak-events-") as folder:
        titles = _titles(sheet)
        _write(Path(folder) / "events.csv", titles, own, _pseudonyms(source, own) if not personal else {})
        result = take_in(
            folder=Path(folder), mapping=_mapping(titles, personal=personal), source=source,
            as_of=calendar_day(at), landed_at=at, pseudonyms=pseudonyms, keep=keep,
        )  # fmt: skip
    bad = set()
    for refusal in result.refusals:
        line = own[refusal.line - 2]
        bad.add(line.key)
        said = _code(line, source, at) or line.told(refusal.rule, refusal.text_sv, refusal.text_en)
        refused.append((line, said))
    told += [said for _, said in refused]
    impossible = list(_impossible(source, [line for line in own if line.key not in bad], persons, at))
    told += [_reasoned(one.line, one.refused) for one in impossible]
    if keep:
        for one in impossible:
            event = one.line.event(source)
            ask_for_refused(
                reason=one.refused.reason, person=one.person, event=event, by_name=sent.by_name, at=at
            )
        _follow_up(sorted(set(persons.values())), sent.by_name, at)
    report = Report(
        read=len(lines) + len(sheet.broken),
        landed=result.total("landed"),
        unchanged=result.total("unchanged"),
        refused=result.total("refused") + len(lines) - len(own) - len(twice) + len(sheet.broken),
        known=result.known,
        persons=len(set(persons.values())), later=len(set(persons.values())) > AT_ONCE,
        rows=tuple(sorted({*told}, key=lambda one: (one.line, one.rule))),
    )  # fmt: skip
    if keep:
        accepted = [line.key for line in own if line.keyed and line.key not in bad]
        with transaction.atomic():  # a file that is done has all of its refused rows
            FileOutcome.objects.create(file=sent, batch_id=result.batch, report=asdict(report), at=at)
            keep_refused(sent=sent, refused=refused, accepted=accepted, at=at)
    return report


def _checked(sent: EventFile, at: datetime) -> Sheet:
    """The file's rows. Raises EntryError for one that cannot be used, or is another region's."""
    sheet = read_sheet(bytes(sent.content), sent.name, sent.rows)
    regions = {FileRow(row, sent.organisation_id, at).region for row in sheet.rows}
    if sent.organisation_id not in regions:
        told = ", ".join(sorted(regions)[:5])
        raise EntryError(
            f"the file has events of region {told} alone, and not of {sent.organisation_id}. "
            "Send it for that region.",
            word="file_region", found=told, own=sent.organisation_id,
        )  # fmt: skip
    return sheet


def _is_number(text: str, at: datetime) -> bool:
    """Whether a person is named by a personal number, right or wrong."""
    try:
        parse_identity(text, calendar_day(at))
    except IdentityError as error:
        return error.reason != "shape"
    return True


def _source_of(sent: EventFile) -> str:
    """Whose keys name the persons: the region's own system, or the one system that has sent all there is."""
    if Source.objects.filter(pk=sent.source).exists():
        return sent.source
    others = list(Source.objects.exclude(code__startswith="hand-").values_list("code", flat=True)[:2])
    return others[0] if len(others) == 1 else sent.source


def _once(lines: list[FileRow]) -> tuple[list[FileRow], list[FileRow]]:
    """The rows, and those without numbers of their own that say what another has said already."""
    seen: set[str] = set()
    once: list[FileRow] = []
    again: list[FileRow] = []
    for line in lines:
        (again if not line.keyed and line.key in seen else once).append(line)
        seen.add(line.key)
    return once, again


def _code(line: FileRow, source: str, at: datetime) -> Told | None:
    """What is said of a code that does not exist, in the words of the forms; None of any other row."""
    verdict = judge(Situation(calendar_day(at)), line.event(source))
    if isinstance(verdict, Refused) and verdict.reason.rule.id in ("unknown_pathway", "unknown_point"):
        return _reasoned(line, verdict)
    return None


def _reasoned(line: FileRow, refused: Refused) -> Told:
    reason = refused.reason
    sv, en = (f"{reason.said(lang)} {reason.mend(lang)}" for lang in ("sv", "en"))
    return line.told(reason.rule.id, sv, en)


def _titles(sheet: Sheet) -> dict[str, str]:
    """What the columns are called where something is told of them: as in the file, where it has them."""
    return {column: sheet.titles.get(column, f"({column})") for column in LAYOUT}


def _mapping(titles: dict[str, str], *, personal: bool) -> FileMapping:
    return FileMapping.model_validate(
        {
            "persons": "personal" if personal else "local",
            "tables": {"pathway_event": {"file": "events.csv", "columns": titles}},
        }
    )


def _write(
    path: Path, titles: Mapping[str, str], lines: Iterable[FileRow], persons: Mapping[str, str]
) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(titles.values())
        writer.writerows(line.written(persons) for line in lines)


def _pseudonyms(source: str, lines: Iterable[FileRow]) -> dict[str, str]:
    """The source's own keys of those who are named by their pseudonyms."""
    asked = {int(line.person) for line in lines if line.person.isdigit() and len(line.person) < 20}
    found = Person.objects.filter(_CURRENT, pseudonym__in=asked, source_key__startswith=f"{source}|")
    return {str(p.pseudonym): p.source_key.partition("|")[2] for p in found}


def _persons(source: str, lines: Iterable[FileRow], *, personal: bool) -> dict[str, int]:
    """The first versions of those who are named, by what the file calls them."""
    if personal:
        wanted = {}
        for line in lines:
            try:
                wanted[line.person] = parse_identity(line.person, date.max).number12
            except IdentityError:
                continue
        found = Identity.objects.filter(_CURRENT, number__in=set(wanted.values()))
        first = dict(
            found.filter(person__source_key__startswith=f"{source}|").values_list("number", "person")
        )
        return {name: first[number] for name, number in wanted.items() if number in first}
    numbers = _pseudonyms(source, lines)
    keys = {line.person: f"{source}|{numbers.get(line.person, line.person)}" for line in lines}
    first = dict(
        Person.objects.filter(version=1, source_key__in=set(keys.values())).values_list("source_key", "pk")
    )
    return {name: first[key] for name, key in keys.items() if key in first}


@dataclass(frozen=True)
class _Impossible:
    """A row that cannot be right beside what else is known of its person, and why."""

    person: int
    line: FileRow
    refused: Refused


def _impossible(
    source: str, lines: list[FileRow], persons: Mapping[str, int], at: datetime
) -> Iterator[_Impossible]:
    """The rows that cannot be right beside everything else that is known, by the rules of the forms."""
    theirs: dict[int, list[FileRow]] = {}
    for line in lines:
        if line.person in persons:
            theirs.setdefault(persons[line.person], []).append(line)
    for person, sent in theirs.items():
        there = known(person)
        by_key = {f"{source}|{line.key}": line for line in sent}
        events = [row.event for row in there.rows if row.key not in by_key]
        events += [line.event(source) for line in sent if line.status != "retracted"]
        for event, verdict in admit(there.situation(calendar_day(at)).without_events(), events):
            if isinstance(verdict, Refused) and event.key in by_key:
                yield _Impossible(person, by_key[event.key], verdict)


def _follow_up(persons: list[int], by_name: str, at: datetime) -> None:
    """Lists and tasks that show what has landed. The lists of many are made anew together, by a command."""
    if len(persons) <= AT_ONCE:
        refresh_persons(persons=persons, at=at)
    for person in persons:
        settle(known(person), owns=lambda _: True, by_name=by_name, at=at)
