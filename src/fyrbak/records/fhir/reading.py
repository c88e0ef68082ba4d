"""Resources out of files, one at a time: bulk NDJSON, bundles, single resources; plain or gzipped.

Memory does not grow with the file: a bundle's entries are read one by one, and no resource may be larger than
``LARGEST``. What a file unpacks to is bounded too. A file that is cut off, or not JSON, is refused whole.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from fyrbak.errors import BadInputError
from fyrbak.records.fhir.unfolding import unfolded

LARGEST = 4 << 20  # signs of one resource
MOST_TIMES = 100  # how many times larger than itself a file may unpack to
SMALL = 16 << 20  # bytes that any file may unpack to
_PIECE = 1 << 16
_BUNDLES = {"transaction", "batch", "collection", "searchset", "history", "document", "message"}
_BLANKS = re.compile(r"[ \t\r\n]*")
_NAMES = (".json", ".ndjson", ".json.gz", ".ndjson.gz")


@dataclass(frozen=True)
class Sent:
    """One resource as it was sent. ``place`` is its line (NDJSON) or its number in the bundle, from 1.

    ``address`` is the bundle's name for it (fullUrl), and ``method`` what the bundle asks to be done with it.
    """

    resource: dict[str, Any]
    text: str
    file: str
    place: int
    address: str = ""
    method: str = ""


def is_named_so(path: Path) -> bool:
    """Whether a file has the name of a FHIR file."""
    return path.name.lower().endswith(_NAMES)


def files_of(path: Path) -> list[Path]:
    """The FHIR files at a path: itself, or all in a folder, in order of name. Raises BadInputError."""
    if path.is_dir():
        found = sorted(file for file in path.iterdir() if is_named_so(file))
        if not found:
            raise BadInputError(f"{path}: there is no FHIR file ({', '.join(_NAMES)}). Check the folder.")
        return found
    if not path.is_file():
        raise BadInputError(f"{path}: there is no such file. Check the path.")
    if not is_named_so(path):
        raise BadInputError(f"{path}: not the name of a FHIR file. Files end in {', '.join(_NAMES)}.")
    return [path]


def resources(path: Path) -> Iterator[Sent]:
    """The resources of one file. Raises BadInputError that names file and line."""
    lines = path.name.lower().removesuffix(".gz").endswith(".ndjson")
    with _opened(path) as file:
        try:
            yield from _whole(_lines(file, path.name) if lines else _document(file, path.name))
        except UnicodeDecodeError:
            raise _bad("encoding", f"{path.name}: the text is not UTF-8. Save the file as UTF-8.") from None
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise _bad("cut", f"{path.name}: the file is packed and cut off. Send it again.") from None


def resources_of(content: bytes, name: str) -> Iterator[Sent]:
    """The resources of a bundle, a resource or NDJSON that somebody sends as bytes. Raises BadInputError."""
    file = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig")
    try:
        lines = name.lower().endswith(".ndjson")
        yield from _whole(_lines(file, name) if lines else _document(file, name))
    except UnicodeDecodeError:
        raise _bad("encoding", f"{name}: the text is not UTF-8. Send it as UTF-8.") from None


def _whole(sent: Iterable[Sent]) -> Iterator[Sent]:
    """Resources with those that stand inside them, each by itself."""
    for one in sent:
        if "contained" not in one.resource:
            yield one
            continue
        try:
            *inside, own = unfolded(one.resource, key_of(one))
        except RecursionError:
            raise _too_deep(one.file) from None
        for resource in inside:
            yield Sent(resource, _text(resource, one.file), one.file, one.place)
        yield replace(one, resource=own, text=_text(own, one.file))


class _Bounded(io.RawIOBase):
    """What a gzip file unpacks to, as far as that is in proportion to the file."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._left = max(SMALL, MOST_TIMES * path.stat().st_size)
        self._file = gzip.open(path, "rb")  # noqa: SIM115 - closed with this one

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        read = self._file.readinto(buffer)
        self._left -= read
        if self._left < 0:
            raise BadInputError(
                f"{self._name}: it unpacks to more than {MOST_TIMES} times its size. Send it unpacked."
            )
        return read

    def close(self) -> None:
        self._file.close()
        super().close()


