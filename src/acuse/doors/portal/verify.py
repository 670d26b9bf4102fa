"""Public verification: upload a document or type its code. It tells what the file proves, and nothing it does not."""

import hashlib
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Network, ip_address
from pathlib import Path

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from acuse import clock
from acuse.certificates import queries as certificates
from acuse.certificates.bundles import is_whole
from acuse.certificates.queries import PublicRecord
from acuse.delivery import queries as delivery
from acuse.delivery.queries import PublicContent
from acuse.doors.portal.deadline_words import (
    besides,
    deadline_limits,
    deadline_remarks,
    deadline_words,
    entry_limits,
    of_one,
    record_limits,
)
from acuse.doors.portal.words import Outcome, StepLine, certified_as_mail, file_outcome, step_lines
from acuse.doors.ui import grades, uploads
from acuse.doors.ui.contradictions import contradictions
from acuse.doors.ui.counters import count
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.doors.ui.limits import limits_sentence
from acuse.errors import InputError
from acuse.evidence.anchors import is_development_document
from acuse.evidence.queries import ledger_state
from acuse.proof.archive import parse_archive
from acuse.proof.report import Report, State
from acuse.proof.trust import Trust
from acuse.proof.verify import verify_bytes

WINDOW = 60
CODES_PER_WINDOW = 20
FILES_PER_WINDOW = 20
PIECE = 1024 * 1024
SITE = 8
"""How many times one visitor's limit a whole IPv6 site has."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """An uploaded file and all that is known of it."""

    name: str
    size: int
    sha256: str
    report: Report
    steps: tuple[StepLine, ...]
    outcome: Outcome
    record: PublicRecord | None
    content: PublicContent | None


class CodeForm(StyledForm):
    """A typed code."""

    code = forms.CharField(label=gettext_lazy("Code of the document"), max_length=40)


def trust() -> Trust:
    """This installation's own anchors; none where they cannot be read, and then nothing is called valid."""
    path = Path(settings.ACUSE.trust_file)
    try:
        return Trust.parse(path.read_text(encoding="ascii"))
    except (OSError, UnicodeError, InputError):
        return Trust()


def network_of(address: str) -> str:
    """What counts as one visitor: an IPv4 address, or the /64 that an IPv6 visitor may choose addresses from."""
    try:
        read = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(read, IPv4Address):
        return str(read)
    return str(read.ipv4_mapped or IPv6Network((read, 64), strict=False))


def networks_of(request: HttpRequest) -> tuple[tuple[str, int], ...]:
    """What a visitor counts as, the narrowest first, and how many times a visitor's limit each has.

    Whoever has an IPv6 site has 65,536 networks /64 to choose from (RFC 6177): the /48 counts too.
    """
    narrow = network_of(request.META.get("REMOTE_ADDR", ""))
    if not narrow.endswith("/64"):
        return ((narrow, 1),)
    return (narrow, 1), (str(IPv6Network(narrow).supernet(new_prefix=48)), SITE)


def limited(request: HttpRequest, what: str, limit: int, *, of: str = "") -> bool:
    """Whether this visitor, or whatever `of` names instead, has asked too often within the last minute.

    There is a counter for each minute, shared by the web processes; a network counts by its digest.
    """
    return any(_is_over(what, one, limit * times) for one, times in (((of, 1),) if of else networks_of(request)))


def _is_over(what: str, counted: str, limit: int) -> bool:
    minute = int(clock.now().timestamp()) // WINDOW
    address = hashlib.sha256(f"{settings.SECRET_KEY}{counted}".encode()).hexdigest()[:32]
    return count(f"verify:{what}:{minute}:{address}", seconds=2 * WINDOW) > limit


def _refused(request: HttpRequest, text: str, status: int) -> HttpResponse:
    return _form(request, problem=text, status=status)


def _form(request: HttpRequest, *, problem: str = "", code: str = "", status: int = 200) -> HttpResponse:
    context = {
        "problem": problem,
        "form": CodeForm(initial={"code": code}),
        "limit": uploads.limit(),
        "code": code,
        **_foot(),
    }
    return render(request, "portal/verify.html", context, status=status)


def _foot() -> dict[str, object]:
    return {
        "origin": ledger_state().origin,
        "certifier": settings.ACUSE.certifier,
        "log_public": settings.ACUSE.log_public,
    }


