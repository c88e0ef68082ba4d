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
from fyrbak.records.synth import background, disease, episodes, events, population, vaccinations
from fyrbak.records.synth.background import Effect
from fyrbak.records.synth.calendar import NEVER, Floats, Ints, number
from fyrbak.records.synth.calibration import Structure, calibration, rates, structure
from fyrbak.records.synth.disease import Tumours
from fyrbak.records.synth.drafts import Scene, suspicion_rates
from fyrbak.records.synth.episodes import Episodes
from fyrbak.records.synth.facts import Facts, facts_of
from fyrbak.records.synth.numbers import Issuer
from fyrbak.records.synth.pathways import Pathways, pathways
from fyrbak.records.synth.population import Population
from fyrbak.records.synth.tables import Numbering, Piece, tables_of
from fyrbak.records.synth.truth import Truth
from fyrbak.records.synth.writing import Folder

PIECE = 100_000  # persons drawn at a time; memory grows with this, not with the whole
MOST = 20_000_000
_FIRST_AS_OF = date(2020, 12, 31)


@dataclass(frozen=True)
class Request:
    """What is wanted. The seed decides everything that is drawn; ``as_of`` is the last day described.

    ``background_from`` is the first year whose statistics of persons are delivered.
    """

    persons: int
    seed: int
    regions: tuple[str, ...]
    as_of: date
    background_from: int

    @property
    def background_years(self) -> range:
        return range(self.background_from, background.newest_year(self.as_of) + 1)


def checked(
    *, persons: int, seed: int, regions: tuple[str, ...], as_of: date, background_from: int | None = None
) -> Request:
    """A request that can be met; no regions means all, and no year the newest whose statistics are out.

    Raises BadInputError or UnknownNameError.
    """
    if not 1 <= persons <= MOST:
        raise BadInputError(f"--persons {persons}: give a number from 1 to {MOST:,}.")
    if seed < 0:
        raise BadInputError(f"--seed {seed}: give a number from 0 up.")
    if not _FIRST_AS_OF <= as_of <= date(max(calibration().lead_time_drift), 12, 31):
        last = max(calibration().lead_time_drift)
        raise BadInputError(f"--as-of {as_of}: give a day from {_FIRST_AS_OF} to {last}-12-31.")
    # Nobody is known to live anywhere before the population begins, on the day after this year's end.
    first, newest = calibration().tumours_from.year - 1, background.newest_year(as_of)
    since = newest if background_from is None else background_from
    if not first <= since <= newest:
        raise BadInputError(
            f"--background-from {since}: give a year from {first} to {newest}, the last whose statistics are "
            f"out on {as_of}."
        )
    wanted = {organisations.region(code).code for code in regions}
    known = [r.code for r in organisations.regions()]
    return Request(persons, seed, tuple(code for code in known if not wanted or code in wanted), as_of, since)


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
        # Background has another: how it is drawn moves nothing else.
        later = np.random.default_rng([request.seed, index, 1])
        for name, table in tables_of(rng, _piece(rng, later, first, size, request, ground)):
            out.add(name, table)
        progress(first + size)
    answers = {
        "as_of": request.as_of.isoformat(),
        "seed": request.seed,
        "persons": request.persons,
        "regions": list(request.regions),
        "interval": "year",
        "measures": ground.truth.measures(),
        "divided": ground.truth.divided(),
        "rates": ground.truth.rates(),
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


def _piece(
    rng: np.random.Generator,
    later: np.random.Generator,
    first: int,
    size: int,
    request: Request,
    ground: _Ground,
) -> Piece:
    """Draw one piece of the population and tell the truth about it."""
    start, as_of = number(calibration().tumours_from), number(request.as_of)
    people = population.draw(rng, size, first + 1, ground.local, start, as_of)
    tumours = disease.draw(rng, people, ground.tumours, as_of)
    scene = Scene(rng, people, ground.content, request.regions, as_of)
    told = episodes.draw(scene, tumours, ground.suspicions)
    registered = events.draw(scene, told)
    doses, first_dose = vaccinations.draw(rng, people, request.regions, as_of)
    facts = facts_of(ground.content, people, told, as_of)
    known = background.draw(
        later,
        people,
        request.regions,
        _effects(people, tumours, told, facts, first_dose),
        request.background_years,
    )
    ground.truth.add(people, tumours, told, facts, first_dose, known)
    return Piece(
        people, tumours, told, registered, doses, known, ground.content, request.regions, as_of,
        ground.issuer, ground.numbering,
    )  # fmt: skip


def _effects(
    people: Population, tumours: Tumours, told: Episodes, facts: Facts, first_dose: Ints
) -> list[Effect]:
    """What happened that education has to do with."""
    women = vaccinations.cohort(people)
    ill = tumours.who[disease.cervical()[tumours.code]]
    return [
        Effect("svf_lead_time", told.who[facts.judged], np.where(facts.within[facts.judged], 0.5, -0.5)),
        Effect("hpv_coverage", women, np.where(first_dose[women] != NEVER, 0.5, -0.5)),
        Effect("cervical_cancer", ill, np.ones(ill.size)),
    ]
