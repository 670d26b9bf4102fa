"""A database and a data directory of a bench's own, for benches that call the product's functions in this process."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def world() -> Iterator[Path]:
    """Prepare an installation without its processes, with Django pointed at it; everything is removed afterwards.

    Once a process: Django takes its settings when it is first set up.
    """
    directory = Path(tempfile.mkdtemp(prefix="acuse-bench-", dir="/var/tmp"))
    directory.chmod(0o711)
    os.environ.update(
        ACUSE_DATA_DIRECTORY=str(directory / "data"), ACUSE_SANDBOX="1", DJANGO_SETTINGS_MODULE="acuse.config.settings"
    )
    from django.db import connections

    from acuse.config.cli.serve import ready_database
    from acuse.config.environment import environment
    from acuse.config.installation import prepare

    try:
        with ready_database(environment(), first=True):
            prepare(environment())
            yield directory
            connections.close_all()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
