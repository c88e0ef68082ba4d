"""Forms of the catalogue. They read what was typed; the rules of the definition decide what is saved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms

from fyrbak.errors import FyrbakError
from fyrbak.pathways.catalogue.texts import FaultyError, Mistake
from fyrbak.pathways.definitions import measuring_points, treatments
from fyrbak.pathways.shapes import ANY_TREATMENT, Block, Limit, Pathway
from fyrbak.reports.catalogue import told
from fyrbak.web.improvement.forms import WordedForm, day_field, radio_field, text_field

_MOST_DAYS = 1000
_COUNTED_FROM = ("start", "referral_received", "secured_diagnosis")


class DefinitionForm(WordedForm):
    """A form that becomes part of a definition. Each fault is told at its field where the form has it.

    ``shown`` is the number of the revision that was on the page.
    """

    prefix_of_words = "catalogue.field"
    part: ClassVar[str] = ""
    names: ClassVar[dict[str, str]] = {}  # fields of the definition that are called otherwise here
    shown = forms.IntegerField(widget=forms.HiddenInput)

    def refuse(self, error: FyrbakError) -> None:
        if not isinstance(error, FaultyError):
            super().refuse(error)
            return
        for one in error.mistakes:
            name = next((str(step) for step in reversed(one.place) if isinstance(step, str)), "")
            name = self.names.get(name, name)
            here = not self.part or (bool(one.place) and one.place[0] == self.part)
            if here and name in self.fields:
                self.add_error(name, one.words)
            else:
                self.add_error(None, self._placed(one))

    def _placed(self, one: Mistake) -> str:
        """A mistake that no field of the form has: where it is, then what it is."""
        line = self.words("catalogue.line", line=one.line) if one.line else ""
        return ": ".join(part for part in (one.field, line, one.words) if part)


class TextsForm(DefinitionForm):
    """Name, first day, criteria and what else is words."""

    names = {"version": "first_day", "title": "title_sv", "filter_function": "filter_sv"}
    first_day = day_field()
    title_sv = forms.CharField(max_length=200)
    title_en = forms.CharField(max_length=200)
    entry = text_field(rows=8, required=False)
    entry_en = text_field(rows=8, required=False)
    entry_to_verify = forms.BooleanField(required=False)
    filter_sv = forms.CharField(max_length=200, required=False)
    filter_en = forms.CharField(max_length=200, required=False)
    notes = text_field(rows=5, required=False)
    icd10_note = forms.CharField(max_length=500, required=False)


def texts_of(pathway: Pathway) -> dict[str, Any]:
    """What the form of texts is filled with."""
    function = pathway.filter_function
    return {
        "first_day": pathway.version, "title_sv": pathway.title.sv, "title_en": pathway.title.en,
        "entry": "\n".join(pathway.entry), "entry_en": "\n".join(pathway.entry_en),
        "entry_to_verify": pathway.entry_to_verify,
        "filter_sv": function.sv if function else "", "filter_en": function.en if function else "",
        "notes": "\n".join(pathway.notes), "icd10_note": pathway.icd10_note,
    }  # fmt: skip


def fields_of_texts(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of the definition that the form of texts gives."""
    function = {"sv": given["filter_sv"], "en": given["filter_en"]}
    return {
        "version": given["first_day"].isoformat(),
        "title": {"sv": given["title_sv"], "en": given["title_en"]},
        "entry": list(_lines(given["entry"])),
        "entry_en": list(_lines(given["entry_en"])),
        "entry_to_verify": given["entry_to_verify"],
        "filter_function": function if any(function.values()) else None,
        "notes": list(_lines(given["notes"])),
        "icd10_note": given["icd10_note"],
    }


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip())


class LimitForm(DefinitionForm):
    """One limit."""

    part = "limits"
    treatment = forms.ChoiceField()
    variant = forms.ChoiceField(required=False)
    days = forms.IntegerField(required=False, min_value=1, max_value=_MOST_DAYS)
    valid_from = day_field(required=False)
    valid_to = day_field(required=False)
    source = forms.CharField(max_length=300)
    as_of = day_field(required=False)
    counted_from = forms.ChoiceField()
    to_verify = forms.BooleanField(required=False)
    note = text_field(rows=2, required=False)
    remove = forms.BooleanField(required=False)

    def offer(self, pathway: Pathway) -> None:
        """Say what can be chosen in this pathway."""
        words = self.words
        any_treatment = (ANY_TREATMENT, words("page.any_treatment"))
        self.choose(
            "treatment", [any_treatment, *((t.id, told(t.title, words)) for t in treatments().values())]
        )
        variants = [(one.id, told(one.title, words)) for one in pathway.variants]
        self.choose("variant", [("", words("catalogue.none")), *variants])
        self.choose("counted_from", [(one, words(f"catalogue.from.{one}")) for one in _COUNTED_FROM])


