"""MTA-STS (RFC 8461) end to end: a name server, a web server with the policy, and mail servers, each with TLS."""

import json
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import dns.rcode
import pytest

from acuse import clock
from acuse.channels.base import EmailDispatch, Outcome, Result
from acuse.channels.dns import Resolver
from acuse.channels.email.mta_sts import KeptPolicy, MemoryStore
from acuse.channels.email.policies import Trust
from acuse.channels.email.send import EmailChannel
from acuse.channels.email.wire import Timeouts
from acuse.errors import TemporaryError
from tests.channels.scripted import EHLO, Conversation, greeted, serving, taking
from tests.peers.certificates import Authority, authority, server_certificate
from tests.peers.names import NameServer, name_server
from tests.peers.policies import PolicyHost, answered, policy, policy_host
from tests.peers.postfix import Postfix, postfix

ANA = "ana@recibe.example"
MESSAGE = b"From: avisos@ribera.example\r\nTo: ana@recibe.example\r\nSubject: prueba\r\n\r\nhola\r\n"
ZONE: dict[tuple[str, str], list[str] | int] = {
    ("recibe.example", "MX"): ["10 mx.recibe.example."],
    ("mx.recibe.example", "A"): ["127.0.0.1"],
    ("_mta-sts.recibe.example", "TXT"): ['"v=STSv1; id=1;"'],
    ("mta-sts.recibe.example", "A"): ["127.0.0.1"],
}
ENFORCE = policy("enforce", "mx.recibe.example")
SERVED = answered(ENFORCE)
LONG = Timeouts(connect=60, greeting=60, command=60, data=60, block=60, final=60, quit=60, total=120)


@dataclass
class Scene:
    """What is around one channel. `fresh` makes another channel with the same store: a restart."""

    names: NameServer
    host: PolicyHost
    roots: Trust
    port: int
    store: MemoryStore
    opened: list[EmailChannel] = field(default_factory=list)

    def fresh(self) -> EmailChannel:
        resolver = Resolver((self.names.address,), allow_private=True, lifetime=60)
        self.opened.append(
            EmailChannel(
                resolver,
                helo="salida.acuse.example",
                port=self.port,
                trust=self.roots,
                timeouts=LONG,
                policies=self.store,
                policies_port=self.host.port,
            )
        )
        return self.opened[-1]

    def send(self, channel: EmailChannel | None = None) -> Outcome:
        dispatch = EmailDispatch(envelope_sender="bounce+x@ribera.example", recipient=ANA, message=MESSAGE)
        if channel is not None:
            return channel.send(dispatch)
        with closing(self.fresh()) as once:
            return once.send(dispatch)


@pytest.fixture(scope="module")
def root() -> Authority:
    return authority()


