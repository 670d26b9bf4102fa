"""Every address, as everybody, with the identifiers of an organisation that is not theirs: nothing of it is found."""

import re
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from acuse import clock
from acuse.accounts import api_keys, members, rules
from acuse.accounts import services as accounts
from acuse.accounts.models import ApiKey, Invitation, Membership, Organisation, SenderIdentity, SmtpCredential, User
from acuse.accounts.queries import Access, access_organisation
from acuse.calendars.models import Calendar
from acuse.calendars.presets import PRESETS
from acuse.calendars.services import publish_calendar
from acuse.certificates.models import Certificate
from acuse.composition.models import Snippet, TemplateVersion
from acuse.composition.services import publish_template, save_snippet
from acuse.config.database import conninfo
from acuse.contacts import services as contacts
from acuse.contacts.models import Address, Contact
from acuse.contacts.rules import Card
from acuse.delivery import services as delivery
from acuse.delivery.models import CertificationRule, Communication, Suppression
from acuse.delivery.selection import Rule
from acuse.embedded.roles import Addresses
from acuse.evidence import custody
from acuse.evidence.models import Fact
from acuse.evidence.queries import bundle_for, facts_of
from acuse.evidence.sequencer import Sequencer
from acuse.helpdesk import triage
from acuse.helpdesk.articles import Text
from acuse.helpdesk.call_rules import Entered
from acuse.helpdesk.models import (
    Article,
    Deadline,
    Interaction,
    Mailbox,
    Outgoing,
    PolicyVersion,
    Section,
    Team,
    Ticket,
)
from acuse.helpdesk.services.call_files import add_file
from acuse.helpdesk.services.calls import register_call
from acuse.helpdesk.services.desk import save_view
from acuse.helpdesk.services.faq import publish_article, write_draft
from acuse.helpdesk.services.faq_order import add_section
from acuse.helpdesk.services.lines import add_line
from acuse.helpdesk.services.mailboxes import add_mailbox
from acuse.helpdesk.services.opening import open_by_member
from acuse.helpdesk.services.teams import make_team
from acuse.helpdesk.services.triage import add_rule as add_triage_rule
from acuse.mail.tokens import BOUNCE, encode_token
from acuse.proof.checkpoint import SigningKey
from tests.browser import samples

