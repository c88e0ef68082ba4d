"""The pages of tasks and projects: who sees what, who may write; what is refused stays as it was typed."""

from __future__ import annotations

import csv
import io
import json
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import docx
import pytest
from django.test import Client

from accounts import SignIn
from fyrbak.access.roles import Role
from fyrbak.goals.improvement.models import Call, Decision, Interest, Project, TaskStatus
from fyrbak.goals.improvement.services import remove_call
from fyrbak.web.improvement.files import PROJECT_COLUMNS, TASK_COLUMNS
from improvement import call, decide, project
from pages import as_owner

NORTH, VASTERBOTTEN, GAVLEBORG = "rcc:norr", "24", "21"
Made = Callable[..., Any]
_years = iter(range(2001, 2099))


@pytest.fixture
def own_call(filled: None) -> Iterator[Call]:
    """A call of RCC Norr that only this test has."""
    with as_owner():
        made = call(year=next(_years), opens=date(2020, 1, 1), closes=date(2090, 1, 1))
    yield made
    with as_owner():
        if not made.projects.exists() and Call.objects.filter(pk=made.pk).exists():
            remove_call(call=made)


def applied(of: Call, **change: Any) -> Project:
    with as_owner():
        return project(of, **change)


def decided(of: Call, amount: int, **change: Any) -> Project:
    with as_owner():
        made = project(of, **change)
        decide(made, amount)
        return made


def text(response: Any) -> str:
    return " ".join(response.content.decode().split()).replace("\u00a0", " ")


def not_found(reader: Client, key: uuid.UUID) -> str:
    """The page of a project's address without the address itself and the form's own secret."""
    body = text(reader.get(f"/projects/{key}/")).replace(str(key), "")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", body)


APPLICATION = {
    "organisation": VASTERBOTTEN, "title": "Kortare väg till rehabilitering", "purpose": "Fler ska få hjälp.",
    "plan": "Ett team.", "sought": "250 000 kr", "indicator": "Andel med plan", "value": "41,5",
    "unit": "procent", "n": "200", "period": "2024", "measure": "", "missing": "",
}  # fmt: skip


def test_tasks_say_what_is_not_known(filled: None) -> None:
    shown = text(Client().get("/tasks/"))
    assert "Strategin ger 69 uppgifter. För 20 av dem nämner den ingen som ska göra dem." in shown
    assert "Visar 69 av 69 uppgifter." in shown
    assert "Inget läge angett" in shown
    narrowed = text(Client().get("/tasks/?chapter=screening&actor=nobody&lang=en"))
    assert "Showing 1 of 69 tasks." in narrowed
    assert "No task fits the choice" in text(Client().get("/tasks/?chapter=screening&state=dropped&lang=en"))
    by_actor = text(Client().get("/tasks/?by=actor"))
    assert by_actor.index("Samverkansgruppen för svensk cancervård </h2>".replace(" <", "<")) > 0


def test_a_region_follows_what_is_given_to_regions(signed_in: SignIn) -> None:
    west = signed_in(Role.REGIONAL_COORDINATOR, VASTERBOTTEN)
    assert "Ange läget" not in text(west.get("/tasks/screening-1/"))
    assert west.get("/tasks/screening-1/state/").status_code == 404
    given = {"organisation": VASTERBOTTEN, "state": "done", "comment": "Alla <b>kliniker</b>.", "source": ""}
    refused = west.post("/tasks/rehabilitation-4/state/", given)
    assert refused.status_code == 422
    assert "Säg var det går att se att uppgiften är klar." in text(refused)
    assert "Alla &lt;b&gt;kliniker&lt;/b&gt;." in text(refused)
    assert west.post("/tasks/rehabilitation-4/state/", given | {"source": "Rutin 3"}).status_code == 302
    shown = text(Client().get("/tasks/rehabilitation-4/"))
    assert "Region Västerbotten" in shown and "Rutin 3" in shown and "Har inte sagt något: " in shown
    assert "1 klart, 20 inget läge angett" in text(Client().get("/tasks/?chapter=rehabilitation"))
    listed = text(west.get("/tasks/?state=done&chapter=rehabilitation"))
    assert "/tasks/rehabilitation-4/" in listed and "/tasks/rehabilitation-5/" not in listed


