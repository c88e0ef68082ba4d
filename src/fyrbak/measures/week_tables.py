"""What the leader's week reads: counted in the night, it is there on Monday.

Tables answer for every region at once, and simulations are tried for each. What is not prepared is counted
when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable

from fyrbak.measures.aspects import by_aspect
from fyrbak.measures.definitions import Interval, Measure
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.lost_days_shown import keep_gaps
from fyrbak.measures.store import results_of
from fyrbak.measures.what_if.region import SEED, tried
from fyrbak.pathways.run import run
from fyrbak.records.organisations import regions
from fyrbak.records.snapshot import Snapshot

YEARS = 5  # stand side by side: the one chosen and those before it
UNJUDGED = "svf_limit_missing"  # treated, but judged by no confirmed limit: the share in time leaves them out
_SIDE_BY_SIDE = (
    "svf_lead_time",
    UNJUDGED,
    "svf_conversion",
    "svf_days_median",
    "svf_count",
    "svf_overshoot",
)
_NARROWED = ((), ("region",), ("region", "hospital"), ("pathway",), ("region", "pathway"))
# A table by region, hospital or pathway and month is nearly all hidden, and takes long to hide.
_OVER_TIME: tuple[tuple[tuple[str, ...], Interval], ...] = (
    ((), "month"), (("region",), "month"), (("region", "hospital"), "month"), (("pathway",), "quarter"),
)  # fmt: skip


def week_tables() -> list[tuple[Measure, tuple[str, ...], Interval]]:
    """Each table: of which measure, by what, and by which time step."""
    found: list[tuple[Measure, tuple[str, ...], Interval]] = []
    for name in _SIDE_BY_SIDE:
        found += [(measure_named(name), by, "year") for by in _NARROWED]
    found += [(measure_named("svf_inclusion"), by, "year") for by in ((), ("region",))]
    for name in ("svf_lead_time", "svf_overshoot", "svf_days_per_block"):
        found += [(measure_named(name), by, step) for by, step in _OVER_TIME]
    for name, aspect in (("svf_lead_time", "patients"), ("svf_days_per_block", "lateness")):
        divided = by_aspect(measure_named(name), aspect)
        found += [(divided, (*by, aspect), "year") for by in _NARROWED if len(by) < 2 or "pathway" not in by]
    late = by_aspect(measure_named("svf_days_per_block"), "lateness")
    return [*found, (late, ("region", "lateness", "hospital"), "year")]


def prepare_week(snapshot: Snapshot, tell: Callable[[str, float], None]) -> None:
    """Count and keep them all; ``tell`` hears the measure and the share done."""
    run(snapshot)
    tables = week_tables()
    for place, (measure, by, step) in enumerate(tables):
        tell(measure.id, place / len(tables))
        results_of(snapshot, measure, by, step)
    tell("queues", 1.0)
    for region in regions():
        tried(snapshot, region.code, seed=SEED)
    tell("lost days", 1.0)
    years = {one.period_start.year for one in results_of(snapshot, measure_named("svf_lead_time"))}
    keep_gaps(snapshot, sorted(years)[-YEARS - 1 :], _NARROWED)
