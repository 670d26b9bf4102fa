"""Loaded before Django's settings: gives the test run a data directory of its own and no setting from outside."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

for name in [name for name in os.environ if name.startswith("ACUSE_") and name != "ACUSE_CORPORA"]:
    del os.environ[name]

DIRECTORY = Path(tempfile.mkdtemp(prefix="acuse-test-"))
DIRECTORY.chmod(0o711)  # PostgreSQL runs as an unprivileged user when the tests run as root
os.environ["ACUSE_DATA_DIRECTORY"] = str(DIRECTORY)
os.environ["ACUSE_LOG_ORIGIN"] = "acuse.example/test"
os.environ["ACUSE_SETTLE_TIME"] = "PT0S"
os.environ["ACUSE_SANDBOX"] = "1"
atexit.register(shutil.rmtree, DIRECTORY, ignore_errors=True)
