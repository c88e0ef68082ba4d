"""Why a cell that was read from a document should be looked at, in the language of the page.

The readers say it in English. The catalogue has the same sentence in both languages; what it is filled in
with is read back out of the English one.
"""

from __future__ import annotations

import re
from functools import cache

from fyrbak.reports.words import Words, catalogue


def doubt(why: str, words: Words) -> str:
    """The reason in the words' language; as it came where the catalogue does not know it."""
    for pattern, key in _patterns():
        if found := pattern.fullmatch(why):
            names = {name: _column(text, words) for name, text in found.groupdict().items()}
            return words(key, **names)
    return why


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(text.en))), key)
        for key, text in catalogue().items()
        if key.startswith("doubt.")
    )


def _column(text: str, words: Words) -> str:
    """The name of a column as pages have it, where the text is one."""
    key = f"plans.column.{text}"
    return words(key).rstrip("?") if key in catalogue() else text
