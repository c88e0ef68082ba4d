"""Who is sent a questionnaire: one question over the month's closed pathways, and the codes.

A code is the keyed hash of the person under the round's own key: the list can be made again, and tells
nothing to whoever has no key. Tables keep only the hash of a code.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

import ibis

from fyrbak.pathways.deliveries.cases import Month
from fyrbak.pathways.prem.rule import Rule
from fyrbak.pathways.run import run
from fyrbak.records.snapshot import Snapshot

CODE_BYTES = 10  # 80 bits: nobody finds a code by trying


@dataclass(frozen=True)
class Chosen:
    """Pseudonyms of whom to ask, and how many are left out, by reason, before who was asked lately."""

    persons: tuple[int, ...]
    left_out: dict[str, int]


def chosen(snapshot: Snapshot, region: str, month: Month, rule: Rule) -> Chosen:
    """The persons whose pathway the region closed in the month, by the rule; each is asked once.

    Reasons, the first that holds: ``dead``, ``protected`` (identity or record), ``young``, ``point``.
    """
    episodes = run(snapshot).episodes
    within = episodes.end_date.between(ibis.literal(month.first), ibis.literal(month.last))
    closed = episodes.filter((episodes.outcome != "open") & within & (episodes.region == region))
    persons, deaths = snapshot.table("person"), snapshot.table("death")
    told = closed.left_join(persons.select("person_id", "visibility"), "person_id")
    told = told.mutate(dead=told.person_id.isin(deaths.person_id))
    why = ibis.cases(
        (told.dead, "dead"),
        (told.visibility.fill_null("protected") != "normal", "protected"),
        (told.age.fill_null(0) < rule.adults_from, "young"),
        (told.end_point.isin(rule.not_points), "point"),
        else_="",
    )
    rows = told.select("person_id", why=why)
    each = snapshot.engine.answer(rows.group_by("person_id").aggregate(why=rows.why.min()))
    reasons = dict(zip(each["person_id"].to_pylist(), each["why"].to_pylist(), strict=True))
    left_out: dict[str, int] = {}
    for reason in filter(None, reasons.values()):
        left_out[reason] = left_out.get(reason, 0) + 1
    return Chosen(tuple(sorted(person for person, reason in reasons.items() if not reason)), left_out)


def code_of(key: bytes, person: int) -> str:
    """The one-time code of a person in the round that has this key: sixteen letters and digits."""
    digest = hmac.digest(key, str(person).encode(), "sha256")[:CODE_BYTES]
    return base64.b32encode(digest).decode().lower()


def hash_of_code(code: str) -> str:
    """What tables keep of a code. Letters may be typed large, in groups and with spaces."""
    return hashlib.sha256("".join(code.split()).replace("-", "").lower().encode()).hexdigest()


def list_line(person: int, code: str) -> str:
    """One line of the sending list: whom, and the code. Nothing of why."""
    return f"{person};{code}"
