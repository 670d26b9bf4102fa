"""The verifier on whole files: what it accepts, what it says, and that no byte can change unseen."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.proof import merkle, pdf
from acuse.proof.archive import Archive
from acuse.proof.bundle import Bundle, ProvenFact
from acuse.proof.canonical import canonicalise
from acuse.proof.checkpoint import Checkpoint, sign
from acuse.proof.facts.fact import Fact, ObjectReference
from acuse.proof.report import Report, State
from acuse.proof.tlog_proof import TlogProof
from acuse.proof.trust import Trust
from acuse.proof.verdicts.delivery import statement, verdict
from acuse.proof.verify import verify_bytes
from tests.pki import DAY, Entity, issue
from tests.unit.proof.support import ACCEPTED, MESSAGE, MOMENT, Operator, chain, fact, real_operator, tree

OPERATOR = Operator()
DIGEST = hashlib.sha256(MESSAGE).hexdigest()
REFERENCE = ObjectReference(role="message", sha256=DIGEST, size=len(MESSAGE), media_type="message/rfc822")
FIRST = fact(details=ACCEPTED, objects=[REFERENCE])
FACTS = [FIRST, fact("attempt.relayed", after=FIRST)]
BUNDLE = OPERATOR.bundle(FACTS)
RAW = BUNDLE.to_json()


def stated(facts: list[Fact] = FACTS, up_to: int = 2) -> bytes:
    return canonicalise(statement(verdict(facts), facts, facts_up_to=up_to))


def check(raw: bytes, trust: Trust = OPERATOR.trust) -> Report:
    return verify_bytes(raw, filename="proof.json", trust=trust)


def states(report: Report) -> dict[int, State]:
    return {step.number: step.state for step in report.steps}


def failure(report: Report) -> tuple[int, str]:
    assert report.state is State.INVALID, report.to_text()
    step = next(step for step in report.steps if step.state is State.INVALID)
    return step.number, step.text


def test_a_good_bundle() -> None:
    report = check(RAW)
    assert (report.state, report.exit_status, report.kind) == (State.VALID, 0, "bundle")
    valid, absent = State.VALID, State.NOT_THERE
    assert states(report) == {1: valid, 2: valid, 3: valid, 4: valid, 5: valid, 6: absent, 7: absent, 8: valid}
    assert report.verdict is not None
    assert (report.verdict.outcome, report.verdict.grade) == ("relayed", 1)
    assert report.positions == (0, 2)
    assert report.development
    assert "Development time stamp – no legal value" in report.to_text()
    assert "Not proved: that it reached the inbox" in report.to_text()
    assert "Withheld from this file: message" in report.to_text()
    assert report.sealed_by is not None
    assert "Seal" in report.sealed_by


def test_a_stamp_that_is_not_of_the_development_policy() -> None:
    operator = real_operator()
    report = check(operator.bundle(FACTS).to_json(), operator.trust)
    assert report.state is State.VALID
    assert not report.development
    assert "Development" not in report.to_text()


def test_without_a_time_stamp_it_is_valid_and_says_so() -> None:
    report = check(OPERATOR.bundle(FACTS, stamped=False).to_json())
    assert report.state is State.VALID
    assert states(report)[5] is State.NOT_THERE
    assert "No time stamp" in report.to_text()


def test_without_anchors_integrity_is_reported() -> None:
    report = check(RAW, Trust())
    assert (report.state, report.exit_status) == (State.CANNOT_TELL, 2)
    assert {number for number, state in states(report).items() if state is State.CANNOT_TELL} == {4, 5}
    assert states(report)[3] is State.VALID
    assert report.verdict is not None


def test_the_log_key_may_be_trusted_instead_of_the_seal() -> None:
    keys = Trust(log_keys=(OPERATOR.key.verifier().line(),))
    assert check(OPERATOR.bundle(FACTS, stamped=False, bound=False).to_json(), keys).state is State.VALID
    assert states(check(RAW, keys))[4] is State.VALID
    bare = check(OPERATOR.bundle(FACTS, bound=False).to_json())
    assert states(bare)[4] is State.CANNOT_TELL


def test_another_key_than_the_trusted_one_of_that_log_is_refused() -> None:
    twin = Operator()
    trust = OPERATOR.trust | Trust(log_keys=(twin.key.verifier().line(),))
    assert twin.key.name == OPERATOR.key.name
    assert failure(check(RAW, trust))[0] == 4


def test_an_anchor_of_time_stamps_vouches_for_no_operator() -> None:
    roots = OPERATOR.trust.seals
    assert check(RAW, Trust(seals=roots, stamps=roots)).state is State.VALID
    assert states(check(RAW, Trust(stamps=roots)))[4] is State.CANNOT_TELL
    assert states(check(RAW, Trust(seals=roots)))[5] is State.CANNOT_TELL


def test_a_bundle_of_another_operator_is_not_ours() -> None:
    assert check(Operator().bundle(FACTS).to_json()).state is State.CANNOT_TELL


def test_a_bundle_of_an_organisation_has_no_verdict() -> None:
    facts = [fact("organisation.created", kind="organisation", details={"name": "Talleres"})]
    report = check(OPERATOR.bundle(facts).to_json())
    assert (report.state, report.verdict) == (State.VALID, None)
    assert states(report)[8] is State.NOT_THERE


def test_every_changed_byte_is_caught() -> None:
    small = OPERATOR.bundle([FIRST])
    raw = small.to_json()
    assert check(raw).state is State.VALID
    for index in range(len(raw)):
        changed = bytearray(raw)
        changed[index] ^= 1 << index % 7
        assert check(bytes(changed)).state is not State.VALID, f"byte {index} of {len(raw)}"


def test_every_shorter_bundle_is_caught() -> None:
    for length in range(0, len(RAW), 97):
        assert check(RAW[:length]).state is not State.VALID


def without_first() -> Bundle:
    return replace(BUNDLE, facts=BUNDLE.facts[1:])


def swapped() -> Bundle:
    return replace(BUNDLE, facts=BUNDLE.facts[::-1])


def other_details() -> Bundle:
    item = BUNDLE.facts[0]
    return replace(
        BUNDLE, facts=(replace(item, fact=replace(item.fact, details={**ACCEPTED, "recipient": "x@y.example"})),)
    )


def moved() -> Bundle:
    return replace(BUNDLE, facts=(replace(BUNDLE.facts[0], position=1),))


def other_key() -> Bundle:
    return replace(BUNDLE, key=Operator().key.verifier().line())


def other_binding() -> Bundle:
    return replace(BUNDLE, binding=Operator().binding())


def other_stamp() -> Bundle:
    return replace(BUNDLE, tokens=(OPERATOR.stamp(b"something else"),))


def other_subject() -> Bundle:
    second = replace(FACTS[1], subject=replace(FACTS[1].subject, id=FACTS[1].id))
    return OPERATOR.bundle([FIRST, second])


def other_organisation() -> Bundle:
    return OPERATOR.bundle([FIRST, replace(FACTS[1], organisation=FACTS[1].id)])


@pytest.mark.parametrize(
    ("forge", "step"),
    [
        (without_first, 2),
        (swapped, 2),
        (other_subject, 2),
        (other_organisation, 2),
        (other_details, 3),
        (moved, 3),
        (other_key, 4),
        (other_binding, 4),
        (other_stamp, 5),
    ],
)
def test_forgeries_fail_at_their_step(forge: Callable[[], Bundle], step: int) -> None:
    report = check(forge().to_json())
    assert failure(report)[0] == step
    assert report.verdict is None
    assert report.facts == ()


def test_facts_that_stand_in_the_ledger_in_another_order_are_refused() -> None:
    """Each is included where it says, and the chain holds: only the order of the places is wrong."""
    read = tree([FACTS[1].leaf(), merkle.leaf_hash(b"another"), FACTS[0].leaf()])
    note = sign(Checkpoint(origin=OPERATOR.key.name, size=3, root=merkle.root(read, 3)), OPERATOR.key)
    facts = tuple(
        ProvenFact(fact=each, position=position, path=tuple(merkle.inclusion_path(read, position, 3)))
        for each, position in zip(FACTS, (2, 0), strict=True)
    )
    backwards = replace(BUNDLE, facts=facts, checkpoint=note, tokens=())
    assert failure(check(backwards.to_json())) == (2, "Fact 2 stands before its predecessor in the ledger.")


def test_two_facts_do_not_share_a_place() -> None:
    second = replace(BUNDLE.facts[1], position=BUNDLE.facts[0].position)
    shared = replace(BUNDLE, facts=(BUNDLE.facts[0], second))
    assert failure(check(shared.to_json())) == (2, "Fact 2 stands before its predecessor in the ledger.")


def test_an_archive_with_its_objects() -> None:
    archive = Archive(proof=RAW, statement=stated(), objects={DIGEST: MESSAGE})
    report = check(archive.to_zip())
    assert (report.state, report.kind) == (State.VALID, "archive")
    assert [each.present for each in report.objects] == [True]
    withheld = check(Archive(proof=RAW, statement=stated()).to_zip())
    assert withheld.state is State.VALID
    assert [each.present for each in withheld.objects] == [False]


def test_an_object_that_no_fact_cites_is_refused() -> None:
    other = hashlib.sha256(b"x").hexdigest()
    report = check(Archive(proof=RAW, objects={other: b"x"}).to_zip())
    assert failure(report)[0] == 6


def test_a_statement_that_says_more_is_refused() -> None:
    for wrong in (stated(up_to=3), stated(FACTS[:1]), stated().replace(b'"grade":1', b'"grade":2'), b"{}"):
        assert failure(check(Archive(proof=RAW, statement=wrong).to_zip()))[0] == 8


def test_a_statement_that_weighs_facts_of_a_later_version_cannot_be_judged() -> None:
    facts = [*FACTS, fact("parcel.lost", after=FACTS[1])]
    raw, up_to = OPERATOR.bundle(facts).to_json(), 4
    assert check(Archive(proof=raw, statement=stated(facts, up_to)).to_zip()).state is State.VALID, "it weighs nothing"
    weighed = stated(facts, up_to).replace(b'"outcome":"relayed"', b'"outcome":"failed"')
    report = check(Archive(proof=raw, statement=weighed).to_zip())
    assert report.state is State.CANNOT_TELL
    assert "parcel.lost" in report.to_text()


def test_a_late_bounce_and_its_limit_are_told() -> None:
    bounce = fact("bounce.received", after=FACTS[1], details={"failure_class": "mailbox_full", "permanent": True})
    facts = [*FACTS, bounce]
    archive = Archive(proof=OPERATOR.bundle(facts).to_json(), statement=stated(facts, 4))
    said = check(archive.to_zip()).to_text()
    assert "Proved: failed (mailbox_full), grade G0" in said
    assert "that the report that came back is true: nobody signs it" in said


def test_a_tlog_proof() -> None:
    item = BUNDLE.facts[1]
    raw = TlogProof(
        entry=item.fact.entry(), position=item.position, path=item.path, checkpoint=BUNDLE.checkpoint
    ).to_text()
    keys = Trust(log_keys=(OPERATOR.key.verifier().line(),))
    report = check(raw, keys)
    assert (report.state, report.kind) == (State.VALID, "tlog-proof")
    assert set(states(report)) == {1, 3, 4}
    assert check(raw, Trust()).state is State.CANNOT_TELL
    assert failure(check(raw.replace(b"index 2", b"index 1"), keys))[0] == 3
    other = replace(OPERATOR.key, private=Operator().key.private)
    assert failure(check(raw, Trust(log_keys=(other.verifier().line(),))))[0] == 4
    assert failure(check(raw[:-3], keys))[0] == 1


def test_what_is_no_proof_cannot_be_told() -> None:
    for raw in (b"", b"hello", b"\x00" * 100):
        report = check(raw)
        assert (report.state, report.kind) == (State.CANNOT_TELL, "unknown")


def pdf_evidence(
    attachments: dict[str, bytes], seal: Entity = OPERATOR.seal, *, development: bool = False
) -> pdf.PdfEvidence:
    return pdf.PdfEvidence(
        attachments=attachments,
        seal_certificate=seal.certificate,
        seal_time=MOMENT,
        level="B-B",
        timestamps=(),
        anchors=(OPERATOR.root.certificate,),
        development=development,
        revocation_checked=False,
        unsigned_prefix_length=10,
    )


def test_the_files_inside_a_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    inside = {"proof.json": RAW, "statement.json": stated(), "message.eml": MESSAGE}

    def examined(changes: dict[str, bytes | None]) -> Report:
        files: dict[str, Any] = {**inside, **changes}
        evidence = pdf_evidence({name: content for name, content in files.items() if content is not None})
        monkeypatch.setattr(pdf, "examine", lambda raw, *, trust: evidence)
        return check(b"%PDF-1.7 proof.json\n")

    good = examined({})
    assert (good.state, good.kind) == (State.VALID, "pdf")
    assert states(good)[7] is State.VALID
    assert [each.present for each in good.objects] == [True]
    copies = {"checkpoint.txt": BUNDLE.checkpoint, "token.tst": BUNDLE.tokens[0].token}
    assert examined({**copies}).state is State.VALID
    assert failure(examined({"checkpoint.txt": BUNDLE.checkpoint + b" "}))[0] == 6
    assert failure(examined({"message.eml": MESSAGE + b" "}))[0] == 6
    assert failure(examined({"other.txt": b"x"}))[0] == 6
    assert failure(examined({"statement.json": stated(FACTS[:1])}))[0] == 8
    assert failure(examined({"statement.json": None}))[0] == 1
    assert failure(examined({"proof.json": None}))[0] == 1


def test_the_seal_of_a_pdf_is_that_of_its_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    inside = {"proof.json": RAW, "statement.json": stated()}

    def sealed_with(seal: Entity, files: dict[str, bytes] = inside, trust: Trust = OPERATOR.trust) -> Report:
        monkeypatch.setattr(pdf, "examine", lambda raw, *, trust: pdf_evidence(files, seal))
        return check(b"%PDF-1.7 proof.json\n", trust)

    start, end = MOMENT, MOMENT + 900 * DAY
    renewed = issue("Seal", issuer=OPERATOR.root, not_before=start, not_after=end)
    foreign = issue("Another seal", issuer=OPERATOR.root, not_before=start, not_after=end)
    namesake = issue("Seal", issuer=foreign, not_before=start, not_after=end)
    assert sealed_with(renewed).state is State.VALID
    for other in (foreign, namesake):
        report = sealed_with(other)
        assert failure(report)[0] == 7
        assert [step.number for step in report.steps].count(7) == 1
    unbound = {**inside, "proof.json": OPERATOR.bundle(FACTS, bound=False).to_json()}
    trust = OPERATOR.trust | Trust(log_keys=(OPERATOR.key.verifier().line(),))
    assert states(sealed_with(foreign, unbound, trust))[7] is State.CANNOT_TELL


def test_a_development_seal_is_named_whatever_the_time_stamps(monkeypatch: pytest.MonkeyPatch) -> None:
    operator = real_operator()
    operator.seal = issue(
        "Development seal - no legal value", issuer=operator.root, not_before=MOMENT - DAY, not_after=MOMENT + DAY
    )
    bundle = operator.bundle(FACTS)
    assert check(bundle.to_json(), operator.trust).development
    genuine = real_operator()
    files = {"proof.json": genuine.bundle(FACTS).to_json(), "statement.json": stated()}
    for development in (True, False):
        evidence = pdf_evidence(files, genuine.seal, development=development)
        monkeypatch.setattr(pdf, "examine", lambda raw, *, trust, found=evidence: found)
        report = check(b"%PDF-1.7 proof.json\n", genuine.trust)
        assert (report.state, report.development) == (State.VALID, development)


def test_a_shortened_history_says_up_to_where_it_goes() -> None:
    report = check(replace(BUNDLE, facts=BUNDLE.facts[:1]).to_json())
    assert report.state is State.VALID
    assert "none missing up to position 0." in report.steps[1].text


def test_a_bundle_that_speaks_of_pdfs_is_a_bundle() -> None:
    facts = [fact("organisation.created", kind="organisation", details={"name": "%PDF-1.7"})]
    raw = OPERATOR.bundle(facts, bound=False).to_json()
    assert b"%PDF-" in raw[:1024]
    assert check(raw).kind == "bundle"


def test_a_pdf_that_is_none() -> None:
    assert check(b"%PDF-1.7\nproof.json and nothing more").state is not State.VALID


def test_the_report_as_json() -> None:
    members = check(RAW).to_members()
    assert canonicalise(members)
    assert members["state"] == "valid"
    assert members["verdict"]["limits"][0] == "not_inbox"
    assert members["time_stamps"][0]["development"] is True
    assert [step["number"] for step in members["steps"]] == list(range(1, 9))


def test_a_report_shows_what_a_terminal_could_obey() -> None:
    report = verify_bytes(b"x", filename="\x1b[31mred\u202e", trust=Trust())
    assert "\x1b" not in report.to_text()
    assert "⟨U+001B⟩" in report.to_text()
    assert "⟨U+202E⟩" in report.to_text()


@given(
    st.binary(max_size=60)
    | st.sampled_from([b"PK\x03\x04", b"{", b"c2sp.org/tlog-proof@v1\n"]).flatmap(
        lambda start: st.binary(max_size=60).map(lambda rest: start + rest)
    )
)
def test_nothing_that_a_file_holds_makes_it_fail(raw: bytes) -> None:
    assert check(raw).state is not State.VALID


def test_a_long_history() -> None:
    facts = chain("communication.accepted", *["attempt.opened", "attempt.deferred"] * 100, "attempt.relayed")
    report = check(OPERATOR.bundle(facts).to_json())
    assert report.state is State.VALID
    assert len(report.facts) == 202
