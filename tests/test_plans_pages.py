"""The pages of plans at work, as those who write them meet them, and as others do."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts import SignIn, unmarked
from fyrbak.access.roles import Role
from fyrbak.goals import models as m
from fyrbak.goals.documents import read_document
from fyrbak.goals.importing import import_document
from goals_documents_layouts import PLAN_TITLES, word_file
from pages import as_owner
from plans import AT, action_plan, real_document
from test_plans_editing import BY
from test_plans_uploads import DOUBTFUL, PLAN

EDITOR = Role.REGIONAL_COORDINATOR


@pytest.fixture
def editor(signed_in: SignIn) -> Client:
    """Gävleborg's coordinator."""
    return signed_in(EDITOR, "21")


def begun(client: Client, label: str) -> str:
    """The address of a new draft of Gävleborg's plan."""
    typed = {"owner": "21", "level": "local", "title_sv": "Provplan", "label": label}
    answer = client.post("/plans/new/", typed)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def added(client: Client, address: str, kind: str, inside: str = "", **words: Any) -> str:
    """Add a row; return its lineage."""
    answer = client.post(f"{address}{kind}/new/{f'{inside}/' if inside else ''}", words)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"].rsplit(f"{kind}-", 1)[1]


def a_draft(client: Client, label: str) -> tuple[str, str, str, str]:
    """A draft with an area, a goal and an activity: its address and their lineages."""
    address = begun(client, label)
    area = added(client, address, "area", number="1", name_sv="Prevention", columns=list(m.Area().columns))
    goal = added(client, address, "goal", area, number="1.1", text_sv="Färre röker.")
    row = added(client, address, "activity", goal, activity="Informera", responsible="- Regionerna")
    return address, area, goal, row


def said(answer: Any) -> str:
    return unmarked(answer.content)


def test_a_plan_is_written_on_the_pages_from_nothing(editor: Client) -> None:
    address, area, goal, row = a_draft(editor, "2031")
    shown = said(editor.get(address))
    for words in ("Prevention", "Färre röker.", "Informera", "Utkast."):
        assert words in shown
    second = added(editor, address, "activity", goal, activity="Utbilda")
    assert editor.post(f"{address}activity/{second}/move/", {"step": "up"}).status_code == 302
    assert said(editor.get(address)).index("Utbilda") < said(editor.get(address)).index("Informera")
    change = m.PlanChange.objects
    for _ in range(2):
        with as_owner():
            latest = change.filter(takes_back=None, taken_back_by=None).order_by("-id")[0].pk
        assert editor.post(f"{address}undo/", {"change": latest}).status_code == 302
    assert "Utbilda" not in said(editor.get(address))
    page = said(editor.get(f"{address}activity/{row}/"))
    assert 'name="version" value="1"' in page
    typed = {"version": "1", "activity": "Informera alla", "responsible": "- Regionerna"}
    assert editor.post(f"{address}activity/{row}/", typed).status_code == 302
    theirs = editor.post(f"{address}activity/{row}/", typed | {"activity": "Jag skrev detta"})
    assert theirs.status_code == 422
    for words in ("Någon annan hann före", "Informera alla", "Jag skrev detta", 'name="version" value="2"'):
        assert words in said(theirs)
    named = {"version": "2", "organisation-0": "21", "function-0": "Verksamhetschef"}
    assert editor.post(f"{address}activity/{row}/parties/", named).status_code == 302
    assert "Verksamhetschef, Region Gävleborg" in said(editor.get(address))
    assert "Prevention" in said(editor.get(f"{address}area/{area}/remove/"))
    assert "Ändrade aktiviteten 1.1.1" in said(editor.get(f"{address}history/"))
    empty = editor.post(f"{address}goal/{goal}/", {"version": "1", "number": "1.1", "text_sv": ""})
    assert empty.status_code == 422 and "Skriv målet." in said(empty)
    assert editor.post(f"{address}activity/{row}/remove/", {"reason": "Klart"}).status_code == 302


