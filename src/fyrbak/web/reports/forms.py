"""Forms of the report builder. They read what was typed; what may be written is decided by the services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms

from fyrbak.goals import selectors as goals
from fyrbak.goals.outline import PlanOutline
from fyrbak.measures.definitions import measures
from fyrbak.records.organisations import COUNTRY
from fyrbak.reports.builder.ground import Ground
from fyrbak.reports.builder.kinds import ReportKind
from fyrbak.reports.builder.queries import Query, query_from
from fyrbak.reports.follow_up import THE_COUNTRY
from fyrbak.reports.words import Words
from fyrbak.web.improvement.forms import Number, Options, WordedForm, radio_field, text_field

SAID = "said"
AS_IT_IS = "as-it-is"
_OPERATORS = ("=", ">=", ">", "<=", "<")
_COUNTED = ("goals", "areas", "organisations", "activities", "answers", "blank", "comments")
# The fields of each way of claiming, in the order in which they are asked.
FIELDS: dict[str, tuple[str, ...]] = {
    "places_at_level": ("goal", "level", "operator", "how_many"),
    "goals_at_level": ("level", "by", "operator", "value"),
    "count": ("what", "operator", "value"),
    "value": ("figure", "goal", "after", "organisation", "operator", "number"),
    "places_passing": ("figure", "goal", "after", "passing", "limit", "operator", "how_many"),
    "extreme": ("which", "figure", "goal", "after", "organisation"),
    "compared": ("figure", "goal", "after", "organisation", "how", "than"),
    "range": ("figure", "goal", "after", "lowest", "highest"),
    "moved": ("measure", "how"),
    "unchecked": ("why",),
}


class BeginForm(WordedForm):
    """What a new report is about."""

    prefix_of_words = "builder.field"
    title = forms.CharField(max_length=300)
    about = forms.ChoiceField()
    year = forms.IntegerField(min_value=2000, max_value=2100)
    lang = radio_field(choices=[("sv", "Svenska"), ("en", "English")])


def plans_for(kind: ReportKind, words: Words) -> Iterator[tuple[str, str]]:
    """The plans that a kind of report can be about, each with its rounds: a value and its words."""
    for edition in goals.editions().filter(plan__level__in=kind.plans).prefetch_related("rounds"):
        title = f"{words.of(edition.plan, 'title')} ({edition.label})"
        for round_ in reversed(edition.rounds.all()):
            yield f"{edition.key}/{round_.pk}", f"{title}, {round_.label}"
        if not kind.needs_round:
            yield f"{edition.key}/", f"{title}, {words('builder.no_round')}"


class AddForm(WordedForm):
    """A new section: its heading, and what data it shows."""

    prefix_of_words = "builder.field"
    heading = forms.CharField(required=False, max_length=300)
    shows = forms.ChoiceField(required=False)


class PartForm(AddForm):
    """The heading, the text and the data of a section. ``seen`` and the like are what was shown of them."""

    text = text_field(rows=12, required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen_heading = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    seen_shows = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("heading", "text", "shows", "seen", "seen_heading", "seen_shows")


def shown_by(outline: PlanOutline, words: Words) -> Options:
    """What a section can show: a value that ``query_of`` reads, and its words."""
    yield "", words("builder.shows.text")
    for kind in ("goals", "activities"):
        yield kind, words(f"builder.shows.{kind}")
        for area in outline.areas if len(outline.areas) > 1 else ():
            name = f"{area.number} {words.of(area, 'name')}"
            yield f"{kind}:{area.number}", words(f"builder.shows.{kind}.area", area=name)
    for kind in ("level_counts", "unmeasured", "projects", "tasks"):
        yield kind, words(f"builder.shows.{kind}")
    for level in outline.scale:
        label = words.of(level, "label").lower()
        yield f"goals_at_level:{level.code}", words("builder.shows.goals_at_level", level=label)
    for measure in measures():
        yield f"measure:{measure.id}", words("builder.shows.measure", measure=words.text(measure.title))


def query_of(value: str) -> Query | None:
    """The query that a choice of ``shown_by`` stands for; None for text alone."""
    kind, _, narrowed = value.partition(":")
    if not kind:
        return None
    if not narrowed:
        return query_from({"kind": kind})
    if kind in ("goals", "activities"):
        return query_from({"kind": kind, "areas": [narrowed]})
    return query_from({"kind": kind, {"goals_at_level": "level"}.get(kind, kind): narrowed})


class KeepForm(WordedForm):
    """Why a sentence stands although it does not hold."""

    prefix_of_words = "builder.field"
    because = text_field(rows=3)


class ClaimForm(WordedForm):
    """What a sentence states. Only the fields of its kind are asked for."""

    prefix_of_words = "claim.field"
    which = radio_field()
    what = forms.ChoiceField()
    measure = forms.ChoiceField()
    figure = forms.ChoiceField()
    goal = forms.ChoiceField()
    after = forms.CharField(required=False, max_length=60)
    organisation = forms.ChoiceField()
    level = radio_field()
    by = radio_field()
    how = radio_field()
    than = forms.ChoiceField()
    passing = forms.ChoiceField()
    limit = Number()
    lowest = Number()
    highest = Number()
    operator = forms.ChoiceField()
    value = forms.IntegerField(min_value=0)
    number = Number()
    how_many = forms.IntegerField(min_value=0, required=False)
    why = text_field(rows=3)

    def __init__(self, words: Words, kind: str, ground: Ground, *given: Any, **options: Any) -> None:
        super().__init__(words, *given, **options)
        self.kind = kind
        self.order_fields(FIELDS[kind])
        for name in set(self.fields) - set(FIELDS[kind]):
            del self.fields[name]
        for name, choices in self._choices(ground):
            if name in self.fields:
                self.choose(name, choices)
        if "figure" in self.fields:
            self.fields["goal"].required = False

    def _choices(self, ground: Ground) -> Iterator[tuple[str, Options]]:
        words, outline = self.words, ground.outline
        counted = [(measure.id, words.text(measure.title)) for measure in measures()]
        places = [(voice.code, words.of(voice, "name")) for voice in ground.units]
        country = (COUNTRY, words.of(THE_COUNTRY, "name"))
        operators = [(sign, words(f"claim.operator.{sign}")) for sign in _OPERATORS]
        goals_ = [
            (goal.number, f"{goal.number} {words.of(goal, 'title') or words.of(goal, 'text')[:80]}")
            for goal in outline.goals()
        ]
        yield "measure", counted
        yield "figure", [(SAID, words("claim.said")), *counted]
        yield "goal", [("", words("claim.no_goal")), *goals_] if "figure" in self.fields else goals_
        yield "organisation", [*places, country]
        yield "than", [country, *places]
        yield "level", [(level.code, words.of(level, "label")) for level in outline.scale]
        yield "operator", operators
        yield "passing", operators[1:]
        yield "what", [(name, words(f"claim.counted.{name}")) for name in _COUNTED]
        for name, values in (
            ("by", ("all", "any", "none")),
            ("how", ("higher", "lower")),
            ("which", ("highest", "lowest")),
        ):
            yield name, [(value, words(f"claim.{name}.{value}")) for value in values]

    def states(self) -> dict[str, Any]:
        """What was chosen, as a statement in the vocabulary of claims."""
        chosen = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        said = {"goal": chosen.pop("goal", ""), "after": chosen.pop("after", "")}
        if "figure" in self.fields:
            figure = chosen.pop("figure")
            chosen["figure"] = said if figure == SAID else {"measure": figure}
        elif said["goal"]:
            chosen["goal"] = said["goal"]
        if "measure" in self.fields:
            chosen["figure"] = {"measure": chosen.pop("measure")}
        if "how_many" in self.fields:
            chosen["value"] = chosen.pop("how_many", "all")
        if "number" in chosen:
            chosen["value"] = chosen.pop("number")
        return {"kind": self.kind, **chosen}
