"""The rules of `mail.failures` as data: class, why, what is looked for, in which replies.

Tried in order, first match wins: texts that servers really send come first, because many put everything under
550 5.7.1; then the enhanced codes of RFC 3463 and its registry; then the basic codes of RFC 5321.
"""

import re
from dataclasses import dataclass

MAILBOX_NOT_FOUND = "mailbox_not_found"
MAILBOX_FULL = "mailbox_full"
SERVER_UNAVAILABLE = "server_unavailable"
ATTACHMENT_BLOCKED = "attachment_blocked"
POLICY_BLOCKED = "policy_blocked"
DOMAIN_NOT_FOUND = "domain_not_found"
TOO_BIG = "too_big"
THROTTLED = "throttled"
OTHER = "other"
UNDETERMINED = "undetermined"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One row. `pattern` is searched in the subject of its table; `first`: digits of the basic code it may meet;
    `stages`: where it may have been answered, anywhere if empty."""

    failure_class: str
    why: str
    pattern: re.Pattern[str]
    first: str
    stages: frozenset[str]

    def holds(self, subject: str, digit: str, stage: str) -> bool:
        """Tell whether the rule applies to a reply."""
        if digit not in self.first or (self.stages and stage not in self.stages):
            return False
        return self.pattern.search(subject) is not None


def _text(failure_class: str, why: str, *phrases: str, first: str = "45", stages: tuple[str, ...] = ()) -> Rule:
    pattern = re.compile("|".join(phrases), re.IGNORECASE)
    return Rule(failure_class=failure_class, why=why, pattern=pattern, first=first, stages=frozenset(stages))


def _code(failure_class: str, why: str, *codes: str, first: str = "45", stages: tuple[str, ...] = ()) -> Rule:
    pattern = re.compile(rf"\A(?:{'|'.join(codes)})\Z")
    return Rule(failure_class=failure_class, why=why, pattern=pattern, first=first, stages=frozenset(stages))


BY_TEXT = (
    _text(
        THROTTLED,
        "says greylisting, or that too much came at once",
        r"gr[ae]y-?\s?list",
        r"rate.?limit|throttl|too much mail",
        r"too many (messages|connections|concurrent|recipients|mails)",
        r"(receiving|sending) (e-?)?mail (at a rate|too (fast|quickly))",
        first="4",
    ),
    _text(
        MAILBOX_FULL,
        "says that the mailbox is full",
        r"(mail ?box|inbox|quota|account|folder).{0,40}\b(full|exceed(ed|s)?|over ?quota|exhausted)",
        r"over ?quota|quota (is )?(full|exceeded)|out of storage|storage (limit|quota|space)",
        r"not enough (storage|disk) space|exceeded (its|his|her|their)? ?(storage|quota)|mailbox size limit",
        r"buz[oó]n (est[aá] )?lleno|cuota.{0,20}excedid",
    ),
    _text(
        TOO_BIG,
        "says that the message is too big",
        r"(message|mail|attachment|file|content).{0,30}(too (big|large|long)|exceeds.{0,40}size|size exceed)",
        r"(exceeds?|exceeded|larger than|over).{0,40}(maximum|max|fixed|allowed|message).{0,20}size",
        r"size limit|maximum (message )?size|message length|demasiado grande",
    ),
    _text(
        ATTACHMENT_BLOCKED,
        "says that an attachment or a file type is not taken",
        r"attach(ment|ed).{0,60}(block|\bban|prohibit|not (allow|accept|permit)|forbid|refus|reject|illegal|unsafe)",
        r"(block|banned|prohibit|forbid|reject|refus|illegal|dangerous|disallowed).{0,40}attach",
        r"banned (file|content|name|extension)|(executable|zip|archive) (files?|content).{0,30}(not|block|reject)",
        r"(file|extension)s?.{0,30}(not (allowed|permitted|accepted)|banned|blocked)",
        r"adjunto.{0,40}(bloque|prohib|no (se )?(admit|permit))",
    ),
    _text(
        DOMAIN_NOT_FOUND,
        "says that the domain is not known",
        r"(recipient|destination) (domain|host).{0,30}(not found|not exist|unknown|unroutable|invalid)",
        r"unrout(e?able) (address|mail domain)|(unknown|no such|bad destination) domain",
        r"(recipient|destination).{0,20}domain (name )?(not found|does not exist|unknown)|null mx",
        r"host (unknown|not found)|no (mx|mail server) (record|host)?.{0,20}(for|found)",
        first="5",
        stages=("rcpt", "data"),
    ),
    _text(
        POLICY_BLOCKED,
        "speaks of the sender",
        r"sender('s)? (address|domain|verif|id\b|is un)|(domain )?of sender|sender rejected|unauthenticated",
        r"purported responsible",
    ),
    _text(
        MAILBOX_NOT_FOUND,
        "says that the mailbox is not known",
        r"(user|mail ?box|recipient|addressee|account|alias|local part)( address)?( is)? (unknown|not found|not known)",
        r"(unknown|no such|non.?existent) (local |virtual |relay )?(user|mail ?box|recipient|address|account|alias)",
        r"(user|mail ?box|recipient|address|account|e-?mail).{0,60}(does ?n[o']t|do not|not) exist",
        r"no mail ?box here|not our customer|unknown in (virtual|local|relay|my)|user unknown",
        r"invalid (recipient|mailbox)",
        r"(usuario|buz[oó]n|destinatario|cuenta|direcci[oó]n).{0,40}(descon|no exist|inexist|no v[aá]lid|no encontr)",
        first="5",
    ),
    _text(
        OTHER,
        "says that the mailbox is not in use, which is not to say that it does not exist",
        r"(user|mail ?box|recipient|address(ee)?|account|alias|customer)\b.{0,60}\b"
        r"(disabled|inactive|suspended|deactivated|frozen|locked|expired|blocked|terminated|closed)",
        r"disabled (recipient|user|account|mail ?box)",
        first="5",
        stages=("rcpt", "data"),
    ),
    _text(
        POLICY_BLOCKED,
        "says that the sender or the content, not the mailbox, is the obstacle",
        r"spam|virus|malware|phish|black ?list|block ?list|reputation|unsolicited|barracuda",
        r"dmarc|dkim|\bspf\b|sender policy|reverse (dns|host|lookup|name)|\bptr\b|\bhelo\b|\behlo\b",
        r"\bblocked\b|network not allowed|\(bl\)|policy|not authori[sz]ed",
        r"relay(ing)? (access )?(denied|not|prohibited)",
        r"(access|permission).{0,10}(denied|not permitted|not allowed)|authentication|administrative prohibition",
        r"(ip|client|host|address|connection|domain)\b.{0,40}\b(blocked|banned|listed)",
        r"(content|message|mail).{0,20}(rejected|filter|blocked|refused)|(reject|refus)ed.{0,20}content",
    ),
    _text(
        MAILBOX_NOT_FOUND,
        "says that the mailbox cannot be found",
        r"(user|mail ?box|recipient|address(ee)?|account|alias|customer|person|name)\b.{0,60}\b"
        r"(unknown|not (found|known|listed|here|available|valid|local)|invalid|unavailable|no longer|couldn't be found"
        r"|undeliverable|discontinued)",
        r"(no|invalid|bad) (such )?(user|mail ?box|recipient|address|account|person)\b",
        r"does ?n[o']t have (an|a yahoo).{0,20}account",
        first="5",
        stages=("rcpt", "data"),
    ),
    _text(
        SERVER_UNAVAILABLE,
        "says that the server cannot take mail now",
        r"(service|server|system|host).{0,30}(unavailable|not available|busy|overload|shutting down|down for)",
        r"insufficient (system )?(storage|resources|disk)|out of memory|lookup (failure|failed)|too busy",
        r"connection (timed out|refused|limit)|internal (server )?error|not accepting connections",
    ),
)

BY_ENHANCED = (
    _code(MAILBOX_NOT_FOUND, "RFC 3463: bad, moved or ambiguous mailbox", r"5\.1\.[01346]"),
    _code(DOMAIN_NOT_FOUND, "RFC 3463, RFC 7505: no such system, null MX", r"5\.1\.2", r"5\.1\.10", r"5\.4\.4"),
    _code(OTHER, "RFC 3463: mailbox disabled, which is not to say that it does not exist", r"5\.2\.[01]", r"5\.7\.13"),
    _code(MAILBOX_FULL, "RFC 3463: mailbox full", r"[45]\.2\.2"),
    _code(TOO_BIG, "RFC 3463: message too big for the mailbox or the system", r"[45]\.2\.3", r"[45]\.3\.4"),
    _code(ATTACHMENT_BLOCKED, "RFC 3463: media not supported", r"[45]\.6\.[01]"),
    _code(THROTTLED, "used for greylisting and rates", r"4\.7\.(0|1|28|29)", r"4\.4\.5", r"4\.2\.1"),
    _code(SERVER_UNAVAILABLE, "RFC 3463: system or network status", r"4\.[1234]\.\d+", r"5\.4\.\d+"),
    _code(POLICY_BLOCKED, "RFC 3463, RFC 7372: security or policy", r"[45]\.7\.\d+", r"[45]\.1\.[78]"),
    _code(OTHER, "RFC 3463: content, system or protocol", r"[45]\.6\.\d+", r"5\.3\.\d+", r"5\.5\.\d+"),
)

BY_CODE = (
    _code(SERVER_UNAVAILABLE, "RFC 5321: service not available", "421"),
    _code(POLICY_BLOCKED, "RFC 5321: refused before any mailbox was named", r"5\d\d", stages=("connect", "ehlo")),
    _code(MAILBOX_NOT_FOUND, "RFC 5321: user not local, answered to RCPT", "551", stages=("rcpt",)),
    _code(
        OTHER, "RFC 5321: 550 is no mailbox, no access or policy, and does not say which", r"55[03]", stages=("rcpt",)
    ),
    _code(TOO_BIG, "RFC 1870: more than the fixed size", "552", stages=("mail", "data")),
    _code(MAILBOX_FULL, "RFC 5321: storage allocation exceeded, answered to RCPT", "552", stages=("rcpt",)),
    _code(SERVER_UNAVAILABLE, "RFC 5321: insufficient system storage", "452", stages=("mail", "data")),
    _code(THROTTLED, "RFC 5321: mailbox busy or too many at once, answered to RCPT", r"45[0-2]", stages=("rcpt",)),
    _code(SERVER_UNAVAILABLE, "RFC 5321: local error", r"4\d\d"),
    _code(POLICY_BLOCKED, "RFC 5321: refused after the content was seen", r"55[04]", stages=("data",)),
    _code(OTHER, "RFC 5321: refused without a reason we know", r"5\d\d"),
)
