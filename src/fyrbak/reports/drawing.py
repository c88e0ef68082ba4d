"""One figure as a whole: its finding, its picture, the same in words, and all its numbers as a table.

A figure cannot be made without a text alternative and a table. The picture is drawn from one Vega-Lite
specification; the same specification gives the same bytes, so pictures are kept by its hash. A page only
promises its pictures and tables: whoever looks at one has it drawn, or written as a file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import altair as alt
import vl_convert
from altair.utils import schemapi

from fyrbak import settings
from fyrbak.reports.formats import Language
from fyrbak.whole_files import whole

# The tokens of the style sheet that pictures use. They are drawn on white, for screen and paper alike.
INK, SEA, SLATE, LINE = "#16232f", "#0b5874", "#52616d", "#8a98a3"
MOSS, AMBER, BRICK, MIST = "#1f6b45", "#8f5400", "#9c3526", "#f2f5f7"
# Figures do not vary in shape, and tests draw them; to look up every word of them in the schema of Vega-Lite
# takes longer than all else.
schemapi.disable_debug_mode()
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
WIDTH = 640
Locale = Literal["sv-SE", "en-GB"]
_LOCALES: dict[Language, Locale] = {"sv": "sv-SE", "en": "en-GB"}
_FEWEST_TO_LIST = 6


@dataclass(frozen=True)
class Table:
    """Numbers as ready texts. ``numeric`` says which columns stand to the right."""

    caption: str
    headings: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]

    def heads(self) -> list[tuple[str, bool]]:
        """Each heading and whether its column is numeric."""
        return list(zip(self.headings, self.numeric, strict=True))

    def labelled(self) -> Iterator[list[tuple[str, str, bool]]]:
        """Each row as (heading, text, numeric), for tables that stack their cells on phones."""
        return (list(zip(self.headings, row, self.numeric, strict=True)) for row in self.rows)

    @property
    def name(self) -> str:
        """Sixteen hex digits that change with anything that the table says; fit for a file and an address."""
        return _hash(json.dumps(asdict(self), ensure_ascii=False))

    def promise(self) -> None:
        """Keep what the table says: from now on :func:`table` gives it by its name."""
        if not _promise_file(self.name).is_file():
            _write(_promise_file(self.name), json.dumps(asdict(self), ensure_ascii=False))


@dataclass(frozen=True)
class Figure:
    """A figure. ``title`` says the finding, ``alt`` the picture in words, ``note`` how to read it."""

    title: str
    alt: str
    note: str
    table: Table
    spec: str = field(repr=False)
    lang: Language = "sv"

    @property
    def name(self) -> str:
        """Sixteen hex digits that change with the picture; fit for a file and an address."""
        return _hash(f"{version('vl-convert-python')}\n{self.lang}\n{self.spec}")

    @property
    def svg(self) -> str:
        """The picture, drawn once and then read from memory or from ``<home>/derived/figures``."""
        return _drawn(self.name, self.spec, self.lang)

    def promise(self) -> None:
        """Keep what the picture is drawn from, and its table: from now on both are given by their names."""
        self.table.promise()
        if not _picture_file(self.name).is_file():
            _write(_promise_file(self.name), json.dumps({"spec": self.spec, "lang": self.lang}))


def picture(name: str) -> str | None:
    """The picture of this name as SVG, drawn now if nobody has looked before; None where none was promised.

    Raises OSError or ValueError where what was kept cannot be read.
    """
    drawn, promised = _picture_file(name), _promise_file(name)
    if drawn.is_file():
        return drawn.read_text(encoding="utf-8")
    kept = json.loads(promised.read_text(encoding="utf-8")) if promised.is_file() else {}
    return _drawn(name, **kept) if "spec" in kept else None


def table(name: str) -> Table | None:
    """The table of this name; None where none was promised. Raises as :func:`picture` does."""
    promised = _promise_file(name)
    kept = json.loads(promised.read_text(encoding="utf-8")) if promised.is_file() else {}
    if "rows" not in kept:
        return None
    rows = tuple(map(tuple, kept["rows"]))
    return Table(kept["caption"], tuple(kept["headings"]), tuple(kept["numeric"]), rows)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def begin_to_draw() -> None:
    """Start what draws: the first picture of a process takes a second or two longer than the others."""
    vl_convert.vegalite_to_svg({"data": {"values": []}, "mark": "point"})


@lru_cache(maxsize=512)
def _drawn(name: str, spec: str, lang: Language) -> str:
    path = _picture_file(name)
    if path.is_file():
        return path.read_text(encoding="utf-8")
    svg: str = vl_convert.vegalite_to_svg(spec, format_locale=_LOCALES[lang])
    _write(path, svg)
    return svg


def _picture_file(name: str) -> Path:
    return settings.HOME / "derived" / "figures" / f"{name}.svg"


def _promise_file(name: str) -> Path:
    return settings.HOME / "derived" / "promised-figures" / f"{name}.json"


def _write(path: Path, text: str) -> None:
    with whole(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")


def inline(rows: Iterable[Mapping[str, Any]]) -> alt.InlineData:
    """Rows within the chart. As a tuple, which Altair does not copy anew for each layer."""
    return alt.InlineData(values=tuple(rows))


def whole_apart(test: str) -> tuple[alt.ColorValue, alt.ShapeValue]:
    """Colour and shape that tell the whole from its parts, in grey too; ``test`` is true of the whole."""
    return (
        alt.ColorValue(INK, condition={"test": test, "value": SEA}),
        alt.ShapeValue("circle", condition={"test": test, "value": "diamond"}),
    )


def specification(chart: alt.TopLevelMixin) -> str:
    """The chart as JSON with the look that all figures share. The same chart gives the same text."""
    text = {"font": FONT, "labelFont": FONT, "titleFont": FONT}
    look: dict[str, Any] = {
        "background": "#ffffff",
        "font": FONT,
        "padding": 8,
        "view": {"stroke": None},
        "axis": {
            "labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal", "labelColor": INK,
            "titleColor": SLATE, "gridColor": "#dde3e7", "domainColor": LINE, "tickColor": LINE,
            "labelLimit": 260, **text,
        },
        "header": {"labelFontSize": 13, "labelColor": INK, "labelFontWeight": "bold", "title": None, **text},
        "text": {"font": FONT, "fontSize": 13, "color": INK},
    }  # fmt: skip
    spec = chart.to_dict(validate=False)
    spec["config"] = look
    return json.dumps(spec, sort_keys=True, ensure_ascii=False)


def listed_in_words(lines: list[str], important: list[str]) -> str:
    """The lines of a text alternative: all where they are few, else the important ones. The table has all."""
    return " ".join(lines if len(lines) <= _FEWEST_TO_LIST else important)
