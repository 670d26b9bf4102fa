"""A small HTTP client that keeps cookies and fills in forms: what a browser does, without one."""

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from email.message import Message
from html import unescape
from uuid import uuid4

from tests.flows.installation import Installation


@dataclass(frozen=True, kw_only=True)
class Page:
    """An answer: `path` is where redirects led."""

    status: int
    path: str
    headers: Message
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-8")


@dataclass
class Visitor:
    """Somebody at a browser, who reads English. `token`: what the pages call the token of their forms."""

    address: str
    token: str = "csrfmiddlewaretoken"
    cookies: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def get(self, path: str) -> Page:
        return self._open(urllib.request.Request(f"{self.address}{path}"))

    def post(
        self,
        path: str,
        form: str | Page | None = None,
        file: tuple[str, bytes] | None = None,
        **fields: str | list[str],
    ) -> Page:
        """Send a form of the page `form` (else of `path`), with its token; of an open one, with all that it hides."""
        if isinstance(form, Page):
            held = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form.text)
            fields = {**{name: unescape(value) for name, value in held}, **fields}
        else:
            token = re.search(rf'name="{self.token}" value="([^"]+)"', self.get(form or path).text)
            assert token, f"{form or path} has no form"
            fields = {self.token: token[1], **fields}
        if file is None:
            body, kind = urllib.parse.urlencode(fields, doseq=True).encode(), "application/x-www-form-urlencoded"
        else:
            body, kind = _multipart(fields, file)
        return self._open(
            urllib.request.Request(f"{self.address}{path}", data=body, headers={"Content-Type": kind}, method="POST")
        )

    def log_in(self, email: str, password: str) -> Page:
        return self.post("/accounts/login/", login=email, password=password)

    def _open(self, request: urllib.request.Request) -> Page:
        request.add_header("Accept-Language", "en")
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        try:
            reply = opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            reply = error
        with reply:
            return Page(
                status=reply.status,
                path=urllib.parse.urlsplit(reply.url).path,
                headers=reply.headers,
                content=reply.read(),
            )


def _multipart(fields: dict[str, str | list[str]], file: tuple[str, bytes]) -> tuple[bytes, str]:
    boundary = uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{file[0]}"\r\n\r\n'
    body = b"".join(parts) + head.encode() + file[1] + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


def visitor(running: Installation) -> Visitor:
    """Return somebody who has not logged in."""
    return Visitor(running.environment["ACUSE_PUBLIC_URL"])
