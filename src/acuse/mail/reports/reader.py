"""What is this message? One entrance for all that comes in: RFC 3464 parts first, then known forms, then text.

Nothing here raises, whatever the bytes: what cannot be read is an ordinary message.
"""

import re
from dataclasses import replace

from acuse.mail.causes.rule import Phrases, folded
from acuse.mail.reports import automatic, feedback, notices
from acuse.mail.reports.judged import judged, told
from acuse.mail.reports.material import Material, gather
from acuse.mail.reports.status import MAX_RECIPIENTS, read_status
from acuse.mail.reports.values import (
    AUTO_REPLY,
    BOUNCE,
    COMPLAINT,
    DSN,
    ORDINARY,
    READ_RECEIPT,
    Finding,
    Report,
)

MAX_NESTED = 2
MAX_LEAD = 4000

_FINAL = re.compile(r"(?im)^[> \t]{0,20}(?:final|original)-recipient[ \t]*:")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@']{1,128}@[^\s<>()\[\],;:\"@']{1,255}")
_DAEMON = re.compile(
    r"mailer[-_ ]?daemon|post_?master|mail[-_ ]?(?:delivery|deliver|system|er)\b|maildelivery|mail\s*daemon|mdaemon"
    r"|system administrator|delivery (?:subsystem|system|status)|sysadmin@\S{0,60}vzwpix",
    re.IGNORECASE,
)
_PROGRAM = re.compile(r"bounce|no-?reply@|interscan|returned|-admin@", re.IGNORECASE)
_SUBJECT = re.compile(
    r"undeliver|returned mail|delivery (?:status|fail|notif|problem|error|has failed|report)|deliver(?:y"
    r"|ing) fail|failure notice"
    r"|mail delivery|delivery_failure|mail (?:system )?(?:error|failure)|could not (?:be )?(?:send|deliver)"
    r"|non remis|rebotad"
    r"|message delivery|failed delivery|failure delivery|\[bounce\]|error sending your mail|not delivered"
    r"|mail status|devuelt"
    r"|no entregad|no se (?:ha )?(?:pudo|podido)|unzustellbar|olevererbart|non recapit|niet (?:worden )?bezorgd"
    r"|returned to sender"
    r"|delayed mail|message frozen|errors from|are not member|not member article|reject mail|proble?m* deliver"
    r"|notice: mail"
    r"|delivery notification|配信|送信|エラー|доставлен",
    re.IGNORECASE,
)
#: how subjects begin that programs alone write
_SURE_SUBJECT = re.compile(
    r"(?:delivery[ _]failure|undeliverable|undelivered mail|returned mail:|failure notice|delivery status notification"
    r"|mail delivery failed|mail system error - returned)",
    re.IGNORECASE,
)
_ANSWER = re.compile(r"\s*(?:re|fw|fwd|aw|rv|sv|wg|tr|rif|r)\s*:", re.IGNORECASE)
_FAILURE = Phrases(
    "could not be delivered", "couldn't be delivered", "cannot be delivered", "can't be delivered",
    "not be delivered",
    "unable to deliver", "able to deliver", "undeliver", "delivery fail", "failed delivery",
    "delivery to the following",
    "failed permanently", "did not reach", "not delivered", "error delivering", "permanent error", "fatal errors",
    "delivery problems", "delivery errors", "returned to sender", "could not be sent", "could not send",
    "was rejected", "rejected by",
    "user unknown", "unknown user", "no valid recipients", "mailbox full", "transcript of session",
    "failure reasons", "has been delayed",
    "is delayed",
    "still undelivered", "not a member of this mailing list", "trouble delivering", "did not receive", "has failed",
    "may not exist",
    "delivery status", "no such user", "undeliverable", "message was not", "wasn't delivered", "not accepted",
    "could not deliver",
    "no pudo ser entregado", "no se pudo entregar", "no se ha podido entregar", "no se ha entregado", "pas pu etre",
    "n'a pas ete",
    "nicht zugestellt", "non e stato", "non recapit", "送信できませんでした",
    "送信に失敗", "配信できません", "доставлено",
    "account is disabled",
    "over quota", "smtp error", "error message below",
)  # fmt: skip
#: what much other mail says too
_LOOSE_FAILURE = Phrases("failed", "rejected", "loop", "security alert", "server message")
#: programs that report nothing but what RCPT was answered
_RCPT_ONLY = ("X-NAI-Header", "X-StarScan-Version", "X-Msg-Ref")


def read_report(raw: bytes) -> Report:
    """Say what a message is, and what it means for each recipient it speaks of.

    Args:
        raw: the message, of any size; what lies beyond the limits of `material` is not looked at.
    """
    return _read(raw, 0)


