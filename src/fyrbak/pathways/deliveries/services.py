"""Everything that writes to the deliveries, one function per deed. All arguments are given by name."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa
from django.db import transaction
from django.db.models import Q

from fyrbak import settings
from fyrbak.database import take_turns
from fyrbak.errors import BadInputError, FyrbakError
from fyrbak.pathways.deliveries.cases import Month, closed_in, month_over
from fyrbak.pathways.deliveries.checks import Check, checks
from fyrbak.pathways.deliveries.file import File, differences, lines_of, written
from fyrbak.pathways.deliveries.layout import Layout, layout_of, layout_on
from fyrbak.pathways.deliveries.models import Delivery, KeptFile, Receipt, RefusedRow, Statement
from fyrbak.pathways.deliveries.receipts import Refused, Told, read_receipt
from fyrbak.pathways.kept import content_version
from fyrbak.records.models import Identity, Person
from fyrbak.records.models.envelope import Status, Visibility
from fyrbak.records.snapshot import Snapshot

_KEY_BYTES = 32


@dataclass(frozen=True)
class Proposed:
    """A month as it would be delivered: nothing is kept of it."""

    file: File
    checks: tuple[Check, ...]
    latest: Delivery | None
    same: bool


def latest(region: str, month: Month, *, identified: bool = False) -> Delivery | None:
    """The version of a month that holds; None before it has been delivered."""
    found = Delivery.objects.filter(region=region, month=month.first, identified=identified)
    return found.order_by("version").last()


def propose(*, snapshot: Snapshot, region: str, month: Month) -> Proposed:
    """A month's file and its checks, to be looked at before it is delivered.

    Raises BadInputError for a month that is not over in the data, or from before there were files.
    """
    cases, layout = _cases(snapshot, region, month)
    before = latest(region, month)
    file = written(cases, layout, bytes(before.key) if before else b"")
    looked = checks(snapshot, region, month, cases, file, layout)
    return Proposed(file, looked, before, bool(before and before.sha256 == file.sha256))


@transaction.atomic
def deliver(
    *,
    snapshot: Snapshot,
    region: str,
    month: Month,
    identified: bool = False,
    by_name: str,
    at: datetime,
) -> tuple[Delivery, bool]:
    """Make a month's file and keep it as it is sent; the delivery, and whether it is new.

    Where the same rows have been delivered already that delivery is given back, byte for byte. Where they
    differ, a new version says which it replaces and how many rows were added, removed and changed. Raises
    BadInputError as :func:`propose` does, and for an identified file that the settings give no reason for.
    """
    reason = settings.IDENTIFIED_DELIVERY if identified else ""
    if identified and not reason:
        raise BadInputError(
            "identified files are not switched on. State the reason in FYRBAK_IDENTIFIED_DELIVERY.",
            word="reporting.fault.identified",
        )
    cases, layout = _cases(snapshot, region, month)
    identities = _identities(cases) if identified else None
    take_turns(f"deliveries {region} {month}")
    before = latest(region, month, identified=identified)
    changes: dict[str, int] = {}
    if before:
        as_before = written(cases, layout, bytes(before.key), identities)
        if as_before.sha256 == before.sha256:
            return before, False
        changes = differences(bytes(before.content), as_before.content)
    key = secrets.token_bytes(_KEY_BYTES)
    file = written(cases, layout, key, identities)
    looked = checks(snapshot, region, month, cases, file, layout)
    made = Delivery.objects.create(
        region_id=region, month=month.first, version=before.version + 1 if before else 1, supersedes=before,
        changes=changes, identified=identified, why_identified=reason, layout=layout.version,
        snapshot=snapshot.id, as_of=snapshot.as_of, definitions=content_version(),
        synthetic=snapshot.synthetic, rows=file.rows, checks=[check.row() for check in looked],
        sha256=file.sha256, content=file.content, key=key, by_name=by_name, at=at,
    )  # fmt: skip
    return made, True


def take_receipt_file(
    *, region: str, name: str, content: bytes, received: date, by_name: str, at: datetime
) -> tuple[Receipt, bool]:
    """Take in a receipt as it came; the receipt, and whether it is new.

    What cannot be taken in is kept with its fault, and the fault raised as BadInputError: a file that is no
    receipt, of another region, of a delivery that is not known, or only half of one.
    """
    try:
        told = read_receipt(content, region)
        delivery = _named(told, region)
        _adds_up(delivery, told)
    except FyrbakError as fault:
        keep_file(
            region=region, kind=KeptFile.Kind.RECEIPT, name=name, content=content, fault=fault,
            by_name=by_name, at=at,
        )  # fmt: skip
        raise
    return _receipt(
        delivery, told, Receipt.How.FILE, hashlib.sha256(content).hexdigest(), received, by_name, at
    )


def take_receipt(
    *, delivery: Delivery, refused: tuple[Refused, ...], received: date, by_name: str, at: datetime
) -> tuple[Receipt, bool]:
    """Take in a receipt that was read elsewhere: which rows were refused, all others being accepted.

    Raises BadInputError for a row that is not in the delivery.
    """
    told = Told(delivery.sha256, refused, delivery.rows - len({one.row for one in refused}), None)
    _adds_up(delivery, told)
    words = "\n".join(sorted(f"{one.row} {one.reason}" for one in refused))
    mark = hashlib.sha256(f"{delivery.sha256}\n{words}".encode()).hexdigest()
    return _receipt(delivery, told, Receipt.How.FORM, mark, received, by_name, at)


def keep_file(
    *,
    region: str,
    kind: KeptFile.Kind,
    name: str,
    content: bytes,
    fault: FyrbakError,
    by_name: str,
    at: datetime,
) -> KeptFile:
    """Keep a file that could not be taken in. The same file with the same fault is kept once."""
    kept, _ = KeptFile.objects.get_or_create(
        region_id=region, kind=kind, sha256=hashlib.sha256(content).hexdigest(), fault=fault.word,
        defaults={
            "name": name[:200], "content": content, "by_name": by_name, "at": at,
            "names": {key: str(value) for key, value in fault.names.items()},
        },
    )  # fmt: skip
    return kept


def state(
    *, region: str, year: int, condition: str, met: bool, text: str, by_name: str, at: datetime
) -> Statement:
    """Say whether a condition that no data tell is met. Raises BadInputError without words."""
    if not text.strip():
        raise BadInputError(
            "say what was done, and where it can be checked.", word="reporting.fault.statement"
        )
    return Statement.objects.create(
        region_id=region, year=year, condition=condition, met=met, text=text.strip(), by_name=by_name, at=at
    )


def _cases(snapshot: Snapshot, region: str, month: Month) -> tuple[pa.Table, Layout]:
    layout = layout_on(month.first)
    month_over(snapshot, month)
    return closed_in(snapshot, region, month), layout


def _identities(cases: pa.Table) -> Mapping[int, str]:
    """Personal numbers by pseudonym, as they hold now; none of persons whose identity is protected."""
    persons = set(cases["person_id"].to_pylist())
    current = ~Q(status=Status.RETRACTED) & Q(known_to=None)
    guarded = Person.objects.filter(current, pseudonym__in=persons).exclude(visibility=Visibility.NORMAL)
    open_to_see = persons - set(guarded.values_list("pseudonym", flat=True))
    numbers = Identity.objects.filter(
        current, person__pseudonym__in=open_to_see, valid_to=None, visibility=Visibility.NORMAL
    )
    return dict(numbers.order_by("id").values_list("person__pseudonym", "number"))


def _named(told: Told, region: str) -> Delivery:
    """The delivery that a receipt names by its hash. Raises BadInputError."""
    found = Delivery.objects.filter(region=region, sha256=told.file).first()
    if found is None:
        raise BadInputError(
            "the receipt is of a file that has not been delivered from here. Ask for the right one.",
            word="reporting.fault.unknown_file",
        )
    return found


def _adds_up(delivery: Delivery, told: Told) -> None:
    """Raise BadInputError where a receipt names rows that were not sent, or does not account for all."""
    rows = lines_of(bytes(delivery.content), layout_of(delivery.layout))
    strange = [one.row for one in told.refused if one.row not in rows]
    if strange:
        raise BadInputError(
            f"{len(strange)} of the rows are not in the delivery. See that it is the right file.",
            word="reporting.fault.strange_rows",
            number=len(strange),
        )
    refused = len({one.row for one in told.refused})
    if told.sum_refused not in (None, refused) or told.accepted + refused != delivery.rows:
        raise BadInputError(
            f"the receipt accounts for {told.accepted + refused} rows of {delivery.rows}: part of it is "
            "missing. Fetch it again.",
            word="reporting.fault.half",
            told=told.accepted + refused,
            rows=delivery.rows,
        )


@transaction.atomic
def _receipt(
    delivery: Delivery, told: Told, how: Receipt.How, sha256: str, received: date, by_name: str, at: datetime
) -> tuple[Receipt, bool]:
    take_turns(f"deliveries receipt {delivery.pk}")
    known = delivery.receipts.filter(sha256=sha256).first()
    if known:
        return known, False
    receipt = Receipt.objects.create(
        delivery=delivery, how=how, received=received, accepted=told.accepted,
        refused=len({one.row for one in told.refused}), sha256=sha256, by_name=by_name, at=at,
    )  # fmt: skip
    RefusedRow.objects.bulk_create(
        RefusedRow(receipt=receipt, row=one.row, reason=one.reason) for one in told.refused
    )
    return receipt, True
