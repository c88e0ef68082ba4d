"""What the improvement work is called on pages and in files: states, and numbers before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from fyrbak.goals.improvement.models import Reading, TaskStatus
from fyrbak.goals.improvement.selectors import Told
from fyrbak.goals.improvement.task_list import Task, actors_of, answering
from fyrbak.measures.definitions import measure
from fyrbak.records.organisations import COUNTRY, Organisation, organisations
from fyrbak.reports import formats
from fyrbak.reports.formats import Language
from fyrbak.reports.marks import Mark
from fyrbak.reports.words import Words

State = TaskStatus.State
_STATES = {
    State.DONE: ("●", "moss"),
    State.UNDER_WAY: ("◐", "amber"),
    State.PLANNED: ("○", "ink"),
    State.DROPPED: ("✕", "brick"),
    State.NOT_STATED: ("–", "slate"),
}
STATES = tuple(_STATES)  # from the furthest to the least far
_PROJECT_STATES = {
    "waiting": ("○", "ink"),
    "declined": ("✕", "slate"),
    "granted": ("◐", "amber"),
    "reported": ("●", "moss"),
}


def state_mark(state: str, lang: Language) -> Mark:
    """How far a task has come: shape, word, and colour last."""
    shape, token = _STATES[State(state)]
    return Mark(shape, "", Words(lang)(f"tasks.state.{state}"), token)


def project_mark(told: Told, lang: Language) -> Mark:
    """How far a project has come."""
    shape, token = _PROJECT_STATES[told.state]
    return Mark(shape, "", Words(lang)(f"projects.state.{told.state}"), token)


def given_to(task: Task, lang: Language) -> str:
    """Those that the strategy gives the task to; that it names nobody, where it does not."""
    words = Words(lang)
    names = [words.text(actor.name) for actor in actors_of(task)]
    return formats.sentence_case(words.listed(names)) if names else words("tasks.nobody")


def answering_for(task: Task) -> list[Organisation]:
    """The organisations below the country that can say how far the task has come, in official order."""
    kinds = answering(task)
    return [place for place in organisations() if place.kind in kinds and place.code != COUNTRY]


def summed(task: Task, said: Mapping[str, TaskStatus], lang: Language) -> str:
    """What regions, or cancer centres, say of a task: ``3 klart, 5 pågår``; empty where none is asked."""
    words = Words(lang)
    asked = answering_for(task)
    states = Counter(said[place.code].state if place.code in said else State.NOT_STATED for place in asked)
    return ", ".join(
        f"{states[state]} {words(f'tasks.state.{state}').lower()}" for state in STATES if states[state]
    )


def reading_text(reading: Reading | None, lang: Language) -> str:
    """A number before or after a project: ``21 dagar · n = 140 · 2023``; or why there is none."""
    words = Words(lang)
    if reading is None:
        return words("projects.reading.none_yet")
    if reading.value is None:
        return f"{words('projects.reading.missing')}: {reading.missing}"
    parts = [_value(reading, lang)]
    if reading.n is not None:
        parts.append(words("projects.reading.n", n=formats.integer(reading.n, lang)))
    return " · ".join([*parts, reading.period])


def _value(reading: Reading, lang: Language) -> str:
    if reading.value is None:
        return ""
    if not reading.measure:
        return f"{_plain(reading, lang)}{formats.NBSP}{reading.unit}"
    kind = measure(reading.measure).kind
    text = formats.with_unit(float(reading.value), kind, lang)
    if reading.lower is None or reading.upper is None:
        return text
    lower, upper = (formats.amount(float(end), kind, lang) for end in (reading.lower, reading.upper))
    return f"{text} ({lower}–{upper})"


def _plain(reading: Reading, lang: Language) -> str:
    """A number with as many decimals as it was given with."""
    value = reading.value.normalize() if reading.value is not None else None
    if value is None:
        return ""
    exponent = value.as_tuple().exponent
    return formats.decimal(float(value), max(0, -exponent) if isinstance(exponent, int) else 0, lang)


def indicator_name(told: Told, lang: Language) -> str:
    """What tells whether a project made care better: in its own words, and the measure that tells it."""
    application = told.application
    if not application.measure:
        return application.indicator
    return f"{application.indicator} ({Words(lang).text(measure(application.measure).title)})"
