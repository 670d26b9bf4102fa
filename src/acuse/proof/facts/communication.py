"""Types of fact about a communication: one message to one recipient."""

from acuse.proof.facts import suppression
from acuse.proof.facts.reception import AUTHENTICATION
from acuse.proof.facts.schema import (
    LONG,
    Choice,
    Digest,
    FactType,
    Flag,
    Foreign,
    Integer,
    Listing,
    Moment,
    Nullable,
    Record,
    Shape,
    Text,
)

KIND = "communication"
_CERTIFIED = (KIND, "ticket")

FAILURE_CLASSES = (
    "mailbox_not_found",
    "mailbox_full",
    "server_unavailable",
    "attachment_blocked",
    "policy_blocked",
    "domain_not_found",
    "too_big",
    "other",
    "throttled",
    "undetermined",
    "suppressed",
    "no_mail_domain",
)
"""Why a delivery failed or waits; `throttled` only while waiting, `undetermined` where nothing is known, `suppressed`
where Acuse held the message back because the address is on the organisation's list (`attempt.failed`), `no_mail_domain`
where the domain exists and takes no mail: it says so (null MX, RFC 7505), or names no server that could."""

SEAL_LEVELS = ("B-B", "B-T", "B-LTA")

_STAGES = Choice("local", "dns", "connect", "tls", "ehlo", "auth", "mail", "rcpt", "data", "quit")
_ADDRESS = Text(512)
_REPLY = Record({"code": Integer(0, 999), "enhanced": Nullable(Text(32)), "text": Foreign()})
_PEER_CERTIFICATE = Record(
    {
        "subject": Foreign(4096),
        "issuer": Foreign(4096),
        "names": Listing(Foreign(512), 256),
        "not_after": Nullable(Text(64)),
        "sha256": Digest(),
    }
)
_TLS = Record(
    {"version": Text(64), "cipher": Text(128), "certificate": Nullable(_PEER_CERTIFICATE), "verified": Flag()}
)
_EXCHANGER = Record({"preference": Integer(0, 65_535), "host": Text(255), "addresses": Listing(Text(64))})
_DNS = Record({"mx": Listing(_EXCHANGER), "secure": Flag()})
_CLIENT = Record(
    {
        "ip": Text(64),
        "helo": Foreign(1024),
        "tls": Nullable(
            Record(
                {"version": Text(64), "cipher": Text(128)},
                {"certificate": Nullable(_PEER_CERTIFICATE), "verified": Flag()},
            )
        ),
    }
)

NOT_ADDED = ("signed", "encrypted", "calendar", "malformed", "no_text", "no_html", "hidden", "too_big", "withdrawn")
"""Why what the sender had chosen was not added: nothing was; but the line with `withdrawn`, where that was chosen."""

#: What was added to the copy, and to nothing else: the line with the link to the receipt, the image, how many links
#: lead by way of this installation; and why nothing was, where nothing was.
_ADDITIONS = Record({"footer": Flag(), "image": Flag(), "links": Integer(0, 500), "why_not": Choice("", *NOT_ADDED)})

_TRANSCRIPT = {"smtp-dialogue": "the complete dialogue with times, as JSON Lines"}

_ATTEMPT: dict[str, Shape] = {
    "attempt": Integer(1, 1_000_000),
    "channel": Choice("email"),
    "host": Nullable(Text(255)),
    "address": Nullable(Text(64)),
    "stage": Nullable(_STAGES),
    "reply": Nullable(_REPLY),
    "tls": Nullable(_TLS),
    "dns": Nullable(_DNS),
    "dsn_supported": Flag(),
}
#: Through whom, where it was not the recipient's own server: then its answers are not those of the recipient's side.
_VIA: dict[str, Shape] = {"via": Choice("smarthost")}
#: What the recipient's domain, or else this installation, asked of the connection, where that is written (the TLSA
#: records, or the lines of the policy), and what was found: `unreached` where it never came to TLS.
_POLICY = Record(
    {
        "kind": Choice("dane", "mta-sts", "verified", "required", "opportunistic"),
        "mode": Nullable(Choice("enforce", "testing", "encrypt")),
        "source": Listing(Text(512), 32),
        "result": Choice("met", "unmet", "unreached"),
        "finding": Nullable(Text(2048)),
    }
)
_REASON: dict[str, Shape] = {"reason": Text(2048), "policy": _POLICY, **_VIA}

