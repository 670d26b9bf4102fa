"""Rules about the message itself: its size, its form, what it holds, and policies about that."""

from acuse.mail.causes.rule import Phrases, Rule, matches, says, status
from acuse.mail.causes.vocabulary import ATTACHMENT, MALFORMED, MEDIA, NOT_RFC, POLICY, SPAM, TOO_BIG, VIRUS

SIZE: tuple[Rule, ...] = (
    status(
        TOO_BIG, "RFC 3463 X.2.3, X.3.4: too big for the mailbox or the system",
        "5.3.4", "4.3.4", "5.2.3", "4.2.3", "5.7.16", "4.7.16",
    ),
    says(
        TOO_BIG,
        "says that the message is too big",
        "message too big", "message too large", "message is too large", "message is too big", "message * too large",
        "message * too big", "mail too large", "attachment * too large", "file too big", "content too big",
        "too long",
        "exceeded maximum inbound message size", "exceeded the maximum incoming message size", "line limit exceeded",
        "max message size", "maximum message size", "maximum email size", "message size exceed", "size exceeds",
        "message length exceeds", "message header size exceeds", "size limit", "exceeds size", "exceeds * size",
        "exceeded * size", "larger than * limit", "databytes limit", "maximum size the user accepts",
        "recipsizelimit",
        "taille limite", "demasiado grande", "tamano maximo", "supera el tamano", "zu gross", "troppo grande",
        unless=Phrases("line too long", "queue too long", "in the queue", "too long failure", "name too long"),
    ),
)  # fmt: skip

NOT_COMPLIANT: tuple[Rule, ...] = (
    says(
        NOT_RFC,
        "says that the message breaks a standard of messages",
        "duplicated message-id", "not rfc 5322", "not rfc 2822", "rfc 5322 compliant",
        "rfcmessagenoncompliant", "not rfc compliant", "multiple addresses in from", "multiple * header",
        "missing a valid address in the from", "missing a valid message-id",
        "unicode character in a disallowed header",
        "encoded-word syntax is not permitted", "not a valid rfc 5321", "message is malformed",
        "blank from: addresses",
        "ip addresses are not allowed as a from", "messages missing a", "must be rfc 5322", "headers are not rfc",
    ),
)  # fmt: skip

FORM: tuple[Rule, ...] = (
    says(
        MALFORMED,
        "says that the message is ill-formed, or cannot be converted",
        "duplicate header", "header size exceeds maximum", "header size, or recipient list, exceeds",
        "mime complexity", "mime headers",
        "improper use of 8-bit", "too many received", 'too many "received" headers', "improperly-formatted binary",
        "unnecessary base64", "bare lf", "bare line feed", "stray linefeeds", "bare cr",
        "conversion to internet format",
        "message depth exceeded", "invalid message content", "invalid characters", "line too long",
        "too many headers",
        unless=Phrases("spam"),
    ),
    status(
        MEDIA, "RFC 3463 X.6.0, X.6.1: the content is not supported", "5.6.0", "5.6.1", "4.6.0", "4.6.1",
        unless=Phrases("spam", "virus", "content rejected", "hops"),
    ),
    status(
        MALFORMED, "RFC 3463 X.6: content that cannot be converted or carried", "5.6.*", "4.6.*",
        unless=Phrases("spam", "virus", "content rejected", "hops"),
    ),
)  # fmt: skip

VIRUSES: tuple[Rule, ...] = (
    says(
        VIRUS,
        "says that the message is infected",
        "virus detected", "virus found", "infected", "prohibited virus", "virus phishing", "malicious_url", "malware",
        "mcspamsignature", "contains a virus", "virus *detected", "recent viruses",
        "potentially executable attachment",
        unless=Phrases("spam or virus", "spam/virus", "spam * or virus"),
    ),
)  # fmt: skip

