"""Reads of templates and snippets, and letters written from them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from acuse.accounts.queries import Access, organisation_view
from acuse.composition import rules
from acuse.composition.models import Snippet, Template, TemplateVersion
from acuse.composition.shipped import check_language, shipped
from acuse.composition.uses import SNIPPET, use_called
from acuse.errors import InputError


@dataclass(frozen=True, kw_only=True)
class VersionView:
    """What a template says in one language, or said."""

    language: str
    number: int
    subject: str
    body: str
    sha256: str
    published_at: datetime
    published_by: UUID


@dataclass(frozen=True, kw_only=True)
class TemplateView:
    """A template of the organisation's own.

    Attributes:
        current: by language, the version that counts.
    """

    id: UUID
    use: str
    name: str
    created_at: datetime
    archived_at: datetime | None
    current: Mapping[str, VersionView]


@dataclass(frozen=True, kw_only=True)
class TemplateName:
    """What a template of the organisation's own is called and for."""

    id: UUID
    use: str
    name: str
    archived: bool


@dataclass(frozen=True, kw_only=True)
class SnippetView:
    """A piece of text for replies."""

    id: UUID
    name: str
    shortcut: str
    language: str
    body: str
    saved_at: datetime


@dataclass(frozen=True, kw_only=True)
class SnippetName:
    """What a snippet is called, and what is typed behind a slash to insert it."""

    id: UUID
    name: str
    shortcut: str


@dataclass(frozen=True, kw_only=True)
class Composed:
    """A letter written from a template.

    Attributes:
        subject: one line.
        body: with its marks, as a member may still change it; `acuse.composition.bodies.write` makes the parts of it.
        text, html: its two parts.
        language: of the letter.
        template, version: of the organisation's own; None and 0 for a standard text.
        sha256: of what it was written from: the version in custody, or the standard text.
    """

    subject: str
    body: str
    text: str
    html: str
    language: str
    template: UUID | None
    version: int
    sha256: str


def templates(access: Access, use: str | None = None, *, archived: bool = False) -> list[TemplateView]:
    """Return the organisation's own templates, the oldest first.

    Args:
        access: of a member.
        use: for which; None for all.
        archived: those that were put away, instead of those that are used.
    """
    rows = Template.objects.filter(organisation_id=access.organisation, archived_at__isnull=not archived)
    return _views(rows.filter(use=use) if use else rows)


def template_names(access: Access) -> list[TemplateName]:
    """Return the organisation's own templates without what they say, archived ones too, the oldest first."""
    rows = Template.objects.filter(organisation_id=access.organisation).order_by("created_at", "id")
    return [
        TemplateName(id=id, use=use, name=name, archived=archived_at is not None)
        for id, use, name, archived_at in rows.values_list("id", "use", "name", "archived_at")
    ]


def template(access: Access, template: UUID) -> TemplateView:
    """Return one template, archived or not.

    Raises:
        InputError: the organisation has no such template.
    """
    found = _views(Template.objects.filter(organisation_id=access.organisation, id=template))
    if not found:
        raise InputError("There is no such template.")
    return found[0]


def versions(access: Access, template: UUID, language: str) -> list[VersionView]:
    """Return every version of a template in a language, the newest first."""
    rows = TemplateVersion.objects.filter(
        template_id=template, template__organisation_id=access.organisation, language=language
    )
    return [_version(row) for row in rows.order_by("-number")]


def snippets(access: Access, language: str | None = None) -> list[SnippetView]:
    """Return the organisation's snippets, by their shortcuts; with `language` those in it alone."""
    rows = Snippet.objects.filter(organisation_id=access.organisation).order_by("shortcut", "language")
    return [
        SnippetView(
            id=row.id,
            name=row.name,
            shortcut=row.shortcut,
            language=row.language,
            body=row.body,
            saved_at=row.saved_at,
        )
        for row in (rows.filter(language=language) if language else rows)
    ]


def snippet_names(access: Access, language: str) -> list[SnippetName]:
    """Return the organisation's snippets in a language without what they say, by their shortcuts."""
    rows = Snippet.objects.filter(organisation_id=access.organisation, language=language).order_by("shortcut")
    return [
        SnippetName(id=id, name=name, shortcut=shortcut)
        for id, name, shortcut in rows.values_list("id", "name", "shortcut")
    ]


