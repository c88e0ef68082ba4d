"""Everything that writes to SVF-PREM, one function per deed. All arguments are given by name."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils.timezone import localtime

from fyrbak.database import take_turns
from fyrbak.errors import BadInputError
from fyrbak.pathways.deliveries.cases import Month, month_over
from fyrbak.pathways.deliveries.models import KeptFile
from fyrbak.pathways.deliveries.services import keep_file
from fyrbak.pathways.prem.answers import Fault, Line, faulty_answer, read_answers
from fyrbak.pathways.prem.models import Answer, Invitation, Round
from fyrbak.pathways.prem.rule import prem
from fyrbak.pathways.prem.sending import chosen, code_of, hash_of_code
from fyrbak.records.snapshot import Snapshot

_KEY_BYTES = 32


@dataclass(frozen=True)
class TakenIn:
    """What came of a file with answers: how many entered, and the faults of the other lines."""

    accepted: int
    faults: tuple[Fault, ...]


@transaction.atomic
def send(*, snapshot: Snapshot, region: str, month: Month, by_name: str, at: datetime) -> tuple[Round, bool]:
    """Choose who is asked about the pathways that were closed in a month; the round, and whether it is new.

    A month is sent once: from then on this gives the same round back. Raises BadInputError for a month that
    is not over in the data.
    """
    take_turns(f"prem {region}")
    known = Round.objects.filter(region=region, month=month.first).first()
    if known:
        return known, False
    month_over(snapshot, month)
    rule, day = prem().rule, localtime(at).date()
    found = chosen(snapshot, region, month, rule)
    lately = _asked_lately(found.persons, rule.asked_lately_from(month.first))
    persons = [person for person in found.persons if person not in lately]
    left_out = found.left_out | ({"lately": len(lately)} if lately else {})
    key = secrets.token_bytes(_KEY_BYTES)
    made = Round.objects.create(
        region_id=region, month=month.first, rule=prem().version, snapshot=snapshot.id,
        synthetic=snapshot.synthetic, left_out=left_out, key=key, by_name=by_name, at=at,
        closes=day + timedelta(days=rule.answer_within_days),
    )  # fmt: skip
    Invitation.objects.bulk_create(
        Invitation(round=made, person=person, code_sha256=hash_of_code(code_of(key, person)))
        for person in persons
    )
    return made, True


def answer(*, code: str, given: Mapping[str, int], how: Answer.How = Answer.How.FORM, on: date) -> str:
    """Take an answer from whoever has a code; how the code stood before it.

    ``open`` means that it was taken; else it is ``unknown``, ``answered`` or ``closed``. Raises
    BadInputError for an answer without questions answered, or outside the scale.
    """
    if fault := faulty_answer(given):
        raise BadInputError("the answer has no question answered, or one outside the scale.", word=fault)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prem_take(%s, %s, %s, %s, %s)",
            [hash_of_code(code), on, uuid.uuid4(), how, json.dumps(dict(given))],
        )
        (state,) = cursor.fetchone()
    return str(state)


def take_answer_file(*, region: str, name: str, content: bytes, by_name: str, at: datetime) -> TakenIn:
    """Take in answers on paper. Good lines enter; the others are named, and kept as they came.

    A file that comes twice changes nothing: its lines have been answered. Raises BadInputError for a file
    that is none, which is kept as well.
    """
    day = localtime(at).date()
    try:
        heading, lines = read_answers(content)
    except BadInputError as fault:
        keep_file(
            region=region, kind=KeptFile.Kind.ANSWERS, name=name, content=content, fault=fault,
            by_name=by_name, at=at,
        )  # fmt: skip
        raise
    faults = [wrong for line in lines if (wrong := _taken(line, region, day))]
    if faults:
        refused = {one.line for one in faults}
        kept = "\n".join([heading, *(line.text for line in lines if line.number in refused)]) + "\n"
        why = _not_taken(faults)
        keep_file(
            region=region, kind=KeptFile.Kind.ANSWERS, name=name, content=kept.encode(), fault=why,
            by_name=by_name, at=at,
        )  # fmt: skip
    return TakenIn(len(lines) - len(faults), tuple(faults))


def _not_taken(faults: list[Fault]) -> BadInputError:
    lines = ", ".join(str(fault.line) for fault in faults[:20])
    return BadInputError(
        f"{len(faults)} lines were not taken in ({lines}). Mend them and send them again.",
        word="reporting.fault.answer_lines",
        number=len(faults),
        lines=lines,
    )


def _taken(line: Line, region: str, day: date) -> Fault | None:
    """Enter one line, or say why not. The code has to be of one of the region's own rounds."""
    if line.fault:
        return Fault(line.number, line.fault)
    if not Invitation.objects.filter(code_sha256=hash_of_code(line.code), round__region=region).exists():
        return Fault(line.number, "reporting.fault.code_unknown")
    state = answer(code=line.code, given=line.given, how=Answer.How.FILE, on=day)
    return None if state == "open" else Fault(line.number, f"reporting.fault.code_{state}")


def _asked_lately(persons: tuple[int, ...], since: date) -> set[int]:
    """Those of the persons who were asked about a pathway closed since a day, by any round that is seen."""
    asked = Invitation.objects.filter(person__in=persons, round__month__gte=since)
    return set(asked.values_list("person", flat=True))
