"""What we tell a recipient ourselves: that content waits behind a link, the code that may open it, links. Pure.

Plain on purpose: the sender's name, what it is, until when, one link written out in full, nothing fetched from
anywhere. It goes out under our own address, because no sender's domain vouches for what we write (RFC 7489).
"""

import hashlib
import html
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from acuse.dates import DAYS, MONTHS, utc_offset
from acuse.errors import InputError
from acuse.mail.notice_wording import WORDINGS

_NAME = 70
_SUBJECT = 120


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Who writes to whom.

    Attributes:
        organisation: name of the sender, as the recipient knows it.
        sender: our own address, from which it is sent.
        reply_to: the sender's own address; answers go there.
        recipient: address.
        message_id: "<...>".
        written_at: aware; the same at each try.
        language: "es" or "en".
    """

    organisation: str
    sender: str
    reply_to: str
    recipient: str
    message_id: str
    written_at: datetime
    language: str


def notice(letter: Letter, *, subject: str, link: str, until: str, coded: bool, help_link: str) -> bytes:
    """Return the notice, byte for byte the same for the same arguments.

    Args:
        letter: who writes to whom.
        subject: of the message that waits; foreign text.
        link: to the page; help_link: to what says how such pages are checked.
        until: the end of the term, as people write it.
        coded: a code by e-mail is asked for before it opens.

    Raises:
        InputError: an address cannot stand in a header.
    """
    words = WORDINGS[letter.language]
    told = {
        "organisation": _line(letter.organisation, _NAME),
        "subject": _line(subject, _SUBJECT) or words["no_subject"],
        "until": until,
        "reply_to": letter.reply_to,
    }
    paragraphs = [words[key].format(**told) for key in ("what", "subject", "until")]
    after = [words["coded" if coded else "recorded"], words["agree"], words["why"].format(**told)]
    text = "\n\n".join([*paragraphs, f"{words['open']}:\n{link}", *after, f"{words['check']} {help_link}"])
    page = _page(letter.language, words, paragraphs, link, after, help_link)
    title = words["title"].format(**told)
    return _message(letter, title, text, page)


def code_message(letter: Letter, *, code: str, minutes: int, purpose: str = "access") -> bytes:
    """Return the e-mail that carries a code: text alone, nothing to press.

    Args:
        letter: who writes to whom. code: six digits. minutes: for how long it serves.
        purpose: what it opens: "access" to a communication, the contact's "mailbox", or the way of a "form".

    Raises:
        InputError: an address cannot stand in a header.
    """
    words = WORDINGS[letter.language]
    told = {"organisation": _line(letter.organisation, _NAME), "code": code, "minutes": str(minutes)}
    text = "\n\n".join(words[key].format(**told) for key in (f"code.what.{purpose}", "code.digits", "code.never"))
    return _message(letter, words[f"code.title.{purpose}"].format(**told), text, None)


def link_message(letter: Letter, *, key: str, link: str) -> bytes:
    """Return the e-mail that carries the link with which a customer follows their case, which they asked for.

    Args:
        letter: who writes to whom. key: tracking key of the case. link: to its page.

    Raises:
        InputError: an address cannot stand in a header.
    """
    words = WORDINGS[letter.language]
    told = {"organisation": _line(letter.organisation, _NAME), "key": key, "link": link}
    text = "\n\n".join(words[one].format(**told) for one in ("link.what", "link.open", "link.never"))
    return _message(letter, words["link.title"].format(**told), text, None)


def date_in_words(moment: datetime, language: str) -> str:
    """Return a moment in its own zone as people write it: "lun 21 dic 2026, 11:04 (UTC+1)".

    Args:
        moment: aware. language: "es" or "en".
    """
    day, month = DAYS[language][moment.weekday()], MONTHS[language][moment.month - 1]
    return f"{day} {moment.day} {month} {moment.year}, {moment:%H:%M} ({utc_offset(moment)})"


def _line(text: str, limit: int) -> str:
    """Return foreign text as one line in which nothing hides and no address is written twice."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return clean if len(clean) <= limit else f"{clean[: limit - 1]}…"


def _page(
    language: str, words: Mapping[str, str], before: list[str], link: str, after: list[str], help_link: str
) -> str:
    shown = html.escape(link)
    opened = "".join(f"<p>{html.escape(text)}</p>" for text in before)
    closed = "".join(f'<p style="color:#4d525a">{html.escape(text)}</p>' for text in after)
    button = (
        f'<p><a href="{shown}" style="display:inline-block;padding:12px 20px;border-radius:6px;background:#0b5563;'
        f'color:#ffffff;text-decoration:none;font-weight:600">{html.escape(words["open"])}</a></p>'
        f'<p style="overflow-wrap:anywhere"><a href="{shown}" style="color:#0b5563">{shown}</a></p>'
    )
    check = f'{html.escape(words["check"])} <a href="{html.escape(help_link)}">{html.escape(help_link)}</a>'
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="color-scheme" content="light"></head>'
        '<body style="font:16px/24px sans-serif;max-width:36em;margin:0 auto;padding:16px;background:#ffffff;'
        'color:#1a1d21">'
        f"{opened}{button}{closed}<p>{check}</p></body></html>"
    )


def _message(letter: Letter, title: str, text: str, page: str | None) -> bytes:
    message = EmailMessage()
    message["Date"] = format_datetime(letter.written_at)
    message["From"] = _address(letter.sender, _line(letter.organisation, _NAME))
    message["To"] = _address(letter.recipient)
    message["Reply-To"] = _address(letter.reply_to)
    message["Subject"] = title
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text + "\n", cte="quoted-printable")
    if page is not None:
        message.add_alternative(page, subtype="html", cte="quoted-printable")
        message.set_boundary(f"=_{hashlib.sha256((letter.message_id + text).encode()).hexdigest()[:40]}")
    message["Content-Language"] = letter.language  # last: what begins with Content- goes along with the first part
    plain = all(one.isascii() for one in (letter.recipient, letter.reply_to, letter.sender))
    head, gap, body = message.as_bytes(policy=SMTP if plain else SMTPUTF8).partition(b"\r\n\r\n")
    # A title that just misses one line is folded before its first word, and readers would see it begin with a space.
    return head.replace(b"\r\nSubject:\r\n ", b"\r\nSubject: ") + gap + body


def _address(text: str, name: str = "") -> Address:
    """Return an envelope address as a header writes it: quoted where it must be, never with a second line.

    Raises:
        InputError: no header can carry it.
    """
    local, _, domain = text.rpartition("@")
    # Readers of a header would decode an encoded word in it, and see another address.
    if not text.isprintable() or "=?" in text or not local or not domain:
        raise InputError("The address cannot stand in a header.")
    if len(local) > 1 and local.startswith('"') and local.endswith('"'):
        local = local[1:-1].replace("\\", "")
    return Address(name, local, domain)
