"""Lists of contacts: by name or the newest first, narrowed by words, a letter or the kind; fast with a million."""

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from acuse.accounts.queries import Access
from acuse.contacts.family import members, roots
from acuse.contacts.models import LISTED, Contact
from acuse.contacts.queries import AddressView, addresses_of
from acuse.contacts.words import whom
from acuse.errors import InputError
from acuse.evidence.fulltext import Lexemes

PAGE = 50
LETTERS = "abcdefghijklmnopqrstuvwxyz"
OTHER = "#"
"""Names that begin with no letter of `LETTERS`, and contacts without name."""
COUNT_LIMIT = 1000
_FIRST = 1000
_FEW = 2000
_BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list is narrowed to; empty members narrow nothing.

    Attributes:
        search: words of the name, the tax number or an address, each by its beginning, accents aside.
        kind: "person" or "company".
        letter: one of `LETTERS`, or `OTHER`.
        recent: the newest first, instead of by name.
    """

    search: str = ""
    kind: str = ""
    letter: str = ""
    recent: bool = False

    @property
    def narrowing(self) -> bool:
        """Whether anything is narrowed at all."""
        return bool(self.search.strip() or self.kind or self.letter)


@dataclass(frozen=True, kw_only=True)
class ContactRow:
    """A contact as lists show it.

    Attributes:
        company: name of the company for which it works; "" for none.
        addresses: living ones of its family, by channel.
        absorbed: how many were merged into it.
    """

    id: UUID
    kind: str
    name: str
    tax_id: str
    language: str
    company: str
    created_at: datetime
    addresses: tuple[AddressView, ...]
    absorbed: int

    @property
    def called(self) -> str:
        """How it is called: its name, else its first address, else ""."""
        return self.name or next((address.value for address in self.addresses), "")


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a list; `after` is the cursor of the next, "" on the last."""

    rows: tuple[ContactRow, ...]
    after: str


def contacts(access: Access, *, filters: Filters, cursor: str = "", limit: int = PAGE) -> Page:
    """Return a page of contacts.

    Args:
        access: of the member who asks.
        filters: what to narrow the list to, and its order.
        cursor: of an earlier page, or "" for the first.
        limit: at most 1,000.

    Raises:
        InputError: the cursor is none of ours.
    """
    limit = min(limit, COUNT_LIMIT)
    found = _first(access, filters, cursor, limit + 1)
    shown = found[:limit]
    return Page(rows=_rows(access, shown), after=_cursor(shown[-1], filters) if len(found) > limit else "")


def every(access: Access, *, filters: Filters) -> Iterator[ContactRow]:
    """Yield all contacts of a list, in its order, read in batches."""
    cursor = ""
    while True:
        page = contacts(access, filters=filters, cursor=cursor, limit=_BATCH)
        yield from page.rows
        cursor = page.after
        if not cursor:
            return


def count(access: Access, *, filters: Filters) -> int:
    """Return how many contacts match, up to ``COUNT_LIMIT``: no list costs more as it grows."""
    return len(_narrowed(access, filters).order_by().values_list("id", flat=True)[:COUNT_LIMIT])


def any_contact(access: Access) -> bool:
    """Return whether the organisation has any contact."""
    return Contact.objects.filter(LISTED, organisation_id=access.organisation).exists()


def _narrowed(access: Access, filters: Filters) -> "QuerySet[Contact]":
    rows = Contact.objects.filter(LISTED, organisation_id=access.organisation)
    words = whom(filters.search)
    if words:
        rows = rows.filter(Q(search=Lexemes(words)) | Q(id__in=_merged_into(access, words)))
    elif filters.search.strip():
        return rows.none()  # of signs alone, which are in no word
    if filters.kind in Contact.Kind.values:
        rows = rows.filter(kind=filters.kind)
    if filters.letter == OTHER:
        rows = rows.filter(Q(sorted_as__lt=LETTERS[0]) | Q(sorted_as__gte=chr(ord(LETTERS[-1]) + 1)))
    elif filters.letter and filters.letter in LETTERS:
        rows = rows.filter(sorted_as__gte=filters.letter, sorted_as__lt=chr(ord(filters.letter) + 1))
    return rows


