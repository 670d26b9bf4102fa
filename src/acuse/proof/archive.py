"""The `.zip` form of a bundle: `proof.json`, `statement.json` where there is one, and the custody objects.

One bundle has one archive: stored without compression, fixed dates, objects named by digest in order. Reading one
rebuilds it and compares, so no byte of the zip format is left over for anything else.
"""

import hashlib
import io
import re
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from acuse.errors import InputError

MAX_ARCHIVE = 1 << 30
MAX_OBJECTS = 20_000
_DATE = (1980, 1, 1, 0, 0, 0)
_PROOF = "proof.json"
_STATEMENT = "statement.json"
_OBJECT = re.compile(r"objects/([0-9a-f]{64})", re.ASCII)
_FOREIGN_ERRORS = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    KeyError,
    IndexError,
    ValueError,
    OverflowError,
    struct.error,
)


@dataclass(frozen=True, kw_only=True)
class Archive:
    """The content of a `.zip` bundle.

    Attributes:
        proof: bytes of `proof.json`.
        statement: bytes of `statement.json`, or None.
        objects: SHA-256 in hex -> content.
    """

    proof: bytes
    statement: bytes | None = None
    objects: Mapping[str, bytes] = field(default_factory=dict)

    def to_zip(self) -> bytes:
        """Return the archive, the same bytes for the same content.

        Raises:
            InputError: an object is not named by its own digest, or it is over MAX_ARCHIVE bytes.
        """
        if any(hashlib.sha256(content).hexdigest() != name for name, content in self.objects.items()):
            raise InputError("An object of the archive is not named by its SHA-256.")
        size = len(self.proof) + len(self.statement or b"") + sum(map(len, self.objects.values()))
        if size > MAX_ARCHIVE or len(self.objects) > MAX_OBJECTS:
            raise InputError(
                "An archive has at most %(limit)s objects and %(limit_2)s bytes.",
                limit=MAX_OBJECTS,
                limit_2=MAX_ARCHIVE,
            )
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
            _add(archive, _PROOF, self.proof)
            if self.statement is not None:
                _add(archive, _STATEMENT, self.statement)
            for name in sorted(self.objects):
                _add(archive, f"objects/{name}", self.objects[name])
        return written.getvalue()


def parse_archive(raw: bytes) -> Archive:
    """Read a `.zip` bundle, refusing any that is not byte for byte its own rebuilt form.

    Raises:
        InputError: not such an archive, altered, or over a limit.
    """
    if len(raw) > MAX_ARCHIVE:
        raise InputError("Too long: an archive has at most %(limit)s bytes.", limit=MAX_ARCHIVE)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            archive_parsed = _content(archive)
    except _FOREIGN_ERRORS as error:
        raise InputError("Not a readable zip archive: %(cause)s.", cause=str(error)[:120]) from error
    if archive_parsed.to_zip() != raw:
        raise InputError("The archive is not in the one form that Acuse writes: it was altered or packed again.")
    return archive_parsed


def _content(archive: zipfile.ZipFile) -> Archive:
    members = archive.infolist()
    if len(members) > MAX_OBJECTS + 2:
        raise InputError("An archive has at most %(limit)s objects.", limit=MAX_OBJECTS)
    # Only stored members: what comes out is never longer than what came in, so no archive can swell.
    if any(member.compress_type != zipfile.ZIP_STORED or member.file_size > MAX_ARCHIVE for member in members):
        raise InputError("The archive holds a compressed file; a bundle is stored without compression.")
    if sum(member.file_size for member in members) > MAX_ARCHIVE:
        raise InputError("The archive claims more content than it can hold.")
    proof: bytes | None = None
    statement: bytes | None = None
    objects: dict[str, bytes] = {}
    for member in members:
        content = archive.read(member)
        match = _OBJECT.fullmatch(member.filename)
        if member.filename == _PROOF:
            proof = content
        elif member.filename == _STATEMENT:
            statement = content
        elif match:
            objects[match.group(1)] = content
        else:
            raise InputError("The archive holds a file that belongs to no bundle: %(name)r.", name=member.filename[:80])
    if proof is None:
        raise InputError("The archive holds no proof.json.")
    return Archive(proof=proof, statement=statement, objects=objects)


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name, date_time=_DATE)
    member.create_system = 3
    member.external_attr = 0o100644 << 16
    archive.writestr(member, content, compress_type=zipfile.ZIP_STORED)
