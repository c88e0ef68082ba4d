"""Drafts of reports: texts that are never lost, claims that are checked, and papers that stay frozen."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from fyrbak.definitions import load
from fyrbak.errors import BadInputError, UnknownNameError
from fyrbak.goals.documents import Goal, read_document
from fyrbak.goals.importing import import_document
from fyrbak.goals.improvement.models import TaskStatus
from fyrbak.goals.improvement.services import open_call, state_status
from fyrbak.goals.improvement.task_list import tasks
from fyrbak.goals.outline import parse_level
from fyrbak.goals.rounds.services import assess, condense
from fyrbak.records.models import Organisation
from fyrbak.reports.builder import freezing, kinds, selectors, services
from fyrbak.reports.builder.filling import filled
from fyrbak.reports.builder.prose import prose
from fyrbak.reports.builder.queries import from_text, query_from
from fyrbak.reports.builder.review import Review, review
from fyrbak.reports.claims import ClaimList
from fyrbak.reports.claims.prose import stated_in
from fyrbak.reports.models import FrozenReport, ReportDraft, Section, Wording
from fyrbak.reports.papers.paper import Bullets, Paragraph, Table, canonical, content_hash, paper_from
from papers import read_back
from plans import NORTH, goal, north_round, real_document

AT = datetime(2025, 6, 1, 12, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
_RUN = "from fyrbak.cli.main import run; run()"
WHO = "Anna Samordnare"
SUMMARY = "Båda mål är påbörjade. I Norrbotten utreddes 48 % inom ledtiden."
GOALS = (
    goal(
        "1.1",
        "Ledtiden ska hållas.",
        {"RJH": "U", "RN": "P", "RV": "P", "RVN": ""},
        {"RN": "Ledtiden: 49 %."},
    ),
    goal("1.2", "Alla ska få vård i tid.", dict.fromkeys(NORTH, "U"), {"RCC Norr": "Går framåt."}),
)
LEAD_TIME = {"kind": "value", "figure": {"goal": "1.1", "after": "ledtid"}, "organisation": "RN"}


@pytest.fixture
def draft(records: str) -> ReportDraft:
    """A follow-up of an invented regional plan, with the sections of its kind."""
    follow_up = north_round(*GOALS)
    return services.begin_report(
        kind="follow-up", owner=Organisation.objects.get(pk="rcc:norr"), title="Uppföljning 2024", lang="sv",
        edition=follow_up.edition, round_=follow_up, year=2024, by_name=WHO, at=AT,
    )  # fmt: skip


def summary(draft: ReportDraft) -> Section:
    return draft.sections.get(title="Sammanfattning")


def write(draft: ReportDraft, text: str) -> Section:
    """The summary with this text."""
    section = summary(draft)
    current = section.wordings.filter(superseded_by__isnull=True).first()
    seen = current.pk if current else None
    services.write_text(section=section, text=text, seen=seen, by_name=WHO, at=AT)
    return section


def bind(section: Section, sentence: str, **states: object) -> int:
    text = section.wordings.get(superseded_by__isnull=True).text
    return services.bind_claim(
        section=section, text=text, sentence=sentence, states=states, by_name=WHO, at=AT
    ).pk


def reviewed(draft: ReportDraft) -> Review:
    return review(selectors.parts(draft), selectors.ground_of(draft, None))


def ready(draft: ReportDraft) -> ReportDraft:
    """The draft with a summary whose claims are answered."""
    section = write(draft, "Ett av målen är nått hos alla. I Norrbotten utreddes 49 % inom ledtiden.")
    bind(section, "Ett av målen är nått hos alla.", kind="goals_at_level", level="U", value=1)
    bind(section, "I Norrbotten utreddes 49 % inom ledtiden.", **LEAD_TIME, value=49)
    return draft


# Kinds and sections


def test_every_kind_of_report_is_whole() -> None:
    assert set(kinds.kinds()) == {"follow-up", "action-plan", "agreement", "free"}
    agreement = kinds.kind("agreement")
    titles = [section.title.sv for section in agreement.sections if section.title]
    assert [title[:2] for title in titles if title[0].isdigit()] == ["1 ", "2 ", "3 ", "4 "]
    with pytest.raises(UnknownNameError, match="follow-up"):
        kinds.kind("followup")


def test_the_texts_that_a_draft_begins_with_state_nothing_loose() -> None:
    texts = [section.text for kind in kinds.kinds().values() for section in kind.sections if section.text]
    assert texts
    assert not [stated for text in texts for words in (text.sv, text.en) for stated in stated_in(words)]


def test_a_draft_begins_with_the_sections_of_its_kind(draft: ReportDraft) -> None:
    found = selectors.parts(draft)
    assert [part.title for part in found][:2] == ["Inledning", "Sammanfattning"]
    assert found[0].text.startswith("Här redovisas")
    assert [part.query.kind for part in found if part.query] == ["goals_at_level", "level_counts", "goals"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": " "}, "1 to 300 letters"),
        ({"kind": "agreement"}, "not about such a plan"),
        ({"round_": None}, "needs a round"),
    ],
)
def test_a_report_that_cannot_begin_is_one_clear_line(
    draft: ReportDraft, changes: dict[str, Any], words: str
) -> None:
    asked: dict[str, Any] = {
        "kind": "follow-up", "owner": draft.owner, "title": "Ännu en", "lang": "sv", "edition": draft.edition,
        "round_": draft.round, "year": 2024, "by_name": WHO, "at": AT,
    }  # fmt: skip
    with pytest.raises(BadInputError, match=words):
        services.begin_report(**{**asked, **changes})


def test_sections_move_and_come_back(draft: ReportDraft) -> None:
    first, second, *_ = draft.sections.order_by("order")
    services.move_section(section=second, by=-1)
    services.move_section(section=second, by=-1)  # there is nothing before it now
    assert [part.title for part in selectors.parts(draft)][:2] == ["Sammanfattning", "Inledning"]
    services.remove_section(section=first, at=AT)
    assert "Inledning" not in [part.title for part in selectors.parts(draft)]
    assert [part.title for part in selectors.removed(draft)] == ["Inledning"]
    services.restore_section(section=first)
    assert "Inledning" in [part.title for part in selectors.parts(draft)]


def test_a_section_without_anything_is_refused(draft: ReportDraft) -> None:
    with pytest.raises(BadInputError, match="heading, or data"):
        services.add_section(draft=draft, title=" ", query=None)
    added = services.add_section(draft=draft, title="", query=query_from({"kind": "unmeasured"}))
    assert selectors.parts(draft)[-1].key == added.pk
    with pytest.raises(BadInputError, match="query cannot be used"):
        query_from({"kind": "goal"})


def test_as_many_queries_for_any_number_of_sections(
    draft: ReportDraft,
) -> None:
    with CaptureQueriesContext(connection) as few:
        selectors.parts(draft)
    for number in range(10):
        services.add_section(draft=draft, title=f"Avsnitt {number}", query=None)
    with CaptureQueriesContext(connection) as many:
        selectors.parts(draft)
    assert len(few) == len(many) == 3


def test_the_money_of_the_year_adds_up_and_nothing_is_said_in_words(draft: ReportDraft) -> None:
    ground = selectors.ground_of(draft, None)
    query = query_from({"kind": "projects"})
    assert [block.text for block in filled(query, ground, "sv") if isinstance(block, Paragraph)] == [
        "Inga medel för förbättringsprojekt är inlagda för året."
    ]
    for title, allotted in (("Patologi", 1_200_000), ("Rehabilitering", 800_000)):
        open_call(
            organisation="rcc:norr", year=2024, title=title, allotted=allotted, opens=AT.date(),
            closes=AT.date(), by_name=WHO, at=AT,
        )  # fmt: skip
    [table] = filled(query, ground, "sv")
    assert isinstance(table, Table)
    assert [cell.text.replace("\u00a0", " ") for cell in table.rows[-1]] == [
        "Alla",
        "–",
        "2 000 000",
        "0",
        "0",
    ]


def test_how_far_the_tasks_have_come_is_counted_by_chapter(draft: ReportDraft) -> None:
    ground, query = selectors.ground_of(draft, None), query_from({"kind": "tasks"})
    task = tasks()[0]
    state_status(task=task.number, organisation="SE", state=TaskStatus.State.UNDER_WAY, by_name=WHO, at=AT)
    [table] = filled(query, ground, "sv")
    assert isinstance(table, Table)
    chapter = dict(zip(table.names, (cell.text for cell in table.rows[0]), strict=True))
    assert chapter["Pågår"] == "1" and int(chapter["Inget svar"]) == int(chapter["Uppgifter"]) - 1


# Texts


def test_what_somebody_wrote_is_never_lost(draft: ReportDraft) -> None:
    section = write(draft, "Första.")
    write(draft, "Andra.")
    assert [wording.text for wording in section.wordings.order_by("id")] == ["Första.", "Andra."]
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Wording.objects.filter(section=section).update(text="Borta.")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Wording.objects.filter(section=section, text="Andra.").delete()


def test_two_who_write_at_once_do_not_overwrite_each_other(draft: ReportDraft) -> None:
    section = write(draft, "Första.")
    seen = section.wordings.get().pk
    services.write_text(section=section, text="Min.", seen=seen, by_name="En", at=AT)
    with pytest.raises(services.ChangedMeanwhileError, match="meanwhile"):
        services.write_text(section=section, text="Din.", seen=seen, by_name="Annan", at=AT)
    assert services.write_text(section=section, text="Min.", seen=seen, by_name="Annan", at=AT).text == "Min."


def rewritten(section: Section, **typed: object) -> None:
    """Save a section as somebody typed it who began from a heading *Före* and no data."""
    shown = {"text": "", "title": "Före", "query": None}
    seen = {"seen": None, "seen_title": "Före", "seen_query": None}
    services.rewrite(section=section, **{**shown, **seen, **typed}, by_name=WHO, at=AT)  # type: ignore[arg-type]


def test_heading_and_data_are_not_overwritten_either(draft: ReportDraft) -> None:
    goals, counts = query_from({"kind": "goals"}), query_from({"kind": "level_counts"})
    section = services.add_section(draft=draft, title="Före", query=None)
    rewritten(section, title="Min", query=goals)
    with pytest.raises(services.ChangedMeanwhileError):
        rewritten(section, title="Din", text="Borta?")
    with pytest.raises(services.ChangedMeanwhileError):
        rewritten(section, query=counts, text="Borta?")
    assert not section.wordings.exists(), "nothing of what is refused is kept by half"
    rewritten(section, text="Bara text.")
    rewritten(section, title="Min", query=goals, text="Bara text.")
    [part] = [one for one in selectors.parts(draft) if one.key == section.pk]
    assert (part.title, part.text, part.query) == ("Min", "Bara text.", goals)


@pytest.mark.parametrize("text", ["{", '{"kind": "levels"}', "[]"])
def test_a_query_that_was_sent_broken_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match="query"):
        from_text(text)


def test_prose_has_paragraphs_and_points() -> None:
    assert list(prose("Ett\nstycke.\n\n- en\n- två\n\nSlut.")) == [
        Paragraph(text="Ett stycke."), Bullets(items=("en", "två")), Paragraph(text="Slut."),
    ]  # fmt: skip
    assert list(prose("  ")) == []


# Claims and the red list


def test_what_is_loose_is_listed_before_print(draft: ReportDraft) -> None:
    write(draft, SUMMARY)
    found = reviewed(draft)
    assert [loose.stated.words for loose in found.loose] == ["Båda mål", "48 %"]
    assert not found.ready
    with pytest.raises(BadInputError, match="2 numbers are not bound"):
        freezing.freeze_report(draft=draft, snapshot=None, by_name=WHO, at=AT)


def test_a_claim_does_not_free_what_else_its_sentence_states(draft: ReportDraft) -> None:
    sentence = "I Norrbotten utreddes 90 % inom ledtiden."
    section = write(draft, sentence)
    bind(section, sentence, **LEAD_TIME, value=49)
    found = reviewed(draft)
    assert [one.checked.holds for one in found.claims] == ["yes"]
    assert [(one.stated.words, one.sentence, one.beside) for one in found.loose] == [("90 %", sentence, True)]
    with pytest.raises(BadInputError, match="1 numbers are not bound"):
        freezing.freeze_report(draft=draft, snapshot=None, by_name=WHO, at=AT)
    bind(section, sentence, kind="unchecked", why="Talet är från regionens egen lista.")
    assert reviewed(draft).ready


def test_headings_are_searched_like_texts(draft: ReportDraft) -> None:
    section = write(draft, "Så här gick det.")
    services.retitle(section=section, title="2.1 Alla regioner har nått målet")
    assert [one.stated.words for one in reviewed(draft).loose] == ["Alla regioner"]
    here = next(one for one in selectors.parts(draft) if one.key == section.pk)
    services.bind_claim(
        section=section, text=here.said, sentence="Alla regioner har nått målet",
        states={"kind": "places_at_level", "goal": "1.2", "level": "U"}, by_name=WHO, at=AT,
    )  # fmt: skip
    assert reviewed(draft).ready


@pytest.mark.parametrize(
    ("title", "left"),
    [("43 mål nåddes", ["43"]), ("2 Alla regioner", ["Alla regioner"]), ("1 Prevention", [])],
)
def test_a_headings_own_number_states_nothing_but_a_count_does(
    draft: ReportDraft, title: str, left: list[str]
) -> None:
    services.retitle(section=write(draft, "Så här gick det."), title=title)
    assert [one.stated.words for one in reviewed(draft).loose] == left


def test_a_list_of_goals_that_all_have_reached_may_be_called_so(draft: ReportDraft) -> None:
    assert "Mål som alla har nått" in [one.title for one in selectors.parts(draft)]
    assert reviewed(draft).ready
    services.show(section=next(s for s in draft.sections.all() if "alla har" in s.title), query=None)
    write(draft, "Så här gick det.")
    services.write_text(
        section=next(s for s in draft.sections.all() if "alla har" in s.title), text="Se nedan.", seen=None,
        by_name=WHO, at=AT,
    )  # fmt: skip
    assert [one.stated.words for one in reviewed(draft).loose] == ["alla har"]


@pytest.mark.parametrize("title", ["Alla regioner når målet", "Uppföljning av 43 mål"])
def test_a_title_states_nothing(draft: ReportDraft, title: str) -> None:
    with pytest.raises(BadInputError, match="cannot be checked"):
        services.begin_report(
            kind="follow-up", owner=draft.owner, title=title, lang="sv", edition=draft.edition,
            round_=draft.round, year=2024, by_name=WHO, at=AT,
        )  # fmt: skip


def test_a_claim_that_does_not_hold_is_mended_or_kept_with_a_reason(draft: ReportDraft) -> None:
    section = write(draft, "I Norrbotten utreddes 48 % inom ledtiden.")
    bind(section, "I Norrbotten utreddes 48 % inom ledtiden.", **LEAD_TIME, value=48)
    [wrong] = reviewed(draft).claims
    assert wrong.open and "49" in wrong.checked.why.sv
    with pytest.raises(BadInputError, match="1 claims"):
        freezing.freeze_report(draft=draft, snapshot=None, by_name=WHO, at=AT)
    stored = section.claims.get()
    with pytest.raises(BadInputError, match="reason"):
        services.keep_claim(claim=stored, because=" ", by_name=WHO, at=LATER)
    services.keep_claim(claim=stored, because="Talet är från mars.", by_name=WHO, at=LATER)
    assert reviewed(draft).ready
    printed = freezing.preview(draft, selectors.ground_of(draft, None), AT.date()).model_dump_json()
    assert "Skäl att det står kvar: Talet är från mars." in printed
    assert section.claims.count() == 2, "the claim as it was is kept behind it"


def test_the_real_summary_cannot_be_frozen_as_it_stands(records: str) -> None:
    document = read_document(real_document("004"))
    stored = import_document(
        document, owner="rcc:norr", level="regional", label="2022–2024", at=AT, round_label="2024"
    )
    draft = services.begin_report(
        kind="follow-up", owner=Organisation.objects.get(pk="rcc:norr"), title="Uppföljning 2024", lang="sv",
        edition=stored.edition, round_=stored.round, year=2024, by_name=WHO, at=AT,
    )  # fmt: skip
    claims = load(Path(__file__).parent / "data" / "claims_follow_up_2024.yaml", ClaimList).claims
    section = write(draft, "\n\n".join(claim.sentence for claim in claims))
    for claim in claims:
        bind(section, claim.sentence, **claim.states.model_dump(mode="json"))
    found = reviewed(draft)
    assert found.loose == ()
    assert [claim.checked.claim.sentence.split()[0] for claim in found.open()] == [
        "Åtta", "En", "Unga", "I", "Västernorrland", "Alla",
    ]  # fmt: skip
    with pytest.raises(BadInputError, match="6 claims"):
        freezing.freeze_report(draft=draft, snapshot=None, by_name=WHO, at=AT)


def test_a_claim_follows_what_is_said(draft: ReportDraft) -> None:
    ready(draft)
    assert reviewed(draft).ready
    follow_up = draft.round
    assert follow_up is not None
    assess(
        follow_up=follow_up, part=follow_up.edition.areas.get().goals.get(number="1.2").parts.get(),
        organisation=Organisation.objects.get(pk="24"), level=parse_level("P", ["U", "P", "E"]),
        by_name=WHO, at=LATER,
    )  # fmt: skip
    [wrong] = reviewed(draft).open()
    assert wrong.checked.why.sv.startswith("Det är 0 mål")


def test_a_claim_whose_sentence_is_gone_is_adrift(draft: ReportDraft) -> None:
    ready(draft)
    write(draft, "Ingenting sägs.")
    assert [claim.adrift for claim in reviewed(draft).claims] == [True, True]
    assert not reviewed(draft).ready


def test_a_sentence_that_is_not_in_the_text_cannot_be_bound(draft: ReportDraft) -> None:
    section = write(draft, SUMMARY)
    with pytest.raises(BadInputError, match="not in the section's text"):
        bind(section, "Något annat 3 %.", kind="unchecked", why="x")
    with pytest.raises(BadInputError, match="cannot be used"):
        bind(section, "Båda mål är påbörjade.", kind="levels")


# Freezing


def test_a_frozen_report_is_named_by_its_content(draft: ReportDraft) -> None:
    frozen = freezing.freeze_report(draft=ready(draft), snapshot=None, by_name=WHO, at=AT)
    data = frozen.data.encode()
    assert frozen.sha256 == content_hash(data)
    assert canonical(paper_from(data)) == data
    assert freezing.freeze_report(draft=draft, snapshot=None, by_name="Annan", at=AT) == frozen
    assert selectors.frozen_report(frozen.sha256[:8]) == frozen
    with pytest.raises(UnknownNameError):
        selectors.frozen_report("ffff")


@pytest.mark.parametrize("table", ["frozenreport", "frozenfile"])
def test_what_is_frozen_stays_frozen(draft: ReportDraft, table: str) -> None:
    freezing.freeze_report(draft=ready(draft), snapshot=None, by_name=WHO, at=AT)
    for statement in ("DELETE FROM reports_{}", "UPDATE reports_{} SET sha256 = sha256"):
        with (
            pytest.raises(DatabaseError, match="never changed"),
            transaction.atomic(),
            connection.cursor() as run,
        ):
            run.execute(statement.format(table))


def test_no_other_data_can_take_a_hash(draft: ReportDraft) -> None:
    frozen = freezing.freeze_report(draft=ready(draft), snapshot=None, by_name=WHO, at=AT)
    with pytest.raises(DatabaseError, match="hash over its data"), transaction.atomic():
        FrozenReport.objects.create(
            sha256="0" * 64, draft=draft, owner=draft.owner, kind=draft.kind, title="x", lang="sv",
            data=frozen.data, software="1", by_name=WHO, at=AT,
        )  # fmt: skip


def test_a_report_is_rebuilt_by_a_fresh_process_when_all_has_moved_on(
    draft: ReportDraft, records: str, tmp_path: Path
) -> None:
    frozen = freezing.freeze_report(draft=ready(draft), snapshot=None, by_name=WHO, at=AT)
    kept = {file.name: bytes(file.content) for file in frozen.files.all()}
    follow_up = draft.round
    assert follow_up is not None
    part = follow_up.edition.areas.get().goals.get(number="1.2").parts.get()
    assess(
        follow_up=follow_up, part=part, organisation=Organisation.objects.get(pk="24"),
        level=parse_level("E", ["U", "P", "E"]), comment="Allt är annorlunda nu.", by_name=WHO, at=LATER,
    )  # fmt: skip
    done = subprocess.run(  # the command as its users run it, with nothing of this process
        [sys.executable, "-c", _RUN, "report", "rebuild", frozen.sha256[:12], "--out", str(tmp_path)],
        env={**os.environ, "DATABASE_URL": records}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "report.json").read_bytes() == frozen.data.encode()
    assert {
        name: (tmp_path / name).read_bytes() == content for name, content in kept.items()
    } == dict.fromkeys(kept, True)
    assert "Allt är annorlunda" not in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_data_that_are_not_what_was_frozen_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="not what was frozen"):
        freezing.rebuild(data=b"{}", out=tmp_path / "out", sha256="0" * 64)
    with pytest.raises(BadInputError, match="cannot be read"):
        freezing.rebuild(data=b"{}", out=tmp_path / "out")


# What comes out


def test_the_frozen_word_file_is_the_follow_up_again(draft: ReportDraft, tmp_path: Path) -> None:
    follow_up = draft.round
    assert follow_up is not None
    answer = follow_up.assessments.get(part__number="1.1", organisation="25")
    condense(assessment=answer, text="Kortad: 49 %.", shown=None, by_name=WHO, at=LATER)
    frozen = freezing.freeze_report(draft=ready(draft), snapshot=None, by_name=WHO, at=LATER)
    back = read_back(bytes(frozen.files.get(name="report.docx").content), tmp_path)
    first, second = (row for row in back.areas[0].rows if isinstance(row, Goal))
    assert {region: cell.text for region, cell in first.levels.items()} == {
        "RJH": "U", "RN": "P", "RV": "P", "RVN": "",
    }  # fmt: skip
    assert first.comments["RN"].text == "Kortad: 49 %."
    assert second.comments["RCC Norr"].text == "Går framåt."


def test_the_workbook_holds_the_data_and_the_claims(draft: ReportDraft) -> None:
    frozen = freezing.freeze_report(draft=ready(draft), snapshot=None, by_name=WHO, at=AT)
    book = load_workbook(BytesIO(bytes(frozen.files.get(name="report.xlsx").content)))
    assert book.sheetnames == ["Text", "Nivåer", "Anmärkningar", "Påståenden"]
    rows = list(book["Nivåer"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == 8
    assert [row[4] for row in rows[:4]] == ["U", "P", "P", "–"]
    assert {row[2] for row in book["Påståenden"].iter_rows(min_row=2, values_only=True)} == {"Stämmer"}


def test_giving_out_is_once_and_for_all(draft: ReportDraft) -> None:
    frozen = freezing.freeze_report(draft=ready(draft), snapshot=None, by_name=WHO, at=AT)
    given = freezing.release_report(report=frozen, by_name=WHO, at=AT)
    assert freezing.release_report(report=frozen, by_name="Annan", at=LATER) == given
