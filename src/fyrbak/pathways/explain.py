"""An episode in a few words, in Swedish and English: what it was held against and how it came out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fyrbak.pathways.shapes import Title

_LIMIT = {
    "known": ("gräns {limit_days}", "limit {limit_days}"),
    "missing": ("gräns saknas", "limit missing"),
    "not_applicable": ("ingen gräns gäller", "no limit applies"),
}
_DAY = {
    "treated": ("behandlad dag {days}", "treated day {days}"),
    "closed": ("avslutat utan behandling dag {days}", "ended without treatment day {days}"),
    "open": ("pågår sedan {start_date}", "open since {start_date}"),
}
_UNDATED = {
    "treated": ("behandlad, dagarna är inte exakt kända", "treated, the days are not known exactly"),
    "closed": (
        "avslutat utan behandling, dagarna är inte exakt kända",
        "ended without treatment, the days are not known exactly",
    ),
}


def told(episode: Mapping[str, Any]) -> Title:
    """Such as "lunga 2: treated day 41, limit 35, version 2024-01-01", from a row of ``episodes``."""
    outcome = episode["outcome"]
    day = _UNDATED[outcome] if outcome != "open" and episode["days"] is None else _DAY[outcome]
    limit = _LIMIT[episode["limit_state"]]
    version = episode["rule"].partition("@")[2].partition(":")[0]
    sv, en = (
        f"{{pathway}} {{ordinal}}: {day[language]}, {limit[language]}, version {version}".format(**episode)
        for language in (0, 1)
    )
    return Title(sv=sv, en=en)
