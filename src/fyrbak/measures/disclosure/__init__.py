"""Disclosure control: small counts are not shown, nor anything that gives them back by arithmetic.

Everything shown (pages, files, the command line) passes here. ``cells`` holds what stands in place of a
hidden number and the protection of one total with its parts, ``lattice`` what is hidden in a table.
"""

from __future__ import annotations

from fyrbak.measures.disclosure.cells import SMALL, Suppressed, protected, suppressed
from fyrbak.measures.disclosure.lattice import hidden

__all__ = ["SMALL", "Suppressed", "hidden", "protected", "suppressed"]
