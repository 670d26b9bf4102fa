"""The client over a list of time stamping authorities: preference, fallback, and no trust in what they send."""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from acuse.errors import ConfigurationError, TemporaryError
from acuse.evidence.exchange import Address
from acuse.evidence.revocation import RevocationSource
from acuse.evidence.tsa import REPLY_LIMIT, Authority, TimestampClient
from acuse.proof.timestamp import Sha256, verify_token
from tests.pki import DAY, TSA_POLICY, Pki, TimeStampingAuthority

NOW = datetime.now(UTC)
CONTENT = b"checkpoint"
REPLY = "application/timestamp-reply"


class Peer:
    """An HTTP server whose answer is a function of the request's body."""

    def __init__(
        self,
        answer: Callable[[bytes], bytes],
        *,
        media_type: str = REPLY,
        status: int = 200,
        version: str = "HTTP/1.0",
        hangs_up: bool = False,
    ) -> None:
        self.requests: list[dict[str, str]] = []
        self.callers: list[int] = []
        self.released = threading.Event()
        peer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = version

            def do_POST(self) -> None:
                peer.requests.append(dict(self.headers))
                peer.callers.append(self.client_address[1])
                body = answer(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                if hangs_up:
                    self.close_connection = True

            def do_GET(self) -> None:
                peer.requests.append(dict(self.headers))
                body = answer(self.path.encode())
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                """A client that gave up waiting is what some tests are about."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/tsa"

    def close(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture(scope="module")
def pki() -> Pki:
    return Pki(NOW)


@pytest.fixture
def start() -> Iterator[Callable[..., Peer]]:
    peers: list[Peer] = []

    def begin(answer: Callable[[bytes], bytes], **options) -> Peer:
        peers.append(Peer(answer, **options))
        return peers[-1]

    yield begin
    for peer in peers:
        peer.close()


def client(pki: Pki, *urls: str, policy: str | None = None, seconds: float = 5) -> TimestampClient:
    return TimestampClient(
        authorities=[Authority.parse(url, policy) for url in urls],
        trust=[pki.root.certificate],
        revocation_lists=lambda _: pki.lists(),
        timeout=timedelta(seconds=seconds),
    )


def test_a_stamp_holds_and_says_who_gave_it(pki, start):
    peer = start(pki.tsa.reply)
    stamp = client(pki, peer.url, policy=TSA_POLICY).stamp(CONTENT)
    assert stamp.address == peer.url
    assert stamp.service == "Time stamps"
    assert stamp.development is False
    assert peer.requests[0]["Content-Type"] == "application/timestamp-query"
    verified = verify_token(stamp.token, imprint_of=CONTENT, trust=[pki.root.certificate], crls=stamp.crls)
    assert verified.gen_time == stamp.generated_at == NOW.replace(microsecond=0)


def test_a_digest_can_be_stamped_without_its_content(pki, start):
    digest = bytes(range(32))
    token = client(pki, start(pki.tsa.reply).url).request_token(digest)
    assert verify_token(token, imprint_of=Sha256(digest), trust=[pki.root.certificate], crls=pki.lists()).serial > 0


def test_a_connection_serves_again_where_the_authority_keeps_it(pki, start):
    peer = start(pki.tsa.reply, version="HTTP/1.1")
    asked = client(pki, peer.url)
    assert {asked.stamp(CONTENT).address for _ in range(3)} == {peer.url}
    assert len(peer.callers) == 3
    assert len(set(peer.callers)) == 1


def test_an_authority_that_hangs_up_between_two_stamps_is_called_again(pki, start):
    peer = start(pki.tsa.reply, version="HTTP/1.1", hangs_up=True)
    asked = client(pki, peer.url)
    assert {asked.stamp(CONTENT).address for _ in range(3)} == {peer.url}
    assert len(set(peer.callers)) == 3


def test_a_connection_that_lay_idle_is_not_used_again(pki, start, monkeypatch):
    monkeypatch.setattr("acuse.evidence.exchange._IDLE_SECONDS", 0)
    peer = start(pki.tsa.reply, version="HTTP/1.1")
    asked = client(pki, peer.url)
    assert {asked.stamp(CONTENT).address for _ in range(2)} == {peer.url}
    assert len(set(peer.callers)) == 2


def expired(pki: Pki) -> TimeStampingAuthority:
    return TimeStampingAuthority(pki.issue_tsa("Expired", starts=-30, days=10), NOW, chain=(pki.issuing,))


LIES: dict[str, Callable[[Pki], Callable[[bytes], bytes]]] = {
    "refuses": lambda pki: lambda _: pki.tsa.refusal(),
    "sends another nonce": lambda pki: lambda query: pki.tsa.reply(query, nonce=7),
    "sends no nonce": lambda pki: lambda query: pki.tsa.reply(query, nonce=None),
    "stamps something else": lambda pki: lambda query: pki.tsa.reply(other_query(query)),
    "spoils the signature": lambda pki: lambda query: pki.tsa.reply(query, spoil_signature=True),
    "names another certificate": lambda pki: lambda query: pki.tsa.reply(query, certificate_hash=bytes(32)),
    "adds a certificate": lambda pki: lambda query: pki.tsa.reply(query, extra=(pki.seal,)),
    "uses another policy": lambda pki: lambda query: pki.tsa.reply(query, policy="1.2.3"),
    "has expired": lambda pki: expired(pki).reply,
    "is nobody we trust": lambda pki: Pki(NOW).tsa.reply,
    "sends nothing": lambda pki: lambda _: b"",
    "sends a page": lambda pki: lambda _: b"<html>maintenance</html>",
    "sends too much": lambda pki: lambda query: pki.tsa.reply(query) + bytes(REPLY_LIMIT),
    "adds a byte": lambda pki: lambda query: pki.tsa.reply(query) + b"\x00",
}


def other_query(query: bytes) -> bytes:
    """The same query over another digest."""
    at = query.index(b"\x04\x20") + 2
    return query[:at] + bytes(32) + query[at + 32 :]


@pytest.mark.parametrize("lie", LIES)
def test_an_authority_that_lies_is_passed_over(pki, start, lie):
    liar, honest = start(LIES[lie](pki)), start(pki.tsa.reply)
    stamp = client(pki, liar.url, honest.url, policy=TSA_POLICY).stamp(CONTENT)
    assert len(liar.requests) == 1
    assert stamp.address == honest.url
    with pytest.raises(TemporaryError, match=r"No time stamp could be obtained.*127\.0\.0\.1"):
        client(pki, liar.url, policy=TSA_POLICY).stamp(CONTENT)


@pytest.mark.parametrize("options", [{"status": 503}, {"status": 302}, {"media_type": "text/html"}])
def test_another_status_or_media_type_is_no_answer(pki, start, options):
    wrong, honest = start(pki.tsa.reply, **options), start(pki.tsa.reply)
    assert client(pki, wrong.url, honest.url).stamp(CONTENT).address == honest.url


def test_an_authority_that_hangs_costs_the_time_allowed(pki, start):
    waiting: list[Peer] = []

    def hang(query: bytes) -> bytes:
        waiting[0].released.wait(240)
        return pki.tsa.reply(query)

    waiting.append(start(hang))
    honest = start(pki.tsa.reply)
    began = datetime.now(UTC)
    assert client(pki, waiting[0].url, honest.url, seconds=5).stamp(CONTENT).address == honest.url
    assert datetime.now(UTC) - began < timedelta(seconds=120)


def test_an_authority_that_is_not_there_is_passed_over(pki, start):
    gone, honest = Peer(pki.tsa.reply), start(pki.tsa.reply)
    gone.close()
    assert client(pki, gone.url, honest.url).stamp(CONTENT).address == honest.url


def test_the_preferred_authority_is_asked_first_every_time(pki, start):
    first, second = start(pki.tsa.reply), start(pki.tsa.reply)
    asked = client(pki, first.url, second.url)
    assert {asked.stamp(CONTENT).address for _ in range(3)} == {first.url}
    assert second.requests == []


def test_credentials_are_sent_but_never_told(pki, start, caplog):
    peer = start(pki.tsa.reply, status=401)
    url = peer.url.replace("http://", "http://user:s%40cret@")
    with caplog.at_level(logging.DEBUG), pytest.raises(TemporaryError) as failure:
        client(pki, url).stamp(CONTENT)
    assert peer.requests[0]["Authorization"] == "Basic dXNlcjpzQGNyZXQ="
    told = f"{failure.value} {caplog.text} {[vars(each) for each in caplog.records]} {Authority.parse(url)!r}"
    for secret in ("s%40cret", "s@cret", "dXNlcjpzQGNyZXQ="):
        assert secret not in told


@pytest.mark.parametrize(
    "url", ["", "ftp://tsa.example/", "tsa.example", "https://", "http://tsa.example:x/", "http://a b/"]
)
def test_addresses_that_cannot_be_are_refused(url):
    with pytest.raises(ConfigurationError):
        Authority.parse(url)


def test_no_authority_at_all_is_a_mistake_of_configuration(pki):
    with pytest.raises(ConfigurationError):
        client(pki)


def test_without_revocation_lists_no_token_is_accepted(pki, start):
    asked = TimestampClient(
        authorities=[Authority.parse(start(pki.tsa.reply).url)],
        trust=[pki.root.certificate],
        revocation_lists=lambda _: [],
    )
    with pytest.raises(TemporaryError, match="no revocation list"):
        asked.stamp(CONTENT)


class Lists:
    """Revocation lists by path, over HTTP, in place of the addresses in the certificates."""

    def __init__(self, pki: Pki, monkeypatch: pytest.MonkeyPatch, start: Callable[..., Peer]) -> None:
        root, issuing = pki.lists()
        self.content = {
            f"/{pki.root.certificate.serial_number}.crl": root,
            f"/{pki.issuing.certificate.serial_number}.crl": issuing,
        }
        self.peer = start(lambda path: self.content[path.decode()], media_type="application/pkix-crl")
        port = self.peer.server.server_port
        parse = Address.parse
        monkeypatch.setattr(
            Address, "parse", lambda url: parse(url.replace("http://crl.example/", f"http://127.0.0.1:{port}/"))
        )


def test_lists_are_fetched_where_the_certificates_say_and_kept(pki, monkeypatch, start):
    served = Lists(pki, monkeypatch, start)
    source = RevocationSource()
    certificates = [pki.seal.der, pki.tsa_entity.der, pki.issuing.der]
    assert sorted(source.lists_for(certificates)) == sorted(served.content.values())
    source.lists_for(certificates)
    assert len(served.peer.requests) == 2


def test_a_kept_list_serves_while_its_source_is_away(pki, monkeypatch, start):
    served = Lists(pki, monkeypatch, start)
    source = RevocationSource(keep=timedelta(0))
    expected = source.lists_for([pki.seal.der])
    served.content.clear()
    served.content.update(dict.fromkeys((f"/{pki.issuing.certificate.serial_number}.crl",), b"maintenance"))
    assert source.lists_for([pki.seal.der]) == expected


def test_an_old_list_or_something_else_is_not_used(pki, monkeypatch, start):
    served = Lists(pki, monkeypatch, start)
    name = f"/{pki.issuing.certificate.serial_number}.crl"
    for content in (pki.lists(at=NOW - 60 * DAY)[1], b"", b"<html>"):
        served.content[name] = content
        with pytest.raises(TemporaryError, match="revocation list"):
            RevocationSource().lists_for([pki.seal.der])
