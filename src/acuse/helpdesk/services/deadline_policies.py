"""By which version of an organisation's terms a case is counted: the one in force when a deadline's cause happened.

The fact that may begin deadlines says which it was, or that there was none; what follows it is counted by that.
"""

from collections.abc import Sequence
from dataclasses import replace

from acuse import clock
from acuse.evidence.ledger import FactDraft
from acuse.helpdesk.models import PolicyVersion, Ticket
from acuse.helpdesk.queries.policies import PublishedPolicy, current_policy, policy_at, published
from acuse.helpdesk.services.deadline_course import followed
from acuse.proof.facts import deadline as facts
from acuse.proof.facts.fact import Fact


def saying_policy(draft: FactDraft) -> FactDraft:
    """Return the draft of a fact that may begin deadlines, saying which version of the terms is in force.

    Where none was yet when it happened, that is the one of now: a case has terms from when it is entered.
    """
    at = clock.now() if draft.occurred_at is None else draft.occurred_at
    policy = policy_at(draft.organisation, at) or current_policy(draft.organisation)
    said = None if policy is None else {"version": policy.number, "digest": policy.sha256}
    cited = () if policy is None else (policy.cited("rule"),)
    return replace(draft, details={**draft.details, "policy": said}, objects=(*draft.objects, *cited))


def policy_of(ticket: Ticket, cause: Fact, history: Sequence[Fact]) -> PublishedPolicy | None:
    """Return the terms by which what follows a fact is counted: those that something cites already, or of then."""
    begun = (fact for fact in history if fact.type in (facts.STARTED, facts.DEFERRED))
    same = next((fact for fact in begun if followed(fact, history) is cause), None)
    return policy_then(ticket, cause) if same is None else cited_policy(ticket, same)


def policy_then(ticket: Ticket, cause: Fact) -> PublishedPolicy | None:
    """Return the terms that were in force when a fact happened, as it says itself.

    Of one that was recorded before facts said so: where there were none yet then, those of when it was recorded.
    """
    if "policy" in cause.details:
        said = cause.details["policy"]
        return None if said is None else _version(ticket, int(said["version"]))
    return policy_at(ticket.organisation_id, cause.occurred_at) or policy_at(ticket.organisation_id, cause.recorded_at)


def cited_policy(ticket: Ticket, fact: Fact) -> PublishedPolicy:
    """Return the version of the terms that a fact cites by which a deadline was started or deferred."""
    return _version(ticket, int(fact.details["rule"]["version"]))


def _version(ticket: Ticket, number: int) -> PublishedPolicy:
    return published(PolicyVersion.objects.get(organisation_id=ticket.organisation_id, number=number))
