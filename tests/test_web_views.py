"""What the pages put together themselves: published days, counted levels, missing limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from fyrbak.measures.results import Result
from fyrbak.pathways.definitions import pathway
from fyrbak.reports.marks import Mark, counted, verdict_marks
from fyrbak.reports.words import Words
from fyrbak.web.views.pathways import told


def result(measure: str, n: int, value: float | None) -> Result:
    return Result(
        measure, "1", "2024", date(2024, 1, 1), date(2024, 12, 31), "SE", {}, n, n, n, value, None, None,
        "s", True,
    )  # fmt: skip


def test_published_days_add_up_along_the_chain() -> None:
    days = [day for day, _ in pathway("prostata").milestones]
    assert days == [15, 26, 61]


def test_a_pathway_without_a_published_chain_has_no_milestones() -> None:
    assert pathway("lunga").milestones == ()


def test_an_unconfirmed_block_makes_no_milestone() -> None:
    sure = pathway("prostata")
    unsure = sure.model_copy(
        update={"blocks": tuple(block.model_copy(update={"to_verify": True}) for block in sure.blocks)}
    )
    assert unsure.milestones == ()


def test_marks_are_counted_in_the_order_of_the_scale_and_none_is_lost() -> None:
    met, *_, missed = verdict_marks("sv")
    mixed = Mark("◒", "U/E", "Uppnått / Ej påbörjat", "ink")
    found = counted([missed, mixed, missed, met], verdict_marks("sv"))
    assert found == ((met, 1), (missed, 2), (mixed, 1))


def test_treated_but_not_judged_means_that_the_limit_is_missing() -> None:
    row = {"svf_lead_time": None, "svf_days_median": result("svf_days_median", 12, 40.0)}
    assert told(row, Words("sv"))[0] == "Gräns saknas"


def test_nobody_treated_is_no_missing_limit() -> None:
    nobody = result("svf_days_median", 0, None)
    assert told({"svf_lead_time": None, "svf_days_median": nobody}, Words("sv"))[0] == "Uppgift saknas"
    judged = replace(result("svf_lead_time", 10, 0.5), numerator=5)
    assert told({"svf_lead_time": judged, "svf_days_median": nobody}, Words("sv"))[0] == judged
