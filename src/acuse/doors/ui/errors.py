"""Error pages that say what happened and what one can do, in the look of the rest."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from acuse.doors.ui import uploads
from acuse.errors import AcuseError


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    return render(request, "ui/error.html", {"title": title, "text": text, "status": status}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400"""
    return _page(request, 400, _("That request could not be understood."), _("Go back and try again from the page."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, and the page shown where a form's token has expired."""
    text = _(
        "Your session may have ended, or your role does not allow it. "
        "Sign in again, or ask an owner of the organisation."
    )
    return _page(request, 403, _("You may not do that here."), text)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token has expired or does not belong to this browser."""
    text = _("The form had expired. Go back, reload the page and send it again: nothing was changed.")
    return _page(request, 403, _("That form can no longer be sent."), text)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, the same for what does not exist and for what belongs to somebody else."""
    text = _("It does not exist any more, or never did. If you were given a link, check that it is complete.")
    if request.path.startswith("/console/"):
        text = _("It does not exist, or it belongs to an organisation you do not work for.")
    return _page(request, 404, _("There is nothing at this address."), text)


def too_big(request: HttpRequest) -> HttpResponse:
    """413, answered before any other middleware: so the language is read from the request here."""
    with translation.override(translation.get_language_from_request(request)):
        text = uploads.too_big_for_form() if request.path.startswith(("/o/", "/f/")) else uploads.too_big()
        return _page(request, 413, _("That is more than this page takes."), text)


def unreadable(request: HttpRequest, error: AcuseError, *, reference: str) -> HttpResponse:
    """503, where what is kept cannot be given: custody lost it or has it damaged; `reference` stands in the log."""
    why = _("Custody cannot give the content: %(why)s") % {"why": said(error)}
    tell = _("Tell whoever runs this installation, with the reference %(reference)s, which its log has too.")
    text = f"{why} {tell % {'reference': reference}}"
    return _page(request, 503, _("This file cannot be read now."), text)


def server_error(request: HttpRequest) -> HttpResponse:
    """500"""
    text = _(
        "Nothing that had been accepted is lost. "
        "Try again in a moment; if it goes on, tell whoever runs this installation."
    )
    return _page(request, 500, _("Something failed on our side."), text)


def said(error: AcuseError) -> str:
    """What an error of ours says, in the reader's language where its sentence is known.

    Args:
        error: its sentence is English, for a person; errors among its particulars are said in the same way.
    """
    if not error.sentence:
        return ""
    return AcuseError.said(_(error.sentence), {name: _particular(one) for name, one in error.particulars.items()})


def _particular(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(_particular(one) for one in value)
    return said(value) if isinstance(value, AcuseError) else value
