"""EmailChannel against servers that misbehave: what each failure means at each stage, and that nothing hangs."""

import json
import socket
import ssl
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from acuse.channels.base import EmailDispatch, Outcome, Result
from acuse.channels.dns import Exchanger, Resolver, Route
from acuse.channels.email.exchangers import Smarthost
from acuse.channels.email.policies import Tls, Trust
from acuse.channels.email.pool import Reuse
from acuse.channels.email.send import EmailChannel
from acuse.channels.email.session import Login
from acuse.channels.email.wire import Timeouts
from acuse.errors import InputError
from tests.channels.scripted import EHLO, Conversation, Script, Server, greeted, serving, taking
from tests.peers.certificates import authority, server_certificate
from tests.peers.names import name_server
from tests.ports import free_port

#: A server that answers is given all the time that a busy machine takes; one that is meant to say nothing, little.
LONG = Timeouts(connect=60, greeting=60, command=60, data=60, block=60, final=60, quit=60, total=120)
SHORT = replace(LONG, greeting=1, quit=0.5, total=5)
DISPATCH = EmailDispatch(
    envelope_sender="bounce+x@ribera.example",
    recipient="ana@[127.0.0.1]",
    message=b"Subject: prueba\r\n\r\nhola\r\n",
)


def channel_to(server: Server, **options: object) -> EmailChannel:
    resolver = Resolver(("127.0.0.1:1",), allow_private=True)
    defaults = {"helo": "salida.acuse.example", "port": server.port, "timeouts": LONG, "trust": Trust(roots=())}
    return EmailChannel(resolver, **(defaults | options))  # type: ignore[arg-type]


def once(*scripts: Script, dispatch: EmailDispatch = DISPATCH, **options: object) -> tuple[Outcome, Server]:
    with serving(*scripts) as server:
        channel = channel_to(server, **options)
        outcome = channel.send(dispatch)
        channel.close()
    return outcome, server


def up_to(*pairs: tuple[str, str]) -> Script:
    """Play the pairs after EHLO, then close."""
    return lambda conversation: greeted(conversation).exchange(*pairs)


OK = "250 2.1.0 Ok\r\n"


@pytest.mark.parametrize(
    ("script", "result", "failure_class", "stage"),
    [
        (lambda c: c.say("421 4.3.2 shutting down\r\n"), Result.DEFERRED, "server_unavailable", "connect"),
        (lambda c: c.say("554 5.7.1 blocked\r\n"), Result.DEFERRED, "policy_blocked", "connect"),
        (lambda c: c.drop(), Result.DEFERRED, "server_unavailable", "connect"),
        (lambda c: c.say("hola\r\n"), Result.DEFERRED, "server_unavailable", "connect"),
        (up_to(("MAIL", "550 5.7.1 no\r\n")), Result.REFUSED, "policy_blocked", "mail"),
        (up_to(("MAIL", "451 4.3.0 later\r\n")), Result.DEFERRED, "server_unavailable", "mail"),
        (up_to(("MAIL", OK), ("RCPT", "550 no\r\n")), Result.REFUSED, "other", "rcpt"),
        (up_to(("MAIL", OK), ("RCPT", "450 4.2.0 greylisted\r\n")), Result.DEFERRED, "throttled", "rcpt"),
        (up_to(("MAIL", OK), ("RCPT", OK), ("DATA", "554 5.7.1 no\r\n")), Result.REFUSED, "policy_blocked", "data"),
        (up_to(("MAIL", OK), ("RCPT", OK)), Result.DEFERRED, "server_unavailable", "data"),
        (up_to(("MAIL", OK), ("RCPT", OK), ("DATA", "250 odd\r\n")), Result.DEFERRED, "undetermined", "data"),
        (taking("552 5.3.4 too big\r\n"), Result.REFUSED, "too_big", "data"),
        (taking("451 4.3.0 error\r\n"), Result.DEFERRED, "server_unavailable", "data"),
        (taking("550-5.1.1 No such\r\n550 5.1.1 user\r\n"), Result.REFUSED, "mailbox_not_found", "data"),
        (taking(), Result.RELAYED, None, "data"),
    ],
)
def test_what_a_reply_means_at_each_stage(
    script: Script, result: Result, failure_class: str | None, stage: str
) -> None:
    outcome, _ = once(script)
    assert (outcome.result, outcome.failure_class, outcome.stage) == (result, failure_class, stage), outcome
    assert outcome.address is not None
    assert not outcome.final_locally
    for line in outcome.transcript.splitlines():
        json.loads(line)


