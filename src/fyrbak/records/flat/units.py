"""Units as UCUM writes them: their size and what they measure, so that numbers can be compared.

Read is the part of UCUM's grammar that measurements use: prefixes, powers (``m2``, ``10*9``), products,
quotients, brackets round words (``{tablet}``). What is not known is said to be unknown; nothing is guessed.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache

from fyrbak.definitions import CONTENT, Definition, load
from fyrbak.errors import BadInputError

_FILE = CONTENT / "codes" / "units.yaml"
_LONGEST = 60  # signs; no unit is longer
_TERM = re.compile(r"(?P<name>10\*|10\^|\[?[A-Za-z%][A-Za-z%_'\[\]]*?\]?)(?P<power>[+-]?[0-9]{1,2})?")


class UnitError(BadInputError):
    """A text is not a unit of UCUM. ``nearest`` is what was probably meant, blank if that cannot be told."""

    def __init__(self, text: str, nearest: str = "") -> None:
        self.nearest = nearest
        super().__init__(
            f"'{text[:_LONGEST]}' is no unit of UCUM." + (f" Write {nearest}." if nearest else "")
        )


class _Atom(Definition):
    size: float
    powers: dict[str, int]
    metric: bool = False


class _Units(Definition):
    prefixes: dict[str, float]
    atoms: dict[str, _Atom]
    spellings: dict[str, str]
    kinds: dict[str, dict[str, int]]


@dataclass(frozen=True)
class Unit:
    """A unit's size in base units (g, m, s, mol, counted units), and the powers of these it is made of.

    ``cancelled`` are the base units that stand both above and below the line, as g does in mg/kg.
    """

    size: float
    powers: tuple[tuple[str, int], ...]
    cancelled: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """What it measures (``mass per area``); the powers themselves where that has no name."""
        if self.cancelled == ("g",):
            return "mass per mass"
        named = {_powers(powers): kind for kind, powers in _units().kinds.items()}
        return named.get(self.powers) or ".".join(f"{base}{power}" for base, power in self.powers) or "number"


@cache
def unit(text: str) -> Unit:
    """Read a unit; a blank one counts things. Raises UnitError."""
    bare = re.sub(r"\{[^{}]*\}", "", re.sub(r"(^|[./])\{[^{}]*\}", r"\g<1>1", text))
    if len(text) > _LONGEST or not text.isascii():
        raise UnitError(text, _units().spellings.get(text, ""))
    if not bare:
        return Unit(1.0, ())
    size, powers = 1.0, dict[str, int]()
    signs = dict[str, set[int]]()
    sign = 1
    parts = re.split(r"([./])", bare)
    for place, part in enumerate(parts):
        if part in ("/", "."):
            sign = -1 if part == "/" else 1
        elif part:
            atom, power = _term(part, text)
            size *= _power(atom.size, sign * power)
            for base, own in atom.powers.items():
                powers[base] = powers.get(base, 0) + sign * power * own
                signs.setdefault(base, set()).add(1 if sign * power * own > 0 else -1)
        elif place > 0 or parts[1] != "/":  # only a stroke may stand first, and no sign last
            raise UnitError(text, _units().spellings.get(text, ""))
    if not 0 < size < math.inf:  # a text that no measurement has: its numbers could not be compared
        raise UnitError(text, "")
    return Unit(size, _powers(powers), tuple(base for base, seen in signs.items() if len(seen) > 1))


def converted(value: float, given: str, wanted: str) -> float:
    """A value in another unit of the same kind. Raises UnitError for an unknown one, else BadInputError."""
    one, other = unit(given), unit(wanted)
    if one.powers != other.powers:
        raise BadInputError(
            f"{given} measures {one.kind}, {wanted} measures {other.kind}. Correct one of them."
        )
    return value * one.size / other.size


def _term(text: str, whole: str) -> tuple[_Atom, int]:
    found = _TERM.fullmatch(text)
    if found is None:
        if text.isdigit() and int(text):
            return _Atom(size=int(text), powers={}), 1
        raise UnitError(whole, _units().spellings.get(whole, ""))
    name, power = found["name"], int(found["power"] or 1)
    if name in ("10*", "10^"):
        return _Atom(size=10, powers={}), power
    atoms = _units().atoms
    if name in atoms:
        return atoms[name], power
    for prefix, factor in _units().prefixes.items():
        atom = atoms.get(name.removeprefix(prefix))
        if name.startswith(prefix) and atom is not None and atom.metric:
            return _Atom(size=factor * atom.size, powers=atom.powers), power
    raise UnitError(whole, _units().spellings.get(whole, ""))


def _power(size: float, power: int) -> float:
    """The size to a power, infinite where a number cannot hold it."""
    try:
        return float(size**power)
    except OverflowError:
        return math.inf


def _powers(powers: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((base, power) for base, power in powers.items() if power))


@cache
def _units() -> _Units:
    return load(_FILE, _Units)
