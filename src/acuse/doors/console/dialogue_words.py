"""What a line of a raw dialogue says that is not text of the line: TLS, policies, the message. Pure."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from acuse.clock import from_rfc3339
from acuse.doors.console.told import foreign
from acuse.doors.ui import figures

_MOST_NAMES = 5


def sentence(members: Mapping[str, Any]) -> str:
    """The sentences for one line, or "" where it has none.

    Args:
        members: of the line, as the transcript keeps it; what is not as expected raises KeyError, TypeError or
            ValueError.
    """
    if "facts" in members:
        return _tls(members["facts"], str(members.get("doubt") or ""))
    if "applied" in members:
        return _policy(members["applied"])
    if "message" in members:
        return _("The message was sent here: %(size)s, with digest %(digest)s.") % {
            "size": figures.size(int(members["message"]["size"])),
            "digest": str(members["message"]["sha256"]),
        }
    return ""


def _tls(facts: Mapping[str, Any], doubt: str) -> str:
    said = [_("The connection is encrypted with %(version)s and %(cipher)s.") % facts]
    certificate = facts["certificate"]
    if certificate is None:
        return " ".join([*said, _("The server showed no certificate.")])
    said.append(_("The server's certificate is for %(names)s, issued by %(issuer)s.") % _named(certificate))
    if certificate["not_after"]:
        ends_at = from_rfc3339(str(certificate["not_after"]))
        said.append(_("It is valid until %(day)s.") % {"day": figures.day(ends_at)})
    if facts["verified"]:
        said.append(_("It is verified: an authority that Acuse trusts vouches for it, and it names this server."))
    else:
        said.append(_doubt(doubt))
    return " ".join(said)


def _named(certificate: Mapping[str, Any]) -> dict[str, str]:
    names = [foreign(one) for one in certificate["names"]]
    shown = ", ".join(names[:_MOST_NAMES]) + ("…" if len(names) > _MOST_NAMES else "")
    return {
        "names": shown or foreign(certificate["subject"]) or _("nobody that it names"),
        "issuer": foreign(certificate["issuer"]) or _("nobody that it names"),
    }


def _doubt(doubt: str) -> str:
    """Why a certificate is not verified, by what the library that checks it says."""
    if "subjectAltName" in doubt:
        return _("It is not verified: it does not name this server.")
    if "validation time" in doubt:
        return _("It is not verified: it was not valid at that time.")
    if "no root certificates" in doubt:
        return _("It is not verified: this installation has no authorities to check it with.")
    if "candidates exhausted" in doubt:
        return _("It is not verified: no authority that Acuse trusts vouches for it.")
    return _("It is not verified.")


def _policy(applied: Mapping[str, Any]) -> str:
    name = {"dane": "DANE", "mta-sts": "MTA-STS"}.get(str(applied["kind"]))
    if name is None:
        return ""
    if applied["result"] == "met":
        return _("The connection is as the recipient's domain asks by %(name)s.") % {"name": name}
    if applied["result"] == "unreached":
        return _("The recipient's domain asks for a safe connection by %(name)s; it did not come to that.") % {
            "name": name
        }
    if applied["mode"] == "testing":
        return _(
            "The connection is not as the recipient's domain asks by %(name)s, in testing, which forbids nothing."
        ) % {"name": name}
    return _("The connection is not as the recipient's domain asks by %(name)s: nothing was sent.") % {"name": name}
