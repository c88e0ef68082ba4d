"""Forms in the words of the catalogue. They read what was typed; what may be written is decided by the
services.

The words of a field are ``<prefix>.<field>`` and, where there are any, ``<prefix>.<field>.guide``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django import forms

from fyrbak.errors import FyrbakError
from fyrbak.reports.words import Words, catalogue

Options = Iterable[tuple[str, str]]
_MOST = 100_000_000  # more than there are people
_SPACES = re.compile(r"[\s\u00a0\u202f]")


class Kronor(forms.CharField):
    """Whole Swedish kronor, written with or without spaces and ``kr``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}), **options
        )

    def to_python(self, value: Any) -> Any:
        text = _SPACES.sub("", str(value or "")).removesuffix("kr")
        if text and (not text.isascii() or not text.isdigit() or len(text) > 12):
            raise forms.ValidationError(self.error_messages["invalid"])
        return int(text) if text else None


class Number(forms.CharField):
    """A number with a comma or a point before its decimals."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **options
        )

    def to_python(self, value: Any) -> Any:
        text = _SPACES.sub("", str(value or "")).replace(",", ".").replace("\u2212", "-")
        try:
            number = Decimal(text) if text else None
        except InvalidOperation:
            number = Decimal("nan")
        if number is not None and (not number.is_finite() or abs(number) >= Decimal(10) ** 12):
            raise forms.ValidationError(self.error_messages["invalid"])
        return number


def day_field(**options: Any) -> forms.DateField:
    """A day, chosen or written as 2026-03-01."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(input_formats=["%Y-%m-%d"], widget=widget, **options)


def text_field(rows: int = 4, **options: Any) -> forms.CharField:
    """Some lines of text."""
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), **options)


def radio_field(**options: Any) -> forms.ChoiceField:
    """One of a few, all of them shown."""
    return forms.ChoiceField(widget=forms.RadioSelect, **options)


class WordedForm(forms.Form):
    """A form whose labels, guides and errors are in the reader's language."""

    prefix_of_words: ClassVar[str]

    def __init__(self, words: Words, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.words = words
        for name, field in self.fields.items():
            key = f"{self.prefix_of_words}.{name}"
            field.label, field.label_suffix = words(key), ""
            if f"{key}.guide" in catalogue():
                field.help_text = words(f"{key}.guide")
            kind = "day" if isinstance(field, forms.DateField) else "number"
            field.error_messages |= {
                "required": words("improvement.rule.needed"),
                "invalid": words(f"improvement.form.{kind}"),
                "invalid_choice": words("improvement.form.choice"),
                "min_value": words("improvement.form.number"),
                "max_value": words("improvement.form.number"),
                "null_characters_not_allowed": words("improvement.form.sign"),
                "max_length": words("improvement.form.long", most=getattr(field, "max_length", "")),
            }

    def choose(self, name: str, options: Options) -> None:
        """Say what a field can be chosen among."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(options)

    def refuse(self, error: FyrbakError) -> None:
        """Say what a service refused, at the field where it can be mended if there is one."""
        field = getattr(error, "field", "")
        self.add_error(field if field in self.fields else None, self.words.error(error))


class StatusForm(WordedForm):
    """How far an organisation has come with a task."""

    prefix_of_words = "tasks.field"
    organisation = forms.ChoiceField()
    state = radio_field()
    comment = text_field(rows=3, required=False)
    source = forms.CharField(required=False, max_length=500)


class CallForm(WordedForm):
    """A call for projects."""

    prefix_of_words = "projects.call"
    organisation = forms.ChoiceField()
    title = forms.CharField(max_length=200)
    year = forms.IntegerField(min_value=2000, max_value=2100)
    allotted = Kronor()
    opens = day_field()
    closes = day_field()


class NumberFields(WordedForm):
    """The fields of a number before or after a project."""

    value = Number(required=False)
    unit = forms.CharField(required=False, max_length=60)
    n = forms.IntegerField(required=False, min_value=1, max_value=_MOST)
    period = forms.CharField(required=False, max_length=60)
    missing = forms.CharField(required=False, max_length=300)


class ApplicationForm(NumberFields):
    """An application for a project."""

    prefix_of_words = "projects.field"
    organisation = forms.ChoiceField()
    title = forms.CharField(max_length=200)
    purpose = text_field()
    plan = text_field()
    sought = Kronor()
    indicator = forms.CharField(max_length=300)
    measure = forms.ChoiceField(required=False)
    field_order = ("organisation", "title", "purpose", "plan", "sought", "indicator", "measure")


class InterestForm(WordedForm):
    """Whether the one who is signed in has a conflict of interest."""

    prefix_of_words = "projects.interest"
    conflict = radio_field()
    why = text_field(rows=2, required=False)


class MemberForm(WordedForm):
    """What a member of the deciding group without an account has said of their interest."""

    prefix_of_words = "projects.member"
    person = forms.CharField(max_length=120)
    conflict = radio_field()
    why = text_field(rows=2, required=False)


class DecisionForm(WordedForm):
    """A decision on a project. ``read`` is what was shown when it was written: application and decision."""

    prefix_of_words = "projects.decision"
    outcome = radio_field()
    amount = Kronor(required=False)
    day = day_field()
    report_by = day_field(required=False)
    reason = text_field(rows=3)
    read = forms.CharField(widget=forms.HiddenInput, required=False)


class ResultForm(NumberFields):
    """What came of a project."""

    prefix_of_words = "projects.result"
    text = text_field()
    field_order = ("text",)


class SpreadForm(WordedForm):
    """Who has taken over what a project found."""

    prefix_of_words = "projects.spread"
    organisation = forms.ChoiceField(required=False)
    whom = forms.CharField(required=False, max_length=200)
    text = text_field(rows=2)


class LetterForm(WordedForm):
    """How somebody wants the weekly letter."""

    prefix_of_words = "digests.choice"
    pace = radio_field()
    lang = radio_field()
