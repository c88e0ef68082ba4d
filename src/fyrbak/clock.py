"""What day it is where the registers are kept, for commands that need nothing else of the settings."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

ZONE = "Europe/Stockholm"


def today() -> date:
    """The day by the clock of the zone. Read at the edge alone: rules are told the day."""
    return datetime.now(ZoneInfo(ZONE)).date()
