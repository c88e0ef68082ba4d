"""Where days are lost, in words and in a picture: the gap to the goal by blocks, and how late the late are.

What each block answers for, and what of it may be shown, is decided in ``measures/lost_days_shown.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import altair as alt

from fyrbak.measures.compare import Comparison
from fyrbak.measures.lost_days_shown import Gap, Part
from fyrbak.measures.results import Result
from fyrbak.reports import formats
from fyrbak.reports.drawing import AMBER, INK, LINE, SLATE, WIDTH, Figure, Table, inline, specification
from fyrbak.reports.figures import labelled_line
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words

_ROW = 34


def block_name(part: Part, lang: Language) -> str:
    """What a part is called: the steps it runs between, or why it has no name."""
    w = Words(lang)
    if part.named:
        return w("leader.block", since=w(f"svf.step.{part.since}"), until=w(f"svf.step.{part.until}"))
    return w("leader.block.hidden" if part.published else "leader.block.unpublished")


def in_time(found: Gap, lang: Language) -> str:
    """The share in time with its interval and how many it rests on."""
    ends = "–".join(formats.decimal(100 * end, 1, lang) for end in found.share_ends)
    counts = Words(lang)(
        "of", part=formats.integer(found.in_time, lang), whole=formats.integer(found.judged, lang)
    )
    return f"{formats.percent(found.share, lang)} ({ends}) · {counts}"


def missing(found: Gap, lang: Language) -> str:
    """What is missing to the goal in percentage points, with its interval; a dash without a goal."""
    if found.goal is None:
        return "–"
    value, *ends = (formats.decimal(100 * end, 1, lang) for end in (found.missing, *found.missing_ends))
    return f"{value} ({'–'.join(ends)})"


def gap_figure(found: Gap, who: str, lang: Language) -> Figure:
    """Those in time and each block's part of the others, end to end up to all, with the goal as a line."""
    w = Words(lang)
    lines = [f"{name}: {formats.percent(size, lang)}." for name, size, _ in _bars(found, lang)]
    return Figure(
        title=finding(found, who, lang),
        alt=w("leader.gap.alt", who=who, year=found.year, lines=" ".join(lines)),
        note=" ".join(notes(found, lang)),
        table=gap_table(found, who, lang),
        spec=specification(_chart(found, lang)),
        lang=lang,
    )


def finding(found: Gap, who: str, lang: Language) -> str:
    """Which block explains most of the gap; that it is closed; or that no block can be named."""
    w, largest = Words(lang), found.largest
    if found.goal is not None and not found.missing:
        return w("leader.gap.reached", who=who, year=found.year)
    if largest is None:
        return w("leader.gap.nameless", who=who, year=found.year)
    share = formats.percent(largest.share / found.late, lang, 0)
    return w("leader.gap.largest", who=who, year=found.year, block=block_name(largest, lang), share=share)


def notes(found: Gap, lang: Language) -> Iterator[str]:
    """How the parts are to be read, and what could not be divided."""
    w = Words(lang)
    yield w("leader.gap.in_time", share=in_time(found, lang))
    if found.goal is not None:
        yield w("leader.gap.missing", points=missing(found, lang))
    yield w("leader.gap.note")
    if unpublished := next((part for part in found.parts if not part.published), None):
        share = formats.percent(unpublished.share / found.late, lang, 0)
        yield w("leader.gap.unpublished", share=share)
    if any(part.published and not part.named for part in found.parts):
        yield w("leader.gap.hidden")


def gap_table(found: Gap, who: str, lang: Language) -> Table:
    """Each part, its proportion of what is missing to the goal, and the rise if it alone kept its days."""
    w = Words(lang)

    def points(value: float | None) -> str:
        return "–" if value is None else formats.decimal(100 * value, 1, lang)

    headings = ["svf.block", "leader.gap.part", *(["leader.gap.of_goal"] if found.goal else [])]
    rows = []
    for part in found.parts:
        of_goal = [points(found.of_missing(part))] if found.goal else []
        rows.append((block_name(part, lang), points(part.share), *of_goal, points(part.alone)))
    of_goal = [points(found.missing)] if found.goal else []
    rows.append((w("leader.gap.sum"), points(found.late), *of_goal, "–"))
    named = tuple(w(key) for key in (*headings, "leader.gap.alone"))
    numeric = (False, *(True for _ in named[1:]))
    return Table(w("leader.gap.caption", who=who, year=found.year), named, numeric, tuple(rows))


