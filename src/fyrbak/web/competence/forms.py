"""What is asked of competence. What may be written is decided by the services."""

from __future__ import annotations

from typing import Any

from django import forms

from fyrbak.access.actor import Actor
from fyrbak.library.competence.definitions import courses, specialities
from fyrbak.records.organisations import organisations
from fyrbak.reports.words import Words
from fyrbak.web.improvement.forms import Number, WordedForm, day_field

COUNTED_FOR = ("country", "rcc", "region")  # whom completions are counted for


def own_places(words: Words, actor: Actor, kinds: tuple[str, ...]) -> list[tuple[str, str]]:
    """Those of the actor's organisations that are of some kinds: codes and names, in official order."""
    own = [one for one in organisations() if one.kind in kinds and actor.sees(one.code)]
    return [(one.code, words.of(one, "name")) for one in own]


class _PlaceForm(WordedForm):
    """A count of one of the actor's organisations."""

    prefix_of_words = "competence.field"
    organisation = forms.ChoiceField()

    def __init__(
        self, words: Words, actor: Actor, kinds: tuple[str, ...], *given: Any, **options: Any
    ) -> None:
        super().__init__(words, *given, **options)
        self.choose("organisation", own_places(words, actor, kinds))


class CompletionForm(_PlaceForm):
    """How many completed a course."""

    course = forms.ChoiceField()
    begins = day_field()
    ends = day_field()
    number = forms.IntegerField(required=False)
    source = forms.CharField(max_length=200)

    def __init__(self, words: Words, actor: Actor, *given: Any, **options: Any) -> None:
        super().__init__(words, actor, COUNTED_FOR, *given, **options)
        self.choose("course", [(one.id, words.text(one.title)) for one in courses().courses])


class StaffingForm(_PlaceForm):
    """How many there are of a speciality."""

    speciality = forms.ChoiceField()
    day = day_field()
    headcount = forms.IntegerField(required=False)
    full_time = Number(required=False)
    retiring = forms.IntegerField(required=False)
    vacant = Number(required=False)
    source = forms.CharField(max_length=200)

    def __init__(self, words: Words, actor: Actor, *given: Any, **options: Any) -> None:
        super().__init__(words, actor, ("region",), *given, **options)
        self.choose("speciality", [(one.id, words.text(one.title)) for one in specialities().specialities])


class CompletionFileForm(WordedForm):
    """A file of completions."""

    prefix_of_words = "competence.field"
    file = forms.FileField(allow_empty_file=True)  # which is answered as other files without rows
