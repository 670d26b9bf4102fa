"""Rules about the sender: its address, its server's address and name, its authentication, what it may relay."""

from acuse.mail.causes.rule import Phrases, Rule, says, status
from acuse.mail.causes.vocabulary import (
    CLIENT_BLOCKED,
    NO_REVERSE_DNS,
    RELAYING_DENIED,
    REPUTATION,
    SECURITY,
    SENDER_REFUSED,
    TLS_FAILED,
    TRY_LATER,
    TURNED_AWAY,
    UNAUTHENTIC,
)

RELAYING: tuple[Rule, ...] = (
    says(
        RELAYING_DENIED,
        "says that it does not relay for this client or to this domain",
        "relay access denied", "relaying denied", "relay denied", "relaying is denied", "relay not permitted",
        "relaying not permitted", "relaying not allowed", "relaying prohibited", "no relaying", "insecure mail relay",
        "unable to relay", "cannot relay", "as a relay", "not an open relay", "not configured to relay",
        "allowed to relay",
        "permitted to relay", "relaying mail to", "mail relay denied", "open relay", "we don't handle mail for",
        "we do not relay", "isn't in my list of allowed rcpthost", "not a gateway", "not local host",
        "requires authentication when attempting to send to a non-local", "credentials for relay", "is not verified.",
        "specified domain is not allowed", "smtp as mail gate", "relayed error",
        stages=("mail", "rcpt", "data", "auth", ""),
    ),
)  # fmt: skip

AUTHENTICITY: tuple[Rule, ...] = (
    status(
        UNAUTHENTIC, "RFC 7372: DKIM, SPF or several checks of authenticity failed",
        "5.7.20", "5.7.21", "5.7.22", "5.7.23", "5.7.24", "5.7.26", "4.7.24", "4.7.26", "x.7.29", "x.7.30", "5.7.32",
        "4.7.32", "4.7.40", unless=Phrases("tls", "null mx"),
    ),
    says(
        UNAUTHENTIC,
        "says that SPF, DKIM or DMARC failed",
        "dmarc policy", "per dmarc", "dmarc verification", "dmarc check", "dmarc sender invalid", "fails dmarc",
        "dmarc fail",
        "//spf.pobox.com", "bad spf record", "spf settings", "sender policy framework", "spf check",
        "spf sender invalid",
        "per it's spf record", "spf record", "invalid spf", "spf fail", "spf unauthorized", "spf validation",
        "spf/dns",
        "fails to pass spf", "dkim sender invalid", "dkim validation", "spf or dkim", "spf and dkim",
        "authentication checks",
        "domain authentication fail", "required authentication level", "authentication requirements defined",
        "with either spf", "email is unauthenticated", "sender is unauthenticated", "mail is unauthenticated",
        "is not allowed to send mail. lpn", "authenticate with spf", "authenticate with dkim", "spf: fail",
        "spf hard fail",
        "spf softfail", "dkim fail", "no passing dkim",
    ),
)  # fmt: skip

_SERVERS = Phrases("recipient address rejected", "ip address ", "5.1.0 address rejected")

SENDER_FIRST: tuple[Rule, ...] = (
    status(
        SENDER_REFUSED, "RFC 3463 X.1.7, X.1.8, RFC 7505: the sender's address or its domain",
        "5.1.7", "5.1.8", "4.1.7", "4.1.8", "5.7.27",
    ),
    says(
        SENDER_REFUSED, "speaks of the sender's address, whatever is said of it",
        "sender address rejected", "domain of sender", "sender verify failed", "sender verification",
        "unknown sender",
    ),
)  # fmt: skip

SENDER: tuple[Rule, ...] = (
    says(
        SENDER_REFUSED,
        "speaks of the sender's address",
        "sender address rejected", "sender rejected", "sender was rejected. remote host said: 5", "sender denied",
        "sender verify failed", "sender verification", "invalid sender", "sender domain is empty", "domain of sender",
        "unroutable sender", "unrouteable sender", "unknown sender", "bad sender address", "sender is spammer",
        "sender is * list", "sender not pre-approved", "sender * blacklisted", "sender * rejected",
        "sender is blocked",
        "sender address blocked", "empty envelope senders", "null sender", "fully qualified email address required",
        "purported responsible", "badsendermx", "sendernoa", "backscatter protection", "badmailfrom",
        "bad outbound sender",
        "emetteur invalide", "expediteur", "remitente", "empty email address", "from: domain is invalid",
        "senderfilter",
        "members-only list", "administrative prohibition", "not a member of this mailing list", "are not member",
        "spam mail from a spammer", "not member article",
        "reject mail from", "reject spammers", "header may cause mail loop", "you are not allowed to post",
        "permission to post", "has an outgoing mail suspension", "mail from not owned", "unregistered domain",
        "without a valid sender domain", "from a different address or alias", "spam reporting address",
        "too many spam complaints", "your email address has been black", "your email address has been blocked",
        "your domain has been bl", "returned mail not accepted here", "server does not accept mail from",
        "not a registered gateway user", "domain * is a dead domain", "not authenticated by organization",
        "sender was not authenticated", "not authenticated for", "allowed-senders list", "delivery not authorized",
        "resolver.rst.notauthorized", "unauthenticated email is not accepted", "mail sending denied",
        "envelope blocked",
        "envelope rejected - block policy", "based blocked senders", "manually blocked senders",
        "sender envelope domain",
        "batv: ", "batv failed", "batv validation", "batv defense", "bogus mail from", "bouncedeny",
        "no third-party dsns", "recursive cname", "unsigned dsn", "mx records for ",
        "recipient's list of senders", "rule imposed mailbox access", "(sender blacklisted)",
        "to/from an address that has been blacklisted", "invalid domain, see <url:", "does not exist e2110",
        "email address is not verified",
        "access denied (in reply to mail from", "all recipient addresses rejected : access denied",
        "denied by secumail",
        unless=_SERVERS,
    ),
)  # fmt: skip

