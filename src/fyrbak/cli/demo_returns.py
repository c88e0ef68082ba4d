"""The demo's returned referrals: half a year of three invented centres, of which one often gets them back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from fyrbak.cli.demo_worklist import demo_region
from fyrbak.library.referrals import reasons
from fyrbak.library.returns.models import Returned
from fyrbak.library.returns.services import register_return, tell_received
from fyrbak.records.models import Organisation

BY = "Demon"
_MONTHS = 6
# What each centre sends in a month, the share that comes back, and whether the number sent is told.
_CENTRES = {
    "Påhittade vårdcentralen Norr": (40, 0.30, True),
    "Påhittade vårdcentralen Söder": (60, 0.10, True),
    "Påhittade hälsocentralen Kusten": (25, 0.25, False),
}


def demo_returns(*, seed: int, at: datetime, on: date) -> None:
    """Register returns of the last whole months. Doing it again changes nothing."""
    if Returned.objects.filter(by_name=BY).exists():
        return
    rng, receiver = np.random.default_rng(seed), Organisation.objects.get(pk=demo_region())
    who: dict[str, Any] = {"receiver": receiver, "on": on, "by_name": BY, "at": at}
    ids = [one.id for one in reasons()]
    last = on.replace(day=1)
    for _ in range(_MONTHS):
        last -= timedelta(days=1)
        month = last.replace(day=1)
        for centre, (sent, share, told) in _CENTRES.items():
            n = int(rng.poisson(sent))
            for reason in rng.choice(ids[-7:], size=rng.binomial(n, share)):
                day = month + timedelta(days=int(rng.integers(last.day)))
                register_return(centre=centre, day=day, reason=str(reason), **who)
            if told:
                tell_received(centre=centre, month=month, number=n, **who)
        last = month
