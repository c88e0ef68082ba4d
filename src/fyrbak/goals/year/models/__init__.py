"""The tables of the year: groups and members, meetings and agendas, attendance, decisions, minutes.

What happened at a meeting can be written until its minutes are frozen. Then nothing of it changes, which
triggers in the database hold (migration 0002). What moved a meeting, how a follow-up is read and how far a
decision has come are rows that are only ever added to.
"""

from fyrbak.goals.year.models.group import Member, Rhythm, StandingItem, SteeringGroup
from fyrbak.goals.year.models.meeting import AgendaItem, Attendance, Meeting, MeetingChange
from fyrbak.goals.year.models.outcome import Decision, DecisionStatus, Minutes

__all__ = [
    "AgendaItem",
    "Attendance",
    "Decision",
    "DecisionStatus",
    "Meeting",
    "MeetingChange",
    "Member",
    "Minutes",
    "Rhythm",
    "StandingItem",
    "SteeringGroup",
]
