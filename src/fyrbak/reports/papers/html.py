"""A paper as HTML: an article for a page of the site, or a file that stands beside its pictures."""

from __future__ import annotations

from django.template.loader import render_to_string

from fyrbak.reports.html import STYLE_SHEET
from fyrbak.reports.papers.paper import Paper


def article(paper: Paper, pictures_at: str = "") -> str:
    """The report as one article. Its pictures lie beside it, by their names, or at another address."""
    context = {"paper": paper, "lang": paper.lang, "pictures_at": pictures_at}
    return render_to_string("reports/paper/article.html", context)


def page(paper: Paper) -> str:
    """The report as a whole page. The style sheet and the pictures lie beside it."""
    context = {"paper": paper, "lang": paper.lang, "article": article(paper), "style": STYLE_SHEET.name}
    return render_to_string("reports/paper/page.html", context)
