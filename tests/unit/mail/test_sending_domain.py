"""Judging what the DNS says of a sending domain."""

import pytest

from acuse.mail import dkim
from acuse.mail import sending_domain as judge
from acuse.mail.sending_domain import MISSING, OK, UNKNOWN, WRONG

HOST, DOMAIN = "correo.acuse.example", "ribera.example"
RECORD = dkim.public_record(dkim.read_key(dkim.make_key()))


@pytest.mark.parametrize(
    ("found", "results", "state", "advice", "publish"),
    [
        (None, [], UNKNOWN, "no_answer", f"v=spf1 a:{HOST} ~all"),
        ((), ["none"], MISSING, "spf_missing", f"v=spf1 a:{HOST} ~all"),
        (("otra cosa", "v=spf10 all"), ["none"], MISSING, "spf_missing", f"v=spf1 a:{HOST} ~all"),
        (("v=spf1 mx -all", "v=spf1 a -all"), ["permerror"], WRONG, "spf_several", ""),
        (("v=spf1 mx +all",), ["pass"], WRONG, "spf_open", "v=spf1 mx ~all"),
        (("v=spf1 all",), ["pass"], WRONG, "spf_open", "v=spf1 ~all"),
        (("v=spf1 include:a.example -all",), ["permerror"], WRONG, "spf_broken", ""),
        (("v=spf1 mx -all",), ["temperror", "fail"], UNKNOWN, "no_answer", ""),
        (("v=spf1 mx -all",), [], UNKNOWN, "spf_no_addresses", ""),
        (("v=spf1 a:x.example -all",), ["pass", "pass"], OK, "spf_ok", ""),
        (("v=spf1 mx -all",), ["fail"], WRONG, "spf_not_us", f"v=spf1 mx a:{HOST} -all"),
        (("v=spf1 mx ?all",), ["pass", "neutral"], WRONG, "spf_not_us", f"v=spf1 mx a:{HOST} ?all"),
        (("V=SPF1 redirect=x.example",), ["fail"], WRONG, "spf_not_us", f"V=SPF1 redirect=x.example a:{HOST}"),
    ],
)
def test_spf(found: judge.Found, results: list[str], state: str, advice: str, publish: str) -> None:
    said = judge.judge_spf(DOMAIN, found, host=HOST, results=[(one, "too many lookups") for one in results])
    assert (said.state, said.advice, said.publish) == (state, advice, publish)
    assert said.detail == ("too many lookups" if advice == "spf_broken" else HOST)


@pytest.mark.parametrize(
    ("found", "state", "advice"),
    [
        (None, UNKNOWN, "no_answer"),
        ((), MISSING, "dkim_missing"),
        ((RECORD,), OK, "dkim_ok"),
        ((RECORD.replace("p=", "t=y; p= ").removeprefix("v=DKIM1; "),), OK, "dkim_ok"),
        ((RECORD, RECORD), WRONG, "dkim_several"),
        (("v=DKIM1; k=rsa; p=",), WRONG, "dkim_other"),
        ((RECORD.replace("DKIM1", "DKIM2"),), WRONG, "dkim_other"),
        ((RECORD[:-8],), WRONG, "dkim_other"),
        (("v=spf1 -all",), WRONG, "dkim_other"),
    ],
)
def test_dkim(found: judge.Found, state: str, advice: str) -> None:
    said = judge.judge_dkim("uno._domainkey.ribera.example", RECORD, found)
    assert (said.state, said.advice, said.publish) == (state, advice, RECORD)


@pytest.mark.parametrize(
    ("own", "above", "state", "advice"),
    [
        (None, (), UNKNOWN, "no_answer"),
        ((), None, UNKNOWN, "no_answer"),
        ((), (), MISSING, "dmarc_missing"),
        (("v=DMARC1; p=none",), (), OK, "dmarc_none"),
        (("v=DMARC1; p=Reject; rua=mailto:x@y.example",), (), OK, "dmarc_ok"),
        (("v=DMARC1; p=rejected",), (), WRONG, "dmarc_broken"),
        (("v=DMARC1",), (), WRONG, "dmarc_broken"),
        (("v=DMARC1; p=none", "v=DMARC1; p=reject"), (), WRONG, "dmarc_several"),
        (("una cosa",), ("v=DMARC1; p=reject; sp=quarantine",), OK, "dmarc_ok"),
        ((), ("v=DMARC1; p=reject; sp=none",), OK, "dmarc_none"),
        ((), ("v=DMARC1; p=reject; adkim=s",), OK, "dmarc_strict"),
        (("v=DMARC1; p=reject; adkim=s",), (), OK, "dmarc_ok"),
    ],
)
def test_dmarc(own: judge.Found, above: judge.Found, state: str, advice: str) -> None:
    said = judge.judge_dmarc("boletin.ribera.example", [("boletin.ribera.example", own), (DOMAIN, above)])
    assert (said.state, said.advice) == (state, advice)
    assert bool(said.publish) is (state != OK)


@pytest.mark.parametrize(
    ("found", "state"), [(None, UNKNOWN), ((), MISSING), (("",), WRONG), (("mx.ribera.example",), OK)]
)
def test_mx(found: judge.Found, state: str) -> None:
    assert judge.judge_mx(DOMAIN, found).state == state


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (None, UNKNOWN),
        ((), MISSING),
        (("v=TLSRPTv1; rua=mailto:tls@ribera.example",), OK),
        (("v=TLSRPTv1;",), WRONG),
        (("v=TLSRPTv1; rua=mailto:a@b.example",) * 2, WRONG),
    ],
)
def test_tls_rpt(found: judge.Found, state: str) -> None:
    said = judge.judge_tls_rpt(DOMAIN, found)
    assert (said.state, said.name) == (state, "_smtp._tls.ribera.example")


@pytest.mark.parametrize(("found", "state"), [((), MISSING), (("v=STSv1; id=20261122",), OK), (("v=STSv1",), WRONG)])
def test_mta_sts(found: judge.Found, state: str) -> None:
    assert judge.judge_mta_sts(DOMAIN, found).state == state


def test_a_policy_may_stand_above() -> None:
    assert judge.parents("a.b.ribera.example") == ("a.b.ribera.example", "b.ribera.example", "ribera.example")
    assert judge.parents("ribera.example") == ("ribera.example",)
    assert judge.parents("example") == ("example",)


@pytest.mark.parametrize(
    ("domain", "ascii_form"),
    [("Ribera.Example", "ribera.example"), ("eñe.example", "xn--ee-zja.example"), ("a" * 70 + ".example",) * 2],
)
def test_domains_are_as_the_dns_has_them(domain: str, ascii_form: str) -> None:
    assert judge.ascii_domain(domain) == ascii_form
