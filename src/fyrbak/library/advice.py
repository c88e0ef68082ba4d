"""What primary care does when a pathway is near: work-up, referral, what patients are told, children."""

from __future__ import annotations

from functools import cache

from fyrbak.definitions import CONTENT, Definition, fault, load
from fyrbak.pathways.definitions import pathways
from fyrbak.pathways.shapes import Title

FILE = CONTENT / "library" / "advice.yaml"


class Advice(Definition):
    """``advice.yaml``. A pathway that ``at_suspicion`` lacks has no work-up in our sources: pages say so."""

    source: str
    referral: tuple[Title, ...]
    patient: tuple[Title, ...]
    child: Title
    at_suspicion: dict[str, tuple[Title, ...]]


@cache
def advice() -> Advice:
    """The advice. Raises BadDefinitionError for a pathway that does not exist."""
    loaded, known = load(FILE, Advice), {p.id for p in pathways()}
    for name in loaded.at_suspicion:
        if name not in known:
            raise fault(FILE, ("at_suspicion", name), f"'{name}' is not a pathway.")
    return loaded
