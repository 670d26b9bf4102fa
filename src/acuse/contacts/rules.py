"""Pure rules of the register: how addresses are compared, and what a card may say."""

import hashlib
import re
import unicodedata
from dataclasses import asdict, dataclass, replace

from acuse.errors import InputError
from acuse.mail.choices import LANGUAGES
from acuse.mail.mailboxes import lowered, mailbox
from acuse.mail.sending_domain import ascii_domain
from acuse.proof.canonical import canonicalise
from acuse.proof.facts.contact import CONTACT_KINDS

IDENTIFYING = ("email", "phone", "whatsapp")
"""Channels whose address is one contact's alone; several people live at one postal address."""
HOME_PREFIX = "34"
MOST_ADDRESSES = 50
"""Of one contact."""
MOST_FAMILY = 50
"""Contacts that are merged into one, it included."""
MOST_NAME, MOST_TAX_ID, MOST_NOTES, MOST_VALUE = 200, 32, 4000, 320


@dataclass(frozen=True, kw_only=True)
class Card:
    """What the register says of a contact, its addresses aside.

    Attributes:
        kind: of `CONTACT_KINDS`.
        name: at most `MOST_NAME` characters.
        tax_id: as `tax_id` writes it; "" where unknown.
        language: "es", "en" or "".
        company: id of the company for which a person works; "" for none.
        notes: for members only.
    """

    kind: str = "person"
    name: str = ""
    tax_id: str = ""
    language: str = ""
    company: str = ""
    notes: str = ""


def check_card(card: Card) -> Card:
    """Return a card in the form in which it is kept.

    Raises:
        InputError: something in it is too long or no choice.
    """
    kept = replace(card, name=line(card.name), tax_id=tax_id(card.tax_id), notes=_storable(card.notes).strip())
    for text, most, sentence in (
        (kept.name, MOST_NAME, "The name is longer than %(most)s characters."),
        (kept.tax_id, MOST_TAX_ID, "The tax number is longer than %(most)s characters."),
        (kept.notes, MOST_NOTES, "The notes are longer than %(most)s characters."),
    ):
        if len(text) > most:
            raise InputError(sentence, most=most)
    if kept.kind not in CONTACT_KINDS or kept.language not in ("", *LANGUAGES):
        raise InputError("Choose whether it is a person or a company, and a language that is offered.")
    if kept.kind == "company" and kept.company:
        raise InputError("A company works for no other company.")
    return kept


_SEPARATORS = re.compile(r"[\s.\-()/]+")
_TRUNK = re.compile(r"^(\+[1-9][\s\d]{0,4})\(0\)")
_E164 = re.compile(r"\+[1-9][0-9]{5,14}", re.ASCII)
_HOME = re.compile(r"(?:34)?([5-9][0-9]{8})", re.ASCII)
_TAX_ID = re.compile(r"[A-Z]{0,2}[0-9]{7,12}[A-Z]?", re.ASCII)
_TAX_SIGNS = re.compile(r"[\s.\-/]+")


def key(channel: str, value: str) -> str:
    """Return an address as it is compared: two of one key are one address, however people write them.

    E-mail: the mailbox in lower case, its domain as the DNS has it (RFC 5890). Telephone and WhatsApp: `+` and the
    digits of E.164; a number of nine digits without prefix is Spanish. Postal: blanks and case aside.

    Args:
        channel: of `CHANNELS`.
        value: as somebody wrote it.

    Raises:
        InputError: it is no address of that channel.
    """
    if len(value) > MOST_VALUE:
        raise InputError("An address has at most %(most)s characters.", most=MOST_VALUE)
    if channel == "email":
        return _mailbox_key(value)
    return _postal_key(value) if channel == "postal" else _number_key(value)


def _mailbox_key(value: str) -> str:
    found = mailbox(value.strip())
    if found is None:
        raise InputError("That is not an e-mail address.")
    local, at, domain = found.rpartition("@")
    return lowered(local) + at + (domain if domain.startswith("[") else ascii_domain(domain))


def _number_key(value: str) -> str:
    written = _TRUNK.sub(r"\1", unicodedata.normalize("NFKC", value).strip())
    digits = _SEPARATORS.sub("", written)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if home := _HOME.fullmatch(digits):
        digits = f"+{HOME_PREFIX}{home[1]}"
    if not _E164.fullmatch(digits):
        raise InputError(
            "That is not a telephone number: write nine digits, or + and the prefix of its country in front."
        )
    return digits


def _postal_key(value: str) -> str:
    words = line(unicodedata.normalize("NFKC", value))
    if not words:
        raise InputError("An address cannot be empty.")
    return unicodedata.normalize("NFC", words.casefold())


def address_digest(*, salt: bytes, channel: str, key: str) -> str:
    """Return what facts say of an address; see `acuse.proof.facts.contact`."""
    return hashlib.sha256(salt + f"{channel}\n{key}".encode()).hexdigest()


def card_digest(*, salt: bytes, card: Card) -> str:
    """Return what facts say of a card; see `acuse.proof.facts.contact`."""
    return hashlib.sha256(salt + canonicalise(asdict(card))).hexdigest()


def searched(channel: str, value: str, key: str) -> str:
    """Return the words by which an address is found: as given, as compared, and a Spanish number without its prefix."""
    if channel in ("phone", "whatsapp"):
        return f"{key} {key.removeprefix(f'+{HOME_PREFIX}')}"
    return value if key == value else f"{value} {key}"


def asked(search: str) -> str:
    """Return what a person looks for: a number in one word however it is divided, else as they wrote it."""
    digits = _SEPARATORS.sub("", search).removeprefix("+")
    if digits.isascii() and digits.isdigit() and len(digits) >= 3:
        return digits.removeprefix("00")
    compact = tax_id(search)
    return compact if _TAX_ID.fullmatch(compact) else search


def plain(text: str) -> str:
    """Return text in lower case, without accents and with single blanks: to recognise a word that people write."""
    letters = unicodedata.normalize("NFD", text)
    return " ".join("".join(one for one in letters if not unicodedata.combining(one)).casefold().split())


def tax_id(value: str) -> str:
    """Return a tax number as it is kept: capitals and digits, without signs and blanks."""
    return _TAX_SIGNS.sub("", unicodedata.normalize("NFKC", _storable(value))).upper()


def line(text: str) -> str:
    """Return foreign text in one line, as PostgreSQL keeps it."""
    return " ".join(_storable(text).split())


def _storable(text: str) -> str:
    return text.replace("\0", " ").encode("utf-8", "replace").decode()
