"""What single elements of a resource say: days with their precision, codes, answers, amounts, references."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from fyrbak.records.fhir.definitions import KEY, system_names, systems
from fyrbak.records.fhir.paths import held, items_of, plain
from fyrbak.records.flat.units import Unit, UnitError, unit

_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_COMPARATORS = {"<", "<=", ">=", ">"}
_ABSENT = "data-absent-reason"
_TELLS = 200  # signs of the words beside a code; the code itself says the same


class UnfitError(Exception):
    """An element cannot become what it should. ``names`` fill the reason in; they never say who it is."""

    def __init__(self, rule: str, field: str, value: str = "", **names: str) -> None:
        super().__init__(rule)
        self.rule, self.field, self.value, self.names = rule, field, value, names


def day(value: Any) -> tuple[str, str]:
    """A FHIR date as the first day that it may be, and its precision: Y, M or D.

    What is no date stays as it is, so that whoever checks the row can say so.
    """
    text = plain(value)
    found = _DATE.match(text)
    if found is None or (len(text) > len(found[0]) and text[len(found[0])] != "T"):
        return text, "D"
    known = found[0]
    return {4: (f"{known}-01-01", "Y"), 7: (f"{known}-01", "M")}.get(len(known), (known, "D"))


def concept(
    value: Any, field: str, *, but: Sequence[str] = (), anything: bool = False
) -> tuple[str, str, str, str] | None:
    """Code, short name of its system, version and words of a concept; None where it says nothing.

    Of several codings the one of the system that stands first in the content is taken. ``but`` are systems
    that are read elsewhere. Raises UnfitError for a code of an unknown system, unless ``anything`` will do.
    """
    if isinstance(value, str):
        return ("", "", "", plain(value)) if plain(value) else None
    text = plain(held(value, "text"))
    codings = [one for one in items_of(value, "coding") if isinstance(one, dict) and plain(one.get("code"))]
    if "code" in (value if isinstance(value, dict) else {}) and not codings:
        codings = [value]  # a Coding without a concept around it
    names = system_names()
    known = [(names.get(plain(one.get("system"))), one) for one in codings]
    chosen = [(name, one) for name, one in known if name is not None]
    if chosen:
        order = list(systems().systems)
        name, coding = min(chosen, key=lambda pair: order.index(pair[0]))
        if name in but:
            return None
        words = plain(coding.get("display")) or text
        return plain(coding["code"]), name, plain(coding.get("version"))[:10], words[:_TELLS]
    if codings and not anything:
        address = plain(codings[0].get("system"))
        if address.endswith(_ABSENT):
            raise UnfitError("no_value", field, plain(codings[0]["code"]))
        raise UnfitError("unknown_system", field, address or "–", choices=", ".join(systems().systems))
    words = text or (plain(codings[0].get("display")) or plain(codings[0]["code"]) if codings else "")
    return ("", "", "", words) if words else None


def amount(value: Any, field: str, *, wanted: str = "", kind: str = "") -> tuple[str, str, str] | None:
    """Number, comparator and UCUM unit of a quantity; None where there is no number.

    ``wanted`` is the unit to give it in, ``kind`` what it is to measure. Raises UnfitError for a unit that is
    none, or that measures something else.
    """
    number = held(value, "value")
    if not isinstance(number, int | Decimal) or isinstance(number, bool):
        return None
    comparator = plain(held(value, "comparator"))
    if comparator and comparator not in _COMPARATORS:
        raise UnfitError("unreadable_value", field)
    name = plain(held(value, "code")) or plain(held(value, "unit"))
    measured = _unit(name, field, needed=bool(wanted or kind))
    if wanted and measured is not None:
        other = unit(wanted)
        if other.powers != measured.powers:
            raise UnfitError("unit_kind", field, name, choices=wanted)
        size = Decimal(repr(measured.size)) / Decimal(repr(other.size))
        return plain(_short(Decimal(number) * size)), comparator, wanted
    if kind and measured is not None and measured.kind != kind:
        raise UnfitError("unit_kind", field, name, choices=kind)
    return plain(_short(Decimal(number))), comparator, "" if name == "1" else name[:24]


def _unit(name: str, field: str, *, needed: bool) -> Unit | None:
    """A unit, where it is known. Another is refused if it has to be known, or if its spelling is."""
    try:
        return unit(name)
    except UnitError as error:
        if needed or error.nearest:
            nearest = f" → {error.nearest}" if error.nearest else ""
            raise UnfitError("unit_unknown", field, name, nearest=nearest) from None
        return None


def _short(number: Decimal) -> Decimal:
    """A number without needless zeros, with as many decimals as records keep."""
    try:
        kept = number.quantize(Decimal(1).scaleb(-8)) if number.as_tuple().exponent < -8 else number  # type: ignore[operator]
    except InvalidOperation:
        return number
    return kept.normalize() if kept else Decimal(0)


def answer(resource: Any, item: str) -> tuple[str, str, str, str, str, str]:
    """What value[x] says: number, comparator, unit, code, system, words. ``item`` is what was asked."""
    if not isinstance(resource, dict):
        return ("",) * 6
    if (quantity := resource.get("valueQuantity")) is not None:
        found = amount(quantity, "valueQuantity", kind=systems().dimensions.get(item, ""))
        return (*found, "", "", "") if found else ("",) * 6
    if (given := resource.get("valueCodeableConcept")) is not None:
        told = concept(given, "valueCodeableConcept")
        return ("", "", "", told[0], told[1], told[3]) if told else ("",) * 6
    for name in ("valueInteger", "valueDecimal"):
        number = resource.get(name)
        if isinstance(number, int | Decimal) and not isinstance(number, bool):
            return plain(_short(Decimal(number))), "", "", "", "", ""
    return "", "", "", "", "", _in_words(resource)


def _in_words(resource: dict[str, Any]) -> str:
    """An answer of any other kind, in words."""
    for name in ("valueString", "valueBoolean", "valueDateTime", "valueTime"):
        if (words := plain(resource.get(name))) != "":
            return words
    for name, ends in (("valueRange", ("low", "high")), ("valuePeriod", ("start", "end"))):
        if isinstance(resource.get(name), dict):
            return " – ".join(_said(resource[name].get(end)) for end in ends)
    ratio = resource.get("valueRatio")
    if isinstance(ratio, dict):
        return " : ".join(_said(ratio.get(part)) for part in ("numerator", "denominator"))
    return ""


def _said(value: Any) -> str:
    if not isinstance(value, dict):
        return plain(value)
    return f"{plain(value.get('value'))} {plain(value.get('unit'))}".strip()


def reference(value: Any, to: Sequence[str], addresses: dict[str, str]) -> str:
    """The key of what a reference names, ``Type/id``, if it is of the types in ``to``; else blank.

    ``addresses`` are a bundle's own names of its resources. A reference by identifier alone gives the name
    that :func:`name_of` makes of it, until it is known whose it is.
    """
    text = plain(held(value, "reference"))
    if not text and isinstance(identifier := held(value, "identifier"), dict):
        type_ = plain(held(value, "type")) or to[0]
        return name_of(type_, identifier) if type_ in to else ""
    text = addresses.get(text, text).split("/_history/")[0]
    parts = text.rsplit("/", 2)
    if len(parts) < 2 or parts[-2] not in to or not parts[-1]:
        return ""
    named = held(value, "identifier")
    if plain(held(named, "system")) == KEY:  # as this system writes it
        return plain(held(named, "value"))
    return "/".join(parts[-2:])


def name_of(type_: str, identifier: Any) -> str:
    """A resource by its identifier: ``Patient?number|198112189876``; blank for one without a value.

    Swedish numbers of twelve digits are alike with a dash or without, and whichever address of theirs is
    given. Of ten digits nobody knows the century, so they are only what they are written as.
    """
    system, text = plain(held(identifier, "system")), plain(held(identifier, "value"))
    if not text:
        return ""
    if system in _numbers():
        return f"{type_}?number|{text.replace('-', '')}"
    return f"{type_}?{system}|{text}"


@cache
def _numbers() -> frozenset[str]:
    """The addresses of the systems of Swedish numbers."""
    return frozenset(address for addresses in systems().identifiers.values() for address in addresses)
