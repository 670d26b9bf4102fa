"""Sealed PDFs: what verifies, and that nothing else does."""

import zlib
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from io import BytesIO

import pytest
from asn1crypto import cms, x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.generic import DictionaryObject, pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfDecodeLimitError, PdfReadError
from pyhanko.sign.fields import MDPPerm

from acuse.errors import CannotTell, Invalid, VerificationError
from acuse.pdf.sign import seal as writing
from acuse.pdf.sign.key import load_seal_key
from acuse.proof.pdf import PDF_LIMIT, examine
from acuse.proof.pdf.container import Container, last_container
from acuse.proof.pdf.reading import read_structure
from acuse.proof.trust import Trust
from tests.mutations import last_time_stamp, survivors
from tests.pki import DAY, PASSPHRASE, Pki, TimeStampingAuthority, issue
from tests.sealed import MESSAGE, PROOF, opened_seal, sealed, trust_in, unsigned_pdf

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def pki() -> Pki:
    return Pki(NOW)


@pytest.fixture(scope="module")
def long_term(pki) -> bytes:
    return sealed(pki, "B-LTA")


@pytest.mark.parametrize(
    ("level", "stamps"), [("B-B", []), ("B-T", ["signature"]), ("B-LTA", ["signature", "document"])]
)
def test_an_intact_seal_is_evidence(pki, level, stamps):
    evidence = examine(sealed(pki, level), trust=trust_in(pki.root))
    assert evidence.level == level
    assert evidence.attachments == {"message.eml": MESSAGE, "proof.json": PROOF}
    assert evidence.seal_certificate == pki.seal.certificate
    assert evidence.seal_time == NOW
    assert [each.over for each in evidence.timestamps] == stamps
    assert evidence.anchors == (pki.root.certificate,)
    assert evidence.revocation_checked is (level == "B-LTA")
    assert evidence.development is False
    assert evidence.unsigned_prefix_length == len(unsigned_pdf().rstrip())


@pytest.mark.parametrize("level", ["B-B", "B-T", "B-LTA"])
def test_certificates_may_have_expired_since(level):
    then = datetime(2011, 3, 1, 12, tzinfo=UTC)
    old = Pki(then)
    assert old.seal.certificate.not_valid_after_utc < NOW
    raw = opened_raw(old, level, then)
    assert examine(raw, trust=trust_in(old.root)).seal_time == then


def opened_raw(pki: Pki, level, at: datetime) -> bytes:
    """Seal at a time when the certificate was valid, although `Seal.load` refuses expired ones today."""
    seal = writing.Seal(load_seal_key(pki.pkcs12, PASSPHRASE, at=at))
    return seal.sign_pdf(
        unsigned_pdf(),
        level=level,
        signed_at=at,
        request_token=pki.tsa.token,
        trust_roots=[pki.root.der],
        revocation_lists=lambda _: pki.lists(),
    ).content


def test_every_byte_of_the_last_container_counts(pki, long_term):
    last = last_container(long_term)
    changes = [(offset, 1) for offset in range(last.start, last.end)]
    last_time_stamp(long_term, trust_in(pki.root))
    assert survivors(long_term, trust_in(pki.root), changes, last_time_stamp) == []


