"""The pages of a round over HTTP: who reaches what, files in and out, and how many questions a page asks."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from accounts import SignIn
from fyrbak.access.roles import Role
from fyrbak.goals.models import Assessment, Draft, FollowUpRound, Question
from fyrbak.goals.outline import Area, Evidence, Goal, Voice
from fyrbak.goals.rounds import services
from fyrbak.goals.rounds.answers import typed
from fyrbak.measures.definitions import measure
from fyrbak.measures.results import Verdict
from fyrbak.reports.answering import Beside
from fyrbak.reports.follow_up import EvidenceView, GoalView
from fyrbak.reports.round_files.excel import COLUMNS, FIRST_ROW
from pages import as_owner
from plans import AT, follow_up, goal, import_north
from rounds import ANSWER, opened, round_at_work, send

COORDINATOR = Role.REGIONAL_COORDINATOR
NOTHING = "Sidan finns inte"


def a_round(mark: str) -> tuple[FollowUpRound, str]:
    """An open round of a plan of its own, and its address."""
    with as_owner():
        round_ = round_at_work(sha256=f"pages{mark}".ljust(64, "0"))
        return round_, f"/rounds/{round_.edition.key}/{round_.label}/"


def test_my_work_leads_to_the_round_and_the_goals(signed_in: SignIn) -> None:
    _, base = a_round("a")
    client = signed_in(COORDINATOR, "24")
    work = client.get("/work/").content.decode()
    assert base in work
    assert "0 av 3 svar är skickade." in work
    assert client.get(base)["Location"] == f"{base}by/24/"
    listed = client.get(f"{base}by/24/").content.decode()
    assert f'href="{base}by/24/goals/1.1/">Svara på mål 1.1</a>' in listed
    assert "Inte påbörjat" in listed


def test_whoever_has_not_signed_in_is_sent_to_do_so_and_a_role_without_the_deed_is_told(
    signed_in: SignIn,
) -> None:
    _, base = a_round("b")
    for path in ("/work/", base, f"{base}by/24/", f"{base}compile/", "/rounds/new/"):
        assert Client().get(path)["Location"].startswith("/login/?next=")
    statistician = signed_in(Role.STATISTICIAN, "24")
    for path in (base, f"{base}by/24/", f"{base}compile/", "/rounds/new/"):
        assert statistician.get(path).status_code == 403
    assert statistician.get("/work/").status_code == 200


def test_another_organisations_answers_look_as_if_they_were_not_there(signed_in: SignIn) -> None:
    round_, base = a_round("c")
    with as_owner():
        said = send(round_, typed(levels=["U"], comment="kanariefågel"), code="25")
        send(round_, ANSWER)
    client = signed_in(COORDINATOR, "24")
    paths = [
        "by/25/", "by/25/goals/1.1/", "by/25/goals/1.1/history/", "by/25/files/", "by/25/files/form.xlsx",
        "compile/", "compile/goals/1.1/", "step/close/", "by/24/goals/9.9/", "by/999/",
    ]  # fmt: skip
    for path in paths:
        answer = client.get(base + path)
        assert answer.status_code == 404, path
        assert NOTHING in answer.content.decode()
    for path in ("by/25/goals/1.1/", "by/25/goals/1.1/draft/", "by/25/begin/", "by/25/files/take-in/"):
        assert client.post(base + path, {"level": "E", "shown": said.pk}).status_code == 404
    for path in ("/work/", f"{base}by/24/", f"{base}by/24/goals/1.1/", f"{base}by/24/goals/1.1/history/"):
        assert "kanariefågel" not in client.get(path).content.decode()
    with as_owner():
        assert Assessment.objects.filter(round=round_, organisation="25").count() == 1
        assert not Draft.objects.filter(round=round_).exists()


def test_a_draft_is_nobody_elses_not_even_the_coordinators(signed_in: SignIn) -> None:
    _, base = a_round("d")
    mine = signed_in(COORDINATOR, "24", name="Ada")
    mine.post(f"{base}by/24/goals/1.1/draft/", {"comment": "kanariefågel", "shown": ""})
    assert "kanariefågel" in mine.get(f"{base}by/24/goals/1.1/").content.decode()
    for client in (signed_in(COORDINATOR, "24", name="Bo"), signed_in(COORDINATOR, "rcc:norr")):
        assert "kanariefågel" not in client.get(f"{base}by/24/goals/1.1/").content.decode()


def test_keeping_a_draft_after_the_session_says_so(filled: None) -> None:
    _, base = a_round("e")
    said = Client().post(f"{base}by/24/goals/1.1/draft/", {"comment": "x"}).content.decode()
    assert "Du är inte längre inloggad" in said


def test_an_answer_is_sent_with_what_data_said(signed_in: SignIn) -> None:
    round_, base = a_round("f")
    client = signed_in(COORDINATOR, "24", name="Ada Ek")
    shown = client.get(f"{base}by/24/goals/1.1/").content.decode()
    assert "Start av behandling inom ledtiden" in shown
    sent = client.post(
        f"{base}by/24/goals/1.1/", {"level": "P", "also": ["E"], "comment": "Ja.", "shown": ""}
    )
    assert sent["Location"] == f"{base}by/24/goals/1.2/?sent=1.1"
    with as_owner():
        said = Assessment.objects.get(round=round_)
        assert (said.levels, said.by_name, said.origin) == (["P", "E"], "Ada Ek", "page")
        pinned = said.evidence.filter(measure="svf_lead_time").get()
        assert pinned.period == "2024"
    told = client.get(f"{base}by/24/goals/1.1/history/").content.decode()
    assert "Vad data sade när svaret gavs" in told
    assert "svf_lead_time" in told


class Missed(GoalView):
    """A goal that data say is missed, for everybody."""

    def verdicts(self, _unit: str) -> dict[str, Verdict | None]:
        return {"svf_lead_time": "missed"}


def test_where_level_and_data_differ_the_page_asks_why_and_never_hinders(
    signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_, base = a_round("o")
    evidence = EvidenceView(
        Evidence("svf_lead_time", "measures", "Därför.", "So."), measure("svf_lead_time"), ()
    )
    goal_ = Missed(Area("1", "Område"), Goal("1.1", "Mål."), (evidence,), {})
    monkeypatch.setattr(
        "fyrbak.web.rounds.answering.beside_goal",
        lambda _part, _asked, asks: Beside(Voice("24", "RV", "Region", "Region"), asks.scale, goal_),
    )
    client, path = signed_in(COORDINATOR, "24"), f"{base}by/24/goals/1.1/"
    page = client.get(path).content.decode()
    assert "data talar emot (Start av behandling inom ledtiden)" in page
    assert 'name="explanation" rows' in page
    assert client.post(path, {"level": "U", "shown": ""}).status_code == 302  # without a word of why
    with as_owner():
        said = Assessment.objects.get(round=round_)
    client.post(path, {"level": "U", "explanation": "Nya rutiner sedan maj.", "shown": said.pk})
    assert "Nya rutiner sedan maj." in client.get(f"{path}history/").content.decode()
    centre = signed_in(COORDINATOR, "rcc:norr")
    assert "Nya rutiner sedan maj." in centre.get(f"{base}compile/goals/1.1/").content.decode()


def test_a_level_that_is_not_on_the_scale_is_refused_at_the_field(signed_in: SignIn) -> None:
    round_, base = a_round("g")
    client = signed_in(COORDINATOR, "24")
    answer = client.post(f"{base}by/24/goals/1.1/", {"level": "UPPNÅTT", "comment": "Kvar", "shown": "x"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Nivån finns inte på planens skala" in page
    assert ">Kvar</textarea>" in page
    with as_owner():
        assert not Assessment.objects.filter(round=round_).exists()


def test_the_coordinator_cannot_be_sent_to_an_answer_of_another_round(signed_in: SignIn) -> None:
    _, base = a_round("h")
    other, _ = a_round("i")
    with as_owner():
        said = send(other, ANSWER)
    client = signed_in(COORDINATOR, "rcc:norr")
    for number in (said.pk, 0, "x"):
        answer = client.post(
            f"{base}compile/goals/1.1/", {"action": "return", "answer": number, "text": "Hej"}
        )
        assert answer.status_code == 404
    with as_owner():
        assert not Question.objects.filter(assessment=said).exists()


def test_a_round_is_opened_on_the_pages(signed_in: SignIn) -> None:
    round_, _ = a_round("j")
    key, client = round_.edition.key, signed_in(COORDINATOR, "rcc:norr")
    form = {"label": "2026", "opens": "2026-01-01", "closes": "2025-12-31", "asked": ["24", "25"]}
    wrong = client.post(f"/rounds/new/{key}/", form)
    assert wrong.status_code == 422
    assert "Sista dagen ligger före den första" in wrong.content.decode()
    assert 'value="2026"' in wrong.content.decode()
    right = client.post(f"/rounds/new/{key}/", form | {"closes": "2026-04-30"})
    assert right["Location"] == f"/rounds/{key}/2026/"
    assert signed_in(COORDINATOR, "24").post(f"/rounds/new/{key}/", form).status_code == 404
    with as_owner():
        made = FollowUpRound.objects.get(edition=round_.edition, label="2026")
        assert list(made.asked.values_list("organisation", flat=True)) == ["25", "24"]


def filled_in(client: Client, base: str, **texts: str) -> SimpleUploadedFile:
    """The workbook that a client fetches, with the first goal's row filled in."""
    book = load_workbook(BytesIO(client.get(f"{base}by/24/files/form.xlsx").content))
    for name, text in texts.items():
        book["Svar"].cell(FIRST_ROW, COLUMNS.index(name) + 1).value = text
    saved = BytesIO()
    book.save(saved)
    return SimpleUploadedFile("svar.xlsx", saved.getvalue())


