"""A record may lack communications, and its chains end at places of their own: it says so, and the verifier does."""

import json
from dataclasses import replace

from uuid6 import uuid7

from acuse.certificates.bundles import handed_out
from acuse.certificates.queries import public_record
from acuse.proof.archive import parse_archive
from acuse.proof.bundle import Bundle, parse
from acuse.proof.canonical import canonicalise
from acuse.proof.judging import stated
from acuse.proof.report import State
from acuse.proof.verdicts.deadlines import Sources
from acuse.proof.verify import verify_bytes
from tests.integration.certificates.conftest import Notary
from tests.integration.certificates.test_records import Answered, recorded


def test_who_leaves_a_communication_out_has_to_say_so(notary: Notary) -> None:
    desk = Answered(notary)
    row = recorded(notary, desk)
    packed, _ = handed_out(organisation=desk.organisation, proof_sha256=row.bundle_sha256, kind=row.kind)
    archive = parse_archive(packed)
    bundle = parse(archive.proof)
    without = replace(bundle, others=())
    sources = Sources.read([item.fact for item in bundle.facts], archive.objects.__getitem__)
    named = str(desk.communication)

    def check(bundle: Bundle, **changes: object) -> str:
        members = {**stated(bundle, sources=sources), **changes}
        members = {name: value for name, value in members.items() if value is not None}
        objects = sources.files()
        made = replace(archive, proof=bundle.to_json(), statement=canonicalise(members), objects=objects)
        report = verify_bytes(made.to_zip(), filename="prueba.zip", trust=notary.trust)
        return report.to_text() if report.state is State.VALID else "not valid"

    assert f"Of 1 communications that the case names, 1 are in this document: {named} up to" in check(bundle)
    assert f"Of 1 communications that the case names, 0 are in this document; these are not: {named}." in check(without)
    assert check(without, communications_absent=None) == "not valid"
    assert stated(without, sources=sources)["communications_absent"] == [named]


def test_what_was_erased_is_named_in_the_statement(notary: Notary) -> None:
    desk = Answered(notary)
    gone = str(uuid7())
    desk.add(
        "reply.sent",
        desk.ago(3),
        communication=gone,
        recipient="cliente1042@example.com",
        certified=False,
        language="es",
    )
    row = recorded(notary, desk)
    assert json.loads(notary.attachments(row)["statement.json"])["communications_absent"] == [gone]
    assert f"these are not: {gone}." in notary.verify(row).to_text()


def test_none_is_missing_up_to_the_last_position_of_each_chain_alone(notary: Notary) -> None:
    desk = Answered(notary)
    row = recorded(notary, desk)  # after the communication's own certificate, whose fact is the last of all
    bundle = parse(notary.attachments(row)["proof.json"])
    own, others = bundle.facts[-1].position, bundle.others[0][-1].position
    assert own < others
    issued = desk.facts()[-1].details["facts_up_to"]
    assert (row.facts_up_to, issued, bundle.facts_up_to) == (own, own, own)
    said = notary.verify(row).to_text()
    assert f"none missing up to position {own}." in said
    assert f"{desk.communication} up to position {others}" in said
    assert f"the last at {others}." in said
    known = public_record(code=row.code)
    assert known is not None
    assert len(known.facts) == len(bundle.facts)
