"""Forms of reporting. Words of a field: ``<prefix>.<field>``."""

from __future__ import annotations

from django import forms

from fyrbak.web.improvement.forms import WordedForm, radio_field, text_field


class StatementForm(WordedForm):
    """What a region says of a condition that no data tell."""

    prefix_of_words = "reporting.statement"
    condition = forms.ChoiceField()
    met = radio_field()
    text = text_field(rows=3)
