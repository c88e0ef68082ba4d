"""Roles, deeds, and which role may do which deed. This table is the only place that says so."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What somebody is in an organisation. The words are in ``reports/texts/access.yaml``."""

    NATIONAL_COORDINATOR = "national-coordinator"
    REGIONAL_COORDINATOR = "regional-coordinator"
    PROCESS_LEADER = "process-leader"
    PATHWAY_COORDINATOR = "pathway-coordinator"
    UNIT_STAFF = "unit-staff"
    SCREENING_OFFICE = "screening-office"
    REGISTRAR = "registrar"
    STATISTICIAN = "statistician"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"
    PUBLIC = "public"  # anybody, without an account


class Deed(StrEnum):
    """Something that not everybody may do. It is always done in an organisation."""

    ASSESS = "assess"  # say where the own organisation stands with a goal
    RUN_ROUND = "run-round"  # open, condense, return, close and freeze a round of the own plan
    EDIT_PLAN = "edit-plan"  # write, import, adopt plans; activities, links, evidence
    FOLLOW_TASKS = "follow-tasks"  # status of tasks given to named actors
    RUN_MEETING = "run-meeting"  # meetings, agendas, attendance, minutes
    APPLY_PROJECT = "apply-project"  # apply for money to improve, report the result
    DECIDE_PROJECT = "decide-project"  # grant or decline it
    BUILD_REPORT = "build-report"  # write, check and freeze reports
    RELEASE = "release"  # give out frozen results to the public
    FOLLOW_PATHWAYS = "follow-pathways"  # see whose pathways are ongoing, and what is missing of them
    REGISTER_EVENTS = "register-events"  # register, correct and book the steps of somebody's pathway by hand
    LEAD_PATHWAYS = "lead-pathways"  # see the own region's week, small numbers hidden; review long waits
    DELIVER_PATHWAYS = "deliver-pathways"  # make the monthly file, take the receipt, send questionnaires
    READ_REGISTER = "read-register"  # see the tumours, the checks and the quality of the cancer register
    WRITE_REGISTER = "write-register"  # take in, merge and mend notifications of tumours; deliver the year
    WRITE_PATHWAY = "write-pathway"  # draft a version of a pathway, put it out for consultation, answer
    APPROVE_PATHWAY = "approve-pathway"  # approve and publish one that somebody else has written
    READ_PERSON = "read-person"  # open one person's record, with a stated reason
    BREAK_GLASS = "break-glass"  # open one outside the own organisation; always reviewed
    REVIEW_ACCESS = "review-access"  # look through who read whose record
    ADMINISTER = "administer"  # accounts and the roles they hold


_COORDINATOR = frozenset(
    {
        Deed.ASSESS, Deed.RUN_ROUND, Deed.EDIT_PLAN, Deed.FOLLOW_TASKS, Deed.RUN_MEETING, Deed.APPLY_PROJECT,
        Deed.DECIDE_PROJECT, Deed.BUILD_REPORT, Deed.RELEASE, Deed.REVIEW_ACCESS, Deed.LEAD_PATHWAYS,
        Deed.DELIVER_PATHWAYS,
    }
)  # fmt: skip
_IN_PATHWAYS = frozenset({Deed.FOLLOW_PATHWAYS, Deed.REGISTER_EVENTS, Deed.READ_PERSON, Deed.BREAK_GLASS})

DEEDS: dict[Role, frozenset[Deed]] = {
    Role.NATIONAL_COORDINATOR: _COORDINATOR | {Deed.WRITE_PATHWAY, Deed.APPROVE_PATHWAY, Deed.READ_REGISTER},
    Role.REGIONAL_COORDINATOR: _COORDINATOR,
    Role.PROCESS_LEADER: frozenset(
        {
            Deed.ASSESS,
            Deed.RUN_MEETING,
            Deed.APPLY_PROJECT,
            Deed.LEAD_PATHWAYS,
            Deed.WRITE_PATHWAY,
            Deed.READ_REGISTER,
        }
    ),
    Role.PATHWAY_COORDINATOR: _IN_PATHWAYS | {Deed.LEAD_PATHWAYS, Deed.DELIVER_PATHWAYS, Deed.APPLY_PROJECT},
    Role.UNIT_STAFF: _IN_PATHWAYS | {Deed.APPLY_PROJECT},
    Role.SCREENING_OFFICE: frozenset({Deed.READ_PERSON, Deed.BREAK_GLASS}),
    Role.REGISTRAR: frozenset({Deed.READ_REGISTER, Deed.WRITE_REGISTER, Deed.READ_PERSON}),
    Role.STATISTICIAN: frozenset(
        {Deed.BUILD_REPORT, Deed.RELEASE, Deed.DELIVER_PATHWAYS, Deed.READ_REGISTER}
    ),
    Role.EDITOR: frozenset({Deed.EDIT_PLAN, Deed.BUILD_REPORT, Deed.WRITE_PATHWAY, Deed.APPROVE_PATHWAY}),
    Role.ADMINISTRATOR: frozenset({Deed.ADMINISTER}),
    Role.PUBLIC: frozenset(),
}
