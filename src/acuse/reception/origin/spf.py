"""SPF (RFC 7208): whether a client may send for a domain. Pure but for the lookups, which come from outside.

An evaluator of our own: the library there is (pyspf, last released in 2020) asks the DNS through a global of its
module, so that neither could its answers be kept for each message nor its time be bounded.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from acuse.reception.origin.answers import NoAnswer, TooManyQuestions

Ask = Callable[[str, str], tuple[bytes, ...]]
_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

_MOST_TERMS, _MOST_VOID, _MOST_NAMES = 10, 2, 10  # RFC 7208 section 4.6.4
_RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_ASKING = frozenset({"include", "a", "mx", "ptr", "exists"})

_EXPAND = r"%\{[slodiphvSLODIPHV](?:[1-9][0-9]*)?[rR]?[.\-+,/_=]*\}|%%|%_|%-"
_MACROS = rf"(?:{_EXPAND}|[!-$&-~])"
_TOP = r"(?:[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*|[A-Za-z0-9]+-[A-Za-z0-9-]*[A-Za-z0-9])"
_DOMAIN = re.compile(rf"{_MACROS}*(?:\.{_TOP}\.?|%\{{[^}}]*\}})", re.ASCII)
_MACRO_STRING = re.compile(rf"{_MACROS}*", re.ASCII)
_ANY_MACRO = re.compile(r"%\{[a-zA-Z][0-9]*[rR]?[.\-+,/_=]*\}|%%|%_|%-", re.ASCII)
_MODIFIER = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9\-_.]*)=(?P<value>.*)", re.ASCII)
_MECHANISM = re.compile(r"(?P<sign>[+\-?~]?)(?P<name>[A-Za-z0-9][A-Za-z0-9\-_.]*)(?P<rest>(?:[:/].*)?)", re.ASCII)
_NUMBER = r"(?:0|[1-9][0-9]{0,2})"
_DUAL = re.compile(rf"(?::(?P<domain>.+?))?(?:/(?P<four>{_NUMBER}))?(?://(?P<six>{_NUMBER}))?", re.ASCII)
_NETWORK = re.compile(rf":(?P<address>[^/]+)(?:/(?P<bits>{_NUMBER}))?", re.ASCII)
_FOUR = re.compile(
    r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
)
_TERM_MOST = 2000
#: Of a record and of one term of it, in octets; section 3.4 asks for records that fit a packet.
_RECORD_MOST, _WORD_MOST = 8192, 512


@dataclass(frozen=True, kw_only=True)
class Spf:
    """Result of section 2.6 for a domain, and why where it is an error."""

    result: str
    domain: str
    reason: str = ""


class _Permanent(Exception):
    """The domain's record cannot be read, or asks for too much."""


@dataclass(frozen=True)
class _Term:
    """One mechanism of a record, its syntax checked."""

    sign: str
    name: str
    domain: str = ""
    network: "ipaddress.IPv4Network | ipaddress.IPv6Network | None" = None
    four: int = 32
    six: int = 128


@dataclass(frozen=True)
class _Record:
    """A record: mechanisms in order, and where it goes on when none matches."""

    terms: tuple[_Term, ...]
    redirect: str | None


def check_spf(*, ip: str, mail_from: str, helo: str, ask: Ask) -> Spf:
    """Check whether `ip` may send for the domain of MAIL FROM, or for that of HELO where the sender is null (2.4).

    Args:
        ip: of the client. mail_from, helo: as it gave them.
        ask: (name, type) to records; raises `NoAnswer` or `TooManyQuestions`.
    """
    local, _, domain = mail_from.rpartition("@")
    if not mail_from:
        domain = helo
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return Spf(result="none", domain=domain)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    sender = f"{local or 'postmaster'}@{domain}"
    evaluation = _Evaluation(ip=mapped or address, sender=sender, helo=helo, ask=ask)
    try:
        return Spf(result=evaluation.check(domain), domain=domain)
    except NoAnswer as error:
        return Spf(result="temperror", domain=domain, reason=str(error))
    except (_Permanent, TooManyQuestions) as error:
        return Spf(result="permerror", domain=domain, reason=str(error))


def _is_domain(name: str) -> bool:
    """Tell whether a name can be asked about: labels of 1 to 63 octets, more than one, 253 in all (4.3)."""
    labels = name.removesuffix(".").split(".")
    whole = len(name.removesuffix(".")) <= 253 and not name.startswith("[") and name.isprintable()
    return whole and len(labels) > 1 and all(0 < len(label.encode("utf-8", "replace")) <= 63 for label in labels)


