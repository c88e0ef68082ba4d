"""Paths into a resource, such as ``extension(mcode-procedure-intent).valueCodeableConcept.coding.code``.

A path yields every value that it leads to, in order. It goes through lists by itself, and past whatever is
not shaped as the path expects: a resource is somebody else's, and may hold anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

_STEP = re.compile(r"(?P<name>[A-Za-z]+|\^)(?:\((?P<which>[^()]+)\))?")
Path = Callable[[Any, Any], list[Any]]


def compiled(text: str, systems: dict[str, str]) -> Path:
    """The function behind a path: of an element and of the resource around it, every value there.

    ``systems`` has the short name of each address of a code system, for steps such as ``coding(icdo3)``.
    Raises ValueError for a text that is no path.
    """
    steps = []
    for part in text.split(".") if text else ():
        found = _STEP.fullmatch(part)
        if found is None:
            raise ValueError(f"'{part}' is no step of a path")
        steps.append((found["name"], _chooser(found["name"], found["which"], systems)))

    def follow(element: Any, resource: Any) -> list[Any]:
        values = [element]
        for name, fits in steps:
            if name == "^":
                values = [resource]
                continue
            below: list[Any] = []
            for value in values:
                child = value.get(name) if isinstance(value, dict) else None
                if isinstance(child, list):
                    below.extend(child)
                elif child is not None:
                    below.append(child)
            values = [value for value in below if fits(value)] if fits else below
            if not values:
                break
        return values

    return follow


def _chooser(name: str, which: str | None, systems: dict[str, str]) -> Callable[[Any], bool] | None:
    """Which elements of a list are meant: by the end of an address, by code, or by code system."""
    if which is None:
        return None
    if name == "extension":
        return lambda value: isinstance(value, dict) and _last(value.get("url")) == which
    if name == "coding":
        return lambda value: isinstance(value, dict) and systems.get(plain(value.get("system"))) == which
    return lambda value: any(
        isinstance(coding, dict) and coding.get("code") == which
        for coding in items_of(held(value, "code"), "coding")
    )


def _last(address: Any) -> str:
    return address.rsplit("/", 1)[-1].rsplit(":", 1)[-1] if isinstance(address, str) else ""


def held(value: Any, name: str) -> Any:
    """What an element holds under a name; None where it is no element."""
    return value.get(name) if isinstance(value, dict) else None


def items_of(value: Any, name: str) -> list[Any]:
    """The values of a list that an element holds, empty where there is none."""
    found = held(value, name)
    return found if isinstance(found, list) else []


def plain(value: Any) -> str:
    """A simple value as text, blank for anything else. Control signs become spaces: no column holds them."""
    if isinstance(value, str):
        return (value if value.isprintable() else value.translate(_CONTROL)).strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return (
        f"{value:f}"
        if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < 40
        else ""
    )


_CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127, *range(0xD800, 0xE000)], " ")
