"""What the pages stand on: the snapshot shown now, the stored plans, and what has been put together of them.

Putting a plan beside the numbers takes a while, so it is kept until the snapshot or the plan changes.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from django.utils.timezone import localdate

from fyrbak.access.seat import scope
from fyrbak.goals import models as m
from fyrbak.goals import selectors
from fyrbak.goals.importing import STRATEGY
from fyrbak.goals.outline import PlanOutline
from fyrbak.goals.stamps import stamp
from fyrbak.goals.strategy import outline_of_plan
from fyrbak.measures.definitions import Measure
from fyrbak.measures.releases import ledger
from fyrbak.measures.results import Result
from fyrbak.records.manifest import NAME, Manifest, read_manifest
from fyrbak.records.snapshot import Snapshot
from fyrbak.remembered import Remembered
from fyrbak.reports import current
from fyrbak.reports.document import Document
from fyrbak.reports.follow_up import (
    FollowUp,
    Numbers,
    PartView,
    SnapshotFacts,
    beside,
    facts_of,
    parts_among,
    yearly,
)
from fyrbak.reports.formats import Language
from fyrbak.reports.wording import Told, document

SOFTWARE = version("fyrbak")
_opened = threading.local()


@dataclass
class Held:
    """A plan beside the numbers, and the same told in the languages that somebody has asked for."""

    found: FollowUp
    told: dict[Language, Document] = field(default_factory=dict)

    def document(self, lang: Language) -> Document:
        """The follow-up in the words of a language."""
        if lang not in self.told:
            units = tuple(voice.code for voice in self.found.units)
            numbers_told = _numbers_told.of((self.found.snapshot.id, units, lang), Told)
            self.told[lang] = document(self.found, lang, numbers_told)
        return self.told[lang]


_held = Remembered[Held](32)
# By snapshot, measure and what it is narrowed by, and by organisations too.
_yearly = Remembered[tuple[list[Result], list[Result]]](256)
_parts = Remembered[tuple[PartView, ...]](4096)
_numbers_told = Remembered[Told](128)


def snapshot() -> Snapshot | None:
    """The snapshot shown now, opened once per thread; None before there is any."""
    path = current.current_path()
    if path is None:
        return None
    state = (path, _changed(path))
    if getattr(_opened, "state", None) != state:
        _opened.snapshot, _opened.state = current.current_snapshot(), state
    found: Snapshot = _opened.snapshot
    return found


def facts() -> SnapshotFacts | None:
    """Which snapshot is shown, without opening its tables; None before there is any."""
    path = current.current_path()
    if path is None:
        return None
    manifest = _manifest(path, _changed(path))
    return SnapshotFacts(manifest.id, manifest.as_of, manifest.title, manifest.synthetic)


def today() -> date:
    """The day that lists of those under way count to: today, or the last day of data about invented persons.

    Invented persons live in the days that their data describe; after those nothing more happens to them.
    """
    known = facts()
    return known.as_of if known and known.synthetic else localdate()


def ledger_changed() -> int:
    """When something was last released, in nanoseconds; 0 before anything has been."""
    path = ledger()
    return path.stat().st_mtime_ns if path.is_file() else 0


@dataclass(frozen=True)
class Listed:
    """A plan as lists show it. ``round_label`` is empty before anybody has been asked."""

    key: str
    level: str
    title_sv: str
    title_en: str
    goals: int
    round_label: str
    synthetic: bool
    source: str
    draft: bool = False


def plans() -> list[Listed]:
    """All stored plans, from the national ones down; the strategy alone where nothing is stored."""
    return [_listed(one) for one in selectors.holdings()] or [_unstored(outline_of_plan(STRATEGY))]


def _listed(holding: selectors.Holding) -> Listed:
    edition, plan, latest = holding.edition, holding.edition.plan, holding.latest
    return Listed(
        edition.key, plan.level, plan.title_sv, plan.title_en, holding.goals, latest.label if latest else "",
        edition.synthetic or bool(latest and latest.synthetic), edition.source,
        edition.status == edition.Status.DRAFT,
    )  # fmt: skip


def _unstored(plan: PlanOutline) -> Listed:
    goals = sum(1 for _ in plan.goals())
    return Listed(plan.id, plan.level, plan.title_sv, plan.title_en, goals, "", plan.synthetic, plan.source)


def main_plan() -> str:
    """Key of the plan that the start page shows: the one closest to care that has a round, else the first."""
    known = selectors.keys_with_rounds()
    followed_up = [key for key, rounds in known if rounds]
    return followed_up[-1] if followed_up else known[0][0] if known else STRATEGY


@dataclass(frozen=True)
class Opened:
    """A plan that somebody opens: the snapshot, the edition and its round, and what tells them from others.

    Without an edition it is the strategy's own content, where nothing is stored. Until a round is frozen and
    an edition adopted they say different things to different readers, so what is seen is part of ``state``.
    """

    snapshot: Snapshot
    key: str
    edition: m.PlanEdition | None
    round: m.FollowUpRound | None
    state: Hashable


def opened(key: str) -> Opened | None:
    """A plan, ready to be put beside the numbers; None before there is a snapshot. Two queries and a stamp.

    Raises UnknownNameError for a plan that is not stored, or not seen.
    """
    shown = snapshot()
    if shown is None:
        return None
    edition = _edition(key)
    if edition is None:
        return Opened(shown, key, None, None, (shown.id, key))
    latest = selectors.latest_round(edition)
    settled = edition.status != edition.Status.DRAFT and (latest is None or latest.frozen_at)
    seen = None if settled else scope()
    return Opened(shown, key, edition, latest, (shown.id, stamp(edition, latest), seen))


def held(plan: Opened) -> Held:
    """The plan beside the numbers: put together once for each state."""
    return _held.of(plan.state, lambda: _beside_numbers(plan))


def goal(plan: Opened, number: str) -> Held:
    """One goal of the plan beside the numbers. Until somebody opens the plan, its others cost nothing."""
    return _held.get(plan.state) or _beside_numbers(plan, only=number)


def goal_numbers(plan: Opened) -> list[str]:
    """The numbers of the plan's goals in order. At most one query."""
    if held := _held.get(plan.state):
        return [one.number for one in held.found.outline.goals()]
    if plan.edition:
        return selectors.goal_numbers(plan.edition)
    return [one.number for one in outline_of_plan(STRATEGY).goals()]


