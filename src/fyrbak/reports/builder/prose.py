"""A writer's text as blocks: blank lines part paragraphs, lines that open with ``- `` are points."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from fyrbak.reports.papers.paper import Block, Bullets, Paragraph

_POINT = re.compile(r"\s*[-–•]\s+")


def prose(text: str) -> Iterator[Block]:
    """The blocks of a text."""
    for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        for is_point, lines in groupby(part.split("\n"), key=lambda line: bool(_POINT.match(line))):
            said = [line.strip() for line in lines if line.strip()]
            if is_point:
                yield Bullets(items=tuple(_POINT.sub("", line, count=1) for line in said))
            elif said:
                yield Paragraph(text=" ".join(said))
