"""Withdrawing the link of a notice from the console: what the page says, what it does, and who may."""

import pytest
from django.test import Client
from django.utils import translation

from acuse.accounts import services as accounts
from acuse.accounts.models import Organisation, User
from acuse.delivery.models import Access
from acuse.delivery.services import access
from acuse.embedded.roles import Addresses
from tests.integration import making
from tests.integration.access.conftest import Visit


def member(visit: Visit, role: str = "agent") -> Client:
    """A member of the sender, signed in, in English."""
    email = f"{role}@ribera.example"
    accounts.create_user(email=email, password=None)
    accounts.add_member(organisation=visit.organisation, email=email, role=role)
    User.objects.filter(email=email).update(language="en")
    client = Client()
    client.force_login(User.objects.get(email=email))
    return client


def address(visit: Visit, rest: str = "") -> str:
    """The address of the communication in the console."""
    slug = Organisation.objects.get(id=visit.organisation).slug
    return f"/console/{slug}/communications/{visit.communication}/{rest}"


def test_the_page_says_what_it_does_and_changes_nothing(visit: Visit) -> None:
    visit.post("open")
    client = member(visit)
    shown = client.get(address(visit)).content.decode()
    assert address(visit, "link/withdraw/") in shown
    before = visit.types()
    page = client.get(address(visit, "link/withdraw/")).content.decode()
    assert "nobody can open the content with it" in page
    assert "What was done with it before stays proved." in page
    assert "It cannot be undone." in page
    assert "not yet" not in page, "when it was opened is told"
    assert visit.types() == before
    assert Access.objects.get().ended == ""


@pytest.mark.parametrize("role", ["owner", "administrator", "agent"])
def test_a_withdrawn_link_opens_nothing_and_its_reason_is_a_fact(visit: Visit, role: str) -> None:
    client = member(visit, role)
    answer = client.post(address(visit, "link/withdraw/"), {"reason": "Era para otra persona"}, follow=True)
    assert "The link is withdrawn." in answer.content.decode()
    assert "link/withdraw/" not in answer.content.decode()
    fact = visit.last("access.revoked")
    assert fact.details["reason"] == "Era para otra persona"
    assert (fact.actor.kind, fact.actor.id) == (
        "member",
        str(User.objects.get(email=f"{role}@ribera.example").memberships.get().id),
    )
    gone = visit.get()
    assert gone.status_code == 410
    assert "Era para otra persona" not in gone.content.decode()
    assert visit.row().status == "concluded"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_without_a_reason_nothing_is_withdrawn(visit: Visit, reason: str) -> None:
    answer = member(visit).post(address(visit, "link/withdraw/"), {"reason": reason})
    assert answer.status_code == 200
    assert 'aria-invalid="true"' in answer.content.decode()
    assert "access.revoked" not in visit.types()


def test_auditors_read_only(visit: Visit) -> None:
    client = member(visit, "auditor")
    shown = client.get(address(visit)).content.decode()
    assert "It serves until" in shown
    assert "link/withdraw/" not in shown
    assert client.get(address(visit, "link/withdraw/")).status_code == 403
    assert client.post(address(visit, "link/withdraw/"), {"reason": "No"}).status_code == 403
    assert "access.revoked" not in visit.types()


def test_a_link_that_has_ended_is_not_withdrawn_again(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    client = member(visit)
    real = access.revoke

    def late(**given: object) -> None:
        with translation.override("es"):  # a request within another one: each has its own language
            visit.post("reject", page="reject")
        real(**given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(access, "revoke", late)
        answer = client.post(address(visit, "link/withdraw/"), {"reason": "Tarde"}, follow=True)
    assert "There is no link that could be withdrawn." in answer.content.decode()
    assert "access.revoked" not in visit.types()
    again = client.get(address(visit, "link/withdraw/"), follow=True)
    assert "There is no link that could be withdrawn." in again.content.decode()
    assert "It serves until" not in again.content.decode()


def test_what_was_sent_itself_has_no_link(database: Addresses) -> None:
    value = making.credential()
    communication = making.accept(value, making.message())
    sent = Visit(organisation=value.organisation, communication=communication, root="", notice=b"", client=Client())
    client = member(sent)
    assert "link/withdraw/" not in client.get(address(sent)).content.decode()
    assert client.post(address(sent, "link/withdraw/"), {"reason": "No"}).status_code == 302
    assert "access.revoked" not in sent.types()
