"""Options that several commands share: names of one's own, and how the answer is written."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How the answer is written."""

    TABLE = "table"
    JSON = "json"


MappingFile = Annotated[
    Path | None,
    typer.Option(
        help="YAML file with own names: `columns: {time: survival_days}`, `values: {sex: {K: female}}`."
    ),
]
Written = Annotated[Format, typer.Option("--format", help="How to write the answer.")]
