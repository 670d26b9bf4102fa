"""Typed settings: every `ACUSE_*` variable, its type, its default and what it means.

Unknown or contradictory variables are refused at start with a sentence that says what to do. Secrets are
`SecretStr`, so that neither a log nor an error ever prints them.
"""

import os
import sys
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from acuse.errors import ConfigurationError

PREFIX = "ACUSE_"
#: Read by the tests or by other tools, never by the product.
FOREIGN = {"ACUSE_CORPORA"}


def default_data_directory() -> Path:
    """Return where an installation keeps its data when nothing is configured.

    Root keeps it in /var/lib/acuse, because PostgreSQL runs as an unprivileged user who cannot enter root's home;
    anybody else beside the virtual environment, in `var`.
    """
    return Path("/var/lib/acuse") if os.geteuid() == 0 else Path(sys.prefix).parent / "var"


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


class Environment(BaseSettings):
    """The settings of one installation."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    # Where things are
    data_directory: Path = Field(default_factory=default_data_directory, description="Keys, custody, embedded database")
    database_url: SecretStr | None = Field(None, description="PostgreSQL of the application role; none = embedded")
    database_owner_url: SecretStr | None = Field(None, description="PostgreSQL of the owner role, for migrations")
    postgres_binaries: Path | None = Field(None, description="Directory with initdb and postgres to use when embedded")
    postgres_user: str | None = Field(None, description="Unprivileged user who runs PostgreSQL when started by root")

    # Who we are
    certifier: str = Field("Acuse", max_length=120, description="Legal name of who certifies, as the seal names it")
    third_party: bool = Field(False, description="State on documents that the certifier is none of the parties")
    policy_url: str | None = Field(None, max_length=200, description="Address of the certification policy")
    public_url: str = Field("http://127.0.0.1:8080", description="How people reach the web door")
    mail_hostname: str = Field("localhost", max_length=253, description="Name used in HELO and Received lines")
    bounce_domain: str | None = Field(None, max_length=253, description="Domain of the VERP envelope senders")

    # Web door
    web_host: str = Field("127.0.0.1", description="Address on which the web door listens")
    web_port: int = Field(8080, ge=1, le=65535, description="Port of the web door")
    web_processes: int = Field(1, ge=1, le=64, description="Processes of the web door")
    web_threads: int = Field(8, ge=1, le=64, description="Threads of each web process")
    trusted_proxies: int = Field(0, ge=0, le=10, description="Reverse proxies whose X-Forwarded-* are believed")

    # API
    api_rate_limit: int = Field(600, ge=10, le=1_000_000, description="Requests a minute of one API key")

    # SMTP door
    smtp_host: str = Field("127.0.0.1", description="Address on which the SMTP connector listens")
    smtp_starttls_port: int = Field(587, ge=1, le=65535, description="Port with STARTTLS (RFC 6409)")
    smtp_tls_port: int = Field(465, ge=1, le=65535, description="Port with TLS from the start (RFC 8314)")
    smtp_certificate: Path | None = Field(None, description="PEM chain for the SMTP door")
    smtp_key: Path | None = Field(None, description="PEM private key for the SMTP door")
    smtp_processes: int = Field(2, ge=1, le=64, description="Processes of the SMTP connector")
    smtp_threads: int = Field(8, ge=1, le=64, description="Messages taken at once, of one process; its sessions too")
    smtp_inbound_host: str = Field("127.0.0.1", description="Address on which mail from other servers is taken")
    smtp_inbound_port: int = Field(25, ge=0, le=65535, description="Port for mail from other servers; 0 takes none")
    message_limit: int = Field(
        45_000_000,
        ge=10_000,
        le=150_000_000,
        description="Bytes of one message; 45 MB hold an attachment of 30, which base64 lengthens",
    )
    recipients_limit: int = Field(1000, ge=1, le=10_000, description="Recipients of one message")

    # E-mail out
    dns_servers: Annotated[tuple[str, ...], NoDecode] = Field((), description="ip:port, comma separated; none = system")
    dns_validating: bool = Field(
        False, description="They validate DNSSEC and the way to them is safe: believe them, and honour DANE"
    )
    email_port: int = Field(25, ge=1, le=65535, description="Port of the recipients' mail servers")
    email_private_targets: bool = Field(False, description="Deliver to private and loopback addresses too")
    smarthost: str | None = Field(None, description="host:port through which all mail leaves")
    smarthost_user: str | None = Field(None, description="User name at the smarthost")
    smarthost_password: SecretStr | None = Field(None, description="Password at the smarthost")
    dispatch_threads: int = Field(16, ge=1, le=256, description="Messages on their way out at once, of all workers")
    domain_concurrency: int = Field(4, ge=1, le=64, description="Simultaneous connections to one recipient domain")
    retry_scale: float = Field(1.0, gt=0, le=10, description="Multiplies the waits of the retry schedule")
    retry_for: timedelta = Field(
        timedelta(days=5),
        gt=timedelta(),
        le=timedelta(days=30),
        description="How long a message is tried (RFC 5321 4.5.4.1)",
    )

    # Workers: they deliver, certify and tell senders
    worker_processes: int = Field(2, ge=1, le=64, description="Worker processes; one for each core certifies most")

    # Evidence
    log_origin: str | None = Field(None, max_length=200, description="Name of the log; set once, never changed")
    log_public: bool = Field(True, description="Serve /log/ to anybody")
    # Not shown by `repr`: an address may hold the user and password of its service.
    tsa_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        (), repr=False, description="RFC 3161 services in order of preference"
    )
    tsa_trust: Path | None = Field(None, description="PEM file with the roots of the time-stamping authorities")
    anchor_interval: timedelta | None = Field(
        None, gt=timedelta(), le=timedelta(days=1), description="Between time stamps; 60 s, 1 s in development"
    )
    seal_pkcs12: Path | None = Field(None, description="PKCS#12 file with the seal's key and chain")
    seal_passphrase: SecretStr | None = Field(None, description="Passphrase of that file")
    seal_trust: Path | None = Field(None, description="PEM file with the roots of the seal")
    certificate_threads: int = Field(2, ge=1, le=64, description="Certificates under way at once, of each worker")
    settle_time: timedelta = Field(
        timedelta(hours=1),
        ge=timedelta(),
        le=timedelta(days=30),
        description="Wait after the final state before certifying",
    )
    retention_years: int = Field(5, ge=5, le=30, description="Years that content and evidence are kept")

    # Sandbox
    sandbox: bool = Field(False, description="Deliver to the embedded mail server only; nothing leaves the machine")
    sandbox_smtp_port: int = Field(2525, ge=1, le=65535, description="Port of the sandbox's mail servers")
    sandbox_dns_port: int = Field(5353, ge=1, le=65535, description="Port of the sandbox's name server")
    trust_services_port: int = Field(8318, ge=1, le=65535, description="Port of the embedded CA and TSA")

    debug: bool = Field(False, description="Show tracebacks to the browser; never on a reachable machine")

    @field_validator("dns_servers", "tsa_urls", mode="before")
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        return _split(value)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        pairs: tuple[tuple[str, object, str, object], ...] = (
            ("SMTP_CERTIFICATE", self.smtp_certificate, "SMTP_KEY", self.smtp_key),
            ("SMARTHOST_USER", self.smarthost_user, "SMARTHOST_PASSWORD", self.smarthost_password),
            ("SEAL_PKCS12", self.seal_pkcs12, "SEAL_PASSPHRASE", self.seal_passphrase),
            ("DATABASE_URL", self.database_url, "DATABASE_OWNER_URL", self.database_owner_url),
        )
        for first, one, second, other in pairs:
            if (one is None) != (other is None):
                raise ValueError(f"Set both {PREFIX}{first} and {PREFIX}{second}, or neither.")
        if self.tsa_urls and self.tsa_trust is None:
            raise ValueError(f"Set {PREFIX}TSA_TRUST to a PEM file with the roots of the services in {PREFIX}TSA_URLS.")
        if self.worker_processes > min(self.domain_concurrency, self.dispatch_threads):
            raise ValueError(
                f"The workers share {PREFIX}DISPATCH_THREADS and {PREFIX}DOMAIN_CONCURRENCY: "
                f"set both to at least {PREFIX}WORKER_PROCESSES ({self.worker_processes})."
            )
        if self.sandbox and self.smarthost:
            raise ValueError(f"{PREFIX}SANDBOX keeps mail on this machine; unset {PREFIX}SMARTHOST.")
        return self

    @property
    def keys(self) -> Path:
        """Directory of the keys and generated secrets."""
        return self.data_directory / "keys"

    @property
    def custody_directory(self) -> Path:
        """Directory of the content-addressed objects."""
        return self.data_directory / "custody"

    @property
    def trust_file(self) -> Path:
        """The anchors that `acuse verify` uses when none are given."""
        return self.data_directory / "trust.pem"

    @property
    def anchors_directory(self) -> Path:
        """The same anchors one by one, under the names that the certificates' own instructions use."""
        return self.data_directory / "anchors"

    @property
    def effective_anchor_interval(self) -> timedelta:
        """Time between anchored checkpoints: as configured, else 60 s, or 1 s with the development TSA."""
        return self.anchor_interval or timedelta(seconds=60 if self.tsa_urls else 1)

    @property
    def verp_domain(self) -> str:
        """Domain of the envelope senders that come back to us."""
        return self.bounce_domain or self.mail_hostname


