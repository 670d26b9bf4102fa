"""Attacks on MIME's structure and encodings."""

# ruff: noqa: E501  (one vector, one line: the table is read across)

from vectors.message import Vector, message, multipart, typed

_TEXT = b"Content-Type: text/plain\r\n\r\ntexto"


def _nested(depth: int) -> bytes:
    inner = _TEXT
    for level in range(depth):
        mark = b"n%d" % level
        inner = (
            b"Content-Type: multipart/mixed; boundary="
            + mark
            + b"\r\n\r\n--"
            + mark
            + b"\r\n"
            + inner
            + b"\r\n--"
            + mark
            + b"--"
        )
    return multipart(inner)


def _forwarded(depth: int) -> bytes:
    inner = message(b"fondo\r\n")
    for _ in range(depth):
        inner = message(inner, extra=b"Content-Type: message/rfc822\r\n")
    return inner


def _multiparts() -> list[Vector]:
    kind = b"Content-Type: multipart/mixed; "
    prefix = b'boundary="aa"\r\n'
    inner = b'Content-Type: multipart/mixed; boundary="limite"\r\n\r\n--limite\r\n' + _TEXT + b"\r\n--limite--"
    return [
        Vector(name="parts-10000", attacks="ten thousand parts", raw=multipart(*[_TEXT] * 10_000)),
        Vector(name="nested-200", attacks="multiparts nested two hundred deep", raw=_nested(200)),
        Vector(name="nested-3000", attacks="multiparts nested three thousand deep", raw=_nested(3000)),
        Vector(name="forwarded-200", attacks="message/rfc822 nested two hundred deep", raw=_forwarded(200)),
        Vector(name="boundary-missing", attacks="multipart without a boundary", raw=message(b"--x\r\n\r\na\r\n", extra=b"Content-Type: multipart/mixed\r\n")),
        Vector(name="boundary-empty", attacks="an empty boundary", raw=message(b"--\r\n\r\na\r\n----\r\n", extra=kind + b'boundary=""\r\n')),
        Vector(name="boundary-unused", attacks="a boundary that never comes", raw=message(b"nada\r\n", extra=kind + prefix)),
        Vector(name="boundary-unclosed", attacks="no closing delimiter", raw=message(b"--aa\r\n" + _TEXT + b"\r\n", extra=kind + prefix)),
        Vector(name="boundary-prefix", attacks="one boundary is the beginning of another",
               raw=message(b"--aa\r\nContent-Type: multipart/mixed; boundary=aab\r\n\r\n--aab\r\n" + _TEXT + b"\r\n--aab--\r\n--aa--\r\n", extra=kind + prefix)),
        Vector(name="boundary-shared", attacks="outer and inner multipart share the boundary", raw=multipart(inner)),
        Vector(name="boundary-long", attacks="a boundary of five thousand characters", raw=multipart(_TEXT, boundary=b"b" * 5000)),
        Vector(name="boundary-regex", attacks="a boundary made of pattern characters", raw=multipart(_TEXT, boundary=b"(.*)+[a-z]{9}?+$")),
        Vector(name="boundary-spaces", attacks="delimiters followed by white space", raw=message(b"--aa  \t\r\n" + _TEXT + b"\r\n--aa-- \r\n", extra=kind + prefix)),
        Vector(name="boundary-twice", attacks="two boundary parameters",
               raw=message(b"--aa\r\n" + _TEXT + b"\r\n--bb\r\n" + _TEXT + b"\r\n--bb--\r\n", extra=kind + b"boundary=aa; boundary=bb\r\n")),
        Vector(name="boundary-rfc2231", attacks="a boundary in RFC 2231 pieces", raw=message(b"--aa\r\n" + _TEXT + b"\r\n--aa--\r\n", extra=kind + b"boundary*0=a; boundary*1=a\r\n")),
        Vector(name="epilogue-part", attacks="a part hidden behind the closing delimiter", raw=multipart(_TEXT) + b"--limite\r\nContent-Type: text/html\r\n\r\n<b>oculto</b>\r\n"),
        Vector(name="preamble-text", attacks="text hidden in front of the first delimiter", raw=multipart(_TEXT).replace(b"\r\n\r\n--limite", b"\r\n\r\noculto\r\n--limite", 1)),
        Vector(name="alternative-disagrees", attacks="alternatives that say different things",
               raw=multipart(b"Content-Type: text/plain\r\n\r\nAcepto", b"Content-Type: text/html\r\n\r\n<p>No acepto</p>", kind=b"alternative")),
        Vector(name="part-without-headers", attacks="parts with no headers and no blank line", raw=multipart(b"", b"sin cabecera", b"\r\n")),
        Vector(name="related-loop", attacks="cid references that go in a circle",
               raw=multipart(b'Content-Type: text/html\r\nContent-ID: <a>\r\n\r\n<iframe src="cid:b">', b'Content-Type: text/html\r\nContent-ID: <b>\r\n\r\n<iframe src="cid:a">', kind=b"related")),
    ]  # fmt: skip


