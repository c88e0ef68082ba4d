"""Making running text of a cell's lines: which breaks are spaces, which are nothing, which are hyphens.

White space decides. A line that ends in a space ends between two words. A line that ends in a hyphen
without a space breaks a word, and the hyphen is either the word's own ("62-åriga") or the typesetter's
("gemen-samt"). A line that ends in a letter without a space was broken because the column was too narrow
for the word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from fyrbak.goals.documents.document import Cell, Lines

BULLETS = "-•▪\uf0b7"
LONE_MARKS = {*BULLETS, "–"}
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_LAST_FRAGMENT = re.compile(r"[^\W_]+$")
SUSPENDED = re.compile(r"(och|eller|samt|respektive|till|alternativt|/)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it stands in the file, white space and all, with its number counted from 1."""

    number: int
    raw: str
    opens_page: bool = False

    @property
    def text(self) -> str:
        """The line without surrounding white space."""
        return self.raw.strip()

    @property
    def blank(self) -> bool:
        """Whether the line holds white space only: an empty paragraph (a space) or the end of a cell."""
        return not self.text

    def tail(self, start: int) -> Line:
        """Return the line from the character `start` on."""
        return replace(self, raw=self.raw[start:])

    def head(self, end: int) -> Line:
        """Return the line up to the character `end`."""
        return replace(self, raw=self.raw[:end])


class Vocabulary:
    """The words that the document itself writes unbroken, used to judge its broken words."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Collect the words of `lines` in lower case, leaving out those broken at either end of a line."""
        self._words: set[str] = set()
        broken = False
        for line in lines:
            words = list(_WORD.finditer(line))
            if broken:
                words = words[1:]
            broken = bool(line) and not line.endswith(" ")
            if broken:
                words = words[:-1]
            self._words.update(word.group().lower() for word in words)

    def __contains__(self, word: str) -> bool:
        return word.lower() in self._words


def join(lines: Sequence[Line], vocabulary: Vocabulary) -> tuple[str, str | None]:
    """Return the cell's text and, where a break had to be guessed, the reason for doubt.

    Blank lines and list marks start a new paragraph, as does a capital letter after a typed trailing space.
    """
    text, doubt = "", None
    for line in lines:
        if line.blank:
            text = text.rstrip() + "\n" if text else ""
            continue
        piece = line.raw.lstrip()
        if text and not text.endswith("\n"):
            text, guessed = _glued(text, piece, vocabulary)
            doubt = doubt or guessed
        text += piece
    paragraphs = (re.sub(r"\s+", " ", paragraph).strip() for paragraph in text.split("\n"))
    return "\n".join(paragraph for paragraph in paragraphs if paragraph), doubt


def cell(lines: Sequence[Line], vocabulary: Vocabulary, *, doubtful: str | None = None) -> Cell:
    """Return the joined cell with its place; a `doubtful` given by the caller goes before doubts of words."""
    text, guessed = join(lines, vocabulary)
    written = [line.number for line in lines if not line.blank] or [line.number for line in lines]
    return Cell(text, Lines(min(written), max(written)), doubtful or guessed)


def _glued(text: str, piece: str, vocabulary: Vocabulary) -> tuple[str, str | None]:
    """Return `text` made ready to be followed by `piece`, and the doubt if the break is a guess."""
    ended = text.rstrip()
    spaces = len(text) - len(ended)
    lone_mark = ended.rsplit("\n", 1)[-1] in LONE_MARKS
    if ended.endswith("-") and not lone_mark and not ended.endswith(" -"):
        if spaces == 0:
            return _without_soft_hyphen(ended, piece, vocabulary)
        if spaces > 1 and not SUSPENDED.match(piece):
            return ended[:-1], f"a word broken by hand after '{_fragment(ended)}-' was joined"
        return ended + " ", None
    if spaces == 0:
        return ended, _bare_break(ended, piece, vocabulary)
    if ended.endswith("/") and not ended.endswith(" /"):
        return ended, None
    if not lone_mark and (piece[0] in BULLETS or (spaces > 1 and piece[0].isupper())):
        return ended + "\n", None
    return ended + " ", None


def _bare_break(text: str, piece: str, vocabulary: Vocabulary) -> str | None:
    """Return a doubt if a word broken without a hyphen makes none that the document knows."""
    left, right = _fragment(text), _WORD.match(piece)
    if not left or not right or not piece[0].isalpha() or left + right.group() in vocabulary:
        return None
    return f"'{left}' and '{right.group()}' were joined, as no space stands between them"


def _fragment(text: str) -> str:
    """Return the letters and digits right before the hyphen that ends `text`."""
    found = _LAST_FRAGMENT.search(text.removesuffix("-"))
    return found.group() if found else ""


def _without_soft_hyphen(text: str, piece: str, vocabulary: Vocabulary) -> tuple[str, str | None]:
    """Drop the hyphen that ends `text` unless it belongs to the word that goes on in `piece`."""
    left = _fragment(text)
    follows = _WORD.match(piece)
    right = follows.group() if follows else ""
    if left + right in vocabulary:
        return text[:-1], None
    if f"{left}-{right}" in vocabulary or _takes_hyphen(left) or not right:
        return text, None
    if right[0].isupper():
        return text, f"the hyphen in '{left}-{right}' was kept as the word's own"
    if len(left) == 1:
        return text[:-1], f"the hyphen in '{left}-{right}' was taken for a line break"
    return text[:-1], None


def _takes_hyphen(left: str) -> bool:
    """Whether Swedish writes a hyphen after `left` in a compound: figures, initials, abbreviations."""
    initials = sum(letter.isupper() for letter in left) >= 2
    figures = any(letter.isdigit() for letter in left)
    unspoken = not re.search(r"[aeiouyåäöé]", left, re.IGNORECASE)
    return initials or figures or unspoken
