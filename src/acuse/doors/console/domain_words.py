"""Plain words for what the DNS says of a sending domain, and what to do about it."""

from django.utils.translation import gettext as _

from acuse.delivery.services.signing_keys import SigningKeyView
from acuse.mail.sending_domain import MISSING, OK, UNKNOWN, Finding

#: Good to have; a domain without them is in order.
OPTIONAL = frozenset({"tls_rpt", "mta_sts"})


def purpose(check: str) -> str:
    """Say what a record is for."""
    return {
        "dkim": _("Signs each message, so that servers can tell that it is yours and was not changed."),
        "spf": _("Says which servers may send for the domain."),
        "dmarc": _("Says what servers do with mail that claims to be yours and is not."),
        "mx": _("Says where answers to your addresses go."),
        "tls_rpt": _("Has other servers tell you when mail to you could not be encrypted."),
        "mta_sts": _("Says that mail to you has to be encrypted on its way."),
    }[check]


def chip(finding: Finding) -> tuple[str, str, str]:
    """Return the class, the icon and the word of a state."""
    if finding.state == OK:
        return "done", "check-circle", _("Right")
    if finding.state == UNKNOWN:
        return "", "question", _("Not known")
    if finding.state == MISSING:
        if finding.check in OPTIONAL:
            return "", "minus-circle", _("Not published")
        return "filled waiting", "warning", _("Missing")
    return "filled failed", "x-circle", _("Wrong")


def key_chip(key: SigningKeyView, finding: Finding | None) -> tuple[str, str, str]:
    """Return the class, the icon and the word of a key's state; what is wrong in the DNS goes first."""
    if key.state == "retiring":
        return "", "clock", _("No longer signs")
    if key.state == "made":
        return "filled waiting", "clock", _("Waits for its record")
    if finding is not None and not finding.ok:
        return chip(finding)
    return "done", "check-circle", _("Signs")


def advice(finding: Finding) -> str:
    """Say what is to be done, or that nothing is."""
    return _advice(finding.check)[finding.advice] % {"detail": finding.detail}


def _advice(check: str) -> dict[str, str]:
    unanswered = {"no_answer": _("The name servers of the domain gave no answer. Check again in some minutes.")}
    return unanswered | {"dkim": _dkim, "spf": _spf, "dmarc": _dmarc}.get(check, _others)()


def _dkim() -> dict[str, str]:
    return {
        "dkim_ok": _("The record is there, and it is this key's."),
        "dkim_missing": _(
            "Nothing is published under this name. Add the record at your DNS provider; it may take an hour to show."
        ),
        "dkim_other": _("Something else is published under this name. Put the record below in its place, whole."),
        "dkim_several": _("Several records are published under this name, so that none counts. Leave only this one."),
        "dkim_none": _(
            "No key signs for this domain yet. Make one and publish its record. Meanwhile the operator's key signs "
            "where there is one, which does not make the mail yours in the eyes of DMARC."
        ),
    }


def _spf() -> dict[str, str]:
    return {
        "spf_ok": _("The record lets the server through which Acuse sends, %(detail)s, send for the domain."),
        "spf_missing": _(
            "There is no SPF record. Acuse sends under an address of its own, whose SPF counts, so this harms nothing "
            "here; your other programs may need one."
        ),
        "spf_several": _("There are several SPF records, so that none counts. Join them into one."),
        "spf_open": _("The record lets anybody send as you. End it with ~all or -all."),
        "spf_not_us": _(
            "The record does not name %(detail)s, through which Acuse sends. Its own address is what counts, but some "
            "servers look here too: add it."
        ),
        "spf_broken": _(
            "The record has an error, or asks for more than ten look-ups: servers do not heed it. Mend it."
        ),
        "spf_no_addresses": _("%(detail)s has no address in the DNS to compare the record with. Ask the operator."),
    }


def _dmarc() -> dict[str, str]:
    return {
        "dmarc_ok": _("A policy is published. Mail that your key signs passes it."),
        "dmarc_none": _(
            "A policy is published that refuses nothing and only collects reports. When they show no mail but your "
            "own, change p=none to p=quarantine."
        ),
        "dmarc_strict": _(
            "The policy of %(detail)s asks for the very domain of From (adkim=s): sign with a key of this domain."
        ),
        "dmarc_missing": _(
            "There is no policy. Large providers ask whoever sends much mail for one. Begin with p=none, which refuses "
            "nothing, and an address of yours for the reports."
        ),
        "dmarc_broken": _("The record names no policy that there is: none, quarantine or reject."),
        "dmarc_several": _("There are several policies, so that none counts. Leave one."),
    }


def _others() -> dict[str, str]:
    return {
        "mx_ok": _("Answers to your addresses go to these servers."),
        "mx_missing": _(
            "No server takes answers to your addresses, and many servers refuse mail from such a domain. Name your "
            "mail server in an MX record."
        ),
        "mx_null": _("The domain says that it takes no mail (null MX), so servers may refuse what it sends."),
        "tls_rpt_ok": _("Reports are asked for."),
        "tls_rpt_missing": _("You get no such reports. Whoever runs your mail server can add the record."),
        "tls_rpt_broken": _("The record cannot be read, or says nowhere to send reports."),
        "mta_sts_ok": _("A policy is announced; its text stands on a web server of the domain."),
        "mta_sts_missing": _(
            "Not needed to send. It protects mail to you, and takes a policy on a web server too: whoever runs your "
            "mail server can say."
        ),
        "mta_sts_broken": _("The record cannot be read, or has no id."),
    }
