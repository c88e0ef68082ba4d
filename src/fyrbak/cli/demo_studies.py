"""The demo's studies: invented, each marked so in its title, in some regions; targets of three regions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np

from fyrbak.records.models import Organisation
from fyrbak.studies.described import Described
from fyrbak.studies.models import Known, Study
from fyrbak.studies.services import Teller, register_study, tell_included, tell_status, tell_target

BY = "Demon"
_SOURCE = "Påhittad uppgift"
_HOSPITALS = ("01-ks", "24-nus", "25-sunderby", "14-su", "12-lund")
# Title, the same in English, diagnoses, kind, adults, children, how it stands.
_STUDIES = (
    ("Påhittad studie 1: kortare strålbehandling vid lungcancer",
     "Invented study 1: shorter radiotherapy for lung cancer", ("lunga",), "interventional",
     True, False, "open"),
    ("Påhittad studie 2: läkemedel före operation vid bröstcancer",
     "Invented study 2: drugs before surgery for breast cancer", ("brost",), "interventional",
     True, False, "open"),
    ("Påhittad studie 3: minskad behandling av barn med akut leukemi",
     "Invented study 3: less treatment of children with acute leukaemia", ("akut_leukemi_all",),
     "interventional", False, True, "paused"),
    ("Påhittad studie 4: två sätt att operera tjocktarmscancer, lottade i kvalitetsregistret",
     "Invented study 4: two ways to operate on colon cancer, randomised in the quality register",
     ("tjock_andtarm",), "register-rct", True, False, "open"),
    ("Påhittad studie 5: livskvalitet efter prostatacancer",
     "Invented study 5: quality of life after prostate cancer", ("prostata",), "observational", True, False,
     "closed"),
    ("Påhittad studie 6: fysisk träning under cancerbehandling",
     "Invented study 6: exercise during treatment of cancer", (), "interventional", True, True, "planned"),
)  # fmt: skip
_TARGETS = {"24": "120", "01": "900", "25": None}  # None: told that nothing is decided


def demo_studies(*, seed: int, at: datetime, on: date) -> None:
    """Register studies, places, two years of counts, and targets. Doing it again changes nothing."""
    if Study.objects.filter(by_name=BY).exists():
        return
    rng, teller = np.random.default_rng(seed), Teller(by_name=BY, at=at, on=on)
    country = Organisation.objects.get(pk="SE")
    for number, (title_sv, title_en, diagnoses, kind, adults, children, status) in enumerate(_STUDIES, 1):
        study = register_study(
            owner=country, registrations="", status=status, day=on - timedelta(30 * number), source=_SOURCE,
            distinct=True, teller=teller,
            told=Described(
                title_sv=title_sv, title_en=title_en, sponsor="Påhittad sponsor", kind=kind,
                diagnoses=diagnoses, adults=adults, children=children, contact="Påhittad prövningsenhet",
            ),
        )  # fmt: skip
        for code in rng.choice(_HOSPITALS, size=3, replace=False):
            _of_place(study, Organisation.objects.get(pk=str(code)), status, rng, teller)
    for code, target in _TARGETS.items():
        tell_target(
            region=Organisation.objects.get(pk=code), shown=0, source=_SOURCE, teller=teller,
            known=Known.DECIDED if target else Known.NONE, text="Påhittat mål för deltagande i studier",
            number=Decimal(target) if target else None, unit="personer", period="per år",
            decided=on - timedelta(200),
        )  # fmt: skip


def _of_place(
    study: Study, place: Organisation, status: str, rng: np.random.Generator, teller: Teller
) -> None:
    """A place that opened two years ago, with counts of a year or two; some are long unconfirmed."""
    opened = teller.on.replace(month=3, day=1, year=teller.on.year - 2)
    latest = teller.on - timedelta(int(rng.integers(10, 400)))
    if status != "planned":
        tell_status(study=study, place=place, status="open", day=opened, source=_SOURCE, teller=teller)
        for year in range(opened.year, opened.year + int(rng.integers(1, 3))):
            tell_included(
                study=study,
                place=place,
                year=year,
                number=int(rng.poisson(14)),
                source=_SOURCE,
                teller=teller,
            )
    tell_status(study=study, place=place, status=status, day=latest, source=_SOURCE, teller=teller)
