"""Settings: what is refused says what to do, and nothing ever shows a secret."""

import os
import subprocess
import sys
import traceback
from datetime import timedelta
from pathlib import Path

import pytest

from acuse.config import environment as module
from acuse.config.environment import Environment
from acuse.errors import ConfigurationError

SECRET = "hunter2-not-to-be-seen"


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory of its own, and no other setting."""
    for name in [name for name in os.environ if name.startswith("ACUSE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ACUSE_DATA_DIRECTORY", str(tmp_path))
    return tmp_path


def read(**variables: str) -> Environment:
    """The settings of a process with these variables, read afresh."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(f"ACUSE_{name}", value)
        return module.environment.__wrapped__()


def refusal(**variables: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(**variables)
    shown = "".join(traceback.format_exception(caught.value))
    assert SECRET not in shown
    return str(caught.value)


def test_nothing_has_to_be_set(directory: Path) -> None:
    settings = read()
    assert settings.data_directory == directory
    assert settings.message_limit == 45_000_000
    assert settings.effective_anchor_interval == timedelta(seconds=1)
    assert settings.verp_domain == settings.mail_hostname


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("WEB_PORT", "abc", "ACUSE_WEB_PORT: Write a whole number."),
        ("SANDBOX", "perhaps", "ACUSE_SANDBOX: Write 1 or 0."),
        ("SETTLE_TIME", "soon", "ACUSE_SETTLE_TIME: Write a duration such as PT30S, PT5M or P5D."),
    ],
)
def test_a_value_of_the_wrong_type_says_what_to_write(directory: Path, name: str, value: str, said: str) -> None:
    assert refusal(**{name: value}) == said


def test_settings_cannot_be_changed_afterwards(directory: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        read().web_port = 1  # type: ignore[misc]


def test_lists_are_separated_by_commas(directory: Path) -> None:
    assert read(DNS_SERVERS="192.0.2.1:53, [2001:db8::1]:53,").dns_servers == ("192.0.2.1:53", "[2001:db8::1]:53")
    assert read(DNS_SERVERS="").dns_servers == ()


def test_real_time_stamps_are_asked_for_less_often(directory: Path) -> None:
    settings = read(TSA_URLS="https://tsa.example/", TSA_TRUST="/etc/roots.pem")
    assert settings.effective_anchor_interval == timedelta(minutes=1)
    assert read(ANCHOR_INTERVAL="PT5S").effective_anchor_interval == timedelta(seconds=5)


def test_a_misspelt_setting_is_named(directory: Path) -> None:
    assert "Unknown setting ACUSE_SMTP_PORTS: correct its name or unset it" in refusal(SMTP_PORTS="587")


def test_settings_of_the_tests_are_not_ours_to_refuse(directory: Path) -> None:
    assert read(CORPORA="/corpora").sandbox is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WEB_PORT", "0"),
        ("WEB_PORT", "65536"),
        ("WEB_PORT", "eighty"),
        ("SMTP_THREADS", "0"),
        ("MESSAGE_LIMIT", "1"),
        ("MESSAGE_LIMIT", "1000000000000"),
        ("RETRY_SCALE", "0"),
        ("RETRY_FOR", "-P1D"),
        ("RETRY_FOR", "P1Y"),
        ("SETTLE_TIME", "-PT1H"),
        ("ANCHOR_INTERVAL", "PT0S"),
        ("RETENTION_YEARS", "4"),
        ("SANDBOX", "perhaps"),
        ("CERTIFIER", "x" * 121),
    ],
)
def test_a_value_out_of_its_range_is_refused_under_its_name(directory: Path, name: str, value: str) -> None:
    assert refusal(**{name: value}).startswith(f"ACUSE_{name}: ")


