"""The report as a folder of static HTML: no scripts, nothing from other hosts, readable from a USB stick."""

from __future__ import annotations

from pathlib import Path

from django.template.loader import render_to_string

from fyrbak.reports.document import Document

STYLE_SHEET = Path(__file__).parent / "static" / "fyrbak" / "fyrbak.css"
FIGURES = "figures"


def html(document: Document) -> str:
    """The report as one page. It expects ``fyrbak.css`` and the figures beside it."""
    context = {"document": document, "lang": document.lang, "figures_at": f"{FIGURES}/"}
    return render_to_string("reports/report.html", context)


def write_html(document: Document, out: Path) -> list[Path]:
    """Write ``index.html``, the style sheet and the figures below ``out``; returns the files written."""
    (out / FIGURES).mkdir(parents=True, exist_ok=True)
    page, style = out / "index.html", out / STYLE_SHEET.name
    page.write_text(html(document), encoding="utf-8")
    style.write_bytes(STYLE_SHEET.read_bytes())
    drawn = {out / FIGURES / f"{figure.name}.svg": figure for figure in document.figures()}
    for path, figure in drawn.items():
        path.write_text(figure.svg, encoding="utf-8")
    return [page, style, *drawn]