def _read(raw: bytes, depth: int) -> Report:
    material = gather(raw)
    notice = notices.cut(material.text)
    returned = material.returned or notice.rest
    report = (
        _complaint(material, returned)
        or _receipt(material)
        or _delivery(material, notice, returned)
        or _notification(material)
        or _bounce(material, notice, returned, depth)
        or _nested(material, depth)
        or _automatic(material)
        or Report(kind=ORDINARY, reason="nothing in it says that it reports on another message")
    )
    return replace(report, truncated=report.truncated or material.truncated)


def _complaint(material: Material, returned: str) -> Report | None:
    found = feedback.complained(material, _addresses(_returned_field(returned, "to")))
    if found is None:
        return None
    return _told(found, COMPLAINT, "complaint", "complaint_arf", message_id=_message_id(returned))


def _receipt(material: Material) -> Report | None:
    found = automatic.receipts(material)
    if found is None:
        return None
    return _told(found, READ_RECEIPT, "read_receipt", "read_receipt", message_id=automatic.original_of(material))


def _told(found: list[Finding], kind: str, failure: str, report: str, *, message_id: str | None) -> Report:
    recipients = tuple(
        told(each, action="", failure=failure, report=report, reason=f"{kind.replace('_', ' ')}: {each.text}")
        for each in found
    )
    return Report(kind=kind, recipients=recipients, message_id=message_id, reason=f"it is a {kind.replace('_', ' ')}")


def _delivery(material: Material, notice: notices.Notice, returned: str) -> Report | None:
    """Read an RFC 3464 report, also where its fields stand in a text part because somebody took it apart."""
    texts = material.status or ((material.text,) if _FINAL.search(material.text) and _is_report(material) else ())
    parts = [read_status(text) for text in texts]
    every = list(dict.fromkeys(finding for part in parts for finding in part.findings))
    found = every[:MAX_RECIPIENTS]
    if not found:
        return None
    first = next((part for part in parts if part.reporting_mta), parts[0])
    completed = _completed(found, material, notice, returned)
    single = len(completed) == 1
    recipients = tuple(judged(each, reporting_mta=first.reporting_mta or "", single=single) for each in completed)
    return Report(
        kind=DSN,
        recipients=recipients,
        envid=next((part.envid for part in parts if part.envid), None),
        message_id=_message_id(returned),
        reporting_mta=first.reporting_mta,
        reason="it holds the fields of RFC 3464",
        truncated=len(every) > len(found) or any(part.truncated for part in parts),
    )


def _is_report(material: Material) -> bool:
    return _ANSWER.match(material.field("Subject")) is None or "action:" in material.text.lower()


def _completed(found: list[Finding], material: Material, notice: notices.Notice, returned: str) -> list[Finding]:
    """Add to the fields of a report what its human part says: the stage, and texts and addresses that are missing."""
    known = tuple(each.address for each in found if "@" in each.address)
    human = notices.findings(_leading(notice.text), known=known) if len(found) <= 50 else []
    by_address = {each.address.lower(): each for each in human}
    others = _failed_recipients(material) or _addresses(_returned_field(returned, "to"))
    completed = []
    for each in found:
        said = by_address.get(each.address.lower())
        address = each.address if "@" in each.address or not others or len(found) > 1 else others[0]
        program = "|" in each.address or ("/" in each.address and "@" not in each.address)
        completed.append(
            replace(
                each,
                address=address,
                text=each.text or (said.text if said else ""),
                stage=each.stage or (said.stage if said else "") or _stage(material),
                lead=f"{each.lead}\n{said.lead}\n{said.text}"[:MAX_LEAD] if said else notice.text[:MAX_LEAD],
                mechanism="x-unix" if program else each.mechanism,
                remote=each.remote or (said.remote if said else ""),
            )
        )
    return completed


def _leading(text: str) -> str:
    """Return the human text before any fields of a report that stand in it too."""
    match = _FINAL.search(text)
    return text if match is None else text[: match.start()]


def _notification(material: Material) -> Report | None:
    read = feedback.notified(material.text)
    if read is None:
        return None
    kind, found, message_id = read
    if kind == "Complaint":
        return _told(found, COMPLAINT, "complaint", "complaint_arf", message_id=message_id)
    recipients = tuple(judged(each, single=len(found) == 1) for each in found)
    return Report(
        kind=DSN if kind == "Delivery" else BOUNCE,
        recipients=recipients,
        message_id=message_id,
        reason="it is a notification of Amazon SES",
    )


