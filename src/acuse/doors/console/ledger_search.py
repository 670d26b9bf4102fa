"""What a member asked of the ledger: one fact by its place or digest, a subject by its code, or types of fact."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from acuse.accounts.queries import Access
from acuse.certificates.queries import communication_of
from acuse.doors.console import facts as names
from acuse.evidence.queries import LedgerFact
from acuse.evidence.search import Wanted, fact_at, fact_of_digest
from acuse.proof.facts.catalogue import CATALOGUE

DIGEST = 64
PLACE = 15


@dataclass(frozen=True, kw_only=True)
class Search:
    """The form, as filled in.

    Args:
        words: position, digest, code of a document or identifier of a subject.
        wanted: filters for the list.
        one: the fact that ``words`` names.
        nothing: ``words`` names nothing of the organisation.
    """

    words: str
    wanted: Wanted
    one: LedgerFact | None = None
    nothing: bool = False

    @property
    def narrows(self) -> bool:
        """Whether the list shows less than everything."""
        return bool(self.words or self.wanted.type or self.wanted.kind)

    def address(self, **further: str | int) -> str:
        """The query string that keeps the search."""
        given = {"q": self.words, "type": self.wanted.type, "kind": self.wanted.kind, **further}
        return "?" + urlencode({name: value for name, value in given.items() if value != ""})

    def prefix(self, **further: str | int) -> str:
        """The same, for one more member to follow."""
        address = self.address(**further)
        return address if address == "?" else f"{address}&"


def kind_word(kind: str) -> str:
    """What a kind of subject is called."""
    return {
        "communication": _("Communication"),
        "ticket": _("Case"),
        "call": _("Call"),
        "line": _("Telephone line"),
        "mailbox": _("Mailbox"),
        "article": _("Article"),
        "organisation": _("Organisation"),
        "reception": _("Incoming message"),
        "calendar": _("Calendar"),
        "template": _("Template"),
        "snippet": _("Snippet"),
        "contact": _("Contact"),
        "member": _("Member"),
        "installation": _("Installation"),
    }.get(kind, kind)


def kinds() -> tuple[str, ...]:
    """The kinds of subject of an organisation's facts."""
    found = {kind for known in CATALOGUE.values() for kind in known.kinds} - {"installation"}
    return tuple(sorted(found))


def types() -> list[tuple[str, str]]:
    """The types of fact of an organisation, with their names, by name."""
    own = [name for name, known in CATALOGUE.items() if set(known.kinds) - {"installation"}]
    return sorted(((name, names.title(name)) for name in own), key=lambda one: one[1])


def read_search(request: HttpRequest, access: Access) -> Search:
    """Read the form of a request; what is no choice is left out."""
    words = request.GET.get("q", "").strip()[:200]
    asked = Wanted(
        type=_choice(request.GET.get("type", ""), tuple(CATALOGUE)),
        kind=_choice(request.GET.get("kind", ""), kinds()),
        kinds=kinds(),
    )
    if not words:
        return Search(words="", wanted=asked)
    one = _one(words, access)
    if one is not None:
        return Search(words=words, wanted=asked, one=one)
    subject = _subject(words, access)
    if subject is None:
        return Search(words=words, wanted=asked, nothing=True)
    wanted = Wanted(type=asked.type, kind=asked.kind, kinds=asked.kinds, subject=subject)
    return Search(words=words, wanted=wanted)


def _choice(text: str, choices: tuple[str, ...]) -> str:
    return text if text in choices else ""


def _one(words: str, access: Access) -> LedgerFact | None:
    # People type a position as it is shown: in groups of three, by no-break spaces, blanks, points or commas.
    digits = "".join(words.split()).replace(",", "").replace(".", "")
    if digits.isascii() and digits.isdigit() and len(digits) <= PLACE:
        return fact_at(organisation=access.organisation, position=int(digits))
    if len(words) == DIGEST:
        try:
            return fact_of_digest(organisation=access.organisation, entry=bytes.fromhex(words))
        except ValueError:
            return None
    return None


def _subject(words: str, access: Access) -> UUID | None:
    found = communication_of(access, code=words)
    if found is not None:
        return found
    try:
        return UUID(words)
    except ValueError:
        return None
