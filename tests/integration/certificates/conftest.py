"""Everything that issuing needs, for real: seal, time stamps over HTTP, typesetter, ledger."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import pkcs12

from acuse import clock
from acuse.accounts.values import SmtpCredentialValue
from acuse.certificates import rules
from acuse.certificates.dossier import Standing
from acuse.certificates.issue import Press, issue, put_off
from acuse.certificates.jobs import QUEUE
from acuse.certificates.models import Certificate
from acuse.config.database import conninfo
from acuse.embedded.roles import Addresses
from acuse.embedded.trust_services import TrustServices
from acuse.errors import AcuseError
from acuse.evidence import custody
from acuse.evidence.leases import Holder
from acuse.evidence.models import Binding
from acuse.evidence.revocation import RevocationSource
from acuse.evidence.sealing import Sealer
from acuse.evidence.sequencer import Sequencer
from acuse.evidence.tsa import Authority, TimestampClient
from acuse.pdf.pool import Typesetter
from acuse.pdf.sign import Seal
from acuse.proof.binding import SealKey, bind
from acuse.proof.checkpoint import SigningKey
from acuse.proof.pdf import examine
from acuse.proof.report import Report
from acuse.proof.timestamp import DEVELOPMENT_POLICY
from acuse.proof.trust import Trust
from acuse.proof.verify import verify_bytes
from tests.integration.making import credential
from tests.ports import free_port


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrustServices]:
    """The development CA and TSA over HTTP."""
    with TrustServices(tmp_path_factory.mktemp("authority"), policy=DEVELOPMENT_POLICY) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _client(services: TrustServices, address: str) -> TimestampClient:
    return TimestampClient(
        authorities=[Authority.parse(f"{address}/tsa")],
        trust=[services.authority.root],
        revocation_lists=RevocationSource().lists_for,
        timeout=timedelta(seconds=120),
    )


@pytest.fixture(scope="session")
def typesetter() -> Iterator[Typesetter]:
    """Two typesetting processes."""
    with Typesetter(processes=2) as made:
        yield made


@dataclass
class Notary:
    """An installation without its loops: the test says what happens when.

    Attributes:
        press: what issuing needs; time stamps come over HTTP.
        value: a credential of its one organisation.
    """

    services: TrustServices
    press: Press
    sequencer: Sequencer
    value: SmtpCredentialValue
    key: SigningKey
    holder: Holder = field(default_factory=lambda: Holder(conninfo=conninfo()))

    @property
    def trust(self) -> Trust:
        """What somebody who knows this installation trusts."""
        root = self.services.authority.root
        return Trust(seals=(root,), stamps=(root,), log_keys=(self.key.verifier().line(),))

    def publish(self, *, anchored: bool = True) -> None:
        """Order every fact that waits, and have the checkpoint time-stamped."""
        while self.sequencer.tick():
            pass
        if anchored:
            stamp = _client(self.services, self.services.address).stamp
            Sealer(request=stamp, interval=timedelta()).anchor_if_due()

    def claim(self) -> list[UUID]:
        """Claim what is due."""
        return self.holder.claim(QUEUE, term=rules.LEASE, limit=1000)

    def issue(self, identity: UUID) -> Certificate:
        """Issue one claimed document."""
        issue(certificate=identity, lease=self.holder.lease, press=self.press)
        return Certificate.objects.get(id=identity)

    def issue_due(self) -> list[Certificate]:
        """Publish, and issue everything that is due; what fails is put off as the loop does."""
        self.publish()
        made = []
        for identity in self.claim():
            try:
                made.append(self.issue(identity))
            except AcuseError as error:
                put_off(certificate=identity, lease=self.holder.lease, error=error)
        return made

    def without_time_stamps(self) -> "Notary":
        """The same, with authorities at which nobody answers."""
        dead = _client(self.services, f"http://127.0.0.1:{free_port()}")
        return replace(self, press=replace(self.press, request_token=dead.request_token))

    def pdf(self, row: Certificate) -> bytes:
        """The sealed document."""
        return custody.open_object(organisation=row.organisation_id, sha256=row.sha256)

    def verify(self, row: Certificate) -> Report:
        """What an independent verification says of it."""
        return verify_bytes(self.pdf(row), filename="certificado.pdf", trust=self.trust)

    def attachments(self, row: Certificate) -> dict[str, bytes]:
        """The files inside it."""
        return dict(examine(self.pdf(row), trust=self.trust).attachments)


@pytest.fixture
def notary(database: Addresses, services: TrustServices, typesetter: Typesetter) -> Iterator[Notary]:
    """An installation with one organisation."""
    files = services.authority.seal("Talleres Ribera")
    content, passphrase = files.pkcs12.read_bytes(), files.passphrase.read_bytes()
    private, certificate, _ = pkcs12.load_key_and_certificates(content, passphrase)
    assert certificate is not None
    assert isinstance(private, SealKey)
    root = services.authority.root
    key = SigningKey.generate("acuse.example/test")
    line, now = key.verifier().line(), clock.now()
    cms = bind(line, key=private, certificate=certificate, chain=[root], at=now)
    Binding.objects.create(
        verifier_key=line, seal_sha256=certificate.fingerprint(SHA256()).hex(), cms=cms, bound_at=now
    )
    sequencer = Sequencer(conninfo=conninfo(), key=key)
    assert sequencer.lead()
    yield Notary(
        services=services,
        press=Press(
            seal=Seal.load(content, passphrase),
            standing=Standing(certificate=certificate, tsa_roots=(root,), roots=(root,), development=True),
            typesetter=typesetter,
            request_token=_client(services, services.address).request_token,
            revocation_lists=RevocationSource().lists_for,
            trust=Trust(seals=(root,), stamps=(root,), log_keys=(key.verifier().line(),)),
        ),
        sequencer=sequencer,
        value=credential(),
        key=key,
    )
    sequencer.resign()
