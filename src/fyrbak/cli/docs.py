"""``fyrbak docs``: write the pages of the documentation that are generated."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fyrbak.measures.catalogue import measure_catalogue
from fyrbak.measures.register_quality.indicators_page import indicators_page
from fyrbak.measures.specification_page import specification_page
from fyrbak.records.dictionary import data_dictionary
from fyrbak.registers.record_checks_page import record_checks_page
from fyrbak.reports.public.tables import open_data_page

GENERATED = {
    "data-dictionary.md": data_dictionary,
    "indicators.md": indicators_page,
    "measure-catalogue.md": measure_catalogue,
    "open-data.md": open_data_page,
    "record-checks.md": record_checks_page,
    "specification.md": specification_page,
}


def docs(folder: Annotated[Path, typer.Argument(help="Folder to write into.")]) -> None:
    """Write the data dictionary, measures, indicators, open data, checks of records and the specification."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in GENERATED.items():
        (folder / name).write_text(text(), encoding="utf-8")
        typer.echo(f"{folder / name}")
