"""Pages of the catalogue: to read, to write, to be consulted, to approve and to publish."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import localdate

from accounts import SignIn
from catalogue import end_consultation
from fyrbak.access.roles import Role
from fyrbak.pathways.catalogue.models import Draft, Revision
from fyrbak.pathways.definitions import packaged, pathway
from fyrbak.reports.words import Words
from fyrbak.web.catalogue.differing import differing
from pages import as_owner

ANYBODYS = ("/catalogue/", "/catalogue/brost/", "/catalogue/net_buk/", "/catalogue/brost/differences/")
FIRST = localdate() + timedelta(days=40)


def said(answer: Any) -> str:
    """The words of a page, without the marks between them."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


@pytest.fixture
def writer(signed_in: SignIn, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Somebody who writes pathways for the country. What is published lands in a folder of the test's own."""
    monkeypatch.setattr("fyrbak.pathways.definitions.published_folder", lambda: tmp_path / "published")
    monkeypatch.setattr(
        "fyrbak.pathways.catalogue.publishing.published_folder", lambda: tmp_path / "published"
    )
    return signed_in(Role.PROCESS_LEADER, "SE")


def a_draft(writer: Client, name: str = "brost") -> str:
    """Address of a new draft."""
    begun = writer.post(f"/catalogue/{name}/draft/", {"first_day": FIRST.isoformat(), "purpose": "Ny gräns"})
    assert begun.status_code == 302, said(begun)
    return str(begun["Location"])


def shown(page: Any) -> str:
    """The number of the revision that a form was opened with."""
    found = re.search(r'name="shown" value="(\d+)"', page.content.decode())
    assert found
    return found[1]


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("address", ANYBODYS)
def test_anybody_reads_the_catalogue(filled: None, client: Client, address: str, lang: str) -> None:
    assert client.get(f"{address}?lang={lang}").status_code == 200


def test_every_pathway_tells_what_is_not_confirmed(filled: None, client: Client) -> None:
    for one in packaged():
        page = said(client.get(f"/catalogue/{one.id}/"))
        uncertain = (
            one.kva_prefix is None
            or one.entry_to_verify
            or any(limit.to_verify for limit in one.limits)
            or any(block.to_verify for block in one.blocks)
        )
        assert ("Inget väntar på bekräftelse." in page) is not uncertain, one.id
    page = said(client.get("/catalogue/lunga/"))
    assert "Ledtiden har inget säkert belägg: kirurgi, läkemedel, strålning och enbart lindrande" in page


def test_a_version_is_printed(filled: None, client: Client) -> None:
    answer = client.get("/catalogue/net_buk/sheet.pdf?lang=en")
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")


def test_what_is_not_there_is_not_found(filled: None, client: Client) -> None:
    for address in ("/catalogue/tass/", "/catalogue/brost/?version=999999", "/catalogue/brost/?version=x"):
        assert client.get(address).status_code == 404


def test_a_draft_goes_all_the_way(writer: Client, signed_in: SignIn, client: Client) -> None:
    address = a_draft(writer)
    assert "Inget annat än första dagen är ändrat" in said(writer.get(address))
    renew = writer.get(f"{address}limits/1/renew/")
    given = {"shown": shown(renew), "days": "21", "source": "Prövad gräns"}
    empty = writer.post(f"{address}limits/1/renew/", given | {"days": ""})
    assert empty.status_code == 422 and "Prövad gräns" in empty.content.decode()
    assert writer.post(f"{address}limits/1/renew/", given).status_code == 302
    late = writer.post(f"{address}limits/1/renew/", given)
    assert late.status_code == 422 and "har sparat utkastet sedan du öppnade sidan" in said(late)
    page = said(writer.get(address))
    assert "Ny rad" in page and "Kirurgi, 21 dagar" in page and "Räkneexempel" in page

    effect = said(writer.get(f"{address}effect/"))
    assert re.search(r"\d av \d+ förlopp bedöms annorlunda\.|antalet inte visas", effect)
    assert "ändras ingen bedömning av redan avslutade förlopp" in effect

    nurse = signed_in(Role.UNIT_STAFF, "25")
    assert nurse.get(address).status_code == 404
    last = (localdate() + timedelta(days=3)).isoformat()
    assert writer.post(f"{address}consult/", {"last_day": "2020-01-01"}).status_code == 422
    assert writer.post(f"{address}consult/", {"last_day": last}).status_code == 302
    assert "lämna synpunkter" in said(nurse.get("/work/"))
    comment = {"section": "limits", "text": "Vi hinner inte."}
    assert nurse.post(f"{address}comment/", comment | {"text": ""}).status_code == 422
    assert nurse.post(f"{address}comment/", comment).status_code == 302
    assert "Vi hinner inte." in said(nurse.get(address))
    assert client.get(address).status_code == 302
    editor, coordinator = signed_in(Role.EDITOR, "SE"), signed_in(Role.NATIONAL_COORDINATOR, "SE")
    refused = editor.post(f"{address}approve/", {"shown": "2"})
    assert refused.status_code == 422 and "på samråd" in said(refused)
    assert nurse.get(f"{address}texts/").status_code == 403
    with as_owner():
        number = Draft.objects.get(pk=address.split("/")[3]).consultations.get().comments.get().pk
    answer = {"outcome": "declined", "text": "Operationen hinns med."}
    assert "1 synpunkt väntar på svar" in said(writer.get("/work/"))
    unanswered = said(writer.post(f"{address}comments/{number}/", {"text": "Ja"}))
    assert "Vad händer med synpunkten? Fyll i" in unanswered
    assert writer.post(f"{address}comments/{number}/", answer).status_code == 302
    assert "Följs inte" in said(nurse.get(address))
    end_consultation(address.split("/")[3])
    assert writer.get(f"{address}approve/").status_code == 403
    assert "<button>Godkänn utkastet</button>" in editor.get(f"{address}approve/").content.decode()
    regional = signed_in(Role.EDITOR, "24")
    assert regional.get(f"{address}approve/").status_code == 404
    assert "Väntar på att du godkänner" in said(editor.get("/work/"))
    assert editor.post(f"{address}approve/", {"shown": "2"}).status_code == 302
    review = {"review_by": (FIRST + timedelta(days=700)).isoformat()}
    early = editor.post(f"{address}publish/", review)
    assert early.status_code == 422 and "Två måste godkänna" in said(early)
    assert coordinator.post(f"{address}approve/", {"shown": "2"}).status_code == 302
    assert coordinator.post(f"{address}publish/", review).status_code == 302
    page = said(client.get("/catalogue/brost/"))
    assert "Gäller senare" in page and FIRST.isoformat() in page
    assert f"Ny version från {FIRST.isoformat()}" in said(client.get("/catalogue/"))
    assert pathway("brost").version < FIRST
    with as_owner():
        version = Draft.objects.get(pk=address.split("/")[3]).publication.version
    told = said(client.get(f"/catalogue/brost/?version={version.pk}"))
    assert "Du läser en version som inte gäller nu." in told and "21" in told
    differing = said(client.get(f"/catalogue/brost/differences/?to={version.pk}"))
    assert "[+Prövad gräns]" in differing or "Prövad gräns" in differing
    assert writer.post(f"{address}withdraw/", {"why": "Ångrat"}).status_code == 422


def test_a_row_is_added_changed_and_removed(writer: Client) -> None:
    address = a_draft(writer, "myelom")
    rows = f"{address}rows/limits"
    limit = {"treatment": "kirurgi", "variant": "", "days": "30", "source": "Prov", "counted_from": "start"}
    page = writer.get(f"{rows}/new/")
    added = writer.post(f"{rows}/new/", limit | {"shown": shown(page)})
    assert added.status_code == 302, said(added)
    overlapping = writer.post(f"{rows}/new/", limit | {"shown": "2"})
    assert overlapping.status_code == 422 and "applies to the same episodes" in said(overlapping)
    with as_owner():
        assert Revision.objects.filter(draft_id=address.split("/")[3]).count() == 2
    unknown = writer.post(f"{rows}/0/", limit | {"shown": "2", "days": "", "treatment": "stralning"})
    assert unknown.status_code == 422 and 'id="id_days_error"' in unknown.content.decode()
    place = len(pathway("myelom").limits)
    removed = limit | {"shown": "2", "remove": "on"}
    assert writer.post(f"{rows}/{place}/", removed).status_code == 302
    assert writer.get(f"{rows}/{place}/").status_code == 404
    block = {
        "id": "prov", "from_sv": "a", "from_en": "a", "to_sv": "b", "to_en": "b", "days": "3",
        "from_point": "25", "to_point": "10", "source": "Prov", "shown": "3",
    }  # fmt: skip
    backwards = writer.post(f"{address}rows/blocks/new/", block)
    assert backwards.status_code == 422 and 'id="id_to_point_error"' in backwards.content.decode()
    turned = block | {"from_point": "10", "to_point": "25"}
    assert writer.post(f"{address}rows/blocks/new/", turned).status_code == 302


def test_texts_and_the_whole_definition_are_written(writer: Client) -> None:
    address = a_draft(writer, "lunga")
    page = writer.get(f"{address}texts/")
    texts = {
        "shown": shown(page), "first_day": FIRST.isoformat(), "title_sv": "Lungcancer", "title_en": "Lung",
        "entry": "Ett villkor\n\n Ett till ", "notes": "", "filter_sv": "röntgen", "filter_en": "",
    }  # fmt: skip
    assert writer.post(f"{address}texts/", texts).status_code == 302
    told = said(writer.get(address))
    assert "Ett villkor" in told and "Ett till" in told
    with as_owner():
        content = Revision.objects.filter(draft_id=address.split("/")[3]).latest("number").content
    source = f"{address}source/"
    broken = writer.post(source, {"shown": "2", "content": content.replace("id: lunga", "id: lung")})
    assert broken.status_code == 422 and "differs from the file" in said(broken)
    file = SimpleUploadedFile("lunga.yaml", content.replace("Ett till", "Ett tredje").encode())
    assert writer.post(source, {"shown": "2", "content": "x", "file": file}).status_code == 302
    assert "Ett tredje" in said(writer.get(address))
    binary = SimpleUploadedFile("lunga.yaml", b"\xff\xfe\x00")
    assert writer.post(source, {"shown": "3", "content": content, "file": binary}).status_code == 422
    assert writer.post(f"{address}withdraw/", {"why": ""}).status_code == 422
    assert writer.post(f"{address}withdraw/", {"why": "Behövs inte"}).status_code == 302
    assert "Nedlagt" in said(writer.get("/catalogue/drafts/"))


def test_a_chain_that_goes_is_told_by_its_steps() -> None:
    before = pathway("akut_leukemi_aml")
    (told,) = differing(before, before.model_copy(update={"chains": before.chains[1:]}), Words("sv"))
    assert (
        told.rows[0]
        .pieces[0]
        .text.startswith(
            "All behandling: beslut om välgrundad misstanke – remiss mottagen; remiss mottagen – block A"
        )
    )


def test_where_nothing_ended_the_effect_says_so_and_asks_for_no_data(writer: Client) -> None:
    page = said(writer.get(f"{a_draft(writer, 'penis')}effect/"))
    assert "som kan bedömas avslutades" in page and "När ett uttag är läst" not in page


def test_a_review_is_decided_by_those_who_approve_for_the_country(signed_in: SignIn, client: Client) -> None:
    editor = signed_in(Role.EDITOR, "SE")
    given = {"day": (localdate() + timedelta(days=1)).isoformat(), "why": "Inget nytt"}
    assert signed_in(Role.EDITOR, "24").get("/catalogue/cup/review/").status_code == 404
    assert signed_in(Role.UNIT_STAFF, "24").get("/catalogue/cup/review/").status_code == 403
    assert editor.post("/catalogue/cup/review/", given | {"day": "2020-01-01"}).status_code == 422
    assert editor.post("/catalogue/cup/review/", given).status_code == 302
    assert given["day"] in said(client.get("/catalogue/"))
