"""Rules about the codes alone, for replies whose text says nothing that is known (RFC 3463, its registry, RFC 5321)."""

from acuse.mail.causes.rule import Phrases, Rule, code, says, status
from acuse.mail.causes.vocabulary import (
    CLIENT_BLOCKED,
    DOMAIN_WITHOUT_MAIL,
    EXPIRED,
    MAILBOX_DISABLED,
    MAILBOX_FULL,
    MAILBOX_MOVED,
    MAILBOX_UNKNOWN,
    NETWORK,
    NO_MAIL_ACCEPTED,
    PROTOCOL,
    RECIPIENT_REFUSES,
    REFUSED,
    REFUSED_AFTER_CONTENT,
    REFUSED_AT_GREETING,
    RELAYING_DENIED,
    SECURITY,
    SERVER_FAULT,
    SERVER_FULL,
    SPAM,
    TLS_FAILED,
    TOO_BIG,
    TRY_LATER,
    VIRUS,
)

#: codes that say enough to be believed before the looser texts
DECISIVE: tuple[Rule, ...] = (
    status(MAILBOX_DISABLED, "RFC 3463 X.2.1, RFC 5248 X.7.13: the mailbox is disabled", "4.2.1", "5.7.13"),
    status(RECIPIENT_REFUSES, "RFC 3463 X.2.0, X.2.1, X.2.4: something about the mailbox", "5.2.0", "5.2.1", "5.2.4",
           "4.2.4", "5.1.4", unless=Phrases("ambiguous", "mailing list expansion", "resolver.", "storedrv")),
    status(TRY_LATER, "the registry's X.7.28: a flood of mail was noticed", "x.7.28"),
    status(SERVER_FULL, "RFC 3463 X.3.1, X.4.5: storage of the system, congestion", "x.3.1", "4.4.5"),
    status(DOMAIN_WITHOUT_MAIL, "RFC 7505: the recipient's domain has a null MX", "5.1.10",
           unless=Phrases("not found")),
    status(NO_MAIL_ACCEPTED, "RFC 3463 X.3.2: a system that takes no mail", "x.3.2",
           unless=Phrases("service not", "service currently", "shutting down", "busy", "overload", "spf", "not found")),
    code(NO_MAIL_ACCEPTED, "RFC 7504: the host accepts no mail", "521"),
    code(DOMAIN_WITHOUT_MAIL, "RFC 7504: the domain accepts no mail", "556"),
    status(PROTOCOL, "RFC 3463 X.5.2, X.5.6: syntax", "5.5.2", "5.5.6"),
)  # fmt: skip

#: texts that are said of more than one thing
LOOSE: tuple[Rule, ...] = (
    says(MAILBOX_UNKNOWN, "Gmail: refused at RCPT, with few words", "(state 14)"),
    says(RECIPIENT_REFUSES, "Gmail: refused after RCPT, with few words", "(state 15)", "(state 17)", "(state 18)"),
    says(RELAYING_DENIED, "Gmail: the server does not relay after a log-in", "(state 12)"),
    says(VIRUS, "speaks of a virus", "virus", "phish", unless=Phrases("spam or virus", "spam/virus")),
    says(SPAM, "speaks of spam", "spam", "junk"),
    says(CLIENT_BLOCKED, "says that something of the sender is blocked", "blocked", "black list", "blocklist",
         "banned",
         "denylist", "bloquead", "bloque "),
    says(SECURITY, "says that access is denied", "access denied", "permission denied", "not permitted", "not allowed",
         "forbidden", "prohibited", "access not allowed", "acceso denegado", "no permitido", "not accepted here"),
    says(SERVER_FAULT, "says that the service is not to be had now", "service unavailable", "service not available",
         "unavailable", "not available", "overload", "too busy", "shutting down", "try again", "try later",
         "temporary failure", "temporary error", "intentelo", "insufficient", digits="4"),
)  # fmt: skip

ENHANCED: tuple[Rule, ...] = (
    status(MAILBOX_UNKNOWN, "RFC 3463: bad, moved or ambiguous mailbox", "5.1.0", "5.1.1", "5.1.3", "5.1.4"),
    status(MAILBOX_MOVED, "RFC 3463: moved", "5.1.6"),
    status(SERVER_FAULT, "RFC 3463 X.1.9, X.3, X.4.3, X.5: the system or its directory", "x.1.9", "x.3.0", "x.3.3",
           "x.3.5", "x.4.3", "x.5.3", "x.5.4", "x.5.5"),
    status(EXPIRED, "RFC 3463 X.4.1, X.4.7: no answer, or given up", "x.4.1", "x.4.7", "5.4.300", "x.4.316"),
    status(NETWORK, "RFC 3463 X.4: the network or the way", "x.4.*"),
    status(SECURITY, "RFC 3463 X.7: security or policy", "x.7.*"),
)  # fmt: skip

BASIC: tuple[Rule, ...] = (
    code(SECURITY, "RFC 4954: authentication", "422", "432", "530", "534", "535"),
    code(TLS_FAILED, "RFC 3207, RFC 5248: encryption", "523", "524", "538", "454"),
    code(PROTOCOL, "RFC 5321: a command or its arguments are not understood", "40[1-7]", "50[1-7]"),
    code(REFUSED_AT_GREETING, "RFC 5321: refused before any mailbox was named", "5xx", stages=("connect", "ehlo")),
    code(SERVER_FAULT, "RFC 5321: service not available", "421"),
    code(MAILBOX_MOVED, "RFC 5321: user not local, answered to RCPT", "551", stages=("rcpt",)),
    code(TOO_BIG, "RFC 1870: more than the fixed size", "552", stages=("mail", "data")),
    code(MAILBOX_FULL, "RFC 5321: storage allocation exceeded, answered to RCPT", "552", stages=("rcpt",)),
    code(SERVER_FULL, "RFC 5321: insufficient system storage", "452", stages=("mail", "data")),
    code(TRY_LATER, "RFC 5321: mailbox busy or too many at once, answered to RCPT", "45[0-2]", stages=("rcpt",)),
    code(SERVER_FAULT, "RFC 5321: local error", "4xx", stages=("connect", "ehlo", "tls", "auth", "mail", "rcpt",
         "data")),
    code(REFUSED_AFTER_CONTENT, "RFC 5321: refused after the content was seen", "55[04]", stages=("data",)),
    code(REFUSED, "RFC 5321: refused without a reason we know", "4xx", "5xx"),
)  # fmt: skip
