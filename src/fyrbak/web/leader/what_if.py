"""What if: other limits, a wider scope and more capacity. Never a part of the official series."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from fyrbak.definitions import pick
from fyrbak.errors import BadInputError, UnknownNameError
from fyrbak.measures.what_if.answers import Answer as Simulated
from fyrbak.measures.what_if.limits import FEWEST, Answer, begun_again, one_limit_for_all, other_limit
from fyrbak.measures.what_if.region import SEED, more_capacity
from fyrbak.measures.what_if.stations import stations
from fyrbak.pathways.definitions import treatments
from fyrbak.records.organisations import COUNTRY
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports import capacity, formats
from fyrbak.reports.drawing import Table
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.web.language import language_of
from fyrbak.web.leader.choice import Choice, fields, who
from fyrbak.web.leader.frame import of_a_region
from fyrbak.web.pages import page
from fyrbak.web.subject import Field

_MOST_DAYS, _MOST_SLOTS, _MOST_SEED = 365, 50, 9999


@dataclass(frozen=True)
class Typed:
    """A number as it was typed: its name in the address, and what is wrong with it, if anything is."""

    name: str
    label: str
    text: str
    fault: str

    @property
    def number(self) -> float | None:
        """The number; None where none was typed, or it cannot be used."""
        return float(self.text.replace(",", ".")) if self.text and not self.fault else None

    @property
    def whole(self) -> int | None:
        """As a whole number."""
        return None if self.number is None else int(self.number)


@of_a_region
def what_if(request: HttpRequest, opened: Snapshot, chosen: Choice) -> HttpResponse:
    """Three questions in one form; all that is asked stands in the address."""
    lang = language_of(request)
    words, asked = Words(lang), request.GET
    days = _typed(asked, "days", words("what_if.days"), (1, _MOST_DAYS), words)
    generic = _typed(asked, "generic", words("what_if.generic"), (1, _MOST_DAYS), words)
    seed = _typed(asked, "seed", words("what_if.seed"), (1, _MOST_SEED), words, usual=str(SEED))
    slots = [
        _typed(asked, one.id, str(getattr(one.title, lang)), (0, _MOST_SLOTS), words) for one in stations()
    ]
    treatment = _treatment(asked.get("treatment", ""), words)
    faults = [one for one in (days, generic, *slots, seed) if one.fault]
    found, refused = _simulated(opened, chosen, slots, seed, words)
    return page(
        request, "leader/what_if", title=words("what_if.title"), section="work",
        crumbs=((words("leader.title"), reverse("leader_week") + chosen.address),),
        who=who(chosen, words), chosen=chosen, choices=[*fields(chosen, words), treatment],
        days=days, generic=generic, slots=slots, seed=seed, faults=faults,
        answers=list(_answers(opened, chosen, days.whole, generic.whole, treatment.chosen, lang)),
        simulated=list(capacity.tables(found, who(chosen, words), lang)) if found else [],
        trust=capacity.trust(found, lang) if found else "", refused=refused,
    )  # fmt: skip


def _typed(
    asked: Mapping[str, str], name: str, label: str, ends: tuple[int, int], words: Words, usual: str = ""
) -> Typed:
    """A number from the address, from the least to the most that makes sense; halves only from 0 on."""
    text = asked.get(name, "").strip() or usual
    try:
        number = float(text.replace(",", ".")) if text else float(ends[0])
    except ValueError:
        number = float("nan")
    whole = ends[0] == 0 or number == round(number) if isfinite(number) else False
    fine = whole and ends[0] <= number <= ends[1]
    return Typed(name, label, text, "" if fine else words("what_if.fault", least=ends[0], most=ends[1]))


def _treatment(chosen: str, words: Words) -> Field:
    """For which treatment another limit is tried; all without one. Raises UnknownNameError."""
    known = treatments()
    if chosen:
        pick("treatment", chosen, list(known))
    options = [(name, str(getattr(one.title, words.lang))) for name, one in known.items()]
    return Field(
        "treatment", words("what_if.treatment"), chosen, [("", words("page.any_treatment")), *options]
    )


def _answers(
    opened: Snapshot, chosen: Choice, days: int | None, generic: int | None, treatment: str, lang: Language
) -> Iterator[Table]:
    """What the other rules would give: each as a table of the share now and then."""
    if days is not None:
        found = other_limit(opened, chosen.year, chosen.narrowed, days, treatment)
        yield _compared(found, "what_if.limit", chosen, lang, days=days)
    if generic is not None:
        found = one_limit_for_all(opened, chosen.year, chosen.narrowed, generic)
        yield _compared(found, "what_if.wider", chosen, lang, days=generic)
    yield _compared(begun_again(opened, chosen.year, chosen.narrowed), "what_if.again", chosen, lang)


def _compared(found: Answer, key: str, chosen: Choice, lang: Language, **names: int) -> Table:
    words = Words(lang)
    rows = []
    for row, share in (("now", found.now), ("then", found.then)):
        name = words(f"{key}.{row}", **names)
        if share.value is None or share.n is None:
            rows.append((name, words("what_if.hidden", fewest=FEWEST), "–", "–"))
        else:
            ends = (formats.decimal(100 * (end or 0.0), 0, lang) for end in (share.lower, share.upper))
            about = words("what_if.about", number=formats.integer(share.n, lang))
            rows.append((name, formats.percent(share.value, lang, 0), "–".join(ends), about))
    caption = words(key, who=who(chosen, words), year=chosen.year, **names)
    headings = tuple(words(one) for one in ("what_if.rules", "leader.in_time", "interval", "count"))
    return Table(caption, headings, (False, True, True, True), tuple(rows))


def _simulated(
    opened: Snapshot, chosen: Choice, slots: list[Typed], seed: Typed, words: Words
) -> tuple[Simulated | None, str]:
    """What more capacity would do; None where nobody asks, or it cannot be told, and then why."""
    add = {one.name: one.number for one in slots if one.number}
    if not add or seed.whole is None:
        return None, ""
    if chosen.region == COUNTRY:
        return None, words("what_if.one_region")
    try:
        return more_capacity(opened, chosen.region, add, seed=seed.whole), ""
    except UnknownNameError:
        return None, words("what_if.no_queue")
    except BadInputError as error:
        return None, words.error(error)
