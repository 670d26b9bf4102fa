"""Looking at the domains as which mail is sent: asks the DNS, judges what it says, keeps what was seen.

Meets the network, so it stands above the services. Nothing that it finds stops a message.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from acuse import clock
from acuse.accounts.queries import Access
from acuse.delivery.models import SendingDomain
from acuse.delivery.services.signing_keys import (
    OPERATOR,
    SigningKeyView,
    activate_signing_key,
    domains_of,
    signing_keys,
)
from acuse.errors import ConflictError, InputError
from acuse.mail import sending_domain
from acuse.mail.sending_domain import MISSING, Finding, Found
from acuse.proof.facts.fact import Actor
from acuse.reception.endpoints import look_up
from acuse.reception.origin.answers import LookUp, NoAnswer, Records
from acuse.reception.origin.spf import check_spf

#: Between two looks at one domain, and how long one look may take.
AGAIN_AFTER = timedelta(seconds=10)
MOST_SECONDS = 15.0
_SHOWN = ("made", "active", "retiring")


@dataclass(frozen=True, kw_only=True)
class DomainView:
    """A domain as which an organisation sends.

    Attributes:
        keys: those of it that are not retired, the newest first.
        checked_at: when the DNS was last asked; None: never.
        findings: what came of it.
    """

    domain: str
    keys: tuple[SigningKeyView, ...]
    checked_at: datetime | None
    findings: tuple[Finding, ...]


class Asked:
    """Asks the DNS for one look, each question once, and no longer than it may take."""

    def __init__(self, ask: LookUp, *, timer: Callable[[], float] = time.monotonic) -> None:
        self._ask, self._timer, self._until = ask, timer, timer() + MOST_SECONDS
        self._known: dict[tuple[str, str], Records | None] = {}

    def records(self, name: str, kind: str) -> tuple[bytes, ...]:
        """Return the records at a name, as they are in octets.

        Raises:
            NoAnswer: there is none now, or no time is left to wait for one.
        """
        key = (name, kind)
        if key not in self._known:
            try:
                self._known[key] = self._ask(name, kind) if self._timer() < self._until else None
            except NoAnswer:
                self._known[key] = None
        found = self._known[key]
        if found is None:
            raise NoAnswer("The DNS gives no answer now.")
        return found.values

    def texts(self, name: str, kind: str = "TXT") -> Found:
        """Return the records at a name as text; None where there is no answer."""
        try:
            return tuple(one.decode("utf-8", "replace") for one in self.records(name, kind))
        except NoAnswer:
            return None


def sending_domains(access: Access) -> list[DomainView]:
    """Return the domains as which an organisation may send, with what was last seen of each."""
    seen = {row.domain: row for row in SendingDomain.objects.filter(organisation_id=access.organisation)}
    keys = [key for key in signing_keys(access.organisation) if key.state in _SHOWN]
    views = []
    for domain in domains_of(access.organisation):
        row = seen.get(domain)
        views.append(
            DomainView(
                domain=domain,
                keys=tuple(key for key in keys if key.domain == domain),
                checked_at=row.checked_at if row else None,
                findings=tuple(_finding(one) for one in row.findings) if row else (),
            )
        )
    return views


def check_domain(*, access: Access, domain: str) -> None:
    """Ask the DNS about a domain and keep what it says.

    Raises:
        AccessDenied: the member reads only.
        InputError: the organisation does not send as that domain.
        ConflictError: it was asked a moment ago.
    """
    access.require_sender()
    if domain not in domains_of(access.organisation):
        raise InputError("Mail is not sent as that domain.")
    now = clock.now()
    if SendingDomain.objects.filter(
        organisation_id=access.organisation, domain=domain, checked_at__gt=now - AGAIN_AFTER
    ).exists():
        raise ConflictError("This domain was checked a moment ago; wait some seconds.")
    _look(access.organisation, domain)


def start_signing(*, access: Access, key: UUID) -> None:
    """Ask the DNS for the record of a key and, where it is there, let the key sign.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such key.
        ConflictError: the DNS does not show its record, or the key is out of use.
    """
    access.require_manager()
    actor = Actor(kind="member", id=str(access.member))
    activated = activate_seen(organisation=access.organisation, key=key, actor=actor)
    _look(access.organisation, activated.domain)


def activate_seen(*, organisation: UUID | None, key: UUID, actor: Actor = OPERATOR) -> SigningKeyView:
    """Activate a key whose record the DNS shows; return the key as it was before.

    Raises:
        InputError, ConflictError: as `activate_signing_key`.
    """
    named = next((one for one in signing_keys(organisation) if one.id == key), None)
    if named is None:
        raise InputError("There is no such key.")
    found = Asked(look_up(anew=True)).texts(named.name)
    activate_signing_key(
        organisation=organisation, key=key, found=found[0] if found and len(found) == 1 else "", actor=actor
    )
    return named


def operators_findings() -> list[Finding]:
    """Judge the operator's own domain: that of its key, and that of the envelope senders, which SPF is about."""
    environment = settings.ACUSE
    asked, domain = Asked(look_up(anew=True)), sending_domain.ascii_domain(environment.mail_hostname)
    found = _dkim(asked, [key for key in signing_keys(None) if key.domain == domain])
    return [*found, _spf(asked, sending_domain.ascii_domain(environment.verp_domain)), _dmarc(asked, domain)]


