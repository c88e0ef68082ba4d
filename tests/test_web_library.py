"""The symptom search as a reader and as another system meet it."""

from __future__ import annotations

import pytest
from django.test import Client

from browser import Given, Then, When

pytestmark = pytest.mark.usefixtures("filled")


@pytest.fixture
def reader() -> Client:
    """Somebody in primary care, not signed in."""
    return Client()


def test_the_page_answers_with_criteria_and_next_step(reader: Client) -> None:
    text = reader.get("/symptoms/", {"q": "kissar blod"}).content.decode()
    assert text.index("urinblåsan") < text.index("Njurcancer")
    assert "Synligt blod i urinen vid 50 års ålder" in text
    assert "Direktnummer" in text
    english = reader.get("/symptoms/", {"q": "kissar blod", "lang": "en"}).content.decode()
    assert "Visible blood in the urine at 50 years of age" in english


def test_a_child_is_directed_to_paediatric_care_and_gets_no_pathway(reader: Client) -> None:
    text = reader.get("/symptoms/", {"q": "knöl på halsen", "age": "17"}).content.decode()
    assert "barnkliniken" in text
    assert "/pathways/huvud_hals/" not in text
    found = reader.get("/api/symptoms", {"q": "knöl på halsen", "age": "17"}).json()
    assert found["total"] == 0
    assert found["entry"][0]["resource"]["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize("age", ["-1", "sju", "200", "1e2", "³"])
def test_an_age_that_is_none_is_said_and_what_was_typed_is_kept(reader: Client, age: str) -> None:
    response = reader.get("/symptoms/", {"q": "gulsot", "age": age})
    assert response.status_code == 200
    assert "hela år" in response.content.decode()
    assert 'value="gulsot"' in response.content.decode()
    assert reader.get("/api/symptoms", {"q": "gulsot", "age": age}).status_code == 400


def test_a_question_that_is_too_long_is_refused(reader: Client) -> None:
    assert "för lång" in reader.get("/symptoms/", {"q": "x" * 201}).content.decode()


def test_a_question_is_text_and_never_markup(reader: Client) -> None:
    assert (
        "<script>alert" not in reader.get("/symptoms/", {"q": "<script>alert(1)</script>"}).content.decode()
    )


def test_the_api_is_a_bundle_of_plan_definitions_with_scores(reader: Client) -> None:
    found = reader.get("/api/symptoms", {"q": "makroskopisk hematuri"}).json()
    assert (found["resourceType"], found["type"]) == ("Bundle", "searchset")
    first, second = found["entry"][:2]
    assert first["resource"]["identifier"][0]["value"] == "urinblasa"
    assert first["search"]["score"] > second["search"]["score"]
    assert found["total"] == len(found["entry"])
    parts = {part["title"]: part for part in first["resource"]["action"]}
    assert "Synligt blod i urinen" in str(parts["Välgrundad misstanke"]["condition"])
    assert {"Remissen innehåller", "Patienten får veta"} < parts.keys()
    english = reader.get("/api/symptoms", {"q": "makroskopisk hematuri", "lang": "en"}).json()
    assert "Visible blood in the urine" in str(english["entry"][0]["resource"]["action"][0])
    seizure = reader.get("/api/symptoms", {"q": "krampanfall", "lang": "sv"}).json()["entry"][0]["resource"][
        "action"
    ]
    told = next(part for part in seizure if part["title"] == "Före allt annat")
    assert told["action"] == [{"title": "Ett pågående anfall är akut."}], "as on the page"
    assert reader.get("/api/symptoms").json()["entry"] == []


def test_a_referral_lacks_what_is_not_given_and_keeps_what_is(reader: Client) -> None:
    text = reader.post(
        "/symptoms/referral/", {"site": "vänster underarm", "heredity": "unknown"}
    ).content.decode()
    assert 'href="#size"' in text
    assert 'href="#heredity"' not in text  # not known is an answer
    assert 'value="vänster underarm"' in text


def test_a_whole_referral_is_complete(reader: Client) -> None:
    from fyrbak.library.referrals import content

    given = {item.id: "yes" for item in content().items}
    assert "komplett" in reader.post("/symptoms/referral/", given).content.decode()


@pytest.mark.browser
@pytest.mark.parametrize(
    "path", ["/symptoms/?q=blod+i+urinen", "/symptoms/?q=hosta&age=9", "/symptoms/referral/"]
)
def test_primary_care_finds_its_way_on_a_phone(given: Given, when: When, then: Then, path: str) -> None:
    given.a_synthetic_follow_up()
    given.a_screen_of(360)
    when.the_reader_opens(path)
    then.the_page_answers()
    then.the_page_is_accessible()
    then.it_fits_the_screen()
    then.nothing_is_refused_by_the_browser()
