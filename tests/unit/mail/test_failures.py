"""mail.failures: replies that servers really send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.mail.failures import classify

CASES = [
    ("rcpt", 550, "5.1.1", "550 5.1.1 <x@d.example>: Recipient address rejected: User unknown in virtual mailbox table",
     "mailbox_not_found"),
    ("rcpt", 550, "5.1.1", "The email account that you tried to reach does not exist.", "mailbox_not_found"),
    ("rcpt", 550, "5.7.1", "550 5.7.1 No such user here", "mailbox_not_found"),
    ("rcpt", 554, "5.7.1", "554 5.7.1 <x@d.example>: Relay access denied", "policy_blocked"),
    ("rcpt", 550, None, "550 mailbox unavailable", "mailbox_not_found"),
    ("rcpt", 550, "5.2.1", "The email account that you tried to reach is disabled", "other"),
    ("rcpt", 550, None, "550 Rejected", "other"),
    ("rcpt", 550, None, "550 Mailbox is frozen", "other"),
    ("rcpt", 551, None, "551 not here", "mailbox_not_found"),
    ("rcpt", 553, "5.1.8", "553 5.1.8 Domain of sender address x@y.example does not exist", "policy_blocked"),
    ("rcpt", 450, "4.1.8", "450 4.1.8 <x@y.example>: Sender address rejected: Domain not found", "policy_blocked"),
    ("mail", 550, None, "550 Unauthenticated senders not allowed", "policy_blocked"),
    ("connect", 554, None, "554 ESMTP not accepting connections", "server_unavailable"),
    ("rcpt", 550, None, "550 El buzón no existe", "mailbox_not_found"),
    ("rcpt", 552, "5.2.2", "552 5.2.2 Mailbox full", "mailbox_full"),
    ("rcpt", 452, "4.2.2", "452-4.2.2 The email account that you tried to reach is over quota.", "mailbox_full"),
    ("rcpt", 452, None, "452 quota exceeded", "mailbox_full"),
    ("data", 552, "5.3.4", "552 5.3.4 Message size exceeds fixed limit", "too_big"),
    ("data", 552, "5.2.3", "552-5.2.3 Your message exceeded Google's message size limits.", "too_big"),
    ("data", 552, "5.7.0", "552-5.7.0 This message was blocked because its content presents a potential security issue."
     " Our guidelines: attachment types not allowed", "attachment_blocked"),
    ("data", 554, "5.7.1", "554 5.7.1 Attachment type .exe is not allowed", "attachment_blocked"),
    ("data", 550, "5.7.1", '550 5.7.1 Attachment name "factura.exe" may not end with ".exe"', "attachment_blocked"),
    ("data", 550, None, "550 We do not take .scr files.", "attachment_blocked"),
    ("data", 550, "5.7.1", "550 5.7.1 Blacklisted file extension detected", "attachment_blocked"),
    ("data", 550, "5.7.1", "550 5.7.1 Rejected, see https://www.exe.example/", "policy_blocked"),
    ("rcpt", 550, None, "550 Unrouteable address", "mailbox_not_found"),
    ("rcpt", 550, None, "550-Verification failed for <x@d.example>\n550-Unrouteable address\n550 Sender verify failed",
     "policy_blocked"),
    ("data", 554, "5.7.1", "554 5.7.1 Rejected: dangerous file type", "attachment_blocked"),
    ("data", 550, "5.7.1", "550 5.7.1 No se aceptan archivos ejecutables", "attachment_blocked"),
    ("rcpt", 554, "5.7.1", "554 5.7.1 <x@d.example>: Recipient address rejected: Access denied", "policy_blocked"),
    ("rcpt", 550, "5.4.1", "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", "mailbox_not_found"),
    ("rcpt", 550, "5.7.1", "550 5.7.1 <a.example>: Helo command rejected: Host not found", "policy_blocked"),
    ("rcpt", 450, "4.3.2", "450 4.3.2 Service currently unavailable", "server_unavailable"),
    ("connect", 421, "4.3.2", "421 4.3.2 System not accepting network messages", "server_unavailable"),
    ("data", 554, "5.6.1", "554 5.6.1 media type not supported", "attachment_blocked"),
    ("data", 550, "5.7.1", "550 5.7.1 Message content rejected, UBE", "policy_blocked"),
    ("data", 550, "5.7.26", "550-5.7.26 This mail is unauthenticated (DMARC)", "policy_blocked"),
    ("connect", 554, None, "554 Client host [192.0.2.1] blocked using zen.example", "policy_blocked"),
    ("rcpt", 550, None, "550 5.7.1 Service unavailable; client [192.0.2.1] listed at Spamhaus", "policy_blocked"),
    ("rcpt", 450, "4.2.0", "450 4.2.0 <x@d.example>: Recipient address rejected: Greylisted", "throttled"),
    ("rcpt", 451, "4.7.1", "451 4.7.1 Please try again later", "throttled"),
    ("mail", 421, "4.7.28", "421-4.7.28 unusual rate of mail", "throttled"),
    ("connect", 421, "4.3.2", "421 4.3.2 Service not available, closing transmission channel", "server_unavailable"),
    ("mail", 452, "4.3.1", "452 4.3.1 Insufficient system storage", "server_unavailable"),
    ("rcpt", 550, "5.1.2", "550 5.1.2 Bad destination system address", "domain_not_found"),
    ("rcpt", 556, "5.1.10", "556 5.1.10 Recipient address has null MX", "no_mail_domain"),
    ("rcpt", 550, "5.1.10", "550 5.1.10 No", "no_mail_domain"),
    ("rcpt", 556, None, "556 Domain does not accept mail", "no_mail_domain"),
    ("mail", 550, "5.7.27", "550 5.7.27 Sender address has null MX", "policy_blocked"),
    ("connect", 521, None, "521 Host does not accept mail", "server_unavailable"),
    ("rcpt", 550, "5.4.4", "550 5.4.4 Host not found", "domain_not_found"),
    ("mail", 501, None, "501 syntax", "other"),
    ("data", 250, None, "250 Ok", "undetermined"),
]  # fmt: skip


@pytest.mark.parametrize(("stage", "code", "enhanced", "text", "expected"), CASES)
def test_real_replies(stage: str, code: int, enhanced: str | None, text: str, expected: str) -> None:
    failure = classify(stage=stage, code=code, enhanced=enhanced, text=text)
    assert failure.failure_class == expected, failure
    assert failure.permanent is (500 <= code <= 599)
    assert failure.why


@given(st.sampled_from(["connect", "mail", "rcpt", "data", "?"]), st.integers(0, 999), st.text(max_size=500))
def test_any_reply_has_a_class(stage: str, code: int, text: str) -> None:
    failure = classify(stage=stage, code=code, enhanced=text[:7] or None, text=text)
    assert failure.permanent is (500 <= code <= 599)
    assert (failure.failure_class == "undetermined") is not (400 <= code <= 599)
