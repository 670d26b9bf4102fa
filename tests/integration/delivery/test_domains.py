"""Looking at sending domains through the sandbox's own name server, and within its time."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from acuse.accounts import services as accounts
from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery import domains
from acuse.delivery.services.signing_keys import make_signing_key, signing_keys
from acuse.embedded.mail_domains import Background, MailDomains
from acuse.embedded.roles import Addresses
from acuse.embedded.zone import PUBLISHED, publish
from acuse.errors import ConflictError
from acuse.mail.sending_domain import Finding
from acuse.reception.endpoints import look_up
from acuse.reception.origin.answers import NoAnswer, Records
from tests.integration.making import credential

DOMAIN, HOST = "ribera.example", "salida.example"


@pytest.fixture
def zone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file whose records the DNS has."""
    with Background(MailDomains(tmp_path / "sandbox", accepting=[DOMAIN])) as ports:
        changed = {"sandbox": True, "sandbox_dns_port": ports.dns, "mail_hostname": HOST}
        monkeypatch.setattr(settings, "ACUSE", settings.ACUSE.model_copy(update=changed))
        (tmp_path / "sandbox").mkdir(exist_ok=True)
        yield tmp_path / "sandbox" / PUBLISHED


@pytest.fixture
def value(database: Addresses) -> SmtpCredentialValue:
    made = credential()
    accounts.add_sender_identity(organisation=made.organisation, pattern=f"@{DOMAIN}")
    return made


def states(found: list[Finding]) -> dict[str, tuple[str, str]]:
    return {one.check: (one.state, one.advice) for one in found}


def test_each_record_is_looked_up_as_servers_do(value: SmtpCredentialValue, zone: Path) -> None:
    key = make_signing_key(organisation=value.organisation, domain=DOMAIN)
    keys = signing_keys(value.organisation)
    assert states(domains.findings(DOMAIN, keys, domains.Asked(look_up(anew=True)))) == {
        "dkim": ("missing", "dkim_missing"),
        "spf": ("missing", "spf_missing"),
        "dmarc": ("missing", "dmarc_missing"),
        "mx": ("ok", "mx_ok"),
        "tls_rpt": ("missing", "tls_rpt_missing"),
        "mta_sts": ("missing", "mta_sts_missing"),
    }
    with pytest.raises(ConflictError, match="does not show"):
        domains.activate_seen(organisation=value.organisation, key=key.id)
    records = [
        (key.name, "TXT", key.record),
        (HOST, "A", "192.0.2.7"),
        (HOST, "AAAA", "2001:db8::7"),
        (DOMAIN, "TXT", "v=spf1 include:_spf.ribera.example -all"),
        ("_spf.ribera.example", "TXT", f"v=spf1 a:{HOST} ?all"),
        (f"_dmarc.{DOMAIN}", "TXT", "v=DMARC1; p=quarantine"),
        (f"_smtp._tls.{DOMAIN}", "TXT", "v=TLSRPTv1; rua=mailto:tls@ribera.example"),
        (f"_mta-sts.{DOMAIN}", "TXT", "v=STSv1; id=20261122"),
    ]
    publish(zone, records)
    found = domains.findings(DOMAIN, keys, domains.Asked(look_up(anew=True)))
    assert {one.check: one.state for one in found} == dict.fromkeys(
        ("dkim", "spf", "dmarc", "mx", "tls_rpt", "mta_sts"), "ok"
    )
    domains.activate_seen(organisation=value.organisation, key=key.id)
    assert signing_keys(value.organisation)[0].state == "active"
    publish(zone, [*records, (key.name, "TXT", "v=DKIM1; p=")])
    found = domains.findings(DOMAIN, keys, domains.Asked(look_up(anew=True)))
    assert states(found)["dkim"] == ("wrong", "dkim_several")


def test_the_operators_own_domain(database: Addresses, zone: Path) -> None:
    assert states(domains.operators_findings())["dkim"] == ("missing", "dkim_none")
    key = make_signing_key(organisation=None, domain=HOST)
    publish(
        zone,
        [
            (key.name, "TXT", key.record),
            (HOST, "A", "192.0.2.7"),
            (HOST, "TXT", "v=spf1 a -all"),
            (f"_dmarc.{HOST}", "TXT", "v=DMARC1; p=none"),
        ],
    )
    domains.activate_seen(organisation=None, key=key.id)
    assert states(domains.operators_findings()) == {
        "dkim": ("ok", "dkim_ok"),
        "spf": ("ok", "spf_ok"),
        "dmarc": ("ok", "dmarc_none"),
    }


def test_more_than_ten_look_ups_are_an_error(database: Addresses, zone: Path) -> None:
    chain = [(f"s{one}.{DOMAIN}", "TXT", f"v=spf1 include:s{one + 1}.{DOMAIN} -all") for one in range(1, 13)]
    publish(zone, [(HOST, "A", "192.0.2.7"), (DOMAIN, "TXT", f"v=spf1 include:s1.{DOMAIN} -all"), *chain])
    found = domains.findings(DOMAIN, [], domains.Asked(look_up(anew=True)))
    assert states(found)["spf"] == ("wrong", "spf_broken")


def test_a_look_ends_in_time_and_asks_each_question_once() -> None:
    seconds = itertools.count(step=4)
    asked: list[tuple[str, str]] = []

    def silent(name: str, kind: str) -> Records:
        asked.append((name, kind))
        raise NoAnswer("no answer")

    asking = domains.Asked(silent, timer=lambda: float(next(seconds)))
    for number in range(20):
        for _ in range(2):
            assert asking.texts(f"n{number}.example") is None
    assert asked == [("n0.example", "TXT"), ("n1.example", "TXT"), ("n2.example", "TXT")]
