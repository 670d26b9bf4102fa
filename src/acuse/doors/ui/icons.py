"""Phosphor icons (MIT) and our own evidence marks, inlined as SVG so that no page loads them from elsewhere."""

from functools import cache
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from acuse.errors import ConfigurationError

FOLDER = Path(__file__).parent / "icons"
SIZES = frozenset({13, 15, 16, 17, 20, 22, 28})
MARKS = {
    "recorded": (
        '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.2 2"/>'
    ),
    "integrated": '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.7"/>',
    "anchored": (
        '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.7"/>'
        '<circle cx="8" cy="8" r="2.6" fill="currentColor"/>'
    ),
    "stamped": (
        '<circle cx="8" cy="8" r="7.2" fill="none" stroke="currentColor" stroke-width="1.2"/>'
        '<circle cx="8" cy="8" r="5.2" fill="currentColor"/>'
        '<path d="M5.5 8.2l1.8 1.8 3.3-3.6" fill="none" stroke="var(--color-base-100)" stroke-width="1.4"/>'
    ),
}


@cache
def _drawing(name: str) -> str:
    """The inner SVG of one icon file.

    Args:
        name: file name without ``.svg``, from a template of ours and never from input.

    Raises:
        ConfigurationError: the icon is not among those shipped.
    """
    path = FOLDER / f"{name}.svg"
    if not path.is_file():
        raise ConfigurationError(f"The icon {name!r} is not shipped; copy it from Phosphor into doors/ui/icons.")
    text = path.read_text(encoding="ascii")
    return text[text.index(">") + 1 : text.rindex("</svg>")]


@cache
def icon(name: str, size: int = 16) -> SafeString:
    """One decorative icon: its meaning always stands beside it in words.

    Args:
        name: Phosphor name, regular weight.
        size: edge in CSS pixels, one of ``SIZES``.
    """
    if size not in SIZES:
        raise ConfigurationError(f"Icons are drawn at {sorted(SIZES)} pixels, not at {size}.")
    return format_html(
        '<svg class="icon icon-{}" viewBox="0 0 256 256" aria-hidden="true" focusable="false">{}</svg>',
        size,
        mark_safe(_drawing(name)),  # noqa: S308 - files of ours
    )


def mark(state: str, *, development: bool = False) -> SafeString:
    """The evidence mark of one state: recorded, integrated, anchored or stamped. A legend or a word stands with it."""
    return format_html(
        '<svg class="mark {}{}" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>',
        state,
        " development" if development else "",
        mark_safe(MARKS[state]),  # noqa: S308 - constants above
    )
