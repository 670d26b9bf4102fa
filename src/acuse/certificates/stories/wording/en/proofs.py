"""Sections 5 to 7 and the embedded files: deadlines, integrity, verification, in English."""

WORDS: dict[str, str] = {
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
    "step.verdict.expected": "“{found}”, all eight steps with “valid”, and “{headline}”.",
    "step.verdict.expected.unstamped": (
        "“{found}”, seven steps with “valid”, step 5 with “not in file”, because the facts of this file carry no time "
        "stamp, and “{headline}”."
    ),
    "step.verdict.development": " The warning is that of a development installation.",
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
