"""What stands around every page of an organisation: navigation, the ledger's state, who is signed in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from acuse import clock
from acuse.accounts.queries import Access, OrganisationView, access_organisation, organisations_of
from acuse.delivery import queries as delivery
from acuse.doors.console.signed_out import signed_out
from acuse.doors.console.wording import role
from acuse.doors.ui import figures
from acuse.doors.ui.errors import said
from acuse.errors import AccessDenied
from acuse.evidence import queries as evidence
from acuse.evidence.queries import LedgerState
from acuse.helpdesk.queries.articles import due_for_review

P = ParamSpec("P")
OLD = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class LedgerNote:
    """The ledger in two lines, for the foot of the navigation."""

    mark: str
    development: bool
    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The frame of one page; `reviews` counts articles that somebody should look at."""

    page: str
    organisation: OrganisationView
    organisations: tuple[OrganisationView, ...]
    running: int
    reviews: int
    ledger: LedgerNote
    state: LedgerState
    member_name: str
    role_word: str
    single_keys: bool
    alarms: tuple[str, ...]


def ledger_note(state: LedgerState) -> LedgerNote:
    """What the ledger is doing, never better than it is."""
    waiting = state.size - state.anchored_size + state.pending
    if state.anchored_at is None:
        title, mark = _("Ledger not anchored yet"), "recorded"
        text = _("%(count)s facts") % {"count": figures.number(state.size)}
    elif waiting and state.lag_seconds > OLD.total_seconds():
        title, mark = _("Time stamps are late"), "integrated"
        text = _("%(count)s facts wait to be stamped") % {"count": figures.number(waiting)}
    else:
        title, mark = _("Ledger up to date"), "stamped"
        text = _("Anchored %(age)s ago, %(count)s facts") % {
            "age": figures.age(clock.now() - state.anchored_at),
            "count": figures.number(state.anchored_size),
        }
    return LedgerNote(mark=mark, development=state.anchor_development and mark == "stamped", title=title, text=text)


def frame(request: HttpRequest, access: Access, page: str) -> Frame:
    """The frame of a page of the organisation that ``access`` opens."""
    state = evidence.ledger_state()
    user = request.user
    assert user.is_authenticated
    return Frame(
        page=page,
        organisation=access.view,
        organisations=tuple(organisations_of(user=user)),
        running=delivery.running(access),
        reviews=due_for_review(access),
        ledger=ledger_note(state),
        state=state,
        member_name=user.name or user.email,
        role_word=role(access.role),
        single_keys=user.single_keys,
        alarms=tuple(said(alarm.told) for alarm in state.alarms),
    )


def page(request: HttpRequest, access: Access, name: str, template: str, context: dict[str, object]) -> HttpResponse:
    """Render one page in its frame.

    Args:
        request: of a signed-in member.
        access: to the organisation.
        name: of the page, for the navigation.
        template: below ``templates``.
        context: what the page itself shows.
    """
    return render(request, template, {**context, "frame": frame(request, access, name), "access": access})


def withheld() -> str:
    """Return why a message that came in is not handed out."""
    return _("That message quotes the recipient's personal link, with which its reader could act as the recipient.")


def member_view(
    view: Callable[Concatenate[HttpRequest, Access, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, str, P], HttpResponseBase]:
    """Give a view the signed-in member's `Access` in the place of the organisation's short name.

    Whoever is not signed in gets `signed_out`; whoever is no member, the 404 of an organisation that does not exist; a
    member whose role does not allow the act, 403.
    """

    @wraps(view)
    def guarded(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return signed_out(request)
        try:
            access = access_organisation(user=request.user, slug=slug)
        except AccessDenied as error:
            raise Http404(str(error)) from error
        try:
            return view(request, access, *args, **kwargs)
        except AccessDenied as error:
            raise PermissionDenied(str(error)) from error

    return guarded  # type: ignore[return-value]
