"""Faults of pathways and measures that only working them shows: each a line that says what, where and how."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from ibis.common.exceptions import IbisError

from fyrbak.definitions import CONTENT
from fyrbak.engines import engine
from fyrbak.engines.compiled import COMPILERS, compiled
from fyrbak.errors import FyrbakError
from fyrbak.measures.coverage import uncovered
from fyrbak.measures.definitions import Measure
from fyrbak.measures.examples import differences, example_inputs, examples
from fyrbak.measures.tallies import expression
from fyrbak.pathways import coverage
from fyrbak.pathways import examples as pathway_examples
from fyrbak.pathways.shapes import Pathway

CODES = CONTENT / "codes"
_FILE_NAMED = re.compile(r"[\w-]+\.yaml")


def faults_of_measure(measure: Measure) -> Iterator[str]:
    """What keeps a measure from being asked of every engine, and what its worked examples do not show."""
    where = f"content/measures/{measure.id}"
    try:
        given, reference = examples(measure), engine("reference")
        question = expression(measure, example_inputs(given[0], measure, reference))
        for name in COMPILERS:
            try:
                compiled(question, name)
            except IbisError as error:
                words = str(error).splitlines()[0]
                yield f"{where}/measure.py: {name} cannot be asked this: {words}. Ask it otherwise."
        for example in given:
            yield from (
                f"{where}/examples.yaml: {words}" for words in differences(example, measure, reference)
            )
        yield from (f"{clause}. Add one." for clause in uncovered(measure))
    except FyrbakError as error:
        yield str(error)


def faults_of_pathways(chosen: tuple[Pathway, ...]) -> Iterator[str]:
    """What the worked examples of pathways do not come to, and what they do not show."""
    yield from pathway_examples.differences(chosen, engine("reference"))
    for pathway in chosen:
        where = f"content/pathways/svf/{pathway.id}.yaml"
        yield from (f"{where}: no example: {words}. Add one." for words in coverage.uncovered(pathway))


def unused_codes(folder: Path = CODES) -> Iterator[str]:
    """Code lists that no program and no other content names."""
    named: set[str] = set()
    for path in CONTENT.parent.rglob("*"):
        if path.suffix in (".py", ".yaml") and path.parent != folder:
            named.update(_FILE_NAMED.findall(path.read_text(encoding="utf-8")))
    for path in sorted(folder.glob("*.yaml")):
        if path.name not in named:
            yield f"content/codes/{path.name}: nothing refers to this code list. Use it or remove it."


def loaded(load: Callable[[], object]) -> Iterator[str]:
    """The fault that reading some content ends with, if any."""
    try:
        load()
    except FyrbakError as error:
        yield str(error)
