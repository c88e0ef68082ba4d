"""Tasks and projects as open files, CSV and JSON, with a line on what each column holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import localtime

from fyrbak.goals.improvement.models import Project, Reading
from fyrbak.goals.improvement.selectors import statuses, told
from fyrbak.goals.improvement.task_list import chapter_of, tasks
from fyrbak.reports.improvement import given_to
from fyrbak.web.downloads import download, spreadsheet

TASK_COLUMNS = {
    "number": "number of the task, stable",
    "chapter": "chapter of the strategy, in Swedish",
    "text_sv": "the task in Swedish",
    "text_en": "the task in English",
    "given_to": "whom the strategy gives it to, in Swedish; says so where it names nobody",
    "to_verify": "what is open to doubt in the reading of the strategy, in Swedish; empty for nothing",
    "organisation": "code of the organisation that has told a state; empty where none has",
    "state": "planned, under-way, done, dropped or not-stated",
    "comment": "the organisation's own words",
    "source": "where the state can be checked",
    "on": "day when it was told; empty where it was not",
}
PROJECT_COLUMNS = {
    "call": "the call, with its year",
    "giver": "code of the organisation that gave out the money",
    "year": "year that the money is for",
    "allotted_sek": "what the whole call had to give out, in whole Swedish kronor",
    "project": "what the project is called",
    "organisation": "code of the organisation whose project it is",
    "sought_sek": "what was applied for, in whole Swedish kronor",
    "granted_sek": "what was granted, in whole Swedish kronor; 0 where a grant was taken back",
    "decided": "day of the decision",
    "indicator": "what tells whether it became better",
    "measure": "id of the measure that tells it; empty for none",
    "unit": "unit of the numbers; empty with a measure, which has its own scale",
    "before": "the number before the project; empty where there is none",
    "before_n": "how many it rests on; empty where that is not known",
    "before_lower": "lower end of its 95 % interval; empty without a measure",
    "before_upper": "upper end of its 95 % interval; empty without a measure",
    "before_period": "the period it is about",
    "before_missing": "why there is no number",
    "after": "the number after the project; empty where there is none, or none yet",
    "after_n": "how many it rests on; empty where that is not known",
    "after_lower": "lower end of its 95 % interval; empty without a measure",
    "after_upper": "upper end of its 95 % interval; empty without a measure",
    "after_period": "the period it is about",
    "after_missing": "why there is no number",
    "result": "what came of it in words; empty until it is reported",
    "spread_to": "who has taken it over, with semicolons between",
    "invented": "true where the call is made up, for trying and teaching",
}
Row = dict[str, Any]


def task_file(_request: HttpRequest, form: str) -> HttpResponse:
    """All tasks: a row for each organisation that has told a state, or one where nobody has."""
    return _file("tasks", form, TASK_COLUMNS, _task_rows())


def project_file(_request: HttpRequest, form: str) -> HttpResponse:
    """The projects that have been granted money, which are public."""
    return _file("projects", form, PROJECT_COLUMNS, _project_rows())


def _task_rows() -> Iterator[Row]:
    said = statuses()
    for task in tasks():
        about: Row = {
            "number": task.number,
            "chapter": chapter_of(task).name.sv,
            "text_sv": task.text.sv,
            "text_en": task.text.en,
            "given_to": given_to(task, "sv"),
            "to_verify": task.to_verify.sv if task.to_verify else "",
        }
        rows = said.get(task.number, {})
        if not rows:
            yield about | {"organisation": "", "state": "not-stated", "comment": "", "source": "", "on": ""}
        for code, row in sorted(rows.items()):
            on = localtime(row.at).date().isoformat()
            yield about | {
                "organisation": code, "state": row.state, "comment": row.comment, "source": row.source, "on":
                on,
            }  # fmt: skip


def _project_rows() -> Iterator[Row]:
    for one in told(Project.objects.filter(public=True)):
        call, application, decision = one.project.call, one.application, one.decision
        yield {
            "call": str(call),
            "giver": call.organisation_id,
            "year": call.year,
            "allotted_sek": call.allotted,
            "project": application.title,
            "organisation": one.project.organisation_id,
            "sought_sek": application.sought,
            "granted_sek": one.granted,
            "decided": decision.day.isoformat() if decision else "",
            "indicator": application.indicator,
            "measure": application.measure,
            "unit": one.before.unit or (one.after.unit if one.after else ""),
            **_numbers("before", one.before),
            **_numbers("after", one.after),
            "result": one.report.text if one.report else "",
            "spread_to": "; ".join(
                spread.organisation.name_sv if spread.organisation else spread.whom for spread in one.spreads
            ),
            "invented": call.synthetic,
        }


def _numbers(moment: str, reading: Reading | None) -> Row:
    def of(name: str) -> Any:
        found = getattr(reading, name) if reading else None
        return "" if found is None else found

    numbers = {
        f"{moment}{end}": float(of(name)) if of(name) != "" else ""
        for end, name in (("", "value"), ("_lower", "lower"), ("_upper", "upper"))
    }
    words = {f"{moment}_{name}": of(name) for name in ("n", "period", "missing")}
    return numbers | words


def _file(name: str, form: str, columns: dict[str, str], rows: Iterator[Row]) -> HttpResponse:
    """The rows as a file to keep. JSON says what each column holds; for CSV the documentation does."""
    ordered = ({column: row[column] for column in columns} for row in rows)
    if form == "json":
        body = {"columns": columns, "rows": list(ordered)}
        return download(json.dumps(body, ensure_ascii=False, indent=1), f"{name}.json")
    if form == "csv":
        return spreadsheet(f"{name}.csv", list(columns), ordered)
    raise Http404
