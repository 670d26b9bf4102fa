"""What a compiler reads: the templates on disk, and what one document is made of in memory alone.

Making and removing a dozen files for each document took a twelfth of its time, and left a message on a disk meanwhile.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


class Root:
    """The folder of one main template, until it is closed. Used by one thread at a time.

    Args:
        template: the main file; what it imports lies beside it.
    """

    def __init__(self, template: Path) -> None:
        # For its owner alone (0700). What a kill leaves goes with the worker's own directory: see `acuse.pdf.scratch`.
        self.path = Path(tempfile.mkdtemp(prefix="typesetting-"))
        self._template = template
        self._held: dict[str, BinaryIO] = {}
        #: The main file must lie inside the root itself; all others may be links.
        self.main = self.path / template.name
        for beside in template.parent.iterdir():
            if beside.name != template.name:
                (self.path / beside.name).symlink_to(beside)

    @contextmanager
    def holding(self, files: Mapping[str, bytes]) -> Iterator[None]:
        """Let the files of a document, by their paths, be there and no others; nothing of them stays in memory."""
        if not self.main.exists() or self.main.read_bytes() != self._template.read_bytes():
            shutil.copyfile(self._template, self.main)
        for path in self._held.keys() - files.keys():
            (self.path / path).unlink()
            self._held.pop(path).close()
        try:
            for path, content in files.items():
                file = self._held.get(path) or self._new(path)
                file.write(content)
                file.flush()
            yield
        finally:
            for file in self._held.values():
                file.seek(0)
                file.truncate()

    def close(self) -> None:
        """Remove the folder and free the files. Idempotent."""
        while self._held:
            self._held.popitem()[1].close()
        shutil.rmtree(self.path, ignore_errors=True)

    def _new(self, path: str) -> BinaryIO:
        """Link a path to an empty file in memory; from one document to the next most paths are the same."""
        file = os.fdopen(os.memfd_create("document"), "wb")
        link = self.path / path
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(f"/proc/self/fd/{file.fileno()}")
        self._held[path] = file
        return file
