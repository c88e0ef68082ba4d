"""A paper as a tagged PDF that follows PDF/UA-1. The same paper gives the same bytes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import typst

from fyrbak.reports.drawing import WIDTH
from fyrbak.reports.papers.paper import Paper, Picture, canonical

TEMPLATE = Path(__file__).parent / "paper.typ"
_WIDE = re.compile(r'width="([\d.]+)"')


def pdf(paper: Paper) -> bytes:
    """The report as PDF/UA-1. Typst refuses to finish a file that breaks the standard."""
    inputs = {"paper": canonical(paper).decode(), "shares": _shares(paper)}
    compiled = typst.compile(str(TEMPLATE), sys_inputs=inputs, pdf_standards=["ua-1"])
    assert isinstance(compiled, bytes)  # noqa: S101 - one file is asked for, so no list comes back
    return compiled


def _shares(paper: Paper) -> str:
    """Each picture's share of the page's width, so that text has the same size in all of them."""
    return ",".join(f"{_share(picture):.4f}" for picture in paper.pictures())


def _share(picture: Picture) -> float:
    found: Any = _WIDE.search(picture.svg)
    return min(1.0, (float(found[1]) if found else WIDTH) / (WIDTH + 60))
