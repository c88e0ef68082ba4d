"""How events, rules, consequences and tasks are told, on pages and in files alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from fyrbak.pathways.definitions import measuring_points, pathways
from fyrbak.pathways.events.consequences import Consequence
from fyrbak.pathways.events.rules import Allowed, Reason, Verdict
from fyrbak.pathways.events.walk import Event
from fyrbak.records.organisations import organisations
from fyrbak.reports import formats
from fyrbak.reports.words import Words


def reason(broken: Reason, words: Words) -> str:
    """What is wrong with an event and what to do about it."""
    day = partial(formats.day_in_text, lang=formats.language(words.lang))
    return f"{formats.sentence_case(broken.said(words.lang, day))} {broken.mend(words.lang, day)}"


def pathway_title(name: str, words: Words) -> str:
    """What a pathway is called; the id where the content does not know it."""
    return {one.id: str(getattr(one.title, words.lang)) for one in pathways()}.get(name, name)


def point_title(point: str, words: Words) -> str:
    """What a measuring point is called, with its two digits."""
    known = measuring_points().get(point)
    return f"{getattr(known.title, words.lang)} ({point})" if known else point


def place(event: Event, words: Words) -> str:
    """Where an event happened."""
    names = {one.code: words.of(one, "name") for one in organisations()}
    return names.get(event.unit or event.region, words("events.nowhere"))


def led_to(told: Consequence, event: Event, words: Words) -> str:
    """What registering leads to: "Förloppet avslutas. 34 dagar, gräns 28."."""
    lang = formats.language(words.lang)
    names = {
        "pathway": pathway_title(event.pathway, words),
        "start": formats.day_in_text(told.start, lang) if told.start else "",
        "end": formats.day_in_text(told.end, lang) if told.end else "",
    }
    said = words(f"events.leads.{told.kind}", **names)
    if told.days is None or told.kind == "starts":
        return said
    days = words.counted(told.days, "events.days")
    if told.end is None or not told.treated:
        return f"{said} {days}."
    limit = words("events.limit", limit=told.limit) if told.limit is not None else words("events.no_limit")
    over = told.limit is not None and told.days > told.limit
    late = f" {words.counted(told.days - (told.limit or 0), 'events.late')}" if over else ""
    return f"{said} {days}, {limit}.{late}"


@dataclass(frozen=True)
class Choice:
    """A measuring point that may come next, or why it may not."""

    point: str
    title: str
    why_not: str = ""


def choices(verdicts: dict[str, Verdict], words: Words) -> tuple[list[Choice], list[Choice]]:
    """What may come next, and what may not with why: those with the same reason together."""
    able: list[Choice] = []
    unable: dict[str, list[str]] = {}
    for point, verdict in verdicts.items():
        title = point_title(point, words)
        if isinstance(verdict, Allowed):
            able.append(Choice(point, title))
        else:
            unable.setdefault(reason(verdict.reason, words), []).append(title)
    return able, [Choice("", words.listed(titles), why) for why, titles in unable.items()]
