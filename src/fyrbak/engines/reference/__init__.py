"""The reference engine: plain Python that walks a question and answers it row by row.

It is slow and has no cleverness at all, because it is what the other engines are judged by. It uses no
database and no array library: a row is a dict, a table is a list, and each operation is one small function in
a table keyed by the operation's class. What an operation means is said in docs/semantics.md, and what the
four engines give for it is shown case by case in docs/specification.md.
"""

from __future__ import annotations

from fyrbak.engines.reference.engine import Reference
from fyrbak.engines.reference.evaluation import Evaluation
from fyrbak.engines.reference.windows import AmbiguousOrderError

__all__ = ["AmbiguousOrderError", "Evaluation", "Reference"]
