"""Studies in words: how they stand, the table of regions and years, the 21 targets, and the rows of files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from fyrbak.measures.disclosure import Suppressed
from fyrbak.pathways.definitions import pathways
from fyrbak.records.organisations import organisation
from fyrbak.reports import formats
from fyrbak.reports.drawing import Table
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.studies.counts import RegionYear
from fyrbak.studies.described import Described
from fyrbak.studies.models import Known, TargetTold
from fyrbak.studies.selectors import Standing

COUNT_COLUMNS = ("region", "year", "open_studies", "places_open", "places_told", "state", "included")
TARGET_COLUMNS = (
    "region", "known", "text", "number", "unit", "period", "decided", "source", "year", "state", "included",
)  # fmt: skip
_AT = {
    "NCT": "https://clinicaltrials.gov/study/{}",
    "20": "https://euclinicaltrials.eu/ctis-public/view/{}",
}


def place_name(code: str, words: Words) -> str:
    """The name of an organisation, with a hospital's region."""
    found = organisation(code)
    name = words.of(found, "name")
    if found.kind == "hospital" and found.parent:
        return f"{name}, {words.of(organisation(found.parent), 'name')}"
    return name


def diagnosis_options(words: Words) -> list[tuple[str, str]]:
    """The pathways that a study can be about, by title."""
    named = [(one.id, words.text(one.title)) for one in pathways()]
    return sorted(named, key=lambda one: one[1].casefold())


def diagnoses(what: Described, words: Words) -> str:
    """The diagnoses that a study is about, or that it is about all cancer."""
    named = dict(diagnosis_options(words))
    return ", ".join(named.get(one, one) for one in what.diagnoses) or words("studies.all_cancer")


def whom(what: Described) -> str:
    """Whether adults, children or both can take part."""
    return "both" if what.adults and what.children else "adults" if what.adults else "children"


def title(what: Described, words: Words) -> tuple[str, str]:
    """The title in the reader's language where there is one, and the language that it is in."""
    return (what.title_en, "en") if words.lang == "en" and what.title_en else (what.title_sv, "sv")


def register_addresses(registrations: Iterable[str]) -> list[tuple[str, str]]:
    """Each number with the page of the register that gave it."""
    return [
        (number, address.format(number))
        for number in registrations
        for beginning, address in _AT.items()
        if number.startswith(beginning)
    ]


def standing(told: Standing, words: Words) -> str:
    """``Öppen för inklusion sedan 2024-09-01``."""
    status = words(f"studies.status.{told.status}")
    return words("studies.since", status=status, day=formats.day_in_table(told.since))


def counts_table(rows: Sequence[RegionYear], year: int, lang: Language) -> Table:
    """Open studies and persons included, the country first."""
    words = Words(lang)
    headings = ("region", "open_studies", "places", "told", "included")
    return Table(
        words("studies.counts.caption", year=year),
        tuple(words(f"studies.counts.{name}") for name in headings),
        (False, True, True, True, True),
        tuple(
            (
                words.of(organisation(one.region), "name"), _number(one.open_studies, lang),
                _number(one.places, lang), _number(one.told, lang), _number(one.included, lang),
            )
            for one in rows
        ),
    )  # fmt: skip


def count_rows(rows: Iterable[RegionYear]) -> Iterator[dict[str, Any]]:
    """The same as rows of a file. ``state`` is ``shown``, ``hidden`` (small numbers) or ``no data``."""
    for one in rows:
        yield {
            "region": one.region, "year": one.year, "open_studies": one.open_studies,
            "places_open": one.places, "places_told": one.told, **_included(one),
        }  # fmt: skip


def targets_state(targets: Mapping[str, TargetTold | None], words: Words) -> str:
    """How many of the regions have a known target, have told that none is decided, and have told nothing."""
    known = [_known(one) for one in targets.values()]
    return words(
        "studies.targets.state", whole=len(known), decided=known.count(Known.DECIDED),
        none=known.count(Known.NONE), unknown=known.count(Known.UNKNOWN),
    )  # fmt: skip


def targets_table(
    targets: Mapping[str, TargetTold | None], outcomes: Mapping[str, RegionYear], year: int, lang: Language
) -> Table:
    """A row for each region: what is known of its target, and the outcome of a year beside."""
    words = Words(lang)
    headings = ("region", "target", "number", "decided", "source")
    return Table(
        words("studies.targets.caption"),
        (
            *(words(f"studies.targets.{name}") for name in headings),
            words("studies.targets.outcome", year=year),
        ),
        (False, False, False, False, False, True),
        tuple(
            (words.of(organisation(region), "name"), *_target(told, words, lang),
             _number(outcomes[region].included, lang))
            for region, told in targets.items()
        ),
    )  # fmt: skip


def target_rows(
    targets: Mapping[str, TargetTold | None], outcomes: Mapping[str, RegionYear]
) -> Iterator[dict[str, Any]]:
    """The same as rows of a file."""
    for region, told in targets.items():
        yield {
            "region": region, "known": _known(told),
            **({name: getattr(told, name) for name in TARGET_COLUMNS[2:8]} if told else {}),
            "year": outcomes[region].year, **_included(outcomes[region]),
        }  # fmt: skip


def target_line(told: TargetTold, words: Words) -> str:
    """What a region has told of its target, in a line."""
    if told.known != Known.DECIDED:
        return words(f"studies.known.{told.known}")
    number = _amount(told, formats.language(words.lang))
    return f"{told.text} ({number})" if number else told.text


def _known(told: TargetTold | None) -> str:
    return told.known if told else Known.UNKNOWN


def _target(told: TargetTold | None, words: Words, lang: Language) -> tuple[str, str, str, str]:
    if told is None or told.known != Known.DECIDED or told.decided is None:
        return words(f"studies.known.{_known(told)}"), "–", "–", told.source if told and told.source else "–"
    return told.text, _amount(told, lang) or "–", formats.day_in_table(told.decided), told.source


def _amount(told: TargetTold, lang: Language) -> str:
    if told.number is None:
        return ""
    places = max(0, -int(told.number.normalize().as_tuple().exponent))
    return f"{formats.decimal(float(told.number), places, lang)} {told.unit}, {told.period}"


def _number(found: int | Suppressed | None, lang: Language) -> str:
    if isinstance(found, Suppressed):
        return formats.sentence_case(found.text(lang))
    return Words(lang)("missing") if found is None else formats.integer(found, lang)


def _included(one: RegionYear) -> dict[str, Any]:
    if isinstance(one.included, Suppressed):
        return {"state": "hidden"}
    return {"state": "no data" if one.included is None else "shown", "included": one.included}
