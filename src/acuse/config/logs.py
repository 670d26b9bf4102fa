"""Structured logs: one JSON object a line on standard error, without secrets or message content."""

import re
from typing import Any

import structlog

#: The secret of an invitation stands in its address, which Django's own warnings name; also where it is a parameter.
_LINK = re.compile(r"(accounts(?:/|%2F)invitation(?:/|%2F))[^/%\s\"'?&>]+", re.IGNORECASE)


def without_links(_logger: Any, _method: str, line: str) -> str:
    """Return a rendered line without the secrets of invitations."""
    return _LINK.sub(r"\1***", line)


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
