"""Disclosure control: small counts are not shown, nor anything that gives them back by arithmetic.

Everything shown (pages, files, the command line) passes here. ``cells`` is what stands in place of a hidden
number; ``axes``, ``worlds`` and ``lattice`` decide what is hidden in a table.
"""

from __future__ import annotations

from fyrbak.measures.disclosure.cells import FEW, SMALL, Suppressed, protected
from fyrbak.measures.disclosure.lattice import hidden

__all__ = ["FEW", "SMALL", "Suppressed", "hidden", "protected"]
