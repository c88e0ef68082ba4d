"""What the pages stand on: the snapshot shown now, the stored plans, and what has been put together of them.

Putting a plan beside the numbers takes a while, so it is kept until the snapshot or the plan changes.
Assessments and notes are never changed, only added to, so the latest tell whether a round is as it was.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from django.db.models import Max

from fyrbak.access.seat import scope
from fyrbak.goals import models as m
from fyrbak.goals import selectors
from fyrbak.goals.importing import STRATEGY
from fyrbak.goals.outline import PlanOutline
from fyrbak.goals.strategy import outline_of_plan
from fyrbak.measures.releases import ledger
from fyrbak.records.manifest import read_manifest
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports import current
from fyrbak.reports.document import Document
from fyrbak.reports.follow_up import FollowUp, SnapshotFacts, follow_up
from fyrbak.reports.formats import Language
from fyrbak.reports.wording import document

SOFTWARE = version("fyrbak")
_PLANS_KEPT = 32
_opened = threading.local()


@dataclass
class Held:
    """A plan beside the numbers, and the same told in the languages that somebody has asked for."""

    found: FollowUp
    told: dict[Language, Document] = field(default_factory=dict)

    def document(self, lang: Language) -> Document:
        """The follow-up in the words of a language."""
        if lang not in self.told:
            self.told[lang] = document(self.found, lang)
        return self.told[lang]


_held: dict[Hashable, Held] = {}


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
    manifest = read_manifest(path)
    return SnapshotFacts(manifest.id, manifest.as_of, manifest.title, manifest.synthetic)


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


def plans() -> list[Listed]:
    """All stored plans, from the national ones down; the strategy alone where nothing is stored."""
    return [_listed(one) for one in selectors.holdings()] or [_unstored(outline_of_plan(STRATEGY))]


def _listed(holding: selectors.Holding) -> Listed:
    edition, plan = holding.edition, holding.edition.plan
    latest = selectors.latest_round(edition) if holding.rounds else None
    return Listed(
        edition.key, plan.level, plan.title_sv, plan.title_en, holding.goals, latest.label if latest else "",
        edition.synthetic or bool(latest and latest.synthetic), edition.source,
    )  # fmt: skip


def _unstored(plan: PlanOutline) -> Listed:
    goals = sum(1 for _ in plan.goals())
    return Listed(plan.id, plan.level, plan.title_sv, plan.title_en, goals, "", plan.synthetic, plan.source)


def main_plan() -> str:
    """Key of the plan that the start page shows: the one closest to care that has a round, else the first."""
    holdings = selectors.holdings()
    with_rounds = [one.edition.key for one in holdings if one.rounds]
    if with_rounds:
        return with_rounds[-1]
    return holdings[0].edition.key if holdings else STRATEGY


def held(key: str, opened: Snapshot) -> Held:
    """A plan beside the numbers of a snapshot. Raises UnknownNameError for a plan that is not stored."""
    edition = _edition(key)
    state = (opened.id, key, _stamp(edition) if edition else None)
    if state not in _held:
        while len(_held) >= _PLANS_KEPT:
            _held.pop(next(iter(_held)))
        _held[state] = Held(follow_up(outline(key), opened))
    return _held[state]


def outline(key: str) -> PlanOutline:
    """A plan with its latest round. Raises UnknownNameError for a plan that is not stored."""
    edition = _edition(key)
    return selectors.outline_of_edition(edition) if edition else outline_of_plan(STRATEGY)


def _edition(key: str) -> m.PlanEdition | None:
    """The stored edition; None stands for the strategy's own content where nothing is stored."""
    return None if key == STRATEGY and not m.PlanEdition.objects.exists() else selectors.edition(key)


def _stamp(edition: m.PlanEdition) -> tuple[object, ...]:
    """Changes whenever something is added to what the plan's latest round says.

    Until it is frozen it says different things to different readers, so what they see is part of it.
    """
    latest = selectors.latest_round(edition)
    if latest is None:
        return (edition.pk, scope())
    said, noted = (kind.aggregate(Max("id"))["id__max"] for kind in (latest.assessments, latest.notes))
    return (edition.pk, latest.pk, said, noted, None if latest.frozen_at else scope())


def _changed(path: Path) -> int:
    return (path / "manifest.json").stat().st_mtime_ns
