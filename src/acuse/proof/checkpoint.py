"""C2SP signed notes and tlog-checkpoints with Ed25519 keys.

A checkpoint of ours has three lines (origin, size, root), a blank one, and exactly one signature line, by the log's
own key: anything more would be bytes that nothing covers. The origin is the name of the key.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from acuse.errors import InputError
from acuse.proof.merkle import HASH_SIZE, MAX_SIZE

MAX_NOTE = 1024
_ED25519 = b"\x01"
_NAME = re.compile(r"[!-*,-~]{1,200}", re.ASCII)
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)
_DASH = "\N{EM DASH}"


@dataclass(frozen=True, kw_only=True)
class VerifierKey:
    """The public half of a log's key.

    Attributes:
        name: the log's origin, visible ASCII without spaces or `+`.
        public: 32 bytes of Ed25519 (RFC 8032).
    """

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Return the four bytes SHA-256(name ‖ LF ‖ 0x01 ‖ key)[:4] (signed-note, Ed25519)."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def line(self) -> str:
        """Return the verifier key as `name+hash+base64`, without a line break."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(_ED25519 + self.public)}"

    @classmethod
    def parse(cls, line: str) -> "VerifierKey":
        """Parse what `line()` writes.

        Raises:
            InputError: any other text, or a hash that does not fit the key.
        """
        name, _, rest = line.partition("+")
        algorithm_and_key = unbase64(rest[9:])
        key = cls(name=name, public=algorithm_and_key[1:])
        if not _NAME.fullmatch(name) or len(key.public) != 32 or key.line() != line:
            raise InputError("Not a verifier key of the form name+hash+base64: %(line)r.", line=line[:80])
        return key


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """The private key of a log.

    Attributes:
        name: the log's origin.
        private: the Ed25519 key; not shown in representations.
    """

    name: str
    private: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def generate(cls, name: str) -> "SigningKey":
        """Make a new key for the log of that origin.

        Raises:
            InputError: the name has spaces, `+`, or characters outside visible ASCII.
        """
        return cls(name=_checked_name(name), private=Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, text: str) -> "SigningKey":
        """Parse `PRIVATE+KEY+name+hash+base64`, as `text()` writes it.

        Raises:
            InputError: any other text. The message never shows it.
        """
        parts = text.strip().split("+", 4)
        if len(parts) != 5:
            raise InputError("Not a signing key of the form PRIVATE+KEY+name+hash+base64.")
        seed = unbase64(parts[4])[1:]
        if len(seed) != 32 or not _NAME.fullmatch(parts[2]):
            raise InputError("Not a signing key of the form PRIVATE+KEY+name+hash+base64.")
        key = cls(name=parts[2], private=Ed25519PrivateKey.from_private_bytes(seed))
        if key.text() != text.strip():
            raise InputError("The hash of the signing key does not fit the key.")
        return key

    def verifier(self) -> VerifierKey:
        """Return the public half."""
        return VerifierKey(name=self.name, public=self.private.public_key().public_bytes_raw())

    def text(self) -> str:
        """Return the secret text form; keep it in a file only its owner reads."""
        secret = _base64(_ED25519 + self.private.private_bytes_raw())
        return f"PRIVATE+KEY+{self.name}+{self.verifier().key_id.hex()}+{secret}"


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """The head of a log (tlog-checkpoint).

    Attributes:
        origin: name of the log.
        size: number of entries.
        root: 32 bytes.
    """

    origin: str
    size: int
    root: bytes

    def body(self) -> bytes:
        """Return the note text that is signed: three lines, each with its line break."""
        return f"{_checked_name(self.origin)}\n{self.size}\n{_base64(self.root)}\n".encode()


@dataclass(frozen=True, kw_only=True)
class Note:
    """A parsed checkpoint note whose signature nobody has verified yet.

    Attributes:
        checkpoint: what it says.
        key_id: four bytes naming the key.
        signature: 64 bytes.
    """

    checkpoint: Checkpoint
    key_id: bytes
    signature: bytes


def sign(checkpoint: Checkpoint, key: SigningKey) -> bytes:
    """Return the signed note of `checkpoint`: the bytes that time stamps cover.

    Raises:
        InputError: the key is that of another log.
    """
    if key.name != checkpoint.origin:
        raise InputError("A log signs only its own checkpoints: the key has another name than the origin.")
    body = checkpoint.body()
    signature = _base64(key.verifier().key_id + key.private.sign(body))
    return body + f"\n{_DASH} {key.name} {signature}\n".encode()


def parse_note(raw: bytes) -> Note:
    """Parse a checkpoint note strictly, without verifying its signature.

    Raises:
        InputError: anything but three lines, a blank one and one signature line by the origin's key.
    """
    try:
        lines = raw.decode("utf-8").split("\n") if len(raw) <= MAX_NOTE else []
    except UnicodeDecodeError as error:
        raise InputError("The checkpoint is not text in UTF-8.") from error
    if len(lines) != 6 or lines[3] or lines[5]:
        raise InputError("A checkpoint has three lines, a blank line and one signature line.")
    origin, size, root, _, signature_line, _ = lines
    dash, _, rest = signature_line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if not _NAME.fullmatch(origin) or not _SIZE.fullmatch(size) or int(size) > MAX_SIZE:
        raise InputError("The checkpoint's origin or size is not well formed.")
    if dash != _DASH or name != origin:
        raise InputError("The checkpoint is signed by another name than its own origin.")
    hashed, signature = unbase64(root), unbase64(encoded)
    if len(hashed) != HASH_SIZE or len(signature) != 68:
        raise InputError("The checkpoint's root or signature has the wrong length.")
    checkpoint = Checkpoint(origin=origin, size=int(size), root=hashed)
    return Note(checkpoint=checkpoint, key_id=signature[:4], signature=signature[4:])


def open_note(raw: bytes, key: VerifierKey) -> Checkpoint:
    """Verify a checkpoint note and return what it says.

    Args:
        raw: the note as published.
        key: the log's key.

    Raises:
        InputError: not well formed, of another log, or the signature is wrong.
    """
    note = parse_note(raw)
    if note.checkpoint.origin != key.name or note.key_id != key.key_id:
        raise InputError(
            "The checkpoint is not signed by the key %(name)s+%(key_id)s.", name=key.name, key_id=key.key_id.hex()
        )
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(note.signature, note.checkpoint.body())
    except (InvalidSignature, ValueError) as error:
        raise InputError("The signature of the checkpoint is wrong.") from error
    return note.checkpoint


def unbase64(text: str) -> bytes:
    """Decode base64 (RFC 4648 section 4) and refuse any but the one canonical spelling.

    Raises:
        InputError: other characters, wrong padding, or spare bits that are not zero.
    """
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError("Not base64.") from error
    if _base64(decoded) != text:
        raise InputError("Not base64 in its canonical spelling.")
    return decoded


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise InputError(
            "A log's origin is visible ASCII without spaces or '+', at most 200 long: %(name)r.", name=name[:80]
        )
    return name