PDF = b"%PDF-1.7 sealed for somebody else"
MINE, THEIRS = "talleres-ribera", "flota-norte"
BASE = "console/<slug:slug>/"
ONE = f"{BASE}communications/<uuid:id>/"
CONTACT = f"{BASE}contacts/<uuid:id>/"
CASE = f"{BASE}tickets/<uuid:id>/"
#: Every address of ours. An address that is added must be added here, which has it tried by the tests below.
ROUTES = {
    "": "public",
    "language/": "public",
    "verify/": "public",
    "verify/offline/": "public",
    "verify/offline/<str:name>": "public",
    "v/<str:code>": "public",
    "a/<str:token>/": "public",
    "a/<str:token>/open": "public",
    "a/<str:token>/code": "public",
    "a/<str:token>/content": "public",
    "a/<str:token>/message": "public",
    "a/<str:token>/attachments/<int:number>": "public",
    "a/<str:token>/certificate": "public",
    "a/<str:token>/accept": "public",
    "a/<str:token>/reject": "public",
    "r/<str:token>/": "public",
    "r/<str:token>/certificate": "public",
    "f/": "public",
    "f/<str:token>/": "public",
    "f/<str:token>/receipt": "public",
    "f/<str:token>/files/<uuid:said>/<int:number>": "public",
    "c/<str:token>/": "public",
    "o/<slug:slug>/": "public",
    "o/<slug:slug>/faq/": "public",
    "o/<slug:slug>/faq/print/": "public",
    "o/<slug:slug>/faq/<uuid:id>/": "public",
    "o/<slug:slug>/faq/<uuid:id>/helped/": "public",
    "o/<slug:slug>/write/": "public",
    "o/<slug:slug>/write/suggested/": "public",
    "o/<slug:slug>/write/sent/<str:token>/": "public",
    "o/<slug:slug>/mailbox/": "public",
    "o/<slug:slug>/mailbox/code/": "public",
    "o/<slug:slug>/mailbox/leave/": "public",
    "o/<slug:slug>/mailbox/<uuid:id>/certificate": "public",
    "t/<str:token>/": "public",
    "t/<str:token>/i.gif": "public",
    "t/<str:token>/<int:number>": "public",
    "t/<str:token>/withdraw": "public",
    "api/v1/": "public",
    "api/v1/openapi.json": "public",
    "api/v1/communications": "key",
    "api/v1/communications/<uuidstr:id>": "key",
    "api/v1/communications/<uuidstr:id>/facts": "key",
    "api/v1/communications/<uuidstr:id>/content": "key",
    "api/v1/communications/<uuidstr:id>/certificate": "key",
    "api/v1/communications/<uuidstr:id>/proof": "key",
    "api/v1/cases": "key",
    "api/v1/cases/<uuidstr:id>": "key",
    "api/v1/cases/<uuidstr:id>/facts": "key",
    "api/v1/cases/<uuidstr:id>/proof": "key",
    "api/v1/cases/<uuidstr:id>/messages": "key",
    "api/v1/calls": "key",
    "api/v1/verify": "key",
    "health": "public",
    "log/checkpoint": "public",
    "log/tile/<path:path>": "public",
    "console/": "any member",
    "console/preferences/": "any member",
    BASE: "member",
    f"{BASE}tickets/": "member",
    f"{BASE}tickets/bulk/": "member",
    f"{BASE}tickets/new/": "member",
    f"{BASE}tickets/views/": "member",
    f"{BASE}tickets/beside/": "member",
    f"{BASE}tickets/news/": "member",
    f"{BASE}tickets/warned/": "member",
    f"{BASE}tickets/views/<uuid:id>/forget/": "member",
    f"{BASE}board/": "member",
    CASE: "member",
    f"{CASE}template/": "member",
    f"{CASE}snippet/": "member",
    f"{CASE}preview/": "member",
    f"{CASE}answer/": "member",
    f"{CASE}note/": "member",
    f"{CASE}undo/": "member",
    f"{CASE}assign/": "member",
    f"{CASE}classify/": "member",
    f"{CASE}describe/": "member",
    f"{CASE}escalate/": "member",
    f"{CASE}papers/": "member",
    f"{CASE}papers/ask/": "member",
    f"{CASE}guarantee/<slug:act>/": "member",
    f"{CASE}reopen/": "member",
    f"{CASE}hold/": "member",
    f"{CASE}release/": "member",
    f"{CASE}count/": "member",
    f"{CASE}present/": "member",
    f"{CASE}said/<uuid:interaction_id>/": "member",
    f"{CASE}said/<uuid:interaction_id>/files/<int:number>/": "member",
    f"{CASE}said/<uuid:interaction_id>/files/<int:number>/view/": "member",
    f"{CASE}said/<uuid:interaction_id>/files/<int:number>/raw/": "member",
    f"{BASE}calls/": "member",
    f"{BASE}calls/export.csv": "member",
    f"{BASE}calls/new/": "member",
    f"{BASE}calls/caller/": "member",
    f"{BASE}calls/cases/": "member",
    f"{BASE}calls/<uuid:id>/": "member",
    f"{BASE}calls/<uuid:id>/correct/": "member",
    f"{BASE}calls/<uuid:id>/case/": "member",
    f"{BASE}calls/files/": "member",
    f"{BASE}calls/files/<uuid:id>/": "member",
    f"{BASE}calls/files/<uuid:id>/start/": "member",
    f"{BASE}calls/files/<uuid:id>/cancel/": "member",
    f"{BASE}calls/files/<uuid:id>/errors.csv": "member",
    f"{BASE}settings/lines/": "member",
    f"{BASE}settings/lines/add/": "manager",
    f"{BASE}settings/lines/<uuid:id>/": "manager",
    f"{BASE}settings/desk/": "manager",
    f"{BASE}settings/desk/mailboxes/": "manager",
    f"{BASE}settings/desk/mailboxes/<uuid:id>/": "manager",
    f"{BASE}settings/desk/mailboxes/<uuid:id>/fetching/": "manager",
    f"{BASE}communications/": "member",
    f"{BASE}communications/news/": "member",
    f"{BASE}communications/found/": "member",
    f"{BASE}communications/found/first/": "member",
    f"{BASE}communications/export.csv": "member",
    ONE: "member",
    f"{ONE}dialogues/<int:sequence>/": "member",
    f"{ONE}returned/<int:sequence>.eml": "member",
    f"{ONE}documents/<int:shown>/": "member",
    f"{ONE}receipt/": "member",
    f"{ONE}link/withdraw/": "member",
    f"{ONE}resend/": "member",
    f"{ONE}content/": "member",
    f"{ONE}original.eml": "member",
    f"{ONE}sent.eml": "member",
    f"{ONE}attachments/<int:number>/": "member",
    f"{ONE}attachments/<int:number>/view/": "member",
    f"{ONE}attachments/<int:number>/raw/": "member",
    f"{BASE}contacts/": "member",
    f"{BASE}contacts/export.csv": "member",
    f"{BASE}contacts/import/": "member",
    f"{BASE}contacts/new/": "member",
    CONTACT: "member",
    f"{CONTACT}edit/": "member",
    f"{CONTACT}addresses/": "member",
    f"{CONTACT}addresses/<uuid:address>/remove/": "member",
    f"{CONTACT}merge/": "member",
    f"{CONTACT}unmerge/": "member",
    f"{CONTACT}split/": "member",
    f"{CONTACT}erase/": "manager",
    f"{BASE}terms/": "member",
    f"{BASE}terms/new/": "manager",
    f"{BASE}terms/pack/": "manager",
    f"{BASE}terms/<int:place>/": "manager",
    f"{BASE}terms/<int:place>/remove/": "manager",
    f"{BASE}terms/versions/<int:number>.json": "member",
    f"{BASE}calendars/": "member",
    f"{BASE}calendars/new/": "manager",
    f"{BASE}calendars/<uuid:id>/": "member",
    f"{BASE}calendars/<uuid:id>/edit/": "manager",
    f"{BASE}calendars/<uuid:id>/archive/": "manager",
    f"{BASE}calendars/<uuid:id>/proof.json": "member",
    f"{BASE}calendars/<uuid:id>/versions/<int:number>.json": "member",
    f"{BASE}templates/": "member",
    f"{BASE}templates/standard/": "member",
    f"{BASE}templates/new/": "manager",
    f"{BASE}templates/preview/": "member",
    f"{BASE}templates/<uuid:id>/": "member",
    f"{BASE}templates/<uuid:id>/archive/": "manager",
    f"{BASE}templates/<uuid:id>/versions/<int:number>/": "member",
    f"{BASE}snippets/": "member",
    f"{BASE}snippets/<uuid:id>/": "member",
    f"{BASE}snippets/<uuid:id>/remove/": "member",
    f"{BASE}faq/": "member",
    f"{BASE}faq/sections/": "manager",
    f"{BASE}faq/sections/<uuid:id>/": "manager",
    f"{BASE}faq/new/": "member",
    f"{BASE}faq/preview/": "member",
    f"{BASE}faq/<uuid:id>/": "member",
    f"{BASE}faq/<uuid:id>/withdraw/": "manager",
    f"{BASE}faq/<uuid:id>/review/": "manager",
    f"{BASE}faq/<uuid:id>/move/": "manager",
    f"{BASE}faq/<uuid:id>/remove/": "member",
    f"{BASE}faq/<uuid:id>/versions/<int:number>/": "member",
    f"{BASE}certificates/": "member",
    f"{BASE}certificates/<str:code>.pdf": "member",
    f"{BASE}certificates/<str:code>/proof/": "member",
    f"{BASE}failures/": "member",
    f"{BASE}suppressed/": "member",
    f"{BASE}suppressed/heed/": "manager",
    f"{BASE}suppressed/<uuid:id>/lift/": "manager",
    f"{BASE}figures/": "member",
    f"{BASE}figures/service/": "member",
    f"{BASE}figures/service/behind/": "member",
    f"{BASE}figures/service/figures.csv": "member",
    f"{BASE}figures/service/figures.json": "member",
    f"{BASE}figures/service/figures.pdf": "member",
    f"{BASE}figures/service/check/": "member",
    f"{BASE}settings/teams/": "member",
    f"{BASE}settings/teams/<uuid:id>/": "manager",
    f"{BASE}settings/teams/<uuid:id>/dissolve/": "manager",
    f"{BASE}incoming/": "member",
    f"{BASE}incoming/<uuid:id>/again/": "member",
    f"{BASE}incoming/<uuid:id>.eml": "member",
    f"{BASE}ledger/": "member",
    f"{BASE}members/": "member",
    f"{BASE}members/invite/": "manager",
    f"{BASE}members/<uuid:id>/role/": "manager",
    f"{BASE}members/<uuid:id>/deactivate/": "manager",
    f"{BASE}members/<uuid:id>/reactivate/": "manager",
    f"{BASE}members/invitations/<uuid:id>/withdraw/": "manager",
    f"{BASE}settings/": "member",
    f"{BASE}settings/credentials/": "manager",
    f"{BASE}settings/credentials/<uuid:id>/revoke/": "manager",
    f"{BASE}settings/keys/": "member",
    f"{BASE}settings/keys/create/": "manager",
    f"{BASE}settings/keys/<uuid:id>/revoke/": "manager",
    f"{BASE}settings/handling/": "member",
    f"{BASE}settings/handling/credentials/<uuid:id>/": "manager",
    f"{BASE}settings/withdrawals/": "member",
    f"{BASE}settings/rules/": "member",
    f"{BASE}settings/rules/add/": "manager",
    f"{BASE}settings/rules/<uuid:id>/": "manager",
    f"{BASE}settings/rules/<uuid:id>/edit/": "manager",
    f"{BASE}settings/triage/": "member",
    f"{BASE}settings/triage/add/": "manager",
    f"{BASE}settings/triage/<uuid:id>/": "manager",
    f"{BASE}settings/triage/<uuid:id>/edit/": "manager",
    f"{BASE}settings/domains/": "member",
    f"{BASE}settings/domains/check/": "member",
    f"{BASE}settings/domains/keys/": "manager",
    f"{BASE}settings/domains/keys/<uuid:id>/sign/": "manager",
    f"{BASE}settings/domains/keys/<uuid:id>/retire/": "manager",
    f"{BASE}settings/portal/": "manager",
    f"{BASE}settings/desk/start/": "manager",
    f"{BASE}settings/senders/": "manager",
    f"{BASE}settings/senders/remove/": "manager",
}
#: What a form might carry.
FORM = {
    "name": "nueva",
    "pattern": "@ajeno.example",
    "language": "en",
    "seal_level": "B-B",
    "email": "alguien@ribera.example",
    "role": "agent",
    "scopes": "verify",
    "mode": "notice",
    "retention_years": "0",
    "does": "plain",
    "act": "remove",
    "hold": "off",
    "despite": "on",
    "reason": "porque no",
}