@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The page: a form to upload or to type, and what came of an upload."""
    if request.method == "GET":
        code = request.GET.get("code", "").strip()
        return redirect("portal:code", code[:40].replace("/", "")) if code else _form(request)
    if limited(request, "file", FILES_PER_WINDOW):
        return _refused(request, _("Too many files from your address; wait a minute and try again."), 429)
    upload = request.FILES.get("file")
    if not isinstance(upload, UploadedFile) or upload.size is None:
        return _refused(request, _("Choose a file first."), 400)
    if upload.size > uploads.MAX_UPLOAD:
        return _refused(request, uploads.too_big(), 413)
    raw = upload.read()
    checked = _as_mail(raw, examine(raw, name=(upload.name or "")[:200]))
    context = {"checked": checked, "at": clock.now(), "form": CodeForm(), **_foot()}
    context["parties"] = _parties(checked.report)
    if checked.report.verdict is not None:
        context["limits"] = limits_sentence(checked.report.verdict.limits)
    if checked.report.deadlines is not None:
        context |= {"limits": deadline_limits(), "deadlines": deadline_words(checked.report.deadlines)}
        context["contradictions"] = contradictions(checked.report.deadlines.contradictions)
        context["remarks"] = deadline_remarks(checked.report.deadlines)
    if checked.record is not None:
        context.update(_record_words(checked.record))
    if checked.report.deadlines is not None and checked.report.about is not None:
        judged, about = checked.report.deadlines, checked.report.about
        context |= {"deadlines": of_one(judged, about), "besides": besides(judged, about)}
    return render(request, "portal/checked.html", context)


def examine(raw: bytes, *, name: str) -> Checked:
    """Verify a file, and look whether this installation knows it.

    Args:
        raw: the whole file; it is not kept.
        name: as the visitor called it.
    """
    sha256 = hashlib.sha256(raw).hexdigest()
    report = verify_bytes(raw, filename=name, trust=trust())
    record = _record_of(raw, report)
    content = delivery.public_content(sha256=sha256) if report.kind == "unknown" else None
    return Checked(
        name=name,
        size=len(raw),
        sha256=sha256,
        report=report,
        steps=step_lines(report),
        outcome=file_outcome(report, record=record, content=content),
        record=record,
        content=content,
    )


def _as_mail(raw: bytes, checked: Checked) -> Checked:
    """Look once more for a file that is not known, with line ends as mail has them: programs change them in sending."""
    if checked.report.kind != "unknown" or checked.content is not None:
        return checked
    bare = raw.count(b"\n") - raw.count(b"\r\n")
    if not bare or len(raw) + bare > settings.ACUSE.message_limit:
        return checked
    content = delivery.public_content(sha256=_mailed_sha256(raw))
    return checked if content is None else replace(checked, content=content, outcome=certified_as_mail(content))


def _mailed_sha256(raw: bytes) -> str:
    """Return the digest of a file with line ends as mail has them, without a second copy of the whole."""
    digest, at = hashlib.sha256(), 0
    while at < len(raw):
        end = at + PIECE
        end += raw[end - 1 : end + 1] == b"\r\n"  # no line end is cut in two
        digest.update(raw[at:end].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
        at = end
    return digest.hexdigest()


def _record_of(raw: bytes, report: Report) -> PublicRecord | None:
    """Return what is known here of a file: of a whole archive by its proof, which decides the rest."""
    if report.kind != "archive" or report.state is State.INVALID:
        return certificates.public_record_of_file(sha256=hashlib.sha256(raw).hexdigest())
    archive = parse_archive(raw)
    about = report.about.id if report.about is not None else ""
    known = certificates.public_record_of_proof(sha256=hashlib.sha256(archive.proof).hexdigest(), deadline=about)
    return known if known is not None and is_whole(archive, kind=known.kind) else None


def _parties(report: Report) -> dict[str, str]:
    """Sender, recipient and subject as the proven facts of a file state them: its holder can read them there anyway."""
    if report.state is not State.VALID or not report.facts or report.facts[0].type != "communication.accepted":
        return {}
    details = report.facts[0].details
    return {name: details[name] for name in ("sender", "recipient", "subject") if isinstance(details.get(name), str)}


def _record_words(record: PublicRecord) -> dict[str, object]:
    judged = record.verdict
    development = is_development_document(facts_up_to=record.facts_up_to, issued_at=record.issued_at)
    common: dict[str, object] = {"record": record, "development": development}
    if judged is None:
        if record.kind == "receipt":
            opened = record.facts[0]
            by_call = opened.details.get("channel") == "phone"
            limits = entry_limits(stamped=record.anchored, by_call=by_call)
            entry = {"entry": True, "by_call": by_call, "decided_at": opened.occurred_at}
            return {**common, **entry, "limits": limits}
        told: dict[str, object] = {}
        if record.deadlines is not None:
            about = record.about
            told["deadlines"] = of_one(record.deadlines, about) if about else deadline_words(record.deadlines)
            told["contradictions"] = contradictions(record.deadlines.contradictions)
            told["remarks"] = deadline_remarks(record.deadlines)
        if record.unjudged is not None:
            told["unjudged"] = said(record.unjudged)
        limits = record_limits() if record.is_record else deadline_limits()
        return {**common, **told, "limits": limits, "decided_at": record.issued_at}
    decisive = judged.decisive
    return {
        **common,
        "limits": limits_sentence(judged.limits),
        "grade": judged,
        "word": grades.outcome_word(outcome=judged.outcome, grade=judged.grade, failure_class=judged.failure_class),
        "decided_at": decisive.occurred_at if decisive else record.issued_at,
    }


@require_GET
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """What a code says: that the document was issued, when, and its verdict; never the people nor the subject."""
    if limited(request, "code", CODES_PER_WINDOW):
        return _refused(request, _("Too many codes from your address; wait a minute and try again."), 429)
    record = certificates.public_record(code=code)
    if record is None:
        text = _(
            "No document of this installation has that code. Check each character: the letters I, L, O and U are "
            "never used."
        )
        return _form(request, problem=text, code=code[:40], status=404)
    return render(request, "portal/code.html", {**_record_words(record), **_foot()})


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """How to check a document without this page."""
    return render(request, "portal/offline.html", _foot())
