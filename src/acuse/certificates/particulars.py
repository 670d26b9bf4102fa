"""What a document says that is neither fact, nor message, nor proof: embedded as `document.json`.

With it the pages can be made again from the sealed file alone (`acuse verify --render`): anybody sees that they say
what follows from the facts, and nothing else.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from acuse.certificates.stories.context import Language, Level, Party, Policy, Superseded
from acuse.clock import from_rfc3339, to_rfc3339
from acuse.errors import InputError
from acuse.proof.canonical import canonicalise
from acuse.proof.canonical import parse as parse_canonical

FILE = "document.json"
VERSION = 2


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """The particulars of one document.

    Args:
        kind: see `acuse.certificates.models.Certificate.Kind`.
        deadline: identifier of the one deadline that it is about; "" where it is about the whole.
        zone: IANA name of the zone of its local times.
        third_party: the operator states that the certifier is none of the parties.
        lowered: sealed at a lower level than wanted.
        issued_at: the document's date, whole seconds.
        development: the seal has no legal value.
    """

    kind: str
    deadline: str = ""
    language: Language
    zone: str
    organisation: Party
    third_party: bool
    policy: Policy | None
    code: str
    revision: int
    supersedes: Superseded | None
    verification_address: str
    verification_url: str
    level: Level
    lowered: bool
    issued_at: datetime
    development: bool

    def to_json(self) -> bytes:
        """Return `document.json`, canonical."""
        return canonicalise(
            {
                "v": VERSION,
                "kind": self.kind,
                **({"deadline": self.deadline} if self.deadline else {}),
                "language": self.language,
                "zone": self.zone,
                "organisation": {"name": self.organisation.name, "tax_id": self.organisation.tax_id},
                "third_party": self.third_party,
                "policy": None if self.policy is None else {"title": self.policy.title, "address": self.policy.address},
                "code": self.code,
                "revision": self.revision,
                "supersedes": None
                if self.supersedes is None
                else {
                    "code": self.supersedes.code,
                    "position": self.supersedes.position,
                    "reason": self.supersedes.reason,
                },
                "verification_address": self.verification_address,
                "verification_url": self.verification_url,
                "level": self.level,
                "lowered": self.lowered,
                "issued_at": to_rfc3339(self.issued_at),
                "development": self.development,
            }
        )


def parse_particulars(raw: bytes) -> Particulars:
    """Read `document.json`.

    Raises:
        InputError: it is not in its canonical form, or of another version.
    """
    members: Any = parse_canonical(raw)
    try:
        if members["v"] != VERSION:
            raise InputError("The document is of a version that this program does not make.")
        found = Particulars(
            kind=str(members["kind"]),
            deadline=str(members.get("deadline", "")),
            language=cast(Language, members["language"]),
            zone=str(members["zone"]),
            organisation=Party(**members["organisation"]),
            third_party=bool(members["third_party"]),
            policy=None if members["policy"] is None else Policy(**members["policy"]),
            code=str(members["code"]),
            revision=int(members["revision"]),
            supersedes=None if members["supersedes"] is None else Superseded(**members["supersedes"]),
            verification_address=str(members["verification_address"]),
            verification_url=str(members["verification_url"]),
            level=cast(Level, members["level"]),
            lowered=bool(members["lowered"]),
            issued_at=from_rfc3339(members["issued_at"]),
            development=bool(members["development"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError("The particulars of the document are not readable.") from error
    if found.to_json() != raw or found.language not in ("es", "en"):
        raise InputError("The particulars of the document are not in the form that documents carry.")
    return found
