"""The proof bundle: everything about one subject that an offline verifier needs (evidence.md section 7).

`proof.json` is canonical JSON with exactly these members:

    format      "acuse-proof"
    v           1
    facts       list, in order of the subject's sequence, from its first fact:
                  fact (the members of the fact, whose canonical form is the hashed bytes),
                  position (in the ledger, from 0), path (hex, from the leaf up, to the root of `checkpoint`)
    checkpoint  the signed note (C2SP tlog-checkpoint) with the log's own signature line alone
    key         verifier key of the log, `name+hash+base64`
    binding     null, or the seal's signature over `key`: cms (base64 DER), crls (list of base64 DER)
    tokens      list of RFC 3161 tokens over the bytes of `checkpoint`: token, chain (certificates on the validated
                path that the token does not carry itself), crls; all base64 DER

Of a case with the communications that it names, `v` is 2 and there is one more member:

    others      list, never empty: the facts of each such communication, in a list like `facts`, in the order in which
                the facts of the case first name them

Nothing else: every byte is hashed, signed or recomputed.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from acuse.errors import InputError
from acuse.proof.canonical import canonicalise
from acuse.proof.canonical import parse as parse_canonical
from acuse.proof.checkpoint import unbase64
from acuse.proof.facts.fact import Fact
from acuse.proof.merkle import MAX_PATH, MAX_SIZE

FORMAT = "acuse-proof"
VERSION = 1
WITH_OTHERS = 2
MAX_BUNDLE = 1 << 26
MAX_FACTS = 20_000
MAX_OTHERS = 1_000
MAX_TOKENS = 8
MAX_CERTIFICATES = 8
MAX_CRLS = 8
MAX_DER = 1 << 20
MAX_CRL = 1 << 23


@dataclass(frozen=True, kw_only=True)
class ProvenFact:
    """A fact with its place in the ledger.

    Attributes:
        fact: the fact.
        position: in the ledger, from 0.
        path: audit path (32 bytes each, from the leaf up) to the root of the bundle's checkpoint.
    """

    fact: Fact
    position: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, kw_only=True)
class TimeStamp:
    """An RFC 3161 token over the checkpoint note, with what validates it.

    Attributes:
        token: DER of the TimeStampToken.
        chain: DER certificates of the path that the token itself does not carry; never the root.
        crls: DER revocation lists, one for each certificate of the path below the root.
    """

    token: bytes
    chain: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SealBinding:
    """The seal's detached signature over the log's verifier key.

    Attributes:
        cms: DER of the CMS SignedData, with the chain of the seal below the root.
        crls: DER revocation lists of that chain, where there are any.
    """

    cms: bytes
    crls: tuple[bytes, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """A proof bundle.

    Attributes:
        facts: one subject's facts from its first on, in order.
        checkpoint: the signed note that all the paths lead to.
        key: verifier key line of the log.
        binding: the seal's signature over `key`; None where the log's key is published otherwise.
        tokens: time stamps over `checkpoint`; none while no authority answered.
        others: of a case, the facts of communications that it names, each from its first on.
    """

    facts: tuple[ProvenFact, ...]
    checkpoint: bytes
    key: str
    binding: SealBinding | None = None
    tokens: tuple[TimeStamp, ...] = ()
    others: tuple[tuple[ProvenFact, ...], ...] = ()

    @property
    def every(self) -> tuple[ProvenFact, ...]:
        """Return the facts of all subjects, one subject after the other."""
        return (*self.facts, *chain.from_iterable(self.others))

    @property
    def facts_up_to(self) -> int:
        """Return the ledger position of the subject's last fact; the others' facts end where each of them does."""
        return self.facts[-1].position

    def to_json(self) -> bytes:
        """Return `proof.json`.

        Raises:
            InputError: over a limit of this format.
        """
        if len(self.every) > MAX_FACTS:
            raise InputError("A bundle has at most %(limit)s facts.", limit=MAX_FACTS)
        members: dict[str, Any] = {
            "format": FORMAT,
            "v": WITH_OTHERS if self.others else VERSION,
            "facts": _proven(self.facts),
            **({"others": [_proven(facts) for facts in self.others]} if self.others else {}),
            "checkpoint": self.checkpoint.decode("utf-8"),
            "key": self.key,
            "binding": None
            if self.binding is None
            else {"cms": _base64(self.binding.cms), "crls": [_base64(crl) for crl in self.binding.crls]},
            "tokens": [
                {
                    "token": _base64(stamp.token),
                    "chain": [_base64(certificate) for certificate in stamp.chain],
                    "crls": [_base64(crl) for crl in stamp.crls],
                }
                for stamp in self.tokens
            ],
        }
        raw = canonicalise(members)
        if len(raw) > MAX_BUNDLE:
            raise InputError("A bundle has at most %(limit)s bytes.", limit=MAX_BUNDLE)
        return raw


def parse(raw: bytes) -> Bundle:
    """Read `proof.json`, refusing any other form; nothing is verified beyond structure.

    Raises:
        InputError: not canonical, of another version, over a limit, or a member is missing, unknown or wrong.
    """
    members = parse_canonical(raw, limit=MAX_BUNDLE)
    if not isinstance(members, dict) or members.get("format") != FORMAT:
        raise InputError("This is not a proof bundle.")
    if members.get("v") not in (VERSION, WITH_OTHERS) or members["v"] is True:
        raise InputError(
            "This bundle is of version %(version)r; this program knows version %(version_2)s.",
            version=members.get("v"),
            version_2=WITH_OTHERS,
        )
    more = ("others",) if members["v"] == WITH_OTHERS else ()
    members = _members(members, "bundle", "format", "v", "facts", "checkpoint", "key", "binding", "tokens", *more)
    facts = _facts(members["facts"], "facts")
    others = tuple(_facts(value, "others") for value in _listed(members.get("others", []), "others", MAX_OTHERS))
    if more and not others:
        raise InputError("The member %(what)s is never empty.", what="others")
    if len(facts) + sum(map(len, others)) > MAX_FACTS:
        raise InputError("A bundle has at most %(limit)s facts.", limit=MAX_FACTS)
    tokens = tuple(_time_stamp(value) for value in _listed(members["tokens"], "tokens", MAX_TOKENS))
    if len({stamp.token for stamp in tokens}) != len(tokens):
        raise InputError("The bundle holds the same time stamp twice.")
    return Bundle(
        facts=facts,
        checkpoint=_text(members["checkpoint"], "checkpoint").encode(),
        key=_text(members["key"], "key"),
        binding=None if members["binding"] is None else _binding(members["binding"]),
        tokens=tokens,
        others=others,
    )


def _proven(facts: Sequence[ProvenFact]) -> list[dict[str, Any]]:
    return [
        {"fact": item.fact.members(), "position": item.position, "path": [node.hex() for node in item.path]}
        for item in facts
    ]


def _facts(value: Any, what: str) -> tuple[ProvenFact, ...]:
    """Return the facts of one subject: at least one."""
    listed = _listed(value, what, MAX_FACTS)
    if not listed:
        raise InputError("The bundle holds no fact.")
    return tuple(_proven_fact(each) for each in listed)


def _proven_fact(value: Any) -> ProvenFact:
    members = _members(value, "entry of facts", "fact", "position", "path")
    position = members["position"]
    if not isinstance(position, int) or isinstance(position, bool) or not 0 <= position < MAX_SIZE:
        raise InputError("The position of a fact is an integer from 0.")
    path = tuple(_hash(node) for node in _listed(members["path"], "path", MAX_PATH))
    return ProvenFact(fact=Fact.from_members(members["fact"]), position=position, path=path)


def _binding(value: Any) -> SealBinding:
    members = _members(value, "binding", "cms", "crls")
    crls = _listed(members["crls"], "crls", MAX_CRLS)
    return SealBinding(cms=_der(members["cms"]), crls=tuple(_der(crl, MAX_CRL) for crl in crls))


def _time_stamp(value: Any) -> TimeStamp:
    members = _members(value, "entry of tokens", "token", "chain", "crls")
    chain = _listed(members["chain"], "chain", MAX_CERTIFICATES)
    crls = _listed(members["crls"], "crls", MAX_CRLS)
    return TimeStamp(
        token=_der(members["token"]),
        chain=tuple(_der(certificate) for certificate in chain),
        crls=tuple(_der(crl, MAX_CRL) for crl in crls),
    )


def _members(value: Any, what: str, *names: str) -> Mapping[str, Any]:
    if not isinstance(value, dict) or value.keys() != set(names):
        raise InputError(
            "The %(what)s does not have exactly these members: %(names)s.", what=what, names=", ".join(names)
        )
    return value


def _listed(value: Any, what: str, limit: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > limit:
        raise InputError("The member %(what)s is a list of at most %(limit)s.", what=what, limit=limit)
    return value


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise InputError("The member %(what)s is text.", what=what)
    return value


def _hash(value: Any) -> bytes:
    text = _text(value, "path")
    try:
        decoded = bytes.fromhex(text)
    except ValueError as error:
        raise InputError("A hash is 64 lower-case hex digits.") from error
    if len(decoded) != 32 or decoded.hex() != text:
        raise InputError("A hash is 64 lower-case hex digits.")
    return decoded


def _der(value: Any, limit: int = MAX_DER) -> bytes:
    decoded = unbase64(_text(value, "der"))
    if len(decoded) > limit:
        raise InputError("A certificate, token or revocation list has at most %(limit)s bytes here.", limit=limit)
    return decoded


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
