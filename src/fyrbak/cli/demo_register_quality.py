"""The demo's quality of registers: three invented registers, linked and with their own answers."""

from __future__ import annotations

import numpy as np

from fyrbak import settings
from fyrbak.measures.register_quality.indicator_sets import indicator_set
from fyrbak.measures.register_quality.indicators import read_file
from fyrbak.measures.register_quality.invented import breast_rows, common_rows, linked_rows, write_rows
from fyrbak.measures.register_quality.linked import read_linked
from fyrbak.measures.register_quality.panel import (
    RegisterQuality,
    keep,
    kept,
    register_indicators,
    register_quality,
)
from fyrbak.records.columns import Names

# By register: the coverage of each region (Västernorrland, Jämtland, Västerbotten, Norrbotten), a silent
# unit, and the typical days from suspicion to treatment.
_REGISTERS = {
    "nkbc": ((0.97, 0.98, 0.99, 0.96), "22-a", 26),
    "nlcr": ((0.93, 0.95, 0.96, 0.9), "", 38),
    "scrcr": ((0.99, 0.98, 0.99, 0.97), "", 32),
}
_REGIONS = ("22", "23", "24", "25")


def demo_register_quality(*, seed: int) -> None:
    """Invent the files, and keep what may be shown of them. Doing it again changes nothing."""
    if kept(RegisterQuality):
        return
    folder, nothing = settings.HOME / "registers", Names()
    for register, (shares, silent, days) in _REGISTERS.items():
        rng = np.random.default_rng([seed, *register.encode()])
        regions = dict(zip(_REGIONS, shares, strict=True))
        rows = linked_rows(rng, regions=regions, register=register, silent=silent)
        for linked in read_linked(write_rows(folder / f"{register}-linked.csv", rows), nothing):
            keep(register_quality(linked))
        breast, years = register == "nkbc", range(2018, 2025)
        own = breast_rows(rng, cases=2600, years=years) if breast else common_rows(rng, days=days)
        path = write_rows(folder / f"{register}.csv", own)
        for name in ("nkbc", "common") if breast else ("common",):
            read = read_file(path, nothing, indicator_set(name), register=register)
            keep(register_indicators(read, list(read.cuts)))