def findings(domain: str, keys: Sequence[SigningKeyView], asked: Asked) -> list[Finding]:
    """Judge what the DNS says of a domain.

    Args:
        domain: in ASCII. keys: of the domain. asked: asks.
    """
    return [
        *_dkim(asked, keys),
        _spf(asked, domain),
        _dmarc(asked, domain),
        sending_domain.judge_mx(domain, asked.texts(domain, "MX")),
        sending_domain.judge_tls_rpt(domain, asked.texts(f"_smtp._tls.{domain}")),
        sending_domain.judge_mta_sts(domain, asked.texts(f"_mta-sts.{domain}")),
    ]


def _look(organisation: UUID, domain: str) -> None:
    keys = [key for key in signing_keys(organisation) if key.domain == domain]
    found = findings(domain, keys, Asked(look_up(anew=True)))
    SendingDomain.objects.update_or_create(
        organisation_id=organisation,
        domain=domain,
        defaults={"checked_at": clock.now(), "findings": [asdict(one) for one in found]},
    )


def _finding(kept: dict[str, object]) -> Finding:
    return Finding(**{**kept, "found": tuple(kept["found"])})  # type: ignore[arg-type]  # as `asdict` wrote it


def _dkim(asked: Asked, keys: Sequence[SigningKeyView]) -> list[Finding]:
    found = [
        sending_domain.judge_dkim(key.name, key.record, asked.texts(key.name)) for key in keys if key.state in _SHOWN
    ]
    if any(key.state in {"made", "active"} for key in keys):
        return found
    return [*found, Finding(check="dkim", state=MISSING, advice="dkim_none", name="")]


def _spf(asked: Asked, domain: str) -> Finding:
    """Evaluate a domain's SPF record for each address of the host that sends, as recipients' servers do."""
    environment = settings.ACUSE
    host = environment.smarthost.rpartition(":")[0] if environment.smarthost else environment.mail_hostname
    addresses = [one for kind in ("A", "AAAA") for one in asked.texts(host, kind) or ()]
    results = [
        check_spf(ip=address, mail_from=f"postmaster@{domain}", helo=host, ask=asked.records) for address in addresses
    ]
    said = [(one.result, one.reason) for one in results]
    return sending_domain.judge_spf(domain, asked.texts(domain), host=host, results=said)


def _dmarc(asked: Asked, domain: str) -> Finding:
    """Find the policy of a domain: at the domain itself, else above it; no further than the first that has one."""
    seen: list[tuple[str, Found]] = []
    for name in sending_domain.parents(domain):
        texts = asked.texts(f"_dmarc.{name}")
        seen.append((name, texts))
        if texts is None or any(sending_domain.is_policy(text) for text in texts):
            break
    return sending_domain.judge_dmarc(domain, seen)
