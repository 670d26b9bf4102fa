"""Objects lay two directories deep, `ab/cd/abcd...`; they lie in one, `ab/abcd...`.

A crash leaves some moved and the migration not done: it runs again and moves the rest.
"""

import os
from pathlib import Path

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def move_up(_apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Move every object up by one directory, and remove the directories that were below."""
    for outer in Path(settings.ACUSE.custody_directory).glob("objects/*/[0-9a-f][0-9a-f]"):
        inner = [one for one in outer.iterdir() if one.is_dir()]
        for directory in inner:
            for item in directory.iterdir():
                item.replace(outer / item.name)
            directory.rmdir()
        if inner:
            _sync(outer)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Migration(migrations.Migration):
    dependencies = [("evidence", "0005_anchors_by_time")]
    operations = [migrations.RunPython(move_up, migrations.RunPython.noop)]
