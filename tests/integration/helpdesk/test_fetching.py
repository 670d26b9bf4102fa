"""Mail of the desk that is fetched from a real Dovecot: once, whatever breaks, and with nobody else's eyes on it."""

import html
import logging
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.test import Client

from acuse import clock
from acuse.accounts.models import User
from acuse.channels.mailbox import MailboxRefused
from acuse.config.database import conninfo
from acuse.errors import AccessDenied, ConflictError, InputError, TemporaryError
from acuse.evidence.leases import Holder
from acuse.evidence.models import Alarm
from acuse.evidence.queries import facts_of
from acuse.helpdesk.models import Ticket
from acuse.reception import interpret
from acuse.reception import services as reception
from acuse.reception.fetching import fetch as fetching
from acuse.reception.fetching import services
from acuse.reception.fetching.jobs import QUEUE, Fetcher
from acuse.reception.fetching.queries import PickupView, pickups
from acuse.reception.fetching.rules import LEASE, Source
from acuse.reception.jobs import QUEUE as READING
from acuse.reception.models import Item, Pickup
from acuse.reception.origin.answers import Records
from tests.integration.helpdesk import making
from tests.integration.helpdesk.making import ADDRESS, Desk, letter
from tests.peers.imap import HOST, PASSWORD, USERNAME, Server, imap_server
from tests.ports import free_port


@pytest.fixture
def server() -> Iterator[Server]:
    with imap_server() as running:
        yield running


@dataclass
class Fetched:
    """A desk whose mailbox is fetched from a server."""

    desk: Desk
    server: Server
    source: Source
    holder: Holder

    def set(self, secret: str = PASSWORD, **changes: Any) -> None:
        self.source = replace(self.source, **changes)
        services.set_pickup(
            access=self.desk.owner, mailbox=self.desk.mailbox, address=ADDRESS, source=self.source, secret=secret
        )

    def run(self) -> None:
        """Fetch, read and file what is there, as the worker's loops do."""
        Pickup.objects.update(due_at=clock.now())
        for pickup in self.holder.claim(QUEUE, term=LEASE, limit=10):
            Fetcher(holder=self.holder, threads=1).fetch(pickup)
        for item in self.holder.claim(READING, term=LEASE, limit=100):
            interpret.interpret(item=item, lease=self.holder.lease, look_up=lambda name, kind: Records())
        self.desk.file()

    def view(self) -> PickupView:
        return pickups(self.desk.owner)[self.desk.mailbox]


@pytest.fixture
def fetched(desk: Desk, server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fetched]:
    class Here:
        @staticmethod
        def public_addresses(host: str) -> tuple[str, ...]:
            return ("127.0.0.1",)

    pem = server.root.certificate.public_bytes(Encoding.PEM).decode()
    monkeypatch.setattr(fetching, "resolver", Here)
    monkeypatch.setattr(fetching, "tls_context", lambda: ssl.create_default_context(cadata=pem))
    holder = Holder(conninfo=conninfo())
    holder.show_life()
    source = Source(host=HOST, port=server.tls, security="tls", username=USERNAME)
    yield Fetched(desk=desk, server=server, source=source, holder=holder)
    holder.release()


def told(desk: Desk) -> list[Any]:
    found = [one.fact for one in facts_of(organisation=desk.organisation, kind="mailbox", id=desk.mailbox)]
    return [fact for fact in found if fact.type.startswith("mailbox.fetch") or fact.type == "mailbox.mail_left"]


def test_what_is_fetched_becomes_a_case_and_what_was_there_before_does_not(fetched: Fetched) -> None:
    before = clock.now() - timedelta(days=1)
    fetched.server.drop(letter("Vieja", message_id="<vieja@cliente.example>"), "1", at=before.timestamp())
    fetched.set()
    fetched.server.drop(letter(), "2")
    fetched.run()
    fetched.run()
    assert fetched.desk.ticket().subject == "Ruido al frenar"
    (item,) = Item.objects.all()
    assert (item.mail_from, item.recipient, item.names, item.client_ip) == (
        making.ANA,
        ADDRESS,
        fetched.desk.mailbox,
        "",
    )
    assert item.authentication is not None
    assert item.authentication["spf"]["result"] == "none"
    assert "fetched" in item.authentication["spf"]["reason"]
    recorded = next(one.fact for one in facts_of(organisation=fetched.desk.organisation, kind="reception", id=item.id))
    assert "client" not in recorded.details
    assert recorded.details["fetched"]["server"] == f"{HOST}:{fetched.server.tls}"
    assert recorded.details["fetched"]["folder"] == "INBOX"
    assert fetched.view().failure is None
    assert fetched.view().fetched_at is not None
    assert fetched.server.flags() == ["", ""]


