"""Through the doors: what arrives is signed with the organisation's key, also after the key was replaced."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from acuse.embedded.mailboxes import messages
from acuse.embedded.zone import PUBLISHED, publish
from acuse.mail import dkim
from acuse.reception.origin.dkim import Signature, check_dkim
from acuse.reception.origin.signed import split
from tests.flows.installation import SLUG, Installation, installation, message, until
from tests.peers.opendkim import judged

DOMAIN = "talleres-ribera.example"
AT = 1_800_000_000
_CLOSED = "SELECT count(*) FROM delivery_attempts WHERE closed_at IS NOT NULL AND communication_id = %s"
_PUT_OFF = "UPDATE delivery_dispatches SET due_at = now() + %s::interval WHERE communication_id = %s RETURNING 1"


class Keys:
    """The keys of the organisation and what the sandbox's DNS says."""

    def __init__(self, running: Installation) -> None:
        self._running = running
        self.published: dict[str, str] = {}

    def make(self) -> str:
        """Make a key; return its selector. Its record is not published."""
        said = self._running.command("dkim", "make", "--organisation", SLUG, "--domain", DOMAIN).stdout
        name, record = said.splitlines()[1:]
        self.published[name] = record
        return name.partition(".")[0]

    def publish(self) -> None:
        """Show every key in the DNS."""
        records = [(name, "TXT", record) for name, record in self.published.items()]
        publish(self._running.data / "sandbox" / PUBLISHED, records)

    def activate(self, selector: str, *, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Let a key sign, if the DNS shows it."""
        return self._running.command("dkim", "activate", selector, "--organisation", SLUG, check=check)

    def checked(self, content: bytes) -> tuple[Signature, ...]:
        """What a recipient's server says of a message."""
        return check_dkim(split(content), at=AT, ask=lambda name, kind: (self.published[name].encode(),))


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    """An installation of its own, because its organisation gets keys."""
    with installation(roles="smtp,worker,sequencer", ACUSE_RETRY_SCALE="0.2", ACUSE_RETRY_FOR="PT30M") as made:
        yield made


@pytest.fixture(scope="module")
def keys(running: Installation) -> Keys:
    return Keys(running)


@pytest.fixture
def active(running: Installation, keys: Keys) -> str:
    """The selector of the key that signs; one is made where there is none yet."""
    found = [line.split()[0] for line in _listed(running) if " active " in line]
    if not found:
        found.append(keys.make())
        keys.publish()
        keys.activate(found[0])
    return found[0]


def arrived(running: Installation, domain: str, mark: str) -> list[bytes]:
    """The copies of a message that a domain of the sandbox accepted."""
    kept = messages(running.data / "sandbox", domain)
    return [one.content for one in kept if mark.encode() in one.content]


def test_a_key_signs_once_published_and_what_arrives_verifies(
    running: Installation, keys: Keys, tmp_path: Path
) -> None:
    selector = keys.make()
    refused = keys.activate(selector, check=False)
    assert refused.returncode == 1
    assert "does not show" in refused.stderr
    keys.publish()
    assert "signs for" in keys.activate(selector).stdout
    raw = message("dkim-uno")
    running.submit(raw, "uno@acepta.example")
    until(lambda: arrived(running, "acepta.example", "dkim-uno"), "it arrives")
    (content,) = arrived(running, "acepta.example", "dkim-uno")
    assert content.endswith(raw)
    (found,) = keys.checked(content)
    assert (found.result, found.domain, found.selector) == ("pass", DOMAIN, selector)
    # OpenDKIM says the same of the very bytes.
    assert "dkim=pass" in judged(content, keys.published, tmp_path)


@pytest.mark.usefixtures("active")
def test_a_message_that_its_sender_signed_keeps_its_signature(running: Installation, keys: Keys) -> None:
    key = dkim.read_key(dkim.make_key())
    theirs = dkim.Signer(domain=DOMAIN, selector="suya", key=key)
    plain = message("dkim-dos")
    raw = dkim.signature_field(plain, signer=theirs, at=datetime(2026, 11, 21, 9, tzinfo=UTC)) + plain
    keys.published[dkim.record_name("suya", DOMAIN)] = dkim.public_record(key)
    running.submit(raw, "dos@acepta.example")
    until(lambda: arrived(running, "acepta.example", "dkim-dos"), "it arrives")
    (content,) = arrived(running, "acepta.example", "dkim-dos")
    assert content.endswith(raw)
    ours, own = keys.checked(content)
    assert (ours.result, own.result, own.selector) == ("pass", "pass", "suya")


def test_a_retry_after_a_rotation_sends_the_same_copy(running: Installation, keys: Keys, active: str) -> None:
    old, new = active, keys.make()
    keys.publish()
    reference = running.submit(message("dkim-tres"), "tres@listagris.example").split()[-1]
    until(lambda: running.value(f"{_CLOSED} AND number = 1", reference) == 1, "the first attempt was put off")
    running.rows(_PUT_OFF, "1 hour", reference)
    keys.activate(new)
    running.rows(_PUT_OFF, "0", reference)
    until(lambda: arrived(running, "listagris.example", "dkim-tres"), "the second attempt is accepted")
    (content,) = arrived(running, "listagris.example", "dkim-tres")
    (found,) = keys.checked(content)
    assert (found.result, found.selector) == ("pass", old)
    assert [line.split()[:2] for line in _listed(running)] == [[new, "active"], [old, "retiring"]]
    begun_later = "AND opened_at > (SELECT activated_at FROM delivery_signing_keys WHERE selector = %s)"
    accepted = f"{_CLOSED} AND result = 'relayed' {begun_later}"
    assert running.value(accepted, reference, new) == 1
    until(lambda: _signed_with(running, keys, new), "the worker notices the new key")


def _signed_with(running: Installation, keys: Keys, selector: str) -> bool:
    """Submit once more and tell whether it was signed with a key."""
    number = len(messages(running.data / "sandbox", "acepta.example"))
    running.submit(message(f"dkim-cinco-{number}"), "cinco@acepta.example")
    until(lambda: arrived(running, "acepta.example", f"dkim-cinco-{number}"), "it arrives")
    (found,) = keys.checked(arrived(running, "acepta.example", f"dkim-cinco-{number}")[0])
    return (found.result, found.selector) == ("pass", selector)


def _listed(running: Installation) -> list[str]:
    return running.command("dkim", "list", "--organisation", SLUG).stdout.splitlines()
