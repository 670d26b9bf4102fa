"""What people do at their desks that proves nothing and so is no fact: drafts, who has a case open, views they keep."""

from dataclasses import asdict
from uuid import UUID

from django.db import transaction

from acuse import clock
from acuse.accounts.models import Organisation
from acuse.accounts.queries import Access
from acuse.errors import InputError
from acuse.helpdesk.models import Draft, Mention, Presence, SavedView, Ticket
from acuse.helpdesk.queries.case import Begun
from acuse.helpdesk.services.replies import MOST_BODY
from acuse.texts import storable

_MOST_VIEWS = 50


def save_draft(*, access: Access, ticket: UUID, kind: str, begun: Begun) -> None:
    """Keep what a member began to write in a case; nothing left to keep forgets it.

    Args:
        access: of a member who sends.
        ticket: which case.
        kind: "reply" or "note".
        begun: what was written so far, and how the box stands.

    Raises:
        AccessDenied: the member may not act on cases. InputError: no such case, or too long.
    """
    access.require_sender()
    if kind not in {"reply", "note"} or len(begun.body) > MOST_BODY:
        raise InputError("A draft takes at most %(most)s characters.", most=MOST_BODY)
    _check(access, ticket)
    if not begun.body.strip():
        Draft.objects.filter(ticket_id=ticket, member_id=access.member, kind=kind).delete()
        return
    Draft.objects.update_or_create(
        ticket_id=ticket,
        member_id=access.member,
        kind=kind,
        defaults={
            **asdict(begun),
            "body": storable(begun.body),
            "template": storable(begun.template)[:80],
            "updated_at": clock.now(),
        },
    )


def be_present(*, access: Access, ticket: UUID, writing: bool) -> None:
    """Note that a member has a case open, and whether they write in it.

    Raises:
        InputError: there is no such case.
    """
    _check(access, ticket)
    now = clock.now()
    Presence.objects.update_or_create(
        ticket_id=ticket,
        member_id=access.member,
        defaults={"seen_at": now, "writing_at": now if writing else None},
    )


def read_mention(*, access: Access, ticket: UUID) -> None:
    """Note that a member opened a case, so that it stands no more among those that mention them."""
    theirs = Mention.objects.filter(member_id=access.member, ticket_id=ticket)
    if theirs.exists():  # seldom: every opening of a case asks
        theirs.delete()


def save_view(*, access: Access, name: str, query: str, shared: bool) -> UUID:
    """Keep a list by a name; return it. Those that all see are a manager's.

    Raises:
        AccessDenied: the member may not. InputError: the name is empty, too long or taken, or there are too many.
    """
    if shared:
        access.require_manager()
    name, query = storable(name).strip(), storable(query)
    if not 1 <= len(name) <= 60 or len(query) > 1000:
        raise InputError("The name of a view takes 1 to 60 characters.")
    member = None if shared else access.member
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(id=access.organisation)  # one name at a time
        kept = SavedView.objects.filter(organisation_id=access.organisation, member_id=member)
        if kept.filter(name__iexact=name).exists():
            raise InputError('There is a list called "%(name)s" already. Choose another name.', name=name)
        if kept.count() >= _MOST_VIEWS:
            raise InputError("At most %(most)s views can be kept. Remove one first.", most=_MOST_VIEWS)
        row = SavedView.objects.create(
            organisation_id=access.organisation, member_id=member, name=name, query=query, position=kept.count()
        )
    return row.id


def forget_view(*, access: Access, view: UUID) -> None:
    """Forget a view: one's own, or, as a manager, one that all see.

    Raises:
        AccessDenied: the member may not. InputError: there is no such view.
    """
    row = SavedView.objects.filter(organisation_id=access.organisation, id=view).first()
    if row is None or row.member_id not in {None, access.member}:
        raise InputError("There is no such view.")
    if row.member_id is None:
        access.require_manager()
    row.delete()


def _check(access: Access, ticket: UUID) -> None:
    if not Ticket.objects.filter(organisation_id=access.organisation, id=ticket).exists():
        raise InputError("There is no such case.")
