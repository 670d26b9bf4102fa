"""Fine causes, and the two small tables that say them in the words of product.md and of the collection of bounces.

A cause says what the remote system means; the tables say how it is told. `FAILURE_CLASSES` are the words of
`proof.facts.communication`; `REPORT_CLASSES` are the coarse words by which collections of bounces are labelled, and by
which `acuse explain` answers.
"""

# about the mailbox
MAILBOX_UNKNOWN = "mailbox_unknown"
MAILBOX_UNKNOWN_LATE = "mailbox_unknown_late"
MAILBOX_MOVED = "mailbox_moved"
MAILBOX_FULL = "mailbox_full"
MAILBOX_DISABLED = "mailbox_disabled"
RECIPIENT_REFUSES = "recipient_refuses"
SUPPRESSED = "suppressed"
# about the domain and the server
DOMAIN_UNKNOWN = "domain_unknown"
DOMAIN_WITHOUT_MAIL = "domain_without_mail"
NO_MAIL_ACCEPTED = "no_mail_accepted"
NETWORK = "network"
EXPIRED = "expired"
GIVEN_UP = "given_up"
SERVER_FAULT = "server_fault"
SERVER_FULL = "server_full"
PROGRAM_FAILED = "program_failed"
TURNED_AWAY = "turned_away"
TOO_MANY = "too_many"
TRY_LATER = "try_later"
TLS_FAILED = "tls_failed"
PROTOCOL = "protocol"
# about the message
TOO_BIG = "too_big"
ATTACHMENT = "attachment"
MEDIA = "media"
MALFORMED = "malformed"
NOT_RFC = "not_rfc"
VIRUS = "virus"
SPAM = "spam"
POLICY = "policy"
# about the sender
SENDER_REFUSED = "sender_refused"
CLIENT_BLOCKED = "client_blocked"
NO_REVERSE_DNS = "no_reverse_dns"
REPUTATION = "reputation"
UNAUTHENTIC = "unauthentic"
RELAYING_DENIED = "relaying_denied"
SECURITY = "security"
# said without a reason
REFUSED = "refused"
REFUSED_AT_GREETING = "refused_at_greeting"
REFUSED_AFTER_CONTENT = "refused_after_content"
UNDETERMINED = "undetermined"

MAILBOX_NOT_FOUND, SERVER_UNAVAILABLE = "mailbox_not_found", "server_unavailable"
ATTACHMENT_BLOCKED, POLICY_BLOCKED = "attachment_blocked", "policy_blocked"
DOMAIN_NOT_FOUND, OTHER, THROTTLED = "domain_not_found", "other", "throttled"

FAILURE_CLASSES = {
    MAILBOX_UNKNOWN: MAILBOX_NOT_FOUND,
    MAILBOX_UNKNOWN_LATE: MAILBOX_NOT_FOUND,
    MAILBOX_MOVED: MAILBOX_NOT_FOUND,
    MAILBOX_FULL: "mailbox_full",
    MAILBOX_DISABLED: OTHER,
    RECIPIENT_REFUSES: POLICY_BLOCKED,
    SUPPRESSED: POLICY_BLOCKED,
    DOMAIN_UNKNOWN: DOMAIN_NOT_FOUND,
    DOMAIN_WITHOUT_MAIL: "no_mail_domain",
    NO_MAIL_ACCEPTED: SERVER_UNAVAILABLE,
    NETWORK: SERVER_UNAVAILABLE,
    EXPIRED: SERVER_UNAVAILABLE,
    GIVEN_UP: OTHER,
    SERVER_FAULT: SERVER_UNAVAILABLE,
    SERVER_FULL: SERVER_UNAVAILABLE,
    PROGRAM_FAILED: OTHER,
    TURNED_AWAY: SERVER_UNAVAILABLE,
    TOO_MANY: THROTTLED,
    TRY_LATER: THROTTLED,
    TLS_FAILED: POLICY_BLOCKED,
    PROTOCOL: OTHER,
    TOO_BIG: "too_big",
    ATTACHMENT: ATTACHMENT_BLOCKED,
    MEDIA: ATTACHMENT_BLOCKED,
    MALFORMED: OTHER,
    NOT_RFC: POLICY_BLOCKED,
    VIRUS: POLICY_BLOCKED,
    SPAM: POLICY_BLOCKED,
    POLICY: POLICY_BLOCKED,
    SENDER_REFUSED: POLICY_BLOCKED,
    CLIENT_BLOCKED: POLICY_BLOCKED,
    NO_REVERSE_DNS: POLICY_BLOCKED,
    REPUTATION: POLICY_BLOCKED,
    UNAUTHENTIC: POLICY_BLOCKED,
    RELAYING_DENIED: POLICY_BLOCKED,
    SECURITY: POLICY_BLOCKED,
    REFUSED: OTHER,
    REFUSED_AT_GREETING: POLICY_BLOCKED,
    REFUSED_AFTER_CONTENT: POLICY_BLOCKED,
    UNDETERMINED: "undetermined",
}