ATTACHMENTS: tuple[Rule, ...] = (
    says(
        ATTACHMENT,
        "says that an attachment, or its type, is not taken",
        "illegal attachment", "attachment type", "attachment * block", "attachment * banned", "attachment * prohibit",
        "attachment * not allow", "attachment * not accept", "attachment * not permit", "attachment * forbid",
        "attachment * refus", "attachment * reject", "attachment * unsafe", "attachment extension", "attachments not",
        "block* attachment", "banned * attachment", "prohibited * attachment", "forbidden attachment",
        "reject* attachment",
        "attachment name", "attachments are", "bad attachment", "contains executable", "executables", "ejecutables",
        "dangerous file", "forbidden file", "prohibited file", "attachment of a type", "executable attachment",
        "executable file", "file extension", "filename extension", "forbidden extension", "prohibited extension",
        "dangerous attachment", "disallowed attachment", "refus* attachment", "unacceptable attachment",
        "mail with attachments",
        "banned file", "banned content", "banned name", "banned extension", "blocked file", "file type * not allowed",
        "file type * not accepted", "extension * not allowed", "extension * not permitted", "extension * blocked",
        "executable * not allowed", "executable * blocked", "zip * not allowed", "images or other attachments",
        "content presents a potential", "adjunto * bloque", "adjunto * prohib", "adjunto * no se admit",
        "adjunto * no admit", "adjunto * no permit", "anhang * nicht", "piece jointe * refus", "allegato * non",
    ),
    matches(
        ATTACHMENT,
        "names an ending of files that run as programs, as the checks of header_checks(5) do",
        r"\.(?:exe|scr|bat|pif|vbs)(?![\w-]|\.\w)",
    ),
)  # fmt: skip

SPAMMY: tuple[Rule, ...] = (
    says(
        SPAM,
        "says that the message is taken for spam",
        " - spam", "spam detected", "detected as spam", "identified as spam", "classified as spam", "flagged as spam",
        "considered spam", "considered as spam", "is probably spam", "appears to be spam", "looks like spam",
        "looked like spam", "seems to be a spam", "scored as spam", "rejected as spam", "thinks this email is spam",
        "probable spam", "may consider spam", "block for spam", "blocked for abuse", "no spam please", "spamassassin",
        "spam filter", "spam list", "spam score", "spam points", "spam content", "spam check", "spam email",
        "spam block",
        "spam message", "spam rejection", "spam refused", "spam not accepted", "spam rejected", "suspected spam",
        "too much spam",
        "spamming not allowed", "spam-like", "similar to spam", "spambouncer", "spamprofiler",
        "spam classification", "antispam",
        "anti-spam", "anti spam", "spam contents", "probability of spam", "of being spam", "spam or virus",
        "spam/virus",
        "rejected by * (spam)", "(spam)", "due to spam", "dont accept spam", "spam * exceeded", "judged to be spam",
        "unsolicited", "bulk email", "bulk mail", "bulk.advertising", "bulk e-mail", "blacklisted url", "uribl",
        "message content rejected", "content rejected", "content filter", "mail content denied",
        "rejecting mail content",
        "rejecting banned content", "unacceptable content", "content restriction", "message filtered",
        "message rejected for policy reasons", "5.7.0 reject, id=", "reject, id=", "recurrent pattern detection",
        "blocked by our filter",
        "our system has detected that this message", "nature of the content or the links", "help_spam_16",
        "sender domain listed at",
        "is blacklisted on", "mail score", "greylisted * please try again in", "drbl", "mail rejete. mail rejected",
        "ofr_506", "correo no deseado", "quarantined this message",
        stages=("data", "", "connect", "ehlo", "rcpt", "mail"),
        unless=Phrases("spam complaints", "too many spams from your ip", "spamhaus", "spamcop",
        "looks suspiciously like"),
    ),
)  # fmt: skip

POLICIES: tuple[Rule, ...] = (
    says(
        POLICY,
        "says that a policy is against it",
        "denied by policy", "rejected for policy reasons",
        "not accepted for policy reasons", "security policies", "header are not accepted", "header error",
        "local policy violation", "organizational settings", "given low priority", "due to local policy",
        "messages with multiple addresses", "protocol violation", "is not subscribed to this group",
        "by organization policy", "closed mailing list", "mass mailer", "without solving a captcha",
        "non-member to a",
        "not accepting mail with", "has a policy that prohibited", "policy violation", "content policy",
        "by local policy",
        "anti-spoofing policy", "content examination policy", "x-dg-ref header is too long", "politica", "by policy",
    ),
)  # fmt: skip
