"""What is asked of studies. What may be written is decided by the services."""

from __future__ import annotations

from typing import Any

from django import forms

from fyrbak.reports.studies import diagnosis_options
from fyrbak.reports.words import Words
from fyrbak.studies.described import Described
from fyrbak.studies.models import Kind, Known, Status
from fyrbak.studies.refusals import EARLIEST, LONGEST_SOURCE
from fyrbak.studies.services import MOST_INCLUDED
from fyrbak.web.improvement.forms import Number, WordedForm, day_field, radio_field, text_field


def _source_field(**options: Any) -> forms.CharField:
    return forms.CharField(max_length=LONGEST_SOURCE, **options)


class _Form(WordedForm):
    prefix_of_words = "studies.field"


class DescriptionForm(_Form):
    """What a study is."""

    title_sv = forms.CharField(max_length=300)
    title_en = forms.CharField(max_length=300, required=False)
    registrations = forms.CharField(max_length=200, required=False)
    sponsor = forms.CharField(max_length=200)
    kind = radio_field()
    diagnoses = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    whom = radio_field()
    contact = forms.CharField(max_length=200)

    def __init__(self, words: Words, *given: Any, **options: Any) -> None:
        super().__init__(words, *given, **options)
        self.choose("kind", [(one.value, words(f"studies.kind.{one}")) for one in Kind])
        self.choose("diagnoses", diagnosis_options(words))
        self.choose("whom", [(one, words(f"studies.whom.{one}")) for one in ("adults", "children", "both")])

    def described(self) -> Described:
        """What was typed, as the services take it."""
        given = self.cleaned_data
        return Described(
            title_sv=given["title_sv"], title_en=given["title_en"], sponsor=given["sponsor"],
            kind=given["kind"], diagnoses=tuple(given["diagnoses"]), adults=given["whom"] != "children",
            children=given["whom"] != "adults", contact=given["contact"],
        )  # fmt: skip


class ChangeForm(DescriptionForm):
    """The same, said anew from the version that was shown."""

    shown = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class StudyForm(DescriptionForm):
    """A new study: what it is, and how it stands. ``distinct`` is asked when it is nearly another."""

    status = radio_field()
    day = day_field()
    source = _source_field()
    distinct = forms.BooleanField(required=False)

    def __init__(self, words: Words, *given: Any, asks_if_distinct: bool, **options: Any) -> None:
        super().__init__(words, *given, **options)
        self.choose("status", _statuses(words))
        if not asks_if_distinct:
            del self.fields["distinct"]


class StatusForm(_Form):
    """How a study stands, as a whole or in a place."""

    place = forms.ChoiceField(required=False)
    status = radio_field()
    day = day_field()
    source = _source_field()

    def __init__(self, words: Words, places: list[tuple[str, str]], *given: Any, **options: Any) -> None:
        super().__init__(words, *given, **options)
        self.choose("place", places)
        self.choose("status", _statuses(words))


class IncludedForm(_Form):
    """How many were included in a place in a year."""

    place = forms.ChoiceField()
    year = forms.IntegerField(min_value=EARLIEST.year, max_value=2100)
    number = forms.IntegerField(required=False, min_value=0, max_value=MOST_INCLUDED)
    source = _source_field()

    def __init__(self, words: Words, places: list[tuple[str, str]], *given: Any, **options: Any) -> None:
        super().__init__(words, *given, **options)
        self.choose("place", places)


class TargetForm(WordedForm):
    """What a region has decided, or that it has not. ``shown`` is the version that was shown, 0 for none."""

    prefix_of_words = "studies.target"
    known = radio_field()
    text = text_field(rows=3, max_length=500, required=False)
    number = Number(required=False)
    unit = forms.CharField(max_length=60, required=False)
    period = forms.CharField(max_length=60, required=False)
    decided = day_field(required=False)
    source = _source_field(required=False)
    shown = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, words: Words, *given: Any, **options: Any) -> None:
        super().__init__(words, *given, **options)
        self.choose("known", [(one.value, words(f"studies.known.{one}")) for one in Known])


class FileForm(_Form):
    """A file of studies."""

    file = forms.FileField(allow_empty_file=True)


def _statuses(words: Words) -> list[tuple[str, str]]:
    return [(one.value, words(f"studies.status.{one}")) for one in Status]
