"""Where days are lost: which part of the pathway the late ones would have needed to be in time.

A published chain says by which day each registered step (visit, conference, decision) and the end should
come. A *block* runs from one such step to the next; a step that the chain or the pathway's own events lack
joins two blocks into one. What a block took beyond its published days is its *excess*. A late pathway is
late by its excesses alone, since the published days add up to the limit; so had every block kept its days,
all would have been in time.

Two numbers answer for a block. *Alone*: how many more would have been in time had only this block kept its
days. *Part*: its share of all the late ones, by Shapley's value (the mean over all orders in which the
blocks could be mended), so that the parts add up to the number of late. Pathways without a published chain
that adds up to their limit are late for unknown reasons, and are counted apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from math import factorial
from typing import Any

import ibis
import pyarrow as pa
from ibis.expr.types import IntegerValue, Table

from fyrbak.engines.engine import Engine
from fyrbak.pathways.definitions import limits_table, pathways
from fyrbak.pathways.run import Episodes
from fyrbak.pathways.shapes import Chain, Pathway

STEPS = ("visit", "conference", "decision", "end")
_POINTS = {"25": "visit", "35": "conference", "40": "decision", "44": "decision"}
_CHAIN = pa.schema(
    [
        ("pathway", pa.string()),
        ("treatment", pa.string()),
        ("variant", pa.string()),
        *((f"{step}_by", pa.int32()) for step in STEPS),
    ]
)
# The tallies: judged pathways by how late they were (0: in time; capped excesses only for the late).
_EXCESSES = tuple(f"{step}_excess" for step in STEPS)


@dataclass(frozen=True)
class Block:
    """One block: the steps it runs between, and what it answers for among the late (persons' pathways)."""

    since: str
    until: str
    alone: int
    part: float


@dataclass(frozen=True)
class LostDays:
    """Judged pathways: all, those in time, the late without a published chain, and the blocks of the others.

    ``judged = in_time + unpublished + the sum of the blocks' parts``.
    """

    judged: int
    in_time: int
    unpublished: int
    blocks: tuple[Block, ...]


def chains_table(on: date) -> pa.Table:
    """By pathway, treatment and variant: the day by which each step should come, null where none is told.

    Only chains without doubt whose days add up to the limit in force on the day; the first of several.
    """
    limits = {
        (row["pathway"], row["treatment"], row["variant"]): row["days"]
        for row in limits_table().to_pylist()
        if row["days"] is not None and row["valid_from"] <= on <= row["valid_to"]
    }
    rows: dict[tuple[str, str, str], dict[str, object]] = {}
    for pathway in pathways():
        for chain in pathway.chains:
            due = _due(pathway, chain)
            for key, days in limits.items():
                if (
                    key[0] == pathway.id
                    and key[1:] == (chain.treatment, chain.variant)
                    and due["end"] == days
                ):
                    names = dict(zip(("pathway", "treatment", "variant"), key, strict=True))
                    rows.setdefault(key, {**names, **{f"{step}_by": due.get(step) for step in STEPS}})
    return pa.Table.from_pylist(list(rows.values()), schema=_CHAIN)


def _due(pathway: Pathway, chain: Chain) -> dict[str, int | None]:
    """Days from the start by which each step of a chain comes; the end is None where a block is in doubt."""
    by_id = {block.id: block for block in pathway.blocks}
    blocks = [by_id[name] for name in chain.blocks]
    due: dict[str, int | None] = {}
    days = 0
    for block in blocks:
        days += block.days
        if block.to_point in _POINTS:
            due[_POINTS[block.to_point]] = days
    due["end"] = None if any(block.to_verify for block in blocks) else days
    return due


def judged_years(engine: Engine, found: Episodes) -> tuple[int, ...]:
    """The years in which any judged pathway ended, in order."""
    rows = found.episodes.filter(found.episodes.judged)
    years = engine.answer(rows.select(year=rows.end_date.year()).distinct().order_by("year"))
    return tuple(years["year"].to_pylist())


def lost_days_tallies(
    engine: Engine, found: Episodes, ended: tuple[date, date], by: Sequence[str] = ()
) -> pa.Table:
    """Count the judged pathways that ended within two days, both included, by ``by`` (columns of episodes).

    One row for each way of being late: ``by``, ``over`` (days beyond the limit, 0 when in time), for each
    step the excess of the block that ends there (null where none does, 0 to ``over``), ``published``, ``n``.
    Counts are small: for those who may see single pathways, or to go through disclosure control.
    """
    rows = found.episodes
    rows = rows.filter(rows.judged, rows.end_date.between(ibis.literal(ended[0]), ibis.literal(ended[1])))
    chains = ibis.memtable(chains_table(ended[1])).mutate(published=True)
    rows = rows.left_join(chains, ["pathway", "treatment", "variant"])
    rows = rows.mutate(over=ibis.greatest(rows.days - rows.limit_days, 0))
    # A chain answers only for those whose own limit it adds up to: the limit may have changed in between.
    fits = rows.published.notnull() & (rows.end_by == rows.limit_days)
    rows = rows.mutate(published=fits, **_excesses(rows))
    late = rows.over > 0
    shown = {name: ibis.ifelse(late & rows.published, rows[name], ibis.null("int32")) for name in _EXCESSES}
    rows = rows.mutate(**shown, published=rows.published | ~late)
    counted = rows.group_by([*by, "over", "published", *_EXCESSES]).aggregate(n=rows.count())
    return engine.answer(counted)


def _excesses(rows: Table) -> dict[str, IntegerValue]:
    """For each step that is published and registered: how far the block that ends there passed its days."""
    at = {
        "visit": rows.visit_date, "conference": rows.conference_date, "decision": rows.decision_date,
        "end": rows.end_date,
    }  # fmt: skip
    begun, begun_by = rows.start_date, ibis.literal(0)
    found = {}
    for step in STEPS:
        due, day = rows[f"{step}_by"], at[step]
        counts = due.notnull() & day.notnull() & (day >= begun)
        excess = day.delta(begun, unit="day").cast("int32") - (due - begun_by)
        capped = ibis.least(ibis.greatest(excess, 0), rows.over)
        found[f"{step}_excess"] = ibis.ifelse(counts, capped, ibis.null("int32")).cast("int32")
        begun, begun_by = ibis.ifelse(counts, day, begun), ibis.ifelse(counts, due, begun_by)
    return found


def lost_days(tallies: pa.Table) -> LostDays:
    """Add tallies up: what each block answers for."""
    judged = in_time = unpublished = 0
    alone: dict[tuple[str, str], int] = {}
    part: dict[tuple[str, str], float] = {}
    for row in tallies.to_pylist():
        judged += row["n"]
        if row["over"] == 0:
            in_time += row["n"]
        elif not row["published"]:
            unpublished += row["n"]
        else:
            blocks = blocks_of(row)
            parts = _shapley(tuple(excess for _, excess in blocks), row["over"])
            for (name, excess), value in zip(blocks, parts, strict=True):
                alone[name] = alone.get(name, 0) + (row["n"] if excess >= row["over"] else 0)
                part[name] = part.get(name, 0.0) + row["n"] * value
    names = sorted(part, key=lambda name: (-part[name], name))
    found = tuple(Block(*name, alone[name], part[name]) for name in names)
    return LostDays(judged, in_time, unpublished, found)


def blocks_of(row: Mapping[str, Any]) -> list[tuple[tuple[str, str], int]]:
    """The blocks of a row: the steps each runs between, and its excess."""
    found, since = [], "start"
    for step, column in zip(STEPS, _EXCESSES, strict=True):
        excess = row[column]
        if excess is not None:
            found.append(((since, step), excess))
            since = step
    return found


def _shapley(excesses: tuple[int, ...], over: int) -> list[float]:
    """Each block's part of one late pathway: how often mending it is what brings the pathway in time."""
    count = len(excesses)
    parts = []
    for place in range(count):
        others = [excess for index, excess in enumerate(excesses) if index != place]
        pivotal = 0.0
        for size in range(count):
            orders = factorial(size) * factorial(count - size - 1) / factorial(count)
            for mended in combinations(others, size):
                pivotal += orders * (sum(mended) < over <= sum(mended) + excesses[place])
        parts.append(pivotal)
    return parts
