"""A form that came back, whichever kind of file it is."""

from __future__ import annotations

from fyrbak.errors import BadInputError
from fyrbak.goals.rounds.forms import Filled
from fyrbak.reports.round_files.excel import read_excel_form
from fyrbak.reports.round_files.word import read_word_form

_READERS = {".xlsx": read_excel_form, ".docx": read_word_form}
LARGEST = 10_000_000  # bytes; a form of 200 goals is a twentieth of it


def read_form(data: bytes, file_name: str) -> Filled:
    """Read a form by the ending of its name.

    Raises BadInputError for another ending, an empty or too large file, and what the readers raise.
    """
    reader = next((one for ending, one in _READERS.items() if file_name.lower().endswith(ending)), None)
    if reader is None:
        raise BadInputError(
            f"{file_name}: a form is an Excel file (.xlsx) or a Word file (.docx).",
            word="round_files.ending",
            file=file_name,
        )
    if not data:
        raise BadInputError(
            f"{file_name}: the file is empty. Save it and choose it again.",
            word="round_files.empty",
            file=file_name,
        )
    if len(data) > LARGEST:
        raise BadInputError(
            f"{file_name}: the file is larger than {LARGEST // 1_000_000} MB. Is it the right one?",
            word="round_files.too_large",
            file=file_name,
            most=LARGEST // 1_000_000,
        )
    return reader(data, file_name)
