"""What an organisation's public pages are set to."""

from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from acuse.accounts.queries import Access
from acuse.errors import InputError
from acuse.helpdesk.models import Mailbox
from acuse.helpdesk.services.settings import save_settings

MOST_TEXT = 2000
MOST_ADDRESS = 500
LANGUAGES = ("es", "en")
_is_https = URLValidator(schemes=["https"])


def standard_consent(name: str) -> dict[str, str]:
    """Return what customers are asked to agree to until an organisation has words of its own.

    Args:
        name: of the organisation, which answers for the data.
    """
    return {
        "es": f"Acepto que {name} trate mis datos para atender lo que escribo y responderme.",
        "en": f"I agree that {name} uses my data to deal with what I write and to answer me.",
    }


def change_portal(
    *,
    access: Access,
    portal_enabled: bool,
    form_enabled: bool = False,
    form_mailbox: UUID | None = None,
    quiet_hours_public: bool = True,
    portal_indexed: bool = True,
    welcome: Mapping[str, str] | None = None,
    consent: Mapping[str, str] | None = None,
    data_policy: str,
) -> None:
    """Change the public pages; each name that changed is recorded.

    Args:
        access: of whoever changes it. portal_enabled: whether there are any. form_enabled: customers can write there.
        form_mailbox: what they write comes in there, and answers go out under it.
        quiet_hours_public: the page says when few call. portal_indexed: search engines may list it.
        welcome, consent: texts by language.
        data_policy: address of the policy of data protection; "" for none.

    Raises:
        AccessDenied: the member may not. InputError: there is no such mailbox, a text is too long, or the address is
            none that `check_policy` takes.
    """
    access.require_manager()
    if form_mailbox is not None:
        found = Mailbox.objects.filter(organisation_id=access.organisation, id=form_mailbox, enabled=True)
        if not found.exists():
            raise InputError("There is no such mailbox.")
    if form_enabled and form_mailbox is None:
        raise InputError("Choose the mailbox under which what the form brings is answered.")
    save_settings(
        access,
        portal_enabled=portal_enabled,
        form_enabled=form_enabled,
        form_mailbox_id=form_mailbox,
        quiet_hours_public=quiet_hours_public,
        portal_indexed=portal_indexed,
        welcome=_texts(welcome or {}),
        consent=_texts(consent or {}),
        data_policy=check_policy(data_policy),
    )


def check_policy(address: str) -> str:
    """Return the address of a policy that pages may lead to; "" for none.

    Raises:
        InputError: it is too long, or no address of the web's that is fetched by https and carries no password.
    """
    given = address.strip()
    if not given:
        return ""
    if len(given) > MOST_ADDRESS:
        raise InputError("The address of the policy has at most %(most)s characters.", most=MOST_ADDRESS)
    try:
        _is_https(given)
    except ValidationError as error:
        raise InputError(
            "Write an address such as https://www.example.com/privacy, beginning with https://."
        ) from error
    if "@" in urlsplit(given).netloc:
        raise InputError("The address of the policy may hold no name and no password: everybody sees it.")
    return given


def _texts(given: Mapping[str, str]) -> dict[str, str]:
    texts = {language: given.get(language, "").replace("\r\n", "\n").strip() for language in LANGUAGES}
    if any(len(text) > MOST_TEXT for text in texts.values()):
        raise InputError("A text of the public page has at most %(most)s characters.", most=MOST_TEXT)
    return {language: text for language, text in texts.items() if text}
