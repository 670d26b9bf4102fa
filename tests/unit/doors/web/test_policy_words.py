"""What a recipient's domain asked of the connection, as the console tells it."""

import pytest
from django.utils import translation

from acuse.doors.console import timeline
from tests.unit.doors.web.test_evidence_words import ATTEMPT, facts


@pytest.mark.parametrize(
    ("kind", "mode", "result", "english", "spanish"),
    [
        ("mta-sts", "enforce", "met", "as the domain asks by MTA-STS", "según lo que el dominio pide por MTA-STS"),
        ("dane", "enforce", "met", "as the domain asks by DANE", "según lo que el dominio pide por DANE"),
        (
            "mta-sts",
            "testing",
            "unmet",
            "not as the domain asks by MTA-STS, in testing",
            "no según lo que el dominio pide por MTA-STS, en pruebas",
        ),
        (
            "dane",
            "encrypt",
            "unmet",
            "not as the domain asks by DANE: nothing was sent",
            "no según lo que el dominio pide por DANE: no se envió nada",
        ),
        ("mta-sts", "enforce", "unreached", None, None),
        ("opportunistic", None, "met", None, None),
    ],
)
def test_the_policy_that_applied(
    kind: str, mode: str | None, result: str, english: str | None, spanish: str | None
) -> None:
    policy = {"kind": kind, "mode": mode, "source": [], "result": result, "finding": None}
    for language, expected in (("en", english), ("es", spanish)):
        with translation.override(language):
            before = timeline.tell(facts(("attempt.relayed", ATTEMPT))[-1]).transport
            now = timeline.tell(facts(("attempt.relayed", {**ATTEMPT, "policy": policy}))[-1]).transport
            assert [one.text for one in now if one not in before] == ([expected] if expected else [])