def test_nobody_answers_for_another_region(signed_in: SignIn) -> None:
    west = signed_in(Role.REGIONAL_COORDINATOR, VASTERBOTTEN)
    given = {"organisation": GAVLEBORG, "state": "planned", "comment": "", "source": ""}
    assert west.post("/tasks/rehabilitation-2/state/", given).status_code == 422
    assert not TaskStatus.objects.filter(organisation=GAVLEBORG).exists()
    assert Client().post("/tasks/rehabilitation-2/state/", given).status_code == 401
    assert signed_in(Role.STATISTICIAN, GAVLEBORG).get("/tasks/rehabilitation-2/state/").status_code == 403


def test_the_country_follows_every_task(signed_in: SignIn) -> None:
    nation = signed_in(Role.NATIONAL_COORDINATOR, "SE")
    given = {"organisation": "SE", "state": "under-way", "comment": "", "source": ""}
    assert nation.post("/tasks/prevention-1/state/", given).status_code == 302
    assert re.search(r"Nationellt är läget: [^.]*\b[1-9]\d* pågår", text(Client().get("/tasks/")))


@pytest.mark.parametrize("address", ["/tasks/nonsens-1/", "/tasks/all.xml", "/projects/calls/999999/"])
def test_what_does_not_exist_is_not_found(filled: None, address: str) -> None:
    assert Client().get(address).status_code == 404


def test_an_application_is_amended_decided_on_reported_and_spread(signed_in: SignIn, own_call: Call) -> None:
    west, north = signed_in(Role.PROCESS_LEADER, VASTERBOTTEN), signed_in(Role.REGIONAL_COORDINATOR, NORTH)
    address = f"/projects/calls/{own_call.pk}/apply/"
    refused = west.post(address, APPLICATION | {"sought": "mycket", "title": ""})
    assert refused.status_code == 422
    assert "Skriv ett tal med siffror." in text(refused) and 'value="mycket"' in text(refused)
    sent = west.post(address, APPLICATION)
    assert sent.status_code == 302
    here = sent["Location"]
    assert "Väntar på beslut" in text(west.get(here)) and "41,5 procent · n = 200 · 2024" in text(
        west.get(here)
    )
    amended = west.post(f"{here}amend/", APPLICATION | {"sought": "300 000"})
    assert amended.status_code == 302
    assert "Alla versioner av ansökan" in text(north.get(here))

    ruling = {"outcome": "granted", "amount": "300 000", "day": "2024-05-02", "report_by": "2024-12-31",
              "reason": "Väl beskrivet."}  # fmt: skip
    read = north.get(f"{here}decide/").context["form"]["read"].value()
    first = north.post(f"{here}decide/", ruling | {"read": read})
    assert first.status_code == 422 and "Säg först om du har något jäv" in text(first)
    assert north.post(f"{here}interest/", {"conflict": "no", "why": ""}).status_code == 302
    assert (
        north.post(f"{here}members/", {"person": "Ledamot", "conflict": "yes", "why": "Kollega"}).status_code
        == 302
    )
    assert north.post(f"{here}decide/", ruling | {"read": read}).status_code == 302
    again = north.post(f"{here}decide/", ruling | {"read": read, "amount": "1"})
    assert again.status_code == 422 and "Någon annan beslutade medan du skrev" in text(again)

    result = {
        "text": "Det blev bättre.",
        "value": "55",
        "unit": "procent",
        "n": "",
        "period": "2025",
        "missing": "",
    }
    assert west.post(f"{here}report/", result).status_code == 302
    assert (
        west.post(f"{here}spread/", {"organisation": "23", "whom": "", "text": "Teamet"}).status_code == 302
    )
    shown = text(Client().get(here))
    for words in (
        "300 000 kr",
        "Det blev bättre.",
        "55 procent",
        "Region Jämtland Härjedalen",
        "Väl beskrivet.",
    ):
        assert words in shown
    assert "Ledamot" not in shown and "Kollega" not in shown
    assert "Ledamot" in text(north.get(here))