@dataclass(frozen=True, kw_only=True)
class Theirs:
    """What the other organisation has, and the words by which its content would be known."""

    organisation: UUID
    communication: UUID
    credential: UUID
    key: UUID
    rule: UUID
    triage_rule: UUID
    view: UUID
    suppression: UUID
    calendar: UUID
    ticket: UUID
    interaction: UUID
    mailbox: UUID
    line: UUID
    call: UUID
    call_file: UUID
    contact: UUID
    address: UUID
    template: UUID
    snippet: UUID
    section: UUID
    article: UUID
    team: UUID
    member: UUID
    invitation: UUID
    code: str
    secrets: tuple[str, ...]


@pytest.fixture
def theirs(database: Addresses) -> Theirs:
    """Two organisations with mail; the second one's is looked for."""
    first = samples.organisation()
    samples.send(
        samples.credential(first),
        samples.message("propia@correo.example", "Propia"),
        recipient="propia@correo.example",
        outcomes=(samples.RELAYED,),
    )
    second = samples.organisation(name="Flota Norte", slug=THEIRS, email="jefa@norte.example")
    made, _ = accounts.create_credential(organisation=second, name="programa-ajeno")
    chief = User.objects.get(email="jefa@norte.example")
    key, _secret = api_keys.create_api_key(
        access=access_organisation(user=chief, slug=THEIRS), name="clave-ajena", scopes=["verify"]
    )
    accounts.add_sender_identity(organisation=second, pattern="@norte.example")
    rule = Rule(id=uuid4(), subject="Norma 445566")
    delivery.add_rule(access=access_organisation(user=chief, slug=THEIRS), rule=rule)
    of_triage = triage.Rule(id=uuid4(), name="Triaje 776655", words=("Triaje 776655",), priority="high")
    add_triage_rule(access=access_organisation(user=chief, slug=THEIRS), rule=of_triage)
    value = samples.SmtpCredentialValue(id=made.id, organisation=second, name=made.name)
    raw = samples.message("destinataria@ajena.example", "Expediente 998877")
    one = samples.send(value, raw, recipient="destinataria@ajena.example", outcomes=(samples.UNKNOWN_USER,))
    delivery.suppress(organisation=second, communication=one, reason="mailbox_not_found")
    suppression = Suppression.objects.get(organisation_id=second)
    calendar = publish_calendar(
        access=access_organisation(user=chief, slug=THEIRS),
        name="Calendario 553311",
        zone="Europe/Madrid",
        definition=PRESETS["office"],
    )
    mailbox = add_mailbox(
        access=access_organisation(user=chief, slug=THEIRS), name="", address="atencion@norte.example"
    )
    ticket = open_by_member(
        access=access_organisation(user=chief, slug=THEIRS),
        address="otra@ajena.example",
        number="",
        name="",
        subject="Expediente secreto 331177",
        text="Nota ajena",
        type="claim",
    )
    line, call, call_file = theirs_by_telephone(access_organisation(user=chief, slug=THEIRS))
    contact = contacts.make_contact(
        access=access_organisation(user=chief, slug=THEIRS),
        card=Card(name="Cliente Ajena 775533", notes="Nota ajena"),
        addresses=[("email", "clienta@ajena.example"), ("phone", "600 775 533")],
    )
    template = publish_template(
        access=access_organisation(user=chief, slug=THEIRS),
        use="ticket.free",
        name="Plantilla 664422",
        language="es",
        subject="Asunto 664422",
        body="Cuerpo 664422",
    )
    snippet = save_snippet(
        access=access_organisation(user=chief, slug=THEIRS),
        name="Fragmento 885511",
        shortcut="ajeno",
        language="es",
        body="Trozo 885511",
    )
    section = add_section(access=access_organisation(user=chief, slug=THEIRS), title_es="Apartado 229988", title_en="")
    article = write_draft(
        access=access_organisation(user=chief, slug=THEIRS),
        section=section,
        texts={"es": Text(title="Pregunta 447711", body="Respuesta 447711")},
    )
    publish_article(access=access_organisation(user=chief, slug=THEIRS), article=article)
    sequencer = Sequencer(conninfo=conninfo(), key=SigningKey.generate("acuse.example/test"))
    assert sequencer.lead()
    while sequencer.tick():
        pass
    sequencer.resign()
    invitation, _token = members.invite(
        access=access_organisation(user=chief, slug=THEIRS), email="invitada@ajena.example", role="agent"
    )
    row = Certificate.objects.get(subject=one)
    kept = custody.keep(organisation=second, content=PDF, media_type="application/pdf")
    facts = facts_of(organisation=second, kind="communication", id=one)
    row.state, row.issued_at, row.level, row.size = Certificate.State.ISSUED, clock.now(), "B-LTA", kept.size
    bundle = bundle_for(organisation=second, kind="communication", id=one, unanchored=True)
    assert bundle is not None
    proof = custody.keep(organisation=second, content=bundle.to_json(), media_type="application/json")
    row.sha256, row.bundle_sha256 = kept.sha256, proof.sha256
    row.facts_up_to = facts[-1].position
    row.save()
    secrets = (
        "destinataria@ajena.example",
        "Cliente Ajena 775533",
        "Expediente secreto 331177",
        "Nota ajena",
        "clienta@ajena.example",
        "600 775 533",
        "Centralita 992255",
        "Recado 446633",
        "llamadas-ajenas.csv",
        "invitada@ajena.example",
        "Expediente 998877",
        "664422",
        "885511",
        "229988",
        "447711",
        "programa-ajeno",
        "clave-ajena",
        rule.subject,
        of_triage.name,
        "Vista 112233",
        "Equipo 338844",
        "Calendario 553311",
        key.prefix,
        made.username,
        "@norte.example",
        "Estimado cliente",
        "informe-peritaje",
        "User unknown",
        PDF.decode(),
    )
    return Theirs(
        organisation=second,
        communication=one,
        credential=made.id,
        key=key.id,
        rule=rule.id,
        triage_rule=of_triage.id,
        view=save_view(
            access=access_organisation(user=chief, slug=THEIRS), name="Vista 112233", query="waits=1", shared=True
        ),
        suppression=suppression.id,
        calendar=calendar,
        ticket=ticket,
        interaction=Interaction.objects.get(ticket=ticket).id,
        mailbox=mailbox,
        line=line,
        call=call,
        call_file=call_file,
        contact=contact,
        address=Address.objects.filter(contact=contact).values_list("id", flat=True)[0],
        template=template,
        snippet=snippet,
        section=section,
        article=article,
        team=make_team(access=access_organisation(user=chief, slug=THEIRS), name="Equipo 338844", members=[]),
        member=Membership.objects.get(user=chief).id,
        invitation=invitation.id,
        code=row.code,
        secrets=secrets,
    )


