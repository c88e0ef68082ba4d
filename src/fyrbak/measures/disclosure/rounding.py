"""Rounding of counts in a release, after suppression and never instead of it."""

from __future__ import annotations


def nearest(count: int, base: int) -> int:
    """The multiple of ``base`` nearest to a count, the upper one of two: 12 is 10 and 13 is 15 by fives.

    Rounded counts need not add up to their rounded total.
    """
    return (2 * count + base) // (2 * base) * base
