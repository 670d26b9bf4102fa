"""What a recipient's domain asked of the connection, as the certificate tells it in words."""

from typing import Any

import pytest

from acuse.certificates.stories.runs import plain
from tests.unit.certificates import samples
from tests.unit.certificates.test_stories import rows, told

LATER = "2026-11-23T12:00:00.000000Z"


def policy(kind: str, mode: str | None, result: str) -> dict[str, Any]:
    finding = "the server offers no TLS" if result == "unmet" else None
    return {"kind": kind, "mode": mode, "source": ["id: 1"], "result": result, "finding": finding}


def source_of(history: samples.History, language: Any) -> str:
    return plain(rows(told(history, language))[-1]["source"])


@pytest.mark.parametrize(
    ("applied", "spanish", "english"),
    [
        (("mta-sts", "enforce", "met"), "según la política MTA-STS del dominio", "as the domain’s MTA-STS policy asks"),
        (("mta-sts", "testing", "met"), "del dominio, que está en pruebas", "MTA-STS policy, still in testing, asks"),
        (
            ("mta-sts", "testing", "unmet"),
            "MTA-STS del dominio, en pruebas, no se cumple",
            "is not met; it is only in testing",
        ),
        (("dane", "enforce", "met"), "según los registros DANE del dominio", "as the domain’s DANE records ask"),
        (("dane", "encrypt", "met"), "DANE del dominio, sin identificar", "records ask; they name no server"),
    ],
)
def test_what_was_sent_says_which_policy_applied(applied: tuple[str, str, str], spanish: str, english: str) -> None:
    for language, words in (("es", spanish), ("en", english)):
        history = samples.History().opened(0.9)
        history.answered("attempt.relayed", 3.1, 250, "250 2.0.0 Ok\r\n", policy=policy(*applied))
        assert words in source_of(history, language)


@pytest.mark.parametrize("applied", [("mta-sts", "enforce"), ("dane", "enforce"), ("dane", "encrypt")])
def test_what_a_policy_forbade_says_that_nothing_was_sent(applied: tuple[str, str]) -> None:
    for language, words in (("es", "no se envió nada, porque"), ("en", "nothing was sent, because")):
        history = samples.History().opened(0.9)
        more = {"failure_class": "server_unavailable", "retry_at": LATER, "tls": None, "stage": "tls", "reason": "x"}
        history.answered("attempt.deferred", 3.1, 0, "", policy=policy(*applied, "unmet"), **more)
        assert words in source_of(history, language)


@pytest.mark.parametrize(
    "applied", [("opportunistic", None, "met"), ("verified", None, "met"), ("mta-sts", "enforce", "unreached")]
)
def test_where_the_domain_asked_nothing_the_words_are_as_before(applied: tuple[str, str | None, str]) -> None:
    history = samples.History().opened(0.9)
    history.answered("attempt.relayed", 3.1, 250, "250 2.0.0 Ok\r\n", policy=policy(*applied))
    before = samples.History().opened(0.9)
    before.answered("attempt.relayed", 3.1, 250, "250 2.0.0 Ok\r\n")
    assert source_of(history, "es") == source_of(before, "es")
