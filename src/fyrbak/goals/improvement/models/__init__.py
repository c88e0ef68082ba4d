"""The tables of the improvement work: statuses of tasks, projects given money, the weekly letter."""

from fyrbak.goals.improvement.models.digest import LetterChoice, SentDigest
from fyrbak.goals.improvement.models.project import (
    Application,
    Call,
    Decision,
    Interest,
    Project,
    ProjectReport,
    Reading,
    Spread,
)
from fyrbak.goals.improvement.models.task import TaskStatus

__all__ = [
    "Application",
    "Call",
    "Decision",
    "Interest",
    "LetterChoice",
    "Project",
    "ProjectReport",
    "Reading",
    "SentDigest",
    "Spread",
    "TaskStatus",
]