def sealed(page: str) -> str:
    return page.split('name="sealed" value="')[1].split('"')[0]


def test_a_file_is_looked_at_before_anything_is_written(signed_in: SignIn) -> None:
    round_, base = a_round("k")
    client = signed_in(COORDINATOR, "24")
    review = client.post(
        f"{base}by/24/files/", {"file": filled_in(client, base, level="U", comment="Ur fil")}
    )
    page = review.content.decode()
    assert "Ur fil" in page
    assert "2 mål är oförändrade." in page
    with as_owner():
        assert not Assessment.objects.filter(round=round_).exists()
    sent = client.post(f"{base}by/24/files/take-in/", {"sealed": sealed(page)})
    assert "1 svar ur filen är skickat." in client.get(sent["Location"]).content.decode()
    with as_owner():
        said = Assessment.objects.get(round=round_)
        assert (said.comment, said.origin, said.file_name) == ("Ur fil", "excel", "svar.xlsx")


def test_a_conflict_in_a_file_is_chosen_and_never_overwritten_in_silence(signed_in: SignIn) -> None:
    round_, base = a_round("l")
    client = signed_in(COORDINATOR, "24")
    file = filled_in(client, base, level="E", comment="Ur fil")
    with as_owner():
        theirs = send(round_, ANSWER)
    page = client.post(f"{base}by/24/files/", {"file": file}).content.decode()
    assert "Ändrat på båda håll" in page
    assert "Ur fil" in page
    assert ANSWER.comment in page
    client.post(f"{base}by/24/files/take-in/", {"sealed": sealed(page)})
    with as_owner():
        assert list(Assessment.objects.filter(round=round_)) == [theirs]
    client.post(f"{base}by/24/files/take-in/", {"sealed": sealed(page), "choice-1.1": "mine"})
    with as_owner():
        assert [one.comment for one in Assessment.objects.filter(round=round_)] == [ANSWER.comment, "Ur fil"]


