"""The gap to the goal year by year: the same blocks side by side, each year adding up to its own whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import altair as alt

from fyrbak.measures.lost_days_shown import ORDER, Gap, Part
from fyrbak.reports import formats
from fyrbak.reports.drawing import INK, WIDTH, Figure, Table, inline, specification
from fyrbak.reports.figures import labelled_line
from fyrbak.reports.formats import Language
from fyrbak.reports.gaps import block_name, in_time, missing
from fyrbak.reports.words import Words

_DRAWN = 3  # blocks with a shade of their own; the table has all
_SHADES = (INK, "#52616d", "#8a98a3", "#c5ced4", "#e3e8eb")
_ROW = 34


def years_figure(found: Sequence[Gap], years: Mapping[int, str], who: str, lang: Language) -> Figure:
    """A bar for each year, from those in time over the blocks that explain most to all that were judged.

    ``years`` is what each year is called. There must be a gap to draw.
    """
    w = Words(lang)
    lines = [_line(one, years[one.year], lang) for one in found]
    return Figure(
        title=_finding(found, years, who, lang),
        alt=w("leader.gaps.alt", who=who, lines=" ".join(lines)),
        note=w("leader.gaps.note"),
        table=years_table(found, years, who, lang),
        spec=specification(_chart(found, years, lang)),
        lang=lang,
    )


def years_table(found: Sequence[Gap], years: Mapping[int, str], who: str, lang: Language) -> Table:
    """Each part by year, in percentage points of the judged, with all the late and what is missing."""
    w = Words(lang)
    names = _names((part for one in found for part in one.parts), lang)
    rows = [
        (name, *(_points(_of(one, lang).get(name), _lacking(one, w), lang) for one in found))
        for name in names
    ]
    rows.append((w("leader.gaps.late"), *(_points(one.late, "–", lang) for one in found)))
    rows.append((w("leader.in_time"), *(in_time(one, lang) for one in found)))
    rows.append((w("leader.gaps.missing"), *(missing(one, lang) for one in found)))
    headings = (w("svf.block"), *(years[one.year] for one in found))
    numeric = (False, *(True for _ in found))
    return Table(w("leader.gaps.caption", who=who), headings, numeric, tuple(rows))


def _lacking(found: Gap, w: Words) -> str:
    """What stands for a block without a part: where some are hidden together, it may be one of those."""
    hidden = any(not part.named and part.published for part in found.parts)
    return w("leader.gaps.hidden_part" if hidden else "leader.gaps.no_part")


def units_table(
    units: Sequence[tuple[str, Mapping[int, Gap]]], years: Mapping[int, str], lang: Language
) -> Table:
    """By unit and year: what is missing to the goal, and the block that explains most of it."""
    w = Words(lang)
    rows = [
        (name, *(_told(found.get(year), lang) for year in years)) for name, found in units
    ]  # fmt: skip
    headings = (w("leader.hospital"), *years.values())
    return Table(w("leader.gaps.units"), headings, (False, *(False for _ in years)), tuple(rows))


def _told(found: Gap | None, lang: Language) -> str:
    w = Words(lang)
    if found is None:
        return w("leader.unit.hidden")
    points = missing(found, lang)
    if found.largest is None:
        return points
    return w("leader.gaps.unit", missing=points, block=block_name(found.largest, lang))


def _finding(found: Sequence[Gap], years: Mapping[int, str], who: str, lang: Language) -> str:
    """How many were late in the first year and in the last."""
    w, first, last = Words(lang), found[0], found[-1]
    names = {"who": who, "last": formats.percent(last.late, lang), "until": years[last.year]}
    if len(found) == 1:
        return w("leader.gaps.one", **names)
    return w("leader.gaps.finding", first=formats.percent(first.late, lang), since=years[first.year], **names)


def _line(found: Gap, year: str, lang: Language) -> str:
    parts = [f"{name} {formats.percent(share, lang)}" for name, share in _of(found, lang).items()]
    in_time = f"{Words(lang)('leader.in_time').lower()} {formats.percent(found.share, lang)}"
    return f"{year}: {', '.join((in_time, *parts))}."


def _of(found: Gap, lang: Language) -> dict[str, float]:
    """Each part's share by its name."""
    return {block_name(part, lang): part.share for part in found.parts}


def _names(parts: Iterable[Part], lang: Language) -> list[str]:
    """What the parts are called, each once: blocks in the order of a pathway, then what has no name."""
    ordered = sorted(parts, key=lambda part: (not part.named, part.published, _steps(part)))
    return list(dict.fromkeys(block_name(part, lang) for part in ordered))


def _steps(part: Part) -> tuple[int, ...]:
    return tuple(ORDER.index(step) for step in (part.since, part.until)) if part.named else ()


def _points(value: float | None, none: str, lang: Language) -> str:
    return none if value is None else formats.decimal(100 * value, 1, lang)


def _chart(found: Sequence[Gap], years: Mapping[int, str], lang: Language) -> alt.TopLevelMixin:
    w = Words(lang)
    named = [part for one in found for part in one.parts if part.named]
    total: dict[str, float] = defaultdict(float)
    for part in named:
        total[block_name(part, lang)] += part.share
    largest = sorted(total, key=lambda name: -total[name])[:_DRAWN]
    blocks = [name for name in _names(named, lang) if name in largest]
    drawn = [w("leader.in_time"), *blocks, w("leader.gaps.rest")]
    rows = []
    for one in found:
        shares = _of(one, lang)
        sizes = [one.share, *(shares.get(name, 0.0) for name in blocks)]
        for place, (name, size) in enumerate(zip(drawn, [*sizes, 1 - sum(sizes)], strict=True)):
            row = {"year": years[one.year], "part": name, "share": round(100 * size, 6), "place": place}
            rows.append(row)
    shades = alt.Scale(domain=drawn, range=list(_SHADES[: len(drawn)]))
    sign = formats.percent_sign(lang)
    legend = alt.Legend(orient="top", title=None, columns=2, labelLimit=320, labelFontSize=13, offset=24)
    bars = alt.Chart(inline(rows)).mark_bar(stroke="#ffffff", height=20).encode(
        x=alt.X("share:Q", title=None, stack="zero", scale=alt.Scale(domain=[0, 100]),
                axis=alt.Axis(labelExpr=f"datum.value + '{sign}'", values=[0, 20, 40, 60, 80, 100])),
        y=alt.Y("year:N", sort=list(years.values()), title=None,
                axis=alt.Axis(ticks=False, domain=False, labelPadding=12)),
        color=alt.Color("part:N", scale=shades, legend=legend),
        order=alt.Order("place:Q"),
    )  # fmt: skip
    layers = [bars]
    if goal := found[-1].goal:
        text = f"{w('target').lower()} {formats.percent(goal, lang, 0)}"
        layers += labelled_line(round(100 * goal, 6), text)
    return alt.layer(*layers).properties(width=WIDTH - 160, height=_ROW * len(found))
