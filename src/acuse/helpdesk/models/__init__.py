"""The desk's rows. They are the working state; the evidence is the ledger.

Every change of state records its fact in the same transaction.
"""

from acuse.helpdesk.models.deadlines import Deadline, PolicyVersion
from acuse.helpdesk.models.faq import Article, ArticleText, MissedWord, Section
from acuse.helpdesk.models.mailboxes import Mailbox
from acuse.helpdesk.models.phone import Call, CallFile, Line, Upload
from acuse.helpdesk.models.settings import SavedView, Settings, TriageRule
from acuse.helpdesk.models.teams import Team
from acuse.helpdesk.models.tickets import ConformityRequest, Draft, Interaction, Mention, Outgoing, Presence, Ticket

__all__ = [
    "Article",
    "ArticleText",
    "Call",
    "CallFile",
    "ConformityRequest",
    "Deadline",
    "Draft",
    "Interaction",
    "Line",
    "Mailbox",
    "Mention",
    "MissedWord",
    "Outgoing",
    "PolicyVersion",
    "Presence",
    "SavedView",
    "Section",
    "Settings",
    "Team",
    "Ticket",
    "TriageRule",
    "Upload",
]
