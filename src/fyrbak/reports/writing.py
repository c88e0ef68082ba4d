"""The whole report: static HTML, PDF and Excel from one follow-up, into one folder."""

from __future__ import annotations

from pathlib import Path

from fyrbak.errors import BadInputError
from fyrbak.goals.outline import PlanOutline
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports.excel import write_excel
from fyrbak.reports.follow_up import Tell, follow_up, silent
from fyrbak.reports.formats import Language
from fyrbak.reports.html import write_html
from fyrbak.reports.pdf import pdf
from fyrbak.reports.wording import document

PDF, EXCEL = "report.pdf", "report.xlsx"
_COUNTED, _DRAWN = 0.7, 0.9  # shares of the work done after counting, and after drawing


def write_report(
    outline: PlanOutline, snapshot: Snapshot, out: Path, lang: Language, tell: Tell = silent
) -> list[Path]:
    """Write the report of a plan below ``out`` and return its files, the page to open first.

    ``tell`` hears what is being done and the share done. Raises BadInputError if ``out`` is a file.
    """
    if out.exists() and not out.is_dir():
        raise BadInputError(f"{out}: is a file. Give a folder for the report.")
    found = follow_up(outline, snapshot, lambda what, share: tell(what, share * _COUNTED))
    told = document(found, lang)
    tell("HTML", _COUNTED)
    pages = write_html(told, out)
    tell("PDF", _DRAWN)
    (out / PDF).write_bytes(pdf(told))
    return [pages[0], out / PDF, write_excel(found, told, out / EXCEL), *pages[1:]]
