"""What the DNS should say of a domain as which mail is sent, judged against what it says. Pure.

SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489), MX (RFC 5321, RFC 7505), TLS-RPT (RFC 8460), MTA-STS (RFC 8461).
Nothing follows from a judgement: no message waits for a better one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

OK, MISSING, WRONG, UNKNOWN = "ok", "missing", "wrong", "unknown"

Found = tuple[str, ...] | None
"""Values in the DNS at one name; None where it gave no answer."""

_BLANKS = re.compile(r"\s+")
_ALL = re.compile(r"\s[-~?+]?all\b.*$", re.IGNORECASE)
_OPEN = re.compile(r"(^|\s)\+?all(\s|$)", re.IGNORECASE)
_POLICIES = frozenset({"none", "quarantine", "reject"})


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        check: "dkim", "spf", "dmarc", "mx", "tls_rpt" or "mta_sts".
        state: one of OK, MISSING, WRONG, UNKNOWN.
        advice: which plain words belong to it; each has its own in the console.
        name, kind: of the record. found: what is there, verbatim. publish: what should be; "" where there is no one
            record that everybody could take.
        detail: what the advice names: a host, a reason.
    """

    check: str
    state: str
    advice: str
    name: str
    kind: str = "TXT"
    found: tuple[str, ...] = ()
    publish: str = ""
    detail: str = ""

    @property
    def ok(self) -> bool:
        """Whether it is as it should be."""
        return self.state == OK


def ascii_domain(domain: str) -> str:
    """Return a domain in lower case as the DNS has it (A-labels); one that cannot be so written stays as it is."""
    try:
        return domain.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return domain.lower()


def parents(domain: str) -> tuple[str, ...]:
    """Return a domain and those above it with two labels or more, the nearest first: where its policy may stand."""
    labels = domain.split(".")
    return tuple(".".join(labels[start:]) for start in range(max(1, len(labels) - 1)))[:8]


