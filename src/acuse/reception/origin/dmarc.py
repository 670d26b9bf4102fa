"""DMARC (RFC 9989, which replaced RFC 7489): whether a domain that authenticated is the one that From shows.

Organisational domains are found by walking up the DNS as RFC 9989 section 4.10 says, rather than by a list of public
suffixes: such a list ages with the release, and is not among the answers that are kept as evidence.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from acuse.reception.origin.answers import NoAnswer, TooManyQuestions
from acuse.reception.origin.dkim import Signature
from acuse.reception.origin.signed import Tags, Unacceptable, parse_tags
from acuse.reception.origin.spf import Spf

Ask = Callable[[str, str], tuple[bytes, ...]]
_LABELS = 8
_POLICIES = frozenset({"none", "quarantine", "reject"})


@dataclass(frozen=True, kw_only=True)
class Dmarc:
    """The result for the domain of From, and what its owner asks for where it fails (None: nothing)."""

    result: str
    domain: str
    policy: str | None = None


def check_dmarc(*, authors: Sequence[str], spf: Spf, signatures: Sequence[Signature], ask: Ask) -> Dmarc:
    """Check whether what authenticated is aligned with From (section 4.4).

    Args:
        authors: the addresses of From.
        spf, signatures: what was found.
        ask: (name, type) to records.
    """
    domains = {address.rpartition("@")[2].lower().rstrip(".") for address in authors}
    if len(domains) != 1:
        return Dmarc(result="permerror", domain="")
    (domain,) = domains
    try:
        return _check(domain, spf, signatures, ask)
    except NoAnswer:
        return Dmarc(result="temperror", domain=domain)
    except TooManyQuestions:
        return Dmarc(result="permerror", domain=domain)


def _check(domain: str, spf: Spf, signatures: Sequence[Signature], ask: Ask) -> Dmarc:
    walk = _walk(domain, ask)
    if not walk:
        return Dmarc(result="none", domain=domain)
    organisational = _organisational(domain, walk)
    at, record = _policy_record(domain, organisational, walk)
    policy = record.get("p", "none").lower() if at == domain else record.get("sp", record.get("p", "none")).lower()
    policy = policy if policy in _POLICIES else "none"

    def aligned(other: str, strict: bool) -> bool:
        other = other.lower().rstrip(".")
        if other == domain or strict:
            return other == domain
        return _organisational(other, _walk(other, ask)) == organisational

    strict_dkim, strict_spf = (record.get(tag, "r").lower() == "s" for tag in ("adkim", "aspf"))
    held = [one for one in signatures if one.result == "pass" and aligned(one.domain, strict_dkim)]
    if held or (spf.result == "pass" and aligned(spf.domain, strict_spf)):
        return Dmarc(result="pass", domain=domain, policy=policy)
    unknown = spf.result == "temperror" or any(one.result == "temperror" for one in signatures)
    return Dmarc(result="temperror" if unknown else "fail", domain=domain, policy=policy)


def _policy_record(domain: str, organisational: str, walk: dict[str, Tags]) -> tuple[str, Tags]:
    """Return the record that applies: the domain's own, else the organisational domain's, else the suffix' (4.10.1)."""
    for name in (domain, organisational):
        if name in walk:
            return name, walk[name]
    return list(walk.items())[-1]


def _walk(domain: str, ask: Ask) -> dict[str, Tags]:
    """Return the records found on the way up from a domain, in that order; at most eight questions (4.10)."""
    found: dict[str, Tags] = {}
    labels = domain.split(".")
    while labels:
        name = ".".join(labels)
        record = _record(name, ask)
        if record is not None:
            found[name] = record
            if record.get("psd", "u").lower() in {"y", "n"}:
                break
        labels = labels[1:] if len(labels) < _LABELS else labels[-(_LABELS - 1) :]
    return found


def _record(name: str, ask: Ask) -> Tags | None:
    try:
        texts = [text for text in ask(f"_dmarc.{name}", "TXT") if text[:8].rstrip(b" ;\t") == b"v=DMARC1"]
        return parse_tags(texts[0]) if len(texts) == 1 else None
    except Unacceptable:
        return None


def _organisational(domain: str, walk: dict[str, Tags]) -> str:
    """Return the organisational domain (4.10.2)."""
    for name, record in walk.items():
        psd = record.get("psd", "u").lower()
        if psd == "n":
            return name
        if psd == "y" and name != domain:
            below = domain.removesuffix(f".{name}").rpartition(".")[2]
            return f"{below}.{name}"
    return min(walk, key=lambda name: name.count("."), default=domain)
