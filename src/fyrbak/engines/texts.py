"""Questions in an engine's language as files, so that they need not be put together anew the next day."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from fyrbak import settings
from fyrbak.engines.lowering import Text
from fyrbak.whole_files import whole

# Who puts questions into words. What other versions of them have written may read otherwise.
WRITTEN_BY = " ".join(f"{name} {version(name)}" for name in ("ibis-framework", "sqlglot"))


def write(path: Path, texts: Mapping[str, Text], **besides: Any) -> None:
    """Keep texts, and what must be known ``besides`` to ask them, as a file that is whole or not there."""
    said = {
        name: {
            "sql": text.sql,
            "constants": {constant: _packed(rows) for constant, rows in text.constants.items()},
            "schema": _packed(text.schema.empty_table()),
        }
        for name, text in texts.items()
    }
    with whole(path) as unfinished:
        unfinished.write_text(json.dumps({"texts": said, "besides": besides}), encoding="utf-8")


def read(path: Path) -> tuple[dict[str, Text], dict[str, Any]]:
    """The texts that :func:`write` has kept, in their order, and what must be known besides."""
    said = json.loads(path.read_text(encoding="utf-8"))
    texts = {
        name: Text(
            text["sql"],
            {constant: _unpacked(rows) for constant, rows in text["constants"].items()},
            _unpacked(text["schema"]).schema,
        )
        for name, text in said["texts"].items()
    }
    return texts, said["besides"]


def file(*what: str) -> Path:
    """The file for what is asked, by everything that its text depends on but the libraries' versions."""
    name = hashlib.sha256("\n".join((*what, WRITTEN_BY)).encode()).hexdigest()[:16]
    return settings.HOME / "derived" / "questions" / f"{name}.json"


def _packed(rows: pa.Table) -> str:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_table(rows)
    return base64.b64encode(sink.getvalue()).decode()


def _unpacked(packed: str) -> pa.Table:
    return pa.ipc.open_stream(base64.b64decode(packed)).read_all()
