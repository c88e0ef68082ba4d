"""What is asked of an event. What may be registered is decided by the rules."""

from __future__ import annotations

from typing import Any

from django import forms

from fyrbak.access.actor import Actor
from fyrbak.errors import FyrbakError
from fyrbak.pathways.definitions import pathways
from fyrbak.pathways.events.errors import RefusedEventError
from fyrbak.pathways.events.walk import Event
from fyrbak.pathways.shapes import Pathway
from fyrbak.records.organisations import organisations, regions
from fyrbak.reports import events as told
from fyrbak.reports.words import Words
from fyrbak.web.improvement.forms import WordedForm, day_field, radio_field, text_field


class _PlaceForm(WordedForm):
    """A form that asks where: the reader's own units and hospitals, and the region itself."""

    prefix_of_words = "events.field"

    def places(self, actor: Actor) -> None:
        """Let one of the actor's own places be chosen."""
        own = [o for o in organisations() if o.kind in ("region", "hospital", "unit") and actor.sees(o.code)]
        self.choose("place", [(one.code, self.words.of(one, "name")) for one in own])

    def refuse(self, error: FyrbakError) -> None:
        if isinstance(error, RefusedEventError):
            self.add_error(_FIELD_OF.get(error.reason.rule.id, "day"), told.reason(error.reason, self.words))
        else:
            super().refuse(error)


_FIELD_OF = {"unknown_variant": "variant", "date_missing": "original_start", "recurrence": "followed_up"}


class EventForm(_PlaceForm):
    """When and where something happened."""

    day = day_field()
    place = forms.ChoiceField()
    variant = forms.ChoiceField(required=False)
    original_start = day_field(required=False)
    why = text_field(rows=2, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def shaped(self, pathway: Pathway, *, received: bool) -> None:
        """Leave out what the event does not have."""
        if pathway.variants:
            ways = [(one.id, str(getattr(one.title, self.words.lang))) for one in pathway.variants]
            self.choose("variant", [("", self.words("events.field.variant.none")), *ways])
        else:
            del self.fields["variant"]
        if not received:
            del self.fields["original_start"]


class StartForm(_PlaceForm):
    """A pathway that starts, or a patient who is received in one."""

    pathway = forms.ChoiceField()
    how = radio_field()
    day = day_field()
    original_start = day_field(required=False)
    place = forms.ChoiceField()
    followed_up = radio_field()
    why = text_field(rows=2, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, words: Words, *given: Any, **options: Any) -> None:
        super().__init__(words, *given, **options)
        titles = sorted((told.pathway_title(one.id, words), one.id) for one in pathways())
        self.choose("pathway", [("", words("events.field.pathway.none")), *((i, t) for t, i in titles)])
        self.choose("how", [("10", words("events.how.start")), ("91", words("events.how.received"))])
        self.choose(
            "followed_up", [("no", words("events.followed.no")), ("yes", words("events.followed.yes"))]
        )


class ReasonForm(WordedForm):
    """Why something is taken back."""

    prefix_of_words = "events.field"
    why = text_field(rows=2)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class TaskForm(WordedForm):
    """What was done with a task, or why not."""

    prefix_of_words = "events.task.field"
    why = text_field(rows=2)


class FileForm(WordedForm):
    """A file of events."""

    prefix_of_words = "events.field"
    region = forms.ChoiceField()
    file = forms.FileField(allow_empty_file=True)  # kept like any other that cannot be used, and answered
    rows = forms.IntegerField(required=False, min_value=1)

    def regions(self, actor: Actor) -> None:
        """Let one of the actor's own regions be chosen."""
        own = [one for one in regions() if actor.sees(one.code)]
        self.choose("region", [(one.code, self.words.of(one, "name")) for one in own])


def event_of(given: dict[str, Any], pathway: str, point: str) -> Event:
    """What a form says, as an event."""
    place = given["place"]
    region = place.partition("-")[0]
    return Event(
        pathway,
        point,
        given["day"],
        variant=given.get("variant") or "",
        original_start=given.get("original_start"),
        region=region,
        unit=place if place != region else "",
    )
