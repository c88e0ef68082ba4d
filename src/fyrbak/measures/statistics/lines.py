"""A straight line through grouped values, as weighted sums of them.

With weights that do not depend on the values, every point of the line is a fixed weighted sum of independent
values. So its variance is exact for what the groups' own variances are, whether or not the line fits.
"""

from __future__ import annotations

import numpy as np

from fyrbak.measures.statistics.checks import Floats


def line_weights(x: Floats, weights: Floats, at: Floats) -> Floats:
    """How much each value counts for the line's height at each place: (places, groups).

    ``x`` and ``weights`` (groups,) with at least two different ``x``; ``at`` (places,). The height is the
    product with the values, and each row adds up to 1.
    """
    share = weights / weights.sum()
    middle = (share * x).sum()
    spread = (share * (x - middle) ** 2).sum()
    return np.asarray(share * (1 + np.outer(at - middle, x - middle) / spread))


def share_variance(hits: Floats, n: Floats) -> Floats:
    """The binomial variance of a share, with half a hit and half a miss added: 0 of n is not certain."""
    p = (hits + 0.5) / (n + 1)
    return np.asarray(p * (1 - p) / n)


def rate_variance(events: Floats, time: Floats) -> Floats:
    """The Poisson variance of a rate, with half an event added for the same reason."""
    return np.asarray((events + 0.5) / time**2)