def test_a_file_that_comes_when_the_round_has_closed_lies_as_drafts(signed_in: SignIn) -> None:
    round_, base = a_round("m")
    client = signed_in(COORDINATOR, "24")
    file = filled_in(client, base, level="E", comment="Ur fil")
    page = client.post(f"{base}by/24/files/", {"file": file}).content.decode()
    with as_owner():
        services.close_round(follow_up=round_, by_name="x", at=AT)
    sent = client.post(f"{base}by/24/files/take-in/", {"sealed": sealed(page)})
    assert "ligger som utkast" in client.get(sent["Location"]).content.decode()
    with as_owner():
        assert Draft.objects.get(round=round_).comment == "Ur fil"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("svar.pdf", b"x", "en Excelfil (.xlsx) eller en Wordfil (.docx)"),
        ("svar.xlsx", b"PK\x03\x04 trasig", "filen är skadad"),
        ("svar.xlsx", b"", "filen är tom"),
    ],
)
def test_a_file_that_is_no_form_is_told_in_one_line(
    signed_in: SignIn, name: str, data: bytes, words: str
) -> None:
    with as_owner():
        round_ = FollowUpRound.objects.filter(label="2025", edition__plan__owner="rcc:norr").first()
    base = f"/rounds/{round_.edition.key}/{round_.label}/" if round_ else a_round("n")[1]
    client = signed_in(COORDINATOR, "24")
    answer = client.post(f"{base}by/24/files/", {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    forged = client.post(f"{base}by/24/files/take-in/", {"sealed": "påhittad"})
    assert "Ladda upp filen igen" in client.get(forged["Location"]).content.decode()


@pytest.fixture(scope="module")
def sizes(filled_house: object) -> dict[int, str]:
    """Where the addresses of a small and a large round are kept, so that they are made once."""
    return {}


def large(sizes: dict[int, str], goals: int) -> str:
    """The address of a round with this many goals that everybody has answered twice."""
    if goals not in sizes:
        with as_owner():
            rows = [goal(f"1.{n}", f"Påhittat mål {n}.", {"RV": "P", "RN": "U"}) for n in range(1, goals + 1)]
            document = follow_up(*rows, sha256=f"size-{goals}-".ljust(64, "0"))
            round_ = opened(import_north(document).edition, "2025")
            for code in ("24", "25"):
                for row in rows:
                    send(round_, ANSWER, number=row.id, code=code)
            sizes[goals] = f"/rounds/{round_.edition.key}/{round_.label}/"
    return sizes[goals]


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("by/24/", 9),
        ("by/24/goals/1.2/", 12),
        ("by/24/goals/1.2/history/", 10),
        ("by/24/files/form.xlsx", 22),
        ("compile/", 11),
        ("compile/goals/1.2/", 12),
        ("", 20),
    ],
)
@pytest.mark.parametrize("goals", [3, 30])
def test_a_page_asks_as_many_questions_whatever_the_size(
    signed_in: SignIn, sizes: dict[int, str], path: str, most: int, goals: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    base = large(sizes, goals)
    client = signed_in(COORDINATOR, "rcc:norr")
    client.get(base + path)  # the first page counts the measures
    with django_assert_max_num_queries(most):
        assert client.get(base + path).status_code == 200