def _beside_numbers(plan: Opened, *, only: str = "") -> Held:
    told = (
        selectors.outline_of_edition(plan.edition, plan.round, only=only)
        if plan.edition
        else outline_of_plan(STRATEGY)
    )
    return Held(beside(told, facts_of(plan.snapshot), numbers(plan.snapshot)))


def outline(key: str) -> PlanOutline:
    """A plan with its latest round. Raises UnknownNameError for a plan that is not stored."""
    edition = _edition(key)
    return selectors.outline_of_edition(edition) if edition else outline_of_plan(STRATEGY)


def _edition(key: str) -> m.PlanEdition | None:
    """The stored edition; None stands for the strategy's own content where nothing is stored."""
    return None if key == STRATEGY and not m.PlanEdition.objects.exists() else selectors.edition(key)


def numbers(shown: Snapshot) -> Numbers:
    """The numbers of a snapshot: each measure's read once, and compared once for the same organisations."""

    def kept(measure: Measure, units: tuple[str, ...], dims: dict[str, str]) -> tuple[PartView, ...]:
        asked = (shown.id, measure.id, tuple(sorted(dims.items())))

        def compared() -> tuple[PartView, ...]:
            years = _yearly.of(asked, lambda: yearly(shown, measure, dims))
            return parts_among(measure, *years, units, dims)

        return _parts.of((asked, units), compared)

    return kept


@lru_cache(maxsize=4)
def _manifest(path: Path, _state: int | None) -> Manifest:
    """The manifest of a snapshot, read anew when its file changes."""
    return read_manifest(path)


def _changed(path: Path) -> int | None:
    """When the snapshot's manifest was written, in nanoseconds; None without one."""
    manifest = path / NAME
    return manifest.stat().st_mtime_ns if manifest.is_file() else None
