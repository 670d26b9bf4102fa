"""Sentences of ours about a try, in the reader's language; nothing else is touched."""

import ast
from pathlib import Path

import pytest

from acuse.mail.diagnostics import in_language

CHANNELS = Path(__file__).parents[3] / "src/acuse/channels"
FILES = ("dns.py", "email/wire.py", "email/session.py", "email/send.py")
RAISED = {"Broken", "Rejected", "TlsFailed", "PolicyUnmet", "NoMailDomain", "DnsUnavailable", "OnlyPrivateAddresses"}
#: Bad parameters of a program of ours, which no door lets through.
NEVER_RECORDED = ("Unknown DSN parameters.", "ENVID and ORCPT must be xtext (RFC 3461 4).")


def text_of(node: ast.expr) -> str | None:
    """A literal with `7` in place of what is put into it, or None."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)
    return None


def sentences() -> set[str]:
    """What the channel raises, or gives as the reason of an outcome."""
    found = set()
    for name in FILES:
        for node in ast.walk(ast.parse((CHANNELS / name).read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            given = [*(node.args if called in RAISED | {"_local"} else ()), *(
                one.value for one in node.keywords if one.arg == "reason"
            )]  # fmt: skip
            found |= {text for one in given if (text := text_of(one)) and " " in text}
    return found - set(NEVER_RECORDED)


def test_every_sentence_of_the_channel_is_said_in_spanish() -> None:
    assert len(sentences()) > 25
    unknown = [one for one in sentences() if in_language(one, "es")[1] != "es" and one != "The server 7."]
    assert unknown == []
    for what in ("did not answer in time", "broke off (ConnectionResetError)"):
        assert in_language(f"The server {what}.", "es")[1] == "es"


@pytest.mark.parametrize(
    ("recorded", "said"),
    [
        (
            "No connection to mx.inalcanzable.example (127.0.0.9:25): Connection refused.",
            "Sin conexión con mx.inalcanzable.example (127.0.0.9:25): conexión rechazada.",
        ),
        (
            "The domain nullmx.example says that it takes no mail (null MX).",
            "El dominio nullmx.example declara que no admite correo (MX nulo).",
        ),
        (
            "No answer came after the whole message: The server closed the connection.",
            "No llegó respuesta después del mensaje entero: El servidor cerró la conexión.",
        ),
    ],
)
def test_as_it_is_read(recorded: str, said: str) -> None:
    assert in_language(recorded, "es") == (said, "es")
    assert in_language(recorded, "en") == (recorded, "en")


@pytest.mark.parametrize("text", ["550 5.1.1 No such user", "", "The server is on fire.", "timed out waiting for you"])
def test_what_is_not_ours_stays_as_it_came(text: str) -> None:
    assert in_language(text, "es") == (text, "en")
