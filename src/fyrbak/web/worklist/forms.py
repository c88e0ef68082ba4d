"""The forms of the work list. What may be written is decided by the services."""

from __future__ import annotations

from django import forms

from fyrbak.web.improvement.forms import WordedForm, day_field, radio_field, text_field


class BookingForm(WordedForm):
    """A day for a step of a pathway."""

    prefix_of_words = "worklist.book"
    step = radio_field()
    day = day_field()
    unit = forms.ChoiceField(required=False)


class ClosingForm(WordedForm):
    """Why a correction can stay as it is."""

    prefix_of_words = "worklist.close"
    why = text_field(rows=3, max_length=300)