@pytest.mark.parametrize("level", ["B-B", "B-T", "B-LTA"])
def test_five_hundred_bytes_elsewhere_count(pki, level):
    raw = sealed(pki, level)
    last = last_container(raw)
    outside = [at for at in range(len(raw)) if not last.start <= at < last.end]
    changes = [(at, 1 << (at % 8)) for at in outside[:: len(outside) // 500]]
    assert len(changes) >= 500
    assert survivors(raw, trust_in(pki.root), changes) == []


@pytest.mark.parametrize("level", ["B-B", "B-T", "B-LTA"])
def test_every_twentieth_byte_of_the_last_container_counts_for_the_whole_file(pki, level):
    raw = sealed(pki, level)
    last = last_container(raw)
    changes = [(at, bits) for at in range(last.start, last.start + 2 * len(last.der), 20) for bits in (1, 4)]
    assert survivors(raw, trust_in(pki.root), changes) == []


@pytest.mark.parametrize("tail", [b"\n", b" ", b"\x00", b"%", b"%%EOF\n", b"1 0 obj\n<<>>\nendobj\n"])
def test_bytes_after_the_last_signed_range_are_refused(pki, long_term, tail):
    with pytest.raises(Invalid):
        examine(long_term + tail, trust=trust_in(pki.root))


@pytest.mark.parametrize("level", ["B-B", "B-T", "B-LTA"])
def test_a_changed_byte_and_an_appended_one_are_said_to_be_changes(pki, level):
    raw = sealed(pki, level)
    middle = len(unsigned_pdf()) // 2
    changed = raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :]
    for altered in (changed, raw + b" "):
        with pytest.raises(Invalid, match="The PDF was changed or cut short after it was sealed"):
            examine(altered, trust=trust_in(pki.root))


def test_the_last_container_has_one_spelling(pki, long_term):
    last = last_container(long_term)
    digits = long_term[last.start + 1 : last.end - 1]
    used = 2 * len(last.der)
    letter = next(at for at, digit in enumerate(digits) if chr(digit).isalpha())
    for other in (
        digits[:letter] + digits[letter : letter + 1].lower() + digits[letter + 1 :],
        digits[:used] + b"00AB" + digits[used + 4 :],
        digits[:-2] + b" 0",
    ):
        spoilt = long_term[: last.start + 1] + other + long_term[last.end - 1 :]
        with pytest.raises(Invalid):
            examine(spoilt, trust=trust_in(pki.root))


def test_swapped_attachments_are_refused(pki, long_term):
    message, proof = long_term.index(b"message.eml"), long_term.index(b"proof.json")
    assert message != proof
    swapped = long_term.replace(b"(message.eml)", b"(proof.json )", 1)
    with pytest.raises(Invalid):
        examine(swapped, trust=trust_in(pki.root))


def test_somebody_elses_seal_leads_to_none_of_our_anchors(pki):
    with pytest.raises(CannotTell, match="none of the trusted"):
        examine(sealed(Pki(NOW), "B-LTA"), trust=trust_in(pki.root))
    with pytest.raises(CannotTell, match="No trust anchor"):
        examine(sealed(pki, "B-LTA"), trust=Trust())


def test_a_time_stamp_of_a_stranger_does_not_count(pki):
    stranger = Pki(NOW)
    mixed = Pki.__new__(Pki)
    mixed.__dict__.update(pki.__dict__)
    mixed.tsa = stranger.tsa
    raw = sealed(mixed, "B-LTA", lists=[*pki.lists(), *stranger.lists()], roots=(pki.root, stranger.root))
    assert examine(raw, trust=trust_in(pki.root, stranger.root)).level == "B-LTA"
    with pytest.raises(CannotTell):
        examine(raw, trust=trust_in(pki.root))


def test_seals_and_time_stamps_lead_to_anchors_of_their_own(pki):
    stranger = Pki(NOW)
    mixed = Pki.__new__(Pki)
    mixed.__dict__.update(pki.__dict__)
    mixed.tsa = stranger.tsa
    seals, stamps = (pki.root.certificate,), (stranger.root.certificate,)
    for level in ("B-T", "B-LTA"):
        raw = sealed(mixed, level, lists=[*pki.lists(), *stranger.lists()], roots=(pki.root, stranger.root))
        assert examine(raw, trust=Trust(seals=seals, stamps=stamps)).level == level
        for others in (Trust(seals=stamps, stamps=seals), Trust(seals=seals), Trust(stamps=(*seals, *stamps))):
            with pytest.raises(CannotTell):
                examine(raw, trust=others)


def xref_bomb(size: int) -> bytes:
    """A PDF whose table of objects, unpacked, has that many bytes."""
    packed = zlib.compress(bytes(size), 9)
    return (
        b"%%PDF-1.7\n1 0 obj\n<</Type/XRef/Size %d/W[1 2 1]/Root 2 0 R/Filter/FlateDecode/Length %d>>\nstream\n"
        % (size // 4, len(packed))
        + packed
        + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"
    )


def test_a_table_of_objects_that_swells_is_not_unpacked():
    nowhere = Container(start=0, end=0, der=b"")
    with pytest.raises(PdfDecodeLimitError):
        read_structure(xref_bomb(1 << 20), nowhere)
    with pytest.raises(PdfReadError) as caught:
        read_structure(xref_bomb(1 << 10), nowhere)
    assert not isinstance(caught.value, PdfDecodeLimitError)


def test_a_certificate_of_a_server_does_not_seal(pki):
    server = Pki.__new__(Pki)
    server.__dict__.update(pki.__dict__)
    server.seal = issue(
        "server.example",
        issuer=pki.issuing,
        not_before=NOW - DAY,
        not_after=NOW + DAY,
        extended=(ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH),
    )
    for level in ("B-B", "B-LTA"):
        with pytest.raises(Invalid, match="serves something else"):
            examine(sealed(server, level), trust=trust_in(pki.root))


@pytest.mark.parametrize("over", ["signature", "document"])
def test_a_token_with_a_certificate_off_its_path_is_refused(pki, over):
    other = pki.issue_tsa("Not on the path")
    calls = iter([(other,), ()] if over == "signature" else [(), (other,), (other,)])

    def token(imprint: bytes) -> bytes:
        return pki.tsa.token(imprint, extra=next(calls, ()))

    raw = (
        opened_seal(pki.pkcs12)
        .sign_pdf(
            unsigned_pdf(),
            level="B-LTA",
            signed_at=NOW,
            request_token=token,
            trust_roots=[pki.root.der],
            revocation_lists=lambda _: pki.lists(),
        )
        .content
    )
    with pytest.raises(Invalid, match="not on the path"):
        examine(raw, trust=trust_in(pki.root))


def test_an_authority_whose_certificate_serves_something_else_is_refused(pki):
    server = issue(
        "Server",
        issuer=pki.issuing,
        not_before=NOW - DAY,
        not_after=NOW + DAY,
        extended=(ExtendedKeyUsageOID.SERVER_AUTH,),
    )
    authority = TimeStampingAuthority(server, NOW, chain=(pki.issuing,))
    raw = opened_seal(pki.pkcs12).sign_pdf(unsigned_pdf(), level="B-T", signed_at=NOW, request_token=authority.token)
    with pytest.raises(VerificationError):
        examine(raw.content, trust=trust_in(pki.root))


def update(raw: bytes, change) -> bytes:
    """Append a revision made by `change(writer)`."""
    output = BytesIO(raw)
    writer = IncrementalPdfFileWriter(output)
    change(writer)
    writer.write_in_place()
    return output.getvalue()


def add_page_content(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page[pdf_name("/UserUnit")] = pdf_string("2")
    writer.update_container(page)


def add_catalog_entry(writer: IncrementalPdfFileWriter) -> None:
    writer.root[pdf_name("/PieceInfo")] = DictionaryObject()
    writer.update_root()


@pytest.mark.parametrize("change", [add_page_content, add_catalog_entry])
@pytest.mark.parametrize("level", ["B-B", "B-T", "B-LTA"])
def test_a_revision_after_the_seal_is_refused(pki, level, change):
    with pytest.raises(Invalid):
        examine(update(sealed(pki, level), change), trust=trust_in(pki.root))


def test_a_change_hidden_between_seal_and_a_new_document_stamp_is_refused(pki):
    """Anybody can buy a time stamp: it must not cover up what was added before it."""
    changed = update(sealed(pki, "B-T"), add_page_content)
    tokens = writing._Tokens(pki.tsa.token)
    stamped = writing._timestamped(_writer(changed), tokens, [], pki.lists())
    with pytest.raises(Invalid):
        examine(stamped, trust=trust_in(pki.root))


@pytest.mark.parametrize("allowed", [MDPPerm.FILL_FORMS, MDPPerm.ANNOTATE])
def test_a_seal_that_allows_changes_is_refused(pki, monkeypatch, allowed):
    metadata = writing.PdfSignatureMetadata
    monkeypatch.setattr(
        writing, "PdfSignatureMetadata", lambda **given: metadata(**{**given, "docmdp_permissions": allowed})
    )
    for level in ("B-B", "B-LTA"):
        with pytest.raises(Invalid, match="does not forbid changes"):
            examine(sealed(pki, level), trust=trust_in(pki.root))


@pytest.mark.parametrize("level", ["B-B", "B-LTA"])
def test_a_time_stamp_behind_the_seal_that_the_pdf_does_not_know_is_refused(pki, level):
    """Anybody can buy one over whatever he appends; it covers the file, and its revisions are as they were."""
    raw = sealed(pki, level)
    before, after = raw + b"/Contents ", b"\n" + raw[raw.rindex(b"startxref") :]
    token = pki.tsa.token(sha256(before + after).digest())
    with pytest.raises(Invalid, match="not where the file says"):
        examine(before + b"<" + token.hex().encode() + b">" + after, trust=trust_in(pki.root))


def test_a_seal_revoked_before_the_stamp_is_refused(pki):
    """The list was made by the sealing side; a forger who holds a revoked key embeds one that says so, or none."""
    lists = pki.lists(revoked=((pki.seal, NOW - timedelta(hours=6)),))
    sealed_only = sealed(pki, "B-T")
    certificates = [*writing.Certificates.of_token(_token_of(pki)).ders, pki.seal.der, pki.root.der]
    stored = [x509.Certificate.load(each) for each in certificates]
    for given_lists, error in ((lists, Invalid), ([], CannotTell)):
        raw = writing._timestamped(_writer(sealed_only), writing._Tokens(pki.tsa.token), stored, given_lists)
        with pytest.raises(error):
            examine(raw, trust=trust_in(pki.root))


def _writer(content):
    return writing._Writer(BytesIO(content), strict=True)


def _token_of(pki: Pki):
    return cms.ContentInfo.load(pki.tsa.token(bytes(32)))


def test_large_files_are_not_read(pki):
    class Huge(bytes):
        def __len__(self) -> int:
            return PDF_LIMIT + 1

    with pytest.raises(CannotTell, match="larger"):
        examine(Huge(), trust=trust_in(pki.root))


def test_an_unsealed_pdf_is_not_evidence(pki):
    with pytest.raises(Invalid, match="no whole seal"):
        examine(unsigned_pdf(), trust=trust_in(pki.root))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_hostile_files_raise_nothing_else(data):
    pki, files = _shared()
    raw = bytearray(files[data.draw(st.sampled_from(sorted(files)))])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(raw) - 1))
        length = data.draw(st.integers(0, 400))
        raw[start : start + length] = data.draw(st.binary(max_size=400))
    with pytest.raises(VerificationError):
        examine(bytes(raw) + b"\n", trust=trust_in(pki.root))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=600))
def test_random_containers_raise_nothing_else(content):
    raw = b"%PDF-1.7\n1 0 obj\n<< /Contents <" + content.hex().encode() + b"> >>\nendobj\n%%EOF\n"
    with pytest.raises(VerificationError):
        examine(raw, trust=trust_in(_shared()[0].root))


@lru_cache(maxsize=1)
def _shared() -> tuple[Pki, dict[str, bytes]]:
    """The same files for every example."""
    pki = Pki(NOW)
    return pki, {level: sealed(pki, level) for level in ("B-B", "B-LTA")}
