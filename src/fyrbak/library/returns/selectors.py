"""What is read of returned referrals: the versions that hold, as far as they are seen."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from fyrbak.library.returns.models import Received, Returned


def returned(region: str = "") -> list[Returned]:
    """The returned referrals that hold, of a region or of all, the latest first. One query."""
    found = Returned.objects.filter(_of(region)).select_related("receiver")
    latest = found.order_by("receiver_id", "key", "-version").distinct("receiver_id", "key")
    return sorted(
        (one for one in latest if not one.withdrawn), key=lambda one: (one.day, one.at), reverse=True
    )


def received(region: str = "") -> list[Received]:
    """The latest word on each month of a centre; a number that was taken back is None. One query."""
    order = ("receiver_id", "centre", "month")
    return list(Received.objects.filter(_of(region)).order_by(*order, "-version").distinct(*order))


def returned_called(key: UUID) -> Returned | None:
    """The version that holds of what an address names, if it is seen and has not been withdrawn."""
    latest = Returned.objects.select_related("receiver").filter(key=key).order_by("version").last()
    return None if latest is None or latest.withdrawn else latest


def centres(region: str = "") -> list[str]:
    """The names of the centres that something is registered of, in order. One query."""
    own = _of(region)
    names = Returned.objects.filter(own).values_list("centre", flat=True)
    return sorted(
        names.union(Received.objects.filter(own).values_list("centre", flat=True)), key=str.casefold
    )


def _of(region: str) -> Q:
    """That the receiver is a region or part of it; any receiver without one."""
    if not region:
        return Q()
    return Q(receiver=region) | Q(receiver__parent=region) | Q(receiver__parent__parent=region)
