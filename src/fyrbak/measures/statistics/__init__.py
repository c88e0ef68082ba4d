"""Statistics as pure functions of tallies. Nothing here knows measures, tables, files or the time of day.

Functions take and return NumPy arrays or small frozen dataclasses, so that a table with thousands of cells
costs one call. Intervals have the level 95 % unless another is asked for. docs/statistics.md says of each
method in words what it does, where it comes from and what it must not be used for.
"""

from fyrbak.measures.statistics.checks import LEVEL
from fyrbak.measures.statistics.intervals import poisson, wilson
from fyrbak.measures.statistics.quantiles import Quantile, quantile

__all__ = ["LEVEL", "Quantile", "poisson", "quantile", "wilson"]