def _opened(path: Path) -> IO[str]:
    with path.open("rb") as file:
        packed = file.read(2)
    if packed == b"PK":
        raise BadInputError(f"{path.name}: zip files are not read. Unpack it, or use gzip.")
    if packed == b"\x1f\x8b":
        return io.TextIOWrapper(io.BufferedReader(_Bounded(path), _PIECE), encoding="utf-8-sig")
    return path.open(encoding="utf-8-sig")


def _lines(file: IO[str], name: str) -> Iterator[Sent]:
    number = 0
    while line := file.readline(LARGEST + 1):
        number += 1
        if len(line) > LARGEST:
            raise _too_large(name, number)
        text = line.strip()
        if text:
            value = _parsed(text, f"{name}:{number}")
            if not isinstance(value, dict):
                raise _bad("line", f"{name}:{number}: not a resource. Each line is one resource in braces.")
            if value.get("resourceType") == "Bundle":
                yield from _entries(_Reader(io.StringIO(text), f"{name}:{number}"), name, number)
            else:
                yield Sent(value, text, name, number)


def _document(file: IO[str], name: str) -> Iterator[Sent]:
    """A file with one resource, which may be a bundle."""
    yield from _entries(_Reader(file, name), name, None)


def _entries(reader: _Reader, name: str, line: int | None) -> Iterator[Sent]:
    """The entries of a bundle, or the one resource that it is. Fields may stand in any order."""
    other, outside, found = dict[str, Any](), 0, 0
    for field in reader.fields():
        if field == "entry" and reader.ahead() == "[" and other.get("resourceType", "Bundle") == "Bundle":
            for found, entry in enumerate(reader.items(), start=1):
                yield _entry(entry, name, line or found)
            continue
        other[field] = reader.value()
        outside += len(field) + reader.length
        if outside > LARGEST:
            raise _too_large(name, line)
    reader.end()
    if other.get("resourceType") == "Bundle":
        if other.get("type") not in _BUNDLES:
            raise _bad("type", f"{name}: a bundle says its type, such as transaction. Add type.")
        return
    if found:
        raise _bad("bundle", f"{name}: it has entries, but says not that it is a Bundle. Add resourceType.")
    yield Sent(other, _text(other, name), name, line or 1)


def _entry(entry: Any, name: str, place: int) -> Sent:
    if not isinstance(entry, dict):
        raise _bad("entry", f"{name}: entry {place} is no object. Write each entry in braces.")
    request = entry.get("request")
    asked = request if isinstance(request, dict) else {}
    resource = entry.get("resource")
    if not isinstance(resource, dict):
        resource = {}
    method, address = str(asked.get("method") or ""), str(entry.get("fullUrl") or "")
    return Sent(resource, _text(resource or entry, name), name, place, address, method)


