"""Sections 2 and 3: parties and content, in English."""

WORDS: dict[str, str] = {
    # parties
    "parties.title": "Parties",
    "parties.from": "From",
    "parties.to": "To",
    "parties.why": "Why it is theirs",
    "parties.why.sender_stated": "Stated by the sender; no other check is recorded.",
    "parties.certifier": "Certified by",
    "parties.certifier.third": ", a third party",
    "parties.certifier.policy": ", under its {title} ({address})",
    "parties.tax_id": "tax id {tax_id}",
    "parties.split_address": "A single address of {count} characters, broken to fit.",
    # content
    "content.title": "Content",
    "content.subject": "Subject",
    "content.no_subject": "No subject",
    "content.mode": "Mode",
    "content.mode.content": "The complete message travels by e-mail.",
    "content.mode.attachments": "The complete message travels by e-mail, with its attachments ({count}).",
    "content.headers": "Headers",
    "content.original": "Original",
    "content.unseen": "Undrawn characters",
    "content.unseen.one": (
        "{marks} stands for a character that has no drawing in this document; the original message keeps it."
    ),
    "content.unseen.many": (
        "{marks} stand for characters that have no drawing in this document; the original message keeps them."
    ),
    "content.signed": "Message signature",
    "content.signed.smime": (
        "The message carries an S/MIME signature of its author; this document does not validate it."
    ),
    "content.signed.pgp": "The message carries an OpenPGP signature of its author; this document does not validate it.",
    "content.encrypted": (
        "The message is encrypted for its recipient: it is certified as it is, and cannot be shown here."
    ),
    "content.damaged": (
        "The message does not fully follow the rules of mail; what could be read is shown, and the original "
        "message keeps all of it."
    ),
    "content.begins": "The literal text begins, as submitted",
    "content.ends": "The literal text ends",
    "content.empty": "The message contains no text.",
    "content.continues": "It continues in the original message: {name}, from character {offset}.",
    "content.attachments": "Attachments",
    "content.attachments.file": "File, inside {name}",
    "content.attachments.digest": "SHA-256 digest",
    "content.attachment.detail": "{kind} · {size}",
    "content.attachments.more": "and {count} more, in the original message",
    "content.image.remote": "Remote image not included: {address} (not part of what is in custody)",
    "content.image.inline": "Image included in the message: {name} · {size}",
    "content.image.alternative": "Image included in the message: {name}",
    "bytes": "{count} bytes",
}