#: `throttled` is said only while waiting, and what is refused for good is no want of service
PERMANENT_CLASSES = {TOO_MANY: POLICY_BLOCKED, TRY_LATER: POLICY_BLOCKED}

#: a mailbox is said not to exist only by a permanent reply (RFC 3463 X.1.1: "only useful for permanent failures"), and
#: so is a domain or a server that takes no mail
WAITING_CLASSES = {
    MAILBOX_UNKNOWN: SERVER_UNAVAILABLE,
    MAILBOX_UNKNOWN_LATE: SERVER_UNAVAILABLE,
    MAILBOX_MOVED: SERVER_UNAVAILABLE,
    MAILBOX_DISABLED: THROTTLED,
    DOMAIN_UNKNOWN: SERVER_UNAVAILABLE,
    DOMAIN_WITHOUT_MAIL: SERVER_UNAVAILABLE,
    REFUSED: SERVER_UNAVAILABLE,
    GIVEN_UP: SERVER_UNAVAILABLE,
    REFUSED_AT_GREETING: SERVER_UNAVAILABLE,
    REFUSED_AFTER_CONTENT: SERVER_UNAVAILABLE,
}

_USER, _REFUSED, _SERVER, _SPAM, _POLICY = (
    "user_unknown",
    "recipient_refused",
    "server_or_network",
    "spam_or_reputation",
    "policy",
)
REPORT_CLASSES = {
    MAILBOX_UNKNOWN: _USER,
    MAILBOX_UNKNOWN_LATE: _REFUSED,
    MAILBOX_MOVED: _USER,
    MAILBOX_FULL: "mailbox_full",
    MAILBOX_DISABLED: _REFUSED,
    RECIPIENT_REFUSES: _REFUSED,
    SUPPRESSED: _REFUSED,
    DOMAIN_UNKNOWN: "host_unknown",
    DOMAIN_WITHOUT_MAIL: _SERVER,
    NO_MAIL_ACCEPTED: _SERVER,
    NETWORK: _SERVER,
    EXPIRED: "expired_timeout",
    GIVEN_UP: "expired_timeout",
    SERVER_FAULT: _SERVER,
    SERVER_FULL: _SERVER,
    PROGRAM_FAILED: _SERVER,
    TURNED_AWAY: _SPAM,
    TOO_MANY: "throttled",
    TRY_LATER: _SPAM,
    TLS_FAILED: _POLICY,
    PROTOCOL: "protocol_error",
    TOO_BIG: "message_too_big",
    ATTACHMENT: _POLICY,
    MEDIA: "content_blocked",
    MALFORMED: "content_blocked",
    NOT_RFC: _POLICY,
    VIRUS: "content_blocked",
    SPAM: _SPAM,
    POLICY: _POLICY,
    SENDER_REFUSED: _POLICY,
    CLIENT_BLOCKED: _SPAM,
    NO_REVERSE_DNS: _SPAM,
    REPUTATION: _SPAM,
    UNAUTHENTIC: "auth_policy",
    RELAYING_DENIED: _POLICY,
    SECURITY: _POLICY,
    REFUSED: "undetermined",
    REFUSED_AT_GREETING: _SPAM,
    REFUSED_AFTER_CONTENT: "undetermined",
    UNDETERMINED: "undetermined",
}


def failure_class(cause: str, *, permanent: bool) -> str:
    """Return product.md's class for a cause.

    Args:
        cause: one of the causes above. permanent: the reply, or the action of the report, says that it is for good.
    """
    other = (PERMANENT_CLASSES if permanent else WAITING_CLASSES).get(cause)
    return other or FAILURE_CLASSES[cause]
