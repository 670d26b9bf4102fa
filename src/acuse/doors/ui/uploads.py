"""How big a file is verified by the pages and the API, and what is said of a bigger one, there and in forms."""

from django.utils.translation import gettext as _

from acuse.doors.ui import figures
from acuse.helpdesk.form_guard import MOST_OCTETS

_MIB = 64
MAX_UPLOAD = _MIB * 1024 * 1024


def limit() -> str:
    """The limit as the documents state it: "64 MiB"."""
    return f"{_MIB}{figures.NO_BREAK}MiB"


def too_big() -> str:
    """What to do with a file over the limit."""
    text = _("Files of up to %(limit)s are checked here. Check this one on your own computer: acuse verify FILE.")
    return text % {"limit": limit()}


def too_big_for_form() -> str:
    """What to do with files that are far over what customers may send with a form."""
    text = _("Files of up to %(size)s MB together fit. Go back: what you wrote is still there. Choose fewer files.")
    return text % {"size": MOST_OCTETS // 1_000_000}