def parse_record(text: str) -> _Record:
    """Read a record after its version. The whole of it is read before anything is evaluated (4.6).

    Raises:
        _Permanent: there is an error anywhere in it.
    """
    terms: list[_Term] = []
    modifiers: dict[str, str] = {}
    for word in text.split(" "):
        if len(word) > _WORD_MOST:
            raise _Permanent("A term of the record is too long.")
        modifier = _MODIFIER.fullmatch(word)
        if modifier is not None:
            _modifier(modifier["name"].lower(), modifier["value"], modifiers)
        elif word:
            terms.append(_mechanism(word))
    return _Record(terms=tuple(terms), redirect=modifiers.get("redirect"))


def _modifier(name: str, value: str, known: dict[str, str]) -> None:
    if name in {"redirect", "exp"}:
        if name in known or not _DOMAIN.fullmatch(value):
            raise _Permanent(f"The modifier {name} is wrong.")
        known[name] = value
    elif not _MACRO_STRING.fullmatch(value):
        raise _Permanent("A modifier is not a macro string.")


def _mechanism(word: str) -> _Term:
    found = _MECHANISM.fullmatch(word)
    if found is None:
        raise _Permanent(f"{word[:100]!r} is neither a mechanism nor a modifier.")
    sign, name, rest = found["sign"] or "+", found["name"].lower(), found["rest"]
    if name == "all" and not rest:
        return _Term(sign, name)
    if name in {"ip4", "ip6"}:
        return _Term(sign, name, network=_network(name, rest))
    if name in {"include", "exists"} and _DOMAIN.fullmatch(rest[1:]) and rest.startswith(":"):
        return _Term(sign, name, domain=rest[1:])
    if name == "ptr" and (not rest or (rest.startswith(":") and _DOMAIN.fullmatch(rest[1:]))):
        return _Term(sign, name, domain=rest[1:])
    if name in {"a", "mx"} and (dual := _DUAL.fullmatch(rest)) is not None:
        four, six = int(dual["four"] or 32), int(dual["six"] or 128)
        if four <= 32 and six <= 128 and (dual["domain"] is None or _DOMAIN.fullmatch(dual["domain"])):
            return _Term(sign, name, domain=dual["domain"] or "", four=four, six=six)
    raise _Permanent(f"The mechanism {word[:100]!r} is wrong.")


def _network(name: str, rest: str) -> "ipaddress.IPv4Network | ipaddress.IPv6Network":
    found = _NETWORK.fullmatch(rest)
    try:
        if found is None or (name == "ip4" and not _FOUR.fullmatch(found["address"])):
            raise ValueError
        if name == "ip4":
            return ipaddress.IPv4Network((found["address"], int(found["bits"] or 32)), strict=False)
        if "%" in found["address"]:
            raise ValueError
        return ipaddress.IPv6Network((found["address"], int(found["bits"] or 128)), strict=False)
    except ValueError as error:
        raise _Permanent(f"The network {rest[:100]!r} is wrong.") from error


