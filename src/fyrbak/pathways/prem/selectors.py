"""What is read of SVF-PREM: rounds, the list to send, and sums of answers before disclosure control."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count, Q, QuerySet

from fyrbak.pathways.prem.models import Round
from fyrbak.pathways.prem.rule import prem
from fyrbak.pathways.prem.sending import code_of, list_line

_OWN_SUMS = """
    SELECT own.code, found.* FROM unnest(%s::text[]) AS own(code),
        LATERAL prem_own_sums(%s, %s, %s, %s, own.code) AS found
"""
_ALL_SUMS = "SELECT * FROM prem_sums(%s, %s, %s, %s, '')"
EVERYBODY = ""  # in place of a dimension: those who were asked, and of them those who answered


@dataclass(frozen=True)
class Sum:
    """How many answered, and how many of them well; of EVERYBODY how many were asked and answered."""

    n: int
    hits: int


def rounds(region: str) -> QuerySet[Round]:
    """A region's rounds, the latest first, each with ``asked`` and ``answered``. One query."""
    return Round.objects.filter(region=region).annotate(
        asked=Count("invitations"), answered=Count("invitations", filter=Q(invitations__answered=True))
    )


def state_of_code(code_sha256: str, on: date) -> str:
    """``open``, ``answered``, ``closed`` or ``unknown``. Nothing of whom the code was sent to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prem_state(%s, %s)", [code_sha256, on])
        return str(cursor.fetchone()[0])


def sending_list(about: Round) -> str:
    """The list of a round as a file: whom (a pseudonym) and the code, the same each time it is made."""
    key = bytes(about.key)
    persons = about.invitations.order_by("person").values_list("person", flat=True)
    lines = [list_line(person, code_of(key, person)) for person in persons]
    return "\n".join(["person;kod", *lines]) + "\n"


def sums(year: int) -> dict[str, Sum]:
    """By dimension, the whole country's answers about a calendar year.

    Counts before disclosure control: only :mod:`fyrbak.measures.prem` reads them, and those of ``own_sums``.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ALL_SUMS, _asked(year))
        return {dimension: Sum(n, hits) for dimension, n, hits in cursor.fetchall()}


def own_sums(year: int, regions: Sequence[str]) -> dict[str, dict[str, Sum]]:
    """The same of each of these regions, as far as the reader may see them. One query."""
    found: dict[str, dict[str, Sum]] = {region: {} for region in regions}
    with connection.cursor() as cursor:
        cursor.execute(_OWN_SUMS, [list(regions), *_asked(year)])
        for region, dimension, n, hits in cursor.fetchall():
            found[region][dimension] = Sum(n, hits)
    return found


def _asked(year: int) -> list[date | str | int]:
    outline = prem()
    return [
        date(year, 1, 1), date(year, 12, 31), json.dumps(outline.dimension_of), outline.scale.positive_from,
    ]  # fmt: skip