def _bars(found: Gap, lang: Language) -> list[tuple[str, float, str]]:
    """Each row of the picture: its name, its size, its colour."""
    w = Words(lang)
    named = [(block_name(part, lang), part.share, AMBER if part.named else LINE) for part in found.parts]
    return [(w("leader.in_time"), found.share, INK), *named]


def _chart(found: Gap, lang: Language) -> alt.TopLevelMixin:
    order, rows, begun = [name for name, _, _ in _bars(found, lang)], [], 0.0
    for name, size, colour in _bars(found, lang):
        ends = {"from": round(100 * begun, 6), "to": round(100 * (begun + size), 6)}
        rows.append({"name": name, "colour": colour, "text": formats.percent(size, lang), **ends})
        begun += size
    sign = formats.percent_sign(lang)
    base = alt.Chart(inline(rows)).encode(
        y=alt.Y("name:N", sort=order, title=None,
                axis=alt.Axis(ticks=False, domain=False, labelPadding=12, labelLimit=300)),
    )  # fmt: skip
    scale = alt.Scale(domain=[0, 112], nice=False)
    axis = alt.Axis(labelExpr=f"datum.value + '{sign}'", values=[0, 20, 40, 60, 80, 100])
    layers = [
        base.mark_bar(height=20).encode(
            x=alt.X("from:Q", scale=scale, title=None, axis=axis), x2=alt.X2("to:Q"),
            color=alt.Color("colour:N", scale=None),
        ),
        base.mark_text(align="left", dx=6, color=SLATE).encode(x=alt.X("to:Q"), text=alt.Text("text:N")),
    ]  # fmt: skip
    if found.goal:
        goal = f"{Words(lang)('target').lower()} {formats.percent(found.goal, lang, 0)}"
        layers += labelled_line(round(100 * found.goal, 6), goal)
    return alt.layer(*layers).properties(width=WIDTH - 260, height=_ROW * len(rows))


def unjudged_sentence(found: Result | None, lang: Language) -> str:
    """How many treated pathways no confirmed limit judges, since the share in time leaves them out.

    Empty where nobody was treated; where the numbers are hidden it says that some may be left out.
    """
    if found is None or not (found.n or found.suppressed):
        return ""
    w = Words(lang)
    if found.value is None or found.numerator is None or found.n is None:
        return w("leader.unjudged.hidden", year=found.period)
    return w(
        "leader.unjudged", number=formats.integer(found.numerator, lang), all=formats.integer(found.n, lang),
        share=formats.value(found, lang), interval=formats.interval(found, lang), year=found.period,
    )  # fmt: skip


def overshoot_sentence(
    furthest: Comparison | None, share: Comparison | None, ends: tuple[Result, Result], lang: Language
) -> str:
    """What has happened to those furthest beyond the limit, beside the share in time; empty without years."""
    if furthest is None:
        return ""
    w, (first, last) = Words(lang), ends
    moved = w(
        f"leader.furthest.{furthest.difference}",
        first=formats.value(first, lang), last=formats.value(last, lang),
        since=first.period, until=last.period,
    )  # fmt: skip
    return f"{moved} {w(f'leader.share.{share.difference}')}" if share else moved


def years_table(caption: str, series: Sequence[tuple[str, Sequence[Result]]], lang: Language) -> Table:
    """Rows of results by year, with intervals and counts: a column for each year that any row has."""
    w = Words(lang)
    periods = sorted({one.period: formats.period(one, lang) for _, row in series for one in row}.items())
    rows = []
    for name, row in series:
        found = {one.period: _with_interval(one, lang) for one in row}
        rows.append((name, *(found.get(period, w("missing")) for period, _ in periods)))
    headings = ("", *(said for _, said in periods))
    return Table(caption, headings, (False, *(True for _ in periods)), tuple(rows))


def _with_interval(one: Result, lang: Language) -> str:
    """A result with its interval and how many it rests on, or the word for why there is none."""
    value = formats.value(one, lang)
    if one.value is None:
        return value
    return f"{value} ({formats.interval(one, lang)}) · {formats.counts(one, lang)}"