def limit_of(row: Limit) -> dict[str, Any]:
    """What the form of a limit is filled with."""
    return row.model_dump()


def row_of_limit(given: dict[str, Any]) -> dict[str, Any]:
    """The row of the definition that the form of a limit gives."""
    row = {name: given[name] for name in LimitForm.base_fields if name not in ("shown", "remove")}
    for name in ("valid_from", "valid_to", "as_of"):
        row[name] = row[name].isoformat() if row[name] else ""
    return row


class BlockForm(DefinitionForm):
    """One published time between two steps."""

    part = "blocks"
    names = {"from": "from_sv", "to": "to_sv", "sv": "from_sv", "en": "from_en"}
    id = forms.SlugField(max_length=40)
    from_sv = forms.CharField(max_length=200)
    from_en = forms.CharField(max_length=200)
    to_sv = forms.CharField(max_length=200)
    to_en = forms.CharField(max_length=200)
    days = forms.IntegerField(min_value=0, max_value=_MOST_DAYS)
    from_point = forms.ChoiceField(required=False)
    to_point = forms.ChoiceField(required=False)
    source = forms.CharField(max_length=300)
    as_of = day_field(required=False)
    to_verify = forms.BooleanField(required=False)
    note = text_field(rows=2, required=False)
    remove = forms.BooleanField(required=False)

    def offer(self, _pathway: Pathway) -> None:
        """Say what can be chosen in any pathway."""
        points = [
            (one.point, f"{one.point} {told(one.title, self.words)}") for one in measuring_points().values()
        ]
        for name in ("from_point", "to_point"):
            self.choose(name, [("", self.words("catalogue.none")), *points])
        self.fields["days"].help_text = ""


def block_of(row: Block) -> dict[str, Any]:
    """What the form of a block is filled with."""
    ends = {"from_sv": row.from_.sv, "from_en": row.from_.en, "to_sv": row.to.sv, "to_en": row.to.en}
    return row.model_dump(exclude={"from_", "to"}) | ends


def row_of_block(given: dict[str, Any]) -> dict[str, Any]:
    """The row of the definition that the form of a block gives."""
    own = ("id", "days", "from_point", "to_point", "source", "to_verify", "note")
    return {
        **{name: given[name] for name in own},
        "from": {"sv": given["from_sv"], "en": given["from_en"]},
        "to": {"sv": given["to_sv"], "en": given["to_en"]},
        "as_of": given["as_of"].isoformat() if given["as_of"] else "",
    }


class RenewForm(DefinitionForm):
    """Other days for a limit, from the draft's first day."""

    part = "limits"
    days = forms.IntegerField(min_value=1, max_value=_MOST_DAYS)
    source = forms.CharField(max_length=300)


class SourceForm(DefinitionForm):
    """The whole definition as text, or as a file."""

    content = text_field(rows=30)
    file = forms.FileField(required=False, allow_empty_file=True)

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.fields["content"].strip = False  # type: ignore[attr-defined]


class BeginForm(WordedForm):
    """A new draft."""

    prefix_of_words = "catalogue.field"
    first_day = day_field()
    purpose = text_field(rows=3)


class ConsultForm(WordedForm):
    """How long a consultation lasts."""

    prefix_of_words = "catalogue.field"
    last_day = day_field()


class CommentForm(WordedForm):
    """A comment on a part of a draft."""

    prefix_of_words = "catalogue.field"
    section = forms.ChoiceField()
    text = text_field(rows=6)


class AnswerForm(WordedForm):
    """An answer to a comment."""

    prefix_of_words = "catalogue.field"
    outcome = radio_field()
    text = text_field(rows=4)


class ApproveForm(WordedForm):
    """What is approved is what was shown."""

    prefix_of_words = "catalogue.field"
    shown = forms.IntegerField(widget=forms.HiddenInput)


class PublishForm(WordedForm):
    """When the new version is to be looked over."""

    prefix_of_words = "catalogue.field"
    review_by = day_field()


class WithdrawForm(WordedForm):
    """Why a draft is laid down."""

    prefix_of_words = "catalogue.field"
    why = text_field(rows=3)


class ReviewForm(WordedForm):
    """What was found at a review, and when the next is."""

    prefix_of_words = "catalogue.field"
    day = day_field()
    why = text_field(rows=3)
