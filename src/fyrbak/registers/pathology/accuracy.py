"""How often a reader of reports is right, field by field, on reports that say what is right."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fyrbak.registers.pathology.fields import FIELDS
from fyrbak.registers.pathology.invented import InventedReport
from fyrbak.registers.pathology.reading import Reading, read_report


@dataclass(frozen=True)
class FieldAccuracy:
    """One field over many reports: what was proposed and right, what was said and found."""

    field: str
    proposed: int  # reports for which the reader proposed a value
    right: int  # of these, how many proposed one that the report accepts
    said: int  # reports that say a value
    found: int  # of these, for how many a right one was proposed

    @property
    def precision(self) -> float | None:
        """Right of what was proposed; None where nothing was."""
        return self.right / self.proposed if self.proposed else None

    @property
    def recall(self) -> float | None:
        """Found of what was said; None where nothing was."""
        return self.found / self.said if self.said else None


def accuracy(
    reports: Iterable[InventedReport], read: Callable[[str], Reading] = read_report
) -> list[FieldAccuracy]:
    """Hold what the reader proposes against the labels of every report."""
    counts = {field: [0, 0, 0, 0] for field in FIELDS}
    for report in reports:
        reading = read(report.text)
        for field, count in counts.items():
            value, accepted = reading.value(field), report.labels.get(field, ("",))
            proposed, said = value is not None, "" not in accepted
            right = value in accepted
            count[0] += proposed
            count[1] += proposed and right
            count[2] += said
            count[3] += said and right
    return [FieldAccuracy(field, *count) for field, count in counts.items()]