def test_a_draft_is_adopted_copied_and_compared(editor: Client, client: Client) -> None:
    address, _, goal, row = a_draft(editor, "2032")
    key = address.split("/")[2]
    assert client.get(f"/plans/{key}/table/").status_code == 404
    assert "<button>Besluta planen</button>" in editor.get(f"/plans/{key}/adopt/").content.decode()
    assert editor.post(f"/plans/{key}/adopt/", {"on": "2025-01-01"}).status_code == 302
    assert "Beslutad 1" in said(client.get(f"/plans/{key}/table/"))
    refused = editor.post(f"{address}activity/{row}/", {"version": "1", "activity": "Nytt"})
    assert refused.status_code == 422 and "Skriv varför den ändras." in said(refused)
    told = {"version": "1", "activity": "Nytt", "reason": "Skrivfel"}
    assert editor.post(f"{address}activity/{row}/", told).status_code == 302
    copied = editor.post(f"/plans/{key}/copy/", {"label": "2033"})["Location"]
    assert editor.get(f"/plans/{key}/copy/")["Location"] == copied
    words = {"version": "1", "number": "1.1", "text_sv": "Färre vuxna röker."}
    assert editor.post(f"{copied}goal/{goal}/", words).status_code == 302
    new = copied.split("/")[2]
    page = said(editor.get(f"/plans/{new}/differences/"))
    assert "vuxna]" in page and "Omformulerat" in page
    assert "Omformulerat" in said(editor.get(f"/plans/{new}/fate/"))
    assert editor.post(f"{copied}goal/{goal}/remove/", {"reason": ""}).status_code == 302
    assert "utan angiven orsak" in said(editor.get(f"/plans/{new}/fate/"))
    assert editor.post(f"/plans/{new}/fate/", {"number": "1.1", "reason": "Uppnått"}).status_code == 302
    assert "Uppnått" in said(editor.get(f"/plans/{new}/fate/"))
    assert editor.post(f"/plans/{new}/fate/", {"number": "1.1", "reason": ""}).status_code == 422


def test_a_document_is_brought_in_reviewed_and_stored(editor: Client) -> None:
    def send(data: bytes, name: str, to: str = "/plans/upload/", **typed: str) -> Any:
        return editor.post(to, typed | {"file": SimpleUploadedFile(name, data)})

    usual = {"owner": "21", "level": "local", "label": "2034"}
    nothing = send(b"", "tom.docx", **usual)
    assert nothing.status_code == 422 and "Filen är tom" in said(nothing) and "2034" in said(nothing)
    review = send(b"\x89PNG\x00", "bild.docx", **usual)["Location"]
    assert "varken Word, Excel, PDF eller text" in said(editor.get(review))
    assert send(DOUBTFUL, "plan.docx", f"{review}file/").status_code == 302
    page = said(editor.get(review))
    assert "Osäkra celler" in page and "Kvar att granska: 1" in page
    refused = editor.post(f"{review}store/", {"standing": "draft", "follows": ""})
    assert refused.status_code == 422 and "Osäkra celler kvar: 1" in said(refused)
    cell = {"row": "1", "field": "name", "text": "Förebygga"}
    assert editor.post(f"{review}answer/", cell).status_code == 302
    assert send(PLAN[:900], "trasig.docx", f"{review}file/").status_code == 302
    page = said(editor.get(review))
    assert "trasig.docx" in page and "Filen är skadad" in page and "Förebygga" in page
    assert "Informera" in said(editor.get(f"{review}rows/1.1/"))
    assert "Påbörjade granskningar" in said(editor.get("/plans/upload/"))
    stored = editor.post(f"{review}store/", {"standing": "draft", "follows": ""})
    assert stored.status_code == 302 and "Förebygga" in said(editor.get(stored["Location"]))
    assert editor.get(review).status_code == 302


def test_begun_reviews_are_told_apart_and_withdrawn_with_a_reason(editor: Client) -> None:
    usual = {"owner": "21", "level": "local", "label": "2038"}
    first, second = (
        editor.post("/plans/upload/", usual | {"file": SimpleUploadedFile(name, DOUBTFUL)})["Location"]
        for name in ("ett.docx", "två.docx")
    )
    listed = said(editor.get("/plans/upload/"))
    assert "2038: ett.docx" in listed and "2038: två.docx" in listed
    assert "Granska dokumentet: 2038, två.docx" in said(editor.get("/work/"))
    empty = editor.post(f"{second}withdraw/", {"why": " "})
    assert empty.status_code == 422 and "Skriv varför ingen går vidare" in said(empty)
    assert editor.post(f"{second}withdraw/", {"why": "Fel fil"}).status_code == 302
    assert "två.docx" not in said(editor.get("/work/")) and "ett.docx" in said(editor.get("/work/"))
    page = said(editor.get(second))
    assert "Granskningen är nedlagd" in page and "Fel fil" in page and "Osäkra celler" not in page
    assert "Nedlagda granskningar: 1" in said(editor.get("/plans/upload/"))
    assert editor.post(f"{second}accept/").status_code == 422
    assert editor.get(first).status_code == 200