REVERSE: tuple[Rule, ...] = (
    says(
        NO_REVERSE_DNS,
        "says that the sender's server has no proper name for its address",
        "ptr record", "ptr resource record", "reverse dns", "rdns", "reverse lookup", "reverse host", "reverse name",
        "ip name lookup failed", "find your hostname", "find your reverse hostname", "resolve your address",
        "unresolvable relay host", "generic dns ptr", "dynamic ip or generic", "mismatches client ip", "missing ptr",
        "unverifyable sending ips", "unverifiable sending ips", "forward dns entry", "dns check failure",
        "dns lookup failure: * try again later", "must have a ptr", "ip address of the hostname",
    ),
    status(NO_REVERSE_DNS, "RFC 7372: the reverse DNS of the client failed", "5.7.25", "4.7.25"),
)  # fmt: skip

REPUTE: tuple[Rule, ...] = (
    says(
        REPUTATION,
        "says that the sender's server is thought little of",
        "poor email reputation", "poor reputation", "low reputation", "bad reputation", "ip reputation",
        "domain reputation",
        "reputation problems", "due to unexpected volume or user complaints", "reputation of the sending",
        "connection rejected by policy", "reputation",
    ),
)  # fmt: skip

CLIENT: tuple[Rule, ...] = (
    says(
        TURNED_AWAY,
        "says that it takes no connection, now or from this client",
        "esmtp not accepting connections", "not accepting connections",
        "service not available, closing transmission channel",
    ),
    status(
        TRY_LATER, "X.7.1 of a passing reply: greylisting and limits are said so", "4.7.1", "4.7.2",
        unless=Phrases("blocked", "blacklist", "rejected: helo", "reputation", "too many", "slower",
        "excessive volume"),
    ),
    says(TRY_LATER, "says that so much from this sender is unusual", "unusual rate"),
    says(
        CLIENT_BLOCKED,
        "says that the sender's server or its address is refused",
        "blocked using", "blacklisted by", "blocked - see http", "refused - see http", "bad sender ip",
        "banned sending ip",
        "banned sender", "banned for * period", "spamcop.net/bl", "spamhaus", "dnsbl", "multi-blacklist",
        "is in a black list",
        "rbl on", "rbl reject", "listed in the rbl", "blocked by rbl", "on our block list", "block list", "blocklist",
        "your ip * blacklisted", "ip * blacklisted", "domain * is blacklisted", "email * is blacklisted",
        "blacklisted",
        "based on blacklist", "client host rejected", "client host * blocked", "client host blocked",
        "helo command rejected",
        "bad helo", "my name was rejected", "helo/ehlo argument", "host network not allowed",
        "host network, not allowed",
        "connection dropped", "connection refused by", "connection reset by peer", "connection was dropped",
        "go away",
        "confirm this mail server", "server requires confirmation", "currently sending spam", "dynamic/zombied",
        "dynamic ip",
        "extreme bad ip profile", "invalid ip for sending", "is not allowed to send mail from",
        "not allowed to send from",
        "no access from mail server", "no matches to nameserver query", "accepting mail from your ip", "open proxy",
        "smtp server of your isp", "sender ip", "server access forbidden", "server ip * listed",
        "from ip address * blocked",
        "initial connection:", "looks suspiciously like spammer", "mail server at * is blocked",
        "mail from * refused:",
        "to submit messages to this e-mail system", "too many spams", "too many unwanted messages", "was blocked by",
        "you are not allowed to connect", "you are sending spam", "your network is temporar", "your access ip",
        "your sender's ip",
        "your ip address has been", "said: 550 blocked", "because the ip is", "mailfrom domain is listed",
        "has not passed validation",
        "refused to talk to me: * block", "messages from * temporarily deferred", "will be permanently deferred",
        "is blocked by earthlink",
        "not authorized to send email directly", "not in whitelist", "error: no valid recipients from",
        "veuillez essayer plus tard",
        "service refuse", "domain does not exist:", "customer block list", "access denied, please try again later",
        "ip temporarily blacklisted", "suspected bounce attacks", "suspected spam ip", "ip address is listed",
        "dirección ip * lista", "unfortunately, messages from", "550 blocked", "attack detected", ":blocked)",
    ),
)  # fmt: skip

SAFETY: tuple[Rule, ...] = (
    says(
        TLS_FAILED,
        "says that the connection must be encrypted, or that its encryption failed",
        "starttls is required", "starttls command first", "tls required", "requires encryption",
        "tls/sslv3 connection required",
        "failed mta-sts", "starttls-not-supported", "certificate-expired", "tlsa-invalid", "dnssec-invalid",
        "certificate-host-mismatch", "does not support tls", "requires tls", "high-strength ciphers",
        "tls missing certificate",
        "tls/ssl for smtp", "cannot start tls", "tls handshake", "encryption needed", "encryption required",
    ),
    says(
        SECURITY,
        "says that the client must log in, or may not do this",
        "authentication required", "authentication failure", "authentication failed", "credentials invalid",
        "unauthenticated senders",
        "authentication is required", "turned on in your email client", "verification failure", "don't authenticate",
        "authentification requise", "authentification invalide", "smtp authentication in your mail client",
        "authrequired",
        "not subscribed to ses", "is not authorized to perform ses", "client was not authenticated",
        "retrieve credentials",
        "username and password not accepted", "application-specific password", "log in with your web browser",
        "login attempts",
        "authentication credentials", "identity changes", "server authentication", "does not support auth",
        "not authorized",
        "incorrect authentication", "security alert",
    ),
)  # fmt: skip
