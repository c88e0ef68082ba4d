"""What more capacity would do, in words: shares before and after, what stations need, the back-test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fyrbak.measures.disclosure import SMALL, nearest
from fyrbak.measures.what_if.answers import FAR, FEWEST_HELD, Answer, BackTest, Held
from fyrbak.measures.what_if.stations import Station, stations
from fyrbak.reports import formats
from fyrbak.reports.drawing import Table
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words

FEWEST = 10  # pathways in a month before its share is shown


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
    """How far the simulation was from what came under each assumption, by which rule, and what it means."""
    w = Words(lang)
    far = sum(one.tried.trust == "far" for one in found.outcomes)
    rule = w("what_if.trust.rule", far=formats.decimal(100 * FAR, 0, lang), fewest=FEWEST_HELD)
    if any(one.tried.trust == "untried" for one in found.outcomes):
        return f"{w('what_if.trust.untried')} {rule}"
    key = "near" if not far else "far" if far == len(found.outcomes) else "some"
    return f"{w(f'what_if.trust.{key}')} {rule}"


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
            _apart(one.tried, w),
        )
        for one in found.outcomes
    )
    headings = ("svf.queue", "svf.simulated", "svf.with_more", "svf.gain", "svf.range", "what_if.tried")
    numeric = (False, True, True, True, True, False)
    return Table(w("what_if.capacity", who=who), tuple(w(key) for key in headings), numeric, rows)


def _apart(tried: BackTest, w: Words) -> str:
    """How far from what came, and whether the level is to be trusted."""
    points = formats.signed(100 * tried.apart, formats.language(w.lang))
    return w(f"what_if.tried.{tried.trust}", apart=points)


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
    """Months that the simulation has not seen, and all of them together: foretold under each assumption."""
    w = Words(lang)
    tests = [one.tried for one in found.outcomes]
    months = zip(*(one.months for one in tests), strict=True)
    rows = [_held(row[0].name, row, lang) for row in months if _may_be_shown(row[0])]
    if tests[0].whole.n >= FEWEST:
        rows.append(_held(w("what_if.together"), [one.whole for one in tests], lang))
    foretold = (w("what_if.foretold_at", share=formats.percent(one.queue, lang, 0)) for one in tests)
    headings = (w("svf.month"), *foretold, w("svf.came_in_time"))
    return Table(w("svf.held"), headings, (False, *(True for _ in headings[1:])), tuple(rows))


def _may_be_shown(month: Held) -> bool:
    in_time = round(month.n * month.came)
    return month.n >= FEWEST and in_time not in SMALL and month.n - in_time not in SMALL


def _held(name: str, row: Sequence[Held], lang: Language) -> tuple[str, ...]:
    shares = [*(one.foretold for one in row), row[0].came]
    return (name, *(formats.percent(share, lang, 0) for share in shares))
