"""Findings: what the engine met that cannot be right, named so that somebody can mend it."""

from __future__ import annotations

import ibis
import pyarrow as pa
from ibis.expr.types import Table

RULES = {
    "unknown_pathway": (
        "Vårdförloppet finns inte i innehållet. Rätta koden.",
        "The pathway is not in the content. Correct the code.",
    ),
    "unknown_point": (
        "Mätpunkten finns inte. Rätta koden.",
        "There is no such measuring point. Correct the code.",
    ),
    "point_not_valid": (
        "Mätpunkten används inte i vårdförloppet, eller har tagits ur bruk. Kontrollera koden.",
        "The measuring point is not used in this pathway, or is no longer in use. Check the code.",
    ),
    "unknown_variant": (
        "Utredningens variant finns inte i vårdförloppet, och gissas inte. Rätta varianten.",
        "The variant of the work-up is not one of the pathway's, and none is guessed. Correct it.",
    ),
    "date_missing": (
        "Datum saknas: händelsens dag, eller ursprunglig start för en mottagen patient utan känd start.",
        "A date is missing: that of the event, or the original start of a patient received without a start.",
    ),
    "date_not_exact": (
        "Startens eller slutets dag är bara känd till månad eller år. Förloppet räknas men bedöms inte.",
        "The day of the start or of the end is known only to its month or year. Counted, but not judged.",
    ),
    "future_date": (
        "Datumet ligger efter den sista dag som data beskriver.",
        "The date is later than the last day that the data describe.",
    ),
    "event_after_death": (
        "Händelsen är daterad efter dödsdagen. Bara andra medicinska skäl (74) kan vara det.",
        "The event is dated after the day of death. Only other medical reasons (74) can be.",
    ),
    "start_while_open": (
        "Vårdförloppet är redan startat. Den första starten gäller.",
        "The pathway has already been started. The first start holds.",
    ),
    "second_end": (
        "Vårdförloppet är redan avslutat. Det första slutet gäller.",
        "The pathway has already been ended. The first end holds.",
    ),
    "end_before_start": (
        "Slutet är daterat före starten.",
        "The end is dated before the start.",
    ),
    "end_without_start": (
        "Vårdförloppet har ett slut men ingen start.",
        "The pathway has an end but no start.",
    ),
    "under_age": (
        "Personen var under 18 år vid starten och bedöms inte mot ledtiden.",
        "The person was under 18 at the start and is not judged by the lead time.",
    ),
}


def findings(read: Table, placed: Table, judged: Table) -> Table:
    """One row per finding. Arguments are the stages of the engine: see :mod:`fyrbak.pathways.episodes`.

    Columns: person_id, pathway, episode_key (null when it concerns no episode), record_key of the event that
    it is about (null when it is about the episode), date, rule, text_sv, text_en.
    """
    nobody = ibis.null("string")
    retired = (read.fault == "") & read.retired
    unused = read.mutate(rule=retired.ifelse("point_not_valid", read.fault), episode_key=nobody)
    key = placed.person_id.cast("string") + "-" + placed.pathway + "-" + placed.ordinal.cast("string")
    misstated = read.filter((read.fault == "") & read.misstated)
    misstated = misstated.mutate(rule=ibis.literal("unknown_variant"), episode_key=nobody)
    strays = placed.mutate(rule=placed.stray, episode_key=(placed.ordinal > 0).ifelse(key, nobody))
    minors = judged.filter(~judged.of_age).mutate(
        rule=ibis.literal("under_age"), day=judged.start_date, record_key=nobody
    )
    vague = judged.filter(~judged.exact).mutate(
        rule=ibis.literal("date_not_exact"),
        record_key=nobody,
        day=judged.start_inexact.ifelse(judged.start_date, judged.end_date),
    )
    rows = ibis.union(*(_plain(stage) for stage in (unused, misstated, strays, minors, vague)))
    return rows.join(ibis.memtable(_texts()), "rule")


def _plain(rows: Table) -> Table:
    columns = rows.filter(rows.rule != "")
    return columns.select(
        "person_id", "pathway", "episode_key", "record_key", date=columns.day, rule=columns.rule
    )


def _texts() -> pa.Table:
    sv, en = zip(*RULES.values(), strict=True)
    return pa.table({"rule": list(RULES), "text_sv": list(sv), "text_en": list(en)})