def theirs_by_telephone(access: Access) -> tuple[UUID, UUID, UUID]:
    """A line of the other organisation, a call on it, and a file of calls."""
    line = add_line(access=access, name="Centralita 992255", number="910 992 255", calendar=None, public=True)
    call = register_call(
        access=access, call=Entered(line=line, started_at=clock.now(), result="answered", outcome="Recado 446633")
    )
    sheet = b"start,src,dst,disposition\n2026-11-20 10:00:00,600992255,910992255,ANSWERED\n"
    return line, call, add_file(access=access, name="llamadas-ajenas.csv", content=sheet)


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[str]:
    """Every route of ours; login and second factors are the library's."""
    found = []
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += routes(pattern.url_patterns, route)
        elif not route.startswith("accounts/"):
            found.append(route)
    return found


def filled(route: str, slug: str, theirs: Theirs) -> list[str]:
    """The addresses of a route with what is theirs; several where a number has to be guessed."""
    named = {
        "credentials/": theirs.credential,
        "keys/": theirs.key,
        "rules/": theirs.rule,
        "triage/": theirs.triage_rule,
        "suppressed/": theirs.suppression,
        "calendars/": theirs.calendar,
        "mailboxes/": theirs.mailbox,
        "lines/": theirs.line,
        "calls/files/": theirs.call_file,
        "calls/": theirs.call,
        "views/": theirs.view,
        "teams/": theirs.team,
        "tickets/": theirs.ticket,
        "v1/cases/": theirs.ticket,
        "contacts/": theirs.contact,
        "templates/": theirs.template,
        "snippets/": theirs.snippet,
        "faq/sections/": theirs.section,
        "faq/": theirs.article,
        "invitations/": theirs.invitation,
        "members/": theirs.member,
    }
    identity = next((one for part, one in named.items() if part in route), theirs.communication)
    path = "/" + route.replace("<slug:slug>", slug).replace("<uuid:id>", str(identity)).replace(
        "<uuidstr:id>", str(identity)
    )
    path = path.replace("<uuid:address>", str(theirs.address))
    path = path.replace("<uuid:interaction_id>", str(theirs.interaction))
    path = path.replace("<str:code>", theirs.code).replace("<path:path>", "entries/000")
    path = path.replace("<str:name>", "root.pem").replace("<slug:act>", "activation")
    # A true token, but for an envelope sender: it opens no page.
    token = encode_token(key=settings.ACUSE_KEYS.address, purpose=BOUNCE, identifier=theirs.communication)
    path = path.replace("<str:token>", token)
    if "<int:" not in path:
        assert "<" not in path, f"say how {route} is filled"
        return [path]
    return [re.sub(r"<int:\w+>", str(number), path) for number in range(1, 5)]


