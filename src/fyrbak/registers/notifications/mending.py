"""Mending what a check found: values are changed in the notifications that they stand from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction

from fyrbak.registers.notifications.entries import Entry, NotificationError, RefusedNotificationError
from fyrbak.registers.notifications.made import VALUES, findings, looks_at, record_of
from fyrbak.registers.notifications.models import Finding, Notification, Tumour
from fyrbak.registers.notifications.refresh import known_of
from fyrbak.registers.notifications.rules import FIELDS, notification_rules
from fyrbak.registers.notifications.selectors import sources_of
from fyrbak.registers.notifications.services import Act, correct, entry_of

_OURS = {"digr": "basis", "incidence": "diagnosed", "age": "diagnosed"}  # what the checks call otherwise


def fields_of(finding: Finding) -> tuple[str, ...]:
    """The fields of a notification that a finding is about, the one that it tells of first."""
    told = (finding.field, *looks_at(finding.rule))
    ours = dict.fromkeys(_OURS.get(name, name) for name in told)
    return tuple(name for name in ours if name in FIELDS)


@transaction.atomic
def mend(*, finding: Finding, tumour: Tumour, changed: Mapping[str, Any], act: Act) -> None:
    """Change values of a tumour so that a finding goes. ``changed`` holds fields of ``Entry``.

    Each value is changed in the notification that it stands from, as a correction with the reason. Raises
    RefusedNotificationError where the same rule would still find something, or another says that it cannot
    be; NotificationError where nothing is changed.
    """
    by_source: dict[str, dict[str, Any]] = {}
    sources = {str(one.key): one for one in sources_of(tumour)}
    for name, value in changed.items():
        held = sources[source_of(tumour, "diagnosed" if name == "precision" else name, sources)]
        if value != getattr(held, name):
            by_source.setdefault(str(held.key), {})[name] = value
    if not by_source:
        raise NotificationError("nothing is changed: it says so already.", word="same")
    _must_be_gone(finding, tumour, changed, act.on)
    for key, values in by_source.items():
        entry: Entry = replace(entry_of(sources[key]), **values)
        correct(notification=sources[key], entry=entry, act=act)


def source_of(tumour: Tumour, name: str, sources: Mapping[str, Notification]) -> str:
    """The key of the notification in which a value is changed: where it stands, else of the first source."""
    if name in tumour.stands:
        return str(tumour.stands[name][0])
    order = next(one.order for one in notification_rules().stands if name in one.fields)
    return min(sources, key=lambda key: (order.index(sources[key].kind), key))


def _must_be_gone(finding: Finding, tumour: Tumour, changed: Mapping[str, Any], on: date) -> None:
    """Hold the record, as it would be, against the rules once more."""
    values = {name: str(changed.get(name, getattr(tumour, name))) for name in VALUES}
    exact = "D" if tumour.first == tumour.last else "M" if tumour.first.month == tumour.last.month else "Y"
    day: date = changed.get("diagnosed", tumour.first)
    person = known_of(tumour.person_id)
    record = record_of(
        values, day=day, precision=changed.get("precision", exact), person=person, record=str(tumour.key)
    )
    found = findings([record], on=on)
    if left := [one for one in found if one["rule"] == finding.rule]:
        raise RefusedNotificationError(left)
