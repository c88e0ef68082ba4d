"""The quality of registers as readers meet it: on pages, on the command line, in the browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from typer.testing import CliRunner

from accounts import SignIn
from browser import Given, Then, When
from commands import Command, refused
from fyrbak import settings
from fyrbak.access.roles import Role
from fyrbak.cli.main import app
from fyrbak.measures.register_quality.indicator_sets import indicator_set
from fyrbak.measures.register_quality.indicators import read_file
from fyrbak.measures.register_quality.invented import breast_rows, linked_rows, write_rows
from fyrbak.measures.register_quality.linked import age_group, read_linked
from fyrbak.measures.register_quality.panel import (
    RegisterIndicators,
    RegisterQuality,
    keep,
    register_indicators,
    register_quality,
)
from fyrbak.records.columns import Names

Json = Callable[..., Any]
PAGES = ("/register/quality/", "/register/quality/nkbc/", "/register/indicators/")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A linked file and a breast register's own, both invented."""
    folder, rng = tmp_path_factory.mktemp("registers"), np.random.default_rng(1)
    linked = write_rows(folder / "linked.csv", linked_rows(rng, cases=3000))
    return linked, write_rows(folder / "nkbc.csv", breast_rows(rng, cases=900))


@pytest.fixture(scope="module")
def panels(files: tuple[Path, Path]) -> list[RegisterQuality | RegisterIndicators]:
    """What may be shown of the invented register."""
    linked, own = files
    found: list[RegisterQuality | RegisterIndicators] = [
        register_quality(one) for one in read_linked(linked, Names())
    ]
    for name in ("nkbc", "common"):
        read = read_file(own, Names(), indicator_set(name), register="nkbc")
        found.append(register_indicators(read, list(read.cuts)))
    lung = read_file(own, Names(), indicator_set("common"), register="nlcr")
    found.append(register_indicators(lung))
    return found


@pytest.fixture
def shown(filled: None, panels: list[RegisterQuality | RegisterIndicators]) -> Iterator[None]:
    """The filled house, with that kept."""
    paths = [keep(one) for one in panels]
    assert all(settings.HOME in path.parents for path in paths)
    yield
    for path in paths:
        path.unlink()


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.STATISTICIAN])
def test_an_empty_house_says_what_would_fill_it(signed_in: SignIn, role: Role) -> None:
    client = signed_in(role, "24")
    assert "fyrbak register quality" in text(client, "/register/quality/")
    assert "fyrbak register indicators" in text(client, "/register/indicators/")
    assert client.get("/register/quality/nkbc/").status_code == 404


@pytest.mark.parametrize("address", PAGES)
def test_only_those_who_read_the_register_see_it(signed_in: SignIn, shown: None, address: str) -> None:
    assert signed_in(Role.EDITOR, "24").get(address).status_code == 403
    assert Client().get(address).status_code == 302
    assert signed_in(Role.REGISTRAR, "24").get(address).status_code == 200


def test_a_register_is_told_whole_in_both_languages(signed_in: SignIn, shown: None) -> None:
    client = signed_in(Role.REGISTRAR, "24")
    overview = text(client, "/register/quality/")
    assert re.search(r"\d–\d+,\d\) · \d[\d\s]* av \d", overview)
    assert re.search(r"% \([^)]*\) · \d[\d\s]* rapporter", overview)
    assert re.search(r"\d–\d+,\d\) · \d[\d\s]* fall", overview)
    assert "Bröstcancer (NKBC)" in overview and "2025-04-04" in overview and "1 av 8" in overview
    swedish = text(client, "/register/quality/nkbc/")
    for words in (
        "regioner når",
        "Täckningsgrad 2024",
        "Tid till rapport för hela registret, år för år",
        "Inom 91 dagar",
        "Har tystnat",
        "log-linjär",
        "Under målnivån",
    ):
        assert words in swedish
    english = text(client, "/register/quality/nkbc/?lang=en")
    for words in ("Coverage 2024", "Within 91 days", "Has fallen silent", "log-linear", "Below the target"):
        assert words in english
    assert "{" not in english.split("<main")[1] and "Täckningsgrad" not in english.split("<main")[1]


