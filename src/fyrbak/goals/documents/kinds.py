"""Deciding from a file's content what it is, and reading it."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from fyrbak.errors import BadInputError
from fyrbak.goals.documents import action_plan, follow_up
from fyrbak.goals.documents.document import Area, Document, Kind, Place
from fyrbak.goals.documents.excel import read_excel
from fyrbak.goals.documents.flat_text import (
    check_white_space,
    decode,
    sections,
    split_lines,
    without_page_headers,
)
from fyrbak.goals.documents.grids import read_grids
from fyrbak.goals.documents.level_cells import level_codes
from fyrbak.goals.documents.pdf import read_pdf
from fyrbak.goals.documents.word import read_word
from fyrbak.goals.documents.words import Line, Vocabulary

_Read = tuple[Kind, tuple[Area, ...], tuple[Place, ...]]


def read_document(path: Path) -> Document:
    """Read a follow-up or an action plan from flat text, Word, Excel or a ruled PDF, whatever it is called.

    Raises BadInputError, in one line, when the file is missing, empty, damaged, in another encoding, of
    another format, without its white space, or holds neither kind of document.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (
            "is a folder" if path.is_dir() else "does not exist" if not path.exists() else "cannot be read"
        )
        raise BadInputError(
            f"{path}: the file {reason}. Give the path of a text, Word or Excel file."
        ) from error
    return read_data(data, path.name)


def read_data(data: bytes, file: str) -> Document:
    """Read a document from a file's content, as ``read_document`` does. ``file`` is what it is called."""
    kind, areas, left_out = _read(data, file)
    if not any(area.rows for area in areas):
        raise BadInputError(
            f"{file}: the tables have headers but no rows. Give the filled-in document.",
            word="plans.unreadable.no_rows",
        )
    return Document(kind, file, hashlib.sha256(data).hexdigest(), areas, left_out)


def _read(data: bytes, file: str) -> _Read:
    """Return what the bytes hold, by what they begin with."""
    if not data.strip():
        raise BadInputError(
            f"{file}: the file is empty. Give the document itself.", word="plans.unreadable.empty"
        )
    if data.startswith(b"%PDF"):
        return read_grids(read_pdf(data, file), file)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadInputError(
            f"{file}: this is an old or locked Office file. Save it as .docx or .xlsx and try again.",
            word="plans.unreadable.locked",
        )
    if data.startswith(b"PK"):
        return _read_package(data, file)
    return _read_flat(split_lines(decode(data, file)), file)


def _read_package(data: bytes, file: str) -> _Read:
    """Return what a Word or Excel file holds, which both are zip packages."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            names = package.namelist()
    except zipfile.BadZipFile:
        raise BadInputError(
            f"{file}: the file is damaged, perhaps half copied. Save or copy it anew and try again.",
            word="plans.unreadable.damaged",
        ) from None
    if any(name.startswith("word/") for name in names):
        return read_grids(read_word(data, file), file)
    if any(name.startswith("xl/") for name in names):
        return read_grids(read_excel(data, file), file)
    raise BadInputError(
        f"{file}: this is neither a Word nor an Excel file. Give a .docx, an .xlsx, a PDF or a text.",
        word="plans.unreadable.binary",
    )


def _read_flat(lines: Sequence[Line], file: str) -> _Read:
    """Return what flat text holds."""
    found = {
        kind: is_header
        for kind, is_header in (
            (Kind.FOLLOW_UP, follow_up.is_header),
            (Kind.ACTION_PLAN, action_plan.is_header),
        )
        if any(is_header(line) for line in lines)
    }
    if len(found) != 1:
        what = "tables of both kinds" if found else "the header row of neither kind"
        raise BadInputError(
            f"{file}: found {what} in {len(lines)} lines. A follow-up has tables headed 'Mål Uppföljning "
            "Kommentarer' and a row of region labels; an action plan has 'Aktivitet Hur? Vem? När? Ansvarig "
            "Uppföljning Tidsram'. Give one such document.",
            word="plans.unreadable.both" if found else "plans.unreadable.neither",
        )
    [(kind, is_header)] = found.items()
    left_out: list[Place] = []
    tables = []
    for section in sections(lines, is_header, file):
        check_white_space(section.body, file)
        body, headers = without_page_headers(section.body)
        left_out += headers
        tables.append(replace(section, body=tuple(body)))
    vocabulary = Vocabulary(line.raw for line in lines)
    if kind is Kind.ACTION_PLAN:
        return kind, tuple(action_plan.read_areas(tables, vocabulary)), tuple(left_out)
    codes = level_codes(lines[: tables[0].header.number])
    areas, stray = follow_up.read_areas(tables, codes, vocabulary, file)
    return kind, tuple(areas), (*left_out, *stray)