def after_the_dot(conversation: Conversation) -> None:
    greeted(conversation).exchange(("MAIL", OK), ("RCPT", OK), ("DATA", "354 go\r\n"))
    conversation.content()


def silent_after_the_dot(conversation: Conversation) -> None:
    after_the_dot(conversation)
    conversation.hear()


def garbage_after_the_dot(conversation: Conversation) -> None:
    after_the_dot(conversation)
    conversation.say("\x00\x01 what\r\n")


@pytest.mark.parametrize("script", [after_the_dot, silent_after_the_dot, garbage_after_the_dot])
def test_no_answer_after_the_final_dot_is_unknown(script: Script) -> None:
    outcome, server = once(script, timeouts=replace(LONG, final=1))
    assert (outcome.result, outcome.reply, outcome.failure_class) == (Result.UNKNOWN, None, "undetermined")
    assert b"lost after the final dot" in outcome.transcript
    assert server.connections == 1


def test_broken_before_the_final_dot_is_deferred() -> None:
    def script(conversation: Conversation) -> None:
        greeted(conversation, EHLO.replace("SIZE 100000", "SIZE 0")).exchange(
            ("MAIL", OK), ("RCPT", OK), ("DATA", "354 go\r\n")
        )
        conversation.connection.recv(1000)
        conversation.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")

    big = replace(DISPATCH, message=b"Subject: x\r\n\r\n" + (b"x" * 70 + b"\r\n") * 400_000)
    outcome, _ = once(script, dispatch=big)
    assert outcome.result is Result.DEFERRED, outcome


def test_a_refusal_while_sending_is_heard() -> None:
    def script(conversation: Conversation) -> None:
        greeted(conversation, EHLO.replace("SIZE 100000", "SIZE 0")).exchange(
            ("MAIL", OK), ("RCPT", OK), ("DATA", "354 go\r\n")
        )
        conversation.connection.recv(1000)
        conversation.say("552 5.3.4 too big\r\n")
        conversation.connection.shutdown(socket.SHUT_RD)
        while conversation.connection.recv(65536):
            pass

    big = replace(DISPATCH, message=b"Subject: x\r\n\r\n" + (b"x" * 70 + b"\r\n") * 200_000)
    outcome, _ = once(script, dispatch=big)
    assert (outcome.result, outcome.failure_class) in [
        (Result.REFUSED, "too_big"),
        (Result.DEFERRED, "server_unavailable"),
    ]


@pytest.mark.parametrize("drip", ["slow line", "endless lines", "endless line", "many greetings"])
def test_hostile_servers_are_bounded(drip: str) -> None:
    stop = threading.Event()

    def script(conversation: Conversation) -> None:
        while not stop.is_set():
            if drip == "slow line":
                conversation.say("2")
                stop.wait(0.05)
            else:
                conversation.say(
                    {"endless lines": "220-x\r\n", "endless line": "220 x", "many greetings": "220 x\r\n"}[drip]
                )

    began = time.monotonic()
    outcome, _ = once(script, timeouts=SHORT)
    stop.set()
    assert outcome.result is Result.DEFERRED
    assert time.monotonic() - began < LONG.total / 2, "its own time has ended it, not a longer one"
    assert len(outcome.transcript) < 2_000_000


def test_all_addresses_together_are_bounded() -> None:
    zone = {("d.example", "A"): [f"127.0.0.{number}" for number in range(1, 6)]}
    port = free_port()
    listeners = [socket.create_server((f"127.0.0.{number}", port)) for number in range(1, 6)]
    with name_server(zone) as names:
        timeouts = replace(LONG, greeting=5, total=9)  # the second begins however late the first has ended, within 4 s
        resolver = Resolver((names.address,), allow_private=True)
        channel = EmailChannel(resolver, helo="a.example", port=port, timeouts=timeouts, trust=Trust(roots=()))
        began = time.monotonic()
        outcome = channel.send(replace(DISPATCH, recipient="ana@d.example"))
        took = time.monotonic() - began
    for listener in listeners:
        listener.close()
    assert (outcome.result, outcome.failure_class) == (Result.DEFERRED, "server_unavailable")
    assert outcome.transcript.count(b'"host":"d.example"}\n') == 2
    assert took < 5 * timeouts.greeting


