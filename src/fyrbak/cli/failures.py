"""What the machine's own failures mean to whoever runs a command: one line for each kind, whoever met it.

Engines, the database and the file system have words of their own for a full memory or disk. They are told
apart here, at the edge, by type and code; their own words are not repeated, for they may quote rows.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator

from fyrbak.errors import FyrbakError

_MEMORY = (
    "the memory is used up. End what else runs on this machine, make room in the folder for temporary files "
    "(TMPDIR), or take a machine with more memory; then run it again."
)
_DISK = (
    "the disk is full, or a file grew larger than is allowed. Make room where the answer goes and in the "
    "folder for temporary files (TMPDIR); then run it again."
)
_SERVER = "PostgreSQL ended the connection, perhaps for want of memory. See its log, and run it again."
_DAMAGED = (
    "{file} is damaged inside and cannot be read to its end. `fyrbak measure FOLDER` names a file that was "
    "changed after it was written; if it names none, the file was written so. Write the folder again."
)
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL_IN_WORDS = ("No space left on device", "File too large", "Disk quota exceeded")
_BROKEN_OFF = "ArrowArrayStreamGetNext"  # what PostgreSQL's driver says of rows that stop coming from a file
# SQLSTATE of a full memory; the classes of a full disk and other limits, and of a lost connection.
_OUT_OF_MEMORY, _LIMITS, _ENDED = "53200", "53", ("08", "57P")


def told(error: BaseException) -> str | None:
    """The line for an error that can be mended from outside; None where the program itself is at fault.

    A cause counts wherever it stands in the chain of errors, so no room has to pass it on.
    """
    chain = [*_chain(error)]
    for line in (_of_memory, _of_disk, _of_server, _of_damage):
        if found := next(filter(None, map(line, chain)), None):
            return found
    if isinstance(error, FyrbakError):
        return str(error)
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}. Check the path, its rights and the space on the disk."
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those that it came of."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _state(error: BaseException) -> str:
    """PostgreSQL's code of an error, whichever driver brings it; empty for other errors."""
    return str(getattr(error, "sqlstate", None) or "")


def _of_memory(error: BaseException) -> str | None:
    import duckdb

    full = isinstance(error, MemoryError | duckdb.OutOfMemoryException) or _state(error) == _OUT_OF_MEMORY
    return _MEMORY if full or "java.lang.OutOfMemoryError" in str(error) else None


def _of_disk(error: BaseException) -> str | None:
    full = (isinstance(error, OSError) and error.errno in _FULL) or _state(error).startswith(_LIMITS)
    return _DISK if full or any(words in str(error) for words in _FULL_IN_WORDS) else None


def _of_server(error: BaseException) -> str | None:
    ended = _state(error).startswith(_ENDED) or "server closed the connection" in str(error)
    return _SERVER if ended else None


def _of_damage(error: BaseException) -> str | None:
    """DuckDB's reader of Parquet raises the most general error there is, and rarely says of which file."""
    import duckdb

    words = str(error)
    named = re.search(
        r'Failed to read file "([^"]+)"|error while reading file (?:file://)?(\S+\.parquet)', words
    )
    if named:
        return _DAMAGED.format(file=named[1] or named[2])
    return (
        _DAMAGED.format(file="a Parquet file")
        if type(error) is duckdb.Error or _BROKEN_OFF in words
        else None
    )