def _types() -> list[Vector]:
    external = b'message/external-body; access-type=URL; URL="http://ajeno.example/x"'
    partial = b'message/partial; id="p@x.example"; number=1; total=99999999'
    name = b"application/octet-stream; name="
    return [
        Vector(name="message-partial", attacks="message/partial, one of many", raw=typed(partial, b"trozo\r\n")),
        Vector(name="message-external", attacks="message/external-body", raw=typed(external, b"Content-Type: text/plain\r\n\r\n")),
        Vector(name="rfc822-base64", attacks="message/rfc822 in base64, which RFC 2046 forbids", raw=typed(b"message/rfc822", b"RnJvbTogYUB4LmV4YW1wbGUNCg0KaG9sYQ0K\r\n", b"base64")),
        Vector(name="tnef", attacks="winmail.dat (TNEF), truncated", raw=typed(b"application/ms-tnef; name=winmail.dat", b"eJ8+IgEAAQaQCAAEAAAAAAABAAEAAQeQBgAIAAAA\r\n", b"base64")),
        Vector(name="type-garbage", attacks="a Content-Type of punctuation", raw=typed(b";;;=\"=/;charset", b"x\r\n")),
        Vector(name="type-no-subtype", attacks="a Content-Type without a subtype", raw=typed(b"text", b"x\r\n")),
        Vector(name="type-parameters-10000", attacks="ten thousand parameters", raw=typed(b"text/plain" + b"".join(b";\r\n p%d=v" % n for n in range(10_000)), b"x\r\n")),
        Vector(name="type-rfc2231-gaps", attacks="RFC 2231 pieces with gaps, repeats and huge numbers",
               raw=typed(name + b"a; name*0*=utf-8''%41; name*2=c; name*999999999999=z; name*0=b", b"x\r\n")),
        Vector(name="filename-path", attacks="a file name that climbs directories and has NUL and bidi escapes",
               raw=message(b"x\r\n", extra=b"Content-Disposition: attachment; filename=\"../../../etc/passwd\";\r\n filename*=utf-8''..%5C..%5Cfactura%00%E2%80%AEfdp.exe\r\n")),
        Vector(name="filename-huge", attacks="a file name of thirty thousand characters", raw=message(b"x\r\n", extra=b'Content-Disposition: attachment; filename="' + b"f" * 30_000 + b'"\r\n')),
        Vector(name="base64-garbage", attacks="base64 with other characters, breaks and padding in the middle", raw=typed(b"application/pdf", b"JV=B\xff\xfe*ER@@\r\n=\r\nAA=\r\nA\r\n" * 40, b"base64")),
        Vector(name="base64-one-character", attacks="base64 of a single character", raw=typed(b"image/png", b"A\r\n", b"base64")),
        Vector(name="qp-garbage", attacks="quoted-printable with bad escapes and a soft break at the end", raw=typed(b"text/plain; charset=utf-8", b"=ZZ =1 == =C3 =\r\nfin=", b"quoted-printable") + b"\r\n"),
        Vector(name="uuencode", attacks="x-uuencode with wrong lengths", raw=typed(b"text/plain", b"begin 644 ../x\r\n#0V%T\r\nM~~~\r\nend\r\n", b"x-uuencode")),
        Vector(name="encoding-unknown", attacks="an encoding that does not exist", raw=typed(b"text/plain", b"x\r\n", b"rot13; base64")),
        Vector(name="encoding-multipart-base64", attacks="a multipart that says it is base64", raw=multipart(_TEXT).replace(b"boundary=\"limite\"\r\n", b"boundary=\"limite\"\r\nContent-Transfer-Encoding: base64\r\n")),
        Vector(name="signed-broken", attacks="multipart/signed with one part", raw=multipart(_TEXT, kind=b"signed")),
        Vector(name="report-false", attacks="a forged delivery report", raw=multipart(_TEXT, b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; \r\nAction: failed\r\nStatus: 9.9.9", kind=b"report")),
    ]  # fmt: skip


def vectors() -> list[Vector]:
    """Return the attacks on structure, types and encodings."""
    return [*_multiparts(), *_types()]
