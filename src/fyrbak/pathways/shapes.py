"""The shapes of the content: a standardised pathway (SVF) with its limits, blocks and worked examples.

What each field must be by itself is said here; what only the whole file can tell (overlapping limits, sums of
blocks) in :mod:`fyrbak.pathways.faults`; the files are read by :mod:`fyrbak.pathways.definitions`.
"""

from __future__ import annotations

from datetime import date
from itertools import accumulate
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from fyrbak.definitions import Definition

ANY_TREATMENT = "alla"
BASE_VARIANT = "bas"
EXTENDED_VARIANT = "utokad"

Point = Annotated[str, StringConstraints(pattern=r"^\d{2}$")]
Icd10 = Annotated[str, StringConstraints(pattern=r"^[A-Z]\d{2}(\.\d)?(-[A-Z]\d{2}(\.\d)?)?$")]
Step = Literal[
    "referral", "start", "sent", "received", "diagnostic", "visit", "conference", "decision", "end"
]


class Title(Definition):
    """A name in both languages."""

    sv: str
    en: str


class MeasuringPoint(Definition):
    """One dated step of a pathway, known by two digits. A retired point says which point it is read as."""

    point: Point
    order: int
    title: Title
    step: Step | None = None
    outcome: Literal["treated", "closed"] | None = None
    treatment: str | None = None
    extended: bool = False
    after_death: bool = False
    retired_from: date | None = None
    read_as: Point | None = None
    to_verify: bool = False

    @model_validator(mode="after")
    def _has_a_meaning(self) -> MeasuringPoint:
        if (self.step is None) == (self.read_as is None):
            raise ValueError(f"point {self.point}: give either a step or the point it is read as")
        if (self.step == "end") != (self.outcome is not None):
            raise ValueError(f"point {self.point}: an end has an outcome, and nothing else has")
        return self


class Treatment(Definition):
    """What an ended pathway led to, as far as limits are concerned."""

    id: str
    title: Title


class Variant(Definition):
    """A branch of a pathway with limits of its own, such as base and extended work-up."""

    id: str
    title: Title


class Limit(Definition):
    """A published lead time: calendar days from the start of the pathway to a treatment.

    ``days`` is null where a limit is published but its value is not known. ``valid_from`` and ``valid_to``
    are the first and last end dates that it judges; null means without bound. Only a limit for which
    :attr:`judges` holds is ever held against anybody.
    """

    treatment: str
    variant: str = ""
    days: int | None
    valid_from: date | None = None
    valid_to: date | None = None
    source: str
    as_of: date | None = None
    to_verify: bool = False
    counted_from: Literal["start", "referral_received", "secured_diagnosis"] = "start"
    note: str = ""

    @property
    def judges(self) -> bool:
        """Whether the limit is certain, has a value and is counted from the start of the pathway."""
        return self.days is not None and not self.to_verify and self.counted_from == "start"

    @property
    def first_day(self) -> date:
        return self.valid_from or date.min

    @property
    def last_day(self) -> date:
        return self.valid_to or date.max


class Block(Definition):
    """A published time between two steps. The points are null where the step has no measuring point."""

    id: str
    from_: Title = Field(alias="from")
    to: Title
    days: int
    from_point: Point | None = None
    to_point: Point | None = None
    source: str
    as_of: date | None = None
    to_verify: bool = False
    note: str = ""


class Chain(Definition):
    """Blocks that, put end to end, make up the whole published time to a treatment."""

    treatment: str
    variant: str = ""
    blocks: tuple[str, ...]


def _written_event(text: Any) -> Any:
    """Read ``2024-01-02 50``, with ``variant=utokad`` or ``original_start=2023-12-20`` after it if needed."""
    if not isinstance(text, str):
        return text
    words = text.split()
    if len(words) < 2 or any("=" not in word for word in words[2:]):
        raise ValueError("an event is written as: date point, then variant= or original_start= if needed")
    return {"on": words[0], "point": words[1], **dict(word.split("=", 1) for word in words[2:])}


class ExampleEvent(Definition):
    """One event of a worked example."""

    on: date
    point: Point
    variant: str = ""
    original_start: date | None = None


class Expectation(Definition):
    """What the engine must find for one episode. Only what is written is compared."""

    outcome: Literal["treated", "closed", "open"] = "treated"
    start_date: date | None = None
    treatment: str | None = None
    variant: str | None = None
    days: int | None = None
    limit_days: int | None = None
    limit_state: Literal["known", "missing", "not_applicable"] | None = None
    judged: bool | None = None
    within: bool | None = None
    received: bool | None = None


class Example(Definition):
    """A worked example: one person's events in, episodes and findings out. It runs as a test."""

    title: str
    born: date = date(1960, 5, 17)
    events: tuple[Annotated[ExampleEvent, BeforeValidator(_written_event)], ...]
    expect: tuple[Expectation, ...] = ()
    findings: tuple[str, ...] = ()


class Pathway(Definition):
    """One standardised pathway.

    ``icd10`` holds codes and ranges for matching tumours; ``icd10_note`` says what they cannot tell.
    ``entry`` says in short what makes the suspicion well founded, ``entry_en`` the same in English, line by
    line; empty where nobody has written it. ``children_until`` is the last day on
    which persons under 18 were included; null when they never were. ``ends_as`` gives a point another
    treatment than usual in this pathway; ``unused_points`` lists points that mean nothing here.
    """

    id: str
    version: date
    title: Title
    kva_prefix: Annotated[str, StringConstraints(pattern=r"^V[A-Z]\d$")] | None = None
    icd10: tuple[Icd10, ...]
    icd10_note: str = ""
    introduced: int
    children_until: date | None = None
    filter_function: Title | None = None
    entry: tuple[str, ...]
    entry_en: tuple[str, ...] = ()
    entry_to_verify: bool = False
    notes: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    ends_as: dict[Point, str] = {}
    unused_points: tuple[Point, ...] = ()
    limits: tuple[Limit, ...]
    blocks: tuple[Block, ...] = ()
    chains: tuple[Chain, ...] = ()
    examples: tuple[Example, ...]

    @property
    def milestones(self) -> tuple[tuple[int, Title], ...]:
        """Days from the start by which each registered step should be reached, along the first chain.

        Empty where no chain is published, or where one of its blocks awaits confirmation.
        """
        by_id = {block.id: block for block in self.blocks}
        chain = [by_id[name] for name in self.chains[0].blocks] if self.chains else []
        if any(block.to_verify for block in chain):
            return ()
        days = accumulate(block.days for block in chain)
        return tuple((day, block.to) for day, block in zip(days, chain, strict=True) if block.to_point)

    def criteria(self, lang: str) -> tuple[str, tuple[str, ...]]:
        """What makes the suspicion well founded, after the language that it is told in."""
        return ("en", self.entry_en) if lang == "en" and self.entry_en else ("sv", self.entry)

    @property
    def variant_ids(self) -> tuple[str, ...]:
        return tuple(variant.id for variant in self.variants)