def test_what_waits_or_is_declined_is_seen_by_both_sides_alone(signed_in: SignIn, own_call: Call) -> None:
    hidden = [
        applied(own_call, title="Väntande kanariefågel"),
        decided(own_call, 0, title="Avslagen kanariefågel"),
    ]
    inside = [signed_in(Role.REGIONAL_COORDINATOR, NORTH), signed_in(Role.PROCESS_LEADER, VASTERBOTTEN)]
    outside = [Client(), signed_in(Role.REGIONAL_COORDINATOR, GAVLEBORG), signed_in(Role.UNIT_STAFF, "23")]
    for reader in (*inside, *outside):
        for one in hidden:
            answer = reader.get(f"/projects/{one.pk}/")
            assert answer.status_code == (200 if reader in inside else 404)
        for address in (
            "/projects/",
            f"/projects/calls/{own_call.pk}/",
            "/projects/all.csv",
            "/projects/all.json",
        ):
            body = reader.get(address).content.decode()
            seen = "kanariefågel" in body
            assert seen == (reader in inside and "all." not in address), address
    assert not_found(outside[1], hidden[0].pk) == not_found(outside[1], uuid.uuid4())
    for deed in ("amend", "interest", "members", "decide", "report", "spread"):
        assert outside[1].get(f"/projects/{hidden[0].pk}/{deed}/").status_code == 404
    assert inside[1].get(f"/projects/{hidden[0].pk}/decide/").status_code == 403


def test_who_applies_does_not_decide_and_the_database_holds_to_it(signed_in: SignIn, own_call: Call) -> None:
    about = applied(own_call)
    west = signed_in(Role.REGIONAL_COORDINATOR, VASTERBOTTEN)
    for deed in ("interest", "members", "decide"):
        assert west.post(f"/projects/{about.pk}/{deed}/", {"conflict": "no"}).status_code == 404
    assert not Interest.objects.filter(project=about).exists()
    assert not Decision.objects.filter(project=about).exists()


def test_a_call_is_opened_by_those_who_give_out_money(signed_in: SignIn) -> None:
    year = next(_years)
    given = {"organisation": NORTH, "title": "Palliativ vård", "year": str(year), "allotted": "2 000 000",
             "opens": "2024-01-01", "closes": "2024-02-01"}  # fmt: skip
    west, north = (
        signed_in(Role.REGIONAL_COORDINATOR, VASTERBOTTEN),
        signed_in(Role.REGIONAL_COORDINATOR, NORTH),
    )
    assert west.post("/projects/calls/new/", given).status_code == 422
    opened = north.post("/projects/calls/new/", given)
    assert opened.status_code == 302
    shown = text(north.get(opened["Location"]))
    assert "2 000 000 kr är kvar att dela ut." in shown and "Ta bort utlysningen" in shown
    assert west.post(f"{opened['Location']}remove/").status_code == 404
    assert north.post(f"{opened['Location']}remove/").status_code == 302
    assert north.get(opened["Location"]).status_code == 404


def test_sums_are_said_in_both_languages(filled: None, own_call: Call) -> None:
    decided(own_call, 300_000)
    address = f"/projects/calls/{own_call.pk}/"
    assert "1 projekt har beviljats 300 000 kr av 18 800 000 kr. 18 500 000 kr är kvar" in text(
        Client().get(address)
    )
    english = text(Client().get(f"{address}?lang=en"))
    assert "1 project has been granted SEK 300,000 of SEK 18,800,000." in english


def test_files_hold_what_is_public_and_say_what_each_column_is(filled: None, own_call: Call) -> None:
    decided(own_call, 300_000, title='Öppet; projekt, med "tecken"')
    for address, columns in (("/tasks/all", TASK_COLUMNS), ("/projects/all", PROJECT_COLUMNS)):
        told = json.loads(Client().get(f"{address}.json").content)
        assert told["columns"] == columns
        rows = list(csv.DictReader(io.StringIO(Client().get(f"{address}.csv").content.decode("utf-8-sig"))))
        assert rows and list(rows[0]) == list(columns) == list(told["rows"][0])
        assert len(rows) == len(told["rows"])
    own = next(row for row in rows if row["project"].startswith("Öppet"))
    assert (own["granted_sek"], own["before"], own["before_n"], own["after"]) == ("300000", "21.0", "140", "")


