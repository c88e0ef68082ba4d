"""How it goes in one region: three sentences, a few figures, and what is missing and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from fyrbak.goals.frozen import Said
from fyrbak.measures.definitions import Measure, measures
from fyrbak.measures.targets import targets
from fyrbak.records.organisations import COUNTRY, Organisation
from fyrbak.reports import figures, formats
from fyrbak.reports.drawing import Figure
from fyrbak.reports.follow_up import PartView, UnitView
from fyrbak.reports.formats import Language
from fyrbak.reports.public.numbers import parts
from fyrbak.reports.words import Words

MOST_FIGURES = 5


@dataclass(frozen=True)
class Shown:
    """One measure of the region: its latest number, and the years as a figure."""

    measure: Measure
    view: UnitView
    figure: Figure


@dataclass(frozen=True)
class RegionPage:
    """What is said of a region. ``missing`` names each measure that has no number here, and why."""

    sentences: tuple[str, str, str]
    shown: tuple[Shown, ...]
    missing: tuple[tuple[str, str], ...]
    more: tuple[Measure, ...]


def region_page(place: Organisation, said: Sequence[Said], lang: Language) -> RegionPage:
    """What released tables and frozen rounds say of a region."""
    w = Words(lang)
    found = [(measure, _placed(measure, place)) for measure in _by_importance()]
    seen = [(measure, placed) for measure, placed in found if placed and placed[1].now.value is not None]
    missing = tuple(
        (w.text(measure.title), _why(placed, lang))
        for measure, placed in found
        if placed is None or placed[1].now.value is None
    )
    return RegionPage(
        (
            _targets([view for _, (_, view) in seen], w),
            _levels(said, w),
            _missing(len(missing), len(found), w),
        ),
        tuple(_shown(measure, *placed, place, lang) for measure, placed in seen[:MOST_FIGURES]),
        missing,
        tuple(measure for measure, _ in seen[MOST_FIGURES:]),
    )


def shown_of(measure: Measure, place: Organisation, lang: Language) -> Shown | None:
    """One measure of one region; None where no number of it has been given out."""
    placed = _placed(measure, place)
    return _shown(measure, *placed, place, lang) if placed else None


def _by_importance() -> list[Measure]:
    """Measures with one number for each region: those with a target first, else as in the catalogue."""
    shown = [one for one in measures() if "region" in one.dimensions and one.split is None]
    return sorted(shown, key=lambda one: not targets(one.id))


def _placed(measure: Measure, place: Organisation) -> tuple[PartView, UnitView] | None:
    """The measure's numbers and the region's own among them; None where they have not been given out."""
    for part in parts(measure, (place.code,), {}):
        if view := part.of(place.code):
            return part, view
    return None


def _why(placed: tuple[PartView, UnitView] | None, lang: Language) -> str:
    """Why there is no number, in words."""
    if placed is None:
        return Words(lang)("public.region.not_released")
    return formats.sentence_case(formats.value(placed[1].now, lang))


def _shown(measure: Measure, part: PartView, view: UnitView, place: Organisation, lang: Language) -> Shown:
    w = Words(lang)
    names = {place.code: w.of(place, "name"), COUNTRY: w("country")}
    figure = figures.years(measure, replace(part, units=(view,)), names, lang)
    return Shown(measure, view, replace(figure, title=_finding(measure, view, w)))


def _finding(measure: Measure, view: UnitView, w: Words) -> str:
    """The latest number and how it stands to the country, as a heading."""
    against = view.against_country
    return w(
        f"public.region.finding.{against.difference if against else 'alone'}",
        title=w.text(measure.title),
        value=formats.value(view.now, formats.language(w.lang)),
        period=view.now.period,
    )


def _targets(views: Sequence[UnitView], w: Words) -> str:
    """How many targets data say are met, missed, or can say nothing of; without those that are none."""
    kinds = {"met": "met", "likely_met": "met", "missed": "missed", "cannot_tell": "open"}
    counted = Counter(kinds[view.now.verdict] for view in views if view.now.verdict)
    if not counted:
        return w("public.region.targets.none")
    told = [
        w(f"public.region.targets.{kind}", number=counted[kind])
        for kind in dict.fromkeys(kinds.values())
        if counted[kind]
    ]
    return w.counted(counted.total(), "public.region.targets", verdicts=w.listed(told))


def _levels(said: Sequence[Said], w: Words) -> str:
    """What the region said in the round that lies closest to it."""
    if not said:
        return w("public.region.levels.none")
    first = said[0]
    return w(
        "public.region.levels",
        plan=w.of(first.round.edition.plan, "title"), round=first.round.label,
        levels=w.listed(list(counts_of(first, w))),
    )  # fmt: skip


def counts_of(said: Said, w: Words) -> Iterator[str]:
    """``14 uppnått``, ``20 pågående`` and so on, without those that are none."""
    for level, number in said.by_code:
        if number:
            yield f"{number} {w.of(level, 'label').lower()}"
    for number, key in ((said.mixed, "public.levels.mixed"), (said.blank, "public.levels.blank")):
        if number:
            yield w(key, number=number)


def _missing(missing: int, all_of_them: int, w: Words) -> str:
    if not missing:
        return w("public.region.missing.none")
    return w("public.region.missing", missing=missing, all=all_of_them)
