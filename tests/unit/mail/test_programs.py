"""mail.reports: the texts that Exim, qmail and Gmail have in their sources, or show, in bounces without RFC 3464."""

import pytest

from acuse.mail.reports.reader import read_report

EXIM = """From: Mail Delivery System <Mailer-Daemon@mx.example>
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {address}
    {said}

------ This is a copy of the message, including all the headers. ------

To: otro@destino.example
"""
QMAIL = """From: MAILER-DAEMON@mx.example
Subject: failure notice

Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<cliente@destino.example>:
{said}

--- Below this line is a copy of the message.

To: otro@destino.example
"""
GMAIL = """From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
Subject: Delivery Status Notification (Failure)

Delivery to the following recipient failed permanently:

     cliente@destino.example

Technical details of permanent failure:
Google tried to deliver your message, but it was rejected by the recipient
domain. The error that the other server returned was: {said}.

   ----- Original message -----

To: otro@destino.example
"""
CASES = [
    (EXIM, "all relevant MX records point to non-existent hosts", "host_unknown", "domain_not_found"),
    (EXIM, "all host address lookups failed permanently", "host_unknown", "domain_not_found"),
    (EXIM, "Unrouteable address", "host_unknown", "domain_not_found"),
    (EXIM, "mailbox is full (quota exceeded while writing to file /m)", "mailbox_full", "mailbox_full"),
    (EXIM, "an MX or SRV record indicated no SMTP service", "server_or_network", "no_mail_domain"),
    (EXIM, "malformed address: <x may not follow y", "protocol_error", "other"),
    (EXIM, "delivery to pipe forbidden", "server_or_network", "server_unavailable"),
    (EXIM, 'Too many "Received" headers - suspected mail loop', "content_blocked", "other"),
    (EXIM, "retry timeout exceeded", "expired_timeout", "server_unavailable"),
    (EXIM, "SMTP error from remote mail server after RCPT TO:<cliente@destino.example>:\n"
     "    host mx.destino.example [192.0.2.1]: 550 Administrative prohibition", "policy", "policy_blocked"),
    (QMAIL, "Sorry, no mailbox here by that name. (#5.1.1)", "user_unknown", "mailbox_not_found"),
    (QMAIL, "Sorry, I couldn't find any host named destino.example. (#5.1.2)", "host_unknown", "domain_not_found"),
    (QMAIL, "192.0.2.1 does not like recipient.\nRemote host said: 550 no\nGiving up on 192.0.2.1.",
     "expired_timeout", "other"),
    (QMAIL, "Connected to 192.0.2.1 but my name was rejected.\nRemote host said: 501 bad",
     "spam_or_reputation", "policy_blocked"),
    (QMAIL, "Connected to 192.0.2.1 but sender was rejected.\nRemote host said: 550 no", "policy", "policy_blocked"),
    (QMAIL, "The message exeeded the maximum size the user accepts (#5.2.3)", "message_too_big", "too_big"),
    (QMAIL, "Mailaddress is administratively disabled (#5.2.1)", "recipient_refused", "other"),
    (QMAIL, "Unable to chdir to maildir", "server_or_network", "server_unavailable"),
    (GMAIL, "500 Remote server does not support TLS (state 6)", "policy", "policy_blocked"),
    (GMAIL, "535 SMTP AUTH failed with the remote server. (state 8)", "server_or_network", "server_unavailable"),
    (GMAIL, "550 550 5.2.2 <cliente@destino.example>... Mailbox Full (state 14)", "mailbox_full", "mailbox_full"),
    (GMAIL, "550 550 Requested action not taken (state 14)", "user_unknown", "mailbox_not_found"),
    (GMAIL, "550 550 <cliente@destino.example> No such user here (state 17)", "recipient_refused",
     "mailbox_not_found"),
    (GMAIL, "550 550 5.7.1 SPF unauthorized mail is prohibited. (state 15)", "auth_policy", "policy_blocked"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "said", "report_class", "failure_class"), CASES)
def test_what_programs_write(form: str, said: str, report_class: str, failure_class: str) -> None:
    report = read_report(form.format(said=said, address="cliente@destino.example").encode())
    (only,) = report.recipients
    assert (report.kind, only.address) == ("bounce", "cliente@destino.example")
    assert (only.report_class, only.failure_class) == (report_class, failure_class)


