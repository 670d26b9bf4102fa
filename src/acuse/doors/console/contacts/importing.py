"""Contacts from a file: looked at first, without entering anything, then entered."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from acuse.accounts.queries import Access
from acuse.contacts import files, services
from acuse.contacts.files import Row, Sheet
from acuse.doors.console.acts import refused_at
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm

SHOWN = 100


class FileForm(StyledForm):
    """The file to read."""

    ids = "import"
    file = forms.FileField(label=gettext_lazy("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))

    def raw(self) -> bytes:
        """The file, or its beginning where it is too big to be read at all."""
        return bytes(self.cleaned_data["file"].read(files.MOST_BYTES + 1))


@require_http_methods(["GET", "POST"])
@member_view
def import_file(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The form; with a file it says what would be entered, and asked to, enters it."""
    access.require_sender()
    form = FileForm(request.POST or None, request.FILES or None)
    sheet: Sheet | None = None
    if form.is_valid():
        with refused_at(form, "file"):
            sheet = files.read_sheet(access, form.raw())
    if sheet is not None and request.POST.get("act") == "import":
        entered = services.import_contacts(access=access, rows=sheet.rows)
        counted = ngettext("%(count)s contact was entered.", "%(count)s contacts were entered.", entered)
        messages.success(request, counted % {"count": entered})
        return redirect("console:contacts", access.view.slug)
    context: dict[str, object] = {
        "form": form,
        "most_rows": files.MOST_ROWS,
        "most_mib": files.MOST_BYTES // 1024 // 1024,
        **(_told(sheet) if sheet is not None else {}),
    }
    answer = page(request, access, "contacts", "console/contacts/import.html", context)
    if form.errors:
        # What a file says is shown beside the form, which keeps the file; a refusal stands in the form, drawn anew.
        answer["HX-Retarget"], answer["HX-Reselect"] = "#import", "#import > *"
    return answer


def _told(sheet: Sheet) -> dict[str, object]:
    """What becomes of the rows, as the page says it."""
    wrong = sheet.of("wrong")
    return {
        "sheet": sheet,
        "new": len(sheet.of("new")),
        "known": len(sheet.of("known")),
        "wrong": [(row, said(row.error)) for row in wrong[:SHOWN] if row.error],
        "wrong_count": len(wrong),
        "first": [_line(row) for row in sheet.of("new")[:5]],
        "unread": ", ".join(sheet.unread),
    }


def _line(row: Row) -> tuple[int, str, str]:
    return row.line, row.called, ", ".join(value for _channel, value, _key in row.addresses)
