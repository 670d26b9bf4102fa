"""Preparing an installation can be repeated, and each start finds what the one before left."""

from pathlib import Path

import pytest
from django.conf import settings
from procrastinate.contrib.django import app

from acuse import clock
from acuse.config import installation, periodic
from acuse.delivery.models import Deduplication
from acuse.embedded.roles import Addresses
from acuse.errors import ConfigurationError
from acuse.evidence.models import Binding
from acuse.evidence.queries import facts_of
from acuse.evidence.rules import INSTALLATION
from acuse.proof.trust import Trust
from tests.integration.making import accept, credential


def types() -> list[str]:
    return [item.fact.type for item in facts_of(organisation=INSTALLATION, kind="installation", id=INSTALLATION)]


def test_the_seal_binds_the_key_once(database: Addresses) -> None:
    environment = settings.ACUSE
    installation.make_directories(environment)
    lines = set()
    for _ in range(2):
        keys = installation.make_keys(environment)
        installation.bind_checkpoint_key(environment, keys)
        installation.write_trust(environment, keys)
        lines.add(keys.checkpoint.verifier().line())
    assert len(lines) == 1
    assert Binding.objects.count() == 1
    assert types() == ["seal.bound"]
    trust = Trust.parse(environment.trust_file.read_text())
    assert set(trust.log_keys) == lines
    assert len(trust.seals) == len(trust.stamps) == 1


def test_another_seal_binds_the_key_again(database: Addresses) -> None:
    environment = settings.ACUSE
    installation.make_directories(environment)
    keys = installation.make_keys(environment)
    installation.bind_checkpoint_key(environment, keys)
    (environment.data_directory / "authority" / "seal.p12").unlink()  # a renewed seal
    installation.bind_checkpoint_key(environment, keys)
    assert Binding.objects.count() == 2
    assert types() == ["seal.bound", "seal.bound"]


def test_a_seal_that_returns_is_again_the_one_that_proofs_name(database: Addresses) -> None:
    environment = settings.ACUSE
    installation.make_directories(environment)
    keys = installation.make_keys(environment)
    installation.bind_checkpoint_key(environment, keys)
    seal = environment.data_directory / "authority" / "seal.p12"
    first, digest = seal.read_bytes(), Binding.objects.get().seal_sha256
    seal.unlink()
    installation.bind_checkpoint_key(environment, keys)
    seal.write_bytes(first)
    installation.bind_checkpoint_key(environment, keys)
    newest = Binding.objects.order_by("-id").first()
    assert newest is not None
    assert newest.seal_sha256 == digest
    assert Binding.objects.count() == 3


def test_a_seal_that_cannot_be_opened_says_so_without_its_passphrase(tmp_path: Path) -> None:
    (tmp_path / "seal.p12").write_bytes(b"no PKCS 12")
    files = installation.SealFiles(
        pkcs12=tmp_path / "seal.p12", passphrase=b"not-to-be-seen", roots=(), development=False
    )
    with pytest.raises(ConfigurationError, match="check the file and passphrase") as caught:
        installation.load_seal_key(files)
    assert "not-to-be-seen" not in str(caught.value)


def test_an_unusable_data_directory_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    environment = settings.ACUSE.model_copy(update={"data_directory": tmp_path / "file" / "data"})
    with pytest.raises(ConfigurationError, match="Set ACUSE_DATA_DIRECTORY"):
        installation.make_directories(environment)


def test_the_clock_is_recorded(database: Addresses) -> None:
    periodic.record_clock()
    assert types() == ["clock.checked"]


def test_old_keys_of_retries_are_forgotten(database: Addresses) -> None:
    value = credential()
    accept(value)
    periodic.forget_deduplication(0)
    assert Deduplication.objects.count() == 1
    Deduplication.objects.update(expires_at=clock.now())
    periodic.forget_deduplication(0)
    assert not Deduplication.objects.exists()


def test_each_rare_task_has_its_time() -> None:
    timed = {one.task.name for one in app.periodic_registry.periodic_tasks.values()}
    assert timed == {name for name in app.tasks if name.startswith("acuse.")}
    assert len(timed) > 5


def test_a_loop_outlives_a_fault() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    assert periodic.guarded("test", fail) is None
    assert periodic.guarded("test", lambda: 5) == 5
