"""What was read from a message about a message."""

from dataclasses import dataclass

DSN = "dsn"
BOUNCE = "bounce"
COMPLAINT = "complaint"
READ_RECEIPT = "read_receipt"
AUTO_REPLY = "auto_reply"
ORDINARY = "ordinary"

FAILED, DELAYED = "failed", "delayed"
DELIVERED, RELAYED, EXPANDED = "delivered", "relayed", "expanded"
ACTIONS = (FAILED, DELAYED, DELIVERED, RELAYED, EXPANDED)
SUCCESSES = (DELIVERED, RELAYED, EXPANDED)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a report says of one recipient, before it is judged.

    Args:
        address: of the recipient as the report writes it, without brackets; "" where it names none.
        action: one of ACTIONS, "" where it says none. status: "5.1.1" or "".
        text: what was said, verbatim but for folding; bounded.
        stage: connect, ehlo, mail, rcpt, data, or "". remote: the server that said it, or "".
        mechanism: what Diagnostic-Code names ("smtp", "x-unix"), lower case, or "".
        lead: what the report says of all its recipients.
    """

    address: str
    action: str = FAILED
    status: str = ""
    text: str = ""
    stage: str = ""
    remote: str = ""
    mechanism: str = ""
    lead: str = ""


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """What a report means for one recipient.

    Args:
        address, action, diagnostic, remote_mta: see `Finding`; diagnostic is its text.
        status: enhanced code, "" where none was said. reply: basic code as three digits, or "".
        cause: one of `causes.vocabulary`; "" for what is no failure. failure_class: product.md's class, or complaint,
            auto_reply, read_receipt, delivered, relayed. report_class: the coarse word of `REPORT_CLASSES`, or
            complaint_arf, auto_reply, read_receipt, delivered_dsn, relayed_dsn.
        permanent: the same again cannot work. reason: why, in one sentence.
    """

    address: str
    action: str
    status: str
    reply: str
    diagnostic: str
    remote_mta: str
    cause: str
    failure_class: str
    report_class: str
    permanent: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """One reading of a message.

    Args:
        kind: DSN (RFC 3464), BOUNCE (of another form), COMPLAINT, READ_RECEIPT, AUTO_REPLY or ORDINARY.
        envid: ENVID of the submission (RFC 3461), or None. message_id: that of the message reported on, or None.
        reporting_mta: who reports, or None. reason: why it is of that kind. truncated: a limit was met.
    """

    kind: str
    recipients: tuple[Recipient, ...] = ()
    envid: str | None = None
    message_id: str | None = None
    reporting_mta: str | None = None
    reason: str = ""
    truncated: bool = False

    @property
    def outcomes(self) -> frozenset[str]:
        """The actions it reports: failed, delayed, delivered, relayed, expanded."""
        return frozenset(each.action for each in self.recipients if each.action)