def _bounce(material: Material, notice: notices.Notice, returned: str, depth: int) -> Report | None:
    if not _looks_like_bounce(material, notice.text, returned):
        return None
    sender = (*_addresses(material.field("To")), *_addresses(_returned_field(returned, "from")))
    found = notices.findings(notice.text, known=_failed_recipients(material), never=sender)
    if not found:
        inner = _nested(material, depth)
        if inner is not None:
            return inner
        named = _addresses(_returned_field(returned, "to"))[:1] or _named(notice.text, never=sender)
        if not named and material.media_type == "multipart/report":
            return None  # it says that it is a report, and nothing can be read in it
        named = named or ("",)
        found = [Finding(address=each, lead=notice.text[:MAX_LEAD]) for each in named]
    if material.has("X-MLServer"):  # fml says the most in its subject
        found = [replace(each, lead=f"{each.lead}\n{material.field('Subject')}") for each in found]
    if material.field("X-SPASIGN").strip().upper() == "NG":
        found = [replace(each, text=f"{each.text}\nX-SPASIGN: NG") for each in found]
    single = len(found) == 1
    recipients = tuple(
        judged(replace(each, stage=each.stage or _stage(material)), reporting_mta=_host(material), single=single)
        for each in found
    )
    return Report(
        kind=BOUNCE,
        recipients=recipients,
        message_id=_message_id(returned),
        reporting_mta=None,
        reason="its sender, subject and text are those of a bounce",
    )


def _named(text: str, *, never: tuple[str, ...]) -> tuple[str, ...]:
    """Return the first address anywhere in the text of a bounce, where no line looks like that of a recipient."""
    found = (each.rstrip(".") for each in _addresses(text[:MAX_LEAD]))
    return tuple(each for each in found if each not in never and not each.lower().startswith(notices.NOT_PEOPLE))[:1]


def _looks_like_bounce(material: Material, text: str, returned: str) -> bool:
    if material.has("X-Failed-Recipients") or material.report_type == "delivery-status":
        return True
    subject, sender = material.field("Subject"), material.field("From")
    daemon = _DAEMON.search(sender) is not None
    if automatic.strongly_automatic(material) or (_ANSWER.match(subject) and not daemon):
        return False
    marks = (
        daemon or _PROGRAM.search(sender) is not None,
        material.field("Return-Path").strip() == "<>",
        _SUBJECT.search(subject) is not None,
        returned != "",
        _SURE_SUBJECT.match(subject) is not None,
    )
    if (daemon and marks[2]) or (material.has("X-MLServer") and "-admin@" in sender):
        return True
    if not daemon and sum(marks) < 2:
        return False
    said = folded(text[:MAX_LEAD])
    return _FAILURE.within(said) or (sum(marks) >= 2 and _LOOSE_FAILURE.within(said))


def _nested(material: Material, depth: int) -> Report | None:
    """Read a report that is enclosed in, or is a fragment of, another message that a mail system sent."""
    if depth >= MAX_NESTED:
        return None
    inner = material.nested[:1]
    if material.media_type == "message/partial":
        inner = (material.text.encode("utf-8", "replace"),)
    elif not (_DAEMON.search(material.field("From")) or _SUBJECT.search(material.field("Subject"))):
        return None
    for raw in inner:
        report = _read(raw, depth + 1)
        if report.kind in (DSN, BOUNCE, COMPLAINT):
            return report
    return None


def _automatic(material: Material) -> Report | None:
    why = automatic.automatic(material)
    if why is None:
        return None
    sender = _addresses(material.field("From"))[:1] or ("",)
    found = Finding(address=sender[0], text=material.text[:MAX_LEAD])
    recipient = told(found, action="", failure="auto_reply", report="auto_reply", reason=why)
    reply_to = material.field("In-Reply-To").strip() or None
    return Report(kind=AUTO_REPLY, recipients=(recipient,), message_id=reply_to, reason=why)


def _failed_recipients(material: Material) -> tuple[str, ...]:
    found: list[str] = []
    for each in material.fields:
        if each.name.lower() == "x-failed-recipients":
            found += _ADDRESS.findall(each.value[:65536].decode("utf-8", "replace"))
    return tuple(dict.fromkeys(found))[: notices.MAX_FOUND]


def _addresses(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_ADDRESS.findall(value[:65536])))[:100]


def _returned_field(returned: str, name: str) -> str:
    """Return a field of the header of a returned message, unfolded, or ""; `returned` begins near that header."""
    head = returned[:65536].lstrip("-=_ \n")
    match = re.search(rf"(?im)^{re.escape(name)}[ \t]*:[ \t]*(.*(?:\n[ \t].*){{0,200}})", head)
    return " ".join(match.group(1).split()) if match else ""


def _message_id(returned: str) -> str | None:
    return _returned_field(returned, "message-id")[:998] or None


def _stage(material: Material) -> str:
    return "rcpt" if any(material.has(name) for name in _RCPT_ONLY) else ""


def _host(material: Material) -> str:
    return material.field("From").rpartition("@")[2].strip("<> ")