def test_links_are_made_confirmed_and_ended_with_reasons(editor: Client) -> None:
    address, *_ = a_draft(editor, "2035")
    links = f"/plans/{address.split('/')[2]}/goals/1.1/links/"
    typed = {"kind": "implements", "plan": "strategy-2", "number": "D18", "rationale": "Samma sak"}
    wrong = editor.post(f"{links}add/", typed | {"number": "D99"})
    assert wrong.status_code == 422 and "inget mål D99" in said(wrong) and "Samma sak" in said(wrong)
    assert editor.post(f"{links}add/", typed).status_code == 302
    assert "genomför" in said(editor.get(links))
    with as_owner():
        held = m.GoalLink.objects.get(from_part__goal__area__edition__key=address.split("/")[2])
    refused = editor.post(f"{links}settle/", {"link": held.pk, "deed": "end", "why": ""})
    assert refused.status_code == 422 and "Skriv en orsak." in said(refused)
    assert (
        editor.post(f"{links}settle/", {"link": held.pk, "deed": "end", "why": "Fel mål"}).status_code == 302
    )
    assert "Fel mål" in said(editor.get(links))
    own = typed | {"plan": address.split("/")[2], "number": "1.1"}
    circle = editor.post(f"{links}add/", own)
    assert circle.status_code == 422 and "cirkel" in said(circle) and "Samma sak" in said(circle)


def test_the_cascade_is_read_by_anybody(client: Client, filled: None) -> None:
    page = said(client.get("/cascade/"))
    assert "Målkedja" in page and "D01" in page and "Välj ett mål till vänster" in page
    chosen = said(client.get("/cascade/?goal=strategy-2/D18"))
    assert 'aria-current="true"' in chosen
    assert client.get("/cascade/?goal=nej/1&goal=").status_code == 200
    assert "D01" in said(client.get("/cascade/list/")) and "D01" in said(
        client.get("/cascade/list/?region=21")
    )
    assert "Cascade of goals" in said(client.get("/cascade/?lang=en"))


def test_the_table_stands_as_in_the_document(client: Client, filled: None) -> None:
    document = read_document(real_document("003"))
    with as_owner():
        edition = import_document(document, owner="21", level="local", label="2025–2027", at=AT).edition
    page = said(client.get(f"/plans/{edition.key}/table/"))
    for row in (row for area in document.areas for row in area.rows):
        assert f'<th scope="row">{row.cells().__next__()[1].text[:20]}' in page  # as the first cell of a row
    assert page.count("<table") == 19


PATHS = (
    "edit/", "edit/history/", "edit/area/new/", "adopt/", "copy/", "goals/1.1/links/",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_others_find_nothing_and_strangers_are_asked_who_they_are(
    path: str, signed_in: SignIn, editor: Client
) -> None:
    address, *_ = a_draft(editor, f"2040-{PATHS.index(path)}")
    key = address.split("/")[2]
    assert editor.get(f"/plans/{key}/{path}").status_code == 200
    assert Client().get(f"/plans/{key}/{path}")["Location"].startswith("/login/")
    assert signed_in(Role.STATISTICIAN, "21").get(f"/plans/{key}/{path}").status_code == 403
    neighbour = signed_in(EDITOR, "20")
    theirs, nothing = (neighbour.get(f"/plans/{one}/{path}") for one in (key, "finns-inte"))
    assert theirs.status_code == nothing.status_code == 404
    assert said(theirs).replace(key, "") == said(nothing).replace("finns-inte", "")
    assert neighbour.get(f"/plans/{key}/table/").status_code == 404


def test_a_review_is_its_owners_alone(signed_in: SignIn, editor: Client) -> None:
    usual = {"owner": "21", "level": "local", "label": "2036", "file": SimpleUploadedFile("p.docx", word_file(
        [("1. Annat", [list(PLAN_TITLES), ["Egen"] * 7], [])]))}  # fmt: skip
    review = editor.post("/plans/upload/", usual)["Location"]
    neighbour = signed_in(EDITOR, "20")
    assert neighbour.get(review).status_code == 404
    assert neighbour.post(f"{review}accept/").status_code == 404
    assert "2036" not in said(neighbour.get("/plans/upload/"))
    foreign = neighbour.post("/plans/upload/", {"owner": "21", "level": "local", "label": "x"})
    assert foreign.status_code == 422


def test_pages_of_a_plan_take_as_many_queries_whatever_its_size(
    client: Client, filled: None, django_assert_max_num_queries: Any
) -> None:
    with as_owner():
        edition = import_document(action_plan("e" * 64), owner="21", level="local", label="ö", at=AT).edition
    client.get("/plans/")
    with django_assert_max_num_queries(14):
        client.get(f"/plans/{edition.key}/table/")
    with django_assert_max_num_queries(12):
        client.get("/cascade/?goal=strategy-2/D18")
    assert BY