def test_an_alias_that_exim_hides_is_told_by_what_it_came_from() -> None:
    said = "(generated from cliente@destino.example)\n    Unrouteable address"
    report = read_report(EXIM.format(said=said, address="an undisclosed address").encode())
    assert [each.address for each in report.recipients] == ["cliente@destino.example"]


OTHERS = [
    ("From: sysadmin@msg.vzwpix.com\nSubject: Re: Hola", "Error: 550 - Requested action not taken: no such user "
     "here\n\n"
     "Original Message:\n\nFrom: x@acuse.example\nTo: cliente@destino.example", "user_unknown"),
    ("From: post_master@vtext.com\nSubject: Undeliverable Message", "Error: No valid recipients\n\nDetails:\n"
     "  MAIL FROM: x@acuse.example\n  RCPT TO: cliente@destino.example", "user_unknown"),
    ("From: lista-admin@lista.example\nX-MLServer: fml 4.0\nSubject: Spam mail from a spammer is rejected",
     "This mail is rejected <cliente@destino.example>.", "policy"),
    ("From: lista-admin@lista.example\nX-MLServer: fml 4.0\nSubject: fml system error message",
     "<cliente@destino.example> has detected a loop condition so that", "server_or_network"),
    ("From: Postmaster <postmaster@mx.example>\nSubject: Undeliverable Mail",
     "User mailbox exceeds allowed size: cliente@destino.example", "mailbox_full"),
    ("From: Postmaster <postmaster@mx.example>\nSubject: Undeliverable Mail",
     "Delivery failed 4 attempts: cliente@destino.example", "expired_timeout"),
    ("From: Internet Mail Delivery <postmaster@mx.example>\nSubject: Delivery Notification: Delivery has failed",
     "  Message-id: <CD8@mx.example>\n  From: <x@acuse.example>\n\nYour message cannot be delivered to the "
     "following recipients:\n\n  Recipient address: @mx.example:cliente@interno\n  Original address: "
     "cliente@destino.example\n"
     "  Reason: Illegal host/domain name found", "host_unknown"),
    ("From: mailer-daemon@gmx.com (GMX Mailer Daemon)\nSubject: Mail delivery failed: returning message to sender",
     "The following addresses failed:\n\n<cliente@destino.example>\n\nReason:\ndelivery retry timeout exceeded",
     "expired_timeout"),
    ("From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example>\nSubject: Returned mail: Host unknown",
     "   ----- Transcript of session follows -----\n550 cliente@destino.example... Host unknown", "host_unknown"),
    ("From: alguien@mx.example\nSubject: DELIVERY FAILURE: User x not listed in Domino Directory",
     "Your message\n\nwas not delivered to:\n\n  cliente@destino.example\n\nbecause:\n\n"
     "  User x (cliente@destino.example) not listed in Domino Directory", "user_unknown"),
    ('From: "Mail Deliver System" <MAILER-DAEMON@mx.example>\nSubject: Returned Mail: Hola',
     "---The following addresses had delivery errors---\n\n cliente@destino.example  [Mailbox full]", "mailbox_full"),
    ("From: System Administrator <postmaster@mx.example>\nSubject: Undeliverable: Hola",
     "did not reach the following recipient(s):\n\nc=US;a= ;p=x;cat:SMTP=cliente@destino.example; on Fri, 4 Oct 02\n"
     "    MSEXCH:IMS:X:Y:EXCHANGE 0 (00120270) Too Many Hops", "server_or_network"),
]  # fmt: skip


@pytest.mark.parametrize(("header", "body", "report_class"), OTHERS)
def test_what_other_programs_write(header: str, body: str, report_class: str) -> None:
    report = read_report(f"{header}\nTo: x@acuse.example\n\n{body}\n".encode())
    assert [(each.address, each.report_class) for each in report.recipients] == [
        ("cliente@destino.example", report_class)
    ]


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Delivery of your order failed", "Write to ventas@tienda.example, please."),
        ("Re: Undelivered Mail Returned to Sender", "It could not be delivered to <cliente@destino.example>: why?"),
        ("Undeliverable", "What does this word mean?"),
    ],
)
def test_people_who_write_of_delivery(subject: str, text: str) -> None:
    raw = f"From: ana@cliente.example\nTo: x@acuse.example\nSubject: {subject}\n\n{text}\n"
    assert read_report(raw.encode()).kind == "ordinary"