@pytest.mark.parametrize(
    ("variables", "advice"),
    [
        ({"SMTP_CERTIFICATE": "/c.pem"}, "Set both ACUSE_SMTP_CERTIFICATE and ACUSE_SMTP_KEY, or neither."),
        ({"SMTP_KEY": "/k.pem"}, "Set both ACUSE_SMTP_CERTIFICATE and ACUSE_SMTP_KEY, or neither."),
        ({"SMARTHOST_USER": "u"}, "Set both ACUSE_SMARTHOST_USER and ACUSE_SMARTHOST_PASSWORD, or neither."),
        ({"SMARTHOST_PASSWORD": SECRET}, "Set both ACUSE_SMARTHOST_USER and ACUSE_SMARTHOST_PASSWORD, or neither."),
        ({"SEAL_PASSPHRASE": SECRET}, "Set both ACUSE_SEAL_PKCS12 and ACUSE_SEAL_PASSPHRASE, or neither."),
        (
            {"DATABASE_URL": f"postgresql://a:{SECRET}@db.example/acuse"},
            "Set both ACUSE_DATABASE_URL and ACUSE_DATABASE_OWNER_URL, or neither.",
        ),
        ({"TSA_URLS": f"https://a:{SECRET}@tsa.example/"}, "Set ACUSE_TSA_TRUST to a PEM file"),
        ({"SANDBOX": "1", "SMARTHOST": "relay.example:587"}, "unset ACUSE_SMARTHOST"),
    ],
)
def test_contradictions_are_refused_with_advice(directory: Path, variables: dict[str, str], advice: str) -> None:
    assert advice in refusal(**variables)


def test_no_secret_is_shown(directory: Path) -> None:
    settings = read(
        DATABASE_URL=f"postgresql://a:{SECRET}@db.example/acuse",
        DATABASE_OWNER_URL=f"postgresql://o:{SECRET}@db.example/acuse",
        SMARTHOST="relay.example:587",
        SMARTHOST_USER="acuse",
        SMARTHOST_PASSWORD=SECRET,
        SEAL_PKCS12="/seal.p12",
        SEAL_PASSPHRASE=SECRET,
        TSA_URLS=f"https://acuse:{SECRET}@tsa.example/",
        TSA_TRUST="/roots.pem",
    )
    for shown in (repr(settings), str(settings), f"{settings}"):
        assert "relay.example" in shown
        assert SECRET not in shown
    assert settings.tsa_urls == (f"https://acuse:{SECRET}@tsa.example/",)


def test_the_file_of_the_data_directory_applies_where_the_environment_is_silent(directory: Path) -> None:
    (directory / "acuse.env").write_text(
        "ACUSE_WEB_PORT=8081\nACUSE_CERTIFIER='Talleres Ribera'\n# a remark\nPATH=/x\n"
    )
    assert (read().web_port, read().certifier) == (8081, "Talleres Ribera")
    assert read(WEB_PORT="8082").web_port == 8082


def test_a_misspelt_setting_in_the_file_is_named(directory: Path) -> None:
    (directory / "acuse.env").write_text("ACUSE_WEBPORT=8081\n")
    assert "ACUSE_WEBPORT" in refusal()


def test_a_file_that_cannot_be_read_is_named_and_verifying_by_given_anchors_needs_none(directory: Path) -> None:
    file = directory / "acuse.env"
    file.write_bytes(f"ACUSE_SEAL_PASSPHRASE={SECRET}\xff\n".encode("latin-1"))
    assert refusal() == f"The settings in {file} cannot be read: it is no text."
    (directory / "trust.pem").write_text("")
    verify = [sys.executable, "-c", "from acuse.config.cli import main; main()", "verify", "absent.pdf"]
    for given, status in (([], 3), (["--trust", str(directory / "trust.pem")], 2)):
        done = subprocess.run([*verify, *given], capture_output=True, text=True, check=False, timeout=120)
        assert (done.returncode, "Traceback" in done.stderr) == (status, False), done.stderr


def test_a_contradiction_in_the_file_shows_no_secret(directory: Path) -> None:
    (directory / "acuse.env").write_text(f"ACUSE_SEAL_PASSPHRASE={SECRET}\n")
    assert "ACUSE_SEAL_PKCS12" in refusal()


def test_every_setting_says_what_it_means() -> None:
    for name, field in Environment.model_fields.items():
        assert field.description, name
