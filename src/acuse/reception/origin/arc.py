"""ARC (RFC 8617): whether the chain of those who passed a message on is whole, and who they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from acuse.reception.origin import dkim, signed
from acuse.reception.origin.answers import NoAnswer, TooManyQuestions
from acuse.reception.origin.signed import Ask, HeaderField, Parts, Tags, Unacceptable

MOST_SETS = 50  # RFC 8617 section 5.2
_KINDS = ("arc-authentication-results", "arc-message-signature", "arc-seal")


@dataclass(frozen=True, kw_only=True)
class Arc:
    """The chain.

    Attributes:
        result: "none", "pass", "fail", or "temperror" where a key cannot be had now.
        sealers: their domains, the first first, as they say; believe them only under "pass".
        reason: why it does not hold.
    """

    result: str
    sealers: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class _Set:
    """What one of the chain added: its three fields, and the tags of the two that sign."""

    fields: tuple[HeaderField, HeaderField, HeaderField]
    message: Tags
    seal: Tags


def check_arc(parts: Parts, *, ask: Ask) -> Arc:
    """Check the chain of a message (section 5.2).

    Args:
        parts: of the message.
        ask: (name, type) to records.
    """
    found = [field for field in parts.fields if field.key in _KINDS]
    if not found:
        return Arc(result="none")
    sealers: tuple[str, ...] = ()
    try:
        sets = _sets(found)
        sealers = tuple(one.seal["d"][:255] for one in sets)
        _check(sets, parts, ask)
    except Unacceptable as error:
        return Arc(result="fail", sealers=sealers, reason=error.reason)
    except NoAnswer:
        return Arc(result="temperror", sealers=sealers, reason="a key cannot be had now")
    except TooManyQuestions as error:
        return Arc(result="fail", sealers=sealers, reason=str(error))
    return Arc(result="pass", sealers=sealers)


def _sets(found: Sequence[HeaderField]) -> list[_Set]:
    """Return the sets in order; each instance has exactly one field of each kind."""
    if len(found) > len(_KINDS) * MOST_SETS:
        raise Unacceptable("fail", "the chain is too long")
    by_place: dict[tuple[int, str], HeaderField] = {}
    for field in found:
        place = (_instance(field), field.key)
        if place in by_place:
            raise Unacceptable("fail", "an instance is there twice")
        by_place[place] = field
    count = max(instance for instance, _ in by_place)
    if set(by_place) != {(instance, kind) for instance in range(1, count + 1) for kind in _KINDS}:
        raise Unacceptable("fail", "the chain has a gap")
    return [_set(by_place, instance) for instance in range(1, count + 1)]


def _instance(field: HeaderField) -> int:
    """Return the i= of a field; that of Authentication-Results is before anything else in it."""
    name, _, text = field.value.decode("utf-8", "replace").partition(";")[0].partition("=")
    if field.key != _KINDS[0]:
        tags = signed.parse_tags(field.value)
        name, text = "i", tags.get("i", "")
    number = text.strip()
    if name.strip() != "i" or not (number.isascii() and number.isdigit()) or not 0 < len(number) < 3 or number == "0":
        raise Unacceptable("fail", "a field of the chain has no instance")
    return int(number)


def _set(by_place: dict[tuple[int, str], HeaderField], instance: int) -> _Set:
    results, message, seal = (by_place[instance, kind] for kind in _KINDS)
    made = _Set((results, message, seal), signed.parse_tags(message.value), signed.parse_tags(seal.value))
    missing = {"a", "b", "bh", "d", "h", "s"} - made.message.keys() or {"a", "b", "cv", "d", "s"} - made.seal.keys()
    if missing or "h" in made.seal:
        raise Unacceptable("fail", "a signature of the chain lacks a tag or has one that it must not have")
    return made


def _check(sets: Sequence[_Set], parts: Parts, ask: Ask) -> None:
    for number, one in enumerate(sets):
        if one.seal["cv"].lower() != ("none" if number == 0 else "pass"):
            raise Unacceptable("fail", "somebody found the chain broken")
    newest = sets[-1]
    if "arc-seal" in dkim.signed_names(newest.message):
        raise Unacceptable("fail", "a message signature is over a seal")
    bodies = dkim.Bodies(parts.body)
    dkim.check_message(newest.fields[1], newest.message, parts, bodies, ask)
    for number in range(len(sets), 0, -1):
        _check_seal(sets[:number], ask)


def _check_seal(sets: Sequence[_Set], ask: Ask) -> None:
    """Check the newest seal of a part of the chain: it is over all sets up to its own (section 5.1.1)."""
    before = [field for one in sets for field in one.fields][:-1]
    own, tags = sets[-1].fields[2], sets[-1].seal
    key, _ = signed.fetch_key(tags, ask)
    octets = signed.canonical_headers(before, own, relaxed=True)
    signed.check_signature(key, tags["a"].lower(), signed.base64_of(tags["b"]), octets)
