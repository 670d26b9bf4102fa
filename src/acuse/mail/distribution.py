"""Telling mail that was distributed to many, which nothing answers by itself: an answer could go round for ever."""

from acuse.mail import headers

_MANY = frozenset({"list", "bulk", "junk"})


def is_distributed(raw: bytes) -> bool:
    """Say whether a mailing list or a mass mailing brought a message: List-Id (RFC 2919) or Precedence says so.

    RFC 3834 section 2 has automatic answers kept from both. `List-Unsubscribe` alone says nothing: many programs by
    which one person writes to another add it.

    Args:
        raw: the message as it came.
    """
    fields, _, _ = headers.split_block(raw, 0, len(raw))
    precedence = (headers.text_of(fields, "Precedence") or "").strip().lower()
    return headers.first(fields, "List-Id") is not None or precedence in _MANY
