"""Numbers written in words, Swedish and English, from nought to a hundred and a thousand."""

from __future__ import annotations

import re

# Each word stands at its number.
SWEDISH = (
    "noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv", "tretton",
    "fjorton", "femton", "sexton", "sjutton", "arton", "nitton",
)  # fmt: skip
ENGLISH = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = (
    ("tjugo", "trettio", "fyrtio", "femtio", "sextio", "sjuttio", "åttio", "nittio"),
    ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
)
_NUMBERS = (
    {word: number for words in (SWEDISH, ENGLISH) for number, word in enumerate(words)}
    | {word: 10 * tens for words in _TENS for tens, word in enumerate(words, 2)}
    | {"en": 1, "hundra": 100, "hundred": 100, "tusen": 1000, "thousand": 1000}
)
_TENS_OF_TWO = "|".join(word for words in _TENS for word in words)
_ONES = "|".join(("en", *SWEDISH[1:10], *ENGLISH[1:10]))
_TWO_PARTS = re.compile(rf"({_TENS_OF_TWO})-?({_ONES})")
# The words for two and more, and for nought, as a regular expression: "tjugofem", "forty-three", "sju".
MANY = rf"(?:{_TENS_OF_TWO})(?:-?(?:{_ONES}))?|" + "|".join(
    word for word in sorted(_NUMBERS, key=len, reverse=True) if _NUMBERS[word] != 1
)


def number_of(word: str) -> int | None:
    """The number that a word in small letters writes out; None for any other word."""
    if parts := _TWO_PARTS.fullmatch(word):
        return _NUMBERS[parts[1]] + _NUMBERS[parts[2]]
    return _NUMBERS.get(word)
