"""Returned referrals in words: tables by centre, month and reason, and the rows of the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from fyrbak.library.referrals import Reason, reasons
from fyrbak.library.returns.counts import ALL, Counts, Place, Share
from fyrbak.measures.disclosure import Suppressed
from fyrbak.reports import formats
from fyrbak.reports.drawing import Table
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words

COLUMNS = (
    "region", "year", "month", "centre", "reason", "state", "returned", "assessed", "share", "lower", "upper",
)  # fmt: skip
_SHARE = ("returns.assessed", "returns.share", "interval")


def reason_title(reason: Reason, words: Words) -> str:
    """What was wrong, as a line of its own."""
    title = words.text(reason.title)
    return words("returns.lacking", what=title[:1].lower() + title[1:]) if reason.lacking else title


def titles(words: Words) -> dict[str, str]:
    """The titles of all reasons by id."""
    return {one.id: reason_title(one, words) for one in reasons()}


def by_centre(counts: Counts, month: date | None, when: str, lang: Language) -> Table:
    """All centres, then each; of a month also the share of what was assessed."""
    words = Words(lang)
    rows = [
        (words("returns.all_centres"), Place(month)),
        *((one, Place(month, one)) for one in counts.centres),
    ]
    caption = words("returns.by_centre", when=when)
    return _table(caption, words("returns.field.centre"), rows, counts, lang, shares=month is not None)


def by_month(counts: Counts, centre: str, months: Sequence[date], who: str, lang: Language) -> Table:
    """The year, then each month; of one centre also the share of what was assessed."""
    words = Words(lang)
    named = [(formats.sentence_case(formats.month_in_text(one, lang)), Place(one, centre)) for one in months]
    rows = [(words("returns.whole_year"), Place(None, centre)), *named]
    return _table(
        words("returns.by_month", who=who), words("returns.month"), rows, counts, lang, shares=centre != ALL
    )


def by_reason(counts: Counts, at: Place, who: str, when: str, lang: Language) -> Table:
    """All reasons, then each."""
    words = Words(lang)
    named = [(title, Place(at.month, at.centre, id_)) for id_, title in titles(words).items()]
    rows = [(words("returns.all_reasons"), at), *named]
    caption = words("returns.by_reason", who=who, when=when)
    return _table(caption, words("returns.field.reason"), rows, counts, lang, shares=False)


def _table(
    caption: str,
    first: str,
    rows: Iterable[tuple[str, Place]],
    counts: Counts,
    lang: Language,
    *,
    shares: bool,
) -> Table:
    words = Words(lang)
    also = _SHARE if shares else ()
    told = tuple(
        (name, _number(counts.returned(at), lang), *(_share(counts, at, lang) if shares else ()))
        for name, at in rows
    )
    headings = (first, words("returns.returned"), *(words(key) for key in also))
    return Table(caption, headings, (False, True, *(True for _ in also)), told)


def _number(found: int | Suppressed | None, lang: Language) -> str:
    if isinstance(found, Suppressed):
        return formats.sentence_case(found.text(lang))
    return Words(lang)("missing") if found is None else formats.integer(found, lang)


def _share(counts: Counts, at: Place, lang: Language) -> tuple[str, str, str]:
    """How many were assessed, the share and its interval, or why it cannot be told; of sums nothing."""
    if at.month is None or at.centre == ALL:
        return "–", "–", "–"
    found = counts.share(at)
    if not isinstance(found, Share):
        return _number(found, lang), Words(lang)("returns.cannot_tell"), "–"
    if found.value is None or found.lower is None or found.upper is None:
        return formats.integer(found.n, lang), "–", "–"
    ends = (formats.decimal(100 * end, 1, lang) for end in (found.lower, found.upper))
    return formats.integer(found.n, lang), formats.percent(found.value, lang), "–".join(ends)


def file_rows(counts: Counts, region: str, year: int, months: Sequence[date]) -> Iterator[dict[str, Any]]:
    """Every cell as a row of the file: an empty month, centre or reason is all of them.

    ``state`` is ``shown``, ``hidden`` (small numbers) or ``no data``. Reasons without data are left out.
    """
    for month in (None, *months):
        for centre in (ALL, *counts.centres):
            for reason in (ALL, *(one.id for one in reasons())):
                at = Place(month, centre, reason)
                found, share = counts.returned(at), counts.share(at)
                if found is None and reason:
                    continue
                yield {
                    "region": region, "year": year, "month": f"{month:%Y-%m}" if month else "",
                    "centre": centre, "reason": reason, **_cells(found, share),
                }  # fmt: skip


def _cells(found: int | Suppressed | None, share: Share | Suppressed | None) -> dict[str, Any]:
    if not isinstance(found, int):
        return {"state": "no data" if found is None else "hidden"}
    told = share if isinstance(share, Share) else None
    return {
        "state": "shown", "returned": found, "assessed": told.n if told else None,
        "share": told.value if told else None, "lower": told.lower if told else None,
        "upper": told.upper if told else None,
    }  # fmt: skip
