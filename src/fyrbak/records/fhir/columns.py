"""How the columns of a row are read out of a resource: one function for each way that the content knows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from fyrbak.records.fhir import definitions
from fyrbak.records.fhir.definitions import ColumnRule, into, system_names, systems
from fyrbak.records.fhir.paths import Path, compiled, held, items_of, plain
from fyrbak.records.fhir.values import amount, answer, concept, day, reference


@dataclass(frozen=True)
class Reading:
    """One resource while it is read: its key, and a bundle's own names of others."""

    key: str
    resource: dict[str, Any]
    addresses: dict[str, str]


Reader = Callable[[Any, Reading], tuple[str, ...]]
Way = Callable[[Any, Reading], tuple[str, ...] | None]  # of one value; None where it says nothing


@cache
def path(text: str) -> Path:
    """The function behind a path, made once."""
    return compiled(text, system_names())


def coded(coding: Any) -> tuple[str, str]:
    """Short name of the system, and code, of a coding; blank where it has none."""
    return system_names().get(plain(held(coding, "system")), ""), plain(held(coding, "code"))


def reader_of(name: str, rule: ColumnRule) -> Reader:
    """The function that reads what a rule says."""
    width = len(into(name, rule))
    if rule.constant is not None:
        constant = (rule.constant,)
        return lambda _element, _reading: constant
    if rule.nothing:
        return lambda _element, _reading: ("",) * width
    if rule.own_key:
        return lambda _element, reading: (reading.key,)
    if rule.answer is not None:
        return lambda element, _reading: answer(element, "|".join(_coded_of(element)))
    for way, make in _WAYS.items():
        if paths := getattr(rule, way):
            return _first(tuple(map(path, paths)), make(name, rule, paths[0]), width)
    raise ValueError(f"{name}: no way to read it")


def _first(paths: tuple[Path, ...], read: Way, width: int) -> Reader:
    """What the first value says that says anything, along the paths in their order."""
    nothing = ("",) * width

    def first(element: Any, reading: Reading) -> tuple[str, ...]:
        for follow in paths:
            for value in follow(element, reading.resource):
                if (told := read(value, reading)) is not None:
                    return told
        return read(None, reading) or nothing

    return first


def _coded_of(element: Any) -> tuple[str, str]:
    coding = next(iter(items_of(held(element, "code"), "coding")), None)
    return coded(coding)


def _as_text(_name: str, rule: ColumnRule, _where: str) -> Way:
    codes = definitions.mapping().codes[rule.codes] if isinstance(rule.codes, str) else rule.codes or {}
    pattern = re.compile(rule.pattern) if rule.pattern else None

    def read(value: Any, _reading: Reading) -> tuple[str, ...] | None:
        if value is None:
            return (rule.otherwise,)
        text = plain(value)
        if pattern is not None:
            found = pattern.search(text)
            text = found[1] if found else ""
        if text in codes:
            return (codes[text],)
        if not text or rule.only_known or (codes and rule.otherwise):
            return None
        return (text[: rule.longest],)

    return read


def _as_number(_name: str, _rule: ColumnRule, _where: str) -> Way:
    return lambda value, _reading: (plain(value),) if plain(value) else None


def _as_date(name: str, _rule: ColumnRule, _where: str) -> Way:
    def read(value: Any, _reading: Reading) -> tuple[str, ...] | None:
        text, precision = day(value)
        if not text:
            return None
        # The end of an interval has no precision of its own: an end in some month is not a day.
        return ("" if precision != "D" else text,) if name == "end" else (text, precision)

    return read


def _as_code(name: str, rule: ColumnRule, where: str) -> Way:
    def read(value: Any, _reading: Reading) -> tuple[str, ...] | None:
        told = concept(value, where, but=rule.but, anything=rule.open) if value is not None else None
        if told is None:
            return None
        code, system, version, words = told
        return ("", "", "", code, system, words) if name == "value" else (code, system, version, words)

    return read


def _as_quantity(_name: str, rule: ColumnRule, where: str) -> Way:
    def read(value: Any, _reading: Reading) -> tuple[str, ...] | None:
        told = amount(value, where, wanted=rule.unit)
        if told is None:
            return None
        return (told[0],) if rule.unit else (told[0], told[2])

    return read


def _as_identifier(_name: str, _rule: ColumnRule, _where: str) -> Way:
    kinds = {address: kind for kind, addresses in systems().identifiers.items() for address in addresses}
    return lambda value, _reading: (kinds[plain(value)],) if plain(value) in kinds else None


def _as_reference(_name: str, rule: ColumnRule, _where: str) -> Way:
    def read(value: Any, reading: Reading) -> tuple[str, ...] | None:
        key = reference(value, rule.to, reading.addresses)
        return (key,) if key else None

    return read


_WAYS = {
    "text": _as_text, "number": _as_number, "date": _as_date, "code": _as_code, "quantity": _as_quantity,
    "identifier": _as_identifier, "reference": _as_reference,
}  # fmt: skip
