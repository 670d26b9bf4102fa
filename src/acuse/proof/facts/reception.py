"""Types of fact about a reception: one message that came in from outside, for one address of ours."""

from acuse.proof.facts.schema import (
    Choice,
    FactType,
    Foreign,
    Integer,
    Listing,
    Moment,
    Nullable,
    Record,
    Shape,
    Text,
)

KIND = "reception"

READINGS = ("dsn", "bounce", "complaint", "disposition", "auto_reply", "message", "unreadable")
"""What a message turned out to be: a delivery status notification (RFC 3464), a bounce in no standard form, a complaint
(RFC 5965), a message disposition notification (RFC 8098), an automatic reply (RFC 3834), one that a person or program
wrote, or one that could not be read and is kept as it came."""

PURPOSES = ("bounce", "reply", "inbox", "mailbox", "ticket", "postmaster", "unknown")
"""What an address of ours is for; `unknown` where it looks like one of ours and its token is not."""

AUTHENTICATION_RESULTS = ("pass", "fail", "softfail", "neutral", "none", "policy", "temperror", "permerror")
"""Results of RFC 8601 section 2.7."""

_RESULT = Choice(*AUTHENTICATION_RESULTS)
_SIGNATURE = Record(
    {"result": _RESULT, "domain": Foreign(255), "selector": Foreign(255)},
    {"algorithm": Foreign(64), "reason": Foreign(1024)},
)
AUTHENTICATION: Shape = Record(
    {
        "spf": Record({"result": _RESULT, "domain": Foreign(512)}, {"reason": Foreign(1024)}),
        "dkim": Listing(_SIGNATURE, 20),
        "dmarc": Record({"result": _RESULT, "domain": Foreign(255), "policy": Nullable(Foreign(64))}),
        "arc": Record({"result": _RESULT}, {"sealers": Listing(Foreign(255), 50), "reason": Foreign(1024)}),
    }
)
"""What our own checks of SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 9989) and ARC (RFC 8617) found."""

TYPES = (
    FactType(
        name="reception.recorded",
        kinds=(KIND,),
        meaning="A message came in from outside, brought by a `client` or `fetched` by IMAP; it is kept as it came, "
        "before anybody read it. Of one that was fetched, `mail_from` is its Return-Path, or who is named in From.",
        details=Record(
            {
                "mail_from": Text(512),
                "recipient": Text(512),
                "purpose": Choice(*PURPOSES),
                "size": Integer(),
            },
            {
                "client": Record(
                    {
                        "ip": Text(64),
                        "helo": Foreign(1024),
                        "tls": Nullable(Record({"version": Text(64), "cipher": Text(128)})),
                    }
                ),
                "fetched": Record(
                    {
                        "server": Text(300),
                        "folder": Text(255),
                        "uid_validity": Integer(),
                        "uid": Integer(),
                        "arrived_at": Moment(),
                    }
                ),
            },
        ),
        roles={"message": "the message, byte for byte as it came"},
    ),
    FactType(
        name="reception.classified",
        kinds=(KIND,),
        meaning="A message that came in was read; reading it again, with better rules, adds another such fact.",
        details=Record(
            {
                "reading": Choice(*READINGS),
                "communication": Nullable(Text(40)),
                "matched_by": Nullable(Choice("address", "reference")),
                "reports": Integer(0, 1_000_000),
                "authentication": Nullable(AUTHENTICATION),
            },
            {"reason": Text(2048)},
        ),
        roles={"dns-answers": "the DNS answers, keys included, that the checks of its origin used"},
    ),
)
