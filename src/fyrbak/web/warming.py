"""What the first readers would wait for, put together while nobody does: once in each process that serves.

In Swedish, which pages are in until a reader chooses otherwise, and as anybody sees it.
"""

from __future__ import annotations

import threading

from django.db import connection

from fyrbak.errors import FyrbakError
from fyrbak.goals.frozen import frozen_rounds
from fyrbak.goals.models import Plan
from fyrbak.reports.drawing import begin_to_draw
from fyrbak.reports.public.goals import told_of
from fyrbak.web import ground

_NATIONAL = (Plan.Level.NATIONAL_STRATEGY, Plan.Level.DIRECTION)


def begin_to_warm() -> None:
    """Start putting it together beside the pages that are asked for meanwhile."""
    threading.Thread(target=_warm, daemon=True).start()


def _warm() -> None:
    """Whatever cannot be put together is told by the page that needs it."""
    try:
        warm()
    except FyrbakError:
        return
    finally:
        connection.close()


def warm() -> None:
    """What draws, the plan of the start page beside the numbers, and the public site's national plans."""
    begin_to_draw()
    opened = ground.opened(ground.main_plan())
    if opened:
        ground.held(opened).document("sv")
    national = frozen_rounds().filter(edition__plan__level__in=_NATIONAL)
    latest = {one.edition_id: one for one in reversed(list(national))}
    for follow_up in latest.values():
        told_of(follow_up, "sv")
