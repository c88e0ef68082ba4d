"""``docs/specification.md``, generated from the cases and from the vocabulary of the engines."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import yaml

from fyrbak.engines.vocabulary import REFUSED, WORDS
from fyrbak.measures.specification import Case, Followed, Measured, Question, question_named, topics


def specification_page() -> str:
    """The page as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from (
        "# Specification by cases",
        "",
        "Written by `make docs` from the cases in `content/specification` and the vocabulary of the engines.",
        "Every case runs as a test on every engine. The rules in words are in [semantics.md](semantics.md).",
        "",
        'A column\'s name is followed by its type. `null` is a value that is not known, `""` an empty text.',
        "What a case says of a measure or a pathway stands in it; all else is made up and does not matter.",
    )
    for topic in topics():
        yield from ("", f"## {topic.title}", "", topic.says)
        for case in topic.cases:
            yield from ("", f"**{case.shows}**", "", *_case(case))
    yield from _vocabulary()


def _case(case: Case) -> Iterator[str]:
    for language, text in _asks(case):
        yield from (f"```{language}", text.strip(), "```")
    for name, table in case.tables.items():
        yield from ("", f"`{name}`", "```text", table.strip(), "```")
    if case.refused:
        yield from ("", f"is refused: {case.refused}.")
    else:
        yield from ("", "gives", "```text", case.answer.strip(), "```")


def _asks(case: Case) -> Iterator[tuple[str, str]]:
    if isinstance(case, Question):
        yield "python", inspect.getsource(question_named(case.question))
    elif isinstance(case, Measured):
        about = {"measure": dict(case.measure), "interval": case.interval, "as_of": case.as_of}
        yield "yaml", _yaml(about | ({"by": list(case.by)} if case.by else {}))
    elif isinstance(case, Followed):
        born = {"born": case.person.born} if "born" in case.person.model_fields_set else {}
        events = [f"{event.on} {event.point}" for event in case.person.events]
        yield "yaml", _yaml({**case.pathway, **born, "events": events})


def _yaml(values: dict[str, object]) -> str:
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True, default_flow_style=None, width=100)


def _vocabulary() -> Iterator[str]:
    yield from (
        "",
        "## What may be asked",
        "",
        "The operations that all engines mean alike, by their names in Ibis. Those marked * have limits,",
        "which the answer names when one is passed.",
        "",
        ", ".join(sorted(f"{word.__name__}{'*' if limit else ''}" for word, limit in WORDS.items())) + ".",
        "",
        "## What may not be asked",
        "",
        "Any other operation is refused before anything runs. These have a known reason:",
        "",
        "| operation | why | instead |",
        "|---|---|---|",
    )
    for word, refusal in sorted(REFUSED.items(), key=lambda pair: pair[0].__name__):
        yield f"| {word.__name__} | {refusal.why} | {refusal.instead} |"
