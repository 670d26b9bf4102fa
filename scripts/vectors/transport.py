"""Attacks on SMTP's DATA and on the form of lines and headers."""

# ruff: noqa: E501  (one vector, one line: the table is read across)

from vectors.message import DATE, FORM, LOOP, MIME, SENDER, Vector, message

_SECOND = b"MAIL FROM:<avisos@talleres-ribera.example>\r\nRCPT TO:<victima@acepta.example>\r\nDATA\r\nSubject: dos\r\n\r\ndos\r\n"


def _smuggling() -> list[Vector]:
    ends = {
        "lf-dot-lf": b"\n.\n", "lf-dot-crlf": b"\n.\r\n", "cr-dot-cr": b"\r.\r", "cr-dot-crlf": b"\r.\r\n",
        "crlf-dot-cr": b"\r\n.\r", "crlf-dot-lf": b"\r\n.\n", "crlf-nul-dot-crlf": b"\r\n\0.\r\n",
        "crlf-dot-nul-crlf": b"\r\n.\0\r\n", "crcrlf-dot-crcrlf": b"\r\r\n.\r\r\n",
    }  # fmt: skip
    return [
        Vector(
            name=f"smuggling-{name}",
            attacks="a second transaction smuggled behind a false end of DATA",
            raw=message(b"uno" + end + _SECOND, identifier=b"s-" + name.encode()),
            connector=FORM,
        )
        for name, end in ends.items()
    ]


def _lines() -> list[Vector]:
    return [
        Vector(name="nul-in-body", attacks="NUL octets in the body", raw=message(b"a\0b\r\n\0\r\n"), connector=FORM),
        Vector(name="nul-in-subject", attacks="a NUL in a header", raw=message(subject=b"a\0b"), connector=FORM),
        Vector(name="bare-cr", attacks="a bare CR in the body", raw=message(b"uno\rdos\r\n"), connector=FORM),
        Vector(name="bare-lf", attacks="a bare LF in the body", raw=message(b"uno\ndos\r\n"), connector=FORM),
        Vector(name="mixed-line-ends", attacks="CRLF, LF and CR in one message",
               raw=message(b"a\r\nb\nc\rd\r\n").replace(b"MIME-Version: 1.0\r\n", b"MIME-Version: 1.0\n"), connector=FORM),
        Vector(name="lf-only", attacks="every line ended by LF", raw=message().replace(b"\r\n", b"\n") + b"\r\n", connector=FORM),
        Vector(name="line-999", attacks="a line longer than 998 octets", raw=message(b"x" * 999 + b"\r\n")),
        Vector(name="line-65000", attacks="a line just below 64 kB", raw=message(b"y" * 65000 + b"\r\n")),
        Vector(name="line-70000", attacks="a line above 64 kB", raw=message(b"z" * 70000 + b"\r\n"), connector=FORM),
        Vector(name="header-line-70000", attacks="a header line above 64 kB", raw=message(subject=b"s" * 70000), connector=FORM),
        Vector(name="dots", attacks="dot-stuffing: lines of one, two and three dots, a dot in front of text",
               raw=message(b".\r\n..\r\n...\r\n.texto\r\n..texto\r\n. \r\n.\t\r\n")),
        Vector(name="dot-first-line", attacks="dot-stuffing where the first line of all is a dot", raw=b".X: y\r\n" + message()),
        Vector(name="dots-only-body", attacks="a body of a hundred lines, each a dot", raw=message(b".\r\n" * 100)),
        Vector(name="no-final-line-end-dots", attacks="the last line is two dots", raw=message(b"fin\r\n..\r\n")),
        Vector(name="blank-lines", attacks="a body of ten thousand empty lines", raw=message(b"\r\n" * 10_000)),
    ]  # fmt: skip


