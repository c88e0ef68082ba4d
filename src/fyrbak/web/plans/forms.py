"""What the forms of plans ask. Whether it can be written is decided by the deeds, which name their fields."""

from __future__ import annotations

from typing import Any

from django import forms

from fyrbak.errors import FyrbakError
from fyrbak.goals import models as m
from fyrbak.goals.models.plan import COLUMNS
from fyrbak.goals.plans.faults import FaultyError
from fyrbak.goals.plans.rows import Row, words_of
from fyrbak.reports.words import Words
from fyrbak.web.improvement.forms import WordedForm, day_field, text_field

_STRUCTURE = ("number", "columns", "parts")


# What is said at a field that is left empty, where the deeds would say the same.
_EMPTY = {"rationale": "plans.fault.no_reason", "reason": "plans.fault.reason", "why": "plans.fault.why"} | {
    name: f"plans.fault.empty.{name}" for name in ("number", "name_sv", "text_sv", "activity")
}


def _line(*, needed: bool = False) -> forms.CharField:
    return forms.CharField(required=needed)


def _text(rows: int = 3, *, needed: bool = False) -> forms.CharField:
    return text_field(rows=rows, required=needed)


class PlanForm(WordedForm):
    """A form that shows every fault of a deed at its field."""

    def __init__(self, words: Words, *given: Any, **options: Any) -> None:
        super().__init__(words, *given, **options)
        for name in self.fields.keys() & _EMPTY.keys():
            self.fields[name].error_messages["required"] = words(_EMPTY[name])

    def refuse(self, error: FyrbakError) -> None:
        for fault in error.faults if isinstance(error, FaultyError) else (error,):
            super().refuse(fault)


class RowForm(PlanForm):
    """The words of a row, its version when it was shown, and in an adopted plan the reason."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def without_structure(self) -> None:
        """An adopted plan keeps its numbers, columns and parts, and changes with a reason."""
        for name in _STRUCTURE:
            self.fields.pop(name, None)
        self.fields["reason"] = _text(2, needed=True)
        self.fields["reason"].error_messages["required"] = self.words(_EMPTY["reason"])
        self.fields["reason"].label = self.words("plans.reason")
        self.fields["reason"].help_text = self.words("plans.reason.guide")

    def told(self) -> dict[str, Any]:
        """The words that were typed, without what only the form needs."""
        words = {
            name: value for name, value in self.cleaned_data.items() if name not in ("version", "reason")
        }
        if "parts" in words:
            words["parts"] = words["parts"].splitlines()
        return words


class AreaForm(RowForm):
    """An area and the columns of its table."""

    prefix_of_words = "plans.area"
    number = _line(needed=True)
    name_sv = _line(needed=True)
    name_en = _line()
    overall_goal_sv = _text()
    overall_goal_en = _text()
    columns = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, words: Words, *given: Any, **options: Any) -> None:
        super().__init__(words, *given, **options)
        self.choose("columns", [(name, words(f"plans.column.{name}")) for name in COLUMNS])


class GoalForm(RowForm):
    """A goal and its parts, one on each line."""

    prefix_of_words = "plans.goal"
    number = _line(needed=True)
    title_sv = _line()
    title_en = _line()
    text_sv = _text(4, needed=True)
    text_en = _text()
    parts = _text()


class ActivityForm(RowForm):
    """An activity in the columns of its area's table."""

    prefix_of_words = "plans.activity"
    activity = _text(needed=True)
    how = _text()
    who = _text()
    when = _text(2)
    responsible = _text()
    follow_up = _text(2)
    time_frame = _line()

    def __init__(self, words: Words, *given: Any, columns: list[str], **options: Any) -> None:
        super().__init__(words, *given, **options)
        for name in COLUMNS:
            if name not in columns:
                del self.fields[name]


def row_form(
    words: Words, kind: str, sent: Any, *, row: Row | None = None, area: m.Area | None = None
) -> RowForm:
    """The form of a kind of row: empty, with a row's words, or with what was sent."""
    initial = _initial(row) if row else {}
    if kind == m.PlanChange.Kind.AREA:
        return AreaForm(words, sent, initial=initial or {"columns": COLUMNS})
    if kind == m.PlanChange.Kind.GOAL:
        return GoalForm(words, sent, initial=initial)
    return ActivityForm(words, sent, initial=initial, columns=area.columns if area else list(COLUMNS))


def _initial(row: Row) -> dict[str, Any]:
    values = words_of(row) | {"version": row.version}
    if isinstance(row, m.Goal):
        values["parts"] = "\n".join(values["parts"])
    return values


class NewPlanForm(PlanForm):
    """A new plan: whose, on which level, what it is called and for how long."""

    prefix_of_words = "plans.new"
    owner = forms.ChoiceField()
    level = forms.ChoiceField()
    title_sv = _line(needed=True)
    title_en = _line()
    label = _line(needed=True)
    valid_from = day_field(required=False)
    valid_to = day_field(required=False)


class CopyForm(PlanForm):
    """The next edition of a plan."""

    prefix_of_words = "plans.new"
    label = _line(needed=True)
    valid_from = day_field(required=False)
    valid_to = day_field(required=False)


class ReasonForm(PlanForm):
    """Why something is done."""

    prefix_of_words = "plans.remove"
    reason = _text(2)


class AdoptForm(PlanForm):
    """A draft is adopted."""

    prefix_of_words = "plans.adopt"
    on = day_field()


class UploadForm(PlanForm):
    """A document, and what it is to be called."""

    prefix_of_words = "plans.upload"
    owner = forms.ChoiceField()
    level = forms.ChoiceField()
    label = _line(needed=True)
    file = forms.FileField(required=True, allow_empty_file=True)


class FileForm(PlanForm):
    """Another file for the same review."""

    prefix_of_words = "plans.upload"
    file = forms.FileField(required=True, allow_empty_file=True)


class WhyForm(PlanForm):
    """Why nobody goes on with a review."""

    prefix_of_words = "plans.withdraw"
    why = _text(2, needed=True)


class StoreForm(PlanForm):
    """What a reviewed document becomes."""

    prefix_of_words = "plans.store"
    standing = forms.ChoiceField(widget=forms.RadioSelect)
    follows = forms.ChoiceField(required=False)


class LinkForm(PlanForm):
    """A link from one goal to another, and why."""

    prefix_of_words = "plans.link"
    kind = forms.ChoiceField()
    plan = forms.ChoiceField()
    number = _line(needed=True)
    rationale = _text(needed=True)
