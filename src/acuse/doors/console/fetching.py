"""Having a mailbox of the desk fetched by IMAP: where it is, whether that works, how it goes, and ending it."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from acuse.accounts.queries import Access
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.errors import AccessDenied, AcuseError
from acuse.helpdesk.queries.mailboxes import MailboxView, mailbox
from acuse.reception.fetching import services
from acuse.reception.fetching.fetch import try_source
from acuse.reception.fetching.queries import PickupView, pickups
from acuse.reception.fetching.rules import MOST_NAME, Source

_PORTS = {"tls": 993, "starttls": 143}


class FetchForm(StyledForm):
    """Where a mailbox is."""

    ids = "fetch"
    host = forms.CharField(label=gettext_lazy("IMAP server"), max_length=MOST_NAME)
    security = forms.ChoiceField(
        label=gettext_lazy("How the connection is secured"),
        choices=[("tls", gettext_lazy("TLS from the start")), ("starttls", gettext_lazy("STARTTLS"))],
    )
    port = forms.IntegerField(
        label=gettext_lazy("Port"),
        min_value=1,
        max_value=65535,
        required=False,
        help_text=gettext_lazy("993 with TLS and 143 with STARTTLS, where it is empty."),
    )
    username = forms.CharField(label=gettext_lazy("User name at the server"), max_length=MOST_NAME)
    secret = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=MOST_NAME,
        required=False,
        strip=False,
        # No answer carries it: whoever tried it and then saves it finds it where they typed it.
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "hx-preserve": "true"}),
        help_text=gettext_lazy("It is kept encrypted and never shown again. Empty leaves it as it is."),
    )
    folder = forms.CharField(label=gettext_lazy("Folder"), max_length=MOST_NAME, initial="INBOX")
    mark_read = forms.BooleanField(label=gettext_lazy("Mark what was fetched as read there"), required=False)

    def source(self) -> tuple[Source, str]:
        """Return where it is, and the password that was written."""
        given = dict(self.cleaned_data)
        secret = given.pop("secret")
        return Source(**{**given, "port": given["port"] or _PORTS[given["security"]]}), secret


@require_http_methods(["GET", "POST"])
@member_view
def fetching(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """The page; sent, it tries what was written, saves it, or ends fetching."""
    access.require_manager()
    box = mailbox(access, id=id)
    if box is None:
        raise Http404("There is no such mailbox.")
    act = request.POST.get("act", "")
    if act == "stop":
        services.stop_pickup(access=access, mailbox=id)
        messages.success(request, _("It is fetched no more, and its password is forgotten."))
        return redirect("console:mailbox-fetching", access.view.slug, id)
    view = pickups(access).get(id)
    form = FetchForm(request.POST or None, initial=_initial(view))
    if form.is_valid():
        try:
            if act == "try":
                return _tried(request, access, box, view, form)
            source, secret = form.source()
            services.set_pickup(access=access, mailbox=id, address=box.address, source=source, secret=secret)
        except AccessDenied:
            raise
        except AcuseError as error:
            form.add_error(None, said(error))
        else:
            messages.success(request, _("Saved. What comes from now on is fetched every minute."))
            return redirect("console:mailbox-fetching", access.view.slug, id)
    return _shown(request, access, box, view, form)


def _initial(view: PickupView | None) -> dict[str, object]:
    if view is None:
        return {}
    source = view.source
    return {name: getattr(source, name) for name in ("host", "security", "port", "username", "folder", "mark_read")}


def _tried(
    request: HttpRequest, access: Access, box: MailboxView, view: PickupView | None, form: FetchForm
) -> HttpResponseBase:
    """Show what the server answers now; nothing is saved.

    Raises:
        AcuseError: why it does not work.
    """
    source, secret = form.source()
    count = try_source(access=access, mailbox=box.id, source=source, secret=secret)
    found = ngettext(
        "It works: the folder %(folder)s has %(count)s message. Nothing is saved yet.",
        "It works: the folder %(folder)s has %(count)s messages. Nothing is saved yet.",
        count,
    ) % {"folder": source.folder, "count": count}
    return _shown(request, access, box, view, form, found=found)


def _shown(
    request: HttpRequest,
    access: Access,
    box: MailboxView,
    view: PickupView | None,
    form: FetchForm,
    *,
    found: str = "",
) -> HttpResponseBase:
    failure = said(view.failure) if view and view.failure else ""
    context: dict[str, object] = {"box": box, "view": view, "form": form, "found": found, "failure": failure}
    return page(request, access, "settings", "console/fetching.html", context)
