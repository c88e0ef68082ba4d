"""Every address of the pages with an example: of something that anybody may see, or of one region's own.

A new address needs a line here. ``NOBODYS`` have nothing in them that could be somebody's; ``PUBLIC`` are
filled in with what is public; ``OWN`` with the rows that were planted for a region.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from pages import NORTH_PLAN
from planting import Planted

Names = dict[str, Any]
NORTH = NORTH_PLAN.strip("/").split("/")[1]

NOBODYS = (
    "start", "plans", "pathways", "measures", "findings", "login", "logout", "oidc", "oidc_back", "kept",
    "password", "role", "accounts", "account_add", "persons", "access_log", "open", "open_accessibility",
    "open_regions", "open_reports", "open_goals", "open_measures", "open_data", "open_readme",
    "open_catalogue", "open_strategy", "releasing", "symptoms", "referral", "symptoms_api", "fhir_send",
    "returns", "returns_file", "return_new", "returns_received",
    "studies", "studies_counts", "studies_counts_file", "studies_targets", "studies_targets_file",
    "study_new", "studies_file",
    "competence", "competence_csv", "competence_new", "competence_courses", "competence_courses_csv",
    "competence_course_new", "competence_course_file",
    "strategy_tasks",
    "strategy_analysis", "strategy_analysis_file", "projects", "project_call_new", "digests",
    "digest_choice", "work", "round_new", "groups", "group_new", "reports", "report_new", "plan_new",
    "deliveries", "extract", "conditions", "condition_state", "prem", "prem_send", "prem_answers",
    "plan_upload", "cascade", "cascade_list", "catalogue", "catalogue_drafts",
    "svf_start", "svf_tasks", "svf_files",
    "register", "register_refused", "register_new", "register_merging", "register_checks", "register_missing",
    "register_files",
    "svf_worklist", "svf_corrections", "svf_corrections_file", "svf_missing", "svf_risk",
    "statistics", "statistics_numbers",
    "leader_week", "leader_blocks", "leader_block_charts", "leader_over_time", "leader_compare", "what_if",
    "waits", "register_quality", "register_indicators", "pathology_reports",
)  # fmt: skip

_MEASURE = {"name": "svf_lead_time"}
_PLAN = {"key": NORTH}
PUBLIC: dict[str, Names] = {
    "plan": _PLAN,
    "goal": _PLAN | {"number": "1.1"},
    "pathway": {"name": "lunga"},
    "measure": _MEASURE,
    "over_time": _MEASURE,
    "equity": _MEASURE,
    "curve": {"name": "svf_treated_by_day"},
    "standardised": {"name": "cervical_incidence"},
    "definition": _MEASURE,
    "numbers": _MEASURE,
    "figure": {"name": "0" * 16},
    "figure_table": {"name": "0" * 16, "kind": "csv"},
    "open_region": {"code": "24"},
    "open_plan": _PLAN,
    "open_goal": _PLAN | {"number": "1.1"},
    "open_round": _PLAN | {"label": "2024"},
    "open_answers": _PLAN | {"label": "2024", "form": "csv"},
    "open_measure": _MEASURE,
    "open_release": {"number": 1},
    "open_table": {"number": 1, "form": "csv"},
    "open_strategy_file": {"form": "csv"},
    "open_figure": {"name": "0" * 16},
    "open_figure_table": {"name": "0" * 16, "kind": "csv"},
    "embed_measure": _MEASURE,
    "embed_region": {"code": "24"} | _MEASURE,
    "strategy_tasks_file": {"form": "csv"},
    "strategy_task": {"number": "1.1"},
    "strategy_task_state": {"number": "1.1"},
    "projects_file": {"form": "csv"},
    "report_begin": {"kind": "follow-up"},
    "prem_answer": {"code": "ingenting"},
    "round_open": _PLAN,
    "plan_table": _PLAN,
    "plan_copy": _PLAN,
    "plan_differences": _PLAN,
    "plan_fate": _PLAN,
    "plan_links": _PLAN | {"number": "1.1"},
    "register_quality_of": {"register": "nkbc"},
    "svf_month": {"month": "2025-05"},
    "svf_month_file": {"month": "2025-05"},
    "catalogue_pathway": {"name": "lunga"},
    "catalogue_sheet": {"name": "lunga"},
    "catalogue_differences": {"name": "lunga"},
    "catalogue_draft_new": {"name": "lunga"},
    "catalogue_review": {"name": "lunga"},
}

_Own = Callable[[Planted], Names]


def _edition(p: Planted) -> Names:
    return {"key": p["goals.PlanEdition"].key}


def _goal(p: Planted) -> Names:
    return _edition(p) | {"number": p["goals.GoalPart"].number}


def _row(p: Planted) -> Names:
    return _edition(p) | {"kind": "goal", "lineage": p["goals.Goal"].lineage}


def _activity(p: Planted) -> Names:
    return _edition(p) | {"lineage": p["goals.Activity"].lineage}


def _round(p: Planted) -> Names:
    return _edition(p) | {"label": p["goals.FollowUpRound"].label}


def _answering(p: Planted) -> Names:
    return _round(p) | {"code": p.region}


def _answer(p: Planted) -> Names:
    return _answering(p) | {"number": p["goals.GoalPart"].number}


def _upload(p: Planted) -> Names:
    return {"key": p["goals.PlanUpload"].pk}


def _group(p: Planted) -> Names:
    return {"group": p["year.SteeringGroup"].pk}


def _meeting(p: Planted) -> Names:
    return {"meeting": p["year.Meeting"].pk}


def _draft(p: Planted) -> Names:
    return {"key": p["reports.ReportDraft"].pk}


def _section(p: Planted) -> Names:
    return _draft(p) | {"number": p["reports.Section"].pk}


def _frozen(p: Planted) -> Names:
    return {"name": p["reports.FrozenReport"].sha256}


def _project(p: Planted) -> Names:
    return {"key": p["improvement.Project"].pk}


def _call(p: Planted) -> Names:
    return {"number": p["improvement.Call"].pk}


def _pathway_draft(p: Planted) -> Names:
    return {"key": p["catalogue.Draft"].pk}


def _event_task(p: Planted) -> Names:
    return {"key": p["pathway_events.Task"].pk}


def _event_file(p: Planted) -> Names:
    return {"key": p["pathway_events.EventFile"].pk}


def _event_case(p: Planted) -> Names:
    return {"key": p["ongoing.Case"].key}


def _tumour(p: Planted) -> Names:
    return {"key": p["notifications.Tumour"].key}


def _notification(p: Planted) -> Names:
    return {"key": p["notifications.Notification"].key}


def _message(p: Planted) -> Names:
    return {"key": p["inbox.Message"].key}


def _finding(p: Planted) -> Names:
    return {"number": p["notifications.Finding"].pk}


def _delivery(p: Planted) -> Names:
    return {"key": p["deliveries.Delivery"].pk}


def _study(p: Planted) -> Names:
    return {"key": p["studies.Study"].key}


def _and(own: _Own, **more: Any) -> _Own:
    return lambda p: own(p) | more


OWN: dict[str, _Own] = {
    "register_enter": lambda p: {"place": p["access.Entry"].hash},
    "register_tumour": _tumour,
    "register_remind": _tumour,
    "pathology_report": _notification,
    "pathology_fill_in": _notification,
    "register_correct": _notification,
    "register_retract": _notification,
    "register_undo": lambda p: {"number": p["notifications.Ruling"].pk},
    "register_decide": lambda p: {"number": p["notifications.Doubt"].pk},
    "register_mend": _finding,
    "register_close": _finding,
    "fhir_message": _message,
    "register_file": _message,
    "svf_case": lambda p: {"key": p["ongoing.Case"].key},
    "svf_book": lambda p: {"key": p["ongoing.Case"].key},
    "svf_booking_cancel": lambda p: {"key": p["ongoing.Case"].key, "number": p["ongoing.Booking"].pk},
    "svf_correction_close": lambda p: {"number": p["ongoing.Correction"].pk},
    "svf_refused_row_close": lambda p: {"number": p["pathway_events.RefusedRow"].pk},
    "svf_event": _event_case,
    "svf_event_change": _and(_event_case, handle="0" * 12),
    "svf_event_retract": _and(_event_case, handle="0" * 12),
    "svf_start_of": lambda p: {"place": p["access.Entry"].hash},
    "svf_task": _event_task,
    "svf_task_start": _event_task,
    "svf_file": _event_file,
    "svf_file_rows": _event_file,
    "account": lambda p: {"number": p["access.Account"].pk},
    "person": lambda p: {"place": p["access.Entry"].hash},
    "access_entry": lambda p: {"handle": p["access.Entry"].hash},
    "plan": _edition,
    "goal": _goal,
    "plan_table": _edition,
    "plan_edit": _edition,
    "plan_undo": _edition,
    "plan_history": _edition,
    "plan_add": _and(_edition, kind="area"),
    "plan_add_in": lambda p: _edition(p) | {"kind": "goal", "inside": p["goals.Area"].lineage},
    "plan_row": _row,
    "plan_move": _row,
    "plan_remove": _row,
    "plan_parties": _activity,
    "plan_copy": _edition,
    "plan_adopt": _edition,
    "plan_differences": _edition,
    "plan_fate": _edition,
    "plan_links": _goal,
    "plan_link_add": _goal,
    "plan_link_settle": _goal,
    "plan_review": _upload,
    "plan_answer": _upload,
    "plan_accept": _upload,
    "plan_another_file": _upload,
    "plan_store": _upload,
    "plan_withdraw": _upload,
    "plan_review_row": _and(_upload, row="1"),
    "round_open": _edition,
    "round": _round,
    "compile": _round,
    "compile_goal": lambda p: _round(p) | {"number": p["goals.GoalPart"].number},
    "round_step": _and(_round, deed="close"),
    "tasks": _answering,
    "begin": _answering,
    "answer": _answer,
    "draft": _answer,
    "answer_history": _answer,
    "files": _answering,
    "take_in": _answering,
    "form_file": _and(_answering, ending="xlsx"),
    "open_plan": _edition,
    "open_goal": _goal,
    "open_round": _round,
    "open_answers": _and(_round, form="csv"),
    "open_report": _frozen,
    "open_report_file": _and(_frozen, file="report.pdf"),
    "group": _group,
    "group_edit": _group,
    "group_members": _group,
    "group_standing": _group,
    "group_meetings": _group,
    "group_rhythms": _group,
    "group_rhythm": lambda p: _group(p) | {"activity": p["year.Rhythm"].activity},
    "meeting": _meeting,
    "meeting_agenda": _meeting,
    "meeting_attendance": _meeting,
    "meeting_change": _meeting,
    "meeting_item": lambda p: _meeting(p) | {"item": p["year.AgendaItem"].pk},
    "meeting_minutes": _meeting,
    "meeting_minutes_word": _meeting,
    "meeting_minutes_pdf": _meeting,
    "decision": lambda p: {"decision": p["year.Decision"].pk},
    "delivery": _delivery,
    "delivery_file": _and(_delivery, kind="csv"),
    "delivery_month": lambda p: {"region": p.region, "month": "2025-05"},
    "receipt_file": _delivery,
    "receipt_form": _delivery,
    "prem_list": lambda p: {"number": p["prem.Round"].pk},
    "project": _project,
    "project_amend": _project,
    "project_interest": _project,
    "project_member": _project,
    "project_decide": _project,
    "project_report": _project,
    "project_spread": _project,
    "project_call": _call,
    "project_apply": _call,
    "project_call_remove": _call,
    "report": _draft,
    "report_preview": _draft,
    "report_freeze": _draft,
    "section_add": _draft,
    "section": _section,
    "section_deed": _section,
    "claim_bind": _section,
    "claim": lambda p: _draft(p) | {"number": p["reports.BoundClaim"].pk},
    "frozen": _frozen,
    "frozen_release": _frozen,
    "frozen_file": _and(_frozen, file="report.pdf"),
    "wait_sample": lambda p: {"key": p["waits.Sample"].key},
    "return_correct": lambda p: {"key": p["returns.Returned"].key},
    "study": _study,
    "study_describe": _study,
    "study_status": _study,
    "study_included": _study,
    "studies_target": lambda p: {"code": p.region},
    "wait_case": lambda p: {"key": p["waits.Drawn"].key},
    "catalogue_draft": _pathway_draft,
    "catalogue_draft_texts": _pathway_draft,
    "catalogue_draft_source": _pathway_draft,
    "catalogue_draft_renew": _and(_pathway_draft, place="0"),
    "catalogue_draft_row": _and(_pathway_draft, part="limits", place="0"),
    "catalogue_draft_effect": _pathway_draft,
    "catalogue_draft_consult": _pathway_draft,
    "catalogue_draft_comment": _pathway_draft,
    "catalogue_draft_answer": lambda p: _pathway_draft(p) | {"number": p["catalogue.Comment"].pk},
    "catalogue_draft_approve": _pathway_draft,
    "catalogue_draft_publish": _pathway_draft,
    "catalogue_draft_withdraw": _pathway_draft,
}
# Calls for projects and studies are public, and other regions apply and add their own places.
ANYBODYS = {
    "project_call", "project_apply", "project_call_remove", "study", "study_status", "study_included",
}  # fmt: skip


def names() -> set[str]:
    """The names of all addresses there are."""
    return set(_names(get_resolver()))


def _names(resolver: URLResolver) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name or str(pattern.pattern)
        else:
            yield from _names(pattern)


@dataclass(frozen=True)
class Address:
    """An address of one region's own, and the same with something that is not there in its place."""

    name: str
    own: str
    nowhere: str


