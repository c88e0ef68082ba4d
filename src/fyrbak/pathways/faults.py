"""Faults of a pathway that no single field shows: each with its place in the file and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from fyrbak.definitions import unknown
from fyrbak.pathways.shapes import ANY_TREATMENT, Block, Limit, MeasuringPoint, Pathway

Fault = tuple[tuple[int | str, ...], str]


def faults(
    pathway: Pathway, *, name: str, points: Mapping[str, MeasuringPoint], treatments: Sequence[str]
) -> Iterator[Fault]:
    """Yield every fault as (location, message).

    ``name`` is the file's name without ending; ``points`` and ``treatments`` are those of the content.
    """
    if pathway.id != name:
        yield ("id",), f"'{pathway.id}' differs from the file's name '{name}'. Make them the same."
    yield from _codes(pathway)
    for index, variant in enumerate(pathway.variant_ids):
        if variant in pathway.variant_ids[:index]:
            yield ("variants", index, "id"), f"'{variant}' is there twice. Leave one out."
    if pathway.entry_en and len(pathway.entry_en) != len(pathway.entry):
        told = f"{len(pathway.entry_en)} lines where entry has {len(pathway.entry)}. Say each line in both."
        yield ("entry_en",), told
    yield from _points(pathway, points, treatments)
    yield from _blocks(pathway, points)
    yield from _limits(pathway, reachable(pathway, points), treatments)
    yield from _overlaps(pathway)
    yield from _chains(pathway)
    yield from _examples(pathway, list(points))


def _codes(pathway: Pathway) -> Iterator[Fault]:
    for index, code in enumerate(pathway.icd10):
        first, _, last = code.replace(".", "").partition("-")
        if last and last < first:
            yield ("icd10", index), f"no code lies between {first} and {last}. Write the lower one first."


def _points(
    pathway: Pathway, points: Mapping[str, MeasuringPoint], treatments: Sequence[str]
) -> Iterator[Fault]:
    for index, point in enumerate(pathway.unused_points):
        if point not in points:
            yield ("unused_points", index), unknown("measuring point", point, list(points))
    for point, treatment in pathway.ends_as.items():
        if point not in points:
            yield ("ends_as", point), unknown("measuring point", point, list(points))
        elif points[point].step != "end":
            yield ("ends_as", point), f"point {point} does not end a pathway. Name one that does."
        if treatment not in treatments:
            yield ("ends_as", point), unknown("treatment", treatment, list(treatments))


def _blocks(pathway: Pathway, points: Mapping[str, MeasuringPoint]) -> Iterator[Fault]:
    for index, block in enumerate(pathway.blocks):
        for field, point in (("from_point", block.from_point), ("to_point", block.to_point)):
            if point is not None and point not in points:
                yield ("blocks", index, field), unknown("measuring point", point, list(points))
        if _backwards(block, points):
            message = f"'{block.to_point}' comes before '{block.from_point}'. Turn the block round."
            yield ("blocks", index, "to_point"), message
        if block.days < 0:
            yield ("blocks", index, "days"), f"{block.days} days runs backwards. Give 0 or more."


def _backwards(block: Block, points: Mapping[str, MeasuringPoint]) -> bool:
    """Whether a block ends where it begins, before the start, or with what must come before an end.

    The order of what lies between start and end differs from one pathway to another.
    """
    first, last = points.get(block.from_point or ""), points.get(block.to_point or "")
    if first is None or last is None:
        return False
    ranks = {"referral": 0, "start": 1, "end": 3}
    return first is last or ranks.get(last.step or "", 2) < ranks.get(first.step or "", 2)


def reachable(pathway: Pathway, points: Mapping[str, MeasuringPoint]) -> set[str]:
    """The treatments that some end point of the pathway leads to."""
    ends = {p.point: p.treatment for p in points.values() if p.treatment}
    return {t for point, t in (ends | pathway.ends_as).items() if point not in pathway.unused_points}


def _limits(pathway: Pathway, reached: set[str], treatments: Sequence[str]) -> Iterator[Fault]:
    for index, limit in enumerate(pathway.limits):
        place, name = ("limits", index), limit.treatment
        if name != ANY_TREATMENT and name not in treatments:
            yield (*place, "treatment"), unknown("treatment", name, [ANY_TREATMENT, *treatments])
        elif name != ANY_TREATMENT and name not in reached:
            yield (*place, "treatment"), f"no end of this pathway leads to '{name}'. Add it to ends_as."
        if limit.variant and limit.variant not in pathway.variant_ids:
            yield (*place, "variant"), unknown("variant", limit.variant, list(pathway.variant_ids))
        if limit.days is not None and limit.days <= 0:
            yield (*place, "days"), f"{limit.days} days is not a limit. Give 1 or more, or null if unknown."
        if limit.days is None and not limit.to_verify:
            yield (*place, "days"), "a limit without days must be marked to_verify: true."
        if limit.first_day > limit.last_day:
            yield (*place, "valid_to"), f"{limit.valid_to} lies before valid_from {limit.valid_from}."


def _overlaps(pathway: Pathway) -> Iterator[Fault]:
    for (first, one), (second, other) in combinations(enumerate(pathway.limits), 2):
        if both_apply(one, other):
            message = (
                f"applies to the same episodes as limits.{first} during the same days. "
                "End one before the other begins, or tell them apart by treatment or variant."
            )
            yield ("limits", second), message


def both_apply(one: Limit, other: Limit) -> bool:
    """Whether some episode could be judged by either limit."""
    return (
        (one.treatment == other.treatment or ANY_TREATMENT in (one.treatment, other.treatment))
        and (one.variant == other.variant or "" in (one.variant, other.variant))
        and one.first_day <= other.last_day
        and other.first_day <= one.last_day
    )


def _chains(pathway: Pathway) -> Iterator[Fault]:
    days = {block.id: block.days for block in pathway.blocks}
    if len(days) < len(pathway.blocks):
        yield ("blocks",), "two blocks have the same id. Give each its own."
    for index, chain in enumerate(pathway.chains):
        missing = [name for name in chain.blocks if name not in days]
        if missing:
            yield ("chains", index, "blocks"), unknown("block", missing[0], list(days))
            continue
        total = sum(days[name] for name in chain.blocks)
        published = [
            limit.days
            for limit in pathway.limits
            if limit.judges and (limit.treatment, limit.variant) == (chain.treatment, chain.variant)
        ]
        if total not in published:
            limit = " or ".join(map(str, published)) or "not given"
            message = f"the blocks make {total} days but the limit for {chain.treatment} is {limit}."
            yield ("chains", index), f"{message} Correct the blocks or the limit."


def _examples(pathway: Pathway, known: list[str]) -> Iterator[Fault]:
    for index, example in enumerate(pathway.examples):
        for number, event in enumerate(example.events):
            place = ("examples", index, "events", number)
            if event.point not in known:
                yield place, unknown("measuring point", event.point, known)
            if event.variant and event.variant not in pathway.variant_ids:
                yield place, unknown("variant", event.variant, list(pathway.variant_ids))
