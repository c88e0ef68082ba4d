"""KVÅ codes of the measuring points, both ways: VC010 is the start of the pathway of lung cancer.

A code is a pathway's three-character prefix and a point's two digits. Half the pathways have no published
prefix here; those are told by pathway and point.
"""

from __future__ import annotations

from functools import cache

from fyrbak.pathways.definitions import measuring_points, pathways


@cache
def codes() -> dict[str, tuple[str, str]]:
    """Every code that is known, with its pathway and point."""
    return {
        f"{pathway.kva_prefix}{point}": (pathway.id, point)
        for pathway in pathways()
        if pathway.kva_prefix
        for point in measuring_points()
    }


@cache
def _written() -> dict[tuple[str, str], str]:
    return {meaning: code for code, meaning in codes().items()}


def code_of(pathway: str, point: str) -> str:
    """The code of a point in a pathway; empty where none is published."""
    return _written().get((pathway, point), "")


def meaning_of(code: str) -> tuple[str, str] | None:
    """Pathway and point of a code, however it is spaced and cased; None for one that is not known."""
    return codes().get(code.strip().upper())
