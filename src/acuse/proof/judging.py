"""Step 8 of the verifier: the verdict that follows from the facts, and whether the file's statement says the same.

On a communication it follows from the facts alone; on the deadlines of a ticket from the facts and the versions of
calendars and of the policy that they cite, which must be in the file. Of a case that comes with the communications that
it names, each is judged as by itself.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from acuse.errors import CannotTell, InputError
from acuse.proof.bundle import Bundle
from acuse.proof.canonical import canonicalise, parse
from acuse.proof.facts import communication, deadline
from acuse.proof.facts.catalogue import CATALOGUE
from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts import deadlines as on_deadlines
from acuse.proof.verdicts import delivery as on_delivery

NO_DEADLINES = "No deadlines in the facts of this file"
"""A receipt tells the entry alone: of those that run besides, its file says nothing."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What follows from the facts.

    Attributes:
        delivery: verdict on a communication; None for another kind of subject.
        deadlines: verdicts on the deadlines of a ticket; None likewise.
        about: the one of them that the document is about; None where it is about all.
        communications: verdicts on those that came along with a case, in their order.
        members: content of `statement.json`.
    """

    delivery: on_delivery.Verdict | None = None
    deadlines: on_deadlines.Judgement | None = None
    about: on_deadlines.Deadline | None = None
    communications: tuple[on_delivery.Verdict, ...] = ()
    members: Mapping[str, Any]

    def said(self) -> str:
        """Return it in one English sentence without its full stop."""
        if self.delivery is not None:
            return f"{self.delivery.outcome}, grade G{self.delivery.grade}"
        found = self.deadlines.deadlines if self.deadlines is not None else ()
        said = "; ".join(f"{each.purpose} {each.verdict}" for each in found) or NO_DEADLINES
        if self.about is not None:
            said = f"One deadline of the case: {self.about.purpose} {self.about.verdict}"
        wrong = len(self.deadlines.contradictions) if self.deadlines is not None else 0
        said += f"; what facts say and does not follow: {wrong}" if wrong else ""
        if not self.communications:
            return said
        return f"{said}; communications: " + ", ".join(f"{each.outcome} G{each.grade}" for each in self.communications)

    def about_one(self, name: str | None) -> "Judged":
        """Return what follows, of a document about the deadline of that name; the same where there is none."""
        about = self.deadlines.named(name) if self.deadlines is not None and name else None
        if about is None:
            return self
        return replace(self, about=about, members=on_deadlines.about_one(self.members, about))


Chains = Sequence[tuple[tuple[Fact, ...], int]]
"""Facts of some subjects, each from its first, with the ledger position of its last."""


def judged(
    facts: tuple[Fact, ...], *, facts_up_to: int, sources: on_deadlines.Sources, others: Chains = ()
) -> Judged | None:
    """Return what follows from facts; None where nothing does.

    Args:
        facts: of one subject, from its first.
        facts_up_to: ledger position of the last.
        sources: what their deadlines are counted and compared by.
        others: of a case, the communications that came along.

    Raises:
        InputError: they do not fit their types.
    """
    kind = facts[0].subject.kind
    if kind == communication.KIND:
        verdict = on_delivery.verdict(facts)
        return Judged(delivery=verdict, members=on_delivery.statement(verdict, facts, facts_up_to=facts_up_to))
    if kind == deadline.KIND:
        judgement = on_deadlines.judge(facts, sources.calendars, rules=sources.rules)
        members = on_deadlines.statement(judgement, facts, facts_up_to=facts_up_to)
        verdicts = tuple(on_delivery.verdict(chain) for chain, _ in others)
        if others:
            members["communications"] = [
                on_delivery.statement(verdict, chain, facts_up_to=last)
                for verdict, (chain, last) in zip(verdicts, others, strict=True)
            ]
        absent = absent_communications(facts, [chain for chain, _ in others])
        if absent:
            members["communications_absent"] = list(absent)
        return Judged(deadlines=judgement, communications=verdicts, members=members)
    return None


def stated(bundle: Bundle, *, sources: on_deadlines.Sources, about: str = "") -> Mapping[str, Any]:
    """Return the content of `statement.json`, of a subject on which there is a verdict. See `judged`.

    Args:
        bundle: what is proved. sources: what deadlines are counted and compared by.
        about: identifier of the one deadline that the document is about; "" where it is about the whole.

    Raises:
        InputError: the facts do not fit their types, or tell no such deadline.
    """
    found = _judged(bundle, sources)
    if found is None:
        raise InputError("The facts are about nothing that is judged; there is no verdict.")
    told = found.about_one(about)
    if about and told.about is None:
        raise InputError("The facts tell no deadline of that name.")
    return told.members


def _judged(bundle: Bundle, sources: on_deadlines.Sources) -> Judged | None:
    own, *others = [(tuple(item.fact for item in each), each[-1].position) for each in (bundle.facts, *bundle.others)]
    return judged(own[0], facts_up_to=own[1], sources=sources, others=others)


def named_communications(facts: Iterable[Fact]) -> tuple[str, ...]:
    """Return the communications that the facts of a case name, each once, in the order in which they first do."""
    named = (fact.details.get("communication") for fact in facts)
    return tuple(dict.fromkeys(each for each in named if isinstance(each, str)))


def absent_communications(facts: Iterable[Fact], others: Iterable[Sequence[Fact]]) -> tuple[str, ...]:
    """Return the communications that the facts of a case name and whose own facts did not come along."""
    came = {str(chain[0].subject.id) for chain in others}
    return tuple(each for each in named_communications(facts) if each not in came)


def check_others(bundle: Bundle) -> None:
    """Check that what came along with a case is what its facts name, in their order, and was accepted for it.

    Raises:
        InputError: it is not.
    """
    if not bundle.others:
        return
    first = bundle.facts[0].fact
    subjects = [chain[0].fact.subject for chain in bundle.others]
    if first.subject.kind != deadline.KIND or any(each.kind != communication.KIND for each in subjects):
        raise InputError("Only a case comes with others, and only with communications.")
    if any(chain[0].fact.organisation != first.organisation for chain in bundle.others):
        raise InputError("A communication is another organisation's than the case.")
    came = [str(each.id) for each in subjects]
    named = named_communications(item.fact for item in bundle.facts)
    if [each for each in named if each in set(came)] != came:
        raise InputError("A communication came along that the case does not name, or in another order.")
    for chain in bundle.others:
        _check_bound(chain[0].fact, [item.fact for item in bundle.facts])


def _check_bound(accepted: Fact, case: Sequence[Fact]) -> None:
    """Check that a communication is one answer of a case: an identifier alone would bind any to it."""
    if accepted.type != "communication.accepted" or accepted.details.get("ticket") != str(case[0].subject.id):
        raise InputError("A communication came along that was not accepted for this case.")
    named = str(accepted.subject.id)
    answers = [fact for fact in case if fact.type == "reply.sent" and fact.details.get("communication") == named]
    if [_sent(answer) for answer in answers] != [_sent(accepted)]:
        raise InputError("A communication came along that is not the one answer that names it: recipient or message.")


def _sent(fact: Fact) -> tuple[Any, tuple[str, ...]]:
    """Return to whom a fact says that something was sent, and the digests of the message."""
    return fact.details.get("recipient"), tuple(item.sha256 for item in fact.objects if item.role == "message")


def sources_of(facts: Iterable[Fact], objects: Mapping[str, bytes]) -> on_deadlines.Sources:
    """Return what the deadlines of facts are counted and compared by.

    Args:
        facts: of one subject. objects: content by SHA-256 (hex).

    Raises:
        CannotTell: one is not there by which a deadline is counted.
        InputError: one is not what it is cited as.
    """
    given = tuple(facts)
    if not objects.keys() >= on_deadlines.needed(given):
        raise CannotTell(
            8, "The calendars or their rules are withheld from this file: the deadlines cannot be counted again."
        )
    return on_deadlines.Sources.read(given, objects.__getitem__, held=objects.keys())


def _is_whole(facts: Iterable[Fact], sources: on_deadlines.Sources) -> bool:
    """Return whether nothing is lacking by which what was deferred, and what was never started, is compared."""
    given = tuple(facts)
    cited = {*on_deadlines.cited_calendars(given), *on_deadlines.cited_rules(given)}
    return cited <= {*sources.calendars, *sources.rules}


def _read(stated: bytes | None) -> Any:
    """Return the members of a statement; None where there is none, or it is not in its canonical form."""
    try:
        return None if stated is None else parse(stated)
    except InputError:
        return None


def _check_version(members: Any, found: Judged, *, whole: bool) -> None:
    """Check that a ticket's statement which differs from what follows is one of an earlier version.

    The version is that of the rules by which deadlines are judged: where there is none, it says nothing.

    Args:
        members: of the statement. found: what follows.
        whole: whether all was at hand by which deadlines are compared.

    Raises:
        InputError: it is of this version, or says something else than one of that version would.
        CannotTell: its version judged deadlines otherwise, and some were judged; or something is not at hand.
    """
    version = members.get("v") if isinstance(members, dict) else None
    if found.deadlines is None or type(version) is not int:
        raise InputError("The statement is not what follows from the facts.")
    if version in on_deadlines.NAMING_ONE and found.about is None:
        raise InputError("The statement is about a deadline that the facts do not tell.")
    then = on_deadlines.as_of_version(found.members, version)
    if then is None and (found.deadlines.deadlines or found.deadlines.contradictions):
        raise CannotTell(
            8, "This was issued by another version of Acuse, which judged deadlines by other rules than this one."
        )
    expected = then or {**found.members, "v": version}
    if on_deadlines.comparable(members, version) == on_deadlines.comparable(expected, version):
        return
    if not whole:
        raise CannotTell(
            8, "Calendars or rules are withheld from this file: what was not started or deferred cannot be compared."
        )
    raise InputError("The statement is not what follows from the facts.")


def check_statement(bundle: Bundle, files: Iterable[bytes], stated: bytes | None) -> Judged | None:
    """Judge a bundle's facts and compare the file's statement.

    Args:
        bundle: verified before. files: that came along. stated: `statement.json`, where there is one.

    Returns:
        What follows; None where nothing does.

    Raises:
        InputError: the statement is not what follows.
        CannotTell: what is needed to judge is not in the file, or of a later version; or the statement of another.
    """
    facts = tuple(item.fact for item in bundle.facts)
    if facts[0].subject.kind not in (communication.KIND, deadline.KIND):
        if stated is not None:
            raise InputError("A statement came along although the facts are about nothing that is judged.")
        return None
    sources = sources_of(facts, {hashlib.sha256(content).hexdigest(): content for content in files})
    found, members = _judged(bundle, sources), _read(stated)
    if found is not None:
        found = found.about_one(on_deadlines.named_in(members))
    if found is not None and stated is not None and stated != canonicalise(found.members):
        newer = next((item.fact.type for item in bundle.every if item.fact.type not in CATALOGUE), None)
        if newer is not None:
            # A later version may weigh it; what it says of the outcome cannot be judged here.
            raise CannotTell(8, "There are facts that this version does not know, such as %(type)s.", type=newer[:80])
        _check_version(members, found, whole=_is_whole(facts, sources))
    return found
