"""The report as a workbook: numbers as numbers, to go on with. What is hidden stays hidden."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from fyrbak.goals.outline import level_text
from fyrbak.measures.definitions import Kind
from fyrbak.measures.monitoring import FunnelOf, funnel_of
from fyrbak.measures.numbers import PERSON_YEARS
from fyrbak.measures.results import Result
from fyrbak.reports import formats
from fyrbak.reports.compared import compared, part_at_once
from fyrbak.reports.document import Document
from fyrbak.reports.drawing import Table
from fyrbak.reports.follow_up import THE_COUNTRY, EvidenceView, FollowUp, GoalView, PartView
from fyrbak.reports.formats import Language
from fyrbak.reports.funnels import verdict
from fyrbak.reports.marks import level_mark, verdict_mark
from fyrbak.reports.words import Words

Value = str | int | float | bool | None
Sheet = tuple[str, Sequence[str], Iterable[Sequence[Value]]]  # its name, headings, rows
_HEAD, _BOLD = PatternFill("solid", fgColor="F2F5F7"), Font(bold=True)
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_WIDEST, _NARROWEST = 70, 9


def write_excel(found: FollowUp, document: Document, path: Path) -> Path:
    """Write the workbook and return its path. ``document`` is the same follow-up in the wanted language."""
    lang, w = document.lang, Words(document.lang)
    sheets: list[Sheet] = [
        (w("sheet.summary"), (w("summary"), ""), _summary(document, w)),
        (w("sheet.levels"), [w(f"sheet.{name}") for name in _LEVELS], _levels(found, lang)),
        (w("sheet.evidence"), [w(f"sheet.{name}") for name in _EVIDENCE], _evidence(found, lang)),
        (w("sheet.remarks"), (w("goal"), w("organisation"), w("comment")), _remarks(document)),
        (w("sheet.definitions"), (w("measure"), w("definition"), ""), _definitions(document)),
    ]
    book = book_of(document.title, sheets)
    book.properties.language = lang
    book.save(path)
    return path


_LEVELS = ("goal", "wording", "code", "organisation", "level", "level_word", "differs", "standing", "comment")
_EVIDENCE = (
    "goal", "role", "measure", "title", "version", "definition", "period", "first_day", "last_day",
    "complete", "code", "organisation", "cut", "n", "numerator", "denominator", "value", "unit", "lower",
    "upper", "suppressed", "against_country", "at_once", "funnel", "trend", "target", "verdict",
    "verdict_word", "snapshot", "as_of",
)  # fmt: skip


def _summary(document: Document, w: Words) -> Iterable[Sequence[Value]]:
    if document.banner:
        yield document.banner, None
    yield document.title, document.subtitle
    yield from ((sentence, None) for sentence in document.state)
    yield from ((f"{w('goal')} {number}", sentence) for number, _, sentence in document.differences)
    yield from ((rule, None) for rule in document.rules)
    yield from document.facts
    yield w("cite"), document.citation


def _levels(found: FollowUp, lang: Language) -> Iterable[Sequence[Value]]:
    w = Words(lang)
    for view in found.goals:
        for said in view.goal.assessments:
            how = view.standings[said.organisation]
            yield (
                view.goal.number,
                w.of(view.goal, "text"),
                said.organisation,
                w.of(found.voice(said.organisation), "name"),
                level_text(said.level) or "–",
                level_mark(said.level, found.outline, lang).word,
                w("yes") if how.differs else w("no"),
                w(f"standing.{how.kind}"),
                said.comment or w("no_comment"),
            )


def _evidence(found: FollowUp, lang: Language) -> Iterable[Sequence[Value]]:
    """One row for every number, all years included."""
    w = Words(lang)
    for view in found.goals:
        for evidence in view.evidence:
            for part in evidence.parts:
                judged = _judged(evidence, part, lang)
                at_once = part_at_once(part, w("the_country"), lang)
                for unit in (*part.units, part.country):
                    name = w.of(found.voice(unit.unit), "name")
                    change = unit.change.difference if unit.change else None
                    for result in unit.series:
                        now = result is unit.now
                        yield (
                            *_what(view, evidence, result, w),
                            unit.unit,
                            name,
                            ", ".join(f"{key}={value}" for key, value in result.cut.items()) or w("whole"),
                            *_numbers(result, evidence.measure.kind, w),
                            compared(unit, lang) if now else "–",
                            at_once or "–" if now and unit is part.country else "–",
                            judged.get(unit.unit, "–") if now else "–",
                            w(f"changed.{change}") if now and change else "–",
                            formats.target(result.target, evidence.measure.kind, lang)
                            if result.target
                            else w("no_target"),
                            result.verdict or "–",
                            verdict_mark(result, lang).word,
                            result.snapshot,
                            found.snapshot.as_of.isoformat(),
                        )


def _judged(evidence: EvidenceView, part: PartView, lang: Language) -> dict[str, str]:
    """Each unit's place in the funnel, in words; nothing where there is no funnel."""
    judged = funnel_of(evidence.measure, [unit.now for unit in part.units], part.country.now)
    if not isinstance(judged, FunnelOf):
        return {}
    whole = {THE_COUNTRY.code: Words(lang).of(THE_COUNTRY, "name")}
    return {unit.result.unit: verdict(unit, whole, lang) for unit in judged.units}


