"""Before a draft holds: which episodes it would judge differently, by region, without small numbers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from fyrbak.access.roles import Deed
from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.limit_change import Shown, brought_forward, limit_change, shown
from fyrbak.pathways.catalogue.selectors import Told
from fyrbak.pathways.kept import content_version
from fyrbak.records.organisations import regions
from fyrbak.records.snapshot import Snapshot
from fyrbak.remembered import Remembered
from fyrbak.reports import formats
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.web import ground
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.catalogue.reach import seen_draft, to_draft
from fyrbak.web.language import language_of
from fyrbak.web.pages import page

_YEAR = timedelta(days=365)
_tried = Remembered[tuple[list[Shown], bool]](32)


@allowed(Deed.WRITE_PATHWAY, Deed.APPROVE_PATHWAY)
def effect(request: Request, key: UUID) -> HttpResponse:
    """What the draft would change, had its new limits held during the latest year."""
    lang = language_of(request)
    words, told, opened = Words(lang), seen_draft(key), ground.snapshot()
    since = opened.as_of - _YEAR + timedelta(days=1) if opened else date.min
    rows, past = _found(opened, told, since) if opened else ([], False)
    days = {"first": since, "last": opened.as_of} if opened else {}
    span = {name: formats.day_in_text(day, lang) for name, day in days.items()}
    return page(
        request, "catalogue/effect", title=words("catalogue.draft.effect"), section="pathways",
        crumbs=to_draft(words, told), some=bool(rows),
        rows=[_row(one, words, lang) for one in _ordered(rows)],
        lead=_lead(rows, words, lang, span) if opened else words("catalogue.effect.no_data"),
        tried=words("catalogue.effect.tried", **span) if span else "",
        past=words("catalogue.effect.past" if past else "catalogue.effect.past_kept"),
    )  # fmt: skip


def _found(opened: Snapshot, told: Told, since: date) -> tuple[list[Shown], bool]:
    """The change tried on the latest year, and whether what has ended is judged differently as it is written.

    It takes a while, so it is kept until the draft, the pathways in force or the snapshot changes.
    """

    def tried() -> tuple[list[Shown], bool]:
        brought = limit_change(opened, brought_forward(told.pathway, since), "region", since=since)
        return shown(brought), limit_change(opened, told.pathway)[0].differs

    return _tried.of((opened.id, content_version(), told.latest.sha256), tried)


def _ordered(rows: list[Shown]) -> list[Shown]:
    """The country first, then the regions in their official order."""
    by_unit = {row.unit: row for row in rows}
    return [by_unit[code] for code in ("", *(place.code for place in regions())) if code in by_unit]


def _lead(rows: list[Shown], words: Words, lang: Language, span: dict[str, str]) -> str:
    """``12 av 340 förlopp bedöms annorlunda.`` ``span`` is the first and the last day that were tried."""
    if not rows:
        return words("catalogue.effect.none_ended", **span)
    whole = next(row for row in rows if not row.unit)
    if isinstance(whole.different, Suppressed) or isinstance(whole.judged, Suppressed):
        return words("catalogue.effect.hidden")
    judged = formats.integer(whole.judged, lang)
    if not whole.different:
        return words("catalogue.effect.none", judged=judged)
    return words("catalogue.effect.lead", different=formats.integer(whole.different, lang), judged=judged)


def _row(row: Shown, words: Words, lang: Language) -> dict[str, Any]:
    names = {place.code: words.of(place, "name") for place in regions()}

    def told(value: float | Suppressed | None, *, share: bool) -> str:
        if value is None:
            return words("missing")
        if isinstance(value, Suppressed):
            return formats.sentence_case(value.text(lang))
        return formats.percent(value, lang) if share else formats.integer(int(value), lang)

    return {
        "name": names.get(row.unit, words("country")),
        "whole": not row.unit,
        "judged": told(row.judged, share=False),
        "different": told(row.different, share=False),
        "before": told(row.before, share=True),
        "after": told(row.after, share=True),
    }
