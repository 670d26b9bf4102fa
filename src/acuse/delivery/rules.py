"""Pure rules of delivery: the retry schedule, what an outcome leads to, which notices the sender gets."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from acuse.channels.base import Outcome, Result
from acuse.mail.mailboxes import lowered
from acuse.mail.sending_domain import ascii_domain

#: Waits after the first, second, ... deferred attempt. RFC 5321 4.5.4.1 asks for about 30 minutes between attempts and
#: two attempts within the first hour; the early ones are shorter because greylisting usually clears in minutes.
_WAITS = (5, 10, 20, 30, 60, 120, 240)
#: After how long without delivery the sender is told that the message is delayed (RFC 3461 NOTIFY=DELAY).
DELAY_NOTICE_AFTER = timedelta(hours=4)
#: How long a client's retry finds the same communication.
DEDUPLICATION_TERM = timedelta(days=7)
#: How long one worker may hold a dispatch; longer than the longest send, from its turn over the DNS to the last answer
#: (SEND_TOTAL), by enough to read the message, record the outcome and say goodbye.
LEASE = timedelta(minutes=25)
SEND_TOTAL = timedelta(minutes=15)
NOTICE_TRIES = 20
#: After how many faults of our own a message is given up, so that none is sent, or waits, without end.
MOST_FAULTS = 10
#: A code of access: its digits, how long it serves, how many wrong ones lock it and for how long, how many a day.
CODE_DIGITS = 6
CODE_TERM = timedelta(minutes=10)
CODE_TRIES = 5
CODE_LOCK = timedelta(hours=1)
MOST_CODES = 5
CODES_WINDOW = timedelta(days=1)
#: How many openings and downloads of one communication are facts, so that no holder of a link makes a bundle too big.
MOST_OPENINGS = 200
MOST_DOWNLOADS = 500
_ENDED_BADLY = frozenset({"failed", "refused", "expired"})
#: How many requests of what a tracked copy names are facts, for the same reason.
MOST_HITS = 200
#: Of these, how many may be of the image, and how many of links that a machine seems to ask for: whoever holds a copy
#: can make them by the hundred, and a person's request that comes later is to be a fact all the same.
MOST_IMAGE_HITS = 50
MOST_MACHINE_HITS = 50


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How an installation spaces its attempts.

    Args:
        scale: multiplies every wait; 1 in production.
        limit: how long after acceptance the last attempt may start.
    """

    scale: float
    limit: timedelta

    def wait(self, attempts: int) -> timedelta:
        """Return the wait after the given number of attempts, from 1."""
        return timedelta(minutes=_WAITS[min(attempts, len(_WAITS)) - 1]) * self.scale


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What follows from the outcome of an attempt.

    Args:
        fact_type: the fact that records the outcome.
        retry_at: when to try again; None where the outcome is final.
        gave_up: the retries are exhausted, or we ourselves know it can never work: a further fact says so.
    """

    fact_type: str
    retry_at: datetime | None
    gave_up: bool

    @property
    def final(self) -> bool:
        """Whether nothing more is tried."""
        return self.retry_at is None


def decide(outcome: Outcome, *, attempts: int, accepted_at: datetime, now: datetime, schedule: Schedule) -> Decision:
    """Return what follows from `outcome`.

    An `unknown` outcome of e-mail is sent again with the same Message-ID (invariant d), and the certificate says that
    a second copy is possible.

    Args:
        outcome: of the attempt just made.
        attempts: how many were made, this one included.
        accepted_at: when the communication was accepted.
        now: present time.
        schedule: of this installation.
    """
    if outcome.result is Result.RELAYED:
        return Decision(fact_type="attempt.relayed", retry_at=None, gave_up=False)
    if outcome.result is Result.REFUSED:
        # What we know ourselves (no such domain, null MX) no remote host has said: that is a failure, not a refusal.
        return Decision(
            fact_type="attempt.failed" if outcome.final_locally else "attempt.refused", retry_at=None, gave_up=False
        )
    fact_type = "attempt.unknown" if outcome.result is Result.UNKNOWN else "attempt.deferred"
    retry_at = now + schedule.wait(attempts)
    if retry_at > accepted_at + schedule.limit:
        return Decision(fact_type=fact_type, retry_at=None, gave_up=outcome.result is not Result.UNKNOWN)
    return Decision(fact_type=fact_type, retry_at=retry_at, gave_up=False)


def notices_owed(
    decision: Decision,
    *,
    notify: tuple[str, ...],
    relayed: bool,
    dsn_supported: bool,
    waited: timedelta,
    delay_after: timedelta,
    delay_told: bool,
) -> str | None:
    """Return which notice the sender is owed now: "failed", "delayed", "relayed" or None.

    Args:
        decision: what followed from the attempt.
        notify: RFC 3461 NOTIFY of the recipient; empty where the client said nothing (then failures are told).
        relayed: the recipient's server accepted the message.
        dsn_supported: that server takes the duty of notifying over (RFC 3461 section 5.2.2).
        waited: since acceptance.
        delay_after: when a delay is worth telling.
        delay_told: a delay was told before.
    """
    wanted = set(notify or ("FAILURE", "DELAY"))
    if relayed:
        return "relayed" if "SUCCESS" in wanted and not dsn_supported else None
    if decision.final:
        return "failed" if "FAILURE" in wanted else None
    return "delayed" if "DELAY" in wanted and waited >= delay_after and not delay_told else None


def may_resend(*, status: str, outcome: str) -> bool:
    """Tell whether a communication may be sent once more: it ended, and not well.

    Args:
        status: of its row. outcome: of its verdict.
    """
    return status != "in_progress" and outcome in _ENDED_BADLY


def deduplication_key(*, credential: UUID, message_id: str, recipient: str, content_sha256: str) -> bytes:
    """Return the key under which a client's retry is recognised (32 bytes)."""
    parts = (str(credential), message_id, recipient, content_sha256)
    framed = b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in parts)
    return hashlib.sha256(framed).digest()


def domain_of(address: str) -> str:
    """Return the lower-case domain of an address."""
    return address.rpartition("@")[2].lower()


def mailbox_key(address: str) -> str:
    """Return an address as one mailbox is compared: lower case, its domain as the DNS has it (A-labels, RFC 5890)."""
    local, at, domain = address.rpartition("@")
    return lowered(local) + at + ascii_domain(domain)
