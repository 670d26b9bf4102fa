"""Writes of templates and snippets, one transaction each, with their facts.

What is published is in custody before its transaction; a crash in between leaves an object that nobody cites.
"""

from uuid import UUID

from django.db import IntegrityError, transaction
from uuid6 import uuid7

from acuse import clock
from acuse.accounts.queries import Access
from acuse.composition import rules
from acuse.composition.models import Snippet, Template, TemplateVersion
from acuse.composition.shipped import check_language
from acuse.composition.uses import use_called
from acuse.errors import ConflictError, InputError
from acuse.evidence import custody
from acuse.evidence.custody import Kept
from acuse.evidence.ledger import FactDraft, record, refer
from acuse.proof.canonical import canonicalise
from acuse.proof.facts.composition import SNIPPET, TEMPLATE
from acuse.proof.facts.fact import Actor, ObjectReference

MOST_TEMPLATES = 200
"""That are not archived, of one organisation."""
MOST_SNIPPETS = 500
MOST_VERSIONS = 1_000
"""Of one template in one language."""


def publish_template(
    *, access: Access, use: str, name: str, language: str, subject: str, body: str, template: UUID | None = None
) -> UUID:
    """Publish a template, or its next version in a language.

    Args:
        access: of an owner or administrator.
        use: what it is for; of a template that there is, its own.
        name: how members know it.
        language: "es" or "en".
        subject, body: in Liquid.
        template: which one, for a next version; None for a new one.

    Returns:
        The template.

    Raises:
        AccessDenied: the member may not.
        InputError: a part is not right; a `liquid.BadTemplate` says in which line. Or there is no such template.
        ConflictError: another template of that use has the name, there are too many, or this one was archived.
    """
    access.require_manager()
    found = use_called(use)
    name, language = rules.check_name(name), check_language(language)
    subject, body = rules.normal(subject), rules.normal(body)
    for problem in rules.problems(found, subject, body):
        raise problem.error
    identity = template or uuid7()
    content = canonicalise({"v": 1, "use": use, "language": language, "subject": subject, "body": body})
    kept = custody.keep(organisation=access.organisation, content=content, media_type="application/json")
    try:
        with transaction.atomic():
            row = _new(access, identity, use, name) if template is None else _renamed(access, template, use, name)
            number = _publish(access, row, language, subject, body, kept)
            _record(
                access,
                TEMPLATE,
                identity,
                "template.published",
                {"use": use, "name": name, "language": language, "version": number},
                refer("template", kept),
            )
    except IntegrityError as error:
        raise ConflictError("There is already a template of that name for this; choose another name.") from error
    return identity


def _new(access: Access, identity: UUID, use: str, name: str) -> Template:
    if Template.objects.filter(organisation_id=access.organisation, archived_at=None).count() >= MOST_TEMPLATES:
        raise ConflictError("There are %(most)s templates, which is the most; archive one first.", most=MOST_TEMPLATES)
    return Template.objects.create(
        id=identity, organisation_id=access.organisation, use=use, name=name, created_at=clock.now()
    )


def _renamed(access: Access, template: UUID, use: str, name: str) -> Template:
    row = _locked(access, template)
    if row.use != use:
        raise InputError("A template stays what it is for; make a new one for something else.")
    if row.archived_at is not None:
        raise ConflictError("This template was archived; make a new one from it.")
    row.name = name
    row.save(update_fields=["name"])
    return row


def _locked(access: Access, template: UUID) -> Template:
    row = Template.objects.select_for_update().filter(id=template, organisation_id=access.organisation).first()
    if row is None:
        raise InputError("There is no such template.")
    return row


def _publish(access: Access, row: Template, language: str, subject: str, body: str, kept: Kept) -> int:
    last = TemplateVersion.objects.filter(template=row, language=language).order_by("-number").first()
    number = 1 if last is None else last.number + 1
    if number > MOST_VERSIONS:
        raise ConflictError("A template has at most %(most)s versions; make a new one.", most=MOST_VERSIONS)
    TemplateVersion.objects.create(
        template=row,
        language=language,
        number=number,
        subject=subject,
        body=body,
        sha256=kept.sha256,
        published_at=clock.now(),
        published_by=access.member,
    )
    return number


def archive_template(*, access: Access, template: UUID) -> None:
    """Put a template away: nothing more is written from it; archiving it again changes nothing.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such template.
    """
    access.require_manager()
    with transaction.atomic():
        row = _locked(access, template)
        if row.archived_at is not None:
            return
        row.archived_at = clock.now()
        row.save(update_fields=["archived_at"])
        _record(access, TEMPLATE, template, "template.archived", {"use": row.use, "name": row.name})


def save_snippet(
    *, access: Access, name: str, shortcut: str, language: str, body: str, snippet: UUID | None = None
) -> UUID:
    """Save a piece of text for replies.

    Args:
        access: of whoever may answer.
        name: how members know it. shortcut: what they type to insert it.
        language: "es" or "en".
        body: in the marks of a letter's body, with the variables of `acuse.composition.uses.SNIPPET`.
        snippet: which one to change; None for a new one.

    Returns:
        The snippet.

    Raises:
        AccessDenied: the member may not.
        InputError: a part is not right, or there is no such snippet.
        ConflictError: another one has the shortcut in that language, or there are too many.
    """
    access.require_sender()
    words: dict[str, object] = {
        "name": rules.check_name(name),
        "shortcut": rules.check_shortcut(shortcut),
        "language": check_language(language),
    }
    text = rules.check_snippet(body)
    identity = snippet or uuid7()
    kept = custody.keep(organisation=access.organisation, content=text.encode(), media_type="text/plain")
    try:
        with transaction.atomic():
            _save(access, snippet, identity, {**words, "body": text, "saved_at": clock.now()})
            _record(access, SNIPPET, identity, "snippet.saved", words, refer("snippet", kept))
    except IntegrityError as error:
        raise ConflictError("Another snippet has that shortcut in this language; choose another.") from error
    return identity


def _save(access: Access, snippet: UUID | None, identity: UUID, values: dict[str, object]) -> None:
    own = Snippet.objects.filter(organisation_id=access.organisation)
    if snippet is not None:
        if not own.filter(id=snippet).update(**values):
            raise InputError("There is no such snippet.")
        return
    if own.count() >= MOST_SNIPPETS:
        raise ConflictError("There are %(most)s snippets, which is the most; remove one first.", most=MOST_SNIPPETS)
    Snippet.objects.create(id=identity, organisation_id=access.organisation, **values)


def remove_snippet(*, access: Access, snippet: UUID) -> None:
    """Remove a piece of text.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such snippet.
    """
    access.require_sender()
    with transaction.atomic():
        row = Snippet.objects.select_for_update().filter(id=snippet, organisation_id=access.organisation).first()
        if row is None:
            raise InputError("There is no such snippet.")
        words: dict[str, object] = {"name": row.name, "shortcut": row.shortcut, "language": row.language}
        row.delete()
        _record(access, SNIPPET, snippet, "snippet.removed", words)


def _record(
    access: Access, kind: str, subject: UUID, type: str, details: dict[str, object], *objects: ObjectReference
) -> None:
    record(
        FactDraft(
            organisation=access.organisation,
            subject_kind=kind,
            subject_id=subject,
            type=type,
            actor=Actor(kind="member", id=str(access.member)),
            details=details,
            objects=objects,
        )
    )