def tags(text: str) -> dict[str, str]:
    """Read a list of `name=value` pairs, names in lower case; what is no pair is passed over."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, equals, value in pairs if equals}


def same_key(record: str, found: str) -> bool:
    """Tell whether a published record gives the same key as ours, blanks and further tags aside."""
    ours, theirs = tags(record), tags(found)
    version, kind = theirs.get("v", "DKIM1"), theirs.get("k", "rsa").lower()
    return version == "DKIM1" and kind == ours["k"] and _BLANKS.sub("", theirs.get("p", "")) == ours["p"]


def judge_dkim(name: str, record: str, found: Found) -> Finding:
    """Judge what stands at the selector of a key of ours."""
    state, advice = OK, "dkim_ok"
    if found is None:
        state, advice = UNKNOWN, "no_answer"
    elif not found:
        state, advice = MISSING, "dkim_missing"
    elif len(found) > 1:
        state, advice = WRONG, "dkim_several"
    elif not same_key(record, found[0]):
        state, advice = WRONG, "dkim_other"
    return Finding(check="dkim", state=state, advice=advice, name=name, found=found or (), publish=record)


def judge_spf(domain: str, found: Found, *, host: str, results: Sequence[tuple[str, str]]) -> Finding:
    """Judge a domain's SPF record.

    Args:
        domain: whose. found: its TXT records.
        host: the name of ours that sends.
        results: of evaluating it for each address of that host: RFC 7208 section 2.6, and why where it is an error.
    """
    records = tuple(text for text in found or () if _BLANKS.split(text)[0].lower() == "v=spf1")
    publish = f"v=spf1 a:{host} ~all"
    detail = ""
    said = {result for result, _ in results}
    if found is None:
        state, advice = UNKNOWN, "no_answer"
    elif not records:
        state, advice = MISSING, "spf_missing"
    elif len(records) > 1:
        state, advice, publish = WRONG, "spf_several", ""
    elif _OPEN.search(records[0]):
        state, advice, publish = WRONG, "spf_open", _OPEN.sub(" ~all", records[0])
    elif said & {"permerror"}:
        state, advice, publish = WRONG, "spf_broken", ""
        detail = next(reason for result, reason in results if result == "permerror")
    elif said & {"temperror"} or not said:
        state, advice, publish = UNKNOWN, "spf_no_addresses" if not said else "no_answer", ""
    elif said == {"pass"}:
        state, advice, publish = OK, "spf_ok", ""
    else:
        state, advice, publish = WRONG, "spf_not_us", _with_host(records[0], host)
    return Finding(
        check="spf", state=state, advice=advice, name=domain, found=records, publish=publish, detail=detail or host
    )


def _with_host(record: str, host: str) -> str:
    """Return an SPF record that also lets `host` send, before the mechanism that ends it."""
    end = _ALL.search(record)
    return f"{record[: end.start()]} a:{host}{end.group()}" if end else f"{record} a:{host}"


def is_policy(text: str) -> bool:
    """Tell whether a TXT record is a DMARC policy."""
    return tags(text).get("v", "").upper() == "DMARC1"


def judge_dmarc(domain: str, found: Sequence[tuple[str, Found]]) -> Finding:
    """Judge the policy that holds for a domain: its own, else that of the nearest domain above it.

    Args:
        domain: whose. found: names below which a policy may stand, the nearest first, and their TXT records.
    """
    publish = f"v=DMARC1; p=none; rua=mailto:dmarc@{domain}"
    for at, texts in found:
        name = f"_dmarc.{at}"
        if texts is None:
            return Finding(check="dmarc", state=UNKNOWN, advice="no_answer", name=name, publish=publish)
        records = tuple(text for text in texts if is_policy(text))
        if records:
            state, advice = _policy(records, inherited=at != domain)
            return Finding(
                check="dmarc",
                state=state,
                advice=advice,
                name=name,
                found=records,
                publish="" if state == OK else publish,
                detail=at,
            )
    return Finding(check="dmarc", state=MISSING, advice="dmarc_missing", name=f"_dmarc.{domain}", publish=publish)


def _policy(records: Sequence[str], *, inherited: bool) -> tuple[str, str]:
    if len(records) > 1:
        return WRONG, "dmarc_several"
    said = tags(records[0])
    policy = (said.get("sp") if inherited and "sp" in said else said.get("p", "")) or ""
    if policy.lower() not in _POLICIES:
        return WRONG, "dmarc_broken"
    if inherited and said.get("adkim", "r").lower() == "s":
        return OK, "dmarc_strict"
    return OK, "dmarc_none" if policy.lower() == "none" else "dmarc_ok"


def judge_mx(domain: str, found: Found) -> Finding:
    """Judge whether answers to a domain can arrive: it need not be here."""
    state, advice = OK, "mx_ok"
    if found is None:
        state, advice = UNKNOWN, "no_answer"
    elif not found:
        state, advice = MISSING, "mx_missing"
    elif set(found) <= {"", "."}:
        state, advice = WRONG, "mx_null"
    return Finding(check="mx", state=state, advice=advice, name=domain, kind="MX", found=found or ())


def judge_tls_rpt(domain: str, found: Found) -> Finding:
    """Judge whether a domain asks to be told where mail to it fails over TLS; many do without."""
    publish = f"v=TLSRPTv1; rua=mailto:tls@{domain}"
    return _optional("tls_rpt", f"_smtp._tls.{domain}", found, version="TLSRPTv1", needs="rua", publish=publish)


def judge_mta_sts(domain: str, found: Found) -> Finding:
    """Judge whether a domain says that mail to it needs TLS; many do without, and it takes a web server too."""
    return _optional("mta_sts", f"_mta-sts.{domain}", found, version="STSv1", needs="id", publish="v=STSv1; id=1")


def _optional(check: str, name: str, found: Found, *, version: str, needs: str, publish: str) -> Finding:
    records = tuple(text for text in found or () if tags(text).get("v") == version)
    state, advice = OK, f"{check}_ok"
    if found is None:
        state, advice = UNKNOWN, "no_answer"
    elif not records:
        state, advice = MISSING, f"{check}_missing"
    elif len(records) > 1 or not tags(records[0]).get(needs):
        state, advice = WRONG, f"{check}_broken"
    return Finding(
        check=check, state=state, advice=advice, name=name, found=records, publish="" if state == OK else publish
    )
