"""mail.causes: the vocabulary is whole, and no reply makes a rule slow or fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.mail.causes import vocabulary
from acuse.mail.causes.decide import ORDER, VAGUE, decide
from acuse.mail.causes.providers import PROVIDERS, provider_of
from acuse.mail.causes.rule import Phrases, Reply, folded, says, status
from acuse.mail.causes.vocabulary import FAILURE_CLASSES, PERMANENT_CLASSES, REPORT_CLASSES, WAITING_CLASSES
from acuse.proof.facts import communication

RULES = (*ORDER, *VAGUE, *(rule for provider in PROVIDERS for rule in provider.rules))
COARSE = {
    "user_unknown", "policy", "expired_timeout", "recipient_refused", "mailbox_full", "spam_or_reputation",
    "server_or_network", "auth_policy", "host_unknown", "message_too_big", "undetermined", "throttled",
    "content_blocked", "protocol_error",
}  # fmt: skip


def test_both_tables_know_every_cause() -> None:
    causes = {rule.cause for rule in RULES} | {vocabulary.UNDETERMINED, vocabulary.PROGRAM_FAILED}
    assert causes == set(FAILURE_CLASSES) == set(REPORT_CLASSES)
    assert set(PERMANENT_CLASSES) <= causes
    assert set(WAITING_CLASSES) <= causes


def test_the_classes_are_those_of_the_product() -> None:
    told = {*FAILURE_CLASSES.values(), *PERMANENT_CLASSES.values(), *WAITING_CLASSES.values()}
    assert told - {"undetermined"} <= set(communication.FAILURE_CLASSES)
    assert set(REPORT_CLASSES.values()) == COARSE


def test_every_rule_says_why() -> None:
    assert all(rule.why and not rule.why.endswith(".") for rule in RULES)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("gmail-smtp-in.l.google.com", "Google"),
        ("GMAIL.COM.", "Google"),
        ("destino-es.mail.protection.outlook.com", "Microsoft"),
        ("mta7.am0.yahoodns.net", "Yahoo"),
        ("mx.notgoogle.example", None),
        ("", None),
    ],
)
def test_providers_are_known_by_their_hosts(host: str, name: str | None) -> None:
    found = provider_of("", host)
    assert (found.name if found else None) == name


def test_the_surest_host_tells_the_provider() -> None:
    found = provider_of("mx.yahoodns.net", "gmail.com")
    assert found is not None
    assert found.name == "Yahoo"


def test_a_gap_is_short() -> None:
    phrases = Phrases("mailbox * unknown")
    assert phrases.within(folded("550 Mailbox <a@destino.example> unknown"))
    assert not phrases.within(folded(f"mailbox {'x' * 100} unknown"))


def test_accents_case_and_repeated_codes_make_no_difference() -> None:
    assert folded("550-5.1.1 El BUZÓN\r\n550 5.1.1 no  existe") == "el buzon no existe"


def test_a_rule_keeps_to_its_digits_stages_and_exceptions() -> None:
    rule = says("refused", "why", "no", digits="5", stages=("rcpt",), unless=Phrases("yes"))
    assert rule.applies(Reply(text="no", stage="rcpt"))
    assert not rule.applies(Reply(text="no", stage="rcpt", digit="4"))
    assert not rule.applies(Reply(text="no", stage="data"))
    assert not rule.applies(Reply(text="no yes", stage="rcpt"))


def test_patterns_of_enhanced_codes() -> None:
    rule = status("refused", "why", "x.7.*", "5.1.1")
    assert [code for code in ("5.7.1", "4.7.650", "5.1.1", "5.1.10", "5.17.1", "") if
            rule.applies(Reply(text="", enhanced=code))] == ["5.7.1", "4.7.650", "5.1.1"]  # fmt: skip


@given(st.text(max_size=300), st.sampled_from(["", "connect", "rcpt", "data"]), st.sampled_from(["", "550", "451"]))
def test_any_reply_has_a_cause(text: str, stage: str, code: str) -> None:
    reply = Reply(text=folded(text), code=code, stage=stage, digit=code[:1] or "5")
    for host in ("", *(provider.hosts[0] for provider in PROVIDERS)):
        assert decide(reply, host).cause in FAILURE_CLASSES


@pytest.mark.parametrize("piece", ["user ", "mailbox", "a", " ", "(", "5.7.1 ", "550-", "ñ", "<", "unable to connect "])
def test_hostile_texts_are_bounded(piece: str) -> None:
    text = folded(piece * 2_000_000)
    assert len(text) <= 2 * 4096
    assert decide(Reply(text=text, code="550")).cause in FAILURE_CLASSES