def test_a_server_that_answers_before_it_is_asked_is_not_believed() -> None:
    def script(conversation: Conversation) -> None:
        greeted(conversation).exchange(("MAIL", OK), ("RCPT", OK), ("DATA", "354 go\r\n250 2.0.0 queued\r\n"))
        conversation.content()

    outcome, _ = once(script)
    assert outcome.result is Result.DEFERRED
    assert "before it was asked" in outcome.reason


def test_only_what_the_server_offers_is_used() -> None:
    outcome, server = once(
        taking(ehlo="250 plain.example\r\n"),
        dispatch=replace(DISPATCH, notify=("SUCCESS",), ret="FULL", envid="x", orcpt="rfc822;a@b.example"),
    )
    assert outcome.result is Result.RELAYED
    assert not outcome.dsn_supported
    assert b"MAIL FROM:<bounce+x@ribera.example>\r\n" in server.log
    assert b"RCPT TO:<ana@[127.0.0.1]>\r\n" in server.log


def test_helo_where_ehlo_is_not_known() -> None:
    def script(conversation: Conversation) -> None:
        conversation.say("220 old\r\n")
        conversation.exchange(("EHLO", "502 what\r\n"), ("HELO", "250 hi\r\n"), ("MAIL", OK), ("RCPT", "550 no\r\n"))

    assert once(script)[0].stage == "rcpt"


@pytest.mark.parametrize(
    ("dispatch", "ehlo", "mark"),
    [
        (replace(DISPATCH, eight_bit=True), "250 x\r\n", "5.6.3"),
        (replace(DISPATCH, smtputf8=True), "250 x\r\n", "5.6.7"),
        (replace(DISPATCH, message=b"x" * 90 + b"\r\n"), "250-x\r\n250 SIZE 50\r\n", "5.3.4"),
    ],
)
def test_what_the_server_cannot_carry_is_refused_not_altered(dispatch: EmailDispatch, ehlo: str, mark: str) -> None:
    outcome, server = once(taking(ehlo=ehlo), dispatch=dispatch)
    assert (outcome.result, outcome.final_locally) == (Result.REFUSED, True)
    assert outcome.reason.startswith(mark)
    assert not any(line.startswith(b"MAIL") for line in server.log)


@pytest.mark.parametrize(
    "message", [b"a\nb\r\n", b"a\rb\r\n", b"a\r\n.\n\r\n", b"a\n.\r\n", b"a\r\n\r.\r\n", b"no end"]
)
def test_bare_line_ends_are_never_sent(message: bytes) -> None:
    outcome, server = once(taking(), dispatch=replace(DISPATCH, message=message))
    assert (outcome.result, outcome.final_locally) == (Result.REFUSED, True)
    assert server.connections == 0


def test_dots_are_stuffed_and_the_body_is_not_in_the_transcript() -> None:
    message = b".a\r\n..\r\n.\r\nsecreto\r\n"
    outcome, server = once(taking(), dispatch=replace(DISPATCH, message=message))
    assert b"..a\r\n...\r\n..\r\nsecreto\r\n" in server.log
    assert b"secreto" not in outcome.transcript
    (event,) = [one for line in outcome.transcript.splitlines() if "message" in (one := json.loads(line))]
    assert event["message"]["size"] == len(message)


@pytest.mark.parametrize(
    "change",
    [
        {"recipient": "a@b.example>\r\nRCPT TO:<c@d.example"},
        {"recipient": "a b@c.example"},
        {"recipient": "nobody"},
        {"envelope_sender": "x>\r\nDATA"},
        {"recipient": "ñ@b.example"},
        {"envid": "a b"},
        {"orcpt": "rfc822;a\r\nDATA"},
        {"notify": ("SOMETIMES",)},
        {"ret": "BODY"},
    ],
)
def test_envelopes_that_inject_are_refused(change: dict[str, object]) -> None:
    with serving(taking()) as server, pytest.raises(InputError):
        channel_to(server).send(replace(DISPATCH, **change))  # type: ignore[arg-type]
    assert server.connections == 0


def test_connections_are_used_again_up_to_a_limit() -> None:
    with serving(taking()) as server:
        channel = channel_to(server, reuse=Reuse(messages=2))
        outcomes = [channel.send(DISPATCH) for _ in range(4)]
        channel.close()
    assert [one.result for one in outcomes] == [Result.RELAYED] * 4
    assert server.connections == 2
    assert server.log.count(b"RSET\r\n") == 2
    assert b"220 mx.example ESMTP" in outcomes[1].transcript
    assert b"kept connection used again" in outcomes[1].transcript


