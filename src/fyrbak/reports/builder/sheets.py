"""The rows of data behind a report, for its JSON and its workbook. What is hidden stays hidden."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fyrbak.goals import outline as o
from fyrbak.goals.outline import level_text
from fyrbak.measures.definitions import Measure
from fyrbak.measures.results import Result
from fyrbak.reports.builder.layouts import Condensed
from fyrbak.reports.claims import Checked
from fyrbak.reports.formats import Language
from fyrbak.reports.marks import level_mark, verdict_mark
from fyrbak.reports.papers.paper import Sheet
from fyrbak.reports.wording import ACTIVITY_FIELDS
from fyrbak.reports.words import Words

_LEVELS = ("goal", "wording", "code", "organisation", "level", "level_word", "comment", "printed")
_NUMBERS = (
    "measure", "title", "version", "definition", "period", "code", "organisation", "cut", "n", "numerator",
    "denominator", "value", "lower", "upper", "suppressed", "target", "verdict_word", "snapshot",
)  # fmt: skip


def levels(outline: o.PlanOutline, condensed: Condensed, lang: Language) -> Sheet:
    """Each organisation's level and comment on each goal, and the comment as it is printed."""
    w = Words(lang)
    voices = {voice.code: voice for voice in outline.organisations}
    return Sheet(
        name=w("sheet.levels"),
        headings=tuple(w(f"sheet.{name}") for name in _LEVELS),
        rows=tuple(
            (
                goal.number, w.of(goal, "text"), said.organisation, w.of(voices[said.organisation], "name"),
                level_text(said.level) or "–", level_mark(said.level, outline, lang).word, said.comment,
                condensed.get((goal.number, said.organisation), said.comment),
            )
            for goal in outline.goals() for said in goal.assessments
        ),
    )  # fmt: skip


def remarks(outline: o.PlanOutline, lang: Language) -> Sheet:
    """What voices without a level said."""
    w = Words(lang)
    return Sheet(
        name=w("sheet.remarks"),
        headings=(w("goal"), w("organisation"), w("comment")),
        rows=tuple(
            (goal.number, w.of(note.voice, "name"), note.text)
            for goal in outline.goals()
            for note in goal.notes
        ),
    )


def activities(outline: o.PlanOutline, lang: Language) -> Sheet:
    """Each activity with its fields; nothing where the plan's table had no such column."""
    w = Words(lang)
    return Sheet(
        name=w("sheet.activities"),
        headings=(w("sheet.number"), *(w(f"paper.activity.{name}") for name in ACTIVITY_FIELDS)),
        rows=tuple(
            (row.number, *(getattr(row, name) for name in ACTIVITY_FIELDS))
            for goal in outline.goals()
            for row in goal.activities
        ),
    )


def numbers(
    found: Sequence[tuple[Measure, Sequence[Result]]], names: dict[str, str], lang: Language
) -> Sheet:
    """Every number that was shown, all years included. Values are in the measure's own unit."""
    w = Words(lang)
    told = [(measure, measure.hash, results) for measure, results in found]  # once, not for each number
    return Sheet(
        name=w("sheet.evidence"),
        headings=tuple(w(f"sheet.{name}") for name in _NUMBERS),
        rows=tuple(
            (
                measure.id, w.text(measure.title), measure.version, hashed, result.period, result.unit,
                names[result.unit], ", ".join(f"{key}={value}" for key, value in result.cut.items()),
                result.n, result.numerator, result.denominator, result.value, result.lower, result.upper,
                result.suppressed, result.target.value if result.target else None,
                verdict_mark(result, lang).word, result.snapshot,
            )
            for measure, hashed, results in told for result in results
        ),
    )  # fmt: skip


def claims(checked: Iterable[Checked], lang: Language) -> Sheet:
    """Each claim, what it states as data, whether it holds, and why it is kept where it does not."""
    w = Words(lang)
    return Sheet(
        name=w("sheet.claims"),
        headings=tuple(w(f"claim.column.{name}") for name in ("sentence", "states", "holds", "why", "kept")),
        rows=tuple(
            (
                one.claim.sentence, one.claim.states.model_dump_json(), w(f"claim.{one.holds}"),
                w.text(one.why), one.claim.kept_because,
            )
            for one in checked
        ),
    )  # fmt: skip
