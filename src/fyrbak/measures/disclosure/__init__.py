"""Disclosure control: small counts are not shown, nor anything that gives them back by arithmetic.

Everything shown (pages, files, the command line) passes here. ``cells`` is what stands in place of a hidden
number; ``axes``, ``worlds`` and ``lattice`` decide what is hidden in a table, ``changes`` what a release
holds back because of what earlier ones told. ``rounding`` rounds what is shown, ``audit`` asks a solver.
"""

from __future__ import annotations

from fyrbak.measures.disclosure.cells import FEW, SMALL, Suppressed, protected
from fyrbak.measures.disclosure.changes import Back, Changes, Table, Told
from fyrbak.measures.disclosure.lattice import hidden
from fyrbak.measures.disclosure.rounding import nearest

__all__ = [
    "FEW", "SMALL", "Back", "Changes", "Suppressed", "Table", "Told", "hidden", "nearest", "protected",
]  # fmt: skip
