"""Collect the texts of the web doors into their catalogue and compile it (needs gettext; the results are committed).

What doors say of errors of the rooms below is collected where these are raised: `InputError("...")` is a text too.

With --check, nothing is written: it fails where a text has no Spanish, or where the compiled catalogue is not that of
the written one. That needs no gettext, so it runs everywhere.
"""

import gettext
import os
import re
import subprocess
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import makemessages

ROOT = Path(__file__).parent.parent / "src" / "acuse"
DOORS = ROOT / "doors"
# Errors whose sentence a page may say, with its place where that is not the first: a test finds what is missing.
ERRORS = (
    "AcuseError",
    "InputError",
    "AccessDenied",
    "OutsideCalendar",
    "ConflictError",
    "TemporaryError",
    "PermanentError",
    "NotOpen",
    "NotPublished",
    "AddressTaken",
    "Waits",
    "MailboxAway",
    "MailboxRefused",
    "BadTemplate:2",
)
# These speak to programs and operators, or stand alone: what a page says of them is listed in doors/ui.
SILENT = ("clock.py", "channels", "config", "embedded", "evidence", "mail", "pdf", "proof", "smtp", "node_modules")
CATALOGUE = DOORS / "ui" / "locale" / "es" / "LC_MESSAGES" / "django.po"
# Written by hand: the few English sentences of allauth that we say otherwise.
ENGLISH = DOORS / "ui" / "locale" / "en" / "LC_MESSAGES" / "django.po"
_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_ENTRY = re.compile(
    rf"^(?:msgctxt {_QUOTED}\n)?msgid {_QUOTED}\n(?:msgid_plural {_QUOTED}\n)?msgstr(?:\[0\])? {_QUOTED}", re.MULTILINE
)


def written(catalogue: Path) -> list[tuple[str, str, str]]:
    """A catalogue as written: context, key, what is said. Entries stand on one line each (--no-wrap)."""
    text = catalogue.read_text("utf-8")
    found = [match.groups(default="") for match in _ENTRY.finditer(text)]
    return [(unescape(context), unescape(key), unescape(value)) for context, key, _plural, value in found if key]


def unescape(text: str) -> str:
    """The string that a quoted one of the catalogue stands for."""
    return text.replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")


def uncompiled(catalogue: Path) -> list[str]:
    """The keys for which a catalogue says nothing, or something else than the compiled one."""
    with catalogue.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    wrong = []
    for context, key, said in written(catalogue):
        got = compiled.pgettext(context, key) if context else compiled.gettext(key)
        if not said or said not in {got, compiled.ngettext(key, key, 1)}:
            wrong.append(key)
    return wrong


def check() -> int:
    """Compare; returns the exit status."""
    wrong = uncompiled(CATALOGUE) + uncompiled(ENGLISH)
    for key in wrong:
        print(f"Not translated, or not compiled: {key!r}")
    if "#, fuzzy" in CATALOGUE.read_text("utf-8").split("\n\n", 1)[1]:
        print("A text is only a guess (fuzzy); read it and remove the mark.")
        return 1
    return 1 if wrong else 0


class Collection(makemessages.Command):
    """Django's collection, by the names of errors too."""

    xgettext_options = [  # noqa: RUF012 - declared so by Django
        *makemessages.Command.xgettext_options,
        *(f"--keyword={name}" for name in ERRORS),
    ]


def collect() -> None:
    """Run Django's collection over the doors, and over the rooms whose errors they say."""
    settings.configure(USE_I18N=True, LOCALE_PATHS=[str(DOORS / "ui" / "locale")], INSTALLED_APPS=[])
    django.setup()
    os.chdir(ROOT)
    call_command(
        Collection(),
        locale=["es"],
        no_location=True,
        no_wrap=True,
        no_obsolete=True,
        extensions=["html", "py"],
        ignore_patterns=list(SILENT),
        verbosity=0,
    )


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(check())
    collect()
    for catalogue in (CATALOGUE, ENGLISH):
        subprocess.run(["msgfmt", "--check-format", "-o", catalogue.with_suffix(".mo"), catalogue], check=True)
    sys.exit(check())
