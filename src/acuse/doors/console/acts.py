"""What a member asks for on a page, carried out or refused: said at the form, or 404. A role that may not stays 403."""

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.http import Http404

from acuse.doors.ui.errors import said
from acuse.errors import AccessDenied, AcuseError, InputError


@contextmanager
def refused_at(form: forms.Form, field: str | None = None) -> Iterator[None]:
    """Say at a form, or at one field of it, why what it asks for is refused."""
    try:
        yield
    except AccessDenied:
        raise
    except AcuseError as error:
        form.add_error(field, said(error))


@contextmanager
def found() -> Iterator[None]:
    """Answer 404 where the organisation does not have what an address names."""
    try:
        yield
    except AccessDenied:
        raise
    except InputError as error:
        raise Http404(str(error)) from error
