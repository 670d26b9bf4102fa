"""What the great providers mean by what they write, after their own published lists."""

from dataclasses import dataclass

from acuse.mail.causes.rule import Phrases, Rule, matches, says, status
from acuse.mail.causes.vocabulary import (
    ATTACHMENT,
    CLIENT_BLOCKED,
    DOMAIN_UNKNOWN,
    DOMAIN_WITHOUT_MAIL,
    EXPIRED,
    MAILBOX_DISABLED,
    MAILBOX_FULL,
    MAILBOX_MOVED,
    MAILBOX_UNKNOWN,
    MALFORMED,
    NETWORK,
    NO_MAIL_ACCEPTED,
    NO_REVERSE_DNS,
    NOT_RFC,
    POLICY,
    PROTOCOL,
    RECIPIENT_REFUSES,
    RELAYING_DENIED,
    REPUTATION,
    SECURITY,
    SENDER_REFUSED,
    SERVER_FAULT,
    SPAM,
    TLS_FAILED,
    TOO_BIG,
    TOO_MANY,
    TRY_LATER,
    UNAUTHENTIC,
    VIRUS,
)


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A provider: the ends of the names of its servers or domains, and its rules, tried before all others."""

    name: str
    hosts: tuple[str, ...]
    rules: tuple[Rule, ...]


MICROSOFT = (
    says(EXPIRED, "Exchange: the message expired in the queue", "message expired"),
    says(MAILBOX_UNKNOWN, "Outlook.com: no such mailbox", "requested action not taken: mailbox unavailable"),
    says(DOMAIN_UNKNOWN, "Outlook.com: no way to the domain", "because the domain is not reachable"),
    matches(REPUTATION, "Outlook.com: reputation", r"\b(?:rp-00[1-3]|sc-001|ou-002)\b"),
    matches(POLICY, "Outlook.com: namespace mining", r"\bsc-002\b"),
    matches(CLIENT_BLOCKED, "Outlook.com: the server's address", r"\b(?:sc-00[34]|dy-001|ou-001)\b"),
    matches(VIRUS, "Outlook.com: compromised server", r"\bdy-002\b"),
    says(MAILBOX_FULL, "Exchange: mailbox full", "storedrv.deliver: mailbox full", "shutoffquota"),
    says(RECIPIENT_REFUSES, "Exchange: banned or rejected recipient", "access denied, banned recipient"),
    status(MAILBOX_DISABLED, "Exchange Online: banned recipient", "5.7.504", "5.7.505"),
    says(MAILBOX_UNKNOWN, "Exchange: a domain that nobody can have", "reserved by rfc 2606"),
    says(TOO_MANY, "Exchange Online: the sender's limits", "submission quota exceeded"),
    says(SERVER_FAULT, "Exchange Online: busy", "server busy", "agent busy"),
    says(POLICY, "Exchange Online: its own header grew too long", "x-dg-ref header"),
    says(NETWORK, "Exchange: no way to the server in its settings of DNS", "invalid arguments"),
    says(MALFORMED, "Exchange: moved to the queue of poisonous messages", "too many related errors"),
    status(DOMAIN_UNKNOWN, "Exchange Online: the DNS knows no such domain", "x.4.310"),
    says(CLIENT_BLOCKED, "Exchange: HELO with no valid name", "invalid domain name"),
    says(MAILBOX_UNKNOWN, "Exchange Online (DBEB), 5.4.1: not a recipient of the domain",
         "recipient address rejected: access denied"),
    status(UNAUTHENTIC, "Exchange Online: SPF or DMARC", "4.7.26", "5.7.23", "5.7.509", "5.7.515"),
    status(SENDER_REFUSED, "Exchange Online: the sender may not write to this recipient", "5.7.12", "5.7.124",
           "5.7.13x", "5.7.501", "5.7.502", "5.7.503", "5.7.512", "5.7.750"),
    status(REPUTATION, "Exchange Online: reputation of the address", "4.7.650", "4.7.651"),
    status(TOO_MANY, "Exchange Online: limits", "5.7.508", "5.7.7xx", "5.2.121", "5.2.122", "5.1.90", "4.7.652"),
    status(NETWORK, "Exchange Online: DNS, loops, the way there", "x.4.312", "x.4.316", "5.4.6", "5.4.14"),
    status(TLS_FAILED, "Exchange Online: TLS, MTA-STS, DANE", "x.7.321", "x.7.322", "x.7.323", "x.7.324", "x.7.325",
           "x.4.317", "x.7.5", "x.4.8", "5.7.51"),
    status(CLIENT_BLOCKED, "Exchange Online: the address of the server is refused", "5.7.506", "5.7.507", "5.7.510",
           "5.7.511", "5.7.513", "5.7.60x", "5.7.6xx", "4.7.5xx", "4.7.6xx", "4.7.85x", "4.7.86x", "4.7.87x",
           "4.7.88x",
           "4.7.89x"),
    says(SENDER_REFUSED, "Exchange: may not send to this recipient", "resolver.rst.notauthorized",
         "delivery not authorized", "was not authenticated by organization"),
)  # fmt: skip

GOOGLE = (
    says(TLS_FAILED, "Gmail: TLS is required", "use tls/ssl for smtp", "tls required", "starttls command first"),
    says(EXPIRED, "Gmail: it waited for too long", "timeout - closing connection", "connection expired"),
    says(RELAYING_DENIED, "Gmail: this address may not send directly", "not authorized to send email directly"),
    says(SECURITY, "Gmail: log-in", "too many login attempts"),
    says(PROTOCOL, "Gmail: a wrong command", "protocol violation", "syntax error", "unrecognized authentication type",
         "too many unauthenticated commands"),
    says(SERVER_FAULT, "Gmail: another transaction is needed", "multiple destination domains per transaction",
         "domain policy size per transaction"),
    says(MAILBOX_DISABLED, "Gmail: disabled or inactive account", "reach is disabled", "reach is inactive"),
    says(TOO_MANY, "Gmail: limits", "is receiving mail too quickly", "relay limit exceeded", "sending quota exceeded",
         "prevents additional messages", "user sending limit", "has too many recipients"),
    says(UNAUTHENTIC, "Gmail: SPF, DKIM or DMARC", "spf record", "either spf or dkim", "dmarc policy", "dmarc record",
         "authentication checks", "with spf", "with dkim", "authenticated spf or dkim", "sender is unauthenticated"),
    says(REPUTATION, "Gmail: reputation", "very low reputation"),
    says(NOT_RFC, "Gmail: RFC 5322", "rfc 5322 compliant", "from: header", "valid message-id", "encoded-word syntax",
         "disallowed header", "message is malformed", "multiple addresses"),
    says(ATTACHMENT, "Gmail: an attachment of a kind that it does not take", "illegal attachment",
         "potential security issue", "presents a potential"),
    says(POLICY, "Gmail: a policy of the domain", "has a policy that prohibited", "same message-id"),
    says(SPAM, "Gmail: taken for spam", "likely unsolicited", "nature of the content"),
    says(TRY_LATER, "Gmail: so much from this sender is unusual", "unusual rate"),
    says(CLIENT_BLOCKED, "Gmail: the server is refused", "not in whitelist", "try again later, closing",
         "helo/ehlo argument"),
    says(NO_REVERSE_DNS, "Gmail: no PTR record", "ptr record"),
    says(DOMAIN_UNKNOWN, "Google: the domain does not exist", "responded with code nxdomain", "domain name not found",
         digits="5"),
    says(DOMAIN_WITHOUT_MAIL, "Google: null MX", "null mx", unless=Phrases("sender")),
    says(NETWORK, "Google: DNS gave no answer to go by", "had no relevant answers", "code nxdomain", digits="4"),
    says(SENDER_REFUSED, "Gmail: not from here", "unauthenticated email is not accepted", "mail sending denied"),
)  # fmt: skip

YAHOO = (
    says(SENDER_REFUSED, "Yahoo [TSS]: defers or refuses the sender", "unexpected volume or user complaints",
         "will be permanently deferred", "unresolvable rfc.5321"),
    says(POLICY, "Yahoo: policy", "not accepted for policy reasons"),
    says(MAILBOX_DISABLED, "Yahoo: no longer valid or disabled", "is no longer valid", "mailbox is disabled"),
    says(MAILBOX_UNKNOWN, "Yahoo: no such account", "this user doesn't have a", "mailbox not found"),
    says(UNAUTHENTIC, "Yahoo: unauthenticated", "either spf or dkim"),
)  # fmt: skip

APPLE = (
    says(UNAUTHENTIC, "iCloud: SPF, DKIM or DMARC", "s dmarc policy", "failing both spf and dkim"),
    says(CLIENT_BLOCKED, "iCloud: listed", "present in the spamhaus", "listing in spamhaus", "dnsbl-lookup"),
    says(MAILBOX_MOVED, "iCloud: no longer there", "recipient no longer on server"),
    says(POLICY, "iCloud: policy", "due to local policy"),
    says(TOO_MANY, "iCloud: volume", "due to excessive volume"),
    says(MAILBOX_UNKNOWN, "iCloud: no such address", "inactive email address", "user does not exist",
         "illegal alias"),
)  # fmt: skip

ORANGE = (
    matches(CLIENT_BLOCKED, "Orange, La Poste: refused for its address",
         r"(?:lpn|ofr|ouk)[a-z0-9]{0,6}[_-]?(?:101|102|103|510|999)\b"),
    matches(TOO_MANY, "Orange, La Poste: too many connections", r"(?:lpn|ofr|ouk)[a-z0-9]{0,6}[_-]?104\b"),
    matches(SECURITY, "Orange, La Poste: log-in", r"(?:lpn|ofr|ouk)[a-z0-9]{0,6}[_-]?(?:305|402)\b"),
    matches(UNAUTHENTIC, "Orange, La Poste: SPF, DMARC", r"(?:lpn|ofr|ouk)[a-z0-9]{0,6}[_-]?(?:401|517)\b"),
    matches(SENDER_REFUSED, "Orange, La Poste: sender", r"(?:lpn|ofr|ouk)[a-z0-9]{0,6}[_-]?(?:403|405|415|421)\b"),
    matches(MAILBOX_UNKNOWN, "Orange, La Poste: recipient", r"(?:lpn|ofr|ouk)[a-z0-9]{0,6}[_-]?(?:416|418)\b"),
    matches(MAILBOX_FULL, "Orange, La Poste: full", r"(?:lpn|ofr|ouk)[a-z0-9]{0,6}[_-]?417\b"),
    matches(MAILBOX_DISABLED, "Orange, La Poste: archived or blocked",
         r"(?:lpn|ofr|ouk)[a-z0-9]{0,6}[_-]?(?:420|426)\b"),
    matches(SERVER_FAULT, "Orange, La Poste: not now", r"(?:lpn|ofr|ouk)[a-z0-9]{0,6}[_-]?505\b"),
    matches(SPAM, "Orange, La Poste: spam", r"(?:lpn|ofr|ouk)[a-z0-9]{0,6}[_-]?506\b"),
    matches(TOO_BIG, "Orange, La Poste: size", r"(?:lpn|ofr|ouk)[a-z0-9]{0,6}[_-]?514\b"),
    matches(POLICY, "Orange, La Poste: policy", r"(?:lpn|ofr|ouk)[a-z0-9]{0,6}[_-]?630\b"),
)  # fmt: skip

GODADDY = (
    matches(CLIENT_BLOCKED, "GoDaddy: blocked", r"\bib(?:10[4-6]|11[0-3])\b"),
    matches(REPUTATION, "GoDaddy: reputation", r"\bib103\b"),
    matches(TOO_MANY, "GoDaddy: limits", r"\bib(?:007|101|504|510|605|607)\b"),
    matches(NO_REVERSE_DNS, "GoDaddy: reverse DNS", r"\bib108\b"),
    matches(SPAM, "GoDaddy: spam", r"\bib212\b"),
    matches(VIRUS, "GoDaddy: virus", r"\bib705\b"),
    matches(SECURITY, "GoDaddy: log-in", r"\bib401\b"),
    matches(NOT_RFC, "GoDaddy: From", r"\bib50[12]\b"),
    matches(SENDER_REFUSED, "GoDaddy: sender", r"\bib506\b"),
    matches(UNAUTHENTIC, "GoDaddy: SPF", r"\bib508\b"),
    says(CLIENT_BLOCKED, "GoDaddy: on its own list", "rbl reject", "spamhaus.org/query/bl?ip="),
    says(MAILBOX_FULL, "GoDaddy: storage", "account storage limit"),
    says(MAILBOX_DISABLED, "GoDaddy: disabled", "account disabled"),
    says(SPAM, "GoDaddy: content", "spam or virus content"),
    says(EXPIRED, "GoDaddy: time", "in the queue too long", "delivery timeout"),
    says(SERVER_FAULT, "GoDaddy: loop", "message is looping"),
    says(MAILBOX_UNKNOWN, "GoDaddy: no such account", "recipient not found", "account does not exist"),
)  # fmt: skip

CABLE = (
    says(CLIENT_BLOCKED, "Cox: bad commands, or too many wrong recipients", "too many bad commands",
         "too many invalid recipients"),
    says(POLICY, "Cox: spoke before the greeting", "no data before greeting"),
    says(TOO_MANY, "Cox: over a limit", "requested action aborted: try again later"),
    says(MAILBOX_UNKNOWN, "Cox: no such account", "recipient rejected"),
    matches(CLIENT_BLOCKED, "Spectrum, Cox: address blocked",
            r"aup#[a-z]{0,3}-?(?:1000|12[0-4][0-9]|1250|ipbl|cxbl|cdrbl)|\b(?:cxbl|cdrbl|ipbl[0-9]{4,5})\b"),
    matches(SENDER_REFUSED, "Spectrum, Cox: account or sender", r"aup#[a-z]{0,3}-?(?:10[1-8]0|1500|1520)|\bcxsmtp\b"),
    matches(SERVER_FAULT, "Spectrum: not now", r"aup#[a-z]{0,3}-?1090"),
    matches(NO_REVERSE_DNS, "Spectrum, Cox: DNS of the address", r"aup#[a-z]{0,3}-?11[0-5]0|\bcxdns\b"),
    matches(POLICY, "Spectrum: policy", r"aup#[a-z]{0,3}-?(?:11[6-9]0|1560)"),
    matches(NETWORK, "Spectrum: no IPv6", r"aup#[a-z]{0,3}-?1260"),
    matches(TOO_MANY, "Spectrum, Cox: limits",
         r"aup#[a-z]{0,3}-?(?:13[0-9]0|14[0-9]0|1540|1550|1580)|\bcx(?:cnct|mxrt)\b"),
    matches(TOO_BIG, "Spectrum: size", r"aup#[a-z]{0,3}-?1530"),
    matches(UNAUTHENTIC, "Cox: SPF or DKIM", r"\bcxsndr\b"),
    matches(SECURITY, "Cox: suspicious account", r"\bcx(?:thrt|mj)\b"),
    matches(SPAM, "Cox: addresses within the message are listed", r"\burlbl[0-9]{3,4}\b"),
)  # fmt: skip

FACEBOOK = (
    matches(RECIPIENT_REFUSES, "Facebook: preferences", r"\brcp-p[23]\b"),
    matches(MAILBOX_UNKNOWN, "Facebook: no such address", r"\b(?:rcp-p1|int-p[134])\b"),
    matches(CLIENT_BLOCKED, "Facebook: server refused", r"\bpol-(?:p[1-4]|t[123])\b"),
    matches(VIRUS, "Facebook: virus", r"\bpol-p5\b"),
    matches(SPAM, "Facebook: blocked address within", r"\bpol-p6\b"),
    matches(UNAUTHENTIC, "Facebook: authentication", r"\bpol-p7\b"),
    matches(TOO_BIG, "Facebook: size", r"\b(?:msg-p1|int-p2)\b"),
    matches(MALFORMED, "Facebook: attachment type", r"\bmsg-p2\b"),
    matches(NOT_RFC, "Facebook: repeated header", r"\bmsg-p3\b"),
    matches(SENDER_REFUSED, "Facebook: sender's domain", r"\bdns-(?:p[12]|t1)\b"),
    matches(NO_REVERSE_DNS, "Facebook: reverse DNS", r"\bdns-(?:p3|t2)\b"),
    matches(MAILBOX_DISABLED, "Facebook: deactivated", r"\brcp-t4\b"),
    matches(SERVER_FAULT, "Facebook: not now", r"\brcp-t1\b"),
    matches(TOO_MANY, "Facebook: limits", r"\b(?:con-t[1-4]|msg-t1)\b"),
)  # fmt: skip

IUA = (
    matches(RELAYING_DENIED, "i.ua: no relaying", r"i\.ua/err/[16]/"),
    matches(MAILBOX_UNKNOWN, "i.ua: no such user", r"i\.ua/err/2/"),
    matches(MAILBOX_DISABLED, "i.ua: not used for three months", r"i\.ua/err/3/"),
    matches(MAILBOX_FULL, "i.ua: full", r"i\.ua/err/4/"),
    matches(TOO_MANY, "i.ua: limit", r"i\.ua/err/5/"),
    matches(CLIENT_BLOCKED, "i.ua: client refused", r"i\.ua/err/[79]/"),
    matches(SENDER_REFUSED, "i.ua: sender not verified", r"i\.ua/err/8/"),
    matches(RECIPIENT_REFUSES, "i.ua: not on the recipient's list", r"i\.ua/err/10/"),
)  # fmt: skip

MIMECAST = (
    says(SECURITY, "Mimecast: log-in", "submitter failed to"),
    says(UNAUTHENTIC, "Mimecast: SPF, DKIM, DMARC", "spf sender invalid", "dkim sender invalid",
         "dmarc sender invalid"),
    says(REPUTATION, "Mimecast: reputation or greylisting", "resources are temporarily unavailable",
         "ct ip reputation"),
    says(CLIENT_BLOCKED, "Mimecast: address blocked", "sender address blocked", "recipient temporarily unavailable",
         "ip temporarily blacklisted"),
    says(TLS_FAILED, "Mimecast: TLS", "this route requires", "invalid for this certificate"),
    says(TOO_BIG, "Mimecast: size", "maximum email size exceeded"),
    says(RELAYING_DENIED, "Mimecast: relay", "open relay"),
    says(NO_MAIL_ACCEPTED, "Mimecast: closed", "account inbounds disabled"),
    says(POLICY, "Mimecast: policy", "anti-spoofing policy", "content examination policy", "host network"),
    says(SENDER_REFUSED, "Mimecast: blocked sender", "administrative prohibition", "envelope blocked",
         "blocked senders", "envelope rejected"),
    says(TOO_MANY, "Mimecast: limits", "account service is temporarily unavailable", "too many recipients",
         "thread limit"),
    says(MAILBOX_UNKNOWN, "Mimecast: recipient", "invalid recipient", "user unknown", "invalid address"),
    says(VIRUS, "Mimecast: a signature was found", "email rejected due to security policies"),
)  # fmt: skip

DOCOMO = (
    says(MAILBOX_FULL, "NTT docomo: too much data", "too much mail data"),
    says(PROTOCOL, "NTT docomo: commands", "bad sequence of commands", "command parameter not implemented"),
    says(TOO_MANY, "NTT docomo: recipients", "too many recipients"),
)  # fmt: skip

KDDI = (
    matches(RECIPIENT_REFUSES, "au: refused by the recipient's filter", r"(?:\A|\s): user unknown"),
    says(MAILBOX_UNKNOWN, "au: no such user", ">: user unknown"),
)  # fmt: skip

TENCENT = (
    says(PROTOCOL, "QQ: not the form of an address", "bad address syntax"),
    says(UNAUTHENTIC, "QQ: SPF, DMARC", "spf check failed", "dmarc check failed"),
    says(CLIENT_BLOCKED, "QQ: refused", "suspected bounce attacks", "suspected spam ip", "connection denied"),
    says(SENDER_REFUSED, "QQ: refused sender", "suspected spam", "rejected by recipients"),
    says(SPAM, "QQ: content", "spam is embedded", "mail content denied"),
    says(TOO_MANY, "QQ: limits", "frequency limited", "frequency of receiving", "mailbox unavailable or access deni"),
    says(MAILBOX_DISABLED, "QQ: deactivated", "is a deactivated mailbox"),
    says(MAILBOX_UNKNOWN, "QQ: no such mailbox", "mailbox not found"),
)  # fmt: skip

CLOUDFLARE = (
    says(CLIENT_BLOCKED, "Cloudflare: listed", "found on one or more dnsbls"),
    says(SERVER_FAULT, "Cloudflare: the server behind it does not work", "upstream error"),
)

MESSAGELABS = (
    says(UNAUTHENTIC, "Symantec: SPF or DMARC", "domain authentication fail"),
    says(REPUTATION, "Symantec: reputation", "connection rejected by policy"),
    says(CLIENT_BLOCKED, "Symantec: the server's address", "your ip is in the pbl", "your ip address"),
    says(MALFORMED, "Symantec: bare line feeds", "stray linefeeds"),
    says(TLS_FAILED, "Symantec: TLS", "connection required"),
    says(RELAYING_DENIED, "Symantec: relay", " as a relay"),
    says(NOT_RFC, "Symantec: RFC 5322", "requested action aborted [4]", "is not rfc 5322"),
    says(SENDER_REFUSED, "Symantec: the sender's address or domain", "sender envelope domain", "your domain has been",
         "your email address has been", "badmailfrom"),
    says(SECURITY, "Symantec: log-in", "turn on smtp authentication"),
    says(SPAM, "Symantec: taken for spam", "message filtered", "filtered by outbound"),
    says(TOO_MANY, "Symantec: limits", "recipients received this hour", "too many messages"),
    says(MAILBOX_UNKNOWN, "Symantec: recipient", "no such user", "invalid recipient", "mailbox is not allowed"),
)  # fmt: skip

ZOHO = (
    says(UNAUTHENTIC, "Zoho: DMARC", "per dmarc policy"),
    says(CLIENT_BLOCKED, "Zoho: greylisting", "greylisted, try again"),
    says(SENDER_REFUSED, "Zoho: refused sender", "flagged as spam", "rejected by destination domain"),
    says(POLICY, "Zoho: policy", "policy violation detected", "restricted by policy error"),
    says(MAILBOX_UNKNOWN, "Zoho: no such user", "user does not exist"),
    says(VIRUS, "Zoho: virus", "detected by zoho mail"),
)  # fmt: skip

PROVIDERS: tuple[Provider, ...] = (
    Provider(name="Google", hosts=(".google.com", "googlemail.com", "gmail.com"), rules=GOOGLE),
    Provider(
        name="Microsoft",
        hosts=(".outlook.com", ".onmicrosoft.com", ".exchangelabs.com", ".hotmail.com"),
        rules=MICROSOFT,
    ),
    Provider(name="Yahoo", hosts=(".yahoodns.net",), rules=YAHOO),
    Provider(name="Apple", hosts=(".mail.icloud.com", ".apple.com", ".me.com", "icloud.com"), rules=APPLE),
    Provider(name="Orange", hosts=("laposte.net", "orange.fr", "wanadoo.fr"), rules=ORANGE),
    Provider(name="GoDaddy", hosts=(".secureserver.net",), rules=GODADDY),
    Provider(name="Cable", hosts=("cox.net", "charter.net"), rules=CABLE),
    Provider(name="Facebook", hosts=("facebook.com",), rules=FACEBOOK),
    Provider(name="i.ua", hosts=(".email.ua", "email.ua"), rules=IUA),
    Provider(name="Mimecast", hosts=(".mimecast.com",), rules=MIMECAST),
    Provider(name="docomo", hosts=("docomo.ne.jp",), rules=DOCOMO),
    Provider(name="au", hosts=("ezweb.ne.jp", "au.com"), rules=KDDI),
    Provider(name="Cloudflare", hosts=(".mx.cloudflare.net",), rules=CLOUDFLARE),
    Provider(name="MessageLabs", hosts=(".messagelabs.com",), rules=MESSAGELABS),
    Provider(name="Zoho", hosts=(".zoho.com",), rules=ZOHO),
    Provider(name="Tencent", hosts=(".qq.com", "qq.com"), rules=TENCENT),
)


def provider_of(*hosts: str) -> Provider | None:
    """Return the provider of the first of some host names that belongs to one, or None."""
    for host in hosts:
        name = host.lower().rstrip(".")
        for provider in PROVIDERS:
            if name and name.endswith(provider.hosts):
                return provider
    return None
