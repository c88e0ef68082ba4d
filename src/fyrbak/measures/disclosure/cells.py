"""What stands in place of a hidden number, and the protection of one total with its parts.

A count of 1 to 4 is small. What is hidden is not a number but a :class:`Suppressed`, so that it can never be
mistaken for zero or for missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

FEW = 5  # the fewest persons that are shown
SMALL = range(1, FEW)


@dataclass(frozen=True)
class Suppressed:
    """Stands where a number is hidden.

    There is one reason on purpose: whoever knew which of the hidden counts are small themselves, and which
    are hidden to protect those, could work out more than either tells.
    """

    reason: Literal["small"] = "small"

    def text(self, language: str) -> str:
        """What a page shows in place of the number, in ``sv`` or ``en``."""
        return "dolt (små tal)" if language == "sv" else "hidden (small numbers)"


def protected(
    bound: Mapping[str, int], *, total: str, hide: Iterable[str] = ()
) -> dict[str, int | Suppressed]:
    """A total and its parts, with what is small hidden, and more where arithmetic would give it back.

    ``total`` names the one that is the sum of the others and of what is shown elsewhere. ``hide`` names those
    that are hidden elsewhere and must be so here. Where the total is shown, the hidden parts are at least two
    and together not small; where it is hidden, at least one part is.
    """
    hidden = {name for name, count in bound.items() if count in SMALL} | set(hide)
    parts = sorted((name for name in bound if name != total), key=lambda name: (bound[name], name))

    def safe() -> bool:
        own = [name for name in parts if name in hidden]
        if total in hidden:
            return bool(own)
        return not own or (len(own) > 1 and sum(bound[name] for name in own) not in SMALL)

    for name in (*parts, total):
        if safe():
            break
        if bound[name]:
            hidden.add(name)
    return {name: Suppressed() if name in hidden else count for name, count in bound.items()}
