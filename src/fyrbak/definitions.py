"""Reading of content: YAML files checked against a pydantic model, with file, line and field in every error.

All rooms load their content through :func:`load`, so that a typo in a pathway, a measure, a target or a
mapping is answered in the same way: ``svf/lunga.yaml:14: limits.0.days: ...``.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

try:  # ten times as fast; a build of the library without it still works
    from yaml import CSafeLoader as SafeLoader
except ImportError:
    from yaml import SafeLoader  # type: ignore[assignment]

from fyrbak.errors import BadDefinitionError, UnknownNameError

CONTENT = Path(__file__).parent / "content"


class Definition(BaseModel):
    """Base of every content model: unknown fields are refused and values never change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


D = TypeVar("D", bound=Definition)


class _LineLoader(SafeLoader):
    """A safe loader that refuses duplicate keys, which plain YAML would overwrite in silence."""


def _mapping(loader: _LineLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            problem = f"the key '{key}' stands twice"
            raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
        seen.add(key)
    return dict(loader.construct_pairs(node, deep=True))


_LineLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(path: Path) -> Any:
    """Return the file's content as plain values. Raises BadDefinitionError naming file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadDefinitionError(f"{path}: the file does not exist. Check the path.") from None
    except UnicodeDecodeError as error:
        raise BadDefinitionError(
            f"{path}: byte {error.start} is not UTF-8. Save the file as UTF-8 and try again."
        ) from None
    return parse_yaml(text, str(path))


def parse_yaml(text: str, name: str) -> Any:
    """Return a text's content as plain values. Raises BadDefinitionError naming the text and the line."""
    try:
        return yaml.load(text, Loader=_LineLoader)  # noqa: S506 - a subclass of SafeLoader
    except yaml.MarkedYAMLError as error:
        # What is missing at the end of the file is told of the last line, not of the one after it.
        line = min(error.problem_mark.line, text.count("\n")) + 1 if error.problem_mark else 1
        raise BadDefinitionError(f"{name}:{line}: not valid YAML: {error.problem}. Mend that line.") from None
    except yaml.YAMLError:
        raise BadDefinitionError(f"{name}: holds signs that YAML does not allow. Remove them.") from None


def line_of(text: str, location: tuple[int | str, ...]) -> int:
    """Line (from 1) of the deepest part of ``location`` that exists in a text of YAML."""
    node = yaml.compose(text, Loader=SafeLoader)
    line = node.start_mark.line + 1 if node else 1
    for step in location:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == str(step)), None)
            if pair is None and isinstance(step, int):
                continue  # one thing where several may stand has no number of its own
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line


def advice(model: type[BaseModel], error: Any) -> str:
    """What is wrong with a field, and how to mend it where that can be told."""
    if error["type"] == "extra_forbidden":
        wrong = str(error["loc"][-1])
        near = difflib.get_close_matches(wrong, _field_names(model), n=1)
        return f"unknown field '{wrong}'" + (f", did you mean '{near[0]}'?" if near else ". Remove it.")
    if error["type"] == "missing":
        return "the field is missing. Add it."
    if error["type"] == "model_type" and not error["loc"]:
        return f"fields are expected here, such as {next(iter(model.model_fields))}. Is it the right file?"
    return str(error["msg"]).removeprefix("Value error, ")


def _field_names(model: type[BaseModel], seen: frozenset[type[BaseModel]] = frozenset()) -> list[str]:
    names = list(model.model_fields)
    for field in model.model_fields.values():
        for part in _parts(field.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel) and part not in seen:
                names += _field_names(part, seen | {model, part})
    return names


def _parts(annotation: Any) -> Iterator[Any]:
    """An annotation and everything that it is made of, such as the model in a dictionary of lists of it."""
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


def load(path: Path, model: type[D]) -> D:
    """Read and check one content file.

    Raises BadDefinitionError with ``file:line: field: what is wrong`` for the first fault, and how many
    more there are.
    """
    data = read_yaml(path)
    try:
        return model.model_validate(data)
    except ValidationError as failure:
        errors = failure.errors()
        first = errors[0]
        more = f" ({len(errors) - 1} more faults in this file.)" if len(errors) > 1 else ""
        raise fault(path, first["loc"], advice(model, first) + more) from None


def fault(path: Path, location: tuple[int | str, ...], message: str) -> BadDefinitionError:
    """The error for a fault in a file, placed at ``location`` (keys and indices from the top of the file)."""
    field = ".".join(str(part) for part in location) or "(whole file)"
    return BadDefinitionError(
        f"{path}:{line_of(path.read_text(encoding='utf-8'), location)}: {field}: {message}"
    )


def content_hash(paths: list[Path]) -> str:
    """Twelve hex digits that change when any of the files' names or bytes change."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def unknown(kind: str, name: str, known: list[str]) -> str:
    """Words for a name that is not known, with the nearest known name or, failing that, the known ones."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(sorted(known)[:40])}."
    return f"unknown {kind} '{name}': {hint}"


def pick(kind: str, name: str, known: list[str]) -> str:
    """Return ``name`` if it is known, else raise UnknownNameError that offers the nearest known name."""
    if name in known:
        return name
    raise UnknownNameError(unknown(kind, name, known))
