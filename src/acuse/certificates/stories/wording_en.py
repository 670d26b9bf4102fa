"""Every sentence of a document, in English. Stories fill the slots `{name}`; the keys equal those of Spanish."""

WORDS: dict[str, str] = {
    # document
    "kind.communication": "Certificate of electronic communication",
    "kind.receipt": "Receipt of acceptance",
    "title.communication": "Certificate {code}: {headline}",
    "title.receipt": "Receipt {code}: {headline}",
    "header.certifier": "Certified by {certifier}",
    "header.communication": "Certificate",
    "header.receipt": "Receipt",
    "footer.label": "Secure verification code",
    "footer.sentence": "Check it at {address} or offline, as section 7 explains.",
    "footer.page": "Page ",
    "footer.of": " of ",
    "development": "Development time stamp – no legal value",
    "supersedes": "Supersedes certificate {code}, which stays true up to its position {position}. Change: {reason}.",
    "up_to": "Facts up to position {position}; anything later is not shown here.",
    # badge
    "badge.grade": "Grade reached",
    "badge.failed": "Not delivered",
    "badge.refused": "Refused",
    "badge.expired": "Expired",
    "badge.undetermined": "Undetermined",
    # headline
    "headline.pending": "Accepted by Acuse; delivery pending",
    "headline.handed": "Handed to the sender’s outgoing server",
    "headline.relayed": "Accepted by the recipient’s server",
    "headline.delivered": "Delivered to the mailbox",
    "headline.accessed.3": "Content accessed with the link",
    "headline.accessed.4": "Content accessed with a code",
    "headline.accessed.5": "Content accessed with identification",
    "headline.accepted": "Accepted by the recipient",
    "headline.signed": "Signed by the recipient",
    "headline.refused": "Refused by the recipient",
    "headline.expired": "Period ended without access",
    "headline.undetermined": "Outcome undetermined",
    "headline.failed.mailbox_not_found": "Not delivered: the mailbox does not exist",
    "headline.failed.mailbox_full": "Not delivered: the mailbox is full",
    "headline.failed.server_unavailable": "Not delivered: server unavailable",
    "headline.failed.attachment_blocked": "Not delivered: attachment blocked",
    "headline.failed.policy_blocked": "Not delivered: blocked by policy",
    "headline.failed.domain_not_found": "Not delivered: the domain does not exist",
    "headline.failed.too_big": "Not delivered: too big",
    "headline.failed.other": "Not delivered",
    "headline.receipt": "Accepted by Acuse",
    # verdict sentence
    "sentence.receipt": "{sender} handed “{subject}” for {recipient} to Acuse on {date} at {time}.",
    "receipt.note": (
        "This receipt proves the hand-over to Acuse; the certificate will tell the outcome of the delivery."
    ),
    "sentence.pending": "{sender} handed “{subject}” for {recipient} to Acuse on {date} at {time}.",
    "sentence.handed": (
        "Acuse handed “{subject}”, from {sender}, for {recipient}, to the sender’s outgoing server on {date} at "
        "{time}. What that server did with it is not recorded."
    ),
    "sentence.relayed": (
        "The mail server of {domain} accepted “{subject}”, from {sender}, for {recipient} on {date} at {time}."
    ),
    "sentence.delivered": (
        "{system} reported delivery of “{subject}”, from {sender}, to {recipient} on {date} at {time}."
    ),
    "sentence.accessed.3": (
        "Someone holding the link sent to {recipient} accessed the content of “{subject}” on {date} at {time}."
    ),
    "sentence.accessed.4": (
        "The content of “{subject}” was accessed on {date} at {time}, with the link and with a code sent to {contact}."
    ),
    "sentence.accessed.5": (
        "The content of “{subject}” was accessed by someone identified as {name} by {means} on {date} at {time}."
    ),
    "sentence.accepted": "Someone with access by {means} pressed “{button}” on {date} at {time}.",
    "sentence.signed": "Someone with access by {means} signed “{document}” ({level} signature) on {date} at {time}.",
    "sentence.refused": "Someone holding {means} refused “{subject}” on {date} at {time}.",
    "sentence.expired": (
        "The content of “{subject}” was at {recipient}’s disposal from {from} to {until} and no access is recorded."
    ),
    "sentence.undetermined": (
        "{sender} handed in “{subject}” for {recipient}. Acuse sent the whole message to the mail server of {domain}, "
        "and at {time} on {date} no answer was recorded."
    ),
    "sentence.undetermined.outgoing": (
        "{sender} handed in “{subject}” for {recipient}. Acuse sent the whole message to the sender’s outgoing "
        "server, and at {time} on {date} no answer was recorded."
    ),
    "sentence.undetermined.interrupted": (
        "{sender} handed in “{subject}” for {recipient}. The attempt was interrupted, as was found on {date} at "
        "{time}; whether the message left is not recorded."
    ),
    "sentence.failed": "{sender} sent “{subject}” to {recipient}. On {date} at {time} {what}",
    "failed.mailbox_not_found": "{server} refused the message: it answered that the mailbox does not exist.",
    "failed.mailbox_full": "{server} refused the message: it answered that the mailbox is full.",
    "failed.server_unavailable": ("the attempts ended: {server} did not take it in {attempts} attempts, until {last}."),
    "failed.server_unavailable.one": "the attempts ended: {server} did not take it in the only attempt, at {last}.",
    "failed.server_unavailable.remote": "{server} refused the message: it answered that it is not available.",
    "failed.attachment_blocked": "{server} refused the message: it refused an attachment.",
    "failed.policy_blocked": "{server} refused the message by its policy or content.",
    "failed.domain_not_found": "it could not be sent: {domain} does not exist in the DNS or takes no mail.",
    "failed.too_big": "{server} refused the message: it does not accept {size}.",
    "failed.other": "{server} refused the message with this reply:",
    "failed.other.local": "the attempts ended, after {attempts}, without any server accepting it.",
    "failed.other.local.one": "the attempts ended, after one, without any server accepting it.",
    "failed.other.local.none": "Acuse stopped trying before anything was sent.",
    "failed.only_try": " It was the only attempt.",
    "reply.cut": "The whole reply is in fact {number} of section 4.",
    # systems
    "server.theirs": "their server",
    "server.outgoing": "the sender’s outgoing server",
    # ladder
    "ladder.0": "Accepted\nby Acuse",
    "ladder.1": "Accepted by\ntheir server",
    "ladder.2": "Delivered\nto mailbox",
    "ladder.3": "Access\nby link",
    "ladder.4": "Access\nwith code",
    "ladder.5": "Access with\nidentification",
    "ladder.6": "Accepted\nor signed",
    "ladder.failed.remote": "Refused by\ntheir server",
    "ladder.failed.outgoing": "Refused on\nits way out",
    "ladder.failed.local": "Not accepted by\ntheir server",
    "ladder.undetermined": "No answer from\ntheir server",
    "ladder.undetermined.outgoing": "No answer on\nits way out",
    "ladder.undetermined.interrupted": "Attempt\ninterrupted",
    "ladder.unrecorded": "not recorded",
    "ladder.alternative": "Grade reached: G{grade} of G6. Facts of their own are recorded for {own}.",
    "ladder.alternative.missing": " None is recorded for {missing}.",
    "ladder.alternative.failed": " Delivery stopped at G{stop}: {label}.",
    "and": " and ",
    # two lists
    "proves.title": "What this proves",
    "proves.handed": "{sender} handed the content in section 3 to Acuse at {time}{day}, for {recipient}.",
    "proves.on_day": " on {date}",
    "proves.relayed": "The mail server of {domain} ({host}) accepted the message at {time}{day} and took charge of it.",
    "proves.handed_out": "The sender’s outgoing server ({host}) accepted the message at {time}{day}.",
    "proves.kept": "The content is complete: the original is embedded and its digest is in the ledger.",
    "proves.kept.elsewhere": (
        "The content is complete: the original travels in the .zip bundle and its digest is in the ledger."
    ),
    "proves.tried": "Acuse tried to deliver it to the server that {domain} designates for its mail.",
    "proves.tried.outgoing": "Acuse tried to hand it to the sender’s outgoing server.",
    "proves.refused": "That server refused it with the reply shown above, word for word.",
    "proves.exhausted": "Acuse tried {attempts} times, until {time}{day}; each attempt is in section 4.",
    "proves.exhausted.one": "Acuse tried once, and gave it up at {time}{day}; the attempt is in section 4.",
    "proves.exhausted.none": "Acuse gave it up at {time}{day}, with nothing sent; the reason is in section 4.",
    "proves.no_domain": "Acuse looked up the mail server of {domain} in the DNS and found none that takes mail.",
    "proves.all_sent": (
        "Acuse sent the whole message to the recipient’s server, and at {time}{day} no answer was recorded."
    ),
    "proves.all_sent.outgoing": (
        "Acuse sent the whole message to the sender’s outgoing server, and at {time}{day} no answer was recorded."
    ),
    "proves.interrupted": (
        "Acuse began an attempt to deliver it, which was interrupted; whether the message left is not recorded."
    ),
    "limits.title": "What this does not prove",
    "limit.not_arrived": "That the message has reached any system of the recipient.",
    "limit.not_inbox": "That it reached the inbox.",
    "limit.not_read": "That it was read.",
    "limit.not_inbox_nor_read": "That it reached the inbox, or was read.",
    "limit.not_identity": "Who, in person, uses that address.",
    "limit.not_known_to_recipient": "That the recipient knew of the message.",
    "limit.not_reply_true": "That the server’s reply is true, or since when it is.",
    "limit.not_other_addresses": "That they have no other address, or were not told by other means.",
    "limit.not_arrival_nor_absence": "That the message arrived, or that it did not.",
    "limit.second_copy_possible": "That only one copy arrived: an earlier attempt got no answer.",
    "limit.address_stated_by_sender": "That the address is the recipient’s: only the sender stated it.",
    "limit.not_seen": "That the recipient saw or read it; delivery is as declared by {system}.",
    "limit.link_forwarded": "Who, in person: the link can be forwarded.",
    "limit.control_of_contact": "Who, in person: it proves control of the link and of {contact}.",
    "limit.not_understood": "That they read, understood or agree with the content.",
    "limit.legal_effect": "The legal effect of the acceptance, which is for the court to weigh.",
    "limit.not_understood_signed": "That they understood what was signed.",
    "limit.not_known_before_refusal": "That they knew the content before refusing it.",
    "limit.not_aware_of_notice": "That the recipient knew of the notice.",
    "limit.image_request": "Image request: made by a person or a machine; it does not prove reading.",
    "limit.terms_of_law": "That the calendar or the term are those the law requires.",
    # issue strip
    "strip.issued": "Issued",
    "strip.facts": "Facts included",
    "strip.facts.range": "{first} to {last}; position",
    "strip.facts.one": "one fact; position",
    "strip.facts.position": "{position} of the ledger",
    "strip.facts.unpublished": "not yet published",
    "strip.seal": "Electronic seal",
    "strip.stamp": "Time stamp",
    "strip.stamp.none": "No time stamp",
    "strip.stamp.development": "Development authority",
    "strip.supersedes": "Supersedes",
    "strip.revision": "revision {revision}",
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
    # timeline
    "timeline.title": "Timeline",
    "timeline.time": "{clock} / UTC",
    "timeline.fact": "Fact and source",
    "timeline.number": "No. / ledger",
    "timeline.summary": "Facts {numbers} change the grade.",
    "timeline.summary.one": "Fact {numbers} changes the grade.",
    "timeline.recorded": "Recorded at {time}.",
    "tag.failed": "Failed",
    "tag.deferred": "Deferred",
    "tag.unknown": "No answer",
    "tag.interrupted": "Interrupted",
    "fact.accepted": "Acuse accepts the communication",
    "fact.accepted.source": "SMTP credential “{credential}”, from {ip}",
    "fact.accepted.tls": " · {version}",
    "fact.opened": "Attempt {attempt}: it is sent to {target}",
    "fact.opened.copy": "These lines are sent and, after them, the original unchanged. SHA-256 of what is sent: ",
    "fact.opened.again": "The same as in attempt 1 is sent.",
    "fact.relayed": "The recipient’s server accepts the message",
    "fact.relayed.outgoing": "The sender’s outgoing server accepts the message",
    "fact.deferred": "Attempt {attempt}: {class}",
    "fact.refused": "The recipient’s server refuses the message",
    "fact.refused.outgoing": "The sender’s outgoing server refuses the message",
    "fact.unknown": "No answer comes after the whole message",
    "fact.interrupted": "Attempt {attempt} was interrupted",
    "fact.failed": "The communication ends: not delivered",
    "fact.notified.failed": "The sender is told that it was not delivered",
    "fact.notified.delayed": "The sender is told of the delay",
    "fact.notified.relayed": "The sender is told that it was relayed to another system",
    "fact.notified.source": "Notification (RFC 3464) to {to}",
    "fact.receipt_issued": "Receipt {code} is issued",
    "fact.certificate_issued": "Certificate {code}, revision {revision}, is issued",
    "fact.issued.level": "Seal {level}",
    "fact.issued.supersedes": " · supersedes {supersedes}",
    "fact.level_lowered": "Certificate {code} is sealed at a lower level",
    "fact.level_lowered.source": "{wanted} was wanted; it was sealed at {level}",
    "fact.other": "The fact {type} is recorded",
    "source.server": "{host} [{address}]",
    "source.dns": "DNS: MX {preference} {host}",
    "source.dnssec": " · answer validated with DNSSEC, according to its DNS server",
    "source.tls": " · {version}, {cipher}",
    "source.tls.verified": " · certificate valid for {host}",
    "source.tls.unverified": " · certificate not validated",
    "source.no_tls": " · not encrypted",
    "source.stage": " · in reply to {stage}",
    "remark.final": "Class: {class}. The reply is final and is not retried.",
    "remark.dialogue": "The whole dialogue is embedded: {name}.",
    "remark.retry": "Retried from {time} on {date}.",
    "remark.no_read": "It does not prove reading.",
    "remark.no_arrival": "It does not prove that it reached any system of the recipient.",
    "remark.unknown": "Acuse sent the whole message. Whether the server accepted it is not recorded.",
    "remark.interrupted": "Whether the message left is not recorded.",
    "remark.unknown.retry": "It is sent again with the same Message-ID: a second copy may arrive.",
    "remark.attempts": "Attempts: {attempts}.",
    "remark.reason": "Reason: {reason}",
    "class.mailbox_not_found": "the mailbox does not exist",
    "class.mailbox_full": "the mailbox is full",
    "class.server_unavailable": "the server is unavailable",
    "class.attachment_blocked": "attachment blocked",
    "class.policy_blocked": "blocked by policy or content",
    "class.domain_not_found": "the domain does not exist or takes no mail",
    "class.too_big": "too big",
    "class.throttled": "the server asks to come back later",
    "class.other": "another cause",
    "class.undetermined": "no known cause",
    # deadlines
    "deadlines.title": "Deadlines",
    "deadlines.none": "This communication neither starts nor ends any deadline.",
    # integrity
    "integrity.title": "Integrity",
    "integrity.introduction": (
        "Each digest is a SHA-256 of 64 hexadecimal digits. The weight alternates every eight digits to make "
        "comparing easier; when copied, the digest comes out unbroken."
    ),
    "integrity.file": "File or value",
    "integrity.digest": "SHA-256 digest",
    "integrity.fact": "Fact {number}, position {position}",
    "integrity.fact.unpublished": "Fact {number}",
    "integrity.root": "Ledger root, {size} facts",
    "integrity.checkpoint": "Checkpoint",
    "integrity.checkpoint.none": (
        "The facts of this document are not yet in a published checkpoint; the certificate will show it."
    ),
    "integrity.stamp": "Time stamp",
    "integrity.stamp.is": "RFC 3161, {time}{accuracy} · {authority} · serial ",
    "integrity.stamp.none": (
        "No valid time stamp could be had: the level of this document is lower, and a revision will raise it."
    ),
    "integrity.stamp.none.receipt": (
        "No valid time stamp could be had: the level of this receipt is lower. The certificate carries the time "
        "stamp of its facts."
    ),
    "integrity.stamp.later": "It had not been made yet when this certificate was issued; a revision will carry it.",
    "integrity.stamp.later.receipt": (
        "It had not been made yet when this receipt was issued, which does not wait; the certificate carries it."
    ),
    "integrity.seal": "Electronic seal",
    "integrity.seal.is": "{subject} · issued by {issuer} · serial ",
    "integrity.seal.until": " · valid until {until} · PAdES {level}",
    # verification
    "verify.title": "How to verify it without us",
    "verify.introduction": (
        "Everything needed is embedded in this PDF. No network, account or program of ours is required. "
        "Those who prefer the web may type the code {code} at {address}."
    ),
    "verify.introduction.elsewhere": (
        "Everything needed is embedded in this PDF, except what for its size travels in the .zip bundle beside it. "
        "No network, account or program of ours is required. Those who prefer the web may type the code {code} at "
        "{address}."
    ),
    "verify.files": "Embedded files",
    "verify.file": "File",
    "verify.what": "What it is",
    "verify.size": "Size",
    "verify.elsewhere": (
        "What is over 25 MB travels in the .zip bundle, under its digest, which stands in section 6: {names}."
    ),
    "verify.steps": "Steps",
    "verify.expected": "Expected result:",
    "step.seal.title": "The PDF is sealed and has not changed",
    "step.seal.line": "Open the signature panel of your PDF reader or run:",
    "step.seal.expected": "“Signature is Valid” for the seal of {seal}.",
    "step.files.title": "The files are those that section 6 says",
    "step.files.line": "Extract them and compare their digests with the printed ones.",
    "step.files.expected": "each line equals the printed one. On Windows: {windows}",
    "step.stamp.title": "The ledger existed at the time it says",
    "step.stamp.line": (
        "The time stamp covers the checkpoint; {anchor} is the root certificate that its authority publishes."
    ),
    "step.stamp.expected": "“Verification: OK”.",
    "step.verdict.title": "The facts are in the ledger and give this result",
    "step.verdict.line": "With any program that checks inclusion by RFC 6962, or with the free verifier:",
    "step.verdict.expected": "eight valid steps and “{headline}”.",
    "step.verdict.expected.development": (
        "eight valid steps, with the warning “development, no legal value”, and “{headline}”."
    ),
    "verify.anchors": (
        "The certificates to trust are not taken from this PDF: {anchor} is published by the time-stamping "
        "authority, and {seal_anchor} by whoever issued the seal."
    ),
    "verify.anchors.seal": (
        "The certificates to trust are not taken from this PDF: {seal_anchor} is published by whoever issued the seal."
    ),
    # embedded files
    "file.message": "The original message, byte for byte",
    "file.sent-copy": "What was sent (fact {number})",
    "file.smtp-dialogue": "Dialogue with the server, untouched (fact {number})",
    "file.dsn": "Notification to the sender, as sent (fact {number})",
    "file.report": "Delivery report, as it came (fact {number})",
    "file.reply": "Reply, as it came (fact {number})",
    "file.certificate": "Document sealed before (fact {number})",
    "file.proof": "Facts, inclusion proofs, checkpoint and time stamps",
    "file.statement": "The result on page 1, as data",
    "file.document": "What this document says besides the facts, as data",
    "file.checkpoint": "The checkpoint that was time-stamped",
    "file.token": "The time stamp of the checkpoint",
    "file.other": "File cited by fact {number}",
    "name.document": "certificate.pdf",
    "name.receipt": "receipt.pdf",
    "name.message": "message.eml",
    "name.sent-copy": "sent-{number}.eml",
    "name.smtp-dialogue": "smtp-{number}.jsonl",
    "name.dsn": "notification-{number}.eml",
    "name.report": "report-{number}.eml",
    "name.reply": "reply-{number}.eml",
    "name.other": "fact-{number}.bin",
    "name.checkpoint": "checkpoint.txt",
    "name.token": "timestamp.tst",
}