def _what(view: GoalView, evidence: EvidenceView, result: Result, w: Words) -> tuple[Value, ...]:
    measure = evidence.measure
    return (
        view.goal.number, w(f"role.{evidence.evidence.role}"), measure.id, w.text(measure.title),
        measure.version, measure.hash, result.period, result.period_start.isoformat(),
        result.period_end.isoformat(), w("yes") if result.complete else w("no"),
    )  # fmt: skip


def _numbers(result: Result, kind: Kind, w: Words) -> tuple[Value, ...]:
    """Counts, value and interval as numbers; a word in every cell that has none, and why it is hidden."""
    hidden = result.suppression.text(w.lang) if result.suppression else None
    lacking = hidden or w("missing").lower()
    one_sided = hidden or w("too_few_for_interval")
    counted: tuple[Value, ...] = (result.n, result.numerator, result.denominator)
    whole = w("not_of_this_kind")
    numbers = tuple(hidden or (whole if number is None else number) for number in counted)
    unit = _unit(kind, w)
    ends = tuple(one_sided if end is None else _shown(end, kind) for end in (result.lower, result.upper))
    value = lacking if result.value is None else _shown(result.value, kind)
    return (*numbers, value, unit, *ends, hidden or w("no"))


def _unit(kind: Kind, w: Words) -> str:
    if formats.is_share(kind):
        return "%"
    if kind == "rate":
        return w("per_persons", number=formats.integer(PERSON_YEARS, formats.language(w.lang)))
    return w("days") if kind == "days" else w("sheet.n").lower()


def _shown(number: float, kind: Kind) -> float:
    """Shares in per cent, since the unit stands beside them."""
    return 100 * number if formats.is_share(kind) else number


def _remarks(document: Document) -> Iterable[Sequence[Value]]:
    return ((goal.number, remark.who, remark.text) for goal in document.goals() for remark in goal.remarks)


def _definitions(document: Document) -> Iterable[Sequence[Value]]:
    w = Words(document.lang)
    for definition in document.definitions:
        yield definition.measure, definition.title, definition.meaning
        yield from ((definition.measure, *fact) for fact in definition.facts)
        yield definition.measure, w("left_out"), "; ".join(definition.left_out)


def book_of(title: str, sheets: Iterable[Sheet]) -> Workbook:
    """A workbook with these sheets."""
    book = Workbook()
    book.properties.title, book.properties.creator = title, "Fyrbåk"
    for name, headings, rows in sheets:
        fill(book.create_sheet(name), headings, rows)
    book.remove(book.worksheets[0])
    return book


def workbook(table: Table) -> bytes:
    """A figure's table as a workbook of one sheet, with its caption as the title."""
    written = BytesIO()
    book_of(table.caption, [("Fyrbåk", table.headings, table.rows)]).save(written)
    return written.getvalue()


def fill(sheet: Worksheet, headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """Headings that stay in sight, columns as wide as their words, long text that wraps."""
    widths = [len(heading) for heading in headings]
    sheet.append(list(headings))
    for number, row in enumerate(rows, start=2):
        sheet.append(list(row))
        for column, value in enumerate(row):
            if isinstance(value, str):
                widths[column] = max(widths[column], *map(len, value.split("\n")))
                if len(value) > _WIDEST or "\n" in value or value.startswith("="):
                    cell = sheet.cell(number, column + 1)
                    cell.alignment = _WRAPPED
                    cell.data_type = "s"  # text from a document must never run as a formula
            elif isinstance(value, float):
                sheet.cell(number, column + 1).number_format = "0.0"
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = min(max(width + 2, _NARROWEST), _WIDEST)
        head = sheet.cell(1, column)
        head.font, head.fill = _BOLD, _HEAD
    sheet.freeze_panes = "A2"
    if sheet.max_row > 1:
        sheet.auto_filter.ref = sheet.dimensions
