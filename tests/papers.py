"""Papers of plans for the tests of what is made from them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from fyrbak.goals.documents import Document, read_document
from fyrbak.reports.papers.paper import Block, Paper

ON = date(2025, 6, 1)


def paper(*blocks: Block, lang: str = "sv", landscape: bool = False) -> Paper:
    """A paper with these blocks."""
    return Paper.model_validate(
        {
            "kind": "follow-up", "lang": lang, "title": "Uppföljning av cancerplan", "subtitle": "2024",
            "owner": "rcc:norr", "on": ON, "landscape": landscape, "blocks": blocks,
            "made_of": [("Program", "Fyrbåk")],
        }
    )  # fmt: skip


def read_back(data: bytes, folder: Path) -> Document:
    """A Word file as the reader of steering documents reads it."""
    path = folder / "paper.docx"
    path.write_bytes(data)
    return read_document(path)