def _merged_into(access: Access, words: str) -> set[UUID]:
    """Return the contacts into which those were merged that have the words, the first so many of them."""
    merged = Contact.objects.filter(
        organisation_id=access.organisation, merged_into__isnull=False, erased_at=None, search=Lexemes(words)
    )
    return set(roots(access.organisation, merged.values_list("id", flat=True)[:_FEW]).values())


def _after(rows: "QuerySet[Contact]", filters: Filters, cursor: str) -> "QuerySet[Contact]":
    """Sort, and leave out what comes before a place in the list; "" is its beginning."""
    rows = rows.order_by("-created_at", "-id") if filters.recent else rows.order_by("sorted_as", "id")
    if not cursor:
        return rows
    place, identity = _read_cursor(cursor, filters)
    if filters.recent:
        return rows.filter(created_at__lte=place).exclude(created_at=place, id__gte=identity)
    return rows.filter(sorted_as__gte=place).exclude(sorted_as=place, id__lte=identity)


def _first(access: Access, filters: Filters, cursor: str, count: int) -> list[Contact]:
    """Return the first rows of a list from a place on.

    As `delivery.queries.lists` does: PostgreSQL cannot know how many rows hold a word by its beginning. A search looks
    at the first rows of the list, which a common word fills a page from; then finds few matches by their ids; and
    walks on for what is neither.
    """
    found = _after(_narrowed(access, filters), filters, cursor).select_related("company")
    if not whom(filters.search):
        return list(found[:count])
    whole = _after(Contact.objects.filter(LISTED, organisation_id=access.organisation), filters, cursor)
    column, bound = ("created_at", "created_at__gte") if filters.recent else ("sorted_as", "sorted_as__lte")
    last = whole.values_list(column, flat=True)[_FIRST - 1 : _FIRST].first()
    rows = list((found.filter(**{bound: last}) if last is not None else found)[:count])
    if len(rows) == count or last is None:
        return rows
    identities = list(found.order_by().values_list("id", flat=True)[: _FEW + 1])
    if len(identities) > _FEW:
        return list(found[:count])
    few = Contact.objects.filter(id__in=identities).select_related("company")
    return list(_after(few, filters, "")[:count])


def _rows(access: Access, found: Sequence[Contact]) -> tuple[ContactRow, ...]:
    families = members(access.organisation, [row.id for row in found])
    owner = {one: root for root, ids in families.items() for one in ids}
    addresses: dict[UUID, list[AddressView]] = {row.id: [] for row in found}
    for address in addresses_of(owner):
        addresses[owner[address.contact]].append(address)
    return tuple(
        ContactRow(
            id=row.id,
            kind=row.kind,
            name=row.name,
            tax_id=row.tax_id,
            language=row.language,
            company=row.company.name if row.company and row.company_id not in families[row.id] else "",
            created_at=row.created_at,
            addresses=tuple(addresses[row.id]),
            absorbed=len(families[row.id]) - 1,
        )
        for row in found
    )


def _cursor(row: Contact, filters: Filters) -> str:
    place = row.created_at.isoformat() if filters.recent else row.sorted_as
    return base64.urlsafe_b64encode(json.dumps([place, str(row.id)]).encode()).decode().rstrip("=")


def _read_cursor(text: str, filters: Filters) -> tuple[Any, UUID]:
    """The place that a cursor names.

    Raises:
        InputError: it is none of ours.
    """
    try:
        place, identity = json.loads(base64.urlsafe_b64decode(text[:4000] + "==").decode())
        if not isinstance(place, str) or not place.isprintable():
            raise ValueError
        return _moment(place) if filters.recent else place, UUID(identity)
    except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error) as error:
        raise InputError("That page of the list no longer exists; go back to its beginning.") from error


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    # PostgreSQL knows no offsets of 16 hours and more.
    return moment.astimezone(UTC)
