"""One sending of the public form: what it says, and to which words it agrees."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.core import signing

from acuse.doors.portal.link import visitor_of
from acuse.doors.portal.office import Office
from acuse.doors.portal.write_form import Token, WriteForm
from acuse.errors import InputError
from acuse.helpdesk.form_guard import Sheet, Upload
from acuse.helpdesk.queries.portal import in_language
from acuse.helpdesk.services.form import Sending

_WORDS = "acuse.office.words"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One sending of the form, whose fields are valid.

    Attributes:
        unknown: the form brought no token of ours; `token` is new.
    """

    office: Office
    form: WriteForm
    token: Token
    unknown: bool

    def sending(self, sheet: Sheet, uploads: Sequence[Upload]) -> Sending:
        """Return what is told of it to the desk."""
        visitor = visitor_of(self.office.request)
        client = {"ip": visitor.ip[:64], "user_agent": visitor.user_agent}
        return Sending(name=self.token.name_of(vars(sheet), uploads), client=client, language=self.office.language)

    @property
    def address(self) -> str:
        """Where whoever writes wants to be answered."""
        return str(self.form.cleaned_data["address"])

    @property
    def consent(self) -> str:
        """The words to agree to, in the page's language; "" for none."""
        return in_language(self.office.desk.consent, self.office.language)

    @property
    def saw_words(self) -> bool:
        """Whether these very words stood on the page that was sent: members may have changed them since."""
        try:
            return bool(signing.loads(self.office.request.POST.get("words", ""), salt=_WORDS) == self._words())
        except signing.BadSignature:
            return False

    @property
    def has_agreed(self) -> bool:
        """Whether whoever sent the page agreed to the words."""
        return bool(self.office.request.POST.get("consent")) and self.saw_words

    def signed_words(self) -> str:
        """Return what the page carries of the words that it shows."""
        return signing.dumps(self._words(), salt=_WORDS)

    def _words(self) -> list[str]:
        owner, digest = self.office.desk.organisation, hashlib.sha256(self.consent.encode())
        return [owner.hex, self.office.language, digest.hexdigest()]

    def check_age(self) -> None:
        """Refuse what was sent too fast, or too late, or without a token. Raises InputError."""
        if self.unknown:
            raise InputError("The page was open for too long. Look at what you wrote and send it again.")
        self.token.check_age()

    def fresh_token(self) -> Token:
        """Its own token, or one that replaces it where that is too old to be sent."""
        return self.token.renewed() if self.token.is_stale else self.token
