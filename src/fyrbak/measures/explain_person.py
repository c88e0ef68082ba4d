"""Why one person's rows are counted or not, worked out by the reference engine from that person's rows alone.

Only for those who have the right to see the person's care. The person is named by the snapshot's own number,
a pseudonym, which stands in no answer and no error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from fyrbak.engines.reference import Reference
from fyrbak.errors import UnknownNameError
from fyrbak.measures.definitions import Measure, Text
from fyrbak.measures.inputs import Inputs, Known
from fyrbak.measures.tallies import HIT, marked
from fyrbak.pathways.definitions import icd10_table, pathways
from fyrbak.pathways.episodes import episodes
from fyrbak.pathways.explain import told
from fyrbak.records.snapshot import Snapshot

_COUNTED = {
    None: Text(sv="räknas", en="counted"),
    True: Text(sv="räknas, även i täljaren", en="counted, in the numerator too"),
    False: Text(sv="räknas, men inte i täljaren", en="counted, but not in the numerator"),
}


@dataclass(frozen=True)
class Why:
    """One row of a person in a measure.

    ``part`` is the value of the measure's split that the row stands for. ``rule`` is the exclusion that left
    it out, None if it is counted; ``text`` says so in words. ``hit`` is None where there is no numerator.
    ``episode`` tells of the episode that the row stands for, if it is one.
    """

    date: date | None
    part: Text | None
    counted: bool
    hit: bool | None
    rule: str | None
    text: Text
    episode: Text | None

    def row(self) -> dict[str, Any]:
        """The row as one plain JSON object."""
        found: dict[str, Any] = {"date": self.date.isoformat() if self.date else None}
        found |= {"counted": self.counted, "hit": self.hit, "rule": self.rule}
        texts = {"part": self.part, "text": self.text, "episode": self.episode}
        return found | {name: text.model_dump() if text else None for name, text in texts.items()}


@dataclass(frozen=True)
class Met:
    """An event or episode of a person that cannot be right, and what the rules of pathways say of it.

    An event that is not used makes no row in any measure: this is where it is told.
    """

    date: date | None
    pathway: str
    rule: str
    text: Text

    def row(self) -> dict[str, Any]:
        """The finding as one plain JSON object."""
        day = self.date.isoformat() if self.date else None
        return {"date": day, "pathway": self.pathway, "finding": self.rule, "text": self.text.model_dump()}


@dataclass(frozen=True)
class Explained:
    """One person in several measures: the episodes in words, by measure what became of each row, and what of
    the person's events cannot be right.

    A measure without any row of the person is left out.
    """

    episodes: tuple[Text, ...]
    why: Mapping[str, list[Why]]
    findings: tuple[Met, ...]


def explain_person(snapshot: Snapshot, measure: Measure, person: int) -> Explained:
    """What became of each of a person's rows in a measure, in order of date.

    Raises UnknownNameError, without the number, when the snapshot has nothing of such a person to tell.
    """
    found = explained(snapshot, (measure,), person)
    if not found.why and not found.findings:
        raise UnknownNameError(f"{measure.id}: no rows for this person. Check the number and the snapshot.")
    return found


def explained(snapshot: Snapshot, measures: Sequence[Measure], person: int) -> Explained:
    """A person's episodes, and what became of each of the person's rows in measures, in order of date."""
    reference = Reference()
    table = _tables(snapshot, person, reference)
    followed = reference.answer(table("episode")).to_pylist()
    known = {row["episode_key"]: row for row in followed}
    why = {}
    for measure in measures:
        since, interval = measure.since, measure.intervals[0]
        t = Inputs(table, Known(snapshot.as_of, snapshot.first_day), interval, since, reference)
        if rows := reference.answer(marked(measure, t, also=["episode_key"])).to_pylist():
            reasons = _reasons(measure, rows, known)
            why[measure.id] = sorted(reasons, key=lambda why: (why.date or date.max, why.text.en))
    in_order = sorted(followed, key=lambda row: (row["start_date"], row["episode_key"]))
    met = sorted(
        reference.answer(table("finding")).to_pylist(), key=lambda row: (row["date"] or date.max, row["rule"])
    )
    return Explained(
        tuple(Text(**told(row).model_dump()) for row in in_order),
        why,
        tuple(sorted(map(_met, met), key=lambda one: (one.date or date.max, one.pathway, one.rule))),
    )


def _met(row: Mapping[str, Any]) -> Met:
    return Met(row["date"], row["pathway"], row["rule"], Text(sv=row["text_sv"], en=row["text_en"]))


def _tables(snapshot: Snapshot, person: int, reference: Reference) -> Callable[[str], Table]:
    """The tables that measures ask for, with the rows of one person; each is made when first asked for."""
    one = snapshot.engine.rows("explained", pa.table({"person_id": pa.array([person], pa.int64())}))

    @cache
    def table(name: str) -> Table:
        if name == "icd10":
            return ibis.memtable(icd10_table())
        if name in ("episode", "finding"):
            return _followed()[name]
        return reference.rows(name, snapshot.engine.answer(snapshot.table(name, one)))

    @cache
    def _followed() -> dict[str, Table]:
        found = episodes(
            events=table("pathway_event"),
            persons=table("person"),
            residences=table("residence"),
            deaths=table("death"),
            pathways=pathways(),
            as_of=snapshot.as_of,
            keep=reference.keep,
        )
        return dict(zip(("episode", "finding"), map(reference.keep, found), strict=True))

    return table


def _reasons(measure: Measure, rows: list[dict[str, Any]], known: dict[str, dict[str, Any]]) -> Iterator[Why]:
    texts = {reason.id: reason.text for reason in measure.reasons}
    parts = {value.id: value.text for value in measure.split.values} if measure.split else {}
    for row in rows:
        rule, episode = row["excluded_by"], known.get(row.get("episode_key", ""))
        hit = row[HIT[measure.kind]] is True if measure.kind in HIT and rule is None else None
        yield Why(
            date=row["date"],
            part=parts[row[measure.split.id]] if measure.split else None,
            counted=rule is None,
            hit=hit,
            rule=rule,
            text=_left_out(texts[rule]) if rule else _COUNTED[hit],
            episode=Text(**told(episode).model_dump()) if episode else None,
        )


def _left_out(why: Text) -> Text:
    return Text(sv=f"räknas inte: {why.sv}", en=f"not counted: {why.en}")
