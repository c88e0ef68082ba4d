"""Row security of reports: drafts belong to their owner's scope; what was given out, anybody may read."""

from __future__ import annotations

from fyrbak.access.row_security import ADD, Policy, within

_DRAFT = f"draft_id IN (SELECT id FROM reports_reportdraft WHERE {within('owner_id')})"
_SECTION = "section_id IN (SELECT id FROM reports_section)"
_OWN_REPORT = f"report_id IN (SELECT sha256 FROM reports_frozenreport WHERE {within('owner_id')})"

POLICIES = {
    "reports_reportdraft": Policy(see=within("owner_id"), write=within("owner_id")),
    "reports_section": Policy(see=_DRAFT, write=_DRAFT),
    "reports_wording": Policy(see=_SECTION, write=_SECTION, may=ADD),
    "reports_boundclaim": Policy(see=_SECTION, write=_SECTION),
    "reports_frozenreport": Policy(
        see=f"{within('owner_id')} OR sha256 IN (SELECT report_id FROM reports_reportrelease)",
        write=within("owner_id"),
        may=ADD,
    ),
    "reports_frozenfile": Policy(
        see="report_id IN (SELECT sha256 FROM reports_frozenreport)", write=_OWN_REPORT, may=ADD
    ),
    # That a report with some hash was given out tells nothing that the report itself does not.
    "reports_reportrelease": Policy(see="true", write=_OWN_REPORT, may=ADD),
}
