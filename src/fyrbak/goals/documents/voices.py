"""Who speaks in the comments of a follow-up: the regions of the table's header, and the cancer centre (RCC).

A comment cell holds paragraphs such as ``RN: Arbetet pågår.`` The centre's remarks are a voice of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fyrbak.goals.documents.document import Cell
from fyrbak.goals.documents.words import Line, Vocabulary, cell

_CENTRE = re.compile(r"(RCC(?: [A-ZÅÄÖ]\w+){0,3})\s?:(?=\s|$)")
_LABEL = re.compile(r"([^\W\d_][\w ]{0,30}?)\s?:(?=\s|$)")
SENTENCE_END = re.compile(r"[.!?:;][”\")’]?$")


@dataclass(frozen=True, slots=True)
class Label:
    """A voice's label at the start of a line: whose, how many characters it takes, and any doubt."""

    voice: str
    length: int
    doubtful: str | None = None


def label_at(text: str, regions: Sequence[str]) -> Label | None:
    """Return the label that opens `text` (already without leading white space), or None.

    A label written with its letters in another order, or in another case, counts but is doubtful.
    """
    text = text.rstrip()
    if text in regions:
        return Label(text, len(text))
    centre = _CENTRE.match(text)
    if centre:
        return Label(centre[1], centre.end())
    found = _LABEL.match(text)
    if not found:
        return None
    written = found[1]
    if written in regions:
        return Label(written, found.end())
    alike = [region for region in regions if sorted(region.lower()) == sorted(written.lower())]
    if len(alike) == 1:
        return Label(alike[0], found.end(), f"the label is written '{written}:', read as '{alike[0]}'")
    return None


@dataclass(slots=True)
class _Speech:
    """What one voice says, gathered line by line."""

    lines: list[Line] = field(default_factory=list)
    doubtful: str | None = None


def split_comment(
    lines: Sequence[Line], regions: Sequence[str], vocabulary: Vocabulary
) -> tuple[Mapping[str, Cell], Cell | None]:
    """Return each voice's comment, and the text under no label if there is any.

    A voice whose label stands without text has said nothing and is left out.
    """
    speeches: dict[str, _Speech] = {}
    speaker = ""
    previous: Line | None = None
    for line in lines:
        indent = len(line.raw) - len(line.raw.lstrip())
        label = label_at(line.raw[indent:], regions)
        starts = previous is None or previous.blank or line.opens_page
        if label and not (label.length == len(line.text) and not line.text.endswith(":") and not starts):
            doubtful = label.doubtful
            if not starts and previous and not SENTENCE_END.search(previous.text):
                doubtful = doubtful or f"the label '{label.voice}:' stands after an unfinished sentence"
            if label.voice in speeches:
                doubtful = doubtful or f"the label '{label.voice}:' stands twice in the cell"
            speaker = label.voice
            speech = speeches.setdefault(speaker, _Speech())
            speech.doubtful = speech.doubtful or doubtful
            speech.lines.append(line.tail(indent + label.length))
        elif speaker or not line.blank:
            speech = speeches.setdefault(speaker, _Speech())
            speech.lines.append(line)
            if starts and not line.blank:
                speech.doubtful = speech.doubtful or _unknown_label(line.text)
        previous = line
    unattributed = speeches.pop("", None)
    comments = {}
    for voice, speech in speeches.items():
        comment = cell(
            speech.lines, vocabulary, doubtful=speech.doubtful or _label_inside(speech.lines, regions)
        )
        if comment.text:
            comments[voice] = comment
    return comments, _alone(unattributed, vocabulary)


def _alone(speech: _Speech | None, vocabulary: Vocabulary) -> Cell | None:
    if speech is None:
        return None
    return cell(speech.lines, vocabulary, doubtful="the comment stands under no region's label")


def _unknown_label(text: str) -> str | None:
    """Return a doubt if a paragraph opens with something like a label that the header does not know."""
    found = re.match(r"([A-ZÅÄÖ]{2,5})\s?:(?=\s|$)", text)
    return f"'{found[1]}:' looks like a label, but the header has no such region" if found else None


def _label_inside(lines: Sequence[Line], regions: Sequence[str]) -> str | None:
    """Return a doubt if a region's label stands within a line, where another may have begun to speak."""
    names = "|".join(map(re.escape, regions))
    found = next(filter(None, (re.search(rf"\s({names}):(?=\s)", line.raw.rstrip()) for line in lines)), None)
    return f"the label '{found[1]}:' stands inside the comment" if found else None
