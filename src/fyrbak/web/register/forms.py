"""The forms of the register. What may be written is decided by the services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from fyrbak.access.actor import Actor
from fyrbak.errors import FyrbakError
from fyrbak.records.organisations import organisations, regions
from fyrbak.registers.notifications.entries import Entry
from fyrbak.registers.notifications.file_rows import plain_values, read_day
from fyrbak.registers.notifications.made import VALUES
from fyrbak.registers.notifications.models import Notification
from fyrbak.registers.notifications.rules import KINDS
from fyrbak.reports.register import code_told
from fyrbak.reports.words import Words
from fyrbak.web.improvement.forms import WordedForm, radio_field, text_field

_CHOSEN = {"laterality": ("R", "L", "B", "M", "U"), "basis": tuple("12345678"), "edition": tuple("6789")}


class ReasonForm(WordedForm):
    """Why something is done."""

    prefix_of_words = "register.form"
    why = text_field(rows=2, max_length=300)


class RulingForm(ReasonForm):
    """Whether two notifications are of one tumour."""

    same = radio_field()
    field_order = ("same", "why")

    def __init__(self, words: Words, *given: Any, **options: Any) -> None:
        super().__init__(words, *given, **options)
        self.choose("same", [("yes", words("register.ruling.same")), ("no", words("register.ruling.apart"))])


class FileForm(WordedForm):
    """A file to send, and the system that it comes from."""

    prefix_of_words = "register.file.field"
    file = forms.FileField(allow_empty_file=True)
    source = forms.RegexField("^[a-z0-9][a-z0-9-]{1,29}$", required=False, max_length=30)

    def __init__(self, words: Words, *given: Any, **options: Any) -> None:
        super().__init__(words, *given, **options)
        self.fields["source"].error_messages["invalid"] = words("register.error.file_source_name")

    def refuse(self, error: FyrbakError) -> None:
        self.add_error(getattr(error, "field", "") or "file", self.words.error(error))


class _DescribingForm(WordedForm):
    """A form with fields that describe a tumour."""

    prefix_of_words = "register.field"
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def describe(self, name: str) -> None:
        """Add a field: a choice where there are few codes, a day, or a code as it is written."""
        if name in _CHOSEN:
            options = [(code, code_told(name, code, self.words)) for code in _CHOSEN[name]]
            self.fields[name] = forms.ChoiceField(
                required=False, choices=[("", self.words("register.form.unknown")), *options]
            )
        else:
            self.fields[name] = forms.CharField(required=name == "diagnosed", max_length=12)
        self.word(name)

    def word(self, name: str) -> None:
        """Give a field that was added its words."""
        field = self.fields[name]
        field.label, field.label_suffix = self.words(f"register.field.{name}"), ""
        field.help_text = self.words("register.field.diagnosed.guide") if name == "diagnosed" else ""
        field.error_messages |= {
            "required": self.words("improvement.rule.needed"),
            "max_length": self.words("improvement.form.long", most=12),
        }

    def clean_diagnosed(self) -> str:
        """A day, a month or a year."""
        text = str(self.cleaned_data["diagnosed"])
        if read_day(text) is None:
            raise forms.ValidationError(self.words("register.error.day"))
        return text


def said(given: Mapping[str, Any]) -> dict[str, Any]:
    """What a form says of a tumour, by the fields of ``Entry``, as far as it asked."""
    plain = plain_values({name: str(given.get(name) or "") for name in VALUES})
    found: dict[str, Any] = {name: value for name, value in plain.items() if name in given}
    when = read_day(str(given.get("diagnosed", "")))
    return found | (dict(zip(("diagnosed", "precision"), when, strict=True)) if when else {})


class MendForm(_DescribingForm):
    """The values that a check looks at."""

    def __init__(self, words: Words, names: tuple[str, ...], *given: Any, **options: Any) -> None:
        super().__init__(words, *given, **options)
        for name in names:
            self.describe(name)
        self.fields["why"] = text_field(rows=2, max_length=300)
        self.word("why")
        self.fields["why"].help_text = words("register.field.why.guide")


class NotificationForm(_DescribingForm):
    """A whole notification."""

    kind = radio_field()
    register = forms.CharField(required=False, max_length=20)
    unit = forms.ChoiceField()
    region = forms.ChoiceField()
    referrer = forms.ChoiceField(required=False)

    def __init__(
        self, words: Words, actor: Actor, *given: Any, corrects: bool = False, **options: Any
    ) -> None:
        super().__init__(words, *given, **options)
        self.choose("kind", [(kind, words(f"register.kind.{kind}")) for kind in KINDS])
        care = [one for one in organisations() if one.kind in ("hospital", "unit", "region")]
        named = [(one.code, words.of(one, "name")) for one in care]
        self.choose("unit", [one for one in named if actor.sees(one[0])])
        self.choose("referrer", [("", words("register.form.unknown")), *named])
        self.choose("region", [(one.code, words.of(one, "name")) for one in regions()])
        for name in ("diagnosed", *VALUES):
            self.describe(name)
        self.fields["text"] = text_field(rows=4, required=False)
        self.fields["complete"] = forms.BooleanField(required=False, initial=True)
        if corrects:
            self.fields["why"] = text_field(rows=2, max_length=300)
            del self.fields["kind"]
        for name in ("text", "complete", "why"):
            if name in self.fields:
                self.word(name)


def entry_from(given: Mapping[str, Any], before: Notification | None = None) -> Entry:
    """What a form says, as an entry. The kind of source of a notification never changes."""
    kind = before.kind if before else given["kind"]
    return Entry(
        kind=kind, region=given["region"], unit=given["unit"] or None, referrer=given["referrer"] or None,
        register=given["register"] if kind == "quality" else "", text=given["text"],
        complete=given["complete"], **said(given),
    )  # fmt: skip