def test_a_kept_connection_that_died_is_replaced() -> None:
    def dying(conversation: Conversation) -> None:
        after_the_dot(conversation)
        conversation.say("250 2.0.0 Ok\r\n")

    with serving(dying, taking()) as server:
        channel = channel_to(server)
        assert channel.send(DISPATCH).result is Result.RELAYED
        assert channel.send(DISPATCH).result is Result.RELAYED
        channel.close()
    assert server.connections == 2


def test_the_next_host_is_tried_and_the_dns_recorded() -> None:
    with serving(taking()) as server:
        zone = {
            ("d.example", "MX"): ["10 dead.d.example.", "20 mx.d.example."],
            ("dead.d.example", "A"): ["127.0.0.2"],
            ("mx.d.example", "A"): ["127.0.0.1"],
            ("null.example", "MX"): ["0 ."],
        }
        with name_server(zone) as names:
            resolver = Resolver((names.address,), allow_private=True)
            options = {"helo": "a.example", "port": server.port, "timeouts": LONG, "trust": Trust(roots=())}
            channel = EmailChannel(resolver, **options)  # type: ignore[arg-type]
            outcome = channel.send(replace(DISPATCH, recipient="ana@D.example"))
            missing = channel.send(replace(DISPATCH, recipient="ana@missing.example"))
            null = channel.send(replace(DISPATCH, recipient="ana@null.example"))
            channel.close()
    assert (outcome.result, outcome.host) == (Result.RELAYED, "mx.d.example")
    assert [one["host"] for one in outcome.dns["mx"]] == ["dead.d.example", "mx.d.example"]
    assert b"127.0.0.2" in outcome.transcript
    assert (missing.result, missing.failure_class, missing.final_locally) == (Result.REFUSED, "domain_not_found", True)
    assert (null.result, null.failure_class, null.final_locally) == (Result.REFUSED, "no_mail_domain", True)


@pytest.mark.parametrize(
    ("host", "failure_class"), [("mx.d.example", "mailbox_not_found"), ("lsean.ezweb.ne.jp", "policy_blocked")]
)
def test_the_server_that_answers_says_what_its_words_mean(host: str, failure_class: str) -> None:
    """What others say of a mailbox that is not there, au says where the recipient's filter refused."""
    zone = {("d.example", "MX"): [f"10 {host}."], (host, "A"): ["127.0.0.1"]}
    refused = up_to(("MAIL", OK), ("RCPT", "550 : User unknown\r\n"))
    with serving(refused) as server, name_server(zone) as names:
        resolver = Resolver((names.address,), allow_private=True)
        options = {"helo": "a.example", "port": server.port, "timeouts": LONG, "trust": Trust(roots=())}
        channel = EmailChannel(resolver, **options)  # type: ignore[arg-type]
        outcome = channel.send(replace(DISPATCH, recipient="ana@d.example"))
        channel.close()
    assert (outcome.result, outcome.failure_class) == (Result.REFUSED, failure_class)