Role = Literal["web", "smtp", "worker", "sequencer"]


def check_known(names: set[str]) -> None:
    """Refuse `ACUSE_*` variables that no setting reads, because a misspelt setting is a silent fault.

    Raises:
        ConfigurationError: naming the unknown variable.
    """
    known = {PREFIX + name.upper() for name in Environment.model_fields} | FOREIGN
    unknown = sorted(name for name in names if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise ConfigurationError(
            f"Unknown setting {', '.join(unknown)}: correct its name or unset it (docs/operations.md lists all)."
        )


def settings_file() -> Path:
    """Return the file whose settings apply where the environment says nothing: `acuse.env` in the data directory."""
    return Path(os.environ.get("ACUSE_DATA_DIRECTORY") or default_data_directory()) / "acuse.env"


_WORDS = {
    "int_parsing": "Write a whole number.",
    "int_from_float": "Write a whole number.",
    "float_parsing": "Write a number.",
    "bool_parsing": "Write 1 or 0.",
    "time_delta_parsing": "Write a duration such as PT30S, PT5M or P5D.",
    "path_type": "Write a path.",
}
"""What to do about a value of the wrong type, by pydantic's name of the fault; it says the rest well enough itself."""


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Read the settings of this process, once.

    Raises:
        ConfigurationError: one is unknown, of the wrong type or contradicts another, or their file cannot be read.
    """
    check_known(set(os.environ))
    file = settings_file()
    try:
        check_known({name.upper() for name in dotenv_values(file)} if file.is_file() else set())
    except (OSError, UnicodeDecodeError) as error:
        why = "it is no text" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise ConfigurationError(f"The settings in {file} cannot be read: {why}.") from None
    try:
        return Environment(_env_file=file)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = "".join(f"{PREFIX}{str(part).upper()}: " for part in first["loc"])
        said = _WORDS.get(first["type"], first["msg"].removeprefix("Value error, "))
        raise ConfigurationError(f"{name}{said}") from None