def test_a_folder_that_is_numbered_anew_files_nothing_twice(fetched: Fetched) -> None:
    fetched.set(mark_read=True)
    fetched.server.drop(letter(), "1")
    fetched.run()
    first = Pickup.objects.get().uid_validity
    # Long after: keys by which servers' retries are known are forgotten, these are not.
    Item.objects.update(received_at=clock.now() - timedelta(days=30))
    reception.forget_repeats()
    fetched.server.renumber()
    fetched.server.drop(letter("Otra cosa", message_id="<m2@cliente.example>"), "2")
    fetched.run()
    assert Pickup.objects.get().uid_validity != first
    assert sorted(Ticket.objects.values_list("subject", flat=True)) == ["Otra cosa", "Ruido al frenar"]
    assert Item.objects.count() == 2
    assert fetched.server.flags() == ["S", "S"]


def test_a_crash_between_receiving_and_noting_takes_the_message_in_once(
    fetched: Fetched, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched.set()
    fetched.server.drop(letter(), "1")

    def crash(**given: Any) -> None:
        raise TemporaryError("The database went away.")

    with monkeypatch.context() as broken:
        broken.setattr(services, "advance", crash)
        fetched.run()
    assert Item.objects.count() == 1
    assert Pickup.objects.get().last_uid == 0
    fetched.run()
    assert (Item.objects.count(), Ticket.objects.count()) == (1, 1)
    assert Pickup.objects.get().last_uid > 0


def test_thirty_megabytes_are_taken_and_more_than_the_limit_is_left_there(
    fetched: Fetched, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched.set()
    big = letter() + b"0123456789\r\n" * 2_500_000
    fetched.server.drop(big, "1")
    fetched.server.drop(big + b"x" * 16_000_000, "2")
    fetched.server.drop(letter("Detrás", message_id="<m3@cliente.example>"), "3")
    fetched.run()
    assert sorted(Item.objects.values_list("size", flat=True))[-1] == len(big)
    assert (Item.objects.count(), fetched.view().left_behind) == (2, 1)
    assert told(fetched.desk)[-1].details["size"] == len(big) + 16_000_000
    assert settings.ACUSE.message_limit == 45_000_000


def test_a_wrong_password_is_said_and_shown_nowhere(fetched: Fetched, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        fetched.set("no-es-esta-9911")
        fetched.server.drop(letter(), "1")
        fetched.run()
        assert "user name or the password" in str(fetched.view().failure)
        assert Pickup.objects.get().due_at > clock.now() + timedelta(minutes=10)
        fetched.set()
        fetched.run()
    assert fetched.view().failure is None
    assert Ticket.objects.count() == 1
    shown = caplog.text + repr(fetched.view()) + repr([fact.details for fact in told(fetched.desk)])
    for secret in ("no-es-esta-9911", PASSWORD):
        assert secret not in shown
        assert secret.encode() not in bytes(Pickup.objects.get().secret)


def test_a_server_that_is_away_is_asked_again_and_an_alarm_after_a_quarter_of_an_hour(fetched: Fetched) -> None:
    fetched.set(port=free_port())
    fetched.run()
    row = Pickup.objects.get()
    assert "could not be asked" in str(fetched.view().failure)
    assert row.due_at <= clock.now() + timedelta(minutes=1)
    services.watch()
    assert not Alarm.objects.filter(name=services.ALARM).exists()
    Pickup.objects.update(failing_since=clock.now() - timedelta(minutes=16))
    services.watch()
    assert HOST not in Alarm.objects.get(name=services.ALARM).message
    fetched.set(port=fetched.server.tls)
    fetched.run()
    services.watch()
    assert not Alarm.objects.filter(name=services.ALARM).exists()


def test_whoever_lost_the_lease_writes_nothing_down(fetched: Fetched) -> None:
    fetched.set()
    row = Pickup.objects.get()
    with pytest.raises(ConflictError):
        fetching.fetch(pickup=row.id, lease=uuid4())
    with pytest.raises(ConflictError):
        services.advance(pickup=row.id, lease=uuid4(), uid_validity=1, uid=9)
    services.finish(pickup=row.id, lease=uuid4(), read_at=clock.now())
    assert Pickup.objects.get().fetched_at is None


def test_a_password_goes_to_no_other_server_and_is_forgotten_at_the_end(fetched: Fetched) -> None:
    fetched.set()
    with pytest.raises(InputError, match="password"):
        fetched.set("", host="imap.malo.example")
    fetched.set("", host=HOST, folder="Clientes")
    assert fetched.view().source.folder == "Clientes"
    services.stop_pickup(access=fetched.desk.owner, mailbox=fetched.desk.mailbox)
    assert not Pickup.objects.exists()
    assert [fact.details["enabled"] for fact in told(fetched.desk)] == [True, True, False]


def test_another_organisation_and_an_agent_set_nothing(fetched: Fetched) -> None:
    def set_up(access: Any, mailbox: UUID) -> None:
        services.set_pickup(access=access, mailbox=mailbox, address=ADDRESS, source=fetched.source, secret="x")

    with pytest.raises(AccessDenied):
        set_up(fetched.desk.agent, fetched.desk.mailbox)
    with pytest.raises(InputError, match="no such mailbox"):
        set_up(fetched.desk.owner, uuid4())
    stranger = replace(fetched.desk.owner, organisation=uuid4())
    with pytest.raises(InputError, match="no such mailbox"):
        set_up(stranger, fetched.desk.mailbox)
    with pytest.raises(InputError, match="no such mailbox"):
        services.stop_pickup(access=stranger, mailbox=fetched.desk.mailbox)
    assert not Pickup.objects.exists()


def test_an_owner_tries_it_sets_it_up_and_ends_it_on_the_page(fetched: Fetched) -> None:
    client = Client()
    client.force_login(User.objects.get(email="owner@ribera.example"))
    page = f"/console/{making.SLUG}/settings/desk/mailboxes/{fetched.desk.mailbox}/fetching/"
    given = {"host": HOST, "security": "tls", "port": fetched.server.tls, "username": USERNAME, "folder": "INBOX"}
    fetched.server.drop(letter(), "1")
    tried = client.post(page, {**given, "secret": PASSWORD, "act": "try"}, headers={"accept-language": "es"})
    assert "Funciona: la carpeta INBOX tiene 1 mensaje." in tried.content.decode()
    assert not Pickup.objects.exists()
    wrong = client.post(page, {**given, "secret": "no-es-esta-9911", "act": "try"}, headers={"accept-language": "es"})
    assert "El servidor rechaza el usuario o la contraseña" in wrong.content.decode()
    assert client.post(page, {**given, "secret": PASSWORD, "act": "save"}).status_code == 302
    assert fetched.view().source == fetched.source
    shown = client.get(page).content.decode()
    assert HOST in shown
    for answer in (tried.content.decode(), wrong.content.decode(), shown):
        assert not any(secret in html.unescape(answer) for secret in (PASSWORD, "no-es-esta-9911"))
    Pickup.objects.update(failing_since=clock.now(), failure={"sentence": "The server refused: x", "particulars": {}})
    assert "The server refused: x" in client.get(page).content.decode()
    assert client.post(page, {"act": "stop"}).status_code == 302
    assert not Pickup.objects.exists()


def test_private_addresses_are_not_contacted(database: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        settings, "ACUSE", settings.ACUSE.model_copy(update={"email_private_targets": False, "sandbox": False})
    )
    source = Source(host="127.0.0.1", port=993, security="tls", username="x")
    with (
        pytest.raises(MailboxRefused, match="no address on the public internet"),
        fetching.opening(source, "x", within=timedelta(seconds=5)),
    ):
        raise AssertionError("It was opened.")