def content(answer: HttpResponse) -> str:
    raw = b"".join(answer) if answer.streaming else answer.content  # type: ignore[arg-type]
    return raw.decode("utf-8", "replace")


def who(role: str) -> Client:
    """A client of somebody: nobody, or a member of the first organisation only."""
    client = Client()
    if role != "anonymous":
        email = f"{role}@ribera.example"
        accounts.create_user(email=email, password=samples.PASSWORD)
        user = User.objects.get(email=email)
        if role != "stranger":
            membership = Membership.objects.filter(organisation__slug=MINE).first()
            assert membership is not None
            accounts.add_member(organisation=membership.organisation_id, email=email, role=role)
        client.force_login(user)
    return client


def state(theirs: Theirs) -> tuple[object, ...]:
    """Everything of theirs that a wrong answer could have changed."""
    return (
        Fact.objects.filter(organisation=theirs.organisation).count(),
        list(SmtpCredential.objects.filter(organisation_id=theirs.organisation).values("id", "revoked_at", "mode")),
        list(CertificationRule.objects.filter(organisation_id=theirs.organisation).values()),
        list(Suppression.objects.filter(organisation_id=theirs.organisation).values()),
        list(TemplateVersion.objects.filter(template__organisation_id=theirs.organisation).values()),
        list(Snippet.objects.filter(organisation_id=theirs.organisation).values()),
        list(Article.objects.filter(organisation_id=theirs.organisation).values()),
        list(Section.objects.filter(organisation_id=theirs.organisation).values()),
        list(Calendar.objects.filter(organisation_id=theirs.organisation).values()),
        Communication.objects.filter(organisation_id=theirs.organisation).count(),
        list(Ticket.objects.filter(organisation_id=theirs.organisation).values()),
        list(Team.objects.filter(organisation_id=theirs.organisation).values()),
        list(Mailbox.objects.filter(organisation_id=theirs.organisation).values()),
        Outgoing.objects.filter(ticket__organisation_id=theirs.organisation).count(),
        list(Contact.objects.filter(organisation_id=theirs.organisation).values()),
        list(Address.objects.filter(organisation_id=theirs.organisation).values()),
        Organisation.objects.values_list("hold_suppressed", flat=True).get(id=theirs.organisation),
        list(ApiKey.objects.filter(organisation_id=theirs.organisation).values("id", "revoked_at", "calls")),
        list(SenderIdentity.objects.filter(organisation_id=theirs.organisation).values_list("pattern", flat=True)),
        list(Certificate.objects.filter(organisation_id=theirs.organisation).values("code", "state", "kind")),
        list(Membership.objects.filter(organisation_id=theirs.organisation).values("id", "role", "deactivated_at")),
        list(Invitation.objects.filter(organisation_id=theirs.organisation).values("id", "closed_at")),
    )


