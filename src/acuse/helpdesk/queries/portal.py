"""An organisation's public pages: which there are, and what they say."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from acuse.accounts.queries import organisation_view
from acuse.helpdesk.models import Article, Line, Settings


@dataclass(frozen=True, kw_only=True)
class PublicDesk:
    """What the public may see of an organisation, and where.

    Attributes:
        zone: its time zone. language: its own, for whoever asks for none.
        faq: something can be read. phone: there are lines to call. form: customers can write.
        form_mailbox: what they write comes in there.
        indexed: search engines may list it. quiet_hours: the page says when few call.
        welcome, consent: texts by language; empty ones are left out.
        data_policy: address of the policy of data protection; "" for none.
    """

    organisation: UUID
    slug: str
    name: str
    zone: str
    language: str
    faq: bool
    phone: bool
    form: bool
    form_mailbox: UUID | None
    indexed: bool
    quiet_hours: bool
    welcome: Mapping[str, str]
    consent: Mapping[str, str]
    data_policy: str


def public_desk(slug: str) -> PublicDesk | None:
    """Return the public desk of the organisation called `slug`, or None where it has none, or has it switched off."""
    row = Settings.objects.select_related("form_mailbox").filter(organisation__slug=slug, portal_enabled=True).first()
    if row is None:
        return None
    view = organisation_view(row.organisation_id)
    mailbox = row.form_mailbox if row.form_enabled else None
    form = mailbox is not None and mailbox.enabled
    return PublicDesk(
        organisation=view.id,
        slug=view.slug,
        name=view.name,
        zone=view.time_zone,
        language=view.language,
        faq=Article.objects.filter(organisation_id=view.id, version__gt=0).exists(),
        phone=Line.objects.filter(organisation_id=view.id, public=True, enabled=True).exists(),
        form=form,
        form_mailbox=row.form_mailbox_id if form else None,
        indexed=row.portal_indexed,
        quiet_hours=row.quiet_hours_public,
        welcome=_said(row.welcome),
        consent=_said(row.consent),
        data_policy=row.data_policy,
    )


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Return a text in a language, else in the other, else "".

    Args:
        texts: by language, none of them empty. language: of the page.
    """
    return texts.get(language) or next(iter(texts.values()), "")


def _said(texts: Mapping[str, str]) -> Mapping[str, str]:
    return {language: text for language, text in texts.items() if text}