class _Reader:
    """A JSON text read value by value, with no more of it in memory than the value at hand."""

    def __init__(self, file: IO[str], name: str) -> None:
        self._file, self._name, self._rest, self._at = file, name, "", 0
        self._ended = False
        self.length = 0  # signs of the last value

    def ahead(self) -> str:
        """The next sign that is not blank."""
        while True:
            self._at = _BLANKS.match(self._rest, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._rest):
                return self._rest[self._at]
            if not self._more(_PIECE):
                raise _bad("cut", f"{self._name}: the file is cut off before its end. Send it again.")

    def expect(self, signs: str) -> str:
        """Go past the next sign, which is to be one of these."""
        sign = self.ahead()
        if sign not in signs:
            raise self.broken()
        self._at += 1
        return sign

    def value(self) -> Any:
        """The next value."""
        self.ahead()
        more = _PIECE
        while True:
            try:
                value, end = _DECODER.raw_decode(self._rest, self._at)
            except RecursionError:
                raise _too_deep(self._name) from None
            except ValueError:
                end = None
            # A number may go on in the next piece.
            if end is not None and (end < len(self._rest) or self._ended):
                self.length, self._at = end - self._at, end
                return value
            if len(self._rest) - self._at > LARGEST:
                raise _too_large(self._name, None)
            if not self._more(more) and end is None:
                raise self._wrong()
            more *= 2

    def items(self) -> Iterator[Any]:
        """The values of a list, one at a time."""
        self.expect("[")
        if self.ahead() == "]":
            self.expect("]")
            return
        while True:
            yield self.value()
            if self.expect(",]") == "]":
                return

    def fields(self) -> Iterator[str]:
        """The names of an object's fields, each when its value is next."""
        self.expect("{")
        if self.ahead() == "}":
            self.expect("}")
            return
        while True:
            name = self.value()
            if not isinstance(name, str):
                raise self.broken()
            self.expect(":")
            yield name
            if self.expect(",}") == "}":
                return

    def end(self) -> None:
        """Nothing may follow."""
        while True:
            self._at = _BLANKS.match(self._rest, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._rest):
                raise self.broken()
            if not self._more(_PIECE):
                return

    def broken(self) -> BadInputError:
        return _bad("json", f"{self._name}: not JSON near '{self._near()}'. Mend it and send it again.")

    def _wrong(self) -> BadInputError:
        """What is wrong with a value that cannot be read: the text ends, or is no JSON."""
        try:
            _DECODER.raw_decode(self._rest, self._at)
        except json.JSONDecodeError as error:
            if error.pos >= len(self._rest.rstrip()) or error.msg.startswith("Unterminated"):
                return _bad("cut", f"{self._name}: the file is cut off before its end. Send it again.")
            self._at = error.pos
        except ValueError:
            pass
        return self.broken()

    def _near(self) -> str:
        sign = self._rest[self._at : self._at + 1]
        return sign if sign.isascii() and sign.isprintable() else "?"

    def _more(self, size: int) -> bool:
        if self._ended:
            return False
        piece = self._file.read(size)
        self._ended = not piece
        self._rest, self._at = self._rest[self._at :] + piece, 0
        return bool(piece)


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        raise ValueError(f"{text[:20]} is no number that can be kept") from None


def _refused(text: str) -> Any:
    raise ValueError(f"{text} is no number in JSON")


_DECODER = json.JSONDecoder(parse_float=_number, parse_constant=_refused)


def _parsed(text: str, where: str) -> Any:
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise _too_deep(where) from None
    except ValueError:
        raise _bad("line", f"{where}: not JSON. Each line is one whole resource; send it again.") from None


class _Plain(json.JSONEncoder):
    """Numbers as they were read."""

    def default(self, o: Any) -> Any:
        return float(o) if isinstance(o, Decimal) else super().default(o)


def _text(value: Any, name: str) -> str:
    """A value as JSON; halves of signs, which some systems send, become question marks."""
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), cls=_Plain)
    except RecursionError:
        raise _too_deep(name) from None
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _bad(kind: str, line: str) -> BadInputError:
    """A file that cannot be read: ``line`` says where, pages say of which kind the fault is."""
    return BadInputError(line, word=f"fhir.error.{kind}")


def _too_deep(where: str) -> BadInputError:
    return _bad("deep", f"{where}: values stand in each other too deep. No resource is nested so; mend it.")


def _too_large(name: str, line: int | None) -> BadInputError:
    where = f"{name}:{line}" if line else name
    return _bad("large", f"{where}: one resource is larger than {LARGEST >> 20} million signs. Split it.")


def addresses(path: Path) -> dict[str, str]:
    """What a file's own names of its resources stand for; NDJSON has none."""
    if path.name.lower().removesuffix(".gz").endswith(".ndjson"):
        return {}
    return names_in(resources(path))


def names_in(sent: Iterable[Sent]) -> dict[str, str]:
    """What a bundle's own names of its resources (urn:uuid:...) stand for: ``Type/id``."""
    found = {}
    for one in sent:
        if one.address.startswith("urn:"):
            found[one.address] = key_of(one)
    return found


def key_of(sent: Sent) -> str:
    """``Type/id`` of a resource; the id is the last part of the bundle's name for it where it has none."""
    kind, id_ = sent.resource.get("resourceType"), sent.resource.get("id")
    if not isinstance(kind, str) or not kind:
        return ""
    if not isinstance(id_, str) or not id_:
        id_ = sent.address.rsplit(":", 1)[-1].rsplit("/", 1)[-1]
    return f"{kind}/{id_}" if id_ else ""
