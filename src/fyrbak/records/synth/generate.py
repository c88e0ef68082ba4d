"""Synthetic Sweden from beginning to end: pieces of the population become parts of the tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from fyrbak.errors import BadInputError
from fyrbak.records import organisations
from fyrbak.records.manifest import Manifest, write_manifest
from fyrbak.records.synth import disease, episodes, events, population, vaccinations
from fyrbak.records.synth.calendar import Floats, number
from fyrbak.records.synth.calibration import Structure, calibration, rates, structure
from fyrbak.records.synth.drafts import Scene, suspicion_rates
from fyrbak.records.synth.numbers import Issuer
from fyrbak.records.synth.pathways import Pathways, pathways
from fyrbak.records.synth.tables import Numbering, Piece, tables_of
from fyrbak.records.synth.truth import Truth
from fyrbak.records.synth.writing import Folder

PIECE = 100_000  # persons drawn at a time; memory grows with this, not with the whole
MOST = 20_000_000
_FIRST_AS_OF = date(2020, 12, 31)


@dataclass(frozen=True)
class Request:
    """What is wanted. The seed decides everything that is drawn; ``as_of`` is the last day described."""

    persons: int
    seed: int
    regions: tuple[str, ...]
    as_of: date


def checked(*, persons: int, seed: int, regions: tuple[str, ...], as_of: date) -> Request:
    """A request that can be met; no regions means all. Raises BadInputError or UnknownNameError."""
    if not 1 <= persons <= MOST:
        raise BadInputError(f"--persons {persons}: give a number from 1 to {MOST:,}.")
    if seed < 0:
        raise BadInputError(f"--seed {seed}: give a number from 0 up.")
    if not _FIRST_AS_OF <= as_of <= date(max(calibration().lead_time_drift), 12, 31):
        last = max(calibration().lead_time_drift)
        raise BadInputError(f"--as-of {as_of}: give a day from {_FIRST_AS_OF} to {last}-12-31.")
    wanted = {organisations.region(code).code for code in regions}
    known = [r.code for r in organisations.regions()]
    return Request(persons, seed, tuple(code for code in known if not wanted or code in wanted), as_of)


def generate(folder: Path, request: Request, progress: Callable[[int], object] = lambda _: None) -> Manifest:
    """Write the folder and return its manifest. ``progress`` is told how many persons are done.

    The folder appears whole or not at all. Raises BadInputError if it already holds something or if it cannot
    be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInputError(f"{folder}: already exists and is not empty. Choose another folder or remove it.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.parent, prefix=".unfinished-") as scratch:
            unfinished = Path(scratch) / "folder"
            unfinished.mkdir()
            manifest = _write(unfinished, request, progress)
            if folder.exists():
                folder.rmdir()
            unfinished.rename(folder)
    except OSError as error:
        raise BadInputError(
            f"{folder}: cannot be written: {error.strerror}. Choose another folder."
        ) from error
    return manifest


@dataclass(frozen=True)
class _Ground:
    """What all pieces share."""

    content: Pathways
    local: Structure
    tumours: Floats
    suspicions: Floats
    issuer: Issuer
    numbering: Numbering
    truth: Truth


def _write(folder: Path, request: Request, progress: Callable[[int], object]) -> Manifest:
    content, local = pathways(), structure(request.regions)
    ground = _Ground(
        content=content,
        local=local,
        tumours=rates([*disease.diseases()], local.national),
        suspicions=suspicion_rates(content, local, request.regions),
        issuer=Issuer(),
        numbering=Numbering(),
        truth=Truth(content, request.regions, number(request.as_of)),
    )
    out = Folder(folder)
    for index, first in enumerate(range(0, request.persons, PIECE)):
        size = min(PIECE, request.persons - first)
        # A stream of its own for each piece: its content does not hang on how the others were drawn.
        rng = np.random.default_rng([request.seed, index])
        for name, table in tables_of(rng, _piece(rng, first, size, request, ground)):
            out.add(name, table)
        progress(first + size)
    answers = {
        "as_of": request.as_of.isoformat(),
        "seed": request.seed,
        "persons": request.persons,
        "regions": list(request.regions),
        "interval": "year",
        "measures": ground.truth.measures(),
    }
    (folder / "truth.json").write_text(json.dumps(answers, indent=0) + "\n", encoding="utf-8")
    return write_manifest(
        folder,
        as_of=request.as_of,
        title=f"Syntetiska Sverige, {request.persons} personer, frö {request.seed}",
        source="synth",
        synthetic=True,
        pseudonymous=False,
        tables=out.entries(),
    )


def _piece(rng: np.random.Generator, first: int, size: int, request: Request, ground: _Ground) -> Piece:
    """Draw one piece of the population and tell the truth about it."""
    start, as_of = number(calibration().tumours_from), number(request.as_of)
    people = population.draw(rng, size, first + 1, ground.local, start, as_of)
    tumours = disease.draw(rng, people, ground.tumours, as_of)
    scene = Scene(rng, people, ground.content, request.regions, as_of)
    told = episodes.draw(scene, tumours, ground.suspicions)
    registered = events.draw(scene, told)
    doses, first_dose = vaccinations.draw(rng, people, request.regions, as_of)
    ground.truth.add(people, tumours, told, first_dose)
    return Piece(
        people, tumours, told, registered, doses, ground.content, request.regions, as_of,
        ground.issuer, ground.numbering,
    )  # fmt: skip