#: A report about this message that came back to its envelope sender, or to an address named in it. Nobody signs it.
_REPORT: dict[str, Shape] = {
    "reception": Text(40),
    "form": Choice("dsn", "text"),
    "status": Nullable(Text(32)),
    "reply": Nullable(Integer(0, 999)),
    "diagnostic": Nullable(Foreign()),
    "reporting_mta": Nullable(Foreign(512)),
    "remote_mta": Nullable(Foreign(512)),
}
_RECEIVED = {"report": "the message that reported it, byte for byte as it came"}

TYPES = (
    FactType(
        name="communication.accepted",
        kinds=(KIND,),
        meaning=(
            "Acuse accepted the message for one recipient; its content is in custody. With `certified` false a rule of "
            "the sender's has it relayed plainly, without certificate; `rule` names the rule that applied. `tracking` "
            "and `footer` are there where something is to be added to the copy that is sent; `withdrawn`: the "
            "recipient does not want to be tracked. With `resent_of` a member sent that communication once more. "
            "`credential` and `client` are there where a program submitted it, `ticket` where the desk wrote it."
        ),
        details=Record(
            {
                "sender": _ADDRESS,
                "recipient": _ADDRESS,
                "subject": Foreign(),
                "message_id": Nullable(Foreign()),
                "mode": Choice("content", "notice"),
                "size": Integer(),
                "language": Choice("es", "en"),
                "received_as": Text(512),
                "notify": Listing(Text(16), 4),
                "envid": Nullable(Text(200)),
                "recipient_basis": Choice("sender_stated"),
            },
            {
                "credential": Text(200),
                "client": _CLIENT,
                "ticket": Text(40),
                "access": Choice("button", "otp"),
                "reference": Text(200),
                "term_until": Moment(),
                "retention_years": Integer(1, 100),
                "rule": Text(40),
                "certified": Flag(),
                "tracking": Choice("on", "withdrawn"),
                "footer": Flag(),
                "resent_of": Text(40),
            },
        ),
        roles={"message": "the message, byte for byte as submitted"},
        event="SubmissionAcceptance",
    ),
    FactType(
        name="attempt.opened",
        kinds=(KIND,),
        meaning="A try to deliver began; recorded before anything is sent.",
        details=Record(
            {"attempt": Integer(1, 1_000_000), "channel": Choice("email"), "target": Text(512)},
            {
                "copy": Nullable(
                    Record(
                        {"digest": Digest()},
                        {
                            "message_id": Nullable(Foreign()),
                            "prepended": Foreign(),
                            "removed": Foreign(),
                            "additions": _ADDITIONS,
                        },
                    )
                )
            },
        ),
        roles={
            "sent-copy": "what is sent, where it differs from the message",
            "tracked-links": "where the links of the copy lead in the end, by their numbers from 1, as JSON",
        },
    ),
    FactType(
        name="attempt.relayed",
        kinds=(KIND,),
        meaning=(
            "The recipient's system took charge of the message; with `via`, only the sender's own outgoing server did. "
            "It does not prove that anybody read it."
        ),
        details=Record(_ATTEMPT, _REASON),
        roles=_TRANSCRIPT,
        event="RelayToNonERDS",
    ),
    FactType(
        name="attempt.deferred",
        kinds=(KIND,),
        meaning="The try did not succeed and will be repeated.",
        details=Record(
            {**_ATTEMPT, "failure_class": Choice(*FAILURE_CLASSES), "retry_at": Nullable(Moment())}, _REASON
        ),
        roles=_TRANSCRIPT,
    ),
    FactType(
        name="attempt.refused",
        kinds=(KIND,),
        meaning="The remote system, or with `via` the sender's own outgoing server, refused the message for good.",
        details=Record({**_ATTEMPT, "failure_class": Choice(*FAILURE_CLASSES)}, _REASON),
        roles=_TRANSCRIPT,
        event="RelayToNonERDSFailure",
    ),
    FactType(
        name="attempt.unknown",
        kinds=(KIND,),
        meaning=(
            "No answer came after the whole message was sent; or, with `stage` null, the attempt was interrupted and "
            "it is not known whether anything was sent."
        ),
        details=Record(_ATTEMPT, {**_REASON, "retry_at": Nullable(Moment())}),
        roles=_TRANSCRIPT,
    ),
    FactType(
        name="attempt.failed",
        kinds=(KIND,),
        meaning=(
            "Acuse itself gave up: the domain does not exist or accepts no mail, the retries are exhausted or, with "
            "`listed`, the address is on the organisation's list of addresses to which nothing is sent."
        ),
        details=Record(
            {
                "attempts": Integer(0, 1_000_000),
                "channel": Choice("email"),
                "failure_class": Choice(*FAILURE_CLASSES),
                "reason": Foreign(),
            },
            {**_VIA, "listed": Record({**suppression.LISTED})},
        ),
        roles=_TRANSCRIPT,
        event="RelayToNonERDSFailure",
    ),
    FactType(
        name="bounce.received",
        kinds=(KIND,),
        meaning=(
            "A report came back that the message, taken charge of before, could not be delivered after all. Nobody "
            "signs reports; whoever wrote it knew the address that only this message carried. `recipient` and `own` "
            "are there where it names an address; with `own` false it is not the communication's, but one to which "
            "the recipient's server had passed the message on."
        ),
        details=Record(
            {**_REPORT, "failure_class": Choice(*FAILURE_CLASSES), "permanent": Flag()},
            {"recipient": Foreign(512), "own": Flag()},
        ),
        roles=_RECEIVED,
        event="RelayToNonERDSFailure",
    ),
    *(
        FactType(name=name, kinds=(KIND,), meaning=meaning, details=Record(_REPORT), roles=_RECEIVED)
        for name, meaning in (
            ("delivery.confirmed", "A report came back that the message was delivered to the recipient's mailbox."),
            ("delivery.passed_on", "A report came back that the message went on to a system that reports nothing."),
            ("delivery.delayed", "A report came back that the message waits on its way; it is still being tried."),
        )
    ),
    *(
        FactType(name=name, kinds=(KIND,), meaning=meaning, details=Record({"reception": Text(40)}), roles=_RECEIVED)
        for name, meaning in (
            ("complaint.received", "The recipient, or the recipient's provider, reported the message as unwanted."),
            ("auto_reply.received", "A program answered the message by itself, as those of absent people do."),
        )
    ),
    FactType(
        name="disposition.received",
        kinds=(KIND,),
        meaning="The recipient's mail program reported what became of the message. It proves no reading.",
        details=Record({"reception": Text(40), "disposition": Foreign(256), "recipient": Nullable(Foreign(512))}),
        roles=_RECEIVED,
    ),
    FactType(
        name="reply.received",
        kinds=(KIND,),
        meaning="An answer to the message came in and was registered; its origin was checked as far as it could be.",
        details=Record(
            {
                "reception": Text(40),
                "mail_from": _ADDRESS,
                "author": Foreign(512),
                "subject": Foreign(),
                "message_id": Nullable(Foreign()),
                "matched_by": Choice("address", "reference"),
                "authentication": AUTHENTICATION,
            }
        ),
        roles={"reply": "the answer, byte for byte as it came"},
        event="ReceivedFromNonERDS",
    ),
    FactType(
        name="sender.notified",
        kinds=(KIND,),
        meaning="A delivery status notification was handed to the sender's mail server.",
        details=Record(
            {
                "to": _ADDRESS,
                "action": Choice("failed", "delayed", "relayed"),
                "message_id": Nullable(Text(1024)),
            }
        ),
        roles={"dsn": "the notification as sent (RFC 3464)"},
    ),
    *(
        FactType(
            name=name,
            kinds=_CERTIFIED,
            meaning=meaning,
            details=Record(
                {
                    "code": Text(40),
                    "revision": Integer(1, 1_000_000),
                    "level": Choice(*SEAL_LEVELS),
                    "facts_up_to": Nullable(Integer()),
                    "supersedes": Nullable(Text(40)),
                    "reason": Nullable(Text(2048)),
                },
                {"document": Choice("record", "record-notes"), "deadline": Text(40)},
            ),
            roles={"certificate": "the sealed PDF", "proof-bundle": "the proof that it embeds"},
        )
        for name, meaning in (
            ("receipt.issued", "A sealed receipt of acceptance was issued."),
            (
                "certificate.issued",
                "A sealed certificate was issued over the facts up to a position. `document` says where it is the "
                "record of a whole case, without or with its internal notes; `deadline` which one of a case it tells, "
                "where it tells that alone.",
            ),
        )
    ),
    FactType(
        name="certificate.level_lowered",
        kinds=_CERTIFIED,
        meaning="A certificate was sealed at a lower level than wanted; it is upgraded later.",
        details=Record(
            {
                "code": Text(40),
                "wanted": Choice(*SEAL_LEVELS),
                "level": Choice(*SEAL_LEVELS),
                "reason": Text(LONG),
            }
        ),
    ),
)
