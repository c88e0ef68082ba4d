"""The tables of the goals: plans, what they promise, what is done, what is said, and how they hang together.

Every foreign key protects what it points to: nothing that others rest on can disappear. Triggers in the
database (migrations 0002 and 0003) keep assessments and notes as they were written and frozen rounds as they
were frozen.
"""

from fyrbak.goals.models.activity import Activity, ActivityParty
from fyrbak.goals.models.answer import CondensedComment, Draft, PinnedEvidence, Question
from fyrbak.goals.models.change import PlanChange
from fyrbak.goals.models.function import Function
from fyrbak.goals.models.link import EvidenceLink, GoalLink
from fyrbak.goals.models.plan import Area, EditionMark, Goal, GoalPart, GoalTarget, Plan, PlanEdition
from fyrbak.goals.models.round import Assessment, CoordinatorNote, FollowUpRound, RoundOrganisation, RoundStep
from fyrbak.goals.models.scale import Scale, ScaleLevel
from fyrbak.goals.models.upload import PlanUpload, UploadAnswer, UploadFile

__all__ = [
    "Activity",
    "ActivityParty",
    "Area",
    "Assessment",
    "CondensedComment",
    "CoordinatorNote",
    "Draft",
    "EditionMark",
    "EvidenceLink",
    "FollowUpRound",
    "Function",
    "Goal",
    "GoalLink",
    "GoalPart",
    "GoalTarget",
    "PinnedEvidence",
    "Plan",
    "PlanChange",
    "PlanEdition",
    "PlanUpload",
    "Question",
    "RoundOrganisation",
    "RoundStep",
    "Scale",
    "ScaleLevel",
    "UploadAnswer",
    "UploadFile",
]