def snippet_text(access: Access, snippet: UUID, values: Mapping[str, object]) -> str:
    """Return what a snippet says, with its marks, for a reply.

    Args:
        access: of a member.
        snippet: which one.
        values: of the variables of `acuse.composition.uses.SNIPPET`, by name, as for `compose`.

    Raises:
        InputError: there is no such snippet, it becomes too long, or a value is missing or wrong.
    """
    row = Snippet.objects.filter(organisation_id=access.organisation, id=snippet).first()
    if row is None:
        raise InputError("There is no such snippet.")
    words = rules.values_said(SNIPPET, _local(_zone(access.organisation), values), language=row.language)
    return rules.fill_snippet(row.body, words)


@dataclass(frozen=True, kw_only=True)
class Texts:
    """What an organisation's letters are written from, read once for however many.

    Attributes:
        own: its templates, the oldest first.
        zone: of its clock.
    """

    own: Sequence[TemplateView]
    zone: ZoneInfo

    def compose(
        self, *, use: str, language: str, values: Mapping[str, object], template: UUID | None = None
    ) -> Composed:
        """Write a letter, as `compose` below; `use` is one that was read."""
        found = use_called(use)
        check_language(language)
        words = rules.values_said(found, _local(self.zone, values), language=language)
        chosen = self._chosen(use, language, template)
        version = chosen.current[language] if chosen else None
        source = version or shipped(use, language)
        filled = rules.fill(found, source.subject, source.body, words, language=language)
        return Composed(
            subject=filled.subject,
            body=filled.body,
            text=filled.parts.text,
            html=filled.parts.html,
            language=language,
            template=chosen.id if chosen else None,
            version=version.number if version else 0,
            sha256=source.sha256,
        )

    def _chosen(self, use: str, language: str, template: UUID | None) -> TemplateView | None:
        """Return the template to write from, or None for the standard text."""
        own = [one for one in self.own if one.use == use and template in (None, one.id)]
        if template is not None and not own:
            raise InputError("There is no such template.")
        return next((one for one in own if language in one.current), None)


def texts(organisation: UUID, uses: Iterable[str]) -> Texts:
    """Return what letters of some uses are written from, for components and services that act for the organisation."""
    rows = Template.objects.filter(organisation_id=organisation, use__in=list(uses), archived_at=None)
    return Texts(own=_views(rows), zone=_zone(organisation))


def compose(
    *, organisation: UUID, use: str, language: str, values: Mapping[str, object], template: UUID | None = None
) -> Composed:
    """Write a letter from a template, for components and services that act for the organisation.

    A template that says nothing in the customer's language gives way to the standard text: the answer is owed in that
    language (Ley 10/2025, article 13.6).

    Args:
        organisation: whose letter it is.
        use: what it is for.
        language: of whom it is for, "es" or "en".
        values: of the use's variables, by name; see `acuse.composition.variables.said`. Moments are said by the
            organisation's clock.
        template: of the organisation's own; None for its oldest of that use or, where it has none, the standard text.

    Raises:
        InputError: there is no such use, language or template, or a value is missing or wrong.
    """
    return texts(organisation, [use]).compose(use=use, language=language, values=values, template=template)


def _zone(organisation: UUID) -> ZoneInfo:
    return ZoneInfo(organisation_view(organisation).time_zone)


def _local(zone: ZoneInfo, values: Mapping[str, object]) -> dict[str, object]:
    """Return values with their moments by the organisation's clock."""
    return {name: one.astimezone(zone) if isinstance(one, datetime) else one for name, one in values.items()}


def _views(rows: QuerySet[Template]) -> list[TemplateView]:
    found = list(rows.order_by("created_at", "id"))
    newest = TemplateVersion.objects.filter(template__in=found).order_by("template_id", "language", "-number")
    current: dict[UUID, dict[str, VersionView]] = {row.id: {} for row in found}
    for version in newest.distinct("template_id", "language"):
        current[version.template_id][version.language] = _version(version)
    return [
        TemplateView(
            id=row.id,
            use=row.use,
            name=row.name,
            created_at=row.created_at,
            archived_at=row.archived_at,
            current=current[row.id],
        )
        for row in found
    ]


def _version(row: TemplateVersion) -> VersionView:
    return VersionView(
        language=row.language,
        number=row.number,
        subject=row.subject,
        body=row.body,
        sha256=row.sha256,
        published_at=row.published_at,
        published_by=row.published_by,
    )
