"""mail.causes: what Google and Microsoft write, after their published lists, is told in the words of `explain`."""

import pytest

from acuse.mail.causes.decide import decide
from acuse.mail.causes.rule import Reply, folded
from acuse.mail.causes.vocabulary import REPORT_CLASSES

GOOGLE = """
auth_policy        451 4.7.24 The SPF record of the sending domain has one or more suspicious entries
auth_policy        421 4.7.26 Gmail requires all senders to authenticate with either SPF or DKIM
auth_policy        550 5.7.26 has an SPF record with a hard fail policy
auth_policy        550 5.7.26 Unauthenticated email from x is not accepted due to domain's DMARC policy
auth_policy        550 5.7.1 fails to pass authentication checks (SPF or DKIM)
auth_policy        421 4.7.27 Gmail requires all bulk email senders to authenticate their email with SPF
auth_policy        550 5.7.27 requires all large senders to authenticate with SPF
auth_policy        550 5.7.30 This mail has been blocked because DKIM does not pass. Gmail requires all large senders t
auth_policy        421 4.7.32 isn't aligned with either the authenticated SPF or DKIM organizational domain
auth_policy        421 4.7.40 requires all bulk email senders to add a DMARC record to their sending domain
spam_or_reputation 421 4.7.0 very low reputation of the sending IP address
spam_or_reputation 421 4.7.0 IP not in whitelist for RCPT domain, closing connection
spam_or_reputation 421 4.7.0 Try again later, closing connection.
spam_or_reputation 501 5.5.4 HELO/EHLO argument is invalid
spam_or_reputation 421 4.7.28 Gmail has detected an unusual rate of mail originating from
spam_or_reputation 550 5.7.28 There is an unusual rate of unsolicited mail originating from your IP address
message_too_big    552 5.2.3 Your message exceeded Google's message size limits
message_too_big    552 5.3.4 exceeds Google's limit of limit attachments.
message_too_big    552 5.3.4 bytes per individual header size
expired_timeout    421 4.7.0 Connection expired, try reconnecting
expired_timeout    451 4.4.2 Timeout - closing connection
policy             530 5.7.0 Must issue a STARTTLS command first
policy             421 4.7.0 TLS required for RCPT domain, closing connection
policy             421 4.7.29 Gmail requires all bulk email senders to use TLS/SSL for SMTP connections
policy             550 5.7.29 Gmail requires all bulk email senders to use TLS/SSL for SMTP connections
mailbox_full       452 4.2.2 The recipient's inbox is out of storage space
mailbox_full       550 5.7.1 Email quota exceeded
server_or_network  554 5.4.6 Message exceeded 50 hops, this may indicate a mail loop
server_or_network  554 5.6.0 Message exceeded 50 hops, this may indicate a mail loop
policy             550 5.7.0 Mail relay denied 192.0.2.1. Invalid credentials for relay for one of the domains in
policy             550 5.7.1 Invalid credentials for relay 192.0.2.1.
policy             550 5.7.1 The IP you're using to send mail is not authorized to send email directly to our servers
policy             550 5.7.1 Messages missing a valid address in the From: header, or having no From: header, are not a
policy             550 5.7.1 This message is not RFC 5322 compliant because it has duplicate headers
policy             553 5.1.7 The sender address <x> is not a valid RFC 5321 address
policy             554 5.6.0 Mail message is malformed. Not accepted
policy             552 5.7.0 Our system detected an illegal attachment on your message
policy             550 5.7.1 The user or domain that you are sending to (or from) has a policy that prohibited the mail
policy             421 4.7.28 exceeded its quota for sending messages with the same Message-ID:
policy             550 5.7.0, Mail Sending denied
spam_or_reputation 421 4.7.0 The IP address sending this message does not have a PTR record, or the corresponding
spam_or_reputation 421 4.7.23 The sending IP address for this message doesn't have a PTR record, or the PTR record's fo
spam_or_reputation 550 5.7.1 This message does not meet IPv6 sending guidelines regarding PTR records and authenticatio
spam_or_reputation 550 5.7.25 The sending IP does not match the IP address of the hostname specified in the pointer (PT
policy             454 4.7.0 Too many login attempts, please try again later
policy             530 5.5.1 Authentication Required.
policy             535 5.7.8 Username and Password not accepted
spam_or_reputation 421 4.7.0 This message is suspicious due to the nature of the content or the links within
spam_or_reputation 550 5.7.1 Our system has detected that this message is likely unsolicited mail
throttled          450 4.2.1 The user you are trying to contact is receiving mail too quickly
throttled          450 4.2.1 Peak SMTP relay limit exceeded for customer
throttled          550 5.2.1 receiving mail at a rate that prevents additional messages from being delivered
throttled          550 5.4.5 Daily sending quota exceeded
throttled          550 5.4.5 Daily user sending limit exceeded
throttled          550 5.4.5 Daily SMTP relay limit exceeded for user
throttled          550 5.7.1 this mail has been rate limited
recipient_refused  550 5.2.1 The email account that you tried to reach is inactive
protocol_error     525 5.7.10 SMTP protocol violation, no commands allowed to pipeline after STARTTLS
protocol_error     501 5.7.11 Syntax error (no parameters allowed)
protocol_error     502 5.5.1 Unrecognized command
protocol_error     503 5.5.1 Bad sequence of commands
protocol_error     503 5.5.1 EHLO/HELO first
protocol_error     504 5.7.4 Unrecognized Authentication Type
protocol_error     554 5.7.0 Too many unauthenticated commands
server_or_network  421 4.3.0 Temporary system problem
server_or_network  421 4.4.5 Server busy
server_or_network  451 4.3.0 Multiple destination domains per transaction is unsupported
server_or_network  451 4.3.0 Mail server temporarily rejected message
server_or_network  452 4.5.3 Domain policy size per transaction exceeded
throttled          452 4.5.3 Your message has too many recipients
throttled          550 5.5.3 Too many recipients for this sender
user_unknown       550 5.1.1 The email account that you tried to reach does not exist
"""
MICROSOFT = """
auth_policy        451 4.7.26 must pass either SPF or DKIM validation, this message is not signed
auth_policy        550 5.7.23 The message was rejected because of Sender Policy Framework violation
auth_policy        550 5.7.509 Access denied, sending domain does not pass DMARC verification
auth_policy        550 5.7.515 Access denied, sending domain x doesn't meet the required authentication level
spam_or_reputation 451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation
spam_or_reputation 451 4.4.2 Connection dropped
spam_or_reputation 451 4.7.860 Access denied, please try again later
spam_or_reputation 550 5.7.25 Access denied, the sending IPv6 address must have a reverse DNS record
spam_or_reputation 550 5.7.506 Access denied, bad HELO
spam_or_reputation 550 5.7.507 Access denied, rejected by recipient
spam_or_reputation 550 5.7.510 Access denied, x does not accept email over IPv6
spam_or_reputation 550 5.7.511 Access denied, banned sender
spam_or_reputation 550 5.7.513 Service unavailable, Client host [192.0.2.1] blocked by x using Customer Block list (AS1
spam_or_reputation 550 5.7.606 Access denied, banned sending IP [192.0.2.1]
spam_or_reputation 550 5.5.4 Invalid domain name
spam_or_reputation 550 5.7.1 Unfortunately, messages from [192.0.2.5] weren't sent. part of their network is on our blo
content_blocked    550 5.3.0 too many related errors
content_blocked    550 5.6.11 Invalid characters
content_blocked    550 5.4.11 Agent generated message depth exceeded
content_blocked    550 5.5.6 Invalid message content
message_too_big    550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient
message_too_big    552 5.3.4 Message size exceeds fixed maximum message size
expired_timeout    441 4.4.1 Connection timed out
expired_timeout    400 4.4.7 Message delayed
expired_timeout    550 4.4.7 QUEUE.Expired; message expired
expired_timeout    550 5.4.300 Message expired
policy             451 4.4.8 MX hosts of x failed MTA-STS validation
policy             451 4.4.317 STARTTLS is required to send mail
policy             550 5.7.5 Remote certificate failed MTA-STS validation
policy             550 5.7.51 TenantInboundAttribution; RestrictDomainsToIPAddresses or RestrictDomainsToCertificate
policy             450 4.7.321 starttls-not-supported: x
policy             550 5.7.322 certificate-expired: x
policy             550 5.7.323 tlsa-invalid: x
mailbox_full       554 5.2.2 mailbox full
server_or_network  550 5.4.6 Hop count exceeded - possible mail loop
server_or_network  450 4.4.312 DNS query failed
server_or_network  450 4.4.316 Connection refused
server_or_network  550 5.4.4 Invalid arguments
server_or_network  550 5.4.14 Routing loop detected
policy             550 5.7.1 Unable to relay
policy             550 5.7.1 Client was not authenticated
policy             550 5.4.1 Relay Access Denied
policy             550 5.7.64 TenantAttribution; Relay Access Denied
server_or_network  432 4.3.2 System not accepting network messages
server_or_network  450 4.4.4 Mail received as unauthenticated, incoming to a recipient domain configured in a hosted te
server_or_network  550 5.3.2 STOREDRV.Deliver: Missing or bad StoreDriver MDB properties
policy             550 5.0.350 x-dg-ref header is too long
policy             550 5.0.350 Requested action not taken: policy violation detected (AS345)
policy             550 5.7.900 Delivery not authorized, message refused
policy             550 5.1.7 Invalid address
policy             550 5.1.0 Sender denied
policy             550 5.1.8 Access denied, bad outbound sender
policy             550 5.7.12 Sender was not authenticated by organization
policy             550 5.7.124 Sender not in allowed-senders list
policy             550 5.7.133 Sender not authenticated for group
policy             550 5.7.134 Sender was not authenticated for mailbox
policy             550 5.7.13 Sender was not authenticated for public folder
policy             550 5.7.501 Access denied, spam abuse detected
policy             550 5.7.512 Access denied, message must be RFC 5322 section 3.6.2 compliant
policy             550 5.7.750 Service unavailable. Client blocked from sending from unregistered domains
policy             550 5.7.3 Cannot achieve Exchange Server authentication
policy             550 5.7.57 Client was not authenticated to send anonymous mail during MAIL FROM
spam_or_reputation 550 5.2.1 Content Filter agent quarantined this message
throttled          550 5.5.3 Too many recipients
throttled          432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded
throttled          451 4.7.652 The mail server [192.0.2.251] has exceeded the maximum number of connections
throttled          550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients
throttled          550 5.2.2 Submission quota exceeded
throttled          550 5.2.121 RESOLVER.ADR.RecipientLimit; recipient's per hour message receive limit
throttled          550 5.7.508 Access denied, 192.0.2.1 has exceeded permitted limits within range
throttled          550 5.7.705 Access denied, tenant has exceeded threshold
throttled          550 5.7.708 Access denied, traffic not accepted from this IP
recipient_refused  550 5.7.504 Recipient address rejected: Access denied
recipient_refused  550 5.7.505 Access denied, banned recipient
recipient_refused  550 5.2.1 Mailbox cannot be accessed
protocol_error     503 5.5.2 Send hello first
server_or_network  432 4.3.2 Service not available
server_or_network  432 4.3.2 Service not active
server_or_network  550 5.3.5 System incorrectly configured
server_or_network  550 5.3.190 Journaling on-premises messages is not supported when Journaling Archive is disabled
server_or_network  550 5.1.4 Destination mailbox address ambiguous
server_or_network  550 5.2.4 Mailing list expansion problem
server_or_network  550 5.2.14 Misconfigured forwarding address
server_or_network  451 4.4.22 Message failed to be replicated: no healthy peers found
server_or_network  451 4.4.3 Temporary server error. Please try again later ATTR18
server_or_network  450 4.4.318 Connection was closed abruptly (SuspiciousRemoteServerError)
server_or_network  451 4.7.500 Server busy. Please try again later from [192.0.2.2]. (AS761)
server_or_network  451 4.7.700 PFA agent busy, please try again.
server_or_network  452 4.3.1 Insufficient system resources
user_unknown       550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found
user_unknown       550 5.1.4 Recipient address reserved by RFC 2606
user_unknown       550 5.1.6 Recipient addresses in single label domains not accepted
user_unknown       550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient x not found
user_unknown       550 5.4.1 Recipient address rejected: Access denied
"""
CASES = [
    (host, *line.split(None, 1))
    for host, lines in (("gmail-smtp-in.l.google.com", GOOGLE), ("destino.mail.protection.outlook.com", MICROSOFT))
    for line in lines.strip().splitlines()
]


@pytest.mark.parametrize(("host", "expected", "said"), CASES)
def test_published_replies(host: str, expected: str, said: str) -> None:
    code, enhanced, _ = said.split(" ", 2)
    reply = Reply(text=folded(said), code=code, enhanced=enhanced.rstrip(","), stage="data", digit=code[0])
    assert REPORT_CLASSES[decide(reply, host).cause] == expected
