"""The page on access says what the table of roles says."""

from __future__ import annotations

import re
from pathlib import Path

from fyrbak.access.roles import DEEDS, Deed, Role

PAGE = Path(__file__).parents[1] / "docs" / "access.md"


def test_the_roles_and_their_deeds_are_those_of_the_table() -> None:
    rows = re.findall(
        r"^\| ([a-z-]+) \| [^|]+ \| ([^|]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    told = {role: set(deeds.split(", ")) - {"–"} for role, deeds in rows if role in list(Role)}
    assert told == {str(role): {str(deed) for deed in Deed if deed in DEEDS[role]} for role in Role}