@pytest.fixture(scope="module")
def web(root: Authority, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return server_certificate(root, "mta-sts.recibe.example", folder=tmp_path_factory.mktemp("web"))


@pytest.fixture(scope="module")
def peer(root: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postfix]:
    pair = server_certificate(root, "mx.recibe.example", folder=tmp_path_factory.mktemp("tls"))
    with postfix(mailboxes=(ANA,), certificate=pair) as running:
        yield running


@pytest.fixture
def scene(root: Authority, web: tuple[Path, Path], peer: Postfix) -> Iterator[Callable[..., Scene]]:
    """Set a scene: reply of the policy's host, changes of the zone, certificate of that host, port of the exchanger."""
    with ExitStack() as stack:
        made: list[Scene] = []

        def build(
            reply: bytes | list[bytes] = SERVED,
            *,
            zone: dict[tuple[str, str], list[str] | int] | None = None,
            certificate: tuple[Path, Path] = web,
            port: int = peer.port,
        ) -> Scene:
            names = stack.enter_context(name_server(ZONE | (zone or {})))
            host = stack.enter_context(policy_host(reply, certificate))
            roots = Trust(roots=(root.certificate,))
            made.append(Scene(names=names, host=host, roots=roots, port=port, store=MemoryStore()))
            return made[-1]

        yield build
        for one in made:
            for channel in one.opened:
                channel.close()


def said(outcome: Outcome) -> dict[str, Any]:
    assert outcome.policy is not None
    assert {"kind", "mode", "source", "result", "finding"} == set(outcome.policy)
    return outcome.policy


def assert_put_off(outcome: Outcome, finding: str) -> None:
    assert (outcome.result, outcome.failure_class, outcome.reply) == (Result.DEFERRED, "server_unavailable", None)
    assert (said(outcome)["kind"], said(outcome)["mode"], said(outcome)["result"]) == ("mta-sts", "enforce", "unmet")
    assert finding in said(outcome)["finding"], outcome.policy
    assert outcome.reason.startswith("Nothing was sent, because the connection is not as the recipient's domain asks")
    assert b"MAIL FROM" not in outcome.transcript
    events = [json.loads(line) for line in outcome.transcript.splitlines()]
    assert any(one["from"] == "policy" and one["applied"] == outcome.policy for one in events)


@contextmanager
def tls_server(root: Authority, folder: Path, *names: str) -> Iterator[int]:
    """Serve mail under TLS with a certificate of these names; yields the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*server_certificate(root, *names, folder=folder))

    def script(conversation: Conversation) -> None:
        greeted(conversation, EHLO.replace("250 SMTPUTF8", "250 STARTTLS")).exchange(("STARTTLS", "220 go\r\n"))
        conversation.secure(context)
        while line := conversation.hear():
            answers = {b"EHLO": EHLO, b"DATA": "354 go\r\n"}
            conversation.say(answers.get(line[:4], "250 2.0.0 Ok\r\n"))
            if line.startswith(b"DATA"):
                conversation.content()
                conversation.say("250 2.0.0 Ok: queued\r\n")

    with serving(script) as server:
        yield server.port


def test_an_enforced_policy_that_is_met(scene: Callable[..., Scene]) -> None:
    outcome = scene().send()
    assert outcome.result is Result.RELAYED, outcome
    found = said(outcome)
    assert (found["kind"], found["mode"], found["result"], found["finding"]) == ("mta-sts", "enforce", "met", None)
    assert found["source"][:4] == ["id: 1", "mode: enforce", "mx: mx.recibe.example", "max_age: 86400"]
    assert outcome.tls is not None
    assert outcome.tls["verified"]


def test_a_domain_without_policy_is_as_before(scene: Callable[..., Scene]) -> None:
    made = scene(zone={("_mta-sts.recibe.example", "TXT"): []})
    outcome = made.send()
    assert outcome.result is Result.RELAYED
    assert said(outcome) == {"kind": "opportunistic", "mode": None, "source": [], "result": "met", "finding": None}
    assert made.host.asked == []


def test_a_policy_is_looked_up_once_for_many_messages(scene: Callable[..., Scene]) -> None:
    made = scene()
    channel = made.fresh()
    for _ in range(5):
        assert made.send(channel).result is Result.RELAYED
    assert len(made.host.asked) == 1
    assert made.host.asked[0].startswith(b"GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.recibe.example\r\n")
    assert [name for name, _ in made.names.asked].count("_mta-sts.recibe.example") == 1


def test_a_certificate_of_another_name_gets_nothing(
    scene: Callable[..., Scene], root: Authority, tmp_path: Path
) -> None:
    with tls_server(root, tmp_path, "other.recibe.example") as port:
        outcome = scene(port=port).send()
    assert_put_off(outcome, "")
    assert outcome.stage == "tls"
    assert outcome.tls is not None
    assert outcome.tls["certificate"]["names"] == ["other.recibe.example"]


def test_a_certificate_of_a_stranger_gets_nothing(scene: Callable[..., Scene], tmp_path: Path) -> None:
    with tls_server(authority(), tmp_path, "mx.recibe.example") as port:
        assert_put_off(scene(port=port).send(), "")


def test_a_server_without_tls_gets_nothing(scene: Callable[..., Scene]) -> None:
    with serving(taking()) as server:
        outcome = scene(port=server.port).send()
    assert_put_off(outcome, "the server offers no TLS")
    assert not any(line.startswith((b"MAIL", b"DATA")) for line in server.log)


def test_a_starttls_that_fails_is_not_followed_by_plain(scene: Callable[..., Scene]) -> None:
    def script(conversation: Conversation) -> None:
        greeted(conversation, EHLO.replace("250 SMTPUTF8", "250 STARTTLS"))
        conversation.exchange(("STARTTLS", "454 4.7.0 not now\r\n"))

    with serving(script) as server:
        outcome = scene(port=server.port).send()
    assert_put_off(outcome, "454")
    assert server.connections == 1


def test_a_mail_server_that_the_policy_does_not_name_is_not_contacted(scene: Callable[..., Scene]) -> None:
    with serving(taking()) as server:
        outcome = scene(answered(policy("enforce", "*.other.example")), port=server.port).send()
    assert_put_off(outcome, "does not name this mail server")
    assert server.connections == 0


def test_the_next_mail_server_is_tried_where_the_policy_bars_the_first(scene: Callable[..., Scene]) -> None:
    zone: dict[tuple[str, str], list[str] | int] = {
        ("recibe.example", "MX"): ["5 evil.attacker.example.", "10 mx.recibe.example."],
        ("evil.attacker.example", "A"): ["127.0.0.1"],
    }
    outcome = scene(zone=zone).send()
    assert (outcome.result, outcome.host) == (Result.RELAYED, "mx.recibe.example")
    assert said(outcome)["result"] == "met"
    assert b"does not name this mail server" in outcome.transcript


@pytest.mark.parametrize(
    ("names", "mx"), [("other.example", "mx.recibe.example"), ("mx.recibe.example", "mx.x.example")]
)
def test_testing_delivers_and_says_what_was_wrong(
    scene: Callable[..., Scene], root: Authority, tmp_path: Path, names: str, mx: str
) -> None:
    with tls_server(root, tmp_path, names) as port:
        outcome = scene(answered(policy("testing", mx)), port=port).send()
    assert outcome.result is Result.RELAYED, outcome
    assert (said(outcome)["mode"], said(outcome)["result"]) == ("testing", "unmet")
    assert said(outcome)["finding"]


def test_testing_goes_on_in_plain_and_says_so(scene: Callable[..., Scene]) -> None:
    with serving(taking()) as server:
        outcome = scene(answered(policy("testing", "mx.recibe.example")), port=server.port).send()
    assert outcome.result is Result.RELAYED
    assert said(outcome)["finding"] == "the connection is not encrypted"


def test_a_policy_of_mode_none_asks_nothing(scene: Callable[..., Scene]) -> None:
    with serving(taking()) as server:
        outcome = scene(answered(b"version: STSv1\nmode: none\nmax_age: 60\n"), port=server.port).send()
    assert (outcome.result, said(outcome)["kind"]) == (Result.RELAYED, "opportunistic")


@pytest.mark.parametrize(
    "reply",
    [
        answered(ENFORCE, status="301 Moved", more="Location: https://mta-sts.recibe.example/\r\n"),
        answered(ENFORCE, status="404 Not Found"),
        answered(ENFORCE, kind="text/html"),
        answered(b"version: STSv2\n"),
        [answered(ENFORCE + b"x" * 70_000)[:-10]] + [b"x" * 65536] * 64,
        b"garbage",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5000\r\n\r\nversion: STSv1\r\n",
    ],
)
def test_what_is_no_policy_asks_nothing_when_none_was_known(
    scene: Callable[..., Scene], reply: bytes | list[bytes]
) -> None:
    made = scene(reply)
    outcome = made.send()
    assert (outcome.result, said(outcome)["kind"]) == (Result.RELAYED, "opportunistic")
    assert len(made.host.asked) == 1


@pytest.mark.parametrize("chunked", [False, True])
def test_a_policy_comes_whole_or_in_chunks(scene: Callable[..., Scene], chunked: bool) -> None:
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(ENFORCE), ENFORCE)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert said(scene(head + body if chunked else answered(ENFORCE)).send())["kind"] == "mta-sts"


def test_a_policy_of_a_host_whose_certificate_is_not_its_own_is_not_believed(
    scene: Callable[..., Scene], root: Authority, tmp_path: Path
) -> None:
    for index, (who, name) in enumerate([(root, "www.recibe.example"), (authority(), "mta-sts.recibe.example")]):
        folder = tmp_path / str(index)
        folder.mkdir()
        outcome = scene(certificate=server_certificate(who, name, folder=folder)).send()
        assert said(outcome)["kind"] == "opportunistic"


class Tried(Exception):
    """The channel went on to a mail server."""


def test_the_host_of_a_policy_is_not_looked_for_inside_our_network(
    root: Authority, web: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def tried(*_given: Any) -> Outcome:
        raise Tried  # its address is none of this machine

    zone = ZONE | {("mx.recibe.example", "A"): ["93.184.215.14"]}
    with name_server(zone) as names, policy_host(answered(ENFORCE), web) as host:
        trust = Trust(roots=(root.certificate,))
        resolver = Resolver((names.address,), lifetime=60)
        channel = EmailChannel(resolver, helo="a.example", port=1, trust=trust, timeouts=LONG, policies_port=host.port)
        monkeypatch.setattr(channel, "_try", tried)
        with pytest.raises(Tried):
            channel.send(EmailDispatch(envelope_sender="", recipient=ANA, message=MESSAGE))
        channel.close()
    assert ("mta-sts.recibe.example", "A") in names.asked
    assert host.asked == []


@pytest.mark.parametrize(
    "silenced",
    [
        {("_mta-sts.recibe.example", "TXT"): []},
        {("_mta-sts.recibe.example", "TXT"): dns.rcode.SERVFAIL},
        {("_mta-sts.recibe.example", "TXT"): ['"v=STSv1; id=2;"'], ("mta-sts.recibe.example", "A"): []},
    ],
)
def test_a_kept_policy_holds_after_a_restart_when_the_domain_is_silenced(
    scene: Callable[..., Scene], silenced: dict[tuple[str, str], list[str] | int]
) -> None:
    made = scene()
    assert said(made.send())["result"] == "met"
    made.names.zone.update(silenced)
    with serving(taking()) as server:
        made.port = server.port
        assert_put_off(made.send(), "the server offers no TLS")


def kept(*, fetched: timedelta, expires: timedelta, identifier: str = "1") -> KeptPolicy:
    now = clock.now()
    return KeptPolicy(
        domain="recibe.example",
        identifier=identifier,
        text=policy("enforce", "mx.old.example").decode(),
        fetched_at=now - fetched,
        expires_at=now + expires,
    )


def test_a_policy_that_ended_asks_nothing_unless_it_is_had_anew(scene: Callable[..., Scene]) -> None:
    ended = kept(fetched=timedelta(days=9), expires=timedelta(seconds=-1))
    gone = scene(zone={("_mta-sts.recibe.example", "TXT"): []})
    gone.store.save(ended)
    assert said(gone.send())["kind"] == "opportunistic"
    there = scene()
    there.store.save(ended)
    assert said(there.send())["result"] == "met"


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        (kept(fetched=timedelta(hours=1), expires=timedelta(days=8)), 0),
        (kept(fetched=timedelta(days=2), expires=timedelta(days=8)), 1),
        (kept(fetched=timedelta(hours=1), expires=timedelta(days=8), identifier="0"), 1),
    ],
)
def test_a_kept_policy_is_fetched_again_daily_and_when_another_is_announced(
    scene: Callable[..., Scene], known: KeptPolicy, asked: int
) -> None:
    made = scene()
    made.store.save(known)
    outcome = made.send()
    assert len(made.host.asked) == asked
    assert outcome.result is (Result.RELAYED if asked else Result.DEFERRED)


def test_nothing_is_sent_while_kept_policies_cannot_be_read(scene: Callable[..., Scene]) -> None:
    class Away(MemoryStore):
        def load(self, domain: str) -> KeptPolicy | None:
            raise TemporaryError("The policies cannot be read.")

    made = scene()
    made.store = Away()
    assert_put_off(made.send(), "cannot be read")


def test_many_threads_at_once_fetch_a_policy_once(scene: Callable[..., Scene]) -> None:
    made = scene()
    channel = made.fresh()
    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(lambda _: made.send(channel), range(16)))
    assert {said(one)["result"] for one in outcomes} == {"met"}
    assert len(made.host.asked) == 1