def public() -> Iterator[str]:
    """The addresses that need nobody's own."""
    for name in NOBODYS:
        yield reverse(name)
    for name, values in PUBLIC.items():
        yield reverse(name, kwargs=values)


def own(planted: Planted) -> Iterator[Address]:
    """The addresses of a region's own rows, each with one that leads nowhere."""
    for name, values_of in OWN.items():
        if name not in ANYBODYS:
            values = values_of(planted)
            yield Address(name, reverse(name, kwargs=values), _nowhere(name, values))


def in_a_round_of_many(region: str, label: str) -> Iterator[Address]:
    """The addresses of what one region does in the open round of the northern plan, which asks others too."""
    there = _PLAN | {"label": label, "code": region}
    more: dict[str, Names] = {
        "tasks": {}, "begin": {}, "files": {}, "take_in": {}, "form_file": {"ending": "xlsx"},
        "answer": {"number": "1.1"}, "draft": {"number": "1.1"}, "answer_history": {"number": "1.1"},
    }  # fmt: skip
    for name, rest in more.items():
        nowhere = reverse(name, kwargs=there | rest | {"code": "99"})
        yield Address(name, reverse(name, kwargs=there | rest), nowhere)


def _nowhere(name: str, values: Names) -> str:
    """The address with its first value replaced by one that no row has."""
    first, value = next(iter(values.items()))
    try:
        return reverse(name, kwargs=values | {first: _other(value)})
    except NoReverseMatch as error:
        raise AssertionError(f"{name}: no other value for {first}") from error


def _other(value: Any) -> Any:
    """A value of the same kind and length that no row has."""
    if isinstance(value, int):
        return value + 7_000_000
    text = str(value)
    return type(value)(text[:-1] + ("0" if text[-1] != "0" else "1"))