def test_every_address_is_listed_here() -> None:
    assert set(routes(get_resolver().url_patterns)) == ROUTES.keys()


EVERYBODY = ("anonymous", "stranger", *rules.ROLES)


@pytest.mark.parametrize("role", EVERYBODY)
def test_nothing_of_another_organisation_is_found(theirs: Theirs, role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver"])
    client = who(role)
    before = state(theirs)
    looked = 0
    for route, audience in ROUTES.items():
        for slug in (THEIRS, MINE):
            for path in filled(route, slug, theirs):
                for answer in (client.get(path), client.post(path, FORM), client.head(path)):
                    looked += 1
                    text = content(answer)
                    found = [secret for secret in theirs.secrets if secret in text]
                    assert found == [], f"{role} {answer.request['REQUEST_METHOD']} {path} shows {found}"
                    assert answer.status_code < 500, path
                    foreign = audience not in {"public", "any member"} and (
                        slug == THEIRS or "<uuid:" in route or "<str:" in route
                    )
                    if audience == "key":
                        assert answer.status_code in {401, 405}, f"{role} {path}: {answer.status_code}"
                    elif foreign:
                        assert answer.status_code in {302, 403, 404, 405}, f"{role} {path}: {answer.status_code}"
                    if answer.status_code == 302:
                        assert theirs.code not in answer["Location"] or role == "anonymous", path
    assert looked > 100
    assert state(theirs) == before


def test_the_certificate_of_a_deadline_is_asked_for_of_ones_own_case_alone(
    theirs: Theirs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver"])
    policy = PolicyVersion.objects.create(
        organisation_id=theirs.organisation, number=1, terms=[], sha256="", size=0, published_at=clock.now()
    )
    deadline = Deadline.objects.create(
        ticket_id=theirs.ticket,
        purpose="resolution",
        name="Plazo ajeno",
        amount=10,
        unit="business_days",
        on_resume="continue",
        policy=policy,
        calendar=theirs.calendar,
        calendar_version=1,
        calendar_sha256="",
        started_at=clock.now(),
        counted_from=clock.now(),
        state="running",
    )
    client = who("owner")
    mine = access_organisation(user=User.objects.get(email="owner@ribera.example"), slug=MINE)
    ticket = open_by_member(
        access=mine, address="a@propia.example", number="", name="", subject="S", text="T", type="claim"
    )
    asked = {"kind": "deadline", "deadline": str(deadline.id)}
    for slug, case in ((MINE, ticket), (MINE, theirs.ticket), (THEIRS, theirs.ticket)):
        assert client.post(f"/console/{slug}/tickets/{case}/papers/ask/", asked).status_code == 404
    assert not Certificate.objects.filter(kind="deadline").exists()


@pytest.mark.parametrize("role", ["anonymous", "stranger"])
def test_who_is_no_member_sees_no_organisation_at_all(theirs: Theirs, role: str) -> None:
    client = who(role)
    for route, audience in ROUTES.items():
        if audience in {"member", "manager"}:
            for path in filled(route, MINE, theirs):
                for answer in (client.get(path), client.post(path, FORM)):
                    assert answer.status_code in {302, 403, 404, 405}, f"{role} {path}: {answer.status_code}"
                    if answer.status_code == 302:
                        assert answer["Location"].startswith("/accounts/login/"), path


@pytest.mark.parametrize("role", ["agent", "auditor"])
def test_who_does_not_manage_changes_nothing(theirs: Theirs, role: str) -> None:
    client = who(role)
    own = SmtpCredential.objects.get(organisation__slug=MINE)
    facts = Fact.objects.count()
    for route, audience in ROUTES.items():
        if audience == "manager":
            path = "/" + route.replace("<slug:slug>", MINE).replace("<uuid:id>", str(own.id))
            path = path.replace("<int:place>", "0")
            assert client.post(path, FORM).status_code == 403, path
    assert Fact.objects.count() == facts
    own.refresh_from_db()
    assert own.revoked_at is None


def test_a_key_finds_nothing_of_another_organisation(theirs: Theirs) -> None:
    owner = who("owner")
    user = User.objects.get(email="owner@ribera.example")
    mine = access_organisation(user=user, slug=MINE)
    _, key = api_keys.create_api_key(access=mine, name="propia", scopes=list(rules.SCOPES))
    client = Client(headers={"Authorization": f"Bearer {key}"})
    before, statuses = state(theirs), set()
    for route, audience in ROUTES.items():
        for path in filled(route, THEIRS, theirs) if audience == "key" else ():
            for answer in (client.get(path), client.post(path, FORM), client.head(path), owner.get(path)):
                text = content(answer)
                assert [secret for secret in theirs.secrets if secret in text] == [], path
                statuses.add((route.removeprefix("api/v1/"), answer.request["REQUEST_METHOD"], answer.status_code))
    found = {route for route, method, status in statuses if status == 200}
    assert found == {"communications", "cases"}, "the lists, of one's own"
    unknown = {(route, status) for route, method, status in statuses if "<" in route and status != 405}
    assert {status for _, status in unknown} == {404, 401}
    assert state(theirs) == before


def test_what_is_theirs_and_what_is_nobodys_get_the_same_answer(theirs: Theirs) -> None:
    who("owner")
    mine = access_organisation(user=User.objects.get(email="owner@ribera.example"), slug=MINE)
    _, key = api_keys.create_api_key(access=mine, name="propia", scopes=list(rules.SCOPES))
    client = Client(headers={"Authorization": f"Bearer {key}"})
    for below in ("", "/facts", "/content", "/certificate", "/proof", "/certificate?revision=1&kind=receipt"):
        said = []
        for identity in (theirs.communication, uuid4()):
            members_of_problem = client.get(f"/api/v1/communications/{identity}{below}").json()
            said.append({**members_of_problem, "instance": ""})
        assert said[0] == said[1], below
        assert said[0]["status"] == 404
    for below in ("", "/facts", "/proof", "/messages"):
        told = []
        for identity in (theirs.ticket, uuid4()):
            address = f"/api/v1/cases/{identity}{below}"
            answer = (
                client.post(address, {"text": "x"}, "application/json") if "messages" in below else client.get(address)
            )
            told.append({**answer.json(), "instance": ""})
        assert told[0] == told[1], below
        assert told[0]["status"] == 404


@pytest.mark.parametrize(
    "query", ["?q={code}", "?q=destinataria", "?q=Expediente", "?q=ajena.example", "?class=mailbox_not_found"]
)
def test_searching_finds_nothing_of_theirs(theirs: Theirs, query: str) -> None:
    client = who("owner")
    for page in ("communications/", "communications/export.csv", "ledger/"):
        answer = client.get(f"/console/{MINE}/{page}{query.format(code=theirs.code)}")
        text = content(answer)
        assert answer.status_code == 200
        assert str(theirs.communication) not in text
        assert [secret for secret in theirs.secrets if secret in text] == []


def test_the_words_looked_for_are_what_their_own_member_sees(theirs: Theirs) -> None:
    """Otherwise the tests above would look for nothing."""
    client = Client()
    client.force_login(User.objects.get(email="jefa@norte.example"))
    seen = ""
    for route, audience in ROUTES.items():
        if audience == "member":
            for path in filled(route, THEIRS, theirs):
                seen += content(client.get(path))
    seen += content(client.get(f"/console/{THEIRS}/communications/{theirs.communication}/?tab=evidence"))
    assert [secret for secret in theirs.secrets if secret not in seen] == []
