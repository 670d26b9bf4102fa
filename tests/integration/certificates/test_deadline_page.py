"""The certificate of one deadline, from the case's page to what the verifier says of its file."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from acuse.accounts import services as accounts
from acuse.accounts.models import User
from acuse.accounts.queries import access_organisation
from acuse.calendars.rules import DAY, Definition, Shift
from acuse.calendars.services import publish_calendar
from acuse.helpdesk.models import Deadline
from acuse.helpdesk.services.opening import open_by_member
from acuse.helpdesk.services.policies import publish_policy
from acuse.proof.archive import Archive, parse_archive
from acuse.proof.business_time import Term
from acuse.proof.policy import Case, Policy, PolicyTerm
from acuse.proof.report import State
from acuse.proof.verify import verify_bytes
from tests.integration.certificates.conftest import Notary
from tests.integration.certificates.test_deadlines import pages_of

SLUG = "talleres-ribera"


def test_each_deadline_of_a_case_is_certified_from_its_page(notary: Notary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver"])
    user = accounts.create_user(email="jefa@ribera.example", password=None, name="Jefa")
    accounts.add_member(organisation=notary.value.organisation, email=user.email, role="owner")
    access = access_organisation(user=user, slug=SLUG)
    always = Definition(week=((Shift(0, DAY),),) * 7, local=())
    calendar = publish_calendar(access=access, name="Siempre", zone="Europe/Madrid", definition=always)
    terms = [
        PolicyTerm(
            name=name,
            purpose=purpose,
            calendar=calendar,
            cases=(Case(term=Term(amount=amount, unit="business_hours")),),
        )
        for name, purpose, amount in (("Contrato Oro", "first_response", 4), ("Ley 10/2025", "resolution", 360))
    ]
    publish_policy(access=access, terms=Policy(terms=tuple(terms)).members(), base=0)
    ticket = open_by_member(
        access=access,
        address="ana@cliente.example",
        number="",
        name="Ana",
        subject="Ruido",
        text="Hace ruido.",
        type="claim",
    )
    deadline = Deadline.objects.get(ticket_id=ticket, purpose="resolution")
    User.objects.update(language="en")
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    case = f"/console/{SLUG}/tickets/{ticket}/"
    assert client.get(case).content.decode().count("Certificate of this deadline") == 2
    asked = {"kind": "deadline", "deadline": str(deadline.id)}
    assert client.post(f"{case}papers/ask/", asked).status_code == 302
    for other in (str(uuid4()), "", "no"):
        assert client.post(f"{case}papers/ask/", {**asked, "deadline": other}).status_code == 404
    (row,) = notary.issue_due()
    assert (row.kind, row.deadline) == ("deadline", str(deadline.id))
    shown = client.get(case).content.decode()
    assert row.code in shown
    assert shown.count("Certificate of this deadline") == 1
    listed = " ".join(client.get(f"/console/{SLUG}/certificates/").content.decode().split())
    assert "Certificate of one deadline: Resolution (Ley 10/2025)" in listed
    pdf = client.get(f"/console/{SLUG}/certificates/{row.code}.pdf").content
    whole = " ".join(pages_of(pdf))
    assert "Ley 10/2025" in whole
    assert "Contrato Oro" not in whole
    report = verify_bytes(pdf, filename="certificado.pdf", trust=notary.trust)
    assert report.state is State.VALID, report.to_text()
    assert (report.about and report.about.id) == str(deadline.id)
    archive = parse_archive(client.get(f"/console/{SLUG}/certificates/{row.code}/proof/").content)
    assert archive.statement is not None
    for told, forged in (
        (f'"deadline":"{deadline.id}","deadlines"', f'"deadline":"{uuid4()}","deadlines"'),
        ('"verdict":"running"', '"verdict":"met"'),
    ):
        changed = archive.statement.replace(told.encode(), forged.encode())
        assert changed != archive.statement
        altered = Archive(proof=archive.proof, statement=changed, objects=archive.objects).to_zip()
        assert verify_bytes(altered, filename="prueba.zip", trust=notary.trust).state is State.INVALID
