"""Templates and snippets: published with their facts, of one organisation, and letters written from them."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from acuse.accounts import queries as accounts
from acuse.accounts import services
from acuse.accounts.models import User
from acuse.accounts.queries import Access
from acuse.composition import queries
from acuse.composition.liquid import BadTemplate
from acuse.composition.models import Snippet, Template, TemplateVersion
from acuse.composition.services import archive_template, publish_template, remove_snippet, save_snippet
from acuse.composition.shipped import shipped
from acuse.embedded.roles import Addresses
from acuse.errors import AccessDenied, ConflictError, InputError
from acuse.evidence import custody
from acuse.evidence.queries import facts_of
from acuse.proof.canonical import parse
from acuse.proof.facts.fact import Fact

VALUES = {
    "organisation.name": "Talleres Ribera",
    "contact.name": "Ana García",
    "ticket.number": "2026-000001",
    "ticket.key": "K7M2-P9QX",
    "ticket.type": "Consulta",
    "ticket.opened_at": datetime(2026, 11, 22, 9, tzinfo=UTC),
    "ticket.link": "https://acuse.example/t/K7M2-P9QX",
    "answer.text": "Está **resuelto**.",
}


@pytest.fixture
def member(database: Addresses) -> Callable[..., Access]:
    """A member of an organisation, made where it is new."""
    made: dict[str, UUID] = {}

    def join(role: str = "owner", slug: str = "talleres-ribera") -> Access:
        email = f"{role}@{slug}.example"
        if slug not in made:
            made[slug] = services.create_organisation(name="Talleres Ribera", slug=slug).id
        services.create_user(email=email, password=None)
        services.add_member(organisation=made[slug], email=email, role=role)
        return accounts.access_organisation(user=User.objects.get(email=email), slug=slug)

    return join


def published(access: Access, *, template: UUID | None = None, **changes: str) -> UUID:
    given = {
        "use": "ticket.solution",
        "name": "Solución",
        "language": "es",
        "subject": "Caso {{ ticket.number }}",
        "body": "Hola, {{ contact.name }}:\r\n\r\n{{ answer.text }}\r\n",
        **changes,
    }
    return publish_template(access=access, template=template, **given)


def facts(access: Access, kind: str, subject: UUID) -> list[Fact]:
    return [item.fact for item in facts_of(organisation=access.organisation, kind=kind, id=subject)]


def test_a_version_is_a_fact_and_an_object_in_custody(member: Callable[..., Access]) -> None:
    access = member()
    one = published(access)
    assert published(access, template=one, name="Solución breve", body="{{ answer.text }}") == one
    published(access, template=one, name="Solución breve", language="en", subject="Case", body="{{ answer.text }}")
    recorded = facts(access, "template", one)
    assert [(fact.type, fact.details["language"], fact.details["version"]) for fact in recorded] == [
        ("template.published", "es", 1),
        ("template.published", "es", 2),
        ("template.published", "en", 1),
    ]
    (reference,) = recorded[0].objects
    kept = custody.open_object(organisation=access.organisation, sha256=reference.sha256)
    assert parse(kept) == {
        "v": 1,
        "use": "ticket.solution",
        "language": "es",
        "subject": "Caso {{ ticket.number }}",
        "body": "Hola, {{ contact.name }}:\n\n{{ answer.text }}",
    }
    view = queries.template(access, one)
    assert (view.name, view.current["es"].number, view.current["en"].number) == ("Solución breve", 2, 1)
    assert [version.number for version in queries.versions(access, one, "es")] == [2, 1]
    assert queries.versions(access, one, "es")[1].sha256 == reference.sha256


def test_a_template_with_a_slip_is_not_published(member: Callable[..., Access]) -> None:
    access = member()
    with pytest.raises(BadTemplate, match=r"Line 2.*contact\.nombre"):
        published(access, body="Hola:\n{{ contact.nombre }}")
    assert not Template.objects.exists()
    for changed in ({"use": "ticket.nothing"}, {"language": "fr"}, {"name": " "}, {"subject": ""}):
        with pytest.raises(InputError):
            published(access, **changed)


def test_names_are_free_again_once_archived(member: Callable[..., Access]) -> None:
    access = member()
    one = published(access)
    with pytest.raises(ConflictError, match="of that name"):
        published(access)
    archive_template(access=access, template=one)
    archive_template(access=access, template=one)
    assert [fact.type for fact in facts(access, "template", one)] == ["template.published", "template.archived"]
    with pytest.raises(ConflictError, match="archived"):
        published(access, template=one)
    two = published(access)
    assert [view.id for view in queries.templates(access)] == [two]
    assert [view.id for view in queries.templates(access, archived=True)] == [one]


def test_managers_change_templates_agents_change_snippets_and_auditors_read(member: Callable[..., Access]) -> None:
    owner, agent, auditor = member(), member("agent"), member("auditor")
    one = published(owner)
    for access in (agent, auditor):
        with pytest.raises(AccessDenied):
            published(access, name="Otra")
        with pytest.raises(AccessDenied):
            archive_template(access=access, template=one)
        assert queries.template(access, one).name == "Solución"
    two = save_snippet(access=agent, name="Horario", shortcut="Horario", language="es", body="De 9 a 14.")
    with pytest.raises(AccessDenied):
        save_snippet(access=auditor, name="a", shortcut="a", language="es", body="a")
    with pytest.raises(AccessDenied):
        remove_snippet(access=auditor, snippet=two)
    assert [(view.shortcut, view.body) for view in queries.snippets(auditor, "es")] == [("horario", "De 9 a 14.")]
    assert queries.snippets(auditor, "en") == []


def test_another_organisation_has_none_of_them(member: Callable[..., Access]) -> None:
    owner, other = member(), member("owner", "flota-norte")
    one = published(owner)
    two = save_snippet(access=owner, name="a", shortcut="a", language="es", body="a")
    assert queries.templates(other) == []
    assert queries.snippets(other) == []
    assert queries.versions(other, one, "es") == []
    for act in (
        lambda: queries.template(other, one),
        lambda: published(other, template=one),
        lambda: archive_template(access=other, template=one),
        lambda: save_snippet(access=other, name="b", shortcut="b", language="es", body="b", snippet=two),
        lambda: remove_snippet(access=other, snippet=two),
        lambda: queries.compose(
            organisation=other.organisation, use="ticket.solution", language="es", values=VALUES, template=one
        ),
    ):
        with pytest.raises(InputError, match="There is no such"):
            act()
    assert Snippet.objects.get().shortcut == "a"
    assert TemplateVersion.objects.count() == 1


def test_a_snippet_is_changed_and_removed_with_its_facts(member: Callable[..., Access]) -> None:
    access = member()
    one = save_snippet(access=access, name="Horario", shortcut="horario", language="es", body="a")
    assert save_snippet(access=access, name="Horario", shortcut="h", language="es", body="b", snippet=one) == one
    with pytest.raises(ConflictError):
        save_snippet(access=access, name="Otro", shortcut="h", language="es", body="c")
    save_snippet(access=access, name="Hours", shortcut="h", language="en", body="c")
    remove_snippet(access=access, snippet=one)
    recorded = facts(access, "snippet", one)
    assert [fact.type for fact in recorded] == ["snippet.saved", "snippet.saved", "snippet.removed"]
    assert custody.open_object(organisation=access.organisation, sha256=recorded[1].objects[0].sha256) == b"b"
    with pytest.raises(InputError):
        remove_snippet(access=access, snippet=one)
    for bad in ("", "a b", "ñ", "/a", "a" * 33):
        with pytest.raises(InputError):
            save_snippet(access=access, name="a", shortcut=bad, language="es", body="a")


def composed(access: Access, language: str = "es", **more: object) -> queries.Composed:
    given = {**VALUES, **more.pop("values", {})}  # type: ignore[dict-item]
    return queries.compose(
        organisation=access.organisation,
        use="ticket.solution",
        language=language,
        values=given,
        **more,  # type: ignore[arg-type]
    )


def test_a_letter_is_written_from_the_own_template_and_else_from_the_standard_text(
    member: Callable[..., Access],
) -> None:
    access = member()
    standard = composed(access)
    assert (standard.template, standard.version) == (None, 0)
    assert standard.sha256 == shipped("ticket.solution", "es").sha256
    first = published(access)
    second = published(access, name="Breve", body="{{ answer.text }}")
    published(access, template=first, subject="Su caso {{ ticket.number }}")
    own = composed(access)
    assert (own.template, own.version, own.subject) == (first, 2, "Su caso 2026-000001")
    assert own.body == "Hola, Ana García:\n\nEstá **resuelto**.\n"
    assert own.text == "Hola, Ana García:\n\nEstá resuelto.\n"
    assert "<strong>resuelto</strong>" in own.html
    assert composed(access, template=second).body == "Está **resuelto**.\n"
    # In the customer's language, whatever there is in another (Ley 10/2025, article 13.6).
    assert composed(access, "en").template is None
    archive_template(access=access, template=first)
    assert composed(access).template == second
    with pytest.raises(InputError):
        composed(access, template=first)
    with pytest.raises(InputError):
        composed(access, template=uuid4())


def test_a_letter_lacks_nothing_that_its_template_needs(member: Callable[..., Access]) -> None:
    access = member()
    with pytest.raises(InputError, match=r"needs answer\.text"):
        composed(access, values={"answer.text": ""})
    with pytest.raises(InputError, match=r"ticket\.link"):
        composed(access, values={"ticket.link": "javascript:alert(1)"})
