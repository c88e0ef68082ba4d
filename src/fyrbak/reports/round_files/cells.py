"""What stands in the cells of a form, the same in Excel and Word: how it is written, and how it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fyrbak.goals.outline import BLANK_REASONS
from fyrbak.goals.rounds.answers import REASONS, Typed, tidy, typed, written
from fyrbak.goals.rounds.forms import Asked, Form, Row, RowFault
from fyrbak.reports.formats import LANGUAGES, Language
from fyrbak.reports.words import Words

REFERENCE, NUMBER = "reference", "number"
FILLED_IN = ("level", "uncertain", "reason", "comment", "explanation")  # what somebody types, in order
_NO = {"", "-", "–", "0"}


def shown_cells(form: Form, goal: Asked, lang: Language) -> dict[str, str]:
    """What stands beside the cells to fill in: goal, last time, and questions."""
    w = Words(lang)
    area = goal.part.goal.area
    before = ""
    if goal.earlier:
        said = goal.earlier.typed
        before = " ".join(
            part for part in (f"{goal.earlier.label}:", level_words(said, form, lang), said.comment) if part
        )
    return {
        REFERENCE: form.reference(goal),
        "area": f"{area.number} {w.of(area, 'name')}",
        NUMBER: goal.part.number,
        "text": w.of(goal.part, "text"),
        "before": before,
        "question": "\n".join(goal.questions),
    }


def typed_cells(answer: Typed, lang: Language) -> dict[str, str]:
    """An answer as it stands in the cells to fill in."""
    return {
        "level": written(Typed(answer.levels)),
        "uncertain": Words(lang)("yes").lower() if answer.uncertain else "",
        "reason": BLANK_REASONS[answer.blank_reason][lang] if answer.blank_reason else "",
        "comment": answer.comment,
        "explanation": answer.explanation,
    }


def read_row(cells: Mapping[str, str], place: str) -> Row:
    """A row as it came back. What cannot be read of it is told, and nothing is guessed."""
    plain = {name: tidy(cells.get(name, "")) for name in (REFERENCE, NUMBER, *FILLED_IN)}
    ticked = plain["uncertain"].lower()
    yes = {Words(lang)("yes").lower() for lang in LANGUAGES} | {"x", "?"}
    no = {Words(lang)("no").lower() for lang in LANGUAGES} | _NO
    reason = _reason(plain["reason"])
    fault, cell = None, ""
    if ticked not in yes | no:
        fault, cell = RowFault.UNREADABLE_TICK, plain["uncertain"]
    elif reason is None:
        fault, cell = RowFault.UNREADABLE_REASON, plain["reason"]
    level = "".join(plain["level"].upper().split())
    answer = typed(
        levels=[code.rstrip("?") for code in level.split("/")] if level.strip("-–") else [],
        uncertain=ticked in yes or level.endswith("?"),
        blank_reason=reason or "",
        comment=plain["comment"],
        explanation=plain["explanation"],
    )
    return Row(place, plain[REFERENCE], plain[NUMBER], answer, fault, cell)


def _reason(text: str) -> str | None:
    """The reason that words of any language name; empty for none, None for other words."""
    if text in _NO:
        return ""
    known = {words[lang].lower(): code for code, words in BLANK_REASONS.items() for lang in LANGUAGES}
    return known.get(text.lower())


def level_words(answer: Typed, form: Form, lang: Language) -> str:
    """A level by letter and word, or the reason why there is none."""
    if not answer.levels:
        return BLANK_REASONS[answer.blank_reason][lang] if answer.blank_reason else ""
    w = Words(lang)
    names = {level.code: w.of(level, "label") for level in form.scale}
    return f"{written(answer)} {' / '.join(names[code].lower() for code in answer.levels)}."


def choices(form: Form) -> Iterator[str]:
    """What may be chosen as a level: each alone, then each pair for a goal whose parts differ."""
    codes = [level.code for level in form.scale]
    yield from codes
    yield from (f"{one}/{other}" for one in codes for other in codes if one != other)


def reason_choices(lang: Language) -> list[str]:
    """The reasons to choose among, in words."""
    return [BLANK_REASONS[code][lang] for code in REASONS]


def instructions(form: Form, lang: Language) -> list[str]:
    """How the form is filled in, one sentence a line."""
    w = Words(lang)
    scale = w.listed([f"{level.symbol} {level.code} {w.of(level, 'label').lower()}" for level in form.scale])
    return [
        w("round_files.how.levels", scale=scale),
        w("round_files.how.mixed", example="/".join(level.code for level in (*form.scale,)[:2])),
        w("round_files.how.blank", reasons=" / ".join(reason_choices(lang))),
        w("round_files.how.explain"),
        w("round_files.how.reference"),
        w("round_files.how.back"),
    ]


def titles(form: Form, lang: Language) -> list[tuple[str, str]]:
    """What the form is, as (heading, text)."""
    w, plan = Words(lang), form.follow_up.edition.plan
    return [
        (w("plan"), w.of(plan, "title")),
        (w("round_files.round"), form.follow_up.label),
        (w("organisation"), w.of(form.asked.organisation, "name")),
    ]
