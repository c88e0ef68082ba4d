"""What is asked of a returned referral. What may be written is decided by the services."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms

from fyrbak.library.returns.services import LONGEST_NAME, MOST_RECEIVED, YEARS_BACK
from fyrbak.reports import formats
from fyrbak.reports.returns import titles
from fyrbak.reports.words import Words
from fyrbak.web.improvement.forms import WordedForm, day_field, radio_field


def _centre_field() -> forms.CharField:
    """The name of a centre; the page proposes those that are known."""
    widget = forms.TextInput(attrs={"list": "centres", "autocomplete": "off"})
    return forms.CharField(max_length=LONGEST_NAME, widget=widget)


class ReturnForm(WordedForm):
    """A referral that was returned."""

    prefix_of_words = "returns.field"
    centre = _centre_field()
    day = day_field()
    reason = radio_field()

    def __init__(self, words: Words, *given: Any, **options: Any) -> None:
        super().__init__(words, *given, **options)
        self.choose("reason", titles(words).items())


class CorrectionForm(ReturnForm):
    """The same, corrected from the version that was shown."""

    shown = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class ReceivedForm(WordedForm):
    """How many referrals of a centre were assessed in a month."""

    prefix_of_words = "returns.field"
    centre = _centre_field()
    month = forms.ChoiceField()
    number = forms.IntegerField(required=False, min_value=0, max_value=MOST_RECEIVED)

    def __init__(self, words: Words, on: date, *given: Any, **options: Any) -> None:
        super().__init__(words, *given, **options)
        lang = formats.language(words.lang)
        self.choose("month", [(one.isoformat(), formats.month_in_text(one, lang)) for one in _months(on)])

    def clean_month(self) -> date:
        """The month as its first day."""
        return date.fromisoformat(self.cleaned_data["month"])


def _months(on: date) -> Iterator[date]:
    """The months that a number can be told of, the latest first."""
    for year in range(on.year, on.year - YEARS_BACK - 1, -1):
        for month in range(on.month if year == on.year else 12, 0, -1):
            yield date(year, month, 1)
