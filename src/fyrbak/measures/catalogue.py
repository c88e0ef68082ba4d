"""``docs/measure-catalogue.md``, generated from the definitions."""

from __future__ import annotations

from collections.abc import Iterator

from fyrbak.measures.definitions import DIMENSIONS, Measure, measures
from fyrbak.measures.standards import threshold
from fyrbak.measures.targets import targets

_KINDS = {
    "count": "count, with an exact Poisson interval",
    "proportion": "proportion, with Wilson's 95 % interval",
    "ratio": "ratio of a count to an estimated denominator; may pass 1; exact Poisson interval of the count",
    "days": "quantile of whole days, with a distribution-free 95 % interval",
    "survival": "share by a day, by Kaplan and Meier, with Greenwood's variance and a log-log 95 % interval",
    "rate": "events per 100 000 person-years of 365.25 days, with an exact Poisson interval",
}


def measure_catalogue() -> str:
    """The catalogue as one Markdown page."""
    head = [
        "# Measure catalogue",
        "",
        "Written by `make docs` from the definitions in `content/measures` and `content/targets`.",
        "What the words mean exactly is in [semantics.md](semantics.md).",
    ]
    return "\n".join([*head, *(line for measure in measures() for line in _section(measure))]) + "\n"


def _section(measure: Measure) -> Iterator[str]:
    yield from ("", f"## {measure.id}: {measure.title.en}", "", measure.meaning.en, "")
    yield f"*{measure.title.sv}.* {measure.meaning.sv}"
    yield from ("", "| | |", "|---|---|")
    yield f"| version | {measure.version}, definition `{measure.hash}` |"
    yield f"| kind | {_kind(measure)} |"
    yield f"| counts | {measure.counts.en} |"
    yield f"| cuts | {', '.join(DIMENSIONS[name].en.lower() for name in measure.dimensions)} |"
    if measure.split:
        values = "; ".join(f"`{value.id}` {value.text.en}" for value in measure.split.values)
        yield f"| always by {measure.split.title.en.lower()} | {values} |"
    yield f"| intervals | {', '.join(measure.intervals)}{_status(measure)} |"
    for target in targets(measure.id):
        place = f"{target.source.title}, {target.source.section}".rstrip(", ")
        units = " and ".join(target.units)
        yield f"| target | {target.text.en}, from {target.valid_from}, for {units} ({place}) |"
    if measure.threshold:
        one = threshold(measure.threshold)
        yield (
            f"| threshold | {one.title.en}: below {one.events:g} in {one.person_years:,.0f} person-years, "
            f"age-standardised ({one.source.title}: {one.source.section}) |"
        )
    yield f"| source | {measure.source.title}: {measure.source.section} |"
    if measure.to_verify:
        yield f"| to verify | {'; '.join(one.en for one in measure.to_verify)} |"
    if measure.exclusions:
        yield from ("", "Left out, in this order:", "")
        yield from (f"- `{reason.id}` {reason.text.en}" for reason in measure.exclusions)


def _kind(measure: Measure) -> str:
    words = _KINDS[measure.kind]
    if measure.quantile:
        return f"{words}: {measure.quantile:g}"
    if measure.by_day:
        return f"{words}: day {measure.by_day}"
    return f"{words}; the denominator is a sum divided by {measure.divisor}" if measure.divisor else words


def _status(measure: Measure) -> str:
    if measure.counted == "events":
        return ""
    if measure.counted == "time":
        return f", from {measure.since}"
    return f"; the state on each period's last day, from {measure.since}"