def test_a_measure_gives_its_own_number(signed_in: SignIn, own_call: Call) -> None:
    west = signed_in(Role.PROCESS_LEADER, VASTERBOTTEN)
    given = APPLICATION | {"value": "", "unit": "", "n": "", "period": "", "measure": "hpv_coverage"}
    sent = west.post(f"/projects/calls/{own_call.pk}/apply/", given)
    assert sent.status_code == 302, text(sent)
    few = west.post(f"/projects/calls/{own_call.pk}/apply/", given | {"measure": "svf_inclusion"})
    assert few.status_code == 422 and "Måttet har inget tal att visa för din region." in text(few)
    before = text(west.get(sent["Location"]))
    assert "52,6 %" in before and "n = " in before and "2024" in before


def test_pages_take_the_same_queries_however_much_there_is(
    signed_in: SignIn, own_call: Call, django_assert_max_num_queries: Any
) -> None:
    north = signed_in(Role.REGIONAL_COORDINATOR, NORTH)
    for number in range(4):
        decided(own_call, 1000, title=f"Projekt {number}")
    for address, most in (("/projects/", 22), (f"/projects/calls/{own_call.pk}/", 24), ("/tasks/", 10)):
        with django_assert_max_num_queries(most):
            assert north.get(address).status_code == 200


def test_the_yearly_analysis_says_what_is_not_known(signed_in: SignIn) -> None:
    nation = signed_in(Role.NATIONAL_COORDINATOR, "SE")
    given = {"organisation": "SE", "state": "planned", "comment": "Utreds i år.", "source": "Dnr 7"}
    nation.post("/tasks/knowledge-5/state/", given)
    shown = text(nation.get("/tasks/analysis/"))
    for words in ("Utkast till årlig analys", "Utreds i år.", "Det här vet vi inte", "utan känt läge",
                  "20 uppgifter som strategin inte ger till någon", "delmål som inget mått belyser",
                  "HPV-vaccinerade, kvinnor födda 1994–1999:"):  # fmt: skip
        assert words in shown, words
    unknown = shown[shown.index("Det här vet vi inte") :]
    assert "Pröva om ett gemensamt mål" not in unknown
    document = docx.Document(io.BytesIO(nation.get("/tasks/analysis.docx").content))
    assert any("Det här vet vi inte" in paragraph.text for paragraph in document.paragraphs)
    assert len(document.tables) >= 12
    assert "What we do not know" in text(nation.get("/tasks/analysis/?lang=en"))
    assert Client().get("/tasks/analysis/").status_code == 302


@pytest.mark.parametrize(
    ("field", "typed"),
    [("value", "mycket"), ("value", "1e400"), ("value", "9" * 20), ("n", "9" * 20), ("n", "0"),
     ("sought", "-5"), ("sought", "12,50"), ("sought", "9" * 13), ("title", "x" * 201),
     ("organisation", "99"), ("measure", "inget"), ("period", "x" * 61), ("title", "noll\0tecken")],
)  # fmt: skip
def test_what_cannot_be_read_is_told_at_its_field_and_stays_as_typed(
    signed_in: SignIn, own_call: Call, field: str, typed: str
) -> None:
    west = signed_in(Role.PROCESS_LEADER, VASTERBOTTEN)
    refused = west.post(f"/projects/calls/{own_call.pk}/apply/", APPLICATION | {field: typed})
    assert refused.status_code == 422
    assert f'href="#id_{field}"' in refused.content.decode()
    assert "Kortare väg till rehabilitering" in text(refused) or field == "title"
    assert not own_call.projects.exists()


@pytest.mark.parametrize(
    "address", ["/projects/calls/99999999999999999999999/", "/tasks/x/state/", "/projects/x/"]
)
def test_addresses_that_cannot_be_are_not_found(signed_in: SignIn, address: str) -> None:
    assert signed_in(Role.REGIONAL_COORDINATOR, NORTH).get(address).status_code == 404
