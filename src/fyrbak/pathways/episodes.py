"""The episode engine: from registered events to episodes and findings, over everyone at once.

One expression in Ibis, in five stages, each a table:

1. *read*: every event with what its point means in its pathway, and the first reason not to use it, if any
2. *placed*: the usable borders (starts, transfers in, ends) in order, each with the number of its episode
3. *begun*: one row per episode, with what its borders say
4. *gathered*: the same with what the events between its borders say
5. *judged*: the same with its limit and everything else that ``episodes`` holds

A pathway is open after a start and closed after an end, whatever came before. So whether it is open just
before a border depends only on which came last, a start or an end, and windows can tell that for everybody
at once. Four events in five are no borders; they belong to the episode between whose borders they lie, and
only those are put in order whose order matters. Only what all engines mean alike is used: order by a total
key, counts, sums, minima and maxima, days between dates. The rules in words: docs/decisions/pathways.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import ibis
import pyarrow as pa
from ibis.expr.types import BooleanValue, DateScalar, StringValue, Table

from fyrbak.pathways.definitions import ORDERS, limits_table, points_table, rules_table
from fyrbak.pathways.findings import findings
from fyrbak.pathways.shapes import BASE_VARIANT, EXTENDED_VARIANT, Pathway
from fyrbak.records.organisations import organisations
from fyrbak.records.people import completed_years, with_residence

ADULT = 18  # completed years
LATER_BY = {"M": 30, "Y": 365}  # days that a death may be later than the first day of its month or year
BORDERS = ("start", "received", "end")
_EACH = {"group_by": ["person_id", "pathway"]}
_EPISODE = ["person_id", "pathway", "ordinal"]
_WIDTH = 6  # digits of an event's place when it is put before a text
_DAY_ONE = date(1900, 1, 1)
_VARIANTS = pa.schema([("pathway", pa.string()), ("stated", pa.string()), ("is_variant", pa.bool_())])

EPISODE_COLUMNS = (
    "episode_key",
    "person_id",
    "pathway",
    "ordinal",
    "start_date",
    "start_region",
    "region",
    "hospital",
    "home_region",
    "received",
    "end_date",
    "end_point",
    "outcome",
    "treatment",
    "variant",
    "visit_date",
    "conference_date",
    "decision_date",
    "days",
    "limit_days",
    "limit_state",
    "judged",
    "within",
    "overshoot",
    "sex",
    "age",
    "rule",
)


def episodes(
    *,
    events: Table,
    persons: Table,
    residences: Table,
    deaths: Table,
    pathways: Sequence[Pathway],
    as_of: date | DateScalar,
    keep: Callable[[Table], Table] = lambda stage: stage,
) -> tuple[Table, Table]:
    """Return (episodes, findings), with the columns of docs/architecture.md, in no given order.

    The tables are those of a snapshot: pathway_event, person, residence and death. For one person, give that
    person's rows. Nothing after ``as_of`` counts. Each stage is used more than once: ``keep`` may compute it
    and return the stored answer; without it everything is one expression.
    """
    chosen = tuple(pathways)
    read = keep(_read(events, deaths, chosen, as_of))
    placed = keep(_placed(read))
    begun = keep(_begun(placed, chosen))
    gathered = keep(_gathered(begun, placed, read))
    judged = keep(_judged(gathered, persons, residences, chosen))
    return judged.select(*EPISODE_COLUMNS), findings(read, placed, judged)


def _text(column: StringValue) -> StringValue:
    """The text, empty when missing."""
    return column.fill_null("")


def _true(flag: BooleanValue) -> BooleanValue:
    """Whether it is true; not where it is missing."""
    return flag.fill_null(False)  # noqa: FBT003


def _with(rows: Table, other: Table, keys: Sequence[str]) -> Table:
    """The rows with the columns of another table, null where it has no row with the same keys."""
    return rows.left_join(other, keys).drop(*(f"{key}_right" for key in keys))


def _read(events: Table, deaths: Table, pathways: tuple[Pathway, ...], as_of: date | DateScalar) -> Table:
    """Each event with its meaning. ``fault`` names the first reason not to use it, if any.

    ``moment`` is the day and the place of the point within a day as one number: of two points it is never the
    same.
    """
    died = deaths.select(
        "person_id",
        died_by=ibis.cases(
            *(
                (
                    deaths.death_precision == precision,
                    (deaths.death_date + ibis.interval(days=n)).cast("date"),
                )
                for precision, n in LATER_BY.items()
            ),
            else_=deaths.death_date,
        ),
    )
    rows = events.select(
        "person_id",
        "pathway",
        "point",
        "record_key",
        "original_start",
        day=events.start_date,
        inexact=events.start_precision.fill_null("D") != "D",
        stated=_text(events.variant),
        region=_text(events.region),
        unit=_text(events.unit),
    )
    rows = _with(rows, _meaning(pathways), ["pathway", "point"])
    rows = _with(rows, died.group_by("person_id").aggregate(died_by=died.died_by.max()), ["person_id"])
    rows = _with(rows, _variants(pathways), ["pathway", "stated"])
    known = rows.is_variant.notnull()
    days = rows.day.delta(ibis.literal(_DAY_ONE), unit="day")
    return rows.mutate(
        moment=days.cast("int32") * ORDERS + rows.order,
        stated=ibis.ifelse(known, rows.stated, ""),
        misstated=(rows.stated != "") & ~known & rows.pathway.isin([p.id for p in pathways if p.variants]),
        retired=_true(rows.day >= rows.retired_from),
        fault=ibis.cases(
            (rows.pathway.notin([p.id for p in pathways]), "unknown_pathway"),
            (rows.step.isnull(), "unknown_point"),
            (~rows.used, "point_not_valid"),
            (rows.day.isnull(), "date_missing"),
            (rows.day > as_of, "future_date"),
            ((rows.day > rows.died_by) & ~rows.after_death, "event_after_death"),
            else_="",
        ),
    ).drop("order", "used", "after_death", "retired_from", "died_by", "is_variant")


def _meaning(pathways: tuple[Pathway, ...]) -> Table:
    """What decides whether and where an event is used."""
    points = ibis.memtable(points_table(pathways))
    return points.drop("outcome", "treatment")


def _variants(pathways: tuple[Pathway, ...]) -> Table:
    """The variants of work-up that each pathway has."""
    named = [(p.id, variant) for p in pathways for variant in p.variant_ids]
    columns = {"pathway": [name for name, _ in named], "stated": [variant for _, variant in named]}
    return ibis.memtable(pa.table({**columns, "is_variant": [True] * len(named)}, schema=_VARIANTS))


def _placed(read: Table) -> Table:
    """The usable borders of each person and pathway, each with its place among the episodes.

    Adds ``place`` (1, 2, ... in order), ``opens`` and ``closes`` (the event begins or ends an episode),
    ``inside`` (it belongs to one), ``ordinal`` (episodes begun so far) and ``stray`` (the finding it gives
    rise to, or empty).
    """
    rows = _ordered(read.filter((read.fault == "") & read.step.isin(BORDERS)).drop("fault", "retired"))
    rows = rows.mutate(opener=(rows.step == "start") | ((rows.step == "received") & _start_is_news(rows)))
    before = ibis.window(**_EACH, order_by="place", preceding=(None, 1))
    rows = rows.mutate(
        last_opener=rows.place.max(where=rows.opener).over(before).fill_null(0),
        last_end=rows.place.max(where=rows.step == "end").over(before).fill_null(0),
    )
    rows = rows.mutate(is_open=rows.last_opener > rows.last_end)
    rows = rows.mutate(
        opens=rows.opener & ~rows.is_open,
        closes=(rows.step == "end") & rows.is_open,
        inside=rows.opener | rows.is_open,
    )
    so_far = ibis.window(**_EACH, order_by="place", preceding=None, following=0)
    rows = rows.mutate(
        ordinal=rows.opens.sum().over(so_far),
        begun=rows.opens.sum().over(ibis.window(**_EACH)),
    )
    return rows.mutate(stray=_stray(rows))


def _ordered(rows: Table) -> Table:
    """Add ``place`` and ``ended_on`` (the latest end before the event)."""
    order = [rows.moment, rows.record_key]
    before = ibis.window(**_EACH, order_by=order, preceding=(None, 1))
    return rows.mutate(
        place=(ibis.row_number() + 1).over(ibis.window(**_EACH, order_by=order)),
        ended_on=rows.day.max(where=rows.step == "end").over(before),
    )


def _start_is_possible(rows: Table) -> BooleanValue:
    """Whether a received patient has an original start that is not later than the transfer itself."""
    return rows.original_start.notnull() & (rows.original_start <= rows.day)


def _start_is_news(rows: Table) -> BooleanValue:
    """Whether the original start of a received patient begins something that no end has closed yet."""
    return _start_is_possible(rows) & (rows.ended_on.isnull() | (rows.original_start > rows.ended_on))


def _stray(rows: Table) -> StringValue:
    """The rule that a start, transfer or end breaks by its place; empty for all others."""
    received = (rows.step == "received") & ~rows.inside
    end = (rows.step == "end") & ~rows.inside
    return ibis.cases(
        ((rows.step == "start") & rows.is_open, "start_while_open"),
        (received & _start_is_possible(rows), "start_while_open"),
        (received, "date_missing"),
        (end & (rows.ordinal > 0), "second_end"),
        (end & (rows.begun > 0), "end_before_start"),
        (end, "end_without_start"),
        else_="",
    )


def _begun(placed: Table, pathways: tuple[Pathway, ...]) -> Table:
    """One row per episode, from its borders. ``closed_at`` is null while it is open."""
    rows = placed.filter(placed.inside)
    start = ibis.ifelse(rows.step == "received", rows.original_start, rows.day)
    told = (rows.step == "received") & rows.opener
    # The first receiver: the least of place and text written as one text.
    receiver = rows.place.cast("string").lpad(_WIDTH, "0") + rows.region
    begun = rows.group_by(_EPISODE).aggregate(
        opened_at=rows.moment.max(where=rows.opens),
        closed_at=rows.moment.max(where=rows.closes),
        start_date=start.min(where=rows.opens | told),
        opened_on=start.max(where=rows.opens),
        opened_in=rows.region.max(where=rows.opens & (rows.step == "start")).fill_null(""),
        receiver=receiver.min(where=told).substr(_WIDTH).fill_null(""),
        received=(rows.step == "received").any(),
        start_inexact=(rows.inexact & rows.opens & (rows.step == "start")).any(),
        end_inexact=(rows.inexact & rows.closes).any(),
        end_date=rows.day.max(where=rows.closes),
        end_point=rows.point.max(where=rows.closes),
        end_region=rows.region.max(where=rows.closes),
        end_unit=rows.unit.max(where=rows.closes),
    )
    points = ibis.memtable(points_table(pathways)).select(
        "pathway", "outcome", "treatment", end_point="point"
    )
    begun = _with(begun, points, ["pathway", "end_point"])
    # A start that came before the one registered here: was that one the sender's own, or the receiver's?
    sender_unknown = begun.receiver.isin(["", begun.opened_in])
    moved = begun.start_date < begun.opened_on
    return begun.mutate(
        start_region=(moved & sender_unknown).ifelse("", begun.opened_in),
        start_inexact=begun.start_inexact & ~moved,
        outcome=begun.outcome.fill_null("open"),
        treatment=begun.treatment.fill_null(""),
    )


def _gathered(begun: Table, placed: Table, read: Table) -> Table:
    """The episodes with what the events inside them say, those between the borders and the borders."""
    spans = begun.select(*_EPISODE, "opened_at", "closed_at")
    days = _between(read, spans)
    milestones = days.group_by(_EPISODE).aggregate(
        **{
            f"{step}_date": days.day.min(where=days.step == step)
            for step in ("visit", "conference", "decision")
        }
    )
    rows = _with(begun, milestones, _EPISODE)
    rows = _with(rows, _told(_telling(spans, placed, read)), _EPISODE)
    return rows.mutate(
        region=rows.end_region.coalesce(rows.last_region),
        unit=rows.end_unit.coalesce(rows.last_unit),
        stated=_text(rows.stated),
        misstated=_true(rows.misstated),
        extended=_true(rows.extended),
    )


def _between(read: Table, spans: Table) -> Table:
    """The usable events between the borders of an episode, with its columns in ``spans``."""
    rows = read.filter((read.fault == "") & read.step.notin(BORDERS)).join(spans, ["person_id", "pathway"])
    not_over = rows.closed_at.isnull() | (rows.moment < rows.closed_at)
    return rows.filter((rows.moment > rows.opened_at) & not_over)


def _telling(spans: Table, placed: Table, read: Table) -> Table:
    """The events that say something of the work-up, and all of an open episode: its last one says where.

    The two are asked for apart, so that no engine joins all events to find the few.
    """
    said = ("moment", "record_key", "region", "unit", "stated", "misstated", "extended")
    inside = placed.filter(placed.inside)
    open_ones, closed = spans.filter(spans.closed_at.isnull()), spans.filter(spans.closed_at.notnull())
    return ibis.union(
        *(
            rows.select(*_EPISODE, *said)
            for rows in (
                _between(read, open_ones),
                _between(_speaking(read), closed),
                inside.join(open_ones, _EPISODE),
                _speaking(inside).join(closed, _EPISODE),
            )
        )
    )


def _speaking(rows: Table) -> Table:
    return rows.filter((rows.stated != "") | rows.misstated | rows.extended)


def _told(rows: Table) -> Table:
    """One row per episode: the last stated variant, and where the last event took place."""
    ordered = ibis.window(group_by=_EPISODE, order_by=[rows.moment, rows.record_key])
    rows = rows.mutate(
        place=(ibis.row_number() + 1).over(ordered),
        last=rows.moment.lead().over(ordered).isnull(),
    )
    # The last stated variant: the greatest of place and text written as one text.
    stated = rows.place.cast("string").lpad(_WIDTH, "0") + rows.stated
    return rows.group_by(_EPISODE).aggregate(
        stated=stated.max(where=rows.stated != "").substr(_WIDTH),
        misstated=rows.misstated.any(),
        extended=rows.extended.any(),
        last_region=rows.region.max(where=rows.last),
        last_unit=rows.unit.max(where=rows.last),
    )


def _judged(gathered: Table, persons: Table, residences: Table, pathways: tuple[Pathway, ...]) -> Table:
    """Each episode with its variant, place, person, limit and verdict."""
    rows = _with_person(gathered, persons, residences)
    rows = rows.join(ibis.memtable(rules_table(pathways)), "pathway")
    rows = rows.mutate(exact=~(rows.start_inexact | rows.end_inexact))
    days = rows.end_date.delta(rows.start_date, unit="day").cast("int32")
    rows = rows.mutate(
        variant=ibis.cases(
            (rows.stated != "", rows.stated),
            (rows.misstated, ""),
            (rows.extended & rows.has_extended, EXTENDED_VARIANT),
            (rows.has_base, BASE_VARIANT),
            else_="",
        ),
        days=rows.exact.ifelse(days, ibis.null("int32")),
    )
    rows = _with(rows, ibis.memtable(_hospitals()), ["unit"])
    rows = _with_limit(rows, pathways)
    rows = rows.mutate(
        limit_days=rows.exact.ifelse(rows.limit_days, ibis.null("int32")),
        age=completed_years(rows.birth_date, rows.start_date),
    )
    rows = rows.mutate(
        of_age=rows.age.isnull()
        | (rows.age >= ADULT)
        | (rows.children_until.notnull() & (rows.start_date <= rows.children_until))
    )
    treated = rows.outcome == "treated"
    rows = rows.mutate(
        episode_key=rows.person_id.cast("string") + "-" + rows.pathway + "-" + rows.ordinal.cast("string"),
        ordinal=rows.ordinal.cast("int32"),
        hospital=rows.hospital.fill_null(""),
        sex=rows.sex.fill_null("U"),
        limit_state=ibis.cases(
            (~treated, "not_applicable"), (rows.limit_days.notnull(), "known"), else_="missing"
        ),
        judged=treated & rows.limit_days.notnull() & rows.of_age,
        rule=_rule(rows),
    )
    late = rows.judged & (rows.days > rows.limit_days)
    rows = rows.mutate(
        within=rows.judged.ifelse(rows.days <= rows.limit_days, ibis.null(bool)),
        overshoot=late.ifelse(
            (rows.days - rows.limit_days).cast("float64") / rows.limit_days, ibis.null(float)
        ),
    )
    return rows.select(*EPISODE_COLUMNS, "exact", "start_inexact", "of_age")


def _hospitals() -> pa.Table:
    """The hospital of every hospital and unit: columns unit, hospital."""
    placed = [
        (o.code, o.code if o.kind == "hospital" else o.parent)
        for o in organisations()
        if o.kind in ("hospital", "unit")
    ]
    return pa.table({"unit": [unit for unit, _ in placed], "hospital": [hospital for _, hospital in placed]})


def _with_person(rows: Table, persons: Table, residences: Table) -> Table:
    """Add ``sex``, ``birth_date`` and ``home_region``: where the person lived at the end (the start while
    open), empty if unknown.

    Few of all persons have an episode. They are picked out first; an engine would rather build its look-up of
    everybody than of the few.
    """
    own, homes = (table.semi_join(rows, "person_id") for table in (persons, residences))
    rows = rows.mutate(home_day=rows.end_date.coalesce(rows.start_date))
    rows = with_residence(rows, homes, on="home_day", name="home_region")
    rows = _with(rows, own.select("person_id", "sex", "birth_date"), ["person_id"])
    return rows.mutate(home_region=_text(rows.home_region))


def _with_limit(rows: Table, pathways: tuple[Pathway, ...]) -> Table:
    """Add the limit in force on the end date: ``limit_days`` (null unless known) and ``words``."""
    limits = ibis.memtable(limits_table(pathways)).rename(limit_days="days")
    same = [rows[name] == limits[name] for name in ("pathway", "treatment", "variant")]
    in_force = [limits.valid_from <= rows.end_date, rows.end_date <= limits.valid_to]
    return rows.left_join(limits, [*same, *in_force]).select(rows, limits.limit_days, limits.words)


def _rule(rows: Table) -> StringValue:
    """Why the episode has this limit or none."""
    words = ibis.cases(
        (rows.outcome == "open", "open, no limit applies"),
        (rows.outcome == "closed", "closed without treatment, no limit applies"),
        (~rows.exact, "limit missing: the day of the start or of the end is not known exactly"),
        (rows.words.notnull(), rows.words),
        (rows.has_variants & (rows.variant == ""), "limit missing: the variant is not stated"),
        else_="limit missing: no known limit was in force on the end date",
    )
    minor = rows.of_age.ifelse("", "; not judged: under 18 at the start")
    return rows.pathway + "@" + rows.version + ": " + words + minor
