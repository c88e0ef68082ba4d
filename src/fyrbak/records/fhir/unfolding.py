"""Resources that stand inside others, made into resources of their own, and named from where they stood.

A contained resource has a name inside its resource alone (``#p``). It gets a key that follows from the key of
the resource around it; a contained patient with a Swedish number gets one that follows from the number, so
that the same patient in a hundred reports is one person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from fyrbak.records.fhir.definitions import reasons
from fyrbak.records.fhir.paths import held, items_of, plain
from fyrbak.records.fhir.values import name_of

Resource = dict[str, Any]


def unfolded(resource: Resource, key: str) -> Iterator[Resource]:
    """The resources inside a resource, then itself. ``key`` is its own, ``Type/id``.

    References to what becomes no record, such as a medicine, carry it with them. Raises RecursionError for
    values that stand in each other too deep.
    """
    inside = [one for one in items_of(resource, "contained") if isinstance(one, dict)]
    own = {plain(one.get("id")): _keyed(one, key, number) for number, one in enumerate(inside, start=1)}
    for one in own.values():
        yield _pointed(one, own)
    yield _pointed({name: value for name, value in resource.items() if name != "contained"}, own)


def _keyed(resource: Resource, around: str, number: int) -> Resource:
    """A contained resource under an id of its own."""
    names = [name_of("Patient", one) for one in items_of(resource, "identifier")]
    numbers = [one for one in names if one.startswith("Patient?number|")]
    if resource.get("resourceType") == "Patient" and numbers:
        return resource | {"id": f"n{_short(numbers[0])}"}
    return resource | {"id": f"{_short(around)}.{plain(resource.get('id')) or number}"}


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _pointed(value: Any, own: Mapping[str, Resource]) -> Any:
    """A value with every ``#name`` in it made into the key of what it names."""
    if isinstance(value, list):
        return [_pointed(one, own) for one in value]
    if not isinstance(value, dict):
        return value
    pointed = {name: _pointed(one, own) for name, one in value.items()}
    text = plain(held(value, "reference"))
    found = own.get(text[1:]) if text.startswith("#") else None
    if found is None:
        return pointed
    type_ = plain(found.get("resourceType"))
    beside = {"contained": found} if type_ in reasons().kept_by_others else {}
    return pointed | {"reference": f"{type_}/{found['id']}"} | beside