def test_indicators_are_shown_by_register_and_region(signed_in: SignIn, shown: None) -> None:
    client = signed_in(Role.STATISTICIAN, "24")
    whole = text(client, "/register/indicators/?of=nkbc.nkbc")
    assert "Kontaktsjuksköterska erbjuden" in whole and "95/99\u00a0%" in whole
    assert "ska kontrolleras mot registret" in whole
    region = text(client, "/register/indicators/?of=nkbc.nkbc&group=region.24")
    assert "Region Västerbotten: 2024" in region and region != whole
    group = age_group(55)
    assert f"Ålder: {group}: 2024" in text(client, f"/register/indicators/?of=nkbc.nkbc&group=age.{group}")
    assert "nkbc33: täckningsgraden" in whole
    common = text(client, "/register/indicators/?of=common.nkbc&group=nowhere")
    assert "Första behandling inom 28 dagar" in common
    [nurse] = re.findall(
        r"<table(?:(?!</table>).)*Fick kontaktsjuksköterska: registren.*?</table>", common, re.S
    )
    assert "Bröstcancer (NKBC)" in nurse and "Lungcancer (NLCR)" in nurse
    for words in ("Mål", "95/99\u00a0%", "Antal", "Uppgift finns", "Ändring per år"):
        assert words in nurse


def test_the_silent_unit_stands_on_the_page_of_ones_own_work(signed_in: SignIn, shown: None) -> None:
    assert "1 enhet har tystnat" in text(signed_in(Role.REGISTRAR, "24"), "/work/")
    assert "Registrens kvalitet" not in text(signed_in(Role.EDITOR, "24"), "/work/")


def test_commands_answer_in_rows(files: tuple[Path, Path], fyrbak_json: Json) -> None:
    linked, own = files
    (whole, *_) = fyrbak_json("register", "coverage", linked, "--by", "region")
    assert (whole["register"], whole["form"], whole["group"], whole["extract"]) == (
        "nkbc",
        "",
        "all",
        "2025-04-04",
    )
    assert whole["value"] == pytest.approx(whole["hits"] / whole["n"])
    (early, *_) = fyrbak_json("register", "timeliness", linked, "--by", "region")
    assert [one["days"] for one in early["within"]] == [30, 91, 183, 365]
    state = {one["unit"]: one["state"] for one in fyrbak_json("register", "silence", linked)}
    assert state["22-a"] == "silent" and len(state) == 9
    (cases,) = fyrbak_json("register", "completeness", linked)
    assert cases["method"] == "log-linear" and cases["lower"] < cases["total"] < cases["upper"]
    (found,) = fyrbak_json("register", "indicators", own, "--set", "nkbc")
    assert {"population", "known", "completeness", "negative"} <= set(found["answers"][0])
    (panel,) = fyrbak_json("register", "quality", linked)
    assert panel["register"] == "nkbc" and panel["standstills"]


def test_commands_print_tables_and_sentences(files: tuple[Path, Path]) -> None:
    linked, own = map(str, files)
    for arguments, words in (
        (["coverage", linked], "Täckningsgrad"),
        (["timeliness", linked], "rättade"),
        (["silence", linked], "Har tystnat"),
        (["completeness", linked], "uppskattningsvis"),
        (["quality", linked], "Registren sida vid sida"),
        (["indicators", own, own, "--set", "common"], "sida vid sida"),
    ):
        answer = CliRunner().invoke(app, ["register", *arguments])
        assert answer.exit_code == 0 and words in answer.stdout, answer.output
    for name in ("coverage", "timeliness", "silence", "completeness", "quality"):
        told = CliRunner().invoke(app, ["register", name, "--help"]).stdout
        assert "cancer_register" in told and "unreachable" in told


def test_a_file_that_cannot_be_used_ends_in_one_line(tmp_path: Path, fyrbak: Command) -> None:
    path = write_rows(tmp_path / "x.csv", [{"year": 2024, "cancer_register": 1}])
    refused(fyrbak("register", "coverage", path), "no column quality_register")
    refused(fyrbak("register", "coverage", tmp_path / "none.csv"), "no such file")
    refused(fyrbak("register", "indicators", path, "--set", "nkbd"), "did you mean 'nkbc'")
    timely = write_rows(tmp_path / "y.csv", [{"year": 2024, "cancer_register": 1, "quality_register": 1}])
    refused(fyrbak("register", "timeliness", timely, "--extract", "2025-01-01"), "no column diagnosis")
    cut = write_rows(
        tmp_path / "z.csv",
        [{"year": 2024, "cancer_register": 1, "quality_register": 1, "extract": date(2025, 1, 1)}],
    )
    refused(fyrbak("register", "coverage", cut, "--by", "site"), "no column site to cut by")


@pytest.mark.browser
@pytest.mark.usefixtures("shown")
def test_a_registrar_reads_the_quality_on_a_phone(given: Given, when: When, then: Then) -> None:
    given.signed_in_as(Role.REGISTRAR, "24")
    given.a_screen_of(360)
    for address in PAGES:
        when.the_reader_opens(address)
        then.it_fits_the_screen()
        then.the_page_is_accessible()
