"""A pathway as the catalogue tells it: its parts in the words of a language, and the whole as a paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fyrbak.pathways.definitions import measuring_points, treatments
from fyrbak.pathways.shapes import Block, Chain, Example, Limit, Pathway, Title
from fyrbak.records.organisations import COUNTRY
from fyrbak.reports import formats
from fyrbak.reports.formats import Language
from fyrbak.reports.papers.paper import Block as Piece
from fyrbak.reports.papers.paper import Bullets, Heading, Paper, Paragraph, plain_table
from fyrbak.reports.words import Words


@dataclass(frozen=True)
class LimitRow:
    """A published limit in words, with why it does not judge anybody if it does not."""

    treatment: str
    variant: str
    days: str
    valid: str
    judges: bool
    why: str
    limit: Limit


@dataclass(frozen=True)
class BlockRow:
    """A published time between two steps in words."""

    start: str
    end: str
    points: str
    block: Block


@dataclass(frozen=True)
class Identity:
    """Which version it is: ``sha256`` is short, ``review`` says by when it is looked over."""

    day: date
    sha256: str
    review: date | None = None


def limit_rows(pathway: Pathway, words: Words) -> list[LimitRow]:
    """The limits of a pathway in words, in its order."""
    variants = {variant.id: told(variant.title, words) for variant in pathway.variants}
    return [
        LimitRow(
            treatment_name(limit.treatment, words),
            variants.get(limit.variant, ""),
            words("catalogue.not_known") if limit.days is None else str(limit.days),
            valid_days(limit, words),
            limit.judges,
            "" if limit.judges else words(f"page.limit.{_why_not(limit)}"),
            limit,
        )
        for limit in pathway.limits
    ]


def block_rows(pathway: Pathway, words: Words) -> list[BlockRow]:
    """The blocks of a pathway in words, in its order."""
    return [
        BlockRow(told(block.from_, words), told(block.to, words), _points(block, words), block)
        for block in pathway.blocks
    ]


def told(title: Title, words: Words) -> str:
    """A title in the language."""
    return str(getattr(title, words.lang))


def treatment_name(treatment: str, words: Words) -> str:
    """What a treatment is called; any treatment too."""
    named = treatments().get(treatment)
    return told(named.title, words) if named else words("page.any_treatment")


def valid_days(limit: Limit, words: Words) -> str:
    """The end dates that a limit holds for."""
    if limit.valid_from is None and limit.valid_to is None:
        return words("page.limit.always")
    ends = (formats.day_in_table(day) if day else "" for day in (limit.valid_from, limit.valid_to))
    return "–".join(ends) if limit.valid_to is None else " – ".join(ends)


def _why_not(limit: Limit) -> str:
    if limit.days is None:
        return "unknown"
    return "to_verify" if limit.to_verify else "counted_elsewhere"


def _points(block: Block, words: Words) -> str:
    """The measuring points that a block lies between, or that it has none."""
    first, last = block.from_point, block.to_point
    if first and last:
        return f"{first}–{last}"
    if first or last:
        return (
            words("catalogue.points.from", point=first) if first else words("catalogue.points.to", point=last)
        )
    return words("catalogue.no_points")


def doubts(pathway: Pathway, words: Words) -> list[str]:
    """What of a pathway awaits confirmation or is not known, a sentence each."""
    limits = [row for row in limit_rows(pathway, words) if row.limit.to_verify and row.limit.days is not None]
    unknown = [row for row in limit_rows(pathway, words) if row.limit.days is None]
    blocks = [row for row in block_rows(pathway, words) if row.block.to_verify]
    kinds = (
        ("entry", [""] if pathway.entry_to_verify else []),
        ("prefix", [""] if pathway.kva_prefix is None else []),
        ("unknown", [_named(row) for row in unknown]),
        ("limits", [_named(row) for row in limits]),
        ("blocks", [f"{row.start}–{row.end}" for row in blocks]),
    )
    return [
        words(f"catalogue.doubt.{kind}", which=words.listed([name for name in names if name]))
        for kind, names in kinds
        if names
    ]


def _named(row: LimitRow) -> str:
    name = row.treatment.lower()
    return f"{name} ({row.variant.lower()})" if row.variant else name


def measuring(pathway: Pathway, words: Words) -> list[tuple[str, str]]:
    """The measuring points that mean something in the pathway: code and meaning of each."""
    found = []
    for point in measuring_points().values():
        if point.point in pathway.unused_points or point.read_as:
            continue
        meaning = told(point.title, words)
        if treatment := pathway.ends_as.get(point.point):
            meaning = words(
                "catalogue.point.counts", meaning=meaning, treatment=treatment_name(treatment, words)
            )
        found.append((f"{pathway.kva_prefix or ''}{point.point}", meaning))
    return found


def limit_in_words(limit: Limit, words: Words) -> str:
    """What a limit asks and of whom, without where it comes from."""
    days = words("catalogue.not_known") if limit.days is None else words("catalogue.days", days=limit.days)
    told = (treatment_name(limit.treatment, words), limit.variant, days, valid_days(limit, words))
    return ", ".join(filter(None, told))


def steps_of(block: Block, words: Words) -> str:
    """The two steps that a block runs between."""
    return f"{told(block.from_, words)} – {told(block.to, words)}"


def row_in_words(field: str, row: Mapping[str, Any], words: Words, steps: Mapping[str, str]) -> str:
    """A row of a definition's list as one line, so that two can be laid side by side word by word.

    ``steps`` are the blocks' steps by block, for the chains that are made of them.
    """
    if field == "limits":
        limit = Limit.model_validate(row)
        doubt = words("to_verify") if limit.to_verify else ""
        return ", ".join(filter(None, (limit_in_words(limit, words), limit.source, doubt, limit.note)))
    if field == "chains":
        chain = Chain.model_validate(row)
        whose = ", ".join(filter(None, (treatment_name(chain.treatment, words), chain.variant)))
        return f"{whose}: {'; '.join(steps[block] for block in chain.blocks)}"
    if field == "blocks":
        block = Block.model_validate(row)
        days = words("catalogue.days", days=block.days)
        doubt = words("to_verify") if block.to_verify else ""
        rest = (days, _points(block, words), block.source, doubt, block.note)
        return ", ".join(filter(None, (steps_of(block, words), *rest)))
    if field == "examples":
        events = Example.model_validate(row).events
        return f"{row['title']} ({', '.join(f'{event.on} {event.point}' for event in events)})"
    return plain_text(row, words)


def plain_text(value: Any, words: Words) -> str:
    """Any value of a definition as words: titles in the language, lists a line for each thing."""
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, bool):
        return words("library.yes") if value else words("library.no")
    if isinstance(value, Mapping):
        if set(value) == {"sv", "en"}:
            return str(value[words.lang])
        return ", ".join(f"{name}: {plain_text(one, words)}" for name, one in value.items())
    if isinstance(value, list):
        return "\n".join(plain_text(one, words) for one in value)
    return str(value)


def paper(pathway: Pathway, identity: Identity, lang: Language, *, on: date) -> Paper:
    """The whole pathway to print or keep. ``on`` is the day when it was made."""
    words = Words(lang)
    made_of = [
        (words("catalogue.version"), formats.day_in_text(identity.day, lang)),
        (words("catalogue.hash"), identity.sha256),
        (words("catalogue.review"), _review(identity, words, lang)),
    ]
    return Paper(
        kind="pathway", lang=lang, title=told(pathway.title, words),
        subtitle=words("catalogue.paper", day=formats.day_in_text(identity.day, lang)), owner=COUNTRY, on=on,
        blocks=tuple(_blocks(pathway, words)), made_of=tuple(made_of),
    )  # fmt: skip


def _review(identity: Identity, words: Words, lang: Language) -> str:
    if identity.review is None:
        return words("catalogue.review.none")
    return formats.day_in_text(identity.review, lang)


def _blocks(pathway: Pathway, words: Words) -> Iterator[Piece]:
    yield Paragraph(text=words("catalogue.judged"), style="fine")
    if doubtful := doubts(pathway, words):
        yield Heading(text=words("catalogue.doubts"))
        yield Bullets(items=tuple(doubtful))
    yield Heading(text=words("page.entry"))
    lang, criteria = pathway.criteria(words.lang)
    if lang != words.lang:
        yield Paragraph(text=words("catalogue.swedish"), style="fine")
    yield Bullets(items=criteria)
    if pathway.filter_function:
        yield Paragraph(label=words("catalogue.filter"), text=told(pathway.filter_function, words))
    yield Heading(text=words("page.limits"))
    yield plain_table(
        words("page.limits"),
        tuple(
            words(f"page.{name}") for name in ("treatment", "variant", "limit.days", "limit.valid", "source")
        ),
        tuple(
            (row.treatment, row.variant or "–", row.days, row.valid, _source(row.limit, words))
            for row in limit_rows(pathway, words)
        ),
        widths=(2, 2, 1, 2, 3.5),
    )
    if pathway.blocks:
        yield Heading(text=words("page.blocks"))
        yield plain_table(
            words("page.blocks"),
            (words("page.block.from"), words("page.block.to"), words("page.block.days"),
             words("catalogue.points"), words("page.source")),
            tuple(
                (row.start, row.end, str(row.block.days), row.points, _source(row.block, words))
                for row in block_rows(pathway, words)
            ),
            widths=(2.5, 2.5, 1, 1.2, 3),
        )  # fmt: skip
    yield Heading(text=words("catalogue.points"))
    yield plain_table(
        words("catalogue.points"),
        (words("catalogue.code"), words("catalogue.meaning")),
        tuple(measuring(pathway, words)),
        widths=(1, 5),
    )
    yield Paragraph(label="ICD-10", text=", ".join(pathway.icd10) or "–")
    if pathway.icd10_note:
        yield Paragraph(text=pathway.icd10_note, style="fine")
    if pathway.notes:
        yield Heading(text=words("catalogue.notes"))
        yield Bullets(items=pathway.notes)


def _source(about: Limit | Block, words: Words) -> str:
    """Where a number comes from, with its doubt and note."""
    doubt = words("to_verify") if about.to_verify else ""
    return ". ".join(part.rstrip(".") for part in (about.source, doubt, about.note) if part)
