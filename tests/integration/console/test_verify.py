"""Public verification tells what a file or a code proves, and reveals nothing else."""

import hashlib
import html
import re
import subprocess
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from acuse import clock
from acuse.accounts.models import Organisation
from acuse.certificates.models import Certificate
from acuse.delivery.queries import public_content
from acuse.doors.portal import verify
from acuse.doors.portal.verify import network_of
from acuse.evidence import custody
from acuse.evidence.models import Anchor, Binding
from acuse.evidence.queries import facts_of
from acuse.proof.archive import Archive
from acuse.proof.business_time import Term
from acuse.proof.canonical import canonicalise
from acuse.proof.facts.fact import ObjectReference
from acuse.proof.policy import Policy
from acuse.proof.verdicts.delivery import statement, verdict
from tests.browser import samples
from tests.browser.world import World
from tests.pki import Pki
from tests.sealed import sealed
from tests.unit.proof.calendars import at, make
from tests.unit.proof.support import ACCEPTED, MESSAGE, chain, fact, real_operator
from tests.unit.proof.tickets import Ticket, ruled

TERM = Term(amount=48, unit="business_hours")
PDF = b"%PDF-1.7 not sealed by anybody"


def upload(content: bytes, name: str = "fichero.bin") -> str:
    """The page that comes of an upload."""
    answer = Client().post("/verify/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def code(world: World) -> str:
    """A document recorded as issued."""
    row = Certificate.objects.get(subject=world.communications["cliente1042@correo.example"])
    kept = custody.keep(organisation=world.organisation, content=PDF, media_type="application/pdf")
    facts = facts_of(organisation=world.organisation, kind="communication", id=row.subject)
    row.state, row.issued_at, row.level = Certificate.State.ISSUED, clock.now(), "B-LTA"
    row.sha256, row.size, row.facts_up_to = kept.sha256, kept.size, facts[-1].position
    row.save()
    return row.code


def test_a_message_certified_here_is_recognised_by_its_bytes(world: World) -> None:
    page = upload(samples.HOSTILE, "mensaje.eml")
    assert "Este contenido se certificó aquí y no ha cambiado." in page
    assert "victima@correo.example" not in page
    assert "HTML hostil" not in page


def test_one_changed_byte_is_another_file(world: World) -> None:
    assert "Esta instalación no sabe nada de este fichero." in upload(samples.HOSTILE.replace(b"Su cita", b"Mi cita"))


def test_a_broken_bundle_is_not_called_authentic(world: World) -> None:
    page = upload(b'{"format":"acuse-proof","v":1}', "proof.json")
    assert "Este fichero no es el que se emitió." in page
    assert "Es auténtico" not in page


def test_a_pdf_of_somebody_else_is_not_called_authentic(world: World) -> None:
    page = upload(PDF, "otro.pdf")
    assert "Es auténtico" not in page
    assert "Esta instalación no sabe nada de este fichero." in page
    assert "no es el que se emitió" not in page


def test_a_certificate_whose_seal_is_gone_is_called_altered(world: World) -> None:
    page = upload(b"%PDF-1.7\n<</F(proof.json)>>\n", "certificado.pdf")
    assert "Este fichero no es el que se emitió." in page
    assert "está cortado, o le quitaron el sello" in page


def test_a_code_reveals_that_it_exists_and_the_verdict(world: World, code: str) -> None:
    page = Client().get(f"/v/{code.lower().replace('-', '')}").content.decode()
    assert "Aquí se emitió un documento con este código." in page
    assert "Aceptada por su servidor" in page
    for private in ("cliente1042", "correo.example", "reclamaci", "avisos@", "crm-taller"):
        assert private not in page


def test_a_document_keeps_what_its_own_time_stamp_and_seal_are_worth(member: Client, world: World, code: str) -> None:
    row = Certificate.objects.get(code=code)
    assert row.facts_up_to is not None
    pages = (f"/v/{code}", f"/console/talleres-ribera/communications/{row.subject}/")
    said = "Sello de tiempo de desarrollo – sin valor legal"

    def anchored(size: int, *, development: bool) -> None:
        now = clock.now()
        Anchor.objects.create(
            size=size, note="", token=b"", service="TSA", generated_at=now, development=development, recorded_at=now
        )

    def marked() -> list[bool]:
        return [said in member.get(page).content.decode() for page in pages]

    anchored(row.facts_up_to + 2, development=False)
    assert marked() == [False, False]
    anchored(row.facts_up_to + 3, development=True)
    assert marked()[0] is False, "a later time stamp of another worth changes nothing"
    anchored(row.facts_up_to + 4, development=False)
    Binding.objects.create(
        verifier_key="k", seal_sha256="1" * 64, cms=b"CN=Development seal - no legal value", bound_at=clock.now()
    )
    assert marked() == [False, False], "a later seal neither"
    Binding.objects.create(
        verifier_key="k", seal_sha256="0" * 64, cms=b"CN=Development seal - no legal value", bound_at=row.issued_at
    )
    assert marked() == [True, True]


def test_a_development_time_stamp_stays_one_after_real_ones(member: Client, world: World, code: str) -> None:
    row = Certificate.objects.get(code=code)
    assert row.facts_up_to is not None
    for further, development in ((1, True), (2, False)):
        now = clock.now()
        Anchor.objects.create(
            size=row.facts_up_to + further,
            note="",
            token=b"",
            service="TSA",
            generated_at=now,
            development=development,
            recorded_at=now,
        )
    for page in (f"/v/{code}", f"/console/talleres-ribera/communications/{row.subject}/"):
        assert "Sello de tiempo de desarrollo – sin valor legal" in member.get(page).content.decode()


@pytest.mark.parametrize("development", [True, False])
def test_lists_mark_each_item_by_the_time_stamp_that_covered_it_first(
    member: Client, world: World, code: str, *, development: bool
) -> None:
    """The newest time stamp, of another worth, says nothing of what an earlier one had covered."""
    subject = Certificate.objects.get(code=code).subject
    last = facts_of(organisation=world.organisation, kind="communication", id=subject)[-1]
    assert last.position is not None
    for further, worth in ((1, development), (2, not development)):
        now = clock.now()
        Anchor.objects.create(
            size=last.position + further,
            note="",
            token=b"",
            service="TSA",
            generated_at=now,
            development=worth,
            recorded_at=now,
        )
    said = "Sello de tiempo de desarrollo – sin valor legal" if development else "Con sello de tiempo"
    base, sequence = "/console/talleres-ribera", last.organisation_sequence or 0
    for path, row in (
        ("communications/?q=cliente1042", f'id="last-{subject}"'),
        (f"communications/news/?ids={subject}", f'id="last-{subject}"'),
        (f"ledger/?before={sequence + 1}", f'entry={sequence}#entry"'),
    ):
        page = member.get(f"{base}/{path}").content.decode()
        marked = re.search(re.escape(row) + r'.*?class="sr-only">([^<]+)<', page)
        assert marked, path
        assert marked[1] == said, path
    listed = member.get(f"{base}/communications/?q=cliente1042").content.decode()
    assert ("sin valor legal" in listed.partition('class="foot-keys"')[2]) is development


def test_an_unknown_code_is_kept_in_the_form(world: World) -> None:
    answer = Client().get("/v/0000-0000-0000-0000")
    assert answer.status_code == 404
    assert "Ningún documento de esta instalación tiene ese código." in answer.content.decode()
    assert 'value="0000-0000-0000-0000"' in answer.content.decode()


def test_what_was_certified_is_known_by_its_file_with_bare_line_feeds_too(world: World) -> None:
    on_disk = samples.HOSTILE.replace(b"\r\n", b"\n")
    assert "y no ha cambiado" in upload(samples.HOSTILE, "mensaje.eml")
    page = upload(on_disk, "mensaje.eml")
    assert "Este contenido se certificó aquí, con los finales de línea del correo." in page
    assert "por eso su huella es otra" in page
    assert hashlib.sha256(on_disk).hexdigest() in page
    assert "no sabe nada de este fichero" in upload(on_disk + b" ", "mensaje.eml")


def test_line_ends_are_looked_at_in_pieces_and_only_in_what_could_be_a_message(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_disk = samples.HOSTILE.replace(b"\r\n", b"\n", samples.HOSTILE.count(b"\r\n") // 2)
    for piece in (1, 2, 7, 64):
        monkeypatch.setattr(verify, "PIECE", piece)
        assert "se certificó aquí, con los finales de línea" in upload(on_disk), piece
    monkeypatch.setattr(
        settings, "ACUSE", settings.ACUSE.model_copy(update={"message_limit": len(samples.HOSTILE) - 1})
    )
    assert "no sabe nada de este fichero" in upload(on_disk)


def test_newlines_alone_take_no_second_copy(world: World) -> None:
    raw = b"\n" * 8_000_000
    checked = verify.examine(raw, name="x")
    tracemalloc.start()
    verify._as_mail(raw, checked)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < len(raw)


def test_what_pdfsig_prints_of_a_sealed_document_is_explained(world: World, tmp_path: Path) -> None:
    file = tmp_path / "certificate.pdf"
    file.write_bytes(sealed(Pki(clock.now()), "B-LTA"))
    told = subprocess.run(["pdfsig", str(file)], capture_output=True, text=True, check=False).stdout
    page = html.unescape(Client().get("/verify/offline/", headers={"accept-language": "en"}).content.decode())
    lines = re.findall(r"(?:Signature|Certificate) Validation: (.+)|- ((?:Not total|Total) document signed)", told)
    lines += re.findall(r"Signature Type: (unknown|ETSI\.RFC3161)()", told)
    said = {one or other for one, other in lines}
    assert {"Signature is Valid.", "Not total document signed", "Total document signed"} < said
    assert [one for one in said if one not in page] == []


def test_codes_cannot_be_tried_in_bulk(world: World) -> None:
    client = Client()
    answers = [client.get(f"/v/0000-0000-0000-00{number:02d}").status_code for number in range(30)]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_only_a_file_recorded_here_is_called_what_was_issued(
    world: World, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = real_operator()
    monkeypatch.setattr("acuse.doors.portal.verify.trust", lambda: operator.trust)
    facts = chain("communication.accepted", "attempt.opened", ("attempt.relayed", {"attempt": 1}))
    whole = operator.bundle(facts)
    cut = replace(whole, facts=whole.facts[:2]).to_json()
    page = upload(cut, "proof.json")
    assert "Es auténtico" not in page
    assert "Su prueba se sostiene hasta la posición 2." in page
    assert "no falta ninguno hasta la posición 2" in page
    Certificate.objects.filter(code=code).update(bundle_sha256=hashlib.sha256(whole.to_json()).hexdigest())
    assert "Es auténtico y no ha cambiado desde que se emitió." in upload(whole.to_json(), "proof.json")


def test_an_archive_is_known_by_its_proof_and_only_while_it_is_whole(
    world: World, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = real_operator()
    monkeypatch.setattr("acuse.doors.portal.verify.trust", lambda: operator.trust)
    reference = ObjectReference(
        role="message", sha256=hashlib.sha256(MESSAGE).hexdigest(), size=len(MESSAGE), media_type="message/rfc822"
    )
    facts = [fact(details=ACCEPTED, objects=[reference])]
    bundle = operator.bundle(facts)
    judged = canonicalise(statement(verdict(facts), facts, facts_up_to=0))
    whole = Archive(proof=bundle.to_json(), statement=judged, objects={reference.sha256: MESSAGE})
    said = "Es auténtico y no ha cambiado desde que se emitió."
    assert said not in upload(whole.to_zip(), "proof.zip")
    Certificate.objects.filter(code=code).update(bundle_sha256=hashlib.sha256(whole.proof).hexdigest())
    assert said in upload(whole.to_zip(), "proof.zip")
    for less in (replace(whole, objects={}), replace(whole, statement=None)):
        assert said not in upload(less.to_zip(), "proof.zip")


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_a_network_of_version_6_counts_as_one_visitor(first: str, second: str, together: bool) -> None:
    assert (network_of(first) == network_of(second)) is together


def test_many_counters_fit_into_the_cache() -> None:
    assert settings.CACHES["default"]["OPTIONS"]["MAX_ENTRIES"] >= 100_000


def test_the_count_of_recipients_is_of_the_organisation_that_is_named(world: World) -> None:
    digest = hashlib.sha256(samples.HOSTILE).hexdigest()
    before = public_content(sha256=digest)
    assert before is not None
    other = samples.credential_again(Organisation.objects.get(slug="flota-norte").id)
    samples.send(other, samples.HOSTILE, recipient="victima@correo.example")
    assert public_content(sha256=digest) == before


def test_a_message_that_was_handed_in_is_not_said_to_be_delivered(world: World) -> None:
    page = upload(samples.HOSTILE, "mensaje.eml")
    assert "lo presentó a Acuse el" in page
    assert "lo entregó" not in page
    assert "Se certificó para 1 destinatario." in page
    assert "no dice nada de la entrega" in page


def test_no_file_and_too_big_a_file_are_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().post("/verify/").status_code == 400
    monkeypatch.setattr("acuse.doors.ui.uploads.MAX_UPLOAD", 10)
    answer = Client().post("/verify/", {"file": SimpleUploadedFile("grande.pdf", b"x" * 11)})
    assert answer.status_code == 413
    assert "ficheros de hasta 64\N{NO-BREAK SPACE}MiB" in answer.content.decode()


def test_the_page_states_the_limit_as_the_documents_do(world: World) -> None:
    assert "Como máximo 64\N{NO-BREAK SPACE}MiB" in Client().get("/verify/").content.decode()


def test_a_member_downloads_the_sealed_document(member: Client, world: World, code: str) -> None:
    answer = member.get(f"/console/talleres-ribera/certificates/{code}.pdf")
    assert answer.content == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    page = member.get(f"/console/talleres-ribera/communications/?q={code}")
    assert page.status_code == 302


def test_the_page_names_terms_that_were_missing_and_deferrals_that_a_file_lets_nobody_check(world: World) -> None:
    ticket = Ticket(calendar=make())
    hostile = ruled(ticket.calendar, TERM, name="<i>Resolución</i>")
    first = ruled(ticket.calendar, TERM, name="Primera respuesta", purpose="first_response")
    ticket.policy = Policy(terms=(*hostile.terms, *first.terms))
    ticket.opened(at("2026-11-03 09:00:00"), **ticket.in_force())
    rule = {"policy": "<i>Resolución</i>", "version": 3, "digest": ticket.facts[0].details["policy"]["digest"]}
    ticket.defer(at("2026-11-03 09:00:00"), TERM, by=ticket.facts[0], rule=rule)
    ticket.noted(at("2026-11-05 10:00:00"))
    calendar = hashlib.sha256(ticket.calendar.canonical()).hexdigest()
    kept = {digest: content for digest, content in ticket.objects.items() if digest != calendar}
    page = upload(Archive(proof=real_operator().bundle(ticket.facts).to_json(), objects=kept).to_zip())
    assert "<i>Res" not in page
    said = html.unescape(re.sub(r"<[^>]+>", "", page))
    assert "Hecho 1: desde entonces correspondía al caso un plazo de la versión vigente" in said
    assert "cuando aún correspondía: «Primera respuesta»." in said
    assert (
        "El hecho 2 aplaza el plazo «<i>Resolución</i>» porque, según dice, su calendario acaba antes que él;" in said
    )
    assert "No se comprueba que no pudiera contarse: su calendario o sus plazos no están en el fichero." in said
