"""The manifest that goes with a file: what it is, what it was made from, what it replaces."""

from __future__ import annotations

from typing import Any

from fyrbak.pathways.deliveries.layout import layout_of
from fyrbak.pathways.deliveries.models import Delivery

FORMAT = "fyrbak-svf-delivery/1"


def manifest_of(delivery: Delivery) -> dict[str, Any]:
    """The manifest as one plain JSON object. The same delivery gives the same manifest."""
    layout = layout_of(delivery.layout)
    return {
        "format": FORMAT,
        "file": file_name(delivery, "csv"),
        "sha256": delivery.sha256,
        "rows": delivery.rows,
        "region": delivery.region_id,
        "month": f"{delivery.month:%Y-%m}",
        "version": delivery.version,
        "replaces": delivery.supersedes.sha256 if delivery.supersedes else None,
        "changes": delivery.changes,
        "identified": delivery.identified,
        "layout": {"id": layout.id, "version": layout.version, "to_verify": layout.to_verify},
        "columns": [column.name for column in layout.used(identified=delivery.identified)],
        "snapshot": delivery.snapshot,
        "as_of": delivery.as_of.isoformat(),
        "definitions": delivery.definitions,
        "synthetic": delivery.synthetic,
        "made": delivery.at.date().isoformat(),
    }


def file_name(delivery: Delivery, ending: str) -> str:
    """What the file is called."""
    kind = "-identifierad" if delivery.identified else ""
    return f"svf-{delivery.region_id}-{delivery.month:%Y-%m}-v{delivery.version}{kind}.{ending}"
