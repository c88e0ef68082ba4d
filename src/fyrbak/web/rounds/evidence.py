"""What data say of a goal, for the one who answers: counted once for each goal and organisation, and kept."""

from __future__ import annotations

from dataclasses import dataclass

from fyrbak.goals import models as m
from fyrbak.goals.outline import Level, PlanOutline
from fyrbak.goals.rounds.listed import Listed, Listing
from fyrbak.measures.definitions import measures
from fyrbak.remembered import Remembered
from fyrbak.reports import formats
from fyrbak.reports.answering import Beside, beside
from fyrbak.reports.formats import Language
from fyrbak.reports.marks import Mark, level_mark
from fyrbak.reports.words import Words
from fyrbak.web import ground

_besides = Remembered[Beside](2048)


def beside_goal(part: Listed | m.GoalPart, asked: m.RoundOrganisation, listing: Listing) -> Beside:
    """One goal of a round beside the numbers of one organisation, from the snapshot shown now."""
    links, opened = listing.evidence(part.pk), ground.snapshot()
    key = (opened.id if opened else "", asked.pk, part.pk, *((link.pk, link.standing) for link in links))
    numbers = ground.numbers(opened) if opened else None
    return _besides.of(key, lambda: beside(links, part, asked, listing.scale, opened, numbers))


def objections(found: Beside, lang: Language) -> list[tuple[Mark, str]]:
    """The levels that data speak against, each with the measures that do."""
    outline, w = PlanOutline("", "", "", "", scale=found.scale), Words(lang)
    titles = {view.measure.id: w.text(view.measure.title) for view in found.evidence}
    return [
        (level_mark(Level((code,)), outline, lang), w.listed([titles[name] for name in names]))
        for code, names in found.contradicted().items()
    ]


@dataclass(frozen=True)
class PinnedLine:
    """A number that was pinned to an answer, in words. ``mark`` is its verdict then."""

    title: str
    words: str
    mark: str
    contradicts: bool


def pinned_line(pinned: m.PinnedEvidence, lang: Language) -> PinnedLine:
    """What data said when an answer was given, as it is read later, also of a measure that is no more."""
    w = Words(lang)
    known = {measure.id: measure for measure in measures()}.get(pinned.measure)
    kind = known.kind if known else "count"
    if pinned.suppressed:
        value = w("rounds.hidden")
    elif pinned.value is None:
        value = w("missing")
    else:
        value = formats.with_unit(pinned.value, kind, lang)
    ends = [None if end is None else formats.amount(end, kind, lang) for end in (pinned.lower, pinned.upper)]
    interval = f"({ends[0]}–{ends[1]})" if all(ends) else ""
    rests = "" if pinned.n is None else w("rounds.rests_on", number=formats.integer(pinned.n, lang))
    parts = (f"{value} {interval}".strip(), rests, pinned.period, f"{pinned.measure} {pinned.version}")
    return PinnedLine(
        w.text(known.title) if known else pinned.measure,
        " · ".join(part for part in parts if part),
        w(f"verdict.{pinned.verdict}") if pinned.verdict else "",
        pinned.contradicts,
    )
