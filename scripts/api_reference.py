"""Write the generated part of docs/api.md: the problems and the operations of the API, from its OpenAPI document."""

import os

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acuse.config.settings")


def reference() -> str:
    """Return the tables of problems and operations."""
    django.setup()
    from acuse.doors.api.problems import KINDS  # noqa: PLC0415 - Django must be set up before
    from acuse.doors.api.reference import operations  # noqa: PLC0415

    lines = ["", "| problem | status | what to do |", "|---|---|---|"]
    lines += [f"| `{kind.name}` | {kind.status} {kind.title} | {kind.advice} |" for kind in KINDS]
    lines += ["", "## Operations", ""]
    for one in operations():
        lines += [f"### {one.summary}", "", f"`{one.method} /api/v1{one.path}`, scope `{one.scope}`", "", one.text, ""]
        if one.parameters:
            lines += ["| parameter | meaning |", "|---|---|"]
            lines += [f"| `{each.name}` | {each.text} |" for each in one.parameters]
            lines.append("")
        lines += ["```sh", one.example.replace(settings.ACUSE.public_url, "https://acuse.example"), "```", ""]
    return "\n".join(lines)
