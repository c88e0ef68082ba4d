"""Each block of the pathways as a control chart, week by week or month by month."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from fyrbak.definitions import pick
from fyrbak.measures.compare import trend
from fyrbak.measures.definitions import Interval
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.results import Result
from fyrbak.measures.weeks import BLOCKS, FEWEST, weekly_blocks
from fyrbak.records.organisations import COUNTRY
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports.words import Words
from fyrbak.web.language import language_of
from fyrbak.web.leader.charted import charted
from fyrbak.web.leader.choice import Choice, series, who
from fyrbak.web.leader.frame import of_a_region, week_page
from fyrbak.web.subject import Field

_STEPS = ("month", "week")


@of_a_region
def block_charts(request: HttpRequest, opened: Snapshot, chosen: Choice) -> HttpResponse:
    """The median days of each block of those whose treatment began, with the limits of their own noise.

    Raises UnknownNameError for a step of time that there is not.
    """
    lang = language_of(request)
    words = Words(lang)
    step = pick("step", request.GET.get("step") or _STEPS[0], list(_STEPS))
    blocks = measure_named(BLOCKS)
    # As for the share: by pathway and month nearly all would be hidden, so it is a quarter, of the country.
    longer: Interval = "quarter" if chosen.pathway else "month"
    wide = chosen.everywhere if chosen.both and step == "month" else chosen
    if step == "week":
        found = weekly_blocks(opened, chosen.narrowed)
        named, note = words("leader.step.week"), words("leader.block_weeks.note", fewest=FEWEST)
    else:
        found = _by_block(series(opened, blocks, wide.narrowed, longer))
        named = words(f"page.interval.{longer}")
        note = words("leader.coarser", who=who(wide, words)) if wide is not chosen else ""
    charts = [
        charted(blocks, found.get(value.id, []),
                words("leader.block_chart", block=words.text(value.text), step=named.lower()),
                "", who(wide, words), lang, pathway=chosen.pathway)
        for value in (blocks.split.values if blocks.split else ())
    ]  # fmt: skip
    options = [("month", words(f"page.interval.{longer}")), ("week", words("leader.step.week"))]
    return week_page(
        request, "leader_block_charts", chosen, charts=charts, note=note,
        also=[Field("step", words("page.interval"), step, options)],
    )  # fmt: skip


def _by_block(found: list[Result]) -> dict[str, list[Result]]:
    """Results in time order by their block."""
    names = dict.fromkeys(one.cut["block"] for one in found)
    return {name: trend(found, COUNTRY, {"block": name}) for name in names}
