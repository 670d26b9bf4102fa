"""Puts a time stamp token into a finished CMS signature, byte for byte (RFC 5652, 5.3; RFC 3161, appendix A).

pyHanko would do it through asn1crypto, which takes every length that ends in 0x80 for an indefinite one and then
encodes the value anew, each level twice: for one seal in some dozens that costs half a minute, and it need not give
the authority's signed bytes back.
"""

_NAME = bytes.fromhex("060b2a864886f70d010910020e")
"""DER of id-aa-timeStampToken, 1.2.840.113549.1.9.16.2.14."""

_SIGNATURE = 5


def signature_value(signature: bytes) -> bytes:
    """Return the signature value of the one signer of a CMS in DER: what a signature time stamp is over."""
    return _content(_signer_parts(signature)[_SIGNATURE])


def add_time_stamp(signature: bytes, token: bytes) -> bytes:
    """Return the CMS with `token` as its only unsigned attribute.

    Args:
        signature: DER of a ContentInfo with one signer and no unsigned attribute.
        token: DER of the token.
    """
    kind, wrapped = _parts(signature)
    *before, _ = _parts(_parts(wrapped)[0])
    attribute = wrap(0x30, _NAME, wrap(0x31, token))
    signer = wrap(0x30, *_signer_parts(signature), wrap(0xA1, attribute))
    return wrap(0x30, kind, wrap(0xA0, wrap(0x30, *before, wrap(0x31, signer))))


def _signer_parts(signature: bytes) -> list[bytes]:
    signers = _parts(_parts(_parts(signature)[1])[0])[-1]
    return _parts(_parts(signers)[0])


def _parts(value: bytes) -> list[bytes]:
    content = _content(value)
    found = []
    while content:
        size = len(content) - len(_after(content))
        found.append(content[:size])
        content = content[size:]
    return found


def _content(value: bytes) -> bytes:
    start, size = _header(value)
    return value[start : start + size]


def _after(value: bytes) -> bytes:
    start, size = _header(value)
    return value[start + size :]


def _header(value: bytes) -> tuple[int, int]:
    """Offset and size of the content; the values come from our own encoder, so they are DER."""
    count = value[1] & 0x7F if value[1] & 0x80 else 0
    return 2 + count, int.from_bytes(value[2 : 2 + count] if count else value[1:2], "big")


def wrap(tag: int, *values: bytes) -> bytes:
    """Return the DER of one value: tag, definite length, contents."""
    content = b"".join(values)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content
