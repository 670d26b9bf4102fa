"""Complaints: ARF (RFC 5965, 6591), Microsoft's own form of it, and Amazon SES notifications of every kind."""

import json
import re
from typing import Any

from acuse.mail.reports.fields import Group, address_of, groups
from acuse.mail.reports.material import Material
from acuse.mail.reports.values import DELIVERED, FAILED, Finding

MAX_RECIPIENTS = 1000
MAX_JSON = 256 * 1024

_HMX = re.compile(r"(?im)^x-hmxmroriginalrecipient:[ \t]*<?([^\s<>]{3,320})")
_RCPT_TO = re.compile(r"(?im)^original-rcpt-to:[ \t]*([^\n]{1,1000})")
_BROKEN = re.compile(r"!\n ")


def complained(material: Material, returned_to: tuple[str, ...]) -> list[Finding] | None:
    """Return who complained, or None if the message is no complaint.

    Args:
        material: the message. returned_to: the recipients that the returned message names, for reports that redact.
    """
    if material.feedback is not None:
        found = list(groups(material.feedback.split("\n"), limit=MAX_RECIPIENTS))
        merged: Group = {}
        for group in found:
            merged = {**group, **merged}
        named = _RCPT_TO.findall(material.feedback)[:MAX_RECIPIENTS] or [merged.get("redacted-address", "")]
        kind = merged.get("feedback-type", "abuse")[:100]
        whole = (address_of(each) for each in named if "@" in each and not each.rstrip("> ").endswith("@"))
        addresses = list(dict.fromkeys(whole)) or list(returned_to[:1])
        return [Finding(address=each, text=f"Feedback-Type: {kind}") for each in addresses or [""]]
    if _is_microsoft(material):
        hidden = _HMX.search(material.returned)
        addresses = [hidden.group(1)] if hidden else list(returned_to[:1])
        said = f"Subject: {material.field('Subject')}"[:200]
        return [Finding(address=each, text=said) for each in addresses or [""]]
    return None


def _is_microsoft(material: Material) -> bool:
    sender, subject = material.field("From").lower(), material.field("Subject").lower()
    sent = "staff@hotmail.com" in sender or "complaints@email-abuse.amazonses.com" in sender
    return sent and "complaint about message from" in subject


def notified(text: str) -> tuple[str, list[Finding], str | None] | None:
    """Read an Amazon SES notification (as SNS mails it).

    Returns:
        Its type (Bounce, Complaint, Delivery), what it says of each recipient, and the Message-ID; None if the text is
        no such notification.
    """
    if "notificationType" not in text[:MAX_JSON]:
        return None
    body = _BROKEN.sub("", text[:MAX_JSON])
    start = body.find("{")
    try:
        value, _ = json.JSONDecoder().raw_decode(body[start:] if start >= 0 else "")
        if isinstance(value, dict) and isinstance(value.get("Message"), str):
            value = json.loads(value["Message"])
    except (ValueError, RecursionError):
        return None
    return _notification(value) if isinstance(value, dict) else None


def _notification(value: dict[str, Any]) -> tuple[str, list[Finding], str | None] | None:
    kind = value.get("notificationType") or value.get("eventType")
    mail = _dict(value, "mail")
    headers = _dict(mail, "commonHeaders")
    message_id = headers.get("messageId")
    found: list[Finding] = []
    if kind == "Bounce":
        bounce = _dict(value, "bounce")
        words = f"{bounce.get('bounceType', '')} {bounce.get('bounceSubType', '')}".strip()
        found = [
            Finding(
                address=_text(each, "emailAddress"),
                action=FAILED,
                status=_text(each, "status"),
                text=_text(each, "diagnosticCode").removeprefix("smtp; "),
                lead=f"Amazon SES: {words}",
            )
            for each in _dicts(bounce, "bouncedRecipients")
        ]
    elif kind == "Complaint":
        complaint = _dict(value, "complaint")
        said = f"Feedback-Type: {complaint.get('complaintFeedbackType', 'abuse')}"[:200]
        found = [
            Finding(address=_text(each, "emailAddress"), text=said)
            for each in _dicts(complaint, "complainedRecipients")
        ]
    elif kind == "Delivery":
        delivery = _dict(value, "delivery")
        said = _text(delivery, "smtpResponse")
        given = delivery.get("recipients")
        found = [
            Finding(address=str(each)[:320], action=DELIVERED, text=said)
            for each in (given if isinstance(given, list) else [])[:MAX_RECIPIENTS]
        ]
    else:
        return None
    return str(kind), found, message_id if isinstance(message_id, str) else None


def _dict(value: dict[str, Any], name: str) -> dict[str, Any]:
    inner = value.get(name)
    return inner if isinstance(inner, dict) else {}


def _dicts(value: dict[str, Any], name: str) -> list[dict[str, Any]]:
    inner = value.get(name)
    return [each for each in inner if isinstance(each, dict)][:MAX_RECIPIENTS] if isinstance(inner, list) else []


def _text(value: dict[str, Any], name: str) -> str:
    inner = value.get(name)
    return inner[:4096] if isinstance(inner, str) else ""