def _headers() -> list[Vector]:
    received = b"Received: from a.example by b.example; Mon, 16 Nov 2026 09:00:00 +0100\r\n"
    return [
        Vector(name="empty", attacks="nothing at all", raw=b"", connector=FORM),
        Vector(name="empty-line", attacks="one empty line", raw=b"\r\n", connector=FORM),
        Vector(name="no-from", attacks="no From", raw=message().replace(SENDER, b""), connector=FORM),
        Vector(name="no-headers", attacks="a body without headers", raw=b"\r\nSolo cuerpo.\r\n", connector=FORM),
        Vector(name="no-blank-line", attacks="text where the blank line should be",
               raw=message().replace(b"\r\n\r\n", b"\r\nEsto no es un campo\r\n"), connector=FORM),
        Vector(name="headers-only", attacks="headers, and no blank line nor body", raw=SENDER + b"Subject: nada\r\n" + DATE),
        Vector(name="minimal", attacks="only From: no Date, no Message-ID, no To", raw=SENDER + b"\r\nx\r\n"),
        Vector(name="duplicate-from", attacks="two From headers", raw=message(extra=b"From: otro@ajeno.example\r\n"), connector=FORM),
        Vector(name="duplicate-headers", attacks="Subject, To, Date and Message-ID twice",
               raw=message(extra=b"Subject: otro\r\nTo: otro@acepta.example\r\n" + DATE + b"Message-ID: <dos@x.example>\r\n")),
        Vector(name="duplicate-content-type", attacks="two Content-Type headers that disagree",
               raw=message(b"<b>x</b>\r\n", extra=b"Content-Type: text/plain\r\nContent-Type: text/html\r\n")),
        Vector(name="endless-folding", attacks="a header folded over twenty thousand lines",
               raw=message(extra=b"X-Plegado: a\r\n" + b" b\r\n" * 20_000)),
        Vector(name="blank-folds", attacks="continuation lines of white space only",
               raw=message(extra=b"X-Vacio: a\r\n \r\n\t\r\n b\r\n")),
        Vector(name="huge-header", attacks="a header of 900 kB", raw=message(extra=b"X-Grande: " + (b"g" * 900 + b"\r\n ") * 1000 + b"g\r\n")),
        Vector(name="many-headers", attacks="ten thousand headers", raw=message(extra=b"".join(b"X-N%d: v\r\n" % n for n in range(10_000)))),
        Vector(name="huge-message-id", attacks="a Message-ID of 60 kB", raw=message(identifier=b"i" * 60_000)),
        Vector(name="strange-message-ids", attacks="a Message-ID with spaces, quotes and markup",
               raw=message(identifier=b'"><script>alert(1)</script> a b')),
        Vector(name="empty-message-id", attacks="an empty Message-ID", raw=SENDER + b"Message-ID:\r\nSubject: x\r\n\r\nx\r\n"),
        Vector(name="header-name-odd", attacks="header names with spaces, 8-bit octets and no name at all",
               raw=message(extra="Ñame: x\r\nTwo words: y\r\n: sin nombre\r\n".encode()), connector=FORM),
        Vector(name="header-space-colon", attacks="white space before the colon (obsolete syntax)", raw=message(extra=b"X-Obsoleto \t: v\r\n")),
        Vector(name="first-line-folded", attacks="the first line is a continuation", raw=b" continuacion\r\n" + message(), connector=FORM),
        Vector(name="mbox-from", attacks="an mbox separator in front", raw=b"From avisos Mon Nov 16 09:00:00 2026\r\n" + message(), connector=FORM),
        Vector(name="raw-8bit-headers", attacks="Latin-1 octets in a header, undeclared", raw=message(subject="Reparación".encode("latin-1"))),
        Vector(name="raw-utf8-headers", attacks="UTF-8 in a header, undeclared", raw=message(subject="Reparación €".encode())),
        Vector(name="surrogates-utf8", attacks="lone surrogates and overlong forms as UTF-8", raw=message(b"\xed\xa0\x80 \xc0\xaf\r\n", subject=b"\xed\xb2\x80\xed\xa0\x80")),
        Vector(name="rfc2047-injection", attacks="CRLF and a header inside encoded-words",
               raw=message(subject=b"=?utf-8?Q?a=0D=0ABcc:_victima=40acepta.example=0D=0A?= =?utf-8?B?DQpYLUludHJ1c286IDENCg==?=")),
        Vector(name="rfc2047-bomb", attacks="thirty thousand encoded-words",
               raw=message(subject=b"\r\n ".join([b"=?utf-8?Q?=C3=B1?= =?iso-8859-1?B?8Q==?="] * 15_000))),
        Vector(name="rfc2047-broken", attacks="encoded-words with bad charsets, bad base64, nested and unclosed",
               raw=message(subject=b"=?x-nada?Q?a?= =?utf-8?B?%%%?= =?utf-8?Q?=?utf-8?Q?b?=?= =?utf-8?Q?sin cerrar")),
        Vector(name="rfc2047-split-character", attacks="one character split over two encoded-words", raw=message(subject=b"=?utf-8?Q?=C3?= =?utf-8?Q?=B1?=")),
        Vector(name="from-comments", attacks="a From with nested comments and a false address in a quoted name",
               raw=message().replace(SENDER, b'From: "jefe@banco.example" (a (b) <x@y.example>) <avisos@talleres-ribera.example>\r\n')),
        Vector(name="from-encoded-address", attacks="an address hidden in an encoded-word",
               raw=message().replace(SENDER, b"From: =?utf-8?Q?jefe=40banco=2Eexample?= <avisos@talleres-ribera.example>\r\n")),
        Vector(name="from-unreadable", attacks="a From in which no address can be read", raw=message().replace(SENDER, b"From: <<>>@@,,;:\r\n"), connector=FORM),
        Vector(name="received-30", attacks="thirty Received headers, the most allowed", raw=received * 30 + message()),
        Vector(name="received-31", attacks="a mail loop: thirty-one Received headers", raw=received * 31 + message(), connector=LOOP),
        Vector(name="date-absurd", attacks="dates that no calendar has", raw=message().replace(DATE, b"Date: 99 Foo 99999999 25:61:61 +9999\r\n")),
        Vector(name="address-bomb", attacks="fifty thousand addresses in To",
               raw=message().replace(b"To: cliente@acepta.example", b"To: " + b",\r\n ".join(b"c%d@acepta.example" % n for n in range(50_000)))),
        Vector(name="mime-version-odd", attacks="a MIME-Version that does not exist", raw=message().replace(MIME, b"MIME-Version: 7.5 (hola)\r\n")),
    ]  # fmt: skip


def vectors() -> list[Vector]:
    """Return the attacks on transport, lines and headers."""
    return [*_smuggling(), *_lines(), *_headers()]