class TestTls:
    """Opportunistic, required, verified."""

    @pytest.fixture
    def context(self, tmp_path: Path) -> ssl.SSLContext:
        self.root = authority()
        chain, key = server_certificate(self.root, "mx.d.example", folder=tmp_path)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        return context

    @staticmethod
    def offering(context: ssl.SSLContext | None, then: Script) -> Script:
        def script(conversation: Conversation) -> None:
            greeted(conversation, "250-x\r\n250 STARTTLS\r\n").exchange(("STARTTLS", "220 go\r\n"))
            if context is None:
                conversation.connection.recv(1)
                conversation.say("not tls at all\r\n")
                return
            conversation.secure(context)
            conversation.exchange(("EHLO", "250-x\r\n250 AUTH PLAIN LOGIN\r\n"))
            then(conversation)

        return script

    @staticmethod
    def refusing(conversation: Conversation) -> None:
        conversation.exchange(("MAIL", OK), ("RCPT", "550 5.1.1 no\r\n"))

    def test_facts_are_recorded_even_of_a_stranger(self, context: ssl.SSLContext) -> None:
        outcome, _ = once(self.offering(context, self.refusing))
        assert outcome.tls is not None
        assert (outcome.tls["verified"], outcome.tls["version"]) == (False, "TLSv1.3")
        assert outcome.tls["certificate"]["names"] == ["mx.d.example"]
        assert len(outcome.tls["certificate"]["sha256"]) == 64

    def test_a_failed_handshake_falls_back_to_plain_over_a_new_connection(self) -> None:
        outcome, server = once(self.offering(None, self.refusing), taking(ehlo="250-x\r\n250 STARTTLS\r\n"))
        assert (outcome.result, outcome.tls) == (Result.RELAYED, None)
        assert server.connections == 2
        assert b"TLS could not be set up" in outcome.transcript

    def test_bytes_before_the_handshake_are_not_believed(self) -> None:
        def script(conversation: Conversation) -> None:
            greeted(conversation, "250-x\r\n250 STARTTLS\r\n").exchange(("STARTTLS", "220 go\r\n250 injected\r\n"))

        outcome, _ = once(script, taking(ehlo="250 x\r\n"))
        assert outcome.tls is None
        assert b"before it was asked" in outcome.transcript

    def test_a_required_smarthost_never_gets_plain(self) -> None:
        with serving(taking(ehlo="250-x\r\n250 AUTH PLAIN\r\n")) as server:
            login = Login(username="u", password="secreto")
            smarthost = Smarthost(host="127.0.0.1", port=server.port, tls=Tls.REQUIRED, login=login)
            channel = channel_to(server, smarthost=smarthost)
            outcome = channel.send(DISPATCH)
            channel.close()
        assert outcome.result is Result.DEFERRED
        assert not any(line.startswith((b"AUTH", b"MAIL")) for line in server.log)

    def test_a_login_is_sent_under_tls_and_kept_out_of_the_transcript(self, context: ssl.SSLContext) -> None:
        def then(conversation: Conversation) -> None:
            conversation.exchange(("AUTH PLAIN", "235 2.7.0 Ok\r\n"))
            self.refusing(conversation)

        with (
            serving(self.offering(context, then)) as server,
            name_server({("mx.d.example", "A"): ["127.0.0.1"]}) as names,
        ):
            login = Login(username="usuario", password="secreto")
            smarthost = Smarthost(host="mx.d.example", port=server.port, login=login)
            resolver = Resolver((names.address,))
            trust = Trust(roots=(self.root.certificate,))
            channel = EmailChannel(resolver, helo="a.example", smarthost=smarthost, timeouts=LONG, trust=trust)
            outcome = channel.send(replace(DISPATCH, recipient="ana@cliente.example"))
            channel.close()
        assert (outcome.stage, outcome.result, outcome.via) == ("rcpt", Result.REFUSED, "smarthost"), outcome
        assert outcome.tls is not None
        assert outcome.tls["verified"] is True
        assert b"AHVzdWFyaW8Ac2VjcmV0bw==" in b"".join(server.log)
        assert b"AHVzdWFyaW8" not in outcome.transcript
        assert "secreto" not in repr(channel.__dict__)


def test_the_dns_counts_towards_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lease of who sends is reckoned with the whole: nothing may come before its clock."""
    began: list[float] = []
    ends: list[float] = []

    class Noting(Resolver):
        def route(self, domain: str) -> Route:
            began.append(time.monotonic())
            exchanger = Exchanger(preference=10, host="mx.d.example", addresses=("127.0.0.1",))
            return Route(exchangers=(exchanger,), secure=False)

    def tried(*given: Any) -> Outcome:
        ends.append(given[-1])
        raise AssertionError

    channel = EmailChannel(Noting(("127.0.0.1:1",)), helo="a.example", timeouts=SHORT)
    monkeypatch.setattr(channel, "_try", tried)
    with pytest.raises(AssertionError):
        channel.send(DISPATCH)
    channel.close()
    assert ends[0] <= began[0] + SHORT.total


def test_messages_to_one_domain_wait_their_turn() -> None:
    release = threading.Event()

    def slow(conversation: Conversation) -> None:
        greeted(conversation).exchange(("MAIL", OK))
        release.wait(60)

    with serving(slow) as server:
        channel = channel_to(server, per_domain=1, wait=0.2)
        first = threading.Thread(target=channel.send, args=(DISPATCH,))
        first.start()
        deadline = time.monotonic() + 60
        while not any(line.startswith(b"MAIL") for line in server.log):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        second = channel.send(DISPATCH)
        release.set()
        first.join(60)
        channel.close()
    assert (second.result, second.failure_class) == (Result.DEFERRED, "throttled")
