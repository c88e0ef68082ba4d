"""The report as a tagged PDF that follows PDF/UA-1. The same document gives the same bytes.

Typst refuses to finish a file that breaks the standard, such as a picture without a text alternative.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typst

from fyrbak.reports.document import Document
from fyrbak.reports.drawing import WIDTH, Figure
from fyrbak.reports.words import Words

TEMPLATE = Path(__file__).parent / "report.typ"
NUMBER_HEADINGS = (
    "organisation", "value", "interval", "count", "period", "compared", "trend", "target", "verdict",
)  # fmt: skip
_HEADINGS = {
    name: name
    for name in (
        "summary", "contents", "goal", "overall_goal", "organisation", "level", "comment", "no_comment",
        "activity", "version", "how_counted", "left_out",
    )
} | {"voices": "voices.title"}  # fmt: skip


def pdf(document: Document) -> bytes:
    """The report as PDF/UA-1."""
    inputs = {"document": json.dumps(_with_pictures(document), ensure_ascii=False)}
    compiled = typst.compile(str(TEMPLATE), sys_inputs=inputs, pdf_standards=["ua-1"])
    assert isinstance(compiled, bytes)  # noqa: S101 - one file is asked for, so no list comes back
    return compiled


def _with_pictures(document: Document) -> dict[str, Any]:
    """The document as plain values, with headings in its language and each figure's picture."""
    w, plain = Words(document.lang), asdict(document)
    plain["headings"] = {name: w(key) for name, key in _HEADINGS.items()}
    plain["headings"]["numbers"] = [w(key) for key in NUMBER_HEADINGS]
    evidence = (one for goal in document.goals() for one in goal.evidence)
    for area in plain["areas"]:
        for goal in area["goals"]:
            for one in goal["evidence"]:
                del one["draw"]
                one["figures"] = [_picture(figure) for figure in next(evidence).figures]
    return plain


def _picture(figure: Figure) -> dict[str, Any]:
    """The picture at its share of the page's width, so that text has the same size in all of them."""
    found = re.search(r'width="([\d.]+)"', figure.svg)
    width = float(found.group(1)) if found else WIDTH
    return {
        "title": figure.title,
        "alt": figure.alt,
        "note": figure.note,
        "svg": figure.svg,
        "width": min(1.0, width / (WIDTH + 60)),
    }