@dataclass(kw_only=True)
class _Evaluation:
    """One check_host() of section 4, includes and redirects with it: they share the limits."""

    ip: _Ip
    sender: str
    helo: str
    ask: Ask
    terms: int = 0
    void: int = 0
    _named: tuple[str, ...] | None = field(default=None)

    def check(self, domain: str) -> str:
        if not _is_domain(domain):
            return "none"
        texts = [text for text in self.ask(domain, "TXT") if re.match(rb"v=spf1(?: |\Z)", text, re.IGNORECASE)]
        if not texts:
            return "none"
        if len(texts) > 1:
            raise _Permanent(f"{domain} has several SPF records.")
        if not texts[0].isascii() or len(texts[0]) > _RECORD_MOST:
            raise _Permanent(f"The SPF record of {domain} is not ASCII, or too long.")
        record = parse_record(texts[0].decode("ascii")[6:])
        for term in record.terms:
            if self._matches(term, domain):
                return _RESULTS[term.sign]
        return "neutral" if record.redirect is None else self._redirected(record.redirect, domain)

    def _redirected(self, target: str, domain: str) -> str:
        self._count()
        result = self.check(self._expand(target, domain))
        if result == "none":
            raise _Permanent("The record is redirected to a domain without one.")
        return result

    def _count(self) -> None:
        self.terms += 1
        if self.terms > _MOST_TERMS:
            raise _Permanent(f"The record needs more than {_MOST_TERMS} lookups (RFC 7208 section 4.6.4).")

    def _matches(self, term: _Term, domain: str) -> bool:
        if term.name in _ASKING:
            self._count()
        if term.name == "all":
            return True
        if term.network is not None:
            return self.ip in term.network
        target = self._expand(term.domain, domain) if term.domain else domain
        if term.name == "include":
            return self._includes(target)
        return {"a": self._a, "mx": self._mx, "ptr": self._ptr, "exists": self._exists}[term.name](target, term)

    def _includes(self, target: str) -> bool:
        result = self.check(target)
        if result == "none":
            raise _Permanent(f"{target} is included and has no record.")
        return result == "pass"

    def _a(self, target: str, term: _Term) -> bool:
        return any(self._within(one, term) for one in self._addresses(target))

    def _mx(self, target: str, term: _Term) -> bool:
        hosts = self._look_up(target, "MX")
        if len(hosts) > _MOST_NAMES:
            raise _Permanent(f"{target} has more than {_MOST_NAMES} mail servers.")
        return any(
            self._within(one, term) for host in hosts for one in self._addresses(host.decode("utf-8", "replace"))
        )

    def _exists(self, target: str, _term: _Term) -> bool:
        return bool(self._look_up(target, "A"))

    def _ptr(self, target: str, _term: _Term) -> bool:
        wanted = target.lower().rstrip(".")
        return any(name == wanted or name.endswith(f".{wanted}") for name in self._validated())

    def _addresses(self, name: str) -> list[_Ip]:
        kind = "A" if self.ip.version == 4 else "AAAA"
        found = []
        for text in self._look_up(name, kind):
            try:
                found.append(ipaddress.ip_address(text.decode("ascii")))
            except ValueError:
                continue
        return found

    def _within(self, address: _Ip, term: _Term) -> bool:
        bits = term.four if self.ip.version == 4 else term.six
        return self.ip in ipaddress.ip_network((address, bits), strict=False)

    def _look_up(self, name: str, kind: str) -> tuple[bytes, ...]:
        """Ask, and count what holds nothing: more than two such are an error (4.6.4)."""
        found = self.ask(name, kind) if _is_domain(name) else ()
        if not found:
            self.void += 1
            if self.void > _MOST_VOID:
                raise _Permanent(f"More than {_MOST_VOID} lookups found nothing (RFC 7208 section 4.6.4).")
        return found

    def _validated(self) -> tuple[str, ...]:
        """Return the names of the client that lead back to it (5.5); what cannot be told is left out."""
        if self._named is None:
            try:
                names = self.ask(self.ip.reverse_pointer, "PTR")[:_MOST_NAMES]
            except NoAnswer:
                names = ()
            self._named = tuple(name for text in names if self._leads_back(name := _host(text)))
        return self._named

    def _leads_back(self, name: str) -> bool:
        try:
            return _is_domain(name) and any(self.ip == one for one in self._plain_addresses(name))
        except NoAnswer:
            return False

    def _plain_addresses(self, name: str) -> list[_Ip]:
        found = self.ask(name, "A" if self.ip.version == 4 else "AAAA")
        return [ipaddress.ip_address(one.decode("ascii")) for one in found]

    def _expand(self, spec: str, domain: str) -> str:
        """Expand macros (7.3); a name that is too long loses labels on the left."""
        expanded = _ANY_MACRO.sub(lambda found: self._macro(found[0], domain), spec)[:_TERM_MOST]
        while len(expanded.removesuffix(".")) > 253 and "." in expanded:
            expanded = expanded.partition(".")[2]
        return expanded

    def _macro(self, text: str, domain: str) -> str:
        if text in {"%%", "%_", "%-"}:
            return {"%%": "%", "%_": " ", "%-": "%20"}[text]
        letter = text[2]
        digits, reverse, delimiters = re.fullmatch(r"([0-9]*)([rR]?)([.\-+,/_=]*)", text[3:-1]).groups()  # type: ignore[union-attr]  # the record's syntax was checked
        parts = re.split(f"[{re.escape(delimiters or '.')}]", self._letter(letter.lower(), domain))
        if reverse:
            parts.reverse()
        if digits:
            parts = parts[-int(digits) :]
        value = ".".join(parts)
        return quote(value, safe="-._~") if letter.isupper() else value

    def _letter(self, letter: str, domain: str) -> str:
        local, _, sender_domain = self.sender.rpartition("@")
        if letter == "p":
            return self._p(domain)
        if letter == "i" and self.ip.version == 6:
            return ".".join(self.ip.exploded.replace(":", ""))
        return {
            "s": self.sender,
            "l": local,
            "o": sender_domain,
            "d": domain,
            "i": str(self.ip),
            "h": self.helo,
            "v": "in-addr" if self.ip.version == 4 else "ip6",
        }[letter]

    def _p(self, domain: str) -> str:
        names = sorted(self._validated(), key=lambda name: (name != domain, not name.endswith(f".{domain}")))
        return names[0] if names else "unknown"


def _host(text: bytes) -> str:
    return text.decode("utf-8", "replace").lower().rstrip(".")
