"""A small ledger in memory with its own authority, seal and time stamps, to make bundles from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.x509.oid import ExtendedKeyUsageOID

from acuse.proof import merkle
from acuse.proof.binding import bind
from acuse.proof.bundle import Bundle, ProvenFact, SealBinding, TimeStamp
from acuse.proof.checkpoint import Checkpoint, SigningKey, sign
from acuse.proof.facts.fact import Actor, Fact, ObjectReference, Subject
from acuse.proof.timestamp import DEVELOPMENT_POLICY, build_query, parse_reply
from acuse.proof.trust import Trust
from tests.pki import DAY, TSA_POLICY, Entity, TimeStampingAuthority, issue, revocation_list

MOMENT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ORGANISATION = UUID("0193505e-7a00-7000-8000-0000000000aa")
COMMUNICATION = UUID("0193505e-7a00-7000-8000-0000000000bb")
MESSAGE = b"From: a@talleres.example\r\n\r\nHola.\r\n"
ACCEPTED: dict[str, Any] = {"recipient": "ana@cliente.example", "recipient_basis": "sender_stated"}


def fact(
    type: str = "communication.accepted",
    *,
    after: Fact | None = None,
    kind: str = "communication",
    subject: UUID = COMMUNICATION,
    objects: Sequence[ObjectReference] = (),
    details: dict[str, Any] | None = None,
) -> Fact:
    """A fact that follows `after`."""
    number = after.subject_sequence + 1 if after else 1
    return Fact(
        id=UUID(f"0193505e-7a00-7000-8000-{number:012d}"),
        organisation=ORGANISATION,
        subject=Subject(kind=kind, id=subject),
        type=type,
        occurred_at=MOMENT + timedelta(seconds=number),
        recorded_at=MOMENT + timedelta(seconds=number, microseconds=123),
        subject_sequence=number,
        previous=after.entry() if after else None,
        actor=Actor(kind="component", id="test"),
        details=details or (ACCEPTED if type == "communication.accepted" else {}),
        objects=tuple(objects),
        salt=bytes([number]) * 16,
    )


def chain(*steps: str | tuple[str, dict[str, Any]]) -> list[Fact]:
    """The facts of one communication, of these types (with details)."""
    facts: list[Fact] = []
    for step in steps:
        name, details = (step, {}) if isinstance(step, str) else step
        facts.append(fact(name, after=facts[-1] if facts else None, details=details))
    return facts


def tree(leaves: Sequence[bytes]) -> merkle.ReadTile:
    """The tiles of a tree with these leaf hashes."""
    tiles = merkle.append(lambda level, index: b"", 0, leaves)
    return lambda level, index: tiles.get((level, index), b"")


@dataclass
class Operator:
    """Somebody who runs a ledger: a root, a seal and a time stamping authority directly under it, a log key."""

    policy: str = DEVELOPMENT_POLICY
    moment: datetime = MOMENT
    root: Entity = field(init=False)
    seal: Entity = field(init=False)
    authority: TimeStampingAuthority = field(init=False)
    key: SigningKey = field(init=False)

    def __post_init__(self) -> None:
        start, end = self.moment - DAY, self.moment + 365 * DAY
        self.root = issue("Root", issuer=None, not_before=start, not_after=end, authority=True)
        self.seal = issue("Seal", issuer=self.root, not_before=start, not_after=end)
        stamps = issue(
            "Stamps",
            issuer=self.root,
            not_before=start,
            not_after=end,
            extended=(ExtendedKeyUsageOID.TIME_STAMPING,),
        )
        self.authority = TimeStampingAuthority(stamps, self.moment + timedelta(minutes=1), policy=self.policy)
        self.key = SigningKey.generate("log.talleres.example")

    @property
    def trust(self) -> Trust:
        return Trust(seals=(self.root.certificate,), stamps=(self.root.certificate,))

    def crl(self) -> bytes:
        return revocation_list(self.root, at=self.moment - timedelta(hours=1))

    def stamp(self, note: bytes) -> TimeStamp:
        token = parse_reply(self.authority.reply(build_query(note).der))
        return TimeStamp(token=token, crls=(self.crl(),))

    def binding(self) -> SealBinding:
        cms = bind(
            self.key.verifier().line(),
            key=self.seal.key,
            certificate=self.seal.certificate,
            chain=[self.root.certificate],
            at=self.moment,
        )
        return SealBinding(cms=cms)

    def bundle(self, facts: Sequence[Fact], *, stamped: bool = True, bound: bool = True) -> Bundle:
        """The bundle of these facts, each followed in the ledger by somebody else's entry."""
        leaves: list[bytes] = []
        for each in facts:
            leaves += [each.leaf(), merkle.leaf_hash(b"another")]
        read = tree(leaves)
        note = sign(Checkpoint(origin=self.key.name, size=len(leaves), root=merkle.root(read, len(leaves))), self.key)
        return Bundle(
            facts=tuple(
                ProvenFact(
                    fact=each,
                    position=2 * index,
                    path=tuple(merkle.inclusion_path(read, 2 * index, len(leaves))),
                )
                for index, each in enumerate(facts)
            ),
            checkpoint=note,
            key=self.key.verifier().line(),
            binding=self.binding() if bound else None,
            tokens=(self.stamp(note),) if stamped else (),
        )


def real_operator() -> Operator:
    """An operator whose time stamps are not of the development policy."""
    return Operator(policy=TSA_POLICY)
