"""Intake: a source's delivery becomes records, all of it in one transaction or not at all.

The folder is opened (``delivery``), each table is checked, linked and numbered in DuckDB (``staging``) while
the table before it enters PostgreSQL by COPY (``landing``), and what could not be accepted is kept with its
reasons (``refusals``). The same delivery a second time changes nothing.
"""

from fyrbak.records.intake.batch import IntakeResult, take_in
from fyrbak.records.intake.export import export_refused

__all__ = ["IntakeResult", "export_refused", "take_in"]
