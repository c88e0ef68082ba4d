"""What the rows of a plan have to hold, and what keeps a row from being changed, moved or removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fyrbak.errors import BadInputError
from fyrbak.goals import models as m
from fyrbak.goals.plans.faults import FieldError, refuse
from fyrbak.goals.plans.rows import BELOW, KINDS, WORDS, Above, Row, Values, edition_of, rows_of

_NEEDED: dict[type[Row], tuple[str, ...]] = {
    m.Area: ("number", "name_sv"),
    m.Goal: ("number", "text_sv"),
    m.Activity: ("activity",),
}
_LONGEST_NUMBER = 12
_MOST_PARTS = 26


def written(model: type[Row], words: Mapping[str, object], columns: Sequence[str]) -> Values:
    """The fields of a row as they are to be stored: without white space around, an absent column as None."""
    values: Values = {}
    for name in (*WORDS[model], *(("parts",) if model is m.Goal else ())):
        if name == "columns":
            wanted = words.get(name) or m.Area().columns
            values[name] = [column for column in m.Area().columns if column in wanted]  # type: ignore[operator]
        elif name == "parts":
            values[name] = [str(part).strip() for part in words.get(name) or () if str(part).strip()]  # type: ignore[attr-defined]
        else:
            values[name] = _plain(words.get(name))
    if model is m.Activity:
        values |= {name: None for name in values if name not in columns}
    return values


def _plain(text: object) -> str:
    """Text as it is kept: lines ended in one way, no space at the end of lines or around the whole."""
    return "\n".join(line.rstrip() for line in str(text or "").splitlines()).strip()


def check(model: type[Row], words: Values, edition: m.PlanEdition, row: Row | None = None) -> None:
    """Every field has what it needs, and a number stands once in the plan. Raises FaultyError."""
    faults = [
        FieldError(name, f"{name} is empty. Write it.", word=f"plans.fault.empty.{name}")
        for name in _NEEDED[model]
        if not words[name]
    ]
    number = words.get("number", "")
    if len(number) > _LONGEST_NUMBER:
        faults.append(
            FieldError(
                "number", f"the number has more than {_LONGEST_NUMBER} signs. Shorten it.",
                word="plans.fault.long_number", most=_LONGEST_NUMBER,
            )
        )  # fmt: skip
    if number and _others(model, edition, row, number):
        faults.append(
            FieldError(
                "number", f"the number {number} stands already. Take another.",
                word="plans.fault.number_twice", given=number,
            )
        )  # fmt: skip
    if model is m.Area and "activity" not in words["columns"]:
        faults.append(FieldError("columns", "a table needs its activities.", word="plans.fault.columns"))
    if model is m.Goal and (len(words["parts"]) == 1 or len(words["parts"]) > _MOST_PARTS):
        faults.append(
            FieldError(
                "parts", f"a goal has no parts, or from 2 to {_MOST_PARTS}.",
                word="plans.fault.parts", most=_MOST_PARTS,
            )
        )  # fmt: skip
    refuse(faults)


def _others(model: type[Row], edition: m.PlanEdition, row: Row | None, number: str) -> bool:
    kind = next(kind for kind, one in KINDS.items() if one is model)
    found = rows_of(edition, kind).filter(number=number)
    return bool(found.exclude(pk=row.pk) if row else found)


def only_words(row: Row, before: Values, after: Values) -> None:
    """Refuse what changes more than words in an adopted edition, and wording that a frozen round rests on."""
    if edition_of(row).rounds.filter(frozen_at__isnull=False).exists() and not isinstance(row, m.Activity):
        raise BadInputError(
            "the goal was followed up in a frozen round. Change it in a new draft of the plan.",
            word="plans.fault.frozen",
        )
    structure = [before.get("number") != after.get("number"), before.get("columns") != after.get("columns")]
    structure.append(len(before.get("parts", ())) != len(after.get("parts", ())))
    if any(structure):
        raise BadInputError(
            "numbers, columns and parts of an adopted plan stay as they are. Change them in a new draft.",
            word="plans.fault.structure",
        )


def fits(row: Row, to: Above, edition: m.PlanEdition) -> None:
    """Check that a row can move there. Raises BadInputError."""
    there = to if isinstance(to, m.PlanEdition) else edition_of(to)
    if BELOW[type(to)] is not type(row) or there.pk != edition.pk:
        raise BadInputError(
            "a row moves within its own plan, an activity to a goal and a goal to an area.",
            word="plans.fault.move",
        )
    if isinstance(row, m.Activity) and isinstance(to, m.Goal):
        lost = [name for name in WORDS[m.Activity] if getattr(row, name) and name not in to.area.columns]
        if lost:
            raise BadInputError(
                f"the table there has no column {lost[0]}, which holds words. Add the column to it first.",
                word="plans.fault.move_columns",
            )


def nothing_rests_on(row: Row) -> None:
    parts = m.GoalPart.objects.all()
    if isinstance(row, m.Activity):
        return
    parts = parts.filter(goal=row) if isinstance(row, m.Goal) else parts.filter(goal__area=row)
    for part in parts:
        nothing_rests_on_part(part)


def nothing_rests_on_part(part: m.GoalPart) -> None:
    """Raise BadInputError when something was said of a part, or another goal links or has linked to it."""
    if part.assessments.exists() or part.notes.exists() or m.GoalLink.ever.filter(to_part=part).exists():
        raise BadInputError(
            f"goal {part} has been assessed, or other goals link to it. Keep it, or end the links first.",
            word="plans.fault.rests", number=part.number,
        )  # fmt: skip
