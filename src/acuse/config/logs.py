"""Structured logs: one JSON object a line on standard error, without secrets or message content."""

import re
from typing import Any

import structlog

_SLASH = r"(?:/|%(?:25)*2F)"
#: The secrets of invitations and of recipients' links stand in their addresses, which Django's own warnings name; also
#: where an address is a parameter, and so encoded, perhaps more than once.
_LINK = re.compile(
    rf"""((?:accounts{_SLASH}invitation|{_SLASH}[art]){_SLASH})(?:[^/%\s\\"'?&>]|%(?!(?:25)*2F))+""", re.IGNORECASE
)
#: The same secrets wherever else they stand, in whatever path somebody asked for; see `acuse.mail.tokens`.
_TOKEN = re.compile(r"(?<![a-z2-7])[a-z2-7]{42}(?![a-z2-7])", re.IGNORECASE)


def without_links(_logger: Any, _method: str, line: str) -> str:
    """Return a rendered line without the secrets of invitations and of recipients' links."""
    return _TOKEN.sub("***", _LINK.sub(r"\1***", line))


_SHARED: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
                without_links,
            ],
            "foreign_pre_chain": _SHARED,
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "pyhanko": {"level": "WARNING"},
        "pyhanko_certvalidator": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},
    },
}
