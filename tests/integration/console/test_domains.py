"""The page of sending domains: what it shows, who may do what, and that it says what the DNS says."""

import pytest
from django.test import Client

from acuse.accounts import services as accounts
from acuse.accounts.models import SenderIdentity, User
from acuse.delivery import domains
from acuse.delivery.models import SendingDomain, SigningKey
from acuse.mail import dkim
from acuse.reception.origin.answers import LookUp, NoAnswer, Records
from tests.browser.samples import PASSWORD
from tests.browser.world import World

PAGE = "/console/talleres-ribera/settings/domains/"
DOMAIN = "ribera.example"
HOST = "localhost"


class Dns:
    """What the DNS says: names and kinds to values; None gives no answer."""

    def __init__(self) -> None:
        self.holds: dict[tuple[str, str], tuple[str, ...] | None] = {(HOST, "A"): ("192.0.2.7",)}
        self.asked = 0

    def look_up(self, *, anew: bool) -> LookUp:
        assert anew

        def ask(name: str, kind: str) -> Records:
            self.asked += 1
            values = self.holds.get((name, kind), ())
            if values is None:
                raise NoAnswer("no answer")
            return Records(values=tuple(one.encode() for one in values))

        return ask


@pytest.fixture
def dns(monkeypatch: pytest.MonkeyPatch) -> Dns:
    made = Dns()
    monkeypatch.setattr(domains, "look_up", made.look_up)
    return made


@pytest.fixture
def organisation(world: World) -> World:
    User.objects.update(language="en")
    accounts.add_sender_identity(organisation=world.organisation, pattern=f"@{DOMAIN}")
    return world


def as_role(world: World, role: str) -> Client:
    email = f"{role}@{DOMAIN}"
    accounts.create_user(email=email, password=PASSWORD)
    accounts.add_member(organisation=world.organisation, email=email, role=role)
    user = User.objects.get(email=email)
    user.language = "en"
    user.save()
    client = Client()
    client.force_login(user)
    return client


def shown(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def again() -> None:
    """Let the time pass after which a domain may be checked again."""
    SendingDomain.objects.all().delete()


def test_without_senders_it_says_where_to_begin(world: World, member: Client) -> None:
    SenderIdentity.objects.all().delete()
    assert "#senders" in shown(member)


def test_a_key_is_made_published_used_and_replaced(organisation: World, member: Client, dns: Dns) -> None:
    assert "Not checked yet" in shown(member)
    assert dns.asked == 0, "looking at the page asks nobody"
    member.post(f"{PAGE}keys/", {"domain": DOMAIN})
    first = SigningKey.objects.get()
    text = shown(member)
    assert first.record in text
    assert f"{first.selector}._domainkey.{DOMAIN}" in text
    assert "Waits for its record" in text
    member.post(f"{PAGE}keys/{first.id}/sign/")
    assert "does not show this key" in shown(member)
    assert SigningKey.objects.get().state == "made"
    dns.holds[dkim.record_name(first.selector, DOMAIN), "TXT"] = (first.record,)
    member.post(f"{PAGE}keys/{first.id}/sign/")
    text = shown(member)
    assert "is signed with this key from now on" in text
    assert "Replace the key" in text
    member.post(f"{PAGE}keys/", {"domain": DOMAIN})
    second = SigningKey.objects.get(state="made")
    assert "signs on until" not in shown(member), "one key at most waits for its record"
    dns.holds[dkim.record_name(second.selector, DOMAIN), "TXT"] = (second.record,)
    member.post(f"{PAGE}keys/{second.id}/sign/")
    text = shown(member)
    assert {row.selector: row.state for row in SigningKey.objects.all()} == {
        first.selector: "retiring",
        second.selector: "active",
    }
    assert "No longer signs" in text
    assert "The record may go from" in text
    again()
    assert text.count(second.record) == 1, "the DNS says it"
    text = shown(member)
    assert "It signs. Whether its record is still in the DNS has not been looked up yet" in text
    assert second.record in text
    member.post(f"{PAGE}keys/{first.id}/retire/")
    assert "may still be under way" in shown(member)


def test_it_says_what_the_dns_says(organisation: World, member: Client, dns: Dns) -> None:
    dns.holds |= {
        (DOMAIN, "TXT"): ("v=spf1 mx -all", "otra=cosa"),
        (f"_dmarc.{DOMAIN}", "TXT"): ("v=DMARC1; p=none",),
        (DOMAIN, "MX"): ("mx.ribera.example",),
        (f"_smtp._tls.{DOMAIN}", "TXT"): None,
    }
    member.post(f"{PAGE}check/", {"domain": DOMAIN})
    text = shown(member)
    assert "v=spf1 mx -all" in text
    assert f"v=spf1 mx a:{HOST} -all" in text, "what to publish instead"
    assert "otra=cosa" not in text
    assert "only collects reports" in text
    assert "mx.ribera.example" in text
    assert "gave no answer" in text
    assert "No key signs for this domain yet" in text
    assert "Something to do" in text
    again()
    dns.holds[DOMAIN, "TXT"] = ("v=spf1 ip4:192.0.2.7 -all",)
    member.post(f"{PAGE}keys/", {"domain": DOMAIN})
    key = SigningKey.objects.get()
    dns.holds[dkim.record_name(key.selector, DOMAIN), "TXT"] = (key.record,)
    member.post(f"{PAGE}keys/{key.id}/sign/")
    assert "In order" in shown(member)


def test_what_stands_in_the_dns_is_shown_as_text(organisation: World, member: Client, dns: Dns) -> None:
    dns.holds[DOMAIN, "TXT"] = ("v=spf1 <script>alert(1)</script>",)
    member.post(f"{PAGE}check/", {"domain": DOMAIN})
    text = shown(member)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_a_domain_is_not_checked_all_the_time(organisation: World, member: Client, dns: Dns) -> None:
    member.post(f"{PAGE}check/", {"domain": DOMAIN})
    asked = dns.asked
    assert asked
    member.post(f"{PAGE}check/", {"domain": DOMAIN})
    assert dns.asked == asked
    assert "a moment ago" in shown(member)
    member.post(f"{PAGE}check/", {"domain": "ajena.example"})
    assert dns.asked == asked
    assert "not sent as that domain" in shown(member)


def test_without_an_answer_nothing_is_said_to_be_wrong(organisation: World, member: Client, dns: Dns) -> None:
    dns.look_up = lambda *, anew: _silent  # type: ignore[method-assign]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(domains, "look_up", dns.look_up)
        member.post(f"{PAGE}check/", {"domain": DOMAIN})
    states = {one["check"]: one["state"] for one in SendingDomain.objects.get().findings}
    assert states == {"dkim": "missing", **dict.fromkeys(("spf", "dmarc", "mx", "tls_rpt", "mta_sts"), "unknown")}


def _silent(name: str, kind: str) -> Records:
    raise NoAnswer("no answer")


@pytest.mark.parametrize(("role", "checks", "manages"), [("agent", True, False), ("auditor", False, False)])
def test_roles(organisation: World, dns: Dns, role: str, checks: bool, manages: bool) -> None:
    client = as_role(organisation, role)
    text = shown(client)
    assert ("Check now" in text) is checks
    assert ("Make a key" in text) is manages
    assert client.post(f"{PAGE}check/", {"domain": DOMAIN}).status_code == (302 if checks else 403)
    assert client.post(f"{PAGE}keys/", {"domain": DOMAIN}).status_code == 403
    assert not SigningKey.objects.exists()
