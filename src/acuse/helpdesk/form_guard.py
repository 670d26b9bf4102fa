"""Pure rules of the public form: what it takes, how old it may be, and how many come in before somebody has to wait.

There is no captcha: a form has a token that is neither too young nor too old, a field that people do not see, and few
tries by address and network. An organisation that is flooded asks for proof of the address before it opens a case.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from acuse.errors import InputError
from acuse.helpdesk.rules import check_address, check_type
from acuse.texts import storable

MOST_NAME, MOST_SUBJECT, MOST_TEXT, MOST_PRODUCT = 200, 200, 20_000, 200
MOST_FILES = 10
MOST_OCTETS = 25_000_000
"""Of all files together."""
MOST_FILE_NAME = 120

LEAST_AGE = timedelta(seconds=3)
MOST_AGE = timedelta(hours=12)
#: Within an hour, unless said otherwise. One network may be a whole office.
WINDOW = timedelta(hours=1)
MOST_OF_NETWORK = 20
#: Cases that anybody opens in the name of one address; from then on proof is asked for.
MOST_OF_ADDRESS = 5
#: Cases of one organisation whose address nobody has proved; from then on proof is asked for.
MOST_UNPROVED = 100
MOST_PROVED = 500
#: Codes that one organisation's form sends, and one network has sent: they go to whomever a flood names.
MOST_CODES = 200
MOST_CODES_OF_NETWORK = 10
#: Codes that are asked for at one organisation's mailbox page, whether any is sent or not.
MOST_MAILBOX_CODES = 500
#: Messages to one case by its link.
MOST_OF_CASE = 10

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")
_NOT_IN_NAMES = re.compile(r'[/\\:*?"<>|]')


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What somebody wrote in the form, checked."""

    name: str
    address: str
    type: str
    subject: str
    text: str
    product: str = ""
    purchase_date: date | None = None


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that came with it; the name is foreign, and the media type a guess."""

    name: str
    media_type: str
    content: bytes


def check_sheet(sheet: Sheet, *, today: date) -> Sheet:
    """Return what somebody wrote in the form in which it is kept.

    Args:
        sheet: as typed. today: at the organisation.

    Raises:
        InputError: something lacks, is too long, or cannot be.
    """
    kept = Sheet(
        name=_line(sheet.name),
        address=check_address(sheet.address),
        type=check_type(sheet.type),
        subject=_line(sheet.subject),
        text=check_text(sheet.text),
        product=_line(sheet.product),
        purchase_date=sheet.purchase_date,
    )
    if not kept.address:
        raise InputError("Write the address to which you want to be answered.")
    for value, most in ((kept.name, MOST_NAME), (kept.subject, MOST_SUBJECT), (kept.product, MOST_PRODUCT)):
        if len(value) > most:
            raise InputError("At most %(most)s characters fit there.", most=most)
    if not kept.subject:
        raise InputError("Say in a few words what it is about.")
    if kept.purchase_date is not None and kept.purchase_date > today:
        raise InputError("The day of the purchase is still to come.")
    return kept


def check_text(text: str) -> str:
    """Return what a customer wrote, with line feeds alone. Raises InputError where it is empty or too long."""
    kept = storable(text).replace("\r\n", "\n").replace("\r", "\n").strip()
    if not kept or len(kept) > MOST_TEXT:
        raise InputError("Write what happened, in 1 to %(most)s characters.", most=MOST_TEXT)
    return kept


def check_sizes(sizes: Sequence[int]) -> None:
    """Refuse more files, or bigger ones, than a form takes; `sizes` in octets.

    Raises:
        InputError: there are too many, they are too big together, or one is empty.
    """
    if len(sizes) > MOST_FILES or sum(sizes) > MOST_OCTETS:
        raise InputError(
            "At most %(files)s files of %(size)s MB together fit. Choose fewer or smaller ones, or send them later "
            "from your case's page.",
            files=MOST_FILES,
            size=MOST_OCTETS // 1_000_000,
        )
    if 0 in sizes:
        raise InputError("One of the files is empty. Choose another.")


def early_by(made_at: datetime, *, now: datetime) -> timedelta:
    """Return how long a form is still too young to be sent; no time where it is old enough."""
    return max(LEAST_AGE - (now - made_at), timedelta())


def check_age(made_at: datetime, *, now: datetime) -> None:
    """Refuse a form that was sent faster than anybody types, or lay open for too long.

    Raises:
        InputError: it was.
    """
    if early_by(made_at, now=now):
        raise InputError("That was faster than anybody writes. Wait some seconds and send it again.")
    if now - made_at > MOST_AGE:
        raise InputError("The page was open for too long. Look at what you wrote and send it again.")


def file_name(text: str) -> str:
    """Return a foreign file's name in one line, without folders and whatever else could mislead; "file" where empty."""
    kept = unicodedata.normalize("NFC", storable(text))
    shown = "".join(" " if unicodedata.category(one) in {"Cc", "Cf", "Zl", "Zp"} else one for one in kept)
    name = " ".join(_NOT_IN_NAMES.sub("_", shown).split()).strip(". ")
    if len(name) > MOST_FILE_NAME:
        stem, dot, ending = name.rpartition(".")
        tail = f"{dot}{ending}" if stem and len(ending) <= 12 else ""
        name = name[: MOST_FILE_NAME - len(tail)].rstrip() + tail
    return name or "file"


def media_type(text: str) -> str:
    """Return a foreign media type where it has the form of one, without parameters, else that of plain octets."""
    kind = text.partition(";")[0].strip().lower()
    return kind if _MEDIA_TYPE.fullmatch(kind) else "application/octet-stream"


def _line(text: str) -> str:
    return " ".join(storable(text).split())
