"""Plain files of a register: columns by name, read as text and checked one by one.

Files are CSV with a header, in UTF-8, with commas or semicolons, packed (.gz) or not; lines before the
header that begin with # are notes. Every fault is one line that names file, line and column. A mapping file
gives other names:

    columns: {time: survival_days, status: vital_status}
    values: {sex: {K: female, M: male}}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from fyrbak.definitions import Definition, load
from fyrbak.errors import BadInputError

Words = NDArray[np.object_]
Whole = NDArray[np.int64]
Floats = NDArray[np.float64]
SEX = {
    word: sex
    for sex, words in (
        ("male", "1 m male males man men män"),
        ("female", "2 f female females k kvinna kvinnor woman women"),
    )
    for word in words.split()
}
_HEADER = 1 << 16  # no header is longer


class Names(Definition):
    """Own names of columns, and own words for values, by the names that Fyrbåk uses."""

    columns: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}


def names_in(path: Path | None) -> Names:
    """A mapping file; without one every name is its own. Raises BadDefinitionError with file and line."""
    return load(path, Names) if path else Names()


@dataclass(frozen=True)
class Columns:
    """One file's columns as text. Every method raises BadInputError with the line of the first fault."""

    path: Path
    names: Names
    header: tuple[str, ...]
    first_line: int
    texts: Mapping[str, pa.Array]

    def __len__(self) -> int:
        return len(next(iter(self.texts.values())))

    def own(self, name: str) -> str:
        """What a column is called in the file; a mapping may serve files that have Fyrbåk's names, too."""
        mapped = self.names.columns.get(name, name)
        return name if name in self.texts and mapped not in self.texts else mapped

    def known(self) -> tuple[str, ...]:
        """The columns by the names that Fyrbåk uses, where a mapping gives one."""
        meant = {own: name for name, own in self.names.columns.items()}
        return tuple(meant.get(own, own) for own in self.header)

    def has(self, name: str) -> bool:
        return self.own(name) in self.texts

    def need(self, *names: str) -> None:
        """Refuse a file that lacks any of the columns."""
        missing = [self.own(name) for name in names if not self.has(name)]
        if missing:
            raise BadInputError(
                f"{self.path}: no column {', '.join(missing)}. The file has {', '.join(self.header)}. "
                "Rename columns, or give a mapping file."
            )

    def words(self, name: str) -> Words:
        """A column as text without spaces around it, own words translated. No value may be empty."""
        return np.asarray(self.text(name).to_numpy(zero_copy_only=False), object)

    def optional(self, name: str) -> Words:
        """A column as :meth:`words`, in which a value may be empty."""
        return np.asarray(self.text(name, may_be_empty=True).to_numpy(zero_copy_only=False), object)

    def coded(self, name: str, meanings: Mapping[str, str], kinds: str) -> Words:
        """A column of few words by their meaning, whatever the case; ``kinds`` says what may be written."""
        words = self.text(name).dictionary_encode()
        known = [meanings.get(word.lower()) for word in words.dictionary.to_pylist()]
        found = np.array(known, object)[words.indices.to_numpy()]
        self.refuse(name, [word is None for word in found], f"write {kinds}")
        return found

    def numbers(self, name: str, *, least: float | None = None) -> Floats:
        """A column of finite numbers, at least so great; with a decimal point or a decimal comma."""
        plain = pc.replace_substring(self.text(name), ",", ".")
        shaped = pc.match_substring_regex(plain, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?$")
        self.refuse(name, pc.invert(shaped), "not a number")
        found = np.asarray(pc.cast(plain, pa.float64()).to_numpy(zero_copy_only=False), float)
        if least is not None:
            self.refuse(name, found < least, f"below {least:g}")
        return found

    def whole(self, name: str, *, least: int | None = None) -> Whole:
        """A column of whole numbers."""
        found = self.numbers(name, least=least)
        self.refuse(name, found != np.floor(found), "not a whole number")
        return found.astype(np.int64)

    def days(self, name: str, *, empty: int | None = None) -> Whole:
        """A column of dates as days since 1970. A year alone is taken as its middle, 1 July.

        ``empty`` is what an empty field stands for; without it none may be empty.
        """
        text = self.text(name, may_be_empty=empty is not None)
        none, year = pc.equal(text, ""), pc.match_substring_regex(text, r"^\d{4}$")
        day = pc.if_else(year, pc.binary_join_element_wise(text, "07-01", "-"), text)
        day = pc.if_else(none, "1970-01-01", day)
        shaped = pc.match_substring_regex(day, r"^\d{4}-\d{2}-\d{2}$")
        self.refuse(name, pc.invert(shaped), "not a day; write it as 2019-03-31")
        never = pa.array([one for one in pc.unique(day).to_pylist() if not _is_day(one)], pa.string())
        self.refuse(name, pc.is_in(day, never), "a day that no calendar has")
        found = pc.cast(pc.cast(day, pa.date32()), pa.int32()).to_numpy(zero_copy_only=False)
        return np.where(np.asarray(none), np.int64(empty or 0), found.astype(np.int64))

    def refuse(self, name: str, wrong: Any, why: str) -> None:
        """Refuse the file for the first row that is wrong, without its value: it may tell of a person."""
        found = np.flatnonzero(np.asarray(wrong, bool))
        if found.size:
            rest = f" ({found.size - 1} more rows like it.)" if found.size > 1 else ""
            line = self.first_line + int(found[0])
            raise BadInputError(f"{self.path}:{line}: {self.own(name)}: {why}.{rest}")

    def text(self, name: str, *, may_be_empty: bool = False) -> pa.Array:
        """A column as an Arrow array of text, without spaces around it, own words translated."""
        self.need(name)
        found = pc.utf8_trim_whitespace(self.texts[self.own(name)])
        if not may_be_empty:
            self.refuse(name, pc.equal(found, ""), "empty; fill it in or leave the row out")
        for word, meaning in self.names.values.get(name, {}).items():
            found = pc.if_else(pc.equal(found, word), meaning, found)
        return found


def read_columns(path: Path, names: Names) -> Columns:
    """Read a file's columns as text. Raises BadInputError when it is empty, torn off or not text."""
    header, first_line, separator = _header(path)
    torn: list[pacsv.InvalidRow] = []

    def note(row: pacsv.InvalidRow) -> str:
        torn.append(row)
        return "error"

    try:
        with pa.input_stream(str(path)) as stream:
            table = pacsv.read_csv(
                stream,
                pacsv.ReadOptions(use_threads=False, skip_rows=first_line - 1, column_names=list(header)),
                pacsv.ParseOptions(delimiter=separator, invalid_row_handler=note),
                pacsv.ConvertOptions(
                    column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False
                ),
            )
    except (pa.ArrowInvalid, OSError) as error:
        if torn:
            raise BadInputError(
                f"{path}:{torn[0].number}: {torn[0].actual_columns} fields where the header has "
                f"{torn[0].expected_columns}. Is the file whole? Mend that line."
            ) from None
        raise BadInputError(
            f"{path}: cannot be read as UTF-8 text in columns. Save it as CSV, UTF-8."
        ) from error
    if not table.num_rows:
        raise BadInputError(f"{path}: a header and no rows. Give a file with rows.")
    texts = {name: table[name].combine_chunks() for name in header}
    return Columns(path, names, header, first_line, texts)


def _header(path: Path) -> tuple[tuple[str, ...], int, str]:
    """Names of the columns, the number of the first line after them, and what parts the columns."""
    if not path.is_file():
        raise BadInputError(f"{path}: no such file. Check the path.")
    try:
        with pa.input_stream(str(path)) as stream:
            start = stream.read(_HEADER)
    except OSError as error:
        raise BadInputError(f"{path}: cannot be unpacked. Is the file whole?") from error
    lines = start.decode("utf-8-sig", "replace").splitlines()
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            separator = ";" if line.count(";") > line.count(",") else ","
            names = tuple(name.strip().strip('"').strip() for name in line.split(separator))
            if "\ufffd" in line or "\0" in line:
                raise BadInputError(f"{path}: not UTF-8 text. Save it as CSV, UTF-8.")
            if twice := {name for name in names if names.count(name) > 1}:
                raise BadInputError(f"{path}:{number}: the column {min(twice)} stands twice. Rename one.")
            return names, number + 1, separator
    raise BadInputError(f"{path}: the file is empty. Give a file with a header and rows.")


def _is_day(text: str) -> bool:
    try:
        np.datetime64(text, "D")
    except ValueError:
        return False
    return True
