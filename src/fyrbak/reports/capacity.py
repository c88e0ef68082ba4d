"""What more capacity would do, in words: shares before and after, what stations need, the back-test."""

from __future__ import annotations

from collections.abc import Iterator

from fyrbak.measures.disclosure import nearest
from fyrbak.measures.what_if.answers import Answer
from fyrbak.measures.what_if.stations import Station, stations
from fyrbak.reports import formats
from fyrbak.reports.drawing import Table
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words

FEWEST = 10  # pathways in a month before its share is shown
FAR = 0.1  # between what was foretold and what came, before the level is not to be trusted


def tables(found: Answer, who: str, lang: Language) -> Iterator[tuple[Table, str]]:
    """The tables of a simulation, each with the sentence that belongs under it."""
    w = Words(lang)
    own = w(
        "what_if.own",
        share=formats.percent(found.share, lang, 0),
        number=formats.integer(nearest(found.n, 5), lang),
    )
    yield _outcomes(found, who, lang), own
    yield _stations(found, lang), w("what_if.stations.note")
    yield _back_test(found, lang), w("what_if.back_test.note", fewest=FEWEST)


def trust(found: Answer, lang: Language) -> str:
    """How far the months that the simulation has not seen came from what it foretold, and what that means."""
    w, (foretold, came) = Words(lang), _together(found)
    if foretold is None or came is None:
        return w("what_if.trust.untried")
    apart = formats.decimal(100 * abs(foretold - came), 0, lang)
    return w("what_if.trust.far" if abs(foretold - came) > FAR else "what_if.trust.near", apart=apart)


def _together(found: Answer) -> tuple[float | None, float | None]:
    """The shares foretold and come in all months that were held out; None where there are none."""
    n = sum(one.n for one in found.held)
    if not n:
        return None, None
    return sum(one.n * one.foretold for one in found.held) / n, sum(
        one.n * one.came for one in found.held
    ) / n


def _outcomes(found: Answer, who: str, lang: Language) -> Table:
    w = Words(lang)

    def ends(lower: float, upper: float) -> str:
        return w(
            "what_if.ends", lower=formats.signed(100 * lower, lang), upper=formats.signed(100 * upper, lang)
        )

    rows = tuple(
        (
            w("what_if.queue_of", share=formats.percent(one.queue, lang, 0)),
            formats.percent(one.before, lang, 0),
            f"{formats.percent(one.after, lang, 0)} ({_shares(one.lowest, one.highest, lang)})",
            formats.signed(100 * one.gain, lang),
            ends(one.lower, one.upper),
        )
        for one in found.outcomes
    )
    headings = ("svf.queue", "svf.simulated", "svf.with_more", "svf.gain", "svf.range")
    numeric = (False, True, True, True, True)
    return Table(w("what_if.capacity", who=who), tuple(w(key) for key in headings), numeric, rows)


def _shares(lower: float, upper: float, lang: Language) -> str:
    return "–".join(formats.decimal(100 * end, 0, lang) for end in (lower, upper))


def _stations(found: Answer, lang: Language) -> Table:
    """What comes to each station a week, and the slots that it is found to have under each assumption."""
    w = Words(lang)
    rows = tuple(
        (
            _named(one, w),
            formats.decimal(found.demand[one.id], 1, lang),
            *(formats.decimal(outcome.slots[one.id], 1, lang) for outcome in found.outcomes),
        )
        for one in stations()
        if one.id in found.demand
    )
    shares = (formats.percent(outcome.queue, lang, 0) for outcome in found.outcomes)
    headings = (w("svf.station"), w("svf.a_week"), *(w("what_if.slots_at", share=share) for share in shares))
    return Table(w("what_if.stations"), headings, (False, *(True for _ in headings[1:])), rows)


def _named(one: Station, w: Words) -> str:
    """A station's name, with a mark where its share of the days awaits confirmation."""
    name = str(getattr(one.title, w.lang))
    return f"{name} ({w('to_verify').lower()})" if one.to_verify else name


def _back_test(found: Answer, lang: Language) -> Table:
    """Months that the simulation has not seen, and all of them together."""
    w = Words(lang)
    rows: list[tuple[str, ...]] = [
        (one.month, formats.percent(one.foretold, lang, 0), formats.percent(one.came, lang, 0))
        for one in found.held
        if one.n >= FEWEST
    ]
    foretold, came = _together(found)
    if foretold is not None and came is not None:
        shares = (formats.percent(share, lang, 0) for share in (foretold, came))
        rows.append((w("what_if.together"), *shares))
    headings = tuple(w(key) for key in ("svf.month", "svf.foretold", "svf.came_in_time"))
    return Table(w("svf.held"), headings, (False, True, True), tuple(rows))
