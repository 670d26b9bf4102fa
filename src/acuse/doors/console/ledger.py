"""The ledger as a member sees it: its state, the organisation's own facts, and the path of one of them to the root."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from acuse import clock
from acuse.accounts.queries import Access
from acuse.doors.console import anchor_chart
from acuse.doors.console import facts as names
from acuse.doors.console.dropped import drop_nonsense
from acuse.doors.console.frame import member_view, page
from acuse.doors.console.ledger_search import kind_word, kinds, read_search, types
from acuse.doors.console.timeline import evidence_state
from acuse.doors.console.wording import mark_word
from acuse.evidence import queries as evidence
from acuse.evidence.anchors import AnchorView, anchors_covering, anchors_since, development_anchors
from acuse.evidence.examinations import last_examination
from acuse.evidence.queries import LedgerFact, LedgerState
from acuse.evidence.search import Found, find_facts
from acuse.proof.bundle import Bundle
from acuse.proof.facts.fact import Fact
from acuse.proof.merkle import inclusion_ranges

ROWS = 50
PATH_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Row:
    """One fact of the organisation."""

    fact: Fact
    position: int
    sequence: int
    title: str
    entry: str
    mark: str
    mark_word: str
    development: bool
    subject_url: str
    subject_word: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """Facts that one time stamp covers first; ``anchor`` is None for those that none covers yet."""

    anchor: AnchorView | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Node:
    """One step of the path to the root."""

    first: int
    last: int
    digest: str


@dataclass(frozen=True, kw_only=True)
class Proof:
    """The path of one fact to the root of a signed checkpoint."""

    nodes: tuple[Node, ...]
    hidden: int
    steps: int
    root: str
    leaf: str
    checkpoint: str
    size: int


#: Kind of subject -> the page that shows one.
_PAGES = {"communication": "console:communication", "ticket": "console:ticket", "call": "console:call"}


def _sequence(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _rows(items: Sequence[LedgerFact], access: Access, state: LedgerState) -> list[Row]:
    stamped = development_anchors([item.position for item in items if item.position is not None])
    return [_row(item, access, state, development=stamped.get(item.position or 0, False)) for item in items]


def _row(item: LedgerFact, access: Access, state: LedgerState, *, development: bool) -> Row:
    mark = evidence_state(item.position, anchored_size=state.anchored_size)
    fact = item.fact
    subject_page = _PAGES.get(fact.subject.kind)
    return Row(
        fact=fact,
        position=item.position or 0,
        sequence=item.organisation_sequence or 0,
        title=names.title(fact.type, outgoing=bool(fact.details.get("via"))),
        entry=fact.entry().hex(),
        mark=mark,
        mark_word=mark_word(mark, development=development),
        development=development and mark == "stamped",
        subject_url=reverse(subject_page, args=[access.view.slug, fact.subject.id]) if subject_page else "",
        subject_word=kind_word(fact.subject.kind),
    )


def grouped(rows: Sequence[Row], anchors: Sequence[AnchorView]) -> list[Group]:
    """The rows, newest first, under the time stamp that covered each of them first.

    Args:
        rows: by falling position.
        anchors: those that cover any of them, the smallest first.
    """
    groups: list[tuple[AnchorView | None, list[Row]]] = []
    for row in rows:
        anchor = next((one for one in anchors if one.size > row.position), None)
        if not groups or groups[-1][0] != anchor:
            groups.append((anchor, []))
        groups[-1][1].append(row)
    return [Group(anchor=anchor, rows=tuple(members)) for anchor, members in groups]


def _proof(bundle: Bundle, fact_id: UUID) -> Proof:
    proven = next(item for item in bundle.facts if item.fact.id == fact_id)
    lines = bundle.checkpoint.decode("utf-8").split("\n")
    size = int(lines[1])
    nodes = [
        Node(first=first, last=end - 1, digest=digest.hex())
        for (first, end), digest in zip(inclusion_ranges(proven.position, size), proven.path, strict=True)
    ]
    return Proof(
        nodes=tuple(nodes[:PATH_SHOWN]),
        hidden=max(0, len(nodes) - PATH_SHOWN),
        steps=len(nodes),
        root=lines[2],
        leaf=proven.fact.leaf().hex(),
        checkpoint=bundle.checkpoint.decode("utf-8"),
        size=size,
    )


def _chosen(access: Access, sequence: int | None) -> LedgerFact | None:
    if sequence is None:
        return None
    found = evidence.recent_facts(organisation=access.organisation, before=sequence + 1, limit=1)
    return found[0] if found and found[0].organisation_sequence == sequence else None


def _bundle(access: Access, fact: Fact) -> Bundle | None:
    return evidence.bundle_for(
        organisation=access.organisation,
        kind=fact.subject.kind,
        id=fact.subject.id,
        up_to=fact.subject_sequence,
        unanchored=True,
    )


def _chart(request: HttpRequest) -> dict[str, object]:
    term = anchor_chart.term_of(request.GET.get("days", ""))
    since = clock.now() - timedelta(days=term.days)
    spans = anchors_since(since, span=term.span)
    return {"chart": anchor_chart.chart(spans, since=since, term=term), "term": term, "terms": anchor_chart.TERMS}


@require_GET
@member_view
def ledger(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The page; ``?entry=`` opens one fact, ``?before=`` pages back, ``?q=``, ``?type=`` and ``?kind=`` search."""
    search = read_search(request, access)
    understood = {"type": bool(search.wanted.type), "kind": bool(search.wanted.kind)}
    if (without := drop_nonsense(request, understood)) is not None:
        return without
    if search.one is not None:
        return redirect(f"{request.path}?entry={search.one.organisation_sequence}#entry")
    state = evidence.ledger_state()
    before = _sequence(request.GET.get("before", ""))
    chosen = _chosen(access, _sequence(request.GET.get("entry", "")))
    if chosen is not None and before is None and not search.narrows:
        before = (chosen.organisation_sequence or 0) + ROWS // 2
    found = Found(facts=(), searched_to=None)
    if not search.nothing:
        found = find_facts(organisation=access.organisation, wanted=search.wanted, before=before, limit=ROWS + 1)
    rows = _rows(found.facts[:ROWS], access, state)
    anchors = anchors_covering(first=rows[-1].position, last=rows[0].position) if rows else []
    bundle = _bundle(access, chosen.fact) if chosen is not None else None
    older = rows[-1].sequence if len(found.facts) > ROWS else found.searched_to
    context = {
        "state": state,
        "search": search,
        "types": types(),
        "kinds": [(kind, kind_word(kind)) for kind in kinds()],
        "groups": grouped(rows, anchors),
        "chosen": _rows([chosen], access, state)[0] if chosen else None,
        "proof": _proof(bundle, chosen.fact.id) if chosen and bundle else None,
        "older": search.address(before=older) if older else "",
        "searched_to": found.searched_to,
        "newest": search.address() if before is not None else "",
        "keep": search.prefix(before="" if before is None else before),
        "development": any(row.development for row in rows),
        "unanchored": state.size - state.anchored_size,
        "public": settings.ACUSE.log_public,
        "examination": last_examination(),
        **_chart(request),
    }
    return page(request, access, "ledger", "console/ledger.html", context)
